/** The ready queue of every policy that goes by a key: the task with the best key runs, and may pre-empt. */
import type { Choice, Policy, Preemption, ReadyCause, Setting, StopCause, TaskView } from "./policy.ts";
import { comesFromOutside, entryRule } from "./words.ts";

/** What makes one such policy different from another. */
export interface KeyRules {
  /** Negative if `a` goes before `b`, 0 if their keys are equal. Also asked about running tasks. */
  compare(a: TaskView, b: TaskView, now: number): number;
  /** the key in words: "burst 3" */
  key(task: TaskView, now: number): string;
  /** what the best key is called: "shortest" */
  readonly best: string;
  /** whether a task with a better key takes the CPU from a running one; equal keys never do */
  readonly preemptive: boolean;
  /** among equal keys: by `conventions.sameKey`, or in the order of entry (for policies that take turns) */
  readonly equals: "same_key" | "turns";
  /** the next moment at which keys overtake each other without anything else happening */
  overtakes?(now: number, running: readonly TaskView[], ready: readonly TaskView[]): number;
}

interface Stay {
  readonly cause: ReadyCause;
  readonly since: number;
  /** place in the queue; tasks put at the head have places below 0 */
  readonly place: number;
}

export class KeyedPolicy implements Policy {
  protected readonly setting: Setting;
  protected readonly rules: KeyRules;
  readonly #stays = new Map<TaskView, Stay>();
  #entered = 0;
  #putAhead = 0;

  constructor(setting: Setting, rules: KeyRules) {
    this.setting = setting;
    this.rules = rules;
  }

  add(task: TaskView, cause: ReadyCause, now: number): void {
    const ahead = cause === "preempted" && this.setting.conventions.preempted === "keep_head";
    if (ahead) this.#putAhead += 1;
    else this.#entered += 1;
    this.#stays.set(task, { cause, since: now, place: ahead ? -this.#putAhead : this.#entered });
  }

  remove(task: TaskView): void {
    this.#stays.delete(task);
  }

  /** Where a chooser decides among equal keys, the order of entry decides nothing. */
  get anyOrder(): boolean {
    return this.rules.equals === "same_key" && (this.setting.chooser ?? null) !== null;
  }

  next(_core: number, now: number): Choice | null {
    const ready = [...this.#stays.keys()];
    const first = this.#first(ready, now);
    if (first === undefined) return null;
    const task = this.anyOrder ? this.#anyEqual(first, ready, now) : first;
    const tie = this.#tie(task, ready, now);
    this.#stays.delete(task);
    return { task, reason: `${this.rules.best} ${this.rules.key(task, now)}`, tie };
  }

  sliceLeft(_task: TaskView, _now: number): number {
    return Number.POSITIVE_INFINITY;
  }

  charge(_task: TaskView, _ran: number, _now: number): void {}

  stopped(_task: TaskView, _cause: StopCause, _now: number): void {}

  preempt(
    running: readonly TaskView[],
    now: number,
    free: number = this.setting.cores - running.length,
  ): Preemption | null {
    if (!this.rules.preemptive || running.length === 0 || this.#stays.size <= free) return null;
    const candidate = free > 0 ? this.waiting(now)[free] : this.#first([...this.#stays.keys()], now);
    const worst = running.reduce((most, task) => (this.rules.compare(task, most, now) >= 0 ? task : most));
    if (candidate === undefined || this.rules.compare(candidate, worst, now) >= 0) return null;
    const last = this.#anyAsBad(worst, running, now);
    return {
      task: last,
      reason: `${candidate.name} (${this.rules.key(candidate, now)}) before ${last.name} (${this.rules.key(last, now)})`,
    };
  }

  nextTick(now: number, running: readonly TaskView[]): number {
    if (this.rules.overtakes === undefined || this.#stays.size === 0) return Number.POSITIVE_INFINITY;
    return this.rules.overtakes(now, running, [...this.#stays.keys()]);
  }

  tick(_now: number, _running: readonly TaskView[]): void {}

  ready(now: number): { task: TaskView; key: string }[] {
    return this.waiting(now).map((task) => ({ task, key: this.rules.key(task, now) }));
  }

  /** The ready tasks, best first. */
  protected waiting(now: number): TaskView[] {
    return [...this.#stays.keys()].sort((a, b) => this.#order(a, b, now));
  }

  /** The ready tasks in order of entry. */
  protected readyTasks(): TaskView[] {
    return [...this.#stays.keys()];
  }

  /** When a newcomer entered the ready queue; null for a task that is not ready, or that lost its core. */
  protected enteredAt(task: TaskView): number | null {
    const stay = this.#stays.get(task);
    return stay !== undefined && comesFromOutside(stay.cause) ? stay.since : null;
  }

  #first(ready: readonly TaskView[], now: number): TaskView | undefined {
    let first = ready[0];
    for (const task of ready) if (first !== undefined && this.#order(task, first, now) < 0) first = task;
    return first;
  }

  /** Any of those whose key equals that of `first`; one that was put at the head on purpose stays there. */
  #anyEqual(first: TaskView, ready: readonly TaskView[], now: number): TaskView {
    const placed = (task: TaskView): boolean => (this.#stays.get(task)?.place ?? 0) < 0;
    if (placed(first)) return first;
    const equals = ready
      .filter((task) => !placed(task) && this.rules.compare(task, first, now) === 0)
      .sort((a, b) => this.#order(a, b, now));
    return this.#choose(equals);
  }

  /** Any of the running tasks whose key is as bad as that of `worst`. */
  #anyAsBad(worst: TaskView, running: readonly TaskView[], now: number): TaskView {
    const others = running.filter((task) => task !== worst && this.rules.compare(task, worst, now) === 0);
    return this.#choose([worst, ...others]);
  }

  #choose(tasks: readonly TaskView[]): TaskView {
    const at = tasks.length > 1 ? (this.setting.chooser?.choose(tasks) ?? 0) : 0;
    return tasks[at]!;
  }

  /** A total order: the key, then the rule for equal keys, then order in the file. */
  #order(a: TaskView, b: TaskView, now: number): number {
    const byKey = this.rules.compare(a, b, now);
    if (byKey !== 0) return byKey;
    const placeA = this.#stays.get(a)?.place ?? 0;
    const placeB = this.#stays.get(b)?.place ?? 0;
    if (this.rules.equals === "turns") return placeA - placeB;
    if (placeA < 0 || placeB < 0) return placeA - placeB;
    const { sameKey } = this.setting.conventions;
    if (sameKey === "queue") return placeA - placeB;
    if (sameKey === "arrival" && a.arrival !== b.arrival) return a.arrival - b.arrival;
    return a.id - b.id;
  }

  /** The rule that put `first` before others with an equal key; null if there are none. */
  #tie(first: TaskView, ready: readonly TaskView[], now: number): string | null {
    const equals = ready.filter((task) => task !== first && this.rules.compare(task, first, now) === 0);
    if (equals.length === 0) return null;
    const stay = this.#stays.get(first);
    if (this.rules.equals === "turns") {
      const beside = equals
        .map((task) => this.#stays.get(task))
        .find((other) => other !== undefined && other.since === stay?.since && other.place > 0);
      if (stay === undefined || stay.place < 0 || beside === undefined) return null;
      return entryRule(stay.cause, beside.cause, this.setting);
    }
    if (stay !== undefined && stay.place < 0) return "preempted: keep_head";
    const { sameKey } = this.setting.conventions;
    const inFile = sameKey === "arrival" && equals.some((task) => task.arrival === first.arrival);
    return inFile ? "same_key: arrival, then order in the file" : `same_key: ${sameKey}`;
  }
}

/** Compares a/b with c/d exactly, for whole a, b, c, d with b, d > 0. */
export function compareFractions(a: number, b: number, c: number, d: number): number {
  const left = a * d;
  const right = c * b;
  if (Number.isSafeInteger(left) && Number.isSafeInteger(right)) return left - right;
  const difference = BigInt(a) * BigInt(d) - BigInt(c) * BigInt(b);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** A comparison that also holds for infinite keys, whose difference is no number. */
export function compareNumbers(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The first whole unit of time later than both `now` and `moment` (all in grains). */
export function unitAfter(now: number, moment: number, unit: number): number {
  return (Math.floor(Math.max(now, moment) / unit) + 1) * unit;
}
