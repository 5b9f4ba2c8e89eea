import type { Choice, Policy, PolicySpecification, ReadyCause, Setting, StopCause, TaskView } from "./policy.ts";
import { Slices } from "./slices.ts";
import { TaskQueue, takeHead } from "./task-queue.ts";

/**
 * Feedback: ready queues RQ0, RQ1, … as many as needed; the highest that is not empty is served, in order of entry. A
 * task enters at RQ0 and goes down one queue each time its quantum ends: always, or only if another task is ready then
 * (`demote: if_others`, as the book's figure 9.5 was made). Arrivals do not cut a running quantum short. A task that
 * blocks comes back to the queue it was in. The quantum is the same everywhere, or doubles from queue to queue.
 *
 * Source: Stallings, Operating Systems: Internals and Design Principles (9th ed.), section 9.2, figures 9.5 and 9.10.
 */
export const feedback: PolicySpecification = {
  name: "feedback",
  about: "Multilevel feedback without limit: down one queue after each quantum",
  source: "Stallings, Operating Systems (9th ed.), section 9.2",
  parameters: [
    { name: "quantum", type: "time", default: 1, about: "quantum of the highest queue" },
    {
      name: "growth",
      type: "choice",
      choices: ["constant", "double"],
      default: "constant",
      about: "whether each queue has the same quantum or twice that of the one above",
    },
    {
      name: "demote",
      type: "choice",
      choices: ["if_others", "always"],
      default: "if_others",
      about: "whether a task goes down at the end of its quantum although nobody else is ready",
    },
  ],
  reads: [],
  create: (setting) => new FeedbackPolicy(setting),
};

class FeedbackPolicy implements Policy {
  readonly #setting: Setting;
  readonly #queues: TaskQueue[] = [];
  readonly #levels = new Map<number, number>();
  readonly #slices = new Slices();

  constructor(setting: Setting) {
    this.#setting = setting;
  }

  add(task: TaskView, cause: ReadyCause, now: number): void {
    if (cause === "expired") {
      const others = this.#queues.some((queue) => queue.length > 0);
      if (others || this.#setting.parameters.demote === "always") this.#levels.set(task.id, this.#level(task) + 1);
    }
    const level = this.#level(task);
    while (this.#queues.length <= level) this.#queues.push(new TaskQueue());
    const queue = this.#queues[level]!;
    if (cause === "preempted" && this.#setting.conventions.preempted === "keep_head") queue.unshift(task, cause, now);
    else queue.push(task, cause, now);
  }

  remove(task: TaskView): void {
    for (const queue of this.#queues) queue.remove(task);
    this.#levels.delete(task.id);
    this.#slices.drop(task);
  }

  next(): Choice | null {
    const level = this.#queues.findIndex((queue) => queue.length > 0);
    const queue = this.#queues[level];
    if (queue === undefined) return null;
    const choice = takeHead(queue, this.#setting, `head of RQ${level}`);
    if (choice !== null) this.#slices.start(choice.task, this.#quantum(level));
    return choice;
  }

  sliceLeft(task: TaskView): number {
    return this.#slices.left(task);
  }

  charge(task: TaskView, ran: number): void {
    this.#slices.charge(task, ran);
  }

  stopped(task: TaskView, cause: StopCause): void {
    if (cause === "preempted" && this.#setting.conventions.preempted === "keep_head") this.#slices.keep(task);
    else this.#slices.drop(task);
    if (cause === "ended") this.#levels.delete(task.id);
  }

  preempt(): null {
    return null;
  }

  nextTick(): number {
    return Number.POSITIVE_INFINITY;
  }

  tick(): void {}

  ready(): { task: TaskView; key: string }[] {
    return this.#queues.flatMap((queue, level) => queue.entries().map(({ task }) => ({ task, key: `RQ${level}` })));
  }

  #level(task: TaskView): number {
    return this.#levels.get(task.id) ?? 0;
  }

  #quantum(level: number): number {
    let quantum = this.#setting.parameters.quantum as number;
    if (this.#setting.parameters.growth === "double") for (let k = 0; k < level; k += 1) quantum *= 2;
    return quantum;
  }
}
