import type { Choice, Policy, PolicySpecification, ReadyCause, Setting, StopCause, TaskView } from "./policy.ts";
import { TaskQueue, takeHead } from "./task-queue.ts";

/**
 * Uniprogramming: one process has the machine from its first instruction to its last, also through its I/O; then the
 * next in order of arrival. With several cores the others stay idle. A process that waits for another one waits for ever.
 *
 * Source: Stallings, Operating Systems: Internals and Design Principles (9th ed.), section 2.2 (figure 2.5a); the
 * `uniprogrammed` runs of Gottlieb's scheduling lab at New York University.
 */
export const uniprogrammed: PolicySpecification = {
  name: "uniprogrammed",
  about: "One process at a time from start to end, idle during its I/O",
  source: "Stallings, Operating Systems (9th ed.), section 2.2",
  parameters: [],
  reads: [],
  create: (setting) => new UniprogrammedPolicy(setting),
};

class UniprogrammedPolicy implements Policy {
  readonly #setting: Setting;
  readonly #queue = new TaskQueue();
  /** the process that has the machine, running or not */
  #holder: TaskView | null = null;
  /** whether the holder is ready, and so first in line */
  #holderReady = false;

  constructor(setting: Setting) {
    this.#setting = setting;
  }

  add(task: TaskView, cause: ReadyCause, now: number): void {
    if (task === this.#holder) this.#holderReady = true;
    else this.#queue.push(task, cause, now);
  }

  remove(task: TaskView): void {
    this.#queue.remove(task);
    this.#release(task);
  }

  next(): Choice | null {
    if (this.#holder !== null) {
      if (!this.#holderReady) return null;
      this.#holderReady = false;
      return { task: this.#holder, reason: "has the machine until it ends", tie: null };
    }
    const choice = takeHead(this.#queue, this.#setting, "head of the queue");
    this.#holder = choice?.task ?? null;
    return choice;
  }

  sliceLeft(): number {
    return Number.POSITIVE_INFINITY;
  }

  charge(): void {}

  stopped(task: TaskView, cause: StopCause): void {
    if (cause === "ended") this.#release(task);
  }

  preempt(): null {
    return null;
  }

  nextTick(): number {
    return Number.POSITIVE_INFINITY;
  }

  tick(): void {}

  ready(): { task: TaskView; key: string }[] {
    const queued = this.#queue.entries().map(({ task }) => ({ task, key: "in the queue" }));
    if (this.#holder === null || !this.#holderReady) return queued;
    return [{ task: this.#holder, key: "has the machine" }, ...queued];
  }

  runnable(): number {
    if (this.#holder !== null) return this.#holderReady ? 1 : 0;
    return Math.min(1, this.#queue.length);
  }

  #release(task: TaskView): void {
    if (task !== this.#holder) return;
    this.#holder = null;
    this.#holderReady = false;
  }
}
