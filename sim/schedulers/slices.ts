/** Who may use how much of a quantum yet. */
import type { TaskView } from "./policy.ts";

/** No slice: neither under way nor kept. */
const NONE = -1;

/** By task number in an array: slices come and go with every dispatch, and a Map pays dearly for each that goes. */
export class Slices {
  #left = new Float64Array(16).fill(NONE);

  /** A task is dispatched: it goes on with what was kept for it, or gets `quantum` grains. */
  start(task: TaskView, quantum: number): void {
    if (task.id >= this.#left.length) this.#grow(task.id);
    if (this.#left[task.id] === NONE) this.#left[task.id] = quantum;
  }

  /** Grains left; Infinity for a task without a slice. */
  left(task: TaskView): number {
    const left = this.#left[task.id] ?? NONE;
    return left === NONE ? Number.POSITIVE_INFINITY : left;
  }

  charge(task: TaskView, ran: number): void {
    const left = this.#left[task.id] ?? NONE;
    if (left !== NONE) this.#left[task.id] = Math.max(0, left - ran);
  }

  /** The next dispatch starts with a fresh quantum. */
  drop(task: TaskView): void {
    if (task.id < this.#left.length) this.#left[task.id] = NONE;
  }

  /** Keeps what is left of the quantum for the next dispatch; nothing is kept of one that was used up. */
  keep(task: TaskView): void {
    if (this.#left[task.id] === 0) this.drop(task);
  }

  #grow(task: number): void {
    const grown = new Float64Array(2 * task + 1).fill(NONE);
    grown.set(this.#left);
    this.#left = grown;
  }
}
