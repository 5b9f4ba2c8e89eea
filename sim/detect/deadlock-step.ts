/**
 * Whether the step just taken made somebody stuck for ever while others still run. A deadlock forms when a task begins
 * to wait or when one ends, so only those steps are looked at, and the wait-for graph is built only where those who would
 * have to help, and those who would have to help them, cannot move either.
 */
import type { Machine } from "../machine/machine.ts";
import { toldToTerminate } from "../program/ends.ts";
import { type Instruction, LIFE, type Program } from "../program/program.ts";
import type { Value } from "../scenario/ast.ts";
import { stuckTasks } from "./deadlock.ts";
import { valuesAt } from "./read.ts";
import type { WaitingTask } from "./waiting.ts";

type Helpers = (() => readonly number[]) | null;

/**
 * A function that gives the tasks stuck after a step of a task, though others may still move; empty if there are none.
 * Tasks that somebody may `terminate` are left out: that ends their wait. Null if no step can make anybody stuck.
 */
export function partialDeadlocks(machine: Machine): ((task: number) => readonly WaitingTask[]) | null {
  const { program, state } = machine;
  const ids = new Map<Value, number>(program.tasks.map((task) => [task.name, task.id]));
  const helpers = program.tasks.map((task) => task.code.map((instruction) => helpersOf(machine, instruction, ids)));
  if (!helpers.some((list) => list.some((each) => each !== null))) return null;
  const mortal = terminated(program);
  const helpersNow = (task: number): readonly number[] => helpers[task]![state[program.tasks[task]!.pcSlot]!]?.() ?? [];
  // whether somebody who can move is sure to be left for the task; false: perhaps not, as for those asked before
  const helped = (task: number, asked: Set<number>): boolean => {
    const life = state[program.tasks[task]!.lifeSlot]!;
    if (life !== LIFE.alive && life !== LIFE.dying) return false;
    if (machine.enabled(task)) return true;
    return !asked.has(task) && helpedBy(task, helpersNow(task), asked);
  };
  const helpedBy = (task: number, by: readonly number[], asked: Set<number>): boolean => {
    if (by.length === 0) return false;
    // each is asked once: a crowd in which everybody waits for everybody has more ways through it than can be gone
    asked.add(task);
    const { code, pcSlot } = program.tasks[task]!;
    const instruction = code[state[pcSlot]!]!;
    const all = instruction.op === "when" && instruction.waits.tasks.length > 0 && !instruction.waits.any;
    return all ? by.every((each) => helped(each, asked)) : by.some((each) => helped(each, asked));
  };
  const somebodyWaits = (): boolean =>
    program.tasks.some((task) => state[task.lifeSlot] === LIFE.alive && !machine.enabled(task.id));
  return (task) => {
    const life = state[program.tasks[task]!.lifeSlot]!;
    if (life === LIFE.alive) {
      if (machine.enabled(task)) return [];
      const by = helpersNow(task);
      if (by.length === 0 || helpedBy(task, by, new Set())) return [];
    } else if (life === LIFE.dying || !somebodyWaits()) return [];
    return stuckTasks(machine, (other) => machine.enabled(other)).filter(
      (each) => each.by !== null && !mortal.has(each.task),
    );
  };
}

function helpersOf(machine: Machine, instruction: Instruction, ids: ReadonlyMap<Value, number>): Helpers {
  if (instruction.op !== "when" || instruction.timeout !== null) return null;
  const { waits } = instruction;
  if (waits.tasks.length > 0) return () => waits.tasks;
  if (waits.resource === null) return null;
  const { resources } = machine.program;
  const { first, index } = waits.resource;
  if ((resources[first]?.holder ?? null) === null) return null;
  const at = index === null ? () => 0 : machine.evaluator(index);
  return () => {
    const holder = resources[first + at()]?.holder ?? null;
    return holder === null ? [] : valuesAt(machine, holder).flatMap((name) => ids.get(name) ?? []);
  };
}

function terminated(program: Program): Set<number> {
  const told = toldToTerminate(program);
  // a process takes its threads and coroutines with it
  for (const task of program.tasks) if (told.has(task.owner)) told.add(task.id);
  return told;
}
