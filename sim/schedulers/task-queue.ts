/** A queue of ready tasks, first in first out, that also takes tasks at its head. */
import type { Choice, ReadyCause, Setting, TaskView } from "./policy.ts";
import { entryRule } from "./words.ts";

/** One task's stay in the queue. */
export interface Entry {
  readonly task: TaskView;
  readonly cause: ReadyCause;
  /** when it entered, in grains */
  readonly since: number;
  /** put at the head on purpose: no tie with the one behind it */
  readonly ahead: boolean;
}

/**
 * A ring: constant time at both ends and nothing to tidy up behind them; `remove` is linear. Tasks come and go by the
 * million, so that an entry is a place in each of four arrays and no object of its own.
 */
export class TaskQueue {
  /** their length is a power of two, so that a mask wraps positions around */
  #tasks: (TaskView | null)[] = new Array(16).fill(null);
  #causes: ReadyCause[] = new Array(16).fill("arrival");
  #since = new Float64Array(16);
  #ahead = new Uint8Array(16);
  #head = 0;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(task: TaskView, cause: ReadyCause, now: number): void {
    if (this.#length === this.#tasks.length) this.#grow();
    const at = (this.#head + this.#length) & (this.#tasks.length - 1);
    this.#tasks[at] = task;
    this.#causes[at] = cause;
    this.#since[at] = now;
    this.#ahead[at] = 0;
    this.#length += 1;
  }

  unshift(task: TaskView, cause: ReadyCause, now: number): void {
    if (this.#length === this.#tasks.length) this.#grow();
    const at = (this.#head - 1) & (this.#tasks.length - 1);
    this.#tasks[at] = task;
    this.#causes[at] = cause;
    this.#since[at] = now;
    this.#ahead[at] = 1;
    this.#head = at;
    this.#length += 1;
  }

  /** Takes the head of the queue; null if it is empty. */
  shift(): TaskView | null {
    if (this.#length === 0) return null;
    const task = this.#tasks[this.#head]!;
    this.#tasks[this.#head] = null;
    this.#head = (this.#head + 1) & (this.#tasks.length - 1);
    this.#length -= 1;
    return task;
  }

  /** The rule that alone puts the head before the entry behind it, both of one moment; null if there is no such tie. */
  tie(setting: Pick<Setting, "conventions">): string | null {
    if (this.#length < 2) return null;
    const first = this.#head;
    const second = (first + 1) & (this.#tasks.length - 1);
    if (this.#since[first] !== this.#since[second] || this.#ahead[first] === 1 || this.#ahead[second] === 1)
      return null;
    return entryRule(this.#causes[first]!, this.#causes[second]!, setting);
  }

  /** Whether it was there. */
  remove(task: TaskView): boolean {
    const entries = this.entries();
    const index = entries.findIndex((entry) => entry.task === task);
    if (index < 0) return false;
    entries.splice(index, 1);
    this.#fill(entries, this.#tasks.length);
    return true;
  }

  entries(): Entry[] {
    return Array.from({ length: this.#length }, (_, k) => {
      const at = (this.#head + k) & (this.#tasks.length - 1);
      const task = this.#tasks[at]!;
      return { task, cause: this.#causes[at]!, since: this.#since[at]!, ahead: this.#ahead[at] === 1 };
    });
  }

  #grow(): void {
    this.#fill(this.entries(), 2 * this.#length);
  }

  #fill(entries: readonly Entry[], capacity: number): void {
    this.#tasks = new Array(capacity).fill(null);
    this.#causes = new Array(capacity).fill("arrival");
    this.#since = new Float64Array(capacity);
    this.#ahead = new Uint8Array(capacity);
    entries.forEach(({ task, cause, since, ahead }, k) => {
      this.#tasks[k] = task;
      this.#causes[k] = cause;
      this.#since[k] = since;
      this.#ahead[k] = ahead ? 1 : 0;
    });
    this.#head = 0;
    this.#length = entries.length;
  }
}

/** Takes the head of the queue, and says whether it was first only by a rule for entries of one moment. */
export function takeHead(queue: TaskQueue, setting: Pick<Setting, "conventions">, reason: string): Choice | null {
  const tie = queue.tie(setting);
  const task = queue.shift();
  return task === null ? null : { task, reason, tie };
}
