import { FairPolicy } from "./fair.ts";
import type { Choice, PolicySpecification, Setting, StopCause, TaskView } from "./policy.ts";
import { Slices } from "./slices.ts";

/**
 * Stride scheduling: a task's stride is big / tickets, rounded down; the task with the lowest pass runs for a quantum,
 * and its pass grows by its stride (by the part of it that it used, if it stops early).
 *
 * Deviation from the paper: passes start at 0, as in the textbook, not at the stride; a task that arrives or wakes up
 * starts at the lowest pass of those present unless its own is higher, instead of keeping its distance to a global pass.
 *
 * Source: Waldspurger and Weihl, Stride Scheduling, MIT/LCS/TM-528, 1995; Arpaci-Dusseau, Operating Systems: Three Easy
 * Pieces, chapter 9.
 */
export const stride: PolicySpecification = {
  name: "stride",
  about: "Deterministic shares: lowest pass first, pass grows by big / tickets",
  source: "Waldspurger, Weihl, Stride Scheduling, MIT/LCS/TM-528, 1995",
  parameters: [
    { name: "quantum", type: "time", default: 1, about: "longest time on the CPU in one turn" },
    { name: "big", type: "integer", default: 10000, about: "the number that is divided by the tickets" },
  ],
  reads: ["tickets"],
  create: (setting) => new StridePolicy(setting),
};

class StridePolicy extends FairPolicy {
  readonly #quantum: number;
  readonly #slices = new Slices();

  constructor(setting: Setting) {
    const quantum = setting.parameters.quantum as number;
    const big = setting.parameters.big as number;
    // passes are kept in grains of the quantum: pass · quantum
    super(
      setting,
      (task) => BigInt(strideOf(task, big)),
      (pass) => `pass ${Number(pass) / quantum}`,
      { best: "lowest", preemptive: false },
    );
    this.#quantum = quantum;
  }

  override next(core: number, now: number): Choice | null {
    const choice = super.next(core, now);
    if (choice !== null) this.#slices.start(choice.task, this.#quantum);
    return choice;
  }

  override sliceLeft(task: TaskView): number {
    return this.#slices.left(task);
  }

  override charge(task: TaskView, ran: number, now: number): void {
    super.charge(task, ran, now);
    this.#slices.charge(task, ran);
  }

  override stopped(task: TaskView, cause: StopCause, now: number): void {
    super.stopped(task, cause, now);
    this.#slices.drop(task);
  }
}

/** At least 1, so that no task runs for nothing. */
function strideOf(task: TaskView, big: number): number {
  return Math.max(1, Math.floor(big / Math.max(1, Math.floor(task.tickets))));
}
