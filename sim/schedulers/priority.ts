import { compareNumbers, KeyedPolicy, type KeyRules } from "./keyed.ts";
import type { Choice, ParameterSpecification, PolicySpecification, Setting, StopCause, TaskView } from "./policy.ts";
import { Slices } from "./slices.ts";

/** `aging:` once checked: every `every` grains of waiting a task's priority gets better by `by`. */
export interface Aging {
  readonly every: number;
  readonly by: number;
}

export const AGING: ParameterSpecification = {
  name: "aging",
  type: "aging",
  default: null,
  about:
    "{ every, by }: after every `every` units in the ready queue a task's priority is better by `by` (1); it keeps that while it runs, and is back at its own when it leaves the CPU",
};

/**
 * Priority scheduling: the best priority runs, 1 before 2 by default (`priority_order`), pre-emptive or not; equal
 * priorities by `same_key`. The priority is the effective one: what a lock's protocol lends counts.
 *
 * Aging: the bonus grows with this stay in the ready queue and is kept while the task runs. (Were it lost on dispatch, a
 * pre-emptive scheduler would take the CPU away again at once, and the task would starve in spite of it.)
 *
 * Source: Silberschatz, Galvin, Gagne, Operating System Concepts (10th ed.), section 5.3.4.
 */
export const priority: PolicySpecification = {
  name: "priority",
  about: "Best priority first, pre-emptive or not, with or without aging",
  source: "Silberschatz, Galvin, Gagne, Operating System Concepts (10th ed.), section 5.3.4",
  parameters: [
    { name: "preemptive", type: "boolean", default: false, about: "a better priority takes the CPU at once" },
    AGING,
  ],
  reads: ["priority"],
  forgetful: true,
  create: (setting) => new PriorityPolicy(setting, "same_key", Number.POSITIVE_INFINITY),
};

/** With a finite quantum, tasks of one priority take turns. */
export class PriorityPolicy extends KeyedPolicy {
  readonly #bonuses: Map<number, number>;
  readonly #aging: Aging | null;
  readonly #quantum: number;
  readonly #slices = new Slices();

  constructor(setting: Setting, equals: KeyRules["equals"], quantum: number) {
    const bonuses = new Map<number, number>();
    const aging = (setting.parameters.aging ?? null) as Aging | null;
    super(setting, priorityRules(setting, equals, aging, bonuses));
    this.#bonuses = bonuses;
    this.#aging = aging;
    this.#quantum = quantum;
  }

  override next(core: number, now: number): Choice | null {
    const choice = super.next(core, now);
    if (choice === null) return null;
    this.#bonuses.set(choice.task.id, bonusOfWaiting(choice.task, now, this.#aging));
    this.#slices.start(choice.task, this.#quantum);
    return choice;
  }

  override sliceLeft(task: TaskView): number {
    return this.#slices.left(task);
  }

  override charge(task: TaskView, ran: number): void {
    this.#slices.charge(task, ran);
  }

  override stopped(task: TaskView, cause: StopCause): void {
    this.#bonuses.delete(task.id);
    if (cause === "preempted" && this.setting.conventions.preempted === "keep_head") this.#slices.keep(task);
    else this.#slices.drop(task);
  }

  override remove(task: TaskView): void {
    super.remove(task);
    this.#slices.drop(task);
  }
}

function bonusOfWaiting(task: TaskView, now: number, aging: Aging | null): number {
  return aging === null ? 0 : Math.floor((now - task.readySince) / aging.every) * aging.by;
}

/** `bonuses` holds what running tasks had gained when they were dispatched. */
function priorityRules(
  setting: Setting,
  equals: KeyRules["equals"],
  aging: Aging | null,
  bonuses: ReadonlyMap<number, number>,
): KeyRules {
  const sign = setting.conventions.priorityOrder === "low_first" ? 1 : -1;
  const effective = (task: TaskView, now: number) =>
    task.priority - sign * (bonuses.get(task.id) ?? bonusOfWaiting(task, now, aging));
  const preemptive = setting.parameters.preemptive === true;
  return {
    compare: (a, b, now) => sign * compareNumbers(effective(a, now), effective(b, now)),
    key: (task, now) => `priority ${effective(task, now)}`,
    best: "best",
    preemptive,
    equals,
    ...(preemptive && aging !== null ? { overtakes: (now, _running, ready) => nextBonus(now, ready, aging) } : {}),
  };
}

function nextBonus(now: number, ready: readonly TaskView[], aging: Aging): number {
  const moments = ready.map(
    ({ readySince }) => readySince + (Math.floor((now - readySince) / aging.every) + 1) * aging.every,
  );
  return Math.min(...moments);
}
