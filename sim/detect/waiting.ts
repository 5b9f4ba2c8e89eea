/** Reads off the machine who waits for whom: the wait-for graph of the tasks that cannot go on. */
import type { Machine } from "../machine/machine.ts";
import { type Instruction, LIFE, type Place } from "../program/program.ts";
import { type Value, valuesAt } from "./read.ts";

/** One task that waits, for what, and who could end its wait (null: anybody). */
export interface WaitingTask {
  readonly task: number;
  readonly instruction: Instruction & { op: "when" };
  /** the resource instance it waits for; −1 if it waits for something else */
  readonly resource: number;
  readonly by: readonly number[] | null;
  /** whether it is enough that one of `by` acts */
  readonly any: boolean;
}

/** All tasks that are alive and wait for a guard that is false now, without a timeout. */
export function waitingTasks(machine: Machine): WaitingTask[] {
  const { tasks } = machine.program;
  const found: WaitingTask[] = [];
  for (const task of tasks) {
    if (machine.state[task.lifeSlot] !== LIFE.alive) continue;
    const instruction = task.code[machine.state[task.pcSlot]!];
    if (instruction?.op !== "when" || machine.ready(task.id) || machine.hasTimeout(task.id)) continue;
    found.push({ task: task.id, instruction, ...endedBy(machine, instruction) });
  }
  return found;
}

function endedBy(
  machine: Machine,
  instruction: Instruction & { op: "when" },
): { resource: number; by: readonly number[] | null; any: boolean } {
  const { waits } = instruction;
  if (waits.tasks.length > 0) return { resource: -1, by: waits.tasks, any: waits.any };
  if (waits.resource === null) return { resource: -1, by: null, any: true };
  const { first, index } = waits.resource;
  const resource = index === null ? first : first + machine.evaluator(index)();
  const holder = machine.program.resources[resource]?.holder ?? null;
  if (holder === null) return { resource, by: null, any: true };
  const holders = holdersOf(machine, holder);
  return { resource, by: holders.length === 0 ? null : holders, any: holders.length > 1 };
}

/** The tasks named in a holder field: one, or a list of them. */
export function holdersOf(machine: Machine, holder: Place): number[] {
  const names = new Set<Value>(valuesAt(machine, holder));
  return machine.program.tasks.filter((task) => names.has(task.name)).map((task) => task.id);
}

/** The resource instances that a task holds now. */
export function heldBy(machine: Machine, task: number): string[] {
  return machine.program.resources
    .filter((resource) => resource.holder !== null && holdersOf(machine, resource.holder).includes(task))
    .map((resource) => resource.name);
}
