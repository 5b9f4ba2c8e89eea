/**
 * Deadlock: tasks that can never go on. With a cycle where the wait-for graph has one (who holds what, who waits for
 * it), without where they wait for something that nobody is left to do.
 *
 * The graph has AND edges (all of a join's tasks) and OR edges (any of those who could release): a task is stuck if one
 * of what it needs is stuck, or if all of those who could help are.
 */
import type { CycleEdge } from "../machine/finding.ts";
import type { Machine } from "../machine/machine.ts";
import { heldBy, type WaitingTask, waitingTasks } from "./waiting.ts";

export interface Deadlock {
  /** the tasks of the cycle, or all that are stuck where there is none */
  readonly tasks: readonly WaitingTask[];
  readonly cycle: readonly CycleEdge[];
  readonly message: string;
}

/** The tasks that can never take another step, provided that only the given others still can. */
export function stuckTasks(machine: Machine, canMove: (task: number) => boolean): WaitingTask[] {
  let stuck = waitingTasks(machine).filter((each) => !canMove(each.task));
  for (;;) {
    const ids = new Set(stuck.map((each) => each.task));
    const still = stuck.filter((each) => {
      if (each.by === null) return nobodyMoves(machine, ids, canMove);
      const helpless = (task: number): boolean => ids.has(task) || !isAlive(machine, task);
      // a holder that has ended gives nothing back; a task that has ended is what a join waits for
      return each.any || each.resource >= 0 ? each.by.every(helpless) : each.by.some((task) => ids.has(task));
    });
    if (still.length === stuck.length) return stuck;
    stuck = still;
  }
}

function isAlive(machine: Machine, task: number): boolean {
  const life = machine.state[machine.program.tasks[task]!.lifeSlot]!;
  return life === 1 || life === 4;
}

function nobodyMoves(machine: Machine, stuck: ReadonlySet<number>, canMove: (task: number) => boolean): boolean {
  return machine.program.tasks.every((task) => !isAlive(machine, task.id) || (stuck.has(task.id) && !canMove(task.id)));
}

/** Describes the deadlock among stuck tasks; daemons alone are none. Null if nobody is stuck. */
export function describeDeadlock(machine: Machine, stuck: readonly WaitingTask[]): Deadlock | null {
  const { tasks } = machine.program;
  if (!stuck.some((each) => !tasks[each.task]!.daemon)) return null;
  const cycle = findCycle(stuck);
  const among = cycle ?? stuck;
  const edges = among.map(
    (each): CycleEdge => ({
      process: tasks[each.task]!.name,
      holds: heldBy(machine, each.task),
      waits_for: waitName(machine, each),
    }),
  );
  const sentence = edges
    .map(
      ({ process, holds, waits_for }) =>
        `${process} ${holds.length > 0 ? `holds ${holds.join(", ")} and ` : ""}waits for ${waits_for}`,
    )
    .join("; ");
  return {
    tasks: among,
    cycle: cycle === null ? [] : edges,
    message:
      cycle === null
        ? `${sentence}: nobody is left who could let ${among.length === 1 ? "it" : "them"} go on`
        : sentence,
  };
}

/** What a waiting task waits for, by name. */
export function waitName(machine: Machine, each: WaitingTask): string {
  if (each.resource >= 0) return machine.program.resources[each.resource]!.name;
  return each.instruction.waits.what === "" ? "a condition" : each.instruction.waits.what;
}

/** A shortest cycle in the graph of single helpers, starting with the lowest task number; null if there is none. */
function findCycle(stuck: readonly WaitingTask[]): readonly WaitingTask[] | null {
  const byTask = new Map(stuck.map((each) => [each.task, each] as const));
  let best: WaitingTask[] | null = null;
  for (const start of stuck) {
    const path: WaitingTask[] = [];
    let current: WaitingTask | undefined = start;
    while (current !== undefined && !path.includes(current)) {
      path.push(current);
      const next: number | undefined = current.by?.find((task) => byTask.has(task));
      current = next === undefined ? undefined : byTask.get(next);
    }
    if (current === undefined) continue;
    const cycle = path.slice(path.indexOf(current));
    if (best === null || cycle.length < best.length) best = cycle;
  }
  return best;
}
