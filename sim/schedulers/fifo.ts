/** The ready queue that fcfs and rr share: first in, first out, with or without a quantum. */
import type { Choice, Policy, ReadyCause, Setting, StopCause, TaskView } from "./policy.ts";
import { Slices } from "./slices.ts";
import { TaskQueue, takeHead } from "./task-queue.ts";
import { entryRule, inUnits } from "./words.ts";

export class FifoPolicy implements Policy {
  readonly #setting: Setting;
  /** grains; Infinity for none */
  readonly #quantum: number;
  /** without a quantum there are no slices to keep account of */
  readonly #finite: boolean;
  readonly #queue = new TaskQueue();
  readonly #slices = new Slices();

  constructor(setting: Setting, quantum: number) {
    this.#setting = setting;
    this.#quantum = quantum;
    this.#finite = quantum < Number.POSITIVE_INFINITY;
  }

  add(task: TaskView, cause: ReadyCause, now: number): void {
    if (cause === "preempted" && this.#setting.conventions.preempted === "keep_head") {
      this.#queue.unshift(task, cause, now);
    } else this.#queue.push(task, cause, now);
  }

  remove(task: TaskView): void {
    this.#queue.remove(task);
    this.#slices.drop(task);
  }

  next(): Choice | null {
    const choice = takeHead(this.#queue, this.#setting, "head of the queue");
    if (choice !== null && this.#finite) this.#slices.start(choice.task, this.#quantum);
    return choice;
  }

  straight(task: TaskView): void {
    if (this.#finite) this.#slices.start(task, this.#quantum);
  }

  inOrder(first: ReadyCause, second: ReadyCause): string {
    return entryRule(first, second, this.#setting);
  }

  sliceLeft(task: TaskView): number {
    return this.#slices.left(task);
  }

  charge(task: TaskView, ran: number): void {
    if (this.#finite) this.#slices.charge(task, ran);
  }

  stopped(task: TaskView, cause: StopCause): void {
    if (!this.#finite) return;
    if (cause === "preempted" && this.#setting.conventions.preempted === "keep_head") this.#slices.keep(task);
    else this.#slices.drop(task);
  }

  preempt(): null {
    return null;
  }

  nextTick(): number {
    return Number.POSITIVE_INFINITY;
  }

  tick(): void {}

  ready(): { task: TaskView; key: string }[] {
    return this.#queue.entries().map(({ task, since }) => ({ task, key: `since ${inUnits(since, this.#setting)}` }));
  }
}
