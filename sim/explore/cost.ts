/** What a path costs who has to read it: pre-emptions, then switches, then steps, packed into one number. */
import { isPreemption } from "./moves.ts";

export const SWITCH = 1 << 20;
export const PREEMPTION = SWITCH * SWITCH;

/** What it costs, beyond the step, that `next` comes after `previous` (−1: nobody), which could have gone on or not. */
export function changeOver(previous: number, next: number, goesOn: boolean): number {
  if (previous < 0 || previous === next) return 0;
  return SWITCH + (isPreemption(previous, next, goesOn) ? PREEMPTION : 0);
}
