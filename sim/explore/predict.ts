/**
 * What one run lets one predict of others: data races although the values came out right, and deadlocks by the order in
 * which locks were taken. The run's schedule is played again with recording, so that the run itself stays fast. A cycle
 * of locks is confirmed by a small search for an order that ends in it, or said to be only possible.
 */

import { type LockEdge, lockCycles, lockEdges } from "../detect/lock-order.ts";
import { type AccessEvent, findRaces } from "../detect/races.ts";
import { ListOverflow } from "../machine/machine.ts";
import { lower } from "../program/lower.ts";
import { FIRST_LIST_ROOM } from "../program/memory.ts";
import type { Program } from "../program/program.ts";
import { parseSchedule, type ScheduleEntry } from "../run/schedule.ts";
import type { Scenario } from "../scenario/ast.ts";
import { bfs } from "./bfs.ts";
import { makeJudge } from "./judge.ts";
import { scheduleOf } from "./present.ts";
import { type Step, Tracker } from "./trace.ts";

/** Longer runs are not looked at: a warning must not cost more than the run. */
const LONGEST = 20_000;
/** States that the search for an order which confirms a cycle may look at. */
const CONFIRM_STATES = 20_000;

/** Warnings, each one sentence. Empty for a run without a schedule, or one that is too long. */
export function predict(scenario: Scenario, schedule: string | null): string[] {
  if (schedule === null) return [];
  const parsed = parseSchedule(schedule);
  if (!("entries" in parsed) || parsed.entries.length > LONGEST) return [];
  for (let room = FIRST_LIST_ROOM; ; room *= 4) {
    try {
      return predictFrom(lower(scenario, room), scenario, parsed.entries);
    } catch (problem) {
      if (!(problem instanceof ListOverflow) || room > 1_000_000) throw problem;
    }
  }
}

function predictFrom(program: Program, scenario: Scenario, entries: readonly ScheduleEntry[]): string[] {
  const ids = new Map(program.tasks.map((task) => [task.name, task.id] as const));
  const tracker = new Tracker(program);
  const steps: Step[] = [];
  const owners: Map<number, number>[] = [];
  for (const { task: name, choice, kind } of entries) {
    const task = ids.get(name);
    if (task === undefined || !tracker.machine.enabled(task)) break;
    const step = tracker.step(task, choice, kind);
    steps.push(step);
    owners.push(new Map(step.writes.map((slot) => [slot, tracker.machine.state[slot]!] as const)));
  }
  const { allow } = scenario.check;
  const warnings: string[] = [];
  if (!allow.includes("data_race")) {
    const events = steps.map(
      (step): AccessEvent => ({
        task: step.task,
        at: step.instruction === undefined ? -1 : step.at,
        reads: step.reads,
        writes: step.writes,
      }),
    );
    for (const race of findRaces(program, events)) {
      const [first, second] = [steps[race.first]!, steps[race.second]!];
      warnings.push(
        `data race on '${race.name}': ${said(first, race.name)}, ${said(second, race.name)}, and nothing orders the two: another order may come out differently`,
      );
    }
  }
  if (!allow.includes("deadlock")) {
    const events = steps.map((step, k) => ({
      task: step.task,
      writes: step.writes,
      owner: (slot: number) => owners[k]!.get(slot)!,
    }));
    for (const cycle of lockCycles(lockEdges(program, events)))
      warnings.push(lockWarning(program, scenario, cycle, steps));
  }
  return warnings;
}

function said(step: Step, name: string): string {
  const { shown } = step;
  return `${shown.process} ${Object.hasOwn(shown.writes, name) ? "writes" : "reads"} it in line ${shown.line}`;
}

function lockWarning(program: Program, scenario: Scenario, cycle: readonly LockEdge[], steps: readonly Step[]): string {
  const parts = cycle.map((edge) => {
    const { process, line } = steps[edge.event]!.shown;
    return `${process} takes ${edge.taken} while it holds ${edge.held} (line ${line})`;
  });
  const order = confirm(program, scenario, new Set(cycle.map((edge) => edge.task)));
  const outlook =
    order === null
      ? "another order may end in a deadlock (not confirmed)"
      : `another order ends in a deadlock: --schedule '${order}'`;
  return `locks are taken in a circle: ${parts.join(", ")}; ${outlook}`;
}

/** A schedule in which the tasks of the cycle are deadlocked; null if a small search finds none. */
function confirm(program: Program, scenario: Scenario, tasks: ReadonlySet<number>): string | null {
  const result = bfs.explore({
    program,
    judge: makeJudge(program, { ...scenario, check: { ...scenario.check, allow: ["data_race"] } }),
    limits: { states: CONFIRM_STATES, runs: 1_000_000, depth: 100_000, memory: 64 << 20 },
    seed: "1",
    preemptions: null,
    bugDepth: 3,
    reduction: true,
    exact: false,
    all: true,
    workers: 1,
    stopRequested: () => null,
    onProgress: () => {},
  });
  const found =
    result.found.find((each) => each.kind === "deadlock" && [...tasks].every((task) => each.tasks.includes(task))) ??
    result.found.find((each) => each.kind === "deadlock");
  return found === undefined ? null : scheduleOf(program, found.path);
}
