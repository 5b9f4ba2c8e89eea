/** Where a run of periodic tasks ends if nobody says so. */

import { Decimal } from "../base/decimal.ts";
import type { Expression, Scenario } from "../scenario/ast.ts";
import { grainsOf } from "./clock.ts";

/** At most so many releases, whatever the periods. */
const JOBS_MOST = 10_000;

/**
 * Infinity without periodic tasks; else one hyperperiod (the least common multiple of the periods) after the last first
 * release: from there on the schedule repeats (Leung and Merrill, Information Processing Letters 11(3), 1980).
 */
export function defaultHorizon(scenario: Scenario, unit: number): number {
  const periods: number[] = [];
  let latest = 0;
  for (const process of scenario.processes) {
    if (process.period === null) continue;
    const period = constantTime(process.period, unit);
    if (period === null || period <= 0) continue;
    periods.push(period);
    latest = Math.max(latest, constantTime(process.arrival, unit) ?? 0);
  }
  if (periods.length === 0) return Number.POSITIVE_INFINITY;
  const shortest = Math.min(...periods);
  let multiple = 1;
  for (const period of periods) {
    multiple = (multiple / greatestCommonDivisor(multiple, period)) * period;
    if (multiple > shortest * JOBS_MOST) return latest + shortest * JOBS_MOST;
  }
  return latest + multiple;
}

function constantTime(expression: Expression, unit: number): number | null {
  if (expression.kind !== "constant") return null;
  const { value } = expression;
  if (typeof value === "number") return value * unit;
  return value instanceof Decimal ? grainsOf(value, unit) : null;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
