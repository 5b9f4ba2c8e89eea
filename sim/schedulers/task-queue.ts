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

/** A ring: constant time at both ends and nothing to tidy up behind them; `remove` is linear. */
export class TaskQueue {
  /** its length is a power of two, so that a mask wraps positions around */
  #ring: (Entry | undefined)[] = new Array(16).fill(undefined);
  #head = 0;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(task: TaskView, cause: ReadyCause, now: number): void {
    this.#makeRoom();
    this.#ring[(this.#head + this.#length) & (this.#ring.length - 1)] = { task, cause, since: now, ahead: false };
    this.#length += 1;
  }

  unshift(task: TaskView, cause: ReadyCause, now: number): void {
    this.#makeRoom();
    this.#head = (this.#head - 1) & (this.#ring.length - 1);
    this.#ring[this.#head] = { task, cause, since: now, ahead: true };
    this.#length += 1;
  }

  /** The entry at `index` from the head; undefined past the end. */
  at(index: number): Entry | undefined {
    return index < this.#length ? this.#ring[(this.#head + index) & (this.#ring.length - 1)] : undefined;
  }

  shift(): Entry | undefined {
    if (this.#length === 0) return undefined;
    const entry = this.#ring[this.#head];
    this.#ring[this.#head] = undefined;
    this.#head = (this.#head + 1) & (this.#ring.length - 1);
    this.#length -= 1;
    return entry;
  }

  /** Whether it was there. */
  remove(task: TaskView): boolean {
    const entries = this.entries();
    const index = entries.findIndex((entry) => entry.task === task);
    if (index < 0) return false;
    entries.splice(index, 1);
    this.#fill(entries, this.#ring.length);
    return true;
  }

  entries(): Entry[] {
    const entries: Entry[] = [];
    for (let k = 0; k < this.#length; k++) entries.push(this.at(k)!);
    return entries;
  }

  #makeRoom(): void {
    if (this.#length === this.#ring.length) this.#fill(this.entries(), 2 * this.#length);
  }

  #fill(entries: readonly Entry[], capacity: number): void {
    this.#ring = new Array(capacity).fill(undefined);
    entries.forEach((entry, k) => {
      this.#ring[k] = entry;
    });
    this.#head = 0;
    this.#length = entries.length;
  }
}

/** Takes the head of the queue, and says whether it was first only by a rule for entries of one moment. */
export function takeHead(queue: TaskQueue, setting: Pick<Setting, "conventions">, reason: string): Choice | null {
  const second = queue.at(1);
  const first = queue.shift();
  if (first === undefined) return null;
  const tied = second !== undefined && !first.ahead && !second.ahead && first.since === second.since;
  return { task: first.task, reason, tie: tied ? entryRule(first.cause, second.cause, setting) : null };
}
