/** Does the answer depend on a rule on which textbooks disagree? Played again under the other rules, one at a time. */

import { SWITCHES } from "../schedulers/conventions.ts";
import type { CheckedScheduler, Conventions } from "../schedulers/policy.ts";
import type { RunResult } from "./result.ts";

/** Longer runs are not played again: their answer rarely hangs on one tie, and nobody should wait for a warning. */
const LONGEST = 2_000;

/** One warning for each tie rule whose other settings change some process's times. */
export function tieWarnings(
  result: RunResult,
  scheduler: CheckedScheduler,
  again: (conventions: Conventions) => RunResult,
): string[] {
  if (
    result.gantt.length + result.states.length > LONGEST ||
    result.truncated.length > 0 ||
    result.processes.length < 2
  )
    return [];
  const warnings: string[] = [];
  const answer = JSON.stringify(times(result));
  for (const { name, field, choices } of SWITCHES) {
    if (field !== "tie" && field !== "sameKey") continue;
    const others = choices.filter((choice) => choice !== scheduler.conventions[field]);
    for (const choice of others) {
      const other = again({ ...scheduler.conventions, [field]: choice });
      if (JSON.stringify(times(other)) === answer) continue;
      const changed = other.processes.filter((row, k) => row.finish !== result.processes[k]!.finish);
      const example =
        changed[0] ?? other.processes.find((row, k) => JSON.stringify(row) !== JSON.stringify(result.processes[k]));
      const before = result.processes.find((row) => row.name === example?.name);
      const detail =
        changed.length > 0
          ? `${example!.name} would finish at ${example!.finish} instead of ${before!.finish}`
          : `${example?.name ?? "the order"} would wait differently`;
      warnings.push(
        `the answer depends on a tie rule: with ${name}: ${choice} (now ${scheduler.conventions[field]}) ${detail}`,
      );
      break;
    }
  }
  return warnings;
}

function times(result: RunResult): unknown {
  return result.processes.map(({ start, finish, waiting, response }) => [start, finish, waiting, response]);
}
