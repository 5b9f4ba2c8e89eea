/**
 * Tasks of which only one at a time may have the CPU: the coroutines of one thread, and the threads of a process with a
 * global interpreter lock. The others wait behind the gate, first come first served, and count as ready.
 */

import { Decimal } from "../base/decimal.ts";
import type { Machine } from "../machine/machine.ts";
import { NULL } from "../program/values.ts";
import type { Unit } from "../scenario/ast.ts";
import type { ReadyCause } from "../schedulers/policy.ts";
import { grainsOf } from "./clock.ts";
import type { TaskState } from "./task-state.ts";

interface Waiting {
  readonly task: TaskState;
  readonly cause: ReadyCause;
}

export class Gate {
  /** who is through the gate: ready, on a core, or (a coroutine in an uncooperative wait) keeping it while away */
  holder: TaskState | null = null;
  readonly queue: Waiting[] = [];
  /** an interpreter lock is handed over after so much CPU time if somebody waits for it; Infinity for coroutines */
  readonly interval: number;
  /** of coroutines: the slot that says who has the thread; −1 for an interpreter lock */
  readonly threadSlot: number;
  /** CPU time the holder has used since it came through */
  used = 0;

  constructor(interval: number, threadSlot: number) {
    this.interval = interval;
    this.threadSlot = threadSlot;
  }

  /** Lets the task through, or keeps it until its turn; says which. */
  enter(machine: Machine, task: TaskState, cause: ReadyCause): boolean {
    if (this.holder === task) return true;
    const wanted = this.threadSlot < 0 ? NULL : machine.state[this.threadSlot]!;
    if (this.holder === null && (wanted === NULL || wanted === task.id)) {
      this.pass(task);
      return true;
    }
    this.queue.push({ task, cause });
    return false;
  }

  pass(task: TaskState): void {
    this.holder = task;
    this.used = 0;
  }

  /** Whether the task, which leaves its core for something other than the scheduler's will, keeps the others waiting. */
  keeps(machine: Machine, task: TaskState): boolean {
    return this.threadSlot >= 0 && machine.state[this.threadSlot] === task.id;
  }

  /** The next to come through: the one to whom the thread was handed, else the first in the queue. */
  next(machine: Machine): Waiting | null {
    this.holder = null;
    const wanted = this.threadSlot < 0 ? NULL : machine.state[this.threadSlot]!;
    const at = wanted === NULL ? 0 : this.queue.findIndex(({ task }) => task.id === wanted);
    const [next] = at < 0 ? [] : this.queue.splice(at, 1);
    return next ?? null;
  }

  remove(task: TaskState): void {
    const at = this.queue.findIndex((each) => each.task === task);
    if (at >= 0) this.queue.splice(at, 1);
  }

  /** CPU time until the holder must hand over; Infinity while nobody waits. */
  left(): number {
    return this.queue.length === 0 ? Number.POSITIVE_INFINITY : Math.max(0, this.interval - this.used);
  }
}

/** Python's sys.getswitchinterval() is 5 ms (in minutes, the nearest short decimal); in ticks, 5. */
const SWITCH_INTERVAL: { readonly [U in Unit]: Decimal } = {
  tick: Decimal.of(5)!,
  us: Decimal.of(5000)!,
  ms: Decimal.of(5)!,
  s: Decimal.of(5, 3)!,
  min: Decimal.of(1, 4)!,
};

/** The gate of each task that has one. */
export function makeGates(machine: Machine, tasks: readonly TaskState[]): (Gate | null)[] {
  const gates: (Gate | null)[] = tasks.map(() => null);
  const { unit } = machine.program.scenario;
  for (const { task } of tasks) {
    if (task.threadSlot >= 0)
      gates[task.id] =
        (task.owner < 0 ? null : gates[task.owner]) ?? new Gate(Number.POSITIVE_INFINITY, task.threadSlot);
    else if (task.gil !== null)
      gates[task.id] = new Gate(grainsOf(task.gil.switchInterval ?? SWITCH_INTERVAL[unit], machine.grainsPerUnit), -1);
    else if (task.owner >= 0 && task.type === "thread") gates[task.id] = gates[task.owner] ?? null;
  }
  return gates;
}
