/**
 * How a path to a data race ends. The judge finds a race in a state in which two accesses are both possible; who reads
 * the path wants to see them, one right after the other, and to have what they cost counted as well.
 */
import type { Machine } from "../machine/machine.ts";
import { changeOver, givesUp, STEP } from "./cost.ts";
import type { Judge, Verdict } from "./strategy.ts";

/** The races on a variable that the judge finds in the machine's state, to which `last` came (−1: nobody yet). */
export function racesAt(judge: Judge, machine: Machine, last: number, name: string): Verdict[] {
  const verdicts = last < 0 ? judge.atStart(machine) : judge.afterStep(machine, last);
  return verdicts.filter((verdict) => verdict.kind === "data_race" && verdict.name === name);
}

export interface RaceEnding {
  /** of the verdicts the one whose accesses these are */
  readonly verdict: Verdict;
  readonly first: number;
  readonly second: number;
  /** of the two steps and of changing over to each */
  readonly cost: number;
}

/**
 * The two accesses that cost least behind a path.
 *
 * @param verdicts data races that a judge finds in the machine's state; at least one
 * @param last the task that took the last step; −1 if there was none
 * @param gaveUp whether that step gave up the CPU
 */
export function raceEnding(machine: Machine, verdicts: readonly Verdict[], last: number, gaveUp: boolean): RaceEnding {
  const goesOn = last >= 0 && machine.enabled(last);
  let best: RaceEnding | null = null;
  for (const verdict of verdicts) {
    const [a, b] = verdict.tasks as readonly [number, number];
    for (const [first, second] of [
      [a, b],
      [b, a],
    ] as const) {
      const mark = machine.trailSize;
      const firstGivesUp = givesUp(machine, first);
      machine.step(first, 0);
      const cost =
        2 * STEP +
        changeOver(last, first, goesOn, gaveUp) +
        changeOver(first, second, machine.enabled(first), firstGivesUp);
      machine.violations.length = 0;
      machine.undo(mark);
      if (best === null || cost < best.cost) best = { verdict, first, second, cost };
    }
  }
  return best!;
}
