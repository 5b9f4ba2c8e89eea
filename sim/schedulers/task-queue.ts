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

/** Constant time at both ends; `remove` is linear. */
export class TaskQueue {
  #entries: (Entry | undefined)[] = [];
  #head = 0;

  get length(): number {
    return this.#entries.length - this.#head;
  }

  push(task: TaskView, cause: ReadyCause, now: number): void {
    this.#entries.push({ task, cause, since: now, ahead: false });
  }

  unshift(task: TaskView, cause: ReadyCause, now: number): void {
    const entry = { task, cause, since: now, ahead: true };
    if (this.#head === 0) this.#entries.unshift(entry);
    else {
      this.#head -= 1;
      this.#entries[this.#head] = entry;
    }
  }

  /** The entry at `index` from the head; undefined past the end. */
  at(index: number): Entry | undefined {
    return this.#entries[this.#head + index];
  }

  shift(): Entry | undefined {
    const entry = this.#entries[this.#head];
    if (entry === undefined) return undefined;
    this.#entries[this.#head] = undefined;
    this.#head += 1;
    // the holes in front are dropped once they are half of the array, so that each is moved over once at most
    if (this.#head * 2 >= this.#entries.length) {
      this.#entries = this.#entries.slice(this.#head);
      this.#head = 0;
    }
    return entry;
  }

  /** Whether it was there. */
  remove(task: TaskView): boolean {
    const index = this.#entries.findIndex((entry) => entry?.task === task);
    if (index < 0) return false;
    this.#entries.splice(index, 1);
    return true;
  }

  entries(): Entry[] {
    return this.#entries.slice(this.#head) as Entry[];
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
