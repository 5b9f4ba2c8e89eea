/**
 * What one run lets one predict of others: data races although the values came out right, and deadlocks by the order in
 * which locks were taken. The run's schedule is played again with recording, so that the run itself stays fast. A cycle
 * of locks is confirmed by an order that ends in it (confirm.ts), left out if there is none, or said to be potential.
 */

import { type LockEdge, lockCycles, lockEdges } from "../detect/lock-order.ts";
import { type AccessEvent, findRaces } from "../detect/races.ts";
import { ListOverflow } from "../machine/machine.ts";
import { lower } from "../program/lower.ts";
import { FIRST_LIST_ROOM } from "../program/memory.ts";
import type { Program } from "../program/program.ts";
import { parseSchedule, type ScheduleEntry } from "../run/schedule.ts";
import type { Scenario } from "../scenario/ast.ts";
import { replayCommand } from "../scenario/commands.ts";
import { confirmCycle } from "./confirm.ts";
import { scheduleOf } from "./present.ts";
import type { Move } from "./strategy.ts";
import { type Step, Tracker } from "./trace.ts";

/** Longer runs are not looked at: a warning must not cost more than the run. */
const LONGEST = 20_000;

/** Warnings, each one sentence. Empty for a run without a schedule, or one that is too long. */
export function predict(scenario: Scenario, schedule: string | null): string[] {
  if (schedule === null || !mayWarn(scenario)) return [];
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

/** Whether there is anything to predict, as far as the scenario alone says: it costs less than playing the run again. */
function mayWarn({ processes, shared, resources, check: { allow } }: Scenario): boolean {
  const haveParts = processes.some((each) => each.threads.length + each.coroutines.length > 0);
  if (!haveParts && processes.reduce((sum, each) => sum + (each.count ?? 1), 0) < 2) return false;
  const races = !allow.includes("data_race") && (shared.length > 0 || haveParts);
  const circles = !allow.includes("deadlock") && resources.reduce((sum, each) => sum + (each.count ?? 1), 0) > 1;
  return races || circles;
}

function predictFrom(program: Program, scenario: Scenario, entries: readonly ScheduleEntry[]): string[] {
  const ids = new Map(program.tasks.map((task) => [task.name, task.id] as const));
  const tracker = new Tracker(program);
  const steps: Step[] = [];
  const written: Map<number, number>[] = [];
  for (const { task: name, choice, kind } of entries) {
    const task = ids.get(name);
    if (task === undefined || !tracker.machine.enabled(task)) break;
    const step = tracker.step(task, choice, kind);
    steps.push(step);
    written.push(new Map(step.writes.map((slot) => [slot, tracker.machine.state[slot]!] as const)));
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
      instruction: step.instruction,
      writes: step.writes,
      after: (slot: number) => written[k]!.get(slot)!,
    }));
    warnings.push(...lockWarnings(program, lockCycles(lockEdges(program, events)), steps));
  }
  return warnings;
}

function said(step: Step, name: string): string {
  const { shown } = step;
  return `${shown.process} ${Object.hasOwn(shown.writes, name) ? "writes" : "reads"} it in line ${shown.line}`;
}

/** Searches are not free: after so many that led nowhere the other cycles are said to be potential. */
const FRUITLESS_MOST = 4;

function command(program: Program, path: readonly Move[]): string {
  const { source, set } = program.scenario;
  return replayCommand({ file: source.file, set }, scheduleOf(program, path));
}

function lockWarnings(program: Program, cycles: readonly (readonly LockEdge[])[], steps: readonly Step[]): string[] {
  const order = [...new Set(steps.map(({ task }) => task))];
  let fruitless = 0;
  return cycles.flatMap((cycle) => {
    const found = fruitless < FRUITLESS_MOST ? confirmCycle(program, cycle, order) : "unknown";
    if (typeof found === "string") fruitless += 1;
    if (found === "impossible") return [];
    const parts = cycle.map((edge) => {
      const { process, line } = steps[edge.event]!.shown;
      return `${process} takes ${edge.taken} while it holds ${edge.held} (line ${line})`;
    });
    const outlook =
      found === "unknown"
        ? "a potential deadlock: a short search found no order that ends in it"
        : `another order ends in a deadlock: ${command(program, found)}`;
    return [`locks are taken in a circle: ${parts.join(", ")}; ${outlook}`];
  });
}
