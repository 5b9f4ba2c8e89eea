/**
 * Effective priorities under the locks' protocols.
 *
 * inherit: a holder runs at the best priority among those it keeps waiting (Sha, Rajkumar, Lehoczky, IEEE Trans.
 * Computers 39(9), 1990). ceiling: a holder runs at the lock's ceiling at once (the immediate ceiling, as in POSIX
 * PTHREAD_PRIO_PROTECT); where no ceiling is given it is the best priority among the tasks that use the lock.
 */

import { compileAddress } from "../machine/evaluate.ts";
import type { Machine } from "../machine/machine.ts";
import { STATUS, type TaskState } from "./task-state.ts";

interface ProtectedLock {
  readonly instance: number;
  readonly protocol: "inherit" | "ceiling";
  readonly ceiling: number | null;
  readonly holder: () => TaskState | null;
}

export class Inheritance {
  private readonly locks: ProtectedLock[];
  private readonly tasks: readonly TaskState[];
  private readonly machine: Machine;
  private readonly better: (a: number, b: number) => number;

  constructor(machine: Machine, tasks: readonly TaskState[], lowFirst: boolean) {
    this.machine = machine;
    this.tasks = tasks;
    this.better = lowFirst ? Math.min : Math.max;
    const byName = new Map(tasks.map((task) => [task.name, task] as const));
    this.locks = machine.program.resources.flatMap((resource, instance): ProtectedLock[] => {
      const protocol = resource.options.get("protocol");
      if ((protocol !== "inherit" && protocol !== "ceiling") || resource.holder === null) return [];
      const slot = compileAddress(machine, resource.holder)();
      const holder = (): TaskState | null =>
        byName.get(String(machine.program.values.decode(machine.state[slot]!))) ?? null;
      const given = resource.options.get("ceiling");
      return [{ instance, protocol, ceiling: typeof given === "number" ? given : this.bestUser(instance), holder }];
    });
  }

  get active(): boolean {
    return this.locks.length > 0;
  }

  /** Computes all effective priorities afresh; says whether any changed. */
  update(): boolean {
    const before = this.tasks.map((task) => task.priority);
    for (const task of this.tasks) task.priority = task.basePriority;
    for (let changed = true; changed; ) {
      changed = false;
      for (const lock of this.locks) {
        const holder = lock.holder();
        if (holder === null) continue;
        let priority = holder.priority;
        if (lock.protocol === "ceiling" && lock.ceiling !== null) priority = this.better(priority, lock.ceiling);
        for (const task of this.tasks) {
          if (task.status === STATUS.blocked && this.waitsAt(task) === lock.instance)
            priority = this.better(priority, task.priority);
        }
        if (priority !== holder.priority) {
          holder.priority = priority;
          changed = true;
        }
      }
    }
    return this.tasks.some((task, k) => task.priority !== before[k]);
  }

  /** Whether this task waits for a lock with a protocol: then the best priority gets it, not the longest wait. */
  byPriority(task: TaskState): boolean {
    const instance = this.waitsAt(task);
    return this.locks.some((lock) => lock.instance === instance);
  }

  best(group: readonly TaskState[]): TaskState {
    return group.reduce((best, task) =>
      task.priority !== best.priority && this.better(task.priority, best.priority) === task.priority ? task : best,
    );
  }

  private waitsAt(task: TaskState): number {
    const instruction = task.task.code[this.machine.state[task.task.pcSlot]!];
    if (instruction?.op !== "when" || instruction.waits.resource === null) return -1;
    const { first, index } = instruction.waits.resource;
    return index === null ? first : first + this.machine.evaluator(index)();
  }

  private bestUser(instance: number): number | null {
    let best: number | null = null;
    for (const task of this.tasks) {
      const uses = task.task.code.some(
        (instruction) => instruction.op === "when" && instruction.waits.resource?.first === instance,
      );
      if (uses) best = best === null ? task.basePriority : this.better(best, task.basePriority);
    }
    return best;
  }
}
