/**
 * The library: everything that the command line does, as functions on plain data.
 *
 *     const scenario = loadScenario("scenarios/ticket.yaml");
 *     console.log(run(scenario, { seed: "1" }).averages);
 */
import { isUtf8 } from "node:buffer";
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { predict } from "./explore/predict.ts";
import { KIND_NAMES, kindText } from "./prelude/registry.ts";
import { checkScenarioScheduler } from "./run/check-scheduler.ts";
import type { RunResult } from "./run/result.ts";
import { OptionError, play as playOnce, type RunOptions } from "./run/run.ts";
import type { Scenario, SchedulerSpecification, Source } from "./scenario/ast.ts";
import { formatProblem, type Problem, parseScenario, scenarioSchema as schemaOf } from "./scenario/load.ts";
import { Problems } from "./scenario/problem.ts";
import { parseSchedulerList, parseSchedulerOption } from "./schedulers/option.ts";
import { POLICIES } from "./schedulers/registry.ts";

export { check } from "./explore/check.ts";
export {
  judge,
  type Mismatch,
  needsCheck,
  type TestCase,
  type TestResult,
  testCase,
  testResult,
} from "./explore/expectation.ts";
export { checkInterruptible } from "./explore/interruptible.ts";
export type { CheckOptions, Progress } from "./explore/options.ts";
export { type Order, Orders } from "./explore/orders.ts";
export { replay } from "./explore/replay.ts";
export type { CheckResult, ReplayResult } from "./explore/result.ts";
export type { Finding, FindingKind } from "./machine/finding.ts";
export { reporters } from "./report/registry.ts";
export type { Report, Reporter, ReportOptions } from "./report/report.ts";
export type { CompareResult, RunResult } from "./run/result.ts";
export type { Scenario, SchedulerSpecification } from "./scenario/ast.ts";
export type { Problem } from "./scenario/load.ts";
export { formatProblem, OptionError, POLICIES, type RunOptions };

/** What reading a scenario gave, good or bad. */
export interface OpenedScenario {
  /** null if it could not be read, or one of the problems is an error */
  readonly scenario: Scenario | null;
  /** errors and warnings, sorted by position */
  readonly problems: readonly Problem[];
  /** what was read; its text is empty if it could not be */
  readonly source: Source;
  /** why the file could not be read; null if it could */
  readonly unreadable: string | null;
}

export interface LoadOptions {
  /** other start values for shared variables, or other counts */
  readonly set?: readonly { readonly name: string; readonly value: string }[];
}

/** Reads and checks a scenario: the file of that path, or a text. Throws nothing; what is wrong is in the answer. */
export function openScenario(from: string | Source, options: LoadOptions = {}): OpenedScenario {
  let source: Source;
  if (typeof from === "string") {
    const read = readText(from);
    source = { file: from, text: read.text ?? "" };
    if (read.text === null) return { scenario: null, problems: [], source, unreadable: read.why };
  } else source = from;
  const parsed = parseScenario(source, { kindText, kindNames: KIND_NAMES, set: options.set ?? [] });
  const wrong = parsed.draft === null ? [] : checkScenarioScheduler(parsed.draft);
  const problems = [...parsed.problems, ...wrong].sort((a, b) => a.line - b.line || a.column - b.column);
  return { scenario: wrong.length > 0 ? null : parsed.scenario, problems, source, unreadable: null };
}

/** A scenario that cannot be played: `problems` says everything that is wrong with it, `message` the same as text. */
export class ScenarioError extends Error {
  readonly problems: readonly Problem[];
  constructor(message: string, problems: readonly Problem[]) {
    super(message);
    this.name = "ScenarioError";
    this.problems = problems;
  }
}

/**
 * Reads and checks a scenario: the file of that path, or a text with the name that messages call it by.
 *
 * @throws ScenarioError with all problems, if it cannot be played
 */
export function loadScenario(from: string | Source, options: LoadOptions = {}): Scenario {
  const { scenario, problems, source, unreadable } = openScenario(from, options);
  if (scenario !== null) return scenario;
  const text = problems.map((problem) => formatProblem(problem, source)).join("\n");
  throw new ScenarioError(unreadable === null ? text : `${source.file}: ${unreadable}`, problems);
}

/** A scheduler of the command line, checked for a scenario. Positions of problems are those in the option's text. */
export interface ReadScheduler {
  readonly specification: SchedulerSpecification | null;
  readonly problems: readonly Problem[];
}

/** Reads and checks one scheduler: `rr:quantum=2`. */
export function readScheduler(scenario: Scenario, text: string, option = "--scheduler"): ReadScheduler {
  return checkedOption(scenario, parseSchedulerOption(text), { file: option, text });
}

/** Reads and checks several, separated by commas: `fcfs,rr:quantum=2`. */
export function readSchedulers(scenario: Scenario, text: string, option = "--schedulers"): ReadScheduler[] {
  return parseSchedulerList(text).map((each) => checkedOption(scenario, each, { file: option, text }));
}

function checkedOption(
  scenario: Scenario,
  option: ReturnType<typeof parseSchedulerOption>,
  source: Source,
): ReadScheduler {
  const { specification, problem } = option;
  if (specification === null) {
    const problems = new Problems(source);
    problems.error("syntax", { start: 0, end: source.text.length }, problem ?? "it cannot be read");
    return { specification: null, problems: problems.list() };
  }
  const problems = checkScenarioScheduler({ ...scenario, scheduler: specification, source });
  return { specification: problems.length > 0 ? null : specification, problems };
}

/**
 * Plays the scenario once in virtual time, and warns of what this one run lets one predict of others: data races, locks
 * taken in a circle. `ties: false` leaves all warnings out.
 *
 * @throws OptionError if the scheduler or the time limit given makes no sense
 */
export function run(scenario: Scenario, options: RunOptions = {}): RunResult {
  const playing = play(scenario, options);
  let piece = playing.next(false);
  while (piece.done !== true) piece = playing.next(false);
  return piece.value;
}

/**
 * The same in pieces: the generator stops now and then; `next(true)` ends the run there, with what is known. Nothing is
 * predicted from a run that was ended so: whoever interrupts does not want to wait.
 *
 * @throws OptionError if the scheduler or the time limit given makes no sense
 */
export function* play(scenario: Scenario, options: RunOptions = {}): Generator<undefined, RunResult, boolean> {
  const playing = playOnce(scenario, options);
  let interrupted = false;
  let piece = playing.next(false);
  while (piece.done !== true) {
    interrupted = yield;
    piece = playing.next(interrupted);
  }
  const result = piece.value;
  if (options.ties !== false && !interrupted) result.warnings.push(...predict(scenario, result.schedule));
  return result;
}

/** The JSON Schema of scenarios. */
export function scenarioSchema(): Record<string, unknown> {
  return schemaOf({ policies: POLICIES });
}

/** A scenario may be 1 MiB; one byte more shows that it is longer, and no more is read of an endless device. */
const BYTES_MAX = 1_048_577;

function readText(
  path: string,
): { readonly text: string; readonly why: "" } | { readonly text: null; readonly why: string } {
  let file: number | null = null;
  try {
    file = openSync(path, "r");
    if (fstatSync(file).isDirectory()) return { text: null, why: "it is a folder" };
    const pieces: Buffer[] = [];
    let length = 0;
    for (;;) {
      const piece = Buffer.allocUnsafe(Math.min(65_536, BYTES_MAX - length));
      const more = piece.length === 0 ? 0 : readSync(file, piece);
      if (more === 0) break;
      pieces.push(piece.subarray(0, more));
      length += more;
    }
    const bytes = Buffer.concat(pieces);
    // the byte that is one too many may be in the middle of a character
    if (length < BYTES_MAX && !isUtf8(bytes)) return { text: null, why: "it is not UTF-8 text" };
    return { text: bytes.toString("utf8").replace(/^\ufeff/, ""), why: "" };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "";
    const known = new Map([
      ["ENOENT", "there is no such file"],
      ["EACCES", "it may not be read"],
      ["EPERM", "it may not be read"],
    ]);
    return { text: null, why: known.get(code) ?? `it cannot be read (${code === "" ? String(error) : code})` };
  } finally {
    if (file !== null) closeSync(file);
  }
}
