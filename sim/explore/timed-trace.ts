/** Shows a finding of a timed run as a counterexample: the steps that led to it, each with its time. */
import type { Finding, TraceStep } from "../machine/finding.ts";
import { parseSchedule, printSchedule } from "../run/schedule.ts";
import type { Scenario } from "../scenario/ast.ts";
import { replay } from "./replay.ts";
import type { ReplayResult, ReplayStep } from "./result.ts";

/**
 * The finding with its steps, and with the schedule cut off where it has happened.
 *
 * @param times gives the time of each entry of the finding's schedule, in units
 */
export function showTimed(scenario: Scenario, finding: Finding, times: () => readonly number[]): Finding {
  if (!finding.schedule) return finding;
  const played = replay(scenario, finding.schedule);
  if (!shows(played, finding)) return { ...finding, hint: NOT_REPEATED };
  const at = played.steps.findIndex((step) => step.violations.some((each) => isSame(each, finding)));
  const steps = at < 0 ? played.steps : played.steps.slice(0, at + 1);
  const moments = times();
  return {
    ...finding,
    schedule: firstEntries(finding.schedule, steps.length),
    steps: steps.length,
    trace: steps.map((step) => traceStep(step, moments[step.entry - 1])),
  };
}

const NOT_REPEATED =
  "a replay has no clock, so it cannot show what depends on `now` or on a random value; `npx sim run --trace` shows runs with their times";

function shows(played: ReplayResult, finding: Finding): boolean {
  return played.misfit === null && played.findings.some((each) => isSame(each, finding));
}

function isSame(one: { readonly kind: string; readonly name: string }, other: Finding): boolean {
  return one.kind === other.kind && one.name === other.name;
}

function firstEntries(schedule: string, count: number): string {
  const parsed = parseSchedule(schedule);
  return "entries" in parsed ? printSchedule(parsed.entries.slice(0, count)) : schedule;
}

function traceStep(step: ReplayStep, time: number | undefined): TraceStep {
  const { entry: _, shared: __, violations: ___, enabled: ____, ...shown } = step;
  return { ...shown, ...(time === undefined ? {} : { time }) };
}
