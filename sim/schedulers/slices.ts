/** Who may use how much of a quantum yet. */
import type { TaskView } from "./policy.ts";

export class Slices {
  readonly #left = new Map<number, number>();

  /** A task is dispatched: it goes on with what was kept for it, or gets `quantum` grains. */
  start(task: TaskView, quantum: number): void {
    if (!this.#left.has(task.id)) this.#left.set(task.id, quantum);
  }

  /** Grains left; Infinity for a task without a slice. */
  left(task: TaskView): number {
    return this.#left.get(task.id) ?? Number.POSITIVE_INFINITY;
  }

  charge(task: TaskView, ran: number): void {
    const left = this.#left.get(task.id);
    if (left !== undefined) this.#left.set(task.id, Math.max(0, left - ran));
  }

  /** The next dispatch starts with a fresh quantum. */
  drop(task: TaskView): void {
    this.#left.delete(task.id);
  }

  /** Keeps what is left of the quantum for the next dispatch; nothing is kept of one that was used up. */
  keep(task: TaskView): void {
    if (this.#left.get(task.id) === 0) this.#left.delete(task.id);
  }
}
