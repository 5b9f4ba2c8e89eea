/**
 * Virtual time is counted in whole grains, so that sums of times are exact. How many grains make a unit follows from
 * the finest decimal in the scenario; continuous random times get at least a millionth of a unit.
 */
import { Decimal, powerOfTen } from "../base/decimal.ts";
import type { Scenario } from "../scenario/ast.ts";

const RANDOM_PLACES = 6;
/** Beyond this many decimal places a year of ticks would no longer be exact. */
const MOST_PLACES = 9;

/** Grains in one unit: a power of ten fine enough for every time written in the scenario. */
export function grainsPerUnit(scenario: Scenario, others: readonly Decimal[] = []): number {
  let places = 0;
  const seen = new Set<unknown>();
  const visit = (value: unknown): void => {
    if (value instanceof Decimal) {
      places = Math.max(places, value.scale);
      return;
    }
    if (value === null || typeof value !== "object" || seen.has(value)) return;
    seen.add(value);
    if (
      "kind" in value &&
      value.kind === "random" &&
      "distribution" in value &&
      value.distribution !== "randint" &&
      value.distribution !== "choice"
    ) {
      places = Math.max(places, RANDOM_PLACES);
    }
    if (value instanceof Map)
      for (const [key, item] of value) {
        visit(key);
        visit(item);
      }
    else for (const item of Object.values(value)) visit(item);
  };
  visit(scenario.processes);
  visit(scenario.resources);
  visit(scenario.shared);
  visit(scenario.atomics);
  visit(scenario.scheduler);
  visit([scenario.until, scenario.contextSwitch, scenario.stepCost, ...others]);
  return powerOfTen(Math.min(places, MOST_PLACES));
}

/** A decimal number of units in grains. */
export function grainsOf(time: Decimal, perUnit: number): number {
  return Math.round((time.digits * perUnit) / powerOfTen(time.scale));
}
