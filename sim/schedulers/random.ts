import type { Choice, Chooser, Policy, PolicySpecification, Setting, TaskView } from "./policy.ts";

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
  forgetful: true,
  create: (setting) => new RandomPolicy(setting),
};

class RandomPolicy implements Policy {
  readonly anyOrder: boolean;
  readonly #random: () => number;
  readonly #chooser: Chooser | null;
  readonly #ready = new Set<TaskView>();

  constructor(setting: Setting) {
    this.#random = setting.random("random");
    this.#chooser = setting.chooser ?? null;
    this.anyOrder = this.#chooser !== null;
  }

  add(task: TaskView): void {
    this.#ready.add(task);
  }

  remove(task: TaskView): void {
    this.#ready.delete(task);
  }

  next(): Choice | null {
    const tasks = this.#inOrder();
    const index = tasks.length > 1 ? this.#draw(tasks) : 0;
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

  #draw(tasks: readonly TaskView[]): number {
    return this.#chooser?.choose(tasks) ?? Math.floor(this.#random() * tasks.length);
  }

  #inOrder(): TaskView[] {
    return [...this.#ready].sort((a, b) => a.id - b.id);
  }
}
