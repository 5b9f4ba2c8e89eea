/**
 * What a path costs who has to read it: pre-emptions, then switches, then steps, packed into one number. Of paths that are
 * equal in these the one is cheaper that changes over where the task has given up the CPU by itself (sleep, io, yield).
 */
import type { Machine } from "../machine/machine.ts";
import type { Task } from "../program/program.ts";
import { isPreemption } from "./moves.ts";

/** A pre-emption of a task that had not given up the CPU; beyond 63 of them they weigh like steps. */
const UNASKED = 1;
export const STEP = 1 << 6;
export const SWITCH = STEP * (1 << 18);
export const PREEMPTION = SWITCH * (1 << 18);

/**
 * What it costs, beyond the step, that `next` comes after `previous` (−1: nobody), which could have gone on or not.
 *
 * @param gaveUp whether the last step of `previous` gave up the CPU
 */
export function changeOver(previous: number, next: number, goesOn: boolean, gaveUp: boolean): number {
  if (previous < 0 || previous === next) return 0;
  if (!isPreemption(previous, next, goesOn)) return SWITCH;
  return SWITCH + PREEMPTION + (gaveUp ? 0 : UNASKED);
}

/** Whether the step of a task at a position gives up the CPU, to go on by itself (at once or after some time). */
export function givesUpAt({ code }: Task, position: number): boolean {
  const instruction = code[position];
  return instruction?.op === "delay" && instruction.kind !== "cpu";
}

/** Whether the next step of a task does so. */
export function givesUp({ program, state }: Machine, task: number): boolean {
  const self = program.tasks[task]!;
  return givesUpAt(self, state[self.pcSlot]!);
}
