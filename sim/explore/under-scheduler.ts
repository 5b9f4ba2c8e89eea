/**
 * `check --under scheduler`: only the orders that the scenario's own scheduler and timing leave open. The timed driver
 * asks an oracle wherever something is open, and the oracle goes depth first through all sequences of answers, playing
 * the scenario again for each. Open are:
 *
 * - the order in which tasks enter the ready queue at one moment, whichever rule (`tie`) would break the tie;
 * - who goes first among equal keys, whichever rule (`same_key`) would say, and who of equals must give way;
 * - which ready task `random` draws, and which of those with tickets `lottery` draws (given `draws` are no chance);
 * - on several cores, who goes on first where several finish their bursts at one moment; who gives up first where
 *   several waits time out at one moment;
 * - which alternative a `choose` takes, which waiter is notified, what a draw from few values gives.
 *
 * The first run takes the first answer everywhere, which is what `run` does where the rules decide. Of interchangeable
 * tasks one is tried (alike.ts), unless reductions are switched off.
 */
import type { Finding } from "../machine/finding.ts";
import type { Machine } from "../machine/machine.ts";
import type { Program } from "../program/program.ts";
import type { Oracle } from "../run/driver.ts";
import type { RunResult } from "../run/result.ts";
import { OptionError, play } from "../run/run.ts";
import type { TaskState } from "../run/task-state.ts";
import type { Scenario } from "../scenario/ast.ts";
import { settingsPart } from "../scenario/commands.ts";
import { lineText, locate } from "../scenario/load.ts";
import { parseSchedulerOption } from "../schedulers/option.ts";
import { policyNamed } from "../schedulers/registry.ts";
import { Alike } from "./alike.ts";
import type { Budget } from "./budget.ts";
import { makeJudge } from "./judge.ts";
import { type CheckOptions, DEFAULTS } from "./options.ts";
import { compareOutcomes } from "./outcome-order.ts";
import { NO_ORDER, SHOWN_ONCE } from "./present.ts";
import type { CheckResult, OutcomeRow } from "./result.ts";
import { showTimed } from "./timed-trace.ts";

/** More runs than this are not tried unless asked for. */
const RUNS = 20_000;

/** What was found, by the answers of the run that shows it best. */
interface Shown {
  readonly finding: Finding;
  readonly answers: readonly number[];
  /** entries of its schedule that are not mere repetitions: about the number of switches */
  readonly words: number;
  /** where others of its kind and name were found, its own place among them */
  readonly places: Set<string>;
}

/** The answer about this scheduler and this timing. */
export function checkUnderScheduler(given: Scenario, options: CheckOptions, budget: Budget): CheckResult {
  const scenario = withScheduler(given, options.scheduler);
  const merging = options.reduction === false ? null : scenario;
  const answers = new Answers(merging);
  const seed = options.seed ?? "1";
  const most = Math.min(options.maxRuns ?? RUNS, DEFAULTS.maxRuns);
  const found = new Map<string, Shown>();
  const outcomes = new Map<string, OutcomeRow>();
  let runs = 0;
  let deadlocked = 0;
  let longest = 0;
  let limited = 0;
  let cut = false;
  let stopped: "runs" | "time" | "interrupted" | "depth" | null = null;
  for (let more = true; more; ) {
    stopped = runs >= most ? "runs" : budget.stopRequested();
    if (stopped !== null && runs > 0) break;
    const result = playThrough(scenario, seed, answers, runs > 0 ? budget : null);
    stopped = null;
    if (result === null) {
      stopped = budget.stopRequested() ?? "time";
      break;
    }
    runs += 1;
    if (result.status === "deadlock") deadlocked += 1;
    if (result.status === "limit") limited += 1;
    if (result.cutShort) cut = true;
    note(found, result, answers, options.all === true);
    const key = `${JSON.stringify(result.shared)} ${result.status === "deadlock"}`;
    if (!outcomes.has(key))
      outcomes.set(key, {
        shared: result.shared,
        schedule: result.schedule ?? "",
        ...(result.status === "deadlock" ? { deadlock: true as const } : {}),
      });
    longest = Math.max(longest, answers.asked);
    if (runs % 64 === 0) options.onProgress?.(progress(runs, deadlocked, longest, budget));
    more = answers.next();
  }
  if (stopped === null && cut) stopped = "depth";
  const complete = stopped === null && !answers.drew;
  const findings = [...found.values()].map(({ finding, answers: fixed, places }) => {
    const shown = showTimed(scenario, finding, () => playAgain(scenario, seed, new Answers(merging, fixed)));
    return places.size === 1 || !SHOWN_ONCE.has(finding.kind) ? shown : { ...shown, more: places.size - 1 };
  });
  if (complete) findings.push(...unreached(scenario, answers.reachedNames));
  findings.sort((a, b) => compare(`${a.kind} ${a.name} ${a.message}`, `${b.kind} ${b.name} ${b.message}`));
  return {
    schema: "check/1",
    scenario: scenario.name,
    about: scenario.about,
    file: scenario.source.file,
    ...settingsPart(scenario),
    seed,
    unit: scenario.unit,
    verdict: findings.length > 0 ? "violated" : complete ? "holds" : "inconclusive",
    guarantee: complete ? "exhaustive" : "sampled",
    findings,
    outcomes: [...outcomes.values()].sort(compareOutcomes),
    explored: {
      strategy: "dfs",
      why: "the timed run was played again for every answer to what its scheduler and timing leave open",
      states: 0,
      transitions: 0,
      executions: runs,
      deadlocked,
      depth: longest,
      complete,
      seconds: Math.round(budget.seconds() * 1000) / 1000,
      reductions: answers.merged ? ["symmetry"] : [],
      stopped,
      attempts: [{ strategy: "dfs", complete, stopped, states: 0, executions: runs }],
      under: "scheduler",
    },
    notes: notesOn(answers.drew, limited),
  };
}

/**
 * The scenario with another scheduler, if one is named.
 *
 * @throws OptionError if the text names none
 */
function withScheduler(scenario: Scenario, text: string | undefined): Scenario {
  if (text === undefined) return scenario;
  const { specification, problem } = parseSchedulerOption(text);
  if (specification === null) throw new OptionError(problem ?? `'${text}' is no scheduler`);
  return { ...scenario, scheduler: specification };
}

/** The answers of the run at hand, and which come next. */
class Answers implements Oracle {
  /** how many questions the run has asked */
  asked = 0;
  /** whether some random time came from the seed after all */
  drew = false;
  /** whether a question ever had fewer answers because some tasks were interchangeable */
  merged = false;
  readonly reachedNames = new Set<string>();
  private readonly given: number[];
  private readonly counts: number[] = [];
  /** null: interchangeable tasks are not merged */
  private readonly scenario: Scenario | null;
  private alike: { readonly program: Program; readonly of: Alike } | null = null;
  /** all runs are of one program */
  readonly programs = new Map<number, Program>();

  /** `given`: the first answers; 0 is answered after them. */
  constructor(scenario: Scenario | null, given: readonly number[] = []) {
    const forgetful = scenario !== null && policyNamed(scenario.scheduler.policy)?.forgetful === true;
    // a switch costs nothing to whom the core served last: that tells two tasks apart
    const free = scenario !== null && scenario.contextSwitch.toNumber() === 0;
    this.scenario = forgetful && free ? scenario : null;
    this.given = [...given];
  }

  get answers(): readonly number[] {
    return this.given.slice(0, this.asked);
  }

  begin(): void {
    this.asked = 0;
  }

  choose(count: number): number {
    if (count <= 1) return 0;
    if (this.asked === this.given.length) this.given.push(0);
    this.counts[this.asked] = count;
    return this.given[this.asked++]!;
  }

  pick(tasks: readonly TaskState[], machine: Machine): number {
    if (this.scenario === null || tasks.length <= 1) return this.choose(tasks.length);
    const representatives = this.interchangeable(this.scenario, machine).representatives(tasks, machine);
    if (representatives.length < tasks.length) this.merged = true;
    return representatives[this.choose(representatives.length)]!;
  }

  drawn(): void {
    this.drew = true;
  }

  reached(name: string): void {
    this.reachedNames.add(name);
  }

  /** The next sequence of answers, depth first; false if there is none. */
  next(): boolean {
    const { given, counts, asked } = this;
    given.length = asked;
    for (let at = asked - 1; at >= 0; at--) {
      if (given[at]! + 1 < counts[at]!) {
        given[at] = given[at]! + 1;
        given.length = at + 1;
        return true;
      }
    }
    return false;
  }

  private interchangeable(scenario: Scenario, machine: Machine): Alike {
    const { program } = machine;
    if (this.alike?.program !== program)
      this.alike = { program, of: new Alike(program, makeJudge(program, scenario).watched) };
    return this.alike.of;
  }
}

interface Played extends RunResult {
  /** it was ended because it went on and on */
  readonly cutShort: boolean;
}

/** One run with the answers at hand; null if the budget ended within it. */
function playThrough(scenario: Scenario, seed: string, answers: Answers, budget: Budget | null): Played | null {
  const playing = play(scenario, { seed, ties: false, oracle: answers, programs: answers.programs });
  for (let piece = playing.next(false); ; piece = playing.next(false)) {
    if (piece.done === true) {
      const result = piece.value;
      // without the runs about ties there is no other warning
      return { ...result, cutShort: result.warnings.length > 0 };
    }
    if (budget !== null && budget.stopRequested() !== null) {
      playing.next(true);
      return null;
    }
  }
}

/** The time of each entry of the schedule of that run, in units. */
function playAgain(scenario: Scenario, seed: string, answers: Answers): number[] {
  const stepTimes: number[] = [];
  const playing = play(scenario, { seed, ties: false, oracle: answers, programs: answers.programs, stepTimes });
  while (playing.next(false).done !== true);
  return stepTimes;
}

/** Keeps of each finding the run that is easiest to read. */
function note(found: Map<string, Shown>, result: RunResult, answers: Answers, all: boolean): void {
  if (result.findings.length === 0) return;
  const { schedule } = result;
  const words = schedule === null ? Number.POSITIVE_INFINITY : schedule.split(" ").length;
  for (const finding of result.findings) {
    const key = all ? `${finding.kind} ${finding.name} ${finding.message}` : `${finding.kind} ${finding.name}`;
    const known = found.get(key);
    const places = known?.places ?? new Set<string>();
    places.add(`${finding.line}:${finding.column}`);
    if (known !== undefined && known.words <= words) continue;
    found.set(key, {
      finding: schedule === null ? finding : { ...finding, schedule },
      answers: answers.answers,
      words,
      places,
    });
  }
}

/** `reachable:` properties that were true in no run, once all runs have been seen. */
function unreached(scenario: Scenario, reached: ReadonlySet<string>): Finding[] {
  if (scenario.check.allow.includes("unreachable")) return [];
  const { source } = scenario;
  return scenario.check.reachable
    .filter(({ name }) => !reached.has(name))
    .map(({ name, test }) => {
      const { line, column } = locate(source, test.span.start);
      const message = `${name} should be reachable, but this scheduler and this timing lead to no state in which it is true`;
      return {
        kind: "unreachable",
        name,
        message,
        processes: [],
        file: source.file,
        line,
        column,
        source: lineText(source, line),
        ...NO_ORDER,
      };
    });
}

function progress(executions: number, deadlocked: number, depth: number, budget: Budget) {
  const seconds = budget.seconds();
  return { states: 0, transitions: 0, executions, deadlocked, depth, queued: 0, strategy: "under scheduler", seconds };
}

function notesOn(drew: boolean, limited: number): string[] {
  const notes = [
    "this is about this scheduler and this timing alone: without --under scheduler every order is tried",
    "data races, starvation, lost wake-ups and livelocks among several processes are not judged here: they are about all orders",
  ];
  if (drew)
    notes.push(
      "some random values came from the seed (uniform, exponential, normal, or more than 16 to choose from): only those were tried",
    );
  if (limited > 0)
    notes.push(
      `${limited} of the runs were still going on when their time was over: nothing is said about what would come later`,
    );
  return notes;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
