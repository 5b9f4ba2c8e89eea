/** `replay`: plays exactly the order that a schedule records, and says at which entry it no longer fits. */
import { describeDeadlock, endingsOf, stuckTasks } from "../detect/deadlock.ts";
import { sharedValues } from "../detect/read.ts";
import type { Finding } from "../machine/finding.ts";
import { ListOverflow, type Machine, type Violation } from "../machine/machine.ts";
import { lower } from "../program/lower.ts";
import { FIRST_LIST_ROOM } from "../program/memory.ts";
import { LIFE, type Program } from "../program/program.ts";
import { OptionError } from "../run/run.ts";
import { parseSchedule, type ScheduleEntry } from "../run/schedule.ts";
import type { Scenario } from "../scenario/ast.ts";
import { settingsPart } from "../scenario/commands.ts";
import { lineText, locate } from "../scenario/load.ts";
import { didYouMean } from "../scenario/suggest.ts";
import { firstSeen, judgeRound, type Made, Races, unmet, watchEventually } from "./again.ts";
import { makeJudge } from "./judge.ts";
import { lostWakeup } from "./lost-wakeup.ts";
import { enabledTasks } from "./moves.ts";
import { SHOWN_ONCE } from "./present.ts";
import type { ReplayResult, ReplayStep } from "./result.ts";
import type { Verdict } from "./strategy.ts";
import { type Step, Tracker } from "./trace.ts";

/**
 * Plays a printed schedule, of `check` or of `run`, step by step.
 *
 * @throws OptionError if the text is no schedule at all; one that does not fit the scenario is an answer (`misfit`)
 */
export function replay(scenario: Scenario, schedule: string): ReplayResult {
  const parsed = parseSchedule(schedule);
  if ("problem" in parsed) throw new OptionError(parsed.problem);
  for (let room = FIRST_LIST_ROOM; ; room *= 4) {
    try {
      return play(lower(scenario, room), scenario, schedule.trim(), parsed.entries);
    } catch (problem) {
      if (!(problem instanceof ListOverflow) || room > 1_000_000) throw problem;
    }
  }
}

function play(program: Program, scenario: Scenario, schedule: string, entries: readonly ScheduleEntry[]): ReplayResult {
  const tracker = new Tracker(program);
  const { machine } = tracker;
  const judge = makeJudge(program, scenario, true);
  const ids = new Map(program.tasks.map((task) => [task.name, task.id] as const));
  const names = (tasks: readonly number[]): string[] => tasks.map((task) => program.tasks[task]!.name);
  const steps: ReplayStep[] = [];
  const played: Step[] = [];
  const findings: Finding[] = [];
  const violations: Violation[] = [];
  const races = new Races();
  const made: Made[] = [];
  const { look, neverTrue } = watchEventually(program, machine);
  let misfit: ReplayResult["misfit"] = null;
  const note = (verdicts: readonly Verdict[]): void => {
    for (const verdict of verdicts) {
      const finding = findingOf(verdict, scenario, names(verdict.tasks), steps.length, machine, violations);
      const isSame = ({ kind, name, line, column, message }: Finding): boolean =>
        kind === finding.kind &&
        name === finding.name &&
        (!SHOWN_ONCE.has(kind) || (line === finding.line && column === finding.column && message === finding.message));
      if (!findings.some(isSame)) findings.push(finding);
    }
  };
  /** what was wrong after the step before, and still is: it is not said again */
  let wrong = new Set<string>();
  const news = (verdicts: readonly Verdict[]): Verdict[] => {
    const before = wrong;
    const keyOf = ({ kind, name }: Verdict): string => `${kind} ${name}`;
    wrong = new Set(verdicts.map(keyOf));
    return verdicts.filter((verdict) => SHOWN_ONCE.has(verdict.kind) || !before.has(keyOf(verdict)));
  };
  note(news(races.after(-1, judge.atStart(machine))));
  look();
  for (const [at, entry] of entries.entries()) {
    const task = ids.get(entry.task);
    const obstacle = task === undefined ? unknownTask(entry.task, ids) : whyNot(machine, task, entry);
    if (task === undefined || obstacle !== null) {
      misfit = { entry: at + 1, text: wordOf(entry), message: obstacle ?? "" };
      break;
    }
    const from = positionOf(machine, task);
    const step = tracker.step(task, entry.choice, entry.kind);
    played.push(step);
    if (entry.choice > 0 && entry.choice >= step.alternatives) {
      misfit = { entry: at + 1, text: wordOf(entry), message: alternativeMissing(entry, step.alternatives) };
      break;
    }
    machine.clearFootprint();
    violations.push(...machine.violations);
    const verdicts = news(races.after(task, judge.afterStep(machine, task)));
    const enabled = enabledTasks(machine);
    made.push({ task, choice: entry.choice, kind: entry.kind, from, to: positionOf(machine, task), enabled });
    look();
    steps.push({
      ...step.shown,
      entry: at + 1,
      shared: sharedValues(machine),
      violations: verdicts.map(({ kind, name, message }) => ({ kind, name, message })),
      enabled: names(enabled),
    });
    note(verdicts);
    if (enabled.length === 0 && at === entries.length - 1) note(lastWords(program, judge.atEnd(machine), played));
  }
  if (entries.length === 0 && enabledTasks(machine).length === 0)
    note(lastWords(program, judge.atEnd(machine), played));
  const notes: string[] = [];
  if (misfit === null) {
    note(unmet(program, scenario, machine, neverTrue()));
    const seen = firstSeen(program, made, machine);
    if (seen !== null) {
      const where = seen === 0 ? "the start" : `the state after step ${seen}`;
      notes.push(`these steps lead back to ${where}: they can be repeated for ever`);
      note(judgeRound(program, scenario, machine, made, seen, neverTrue()));
    }
    for (const name of races.ahead())
      notes.push(
        `the next steps would race on '${name}': the two accesses have not both been made where the schedule ends`,
      );
  }
  return {
    schema: "replay/1",
    scenario: scenario.name,
    about: scenario.about,
    file: scenario.source.file,
    ...settingsPart(scenario),
    schedule,
    status:
      misfit !== null
        ? "misfit"
        : findings.some((finding) => finding.kind === "deadlock")
          ? "deadlock"
          : findings.length > 0
            ? "violated"
            : enabledTasks(machine).length > 0
              ? "stopped"
              : "finished",
    steps,
    findings,
    notes,
    shared: sharedValues(machine),
    misfit,
  };
}

/** What is wrong in a state in which nobody can move; whether a wake-up was lost is a matter of the steps before. */
function lastWords(program: Program, verdicts: readonly Verdict[], played: readonly Step[]): Verdict[] {
  return verdicts.flatMap((verdict) => {
    if (verdict.kind !== "lost_wakeup") return [verdict];
    const lost = lostWakeup(program, verdict, played);
    return lost === null ? [] : [{ ...verdict, message: lost.message, tasks: [...lost.tasks] }];
  });
}

/** Where a task stands; −1 if it is not alive. */
function positionOf(machine: Machine, task: number): number {
  const { lifeSlot, pcSlot } = machine.program.tasks[task]!;
  const life = machine.state[lifeSlot];
  return life === LIFE.alive || life === LIFE.dying ? machine.state[pcSlot]! : -1;
}

function wordOf(entry: ScheduleEntry): string {
  const mark = entry.kind === "grant" ? "^" : entry.kind === "rest" ? "+" : "";
  return `${entry.task}${mark}${entry.choice > 0 ? `#${entry.choice}` : ""}`;
}

function unknownTask(name: string, ids: ReadonlyMap<string, number>): string {
  const hint = didYouMean(name, [...ids.keys()], null);
  return `there is no process '${name}' in this scenario${hint === null ? "" : ` (${hint})`}`;
}

/** Why the entry is impossible in the state at hand; null if it is possible. */
function whyNot(machine: Machine, task: number, entry: ScheduleEntry): string | null {
  const { name, code, pcSlot, lifeSlot } = machine.program.tasks[task]!;
  const life = machine.state[lifeSlot]!;
  if (life === 0) return `${name} has not been started by then`;
  if (life === 2 || life === 3) return `${name} has ended by then`;
  const instruction = code[machine.state[pcSlot]!];
  if (entry.kind === "grant" && instruction?.op !== "when") return `${name} does not wait for anything there`;
  if (machine.enabled(task)) return null;
  const { source } = machine.program.scenario;
  const where =
    instruction === undefined
      ? ""
      : ` (line ${locate(source, instruction.span.start).line}: ${lineText(source, locate(source, instruction.span.start).line).trim()})`;
  return `${name} cannot move there: it has to wait${where}`;
}

function alternativeMissing(entry: ScheduleEntry, alternatives: number): string {
  if (alternatives === 1)
    return `${entry.task} has nothing to choose there, but alternative #${entry.choice} was recorded`;
  return `${entry.task} has only ${alternatives} alternatives there (#0 to #${alternatives - 1}), but #${entry.choice} was recorded`;
}

function findingOf(
  verdict: Verdict,
  scenario: Scenario,
  processes: string[],
  steps: number,
  machine: Machine,
  violations: readonly Violation[],
): Finding {
  const { source } = scenario;
  const { line, column } = locate(source, verdict.span.start);
  const deadlock =
    verdict.kind === "deadlock"
      ? describeDeadlock(
          machine,
          stuckTasks(machine, (task) => machine.enabled(task)),
          { endings: endingsOf(machine.program, violations) },
        )
      : null;
  return {
    kind: verdict.kind,
    name: verdict.name,
    message: deadlock?.message ?? verdict.message,
    processes,
    file: source.file,
    line,
    column,
    source: lineText(source, line),
    steps,
    ...(deadlock !== null && deadlock.cycle.length > 0 ? { cycle: [...deadlock.cycle] } : {}),
  };
}
