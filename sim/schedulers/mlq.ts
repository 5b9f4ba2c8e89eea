import type {
  CheckedScheduler,
  Choice,
  Chooser,
  Policy,
  PolicySpecification,
  Preemption,
  ReadyCause,
  Setting,
  StopCause,
  TaskView,
} from "./policy.ts";

/**
 * Multilevel queue: each process stays in the queue that it names (`queue: 0` is the first and highest); each queue has
 * a policy of its own; a queue is served only while all higher ones are empty, and a task of a higher queue takes the CPU
 * at once. A number past the end means the last queue.
 *
 * Source: Silberschatz, Galvin, Gagne, Operating System Concepts (10th ed.), section 5.3.5.
 */
export const mlq: PolicySpecification = {
  name: "mlq",
  about: "Fixed queues, high to low, each with a policy of its own",
  source: "Silberschatz, Galvin, Gagne, Operating System Concepts (10th ed.), section 5.3.5",
  parameters: [
    {
      name: "queues",
      type: "queues",
      about: "the policy of each queue, high to low: [ { policy: rr, quantum: 8 }, fcfs ]",
    },
  ],
  reads: ["queue"],
  create: (setting) => new MlqPolicy(setting),
};

interface Level {
  readonly policy: Policy;
  readonly ready: Set<TaskView>;
}

class MlqPolicy implements Policy {
  readonly #cores: number;
  readonly #levels: readonly Level[];
  readonly #chooser: Chooser | null;
  readonly anyOrder: boolean;

  constructor(setting: Setting) {
    this.#cores = setting.cores;
    this.#chooser = setting.chooser ?? null;
    const queues = setting.parameters.queues as readonly CheckedScheduler[];
    this.#levels = queues.map(({ policy, parameters, conventions }, index) => ({
      policy: policy.create({
        ...setting,
        parameters,
        conventions,
        random: (stream) => setting.random(`queue ${index} ${stream}`),
      }),
      ready: new Set(),
    }));
    this.anyOrder = this.#levels.every(({ policy }) => policy.anyOrder === true);
  }

  add(task: TaskView, cause: ReadyCause, now: number): void {
    const level = this.#levelOf(task);
    level.ready.add(task);
    level.policy.add(task, cause, now);
  }

  remove(task: TaskView): void {
    const level = this.#levelOf(task);
    level.ready.delete(task);
    level.policy.remove(task);
  }

  next(core: number, now: number): Choice | null {
    for (const [index, { policy, ready }] of this.#levels.entries()) {
      const choice = ready.size === 0 ? null : policy.next(core, now);
      if (choice === null) continue;
      ready.delete(choice.task);
      return { ...choice, reason: `queue ${index}: ${choice.reason}` };
    }
    return null;
  }

  sliceLeft(task: TaskView, now: number): number {
    return this.#levelOf(task).policy.sliceLeft(task, now);
  }

  charge(task: TaskView, ran: number, now: number): void {
    this.#levelOf(task).policy.charge(task, ran, now);
  }

  stopped(task: TaskView, cause: StopCause, now: number): void {
    this.#levelOf(task).policy.stopped(task, cause, now);
  }

  preempt(running: readonly TaskView[], now: number, free: number = this.#cores - running.length): Preemption | null {
    let left = free;
    for (const [index, level] of this.#levels.entries()) {
      const mine = running.filter((task) => this.#levelOf(task) === level);
      const lower = running.filter((task) => this.#indexOf(task) > index);
      const within = level.policy.preempt(mine, now, left + lower.length);
      if (within !== null) return within;
      const wanted = level.policy.runnable?.() ?? level.ready.size;
      if (wanted > left && lower.length > 0) {
        const lowest = lower.reduce((most, other) => (this.#indexOf(other) >= this.#indexOf(most) ? other : most));
        const others = lower.filter((other) => other !== lowest && this.#indexOf(other) === this.#indexOf(lowest));
        const as = [lowest, ...others];
        const task = as[as.length > 1 ? (this.#chooser?.choose(as) ?? 0) : 0]!;
        return { task, reason: `queue ${index} is not empty` };
      }
      left = Math.max(0, left - wanted);
    }
    return null;
  }

  nextTick(now: number, running: readonly TaskView[]): number {
    let next = Number.POSITIVE_INFINITY;
    for (const level of this.#levels) {
      const mine = running.filter((task) => this.#levelOf(task) === level);
      next = Math.min(next, level.policy.nextTick(now, mine));
    }
    return next;
  }

  tick(now: number, running: readonly TaskView[]): void {
    for (const level of this.#levels) {
      level.policy.tick(
        now,
        running.filter((task) => this.#levelOf(task) === level),
      );
    }
  }

  ready(now: number): { task: TaskView; key: string }[] {
    return this.#levels.flatMap(({ policy }, index) =>
      policy.ready(now).map(({ task, key }) => ({ task, key: `queue ${index}: ${key}` })),
    );
  }

  runnable(): number {
    return this.#levels.reduce((sum, { policy, ready }) => sum + (policy.runnable?.() ?? ready.size), 0);
  }

  #indexOf(task: TaskView): number {
    return Math.max(0, Math.min(this.#levels.length - 1, Math.floor(task.queue)));
  }

  #levelOf(task: TaskView): Level {
    return this.#levels[this.#indexOf(task)]!;
  }
}
