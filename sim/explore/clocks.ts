/**
 * The partial order of an order of steps (its Mazurkiewicz trace), written so that two orders are equivalent exactly
 * when they are written the same: for each task its steps, each with the alternative it took and how many steps of
 * every other task happen before it.
 */
import type { Dependence } from "./dependence.ts";

export interface StepTaken {
  readonly task: number;
  readonly choice: number;
  readonly footprint: number;
}

/** The signature of the equivalence class of a complete order. */
export function traceSignature(dependence: Dependence, steps: readonly StepTaken[], tasks: number): string {
  const clocks: number[][] = [];
  const rows: string[][] = Array.from({ length: tasks }, () => []);
  steps.forEach((step, k) => {
    const clock: number[] = new Array(tasks).fill(0);
    for (let before = 0; before < k; before++) {
      const other = steps[before]!;
      if (other.task !== step.task && !dependence.conflict(other.footprint, step.footprint)) continue;
      clocks[before]!.forEach((count, task) => {
        clock[task] = Math.max(clock[task]!, count);
      });
    }
    clock[step.task] = rows[step.task]!.length + 1;
    clocks.push(clock);
    rows[step.task]!.push(`${step.choice}:${clock.join(",")}`);
  });
  return rows.map((row) => row.join(" ")).join("|");
}
