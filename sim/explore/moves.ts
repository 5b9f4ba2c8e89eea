/** What every strategy does with moves: list them, make them, play a path again. */
import type { Machine } from "../machine/machine.ts";
import type { Move } from "./strategy.ts";

/** The tasks that can take a step in the machine's state, in the order of their numbers. */
export function enabledTasks(machine: Machine): number[] {
  const enabled: number[] = [];
  for (let task = 0; task < machine.program.tasks.length; task++) if (machine.enabled(task)) enabled.push(task);
  return enabled;
}

/** Plays a path from the machine's present state. */
export function playPath(machine: Machine, path: readonly Move[]): void {
  for (const { task, choice } of path) machine.step(task, choice);
}

/**
 * Whether `next` after `previous` takes the CPU from a task that could have gone on (a pre-emption), given whether the
 * task of `previous` is still enabled. Changing over from a task that waits or has ended is none.
 */
export function isPreemption(previous: number, next: number, previousEnabled: boolean): boolean {
  return previous >= 0 && previous !== next && previousEnabled;
}
