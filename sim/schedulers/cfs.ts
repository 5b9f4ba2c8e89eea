import { FairPolicy } from "./fair.ts";
import type { Choice, PolicySpecification, Preemption, Setting, StopCause, TaskView } from "./policy.ts";

/**
 * The idea of Linux's completely fair scheduler: the task with the least virtual runtime runs. Virtual runtime grows by
 * ran · 1024 / weight; the weight is the process's `weight`, or the kernel's for its `nice` (each step is about 1.25).
 *
 * Every task is to run once in `latency` units, for its weight's share of it, but not for less than `granularity`; with
 * many tasks the period grows accordingly. A task that wakes up or arrives starts at the least virtual runtime of those
 * present and takes the CPU at once only from a task that is more than `granularity` ahead of it. `quantum` fixes the
 * slice instead of the share.
 *
 * Virtual runtimes are kept in 2^-32 grains with the kernel's inverse weights (2^32 / weight, rounded down): integers,
 * so that nothing drifts. One queue serves all cores, unlike in Linux.
 *
 * Source: Arpaci-Dusseau, Operating Systems: Three Easy Pieces, chapter 9; Molnár, Linux kernel 2.6.23,
 * Documentation/scheduler/sched-design-CFS.
 */
export const cfs: PolicySpecification = {
  name: "cfs",
  about: "Completely fair scheduler: least virtual runtime first, weighted by nice",
  source: "Arpaci-Dusseau, Operating Systems: Three Easy Pieces, chapter 9; Linux 2.6.23",
  parameters: [
    { name: "latency", type: "time", default: 48, about: "period in which every task is to run once" },
    { name: "granularity", type: "time", default: 6, about: "shortest slice" },
    { name: "quantum", type: "time", default: null, about: "a fixed slice instead of the share of the latency" },
  ],
  reads: ["nice", "weight"],
  create: (setting) => new CfsPolicy(setting),
};

/** The kernel's weights for nice −20 … 19 (`sched_prio_to_weight`): a nice step is worth about a tenth of the CPU. */
const WEIGHTS: readonly number[] = [
  88761, 71755, 56483, 46273, 36291, 29154, 23254, 18705, 14949, 11916, 9548, 7620, 6100, 4904, 3906, 3121, 2501, 1991,
  1586, 1277, 1024, 820, 655, 526, 423, 335, 272, 215, 172, 137, 110, 87, 70, 56, 45, 36, 29, 23, 18, 15,
];

const NICE_0_WEIGHT = 1024n;
const SCALE = 4294967296n;

/** A declared weight, or the one of `nice`; a whole number from 1. */
export function weightOf(task: Pick<TaskView, "nice" | "weight">): number {
  if (task.weight > 0) return Math.max(1, Math.round(task.weight));
  const nice = Math.max(-20, Math.min(19, Math.round(task.nice)));
  return WEIGHTS[nice + 20]!;
}

/** Virtual runtime for one grain, in 2^-32 grains. */
function rateOf(task: TaskView): bigint {
  return NICE_0_WEIGHT * (SCALE / BigInt(weightOf(task)));
}

class CfsPolicy extends FairPolicy {
  readonly #latency: number;
  readonly #granularity: number;
  readonly #quantum: number | null;
  /** grains used since the last dispatch */
  readonly #used = new Map<TaskView, number>();

  constructor(setting: Setting) {
    super(setting, rateOf, (time) => `virtual runtime ${Number(time) / Number(SCALE) / setting.unit}`, {
      best: "least",
      preemptive: true,
    });
    this.#latency = setting.parameters.latency as number;
    this.#granularity = setting.parameters.granularity as number;
    this.#quantum = (setting.parameters.quantum ?? null) as number | null;
  }

  override next(core: number, now: number): Choice | null {
    const choice = super.next(core, now);
    if (choice !== null) this.#used.set(choice.task, 0);
    return choice;
  }

  override charge(task: TaskView, ran: number, now: number): void {
    super.charge(task, ran, now);
    this.#used.set(task, (this.#used.get(task) ?? 0) + ran);
  }

  override stopped(task: TaskView, cause: StopCause, now: number): void {
    super.stopped(task, cause, now);
    this.#used.delete(task);
  }

  override sliceLeft(task: TaskView): number {
    return Math.max(0, this.#slice(task) - (this.#used.get(task) ?? 0));
  }

  override preempt(
    running: readonly TaskView[],
    now: number,
    free: number = this.setting.cores - running.length,
  ): Preemption | null {
    const ready = this.readyTasks();
    if (ready.length <= free) return null;
    // a newcomer makes everybody's slice shorter, perhaps shorter than what was used of it already
    const over = running.find((task) => this.sliceLeft(task) === 0);
    if (over !== undefined) return { task: over, reason: `${over.name} has used its share of the latency` };
    const woken = ready.filter((task) => this.enteredAt(task) === now);
    for (const task of woken) {
      const lead = rateOf(task) * BigInt(this.#granularity);
      const ahead = running.filter((other) => this.virtualTime(other) - this.virtualTime(task) > lead);
      const furthest = ahead.reduce<TaskView | null>(
        (most, other) => (most === null || this.virtualTime(other) > this.virtualTime(most) ? other : most),
        null,
      );
      if (furthest !== null) return { task: furthest, reason: `${task.name} is behind ${furthest.name}` };
    }
    return null;
  }

  /** The whole slice of a task among those present now, in grains. */
  #slice(task: TaskView): number {
    if (this.#quantum !== null) return this.#quantum;
    const { cores } = this.setting;
    let weights = 0;
    for (const other of this.present) weights += weightOf(other);
    const perCore = Math.ceil(this.present.size / cores);
    const period = Math.max(this.#latency, perCore * this.#granularity);
    const share = Number((BigInt(period) * BigInt(weightOf(task) * cores)) / BigInt(Math.max(1, weights)));
    return Math.max(1, this.#granularity, Math.min(period, share));
  }
}
