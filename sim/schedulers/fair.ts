/** What stride and cfs share: each task has a virtual time that grows as it runs; the one that is furthest behind runs. */
import { KeyedPolicy, type KeyRules } from "./keyed.ts";
import type { ReadyCause, Setting, StopCause, TaskView } from "./policy.ts";
import { comesFromOutside } from "./words.ts";

/** Virtual times are big integers: sums of them are exact, however the running time was cut up. */
export class FairPolicy extends KeyedPolicy {
  readonly #times: Map<TaskView, bigint>;
  readonly #rate: (task: TaskView) => bigint;
  /** ready or running */
  protected readonly present = new Set<TaskView>();
  /** Where newcomers start: the least virtual time of those present. It never goes back. */
  #floor = 0n;

  /** `rate` is what a task's virtual time grows by for each grain; `word` gives a virtual time in words. */
  constructor(
    setting: Setting,
    rate: (task: TaskView) => bigint,
    word: (time: bigint) => string,
    rules: Pick<KeyRules, "best" | "preemptive">,
  ) {
    const times = new Map<TaskView, bigint>();
    const timeOf = (task: TaskView) => times.get(task) ?? 0n;
    super(setting, {
      ...rules,
      equals: "same_key",
      compare: (a, b) => (timeOf(a) < timeOf(b) ? -1 : timeOf(a) > timeOf(b) ? 1 : 0),
      key: (task) => word(timeOf(task)),
    });
    this.#times = times;
    this.#rate = rate;
  }

  /** Where a newcomer starts depends on who is there already. */
  override get anyOrder(): boolean {
    return false;
  }

  override add(task: TaskView, cause: ReadyCause, now: number): void {
    super.add(task, cause, now);
    if (!comesFromOutside(cause)) return;
    this.#raiseFloor();
    const own = this.#times.get(task);
    if (own === undefined || own < this.#floor) this.#times.set(task, this.#floor);
    this.present.add(task);
  }

  override charge(task: TaskView, ran: number, _now: number): void {
    this.#times.set(task, this.virtualTime(task) + this.#rate(task) * BigInt(ran));
  }

  override stopped(task: TaskView, cause: StopCause, _now: number): void {
    if (cause === "blocked" || cause === "ended") this.#leave(task);
    if (cause === "ended") this.#times.delete(task);
  }

  override remove(task: TaskView): void {
    super.remove(task);
    this.#leave(task);
    this.#times.delete(task);
  }

  protected virtualTime(task: TaskView): bigint {
    return this.#times.get(task) ?? 0n;
  }

  #leave(task: TaskView): void {
    // before it goes: when the last one leaves, the floor is where it was
    this.#raiseFloor();
    this.present.delete(task);
  }

  #raiseFloor(): void {
    let least: bigint | null = null;
    for (const task of this.present) {
      const time = this.virtualTime(task);
      if (least === null || time < least) least = time;
    }
    if (least !== null && least > this.#floor) this.#floor = least;
  }
}
