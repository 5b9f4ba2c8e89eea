/** How the schedulers put moments, keys and rules into words. */
import type { ReadyCause, Setting } from "./policy.ts";

/** A time in grains as the scenario writes it: 2500 grains of 1000 to the unit are "2.5". */
export function inUnits(grains: number, setting: Pick<Setting, "unit">): string {
  return String(grains / setting.unit);
}

/** Arrivals and wake-ups are one side of `conventions.tie`, tasks that lost their core the other. */
export function comesFromOutside(cause: ReadyCause): boolean {
  return cause === "arrival" || cause === "wake";
}

/** The rule that put `first` before `second` when both entered a first-in-first-out queue at one moment. */
export function entryRule(first: ReadyCause, second: ReadyCause, setting: Pick<Setting, "conventions">): string {
  const { tie } = setting.conventions;
  if (tie === "index" || comesFromOutside(first) !== comesFromOutside(second)) return `tie: ${tie}`;
  return first === "arrival" && second === "arrival" ? "order in the file" : "order of events";
}
