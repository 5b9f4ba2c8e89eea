import type { Choice, Policy, PolicySpecification, Setting, TaskView } from "./policy.ts";

/**
 * Any ready task with equal chance, from the seeded stream; never pre-empts. A lone ready task takes no draw.
 *
 * Source: the baseline of Waldspurger and Weihl, Lottery Scheduling, OSDI 1994 (one ticket each, no quantum).
 */
export const random: PolicySpecification = {
  name: "random",
  about: "Any ready task with equal chance; never pre-empts",
  source: "Waldspurger, Weihl, Lottery Scheduling, OSDI 1994, with one ticket each and no quantum",
  parameters: [],
  reads: [],
  create: (setting) => new RandomPolicy(setting),
};

class RandomPolicy implements Policy {
  readonly #random: () => number;
  readonly #ready = new Set<TaskView>();

  constructor(setting: Setting) {
    this.#random = setting.random("random");
  }

  add(task: TaskView): void {
    this.#ready.add(task);
  }

  remove(task: TaskView): void {
    this.#ready.delete(task);
  }

  next(): Choice | null {
    const tasks = this.#inOrder();
    const index = tasks.length > 1 ? Math.floor(this.#random() * tasks.length) : 0;
    const task = tasks[index];
    if (task === undefined) return null;
    this.#ready.delete(task);
    return { task, reason: `drawn from ${tasks.length}`, tie: null };
  }

  sliceLeft(): number {
    return Number.POSITIVE_INFINITY;
  }

  charge(): void {}

  stopped(): void {}

  preempt(): null {
    return null;
  }

  nextTick(): number {
    return Number.POSITIVE_INFINITY;
  }

  tick(): void {}

  ready(): { task: TaskView; key: string }[] {
    return this.#inOrder().map((task) => ({ task, key: "any" }));
  }

  #inOrder(): TaskView[] {
    return [...this.#ready].sort((a, b) => a.id - b.id);
  }
}
