/** The scenarios that a command was asked for: found, read and checked, all before anything runs. */
import { escapeTerminal } from "../report/escape.ts";
import type { ReportedProblem } from "../report/report.ts";
import type { Scenario } from "../scenario/ast.ts";
import type { Problem } from "../scenario/problem.ts";
import { type Context, type Library, UsageError } from "./context.ts";
import { EXIT } from "./exit-codes.ts";
import { findScenarios, isFolder } from "./files.ts";
import type { Setting } from "./options.ts";
import type { Output } from "./output.ts";

export interface LoadedScenarios {
  readonly scenarios: readonly Scenario[];
  /** errors and warnings of all files */
  readonly problems: readonly ReportedProblem[];
  /** files that could not be read, or hold errors */
  readonly bad: readonly string[];
  /** the problems as a person reads them */
  readonly text: string;
  /** every file that was looked at */
  readonly files: readonly string[];
}

/** Whether the arguments can stand for several scenarios. */
export function asksForSeveral(paths: readonly string[]): boolean {
  return paths.length > 1 || paths.some(isFolder);
}

/** Reads and checks all scenarios of the paths. Throws a `UsageError` if there are none. */
export function loadScenarios(
  library: Library,
  paths: readonly string[],
  settings: readonly Setting[],
): LoadedScenarios {
  const { files, missing } = findScenarios(paths);
  const texts: string[] = [];
  const problems: ReportedProblem[] = [];
  const scenarios: Scenario[] = [];
  const bad: string[] = [];
  for (const path of missing) {
    // a pattern that the shell found no file for
    if (/[*?[\]]/.test(path)) continue;
    bad.push(path);
    const message = "there is no such file or folder";
    problems.push(unreadable(path, message));
    texts.push(`${path}  error  unreadable-file  ${message}`);
  }
  if (files.length === 0 && bad.length === 0) {
    throw new UsageError(`no scenario matches ${paths.map((path) => `'${path}'`).join(", ")}`, EXIT.nothingMatched);
  }
  for (const file of files) {
    const loaded = library.openScenario(file, { set: settings });
    if (loaded.unreadable !== null) {
      bad.push(file);
      problems.push(unreadable(file, loaded.unreadable));
      texts.push(`${file}  error  unreadable-file  ${loaded.unreadable}`);
      continue;
    }
    problems.push(...loaded.problems.map(reported));
    texts.push(...loaded.problems.map((problem) => library.formatProblem(problem, loaded.source)));
    if (loaded.scenario === null) bad.push(file);
    else scenarios.push(loaded.scenario);
  }
  return {
    scenarios,
    problems,
    bad,
    text: texts.map((text) => `${text}\n`).join(""),
    files: [...bad.filter((file) => !files.includes(file)), ...files],
  };
}

/**
 * Hands the problems out: as JSON where that goes to standard output, otherwise as text to standard error. Warnings
 * alone are text in any case, and nothing when the user wants quiet.
 */
export function reportProblems(context: Context, output: Output, loaded: LoadedScenarios, quiet: boolean): void {
  if (loaded.problems.length === 0) return;
  const errors = loaded.bad.length > 0;
  if (errors) output.add({ schema: "problems/1", problems: [...loaded.problems] });
  if ((!errors && !quiet) || (errors && !output.takesProblems)) context.err.write(loaded.text);
}

/** After an interruption: says which scenarios come behind the one that was at hand. */
export function sayNotReached(context: Context, scenarios: readonly Scenario[], last: Scenario): void {
  const left = scenarios.slice(scenarios.indexOf(last) + 1).map(({ source }) => escapeTerminal(source.file));
  if (left.length > 0) context.err.write(`interrupted; not reached: ${left.join(", ")}\n`);
}

/** A problem in the form of `problems/1`: with `hint` in every case. */
export function reported(problem: Problem): ReportedProblem {
  return { ...problem, hint: problem.hint ?? null };
}

function unreadable(file: string, message: string): ReportedProblem {
  return {
    file,
    line: 1,
    column: 1,
    endLine: 1,
    endColumn: 1,
    code: "unreadable-file",
    message,
    hint: null,
    severity: "error",
  };
}
