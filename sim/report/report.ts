/**
 * What every report writer is given and gives.
 *
 * A report is a pure function of a result: it reads no file, no clock and no environment, so equal results give equal
 * bytes. Whatever depends on where the text goes (how wide, in colour) is an option.
 */
import type { TestResult } from "../explore/expectation.ts";
import type { CheckResult, ReplayResult } from "../explore/result.ts";
import type { CompareResult, RunResult } from "../run/result.ts";

/** One thing wrong with an input file, as `problems/1` prints it. Lines and columns count from 1. */
export interface ReportedProblem {
  file: string;
  line: number;
  column: number;
  endLine: number;
  endColumn: number;
  code: string;
  message: string;
  hint: string | null;
  /** a warning stops nothing */
  severity: "error" | "warning";
}

/** Why nothing was run: `{"schema":"problems/1", …}`. */
export interface ProblemsResult {
  schema: "problems/1";
  problems: ReportedProblem[];
}

/** Everything that a writer can be asked to write. */
export type Report = RunResult | CompareResult | CheckResult | ReplayResult | TestResult | ProblemsResult;

/** How a report is laid out. Reports for programs (json, junit, github) read none of it. */
export interface ReportOptions {
  /** columns of the terminal or page */
  width: number;
  /** plain ASCII instead of blocks and lines */
  ascii: boolean;
  /** colours, as ANSI escape sequences */
  color: boolean;
  /** the table of the scheduler's decisions too */
  trace: boolean;
  /** one line and the findings only */
  quiet: boolean;
  /** the commands that exist, so that a report recommends no other */
  commands: readonly string[];
}

/** One entry of the registry. */
export interface Reporter {
  readonly name: string;
  /** one line for the help text */
  readonly about: string;
  /** The report of one result, ending in a line end unless it is empty. */
  write(result: Report, options: ReportOptions): string;
  /** One document for several results; without it their reports stand one after the other. */
  writeAll?(results: readonly Report[], options: ReportOptions): string;
}

/** A page of text 80 columns wide, without colour. */
export const DEFAULT_OPTIONS: ReportOptions = {
  width: 80,
  ascii: false,
  color: false,
  trace: false,
  quiet: false,
  commands: ["run"],
};

/** Several results in one text. A single one is written as it is, also by writers with a form for several. */
export function writeReports(reporter: Reporter, results: readonly Report[], options: ReportOptions): string {
  const only = results.length === 1 ? results[0] : undefined;
  if (only !== undefined) return reporter.write(only, options);
  if (reporter.writeAll !== undefined) return reporter.writeAll(results, options);
  return results
    .map((result) => reporter.write(result, options))
    .filter((text) => text !== "")
    .join("\n");
}
