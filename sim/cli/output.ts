/** Where results go: each to every report asked for, on standard output or into a file. */
import { DEFAULT_OPTIONS, type Report, type ReportOptions, writeReports } from "../report/report.ts";
import { wantsColor } from "./color.ts";
import type { Options } from "./command.ts";
import { type Context, UsageError } from "./context.ts";
import { systemMessage, writeWhole } from "./files.ts";
import { flag, optionValue, type ReporterTarget, reporterTargets } from "./options.ts";

export interface Output {
  /** Takes one more result; reports without a form for several are written at once. */
  add(result: Report): void;
  /**
   * Writes the rest, files last. Nothing is written to a file where nothing but problems came, unless `always`.
   * Throws a `UsageError` for a file that cannot be written.
   */
  finish(how?: { readonly always?: boolean }): void;
  /** problems are to be written by a report for programs on standard output, not as text on standard error */
  readonly takesProblems: boolean;
}

/**
 * @param several the user asked for several scenarios (files, or a folder): the reports for programs then have their
 *   form for several, however many there turn out to be
 */
export function openOutput(context: Context, options: Options, several: boolean): Output {
  const targets = reporterTargets(options);
  const results: Report[] = [];
  let streamed = 0;
  const streams = (target: ReporterTarget): boolean => target.file === null && target.reporter.writeAll === undefined;
  return {
    takesProblems: targets.some(({ reporter, file }) => file === null && reporter.name === "json"),
    add(result) {
      results.push(result);
      for (const target of targets.filter(streams)) {
        const text = target.reporter.write(result, reportOptions(context, options, null));
        if (text === "") continue;
        context.out.write(streamed > 0 && !flag(options, "quiet") ? `\n${text}` : text);
        streamed += 1;
      }
    },
    finish({ always = false } = {}) {
      const ran = always || results.some((result) => result.schema !== "problems/1");
      for (const target of targets) {
        if (streams(target) || (target.file !== null && !ran)) continue;
        const { writeAll } = target.reporter;
        const layout = reportOptions(context, options, target.file);
        const text =
          several && writeAll !== undefined
            ? writeAll(results, layout)
            : writeReports(target.reporter, results, layout);
        if (target.file === null) context.out.write(text);
        else writeReport(target.file, text);
      }
    },
  };
}

function writeReport(file: string, text: string): void {
  try {
    writeWhole(file, text);
  } catch (error) {
    throw new UsageError(`cannot write the report '${file}': ${systemMessage(error)}`);
  }
}

/** How reports are laid out here. A file has no colours, and no terminal whose width would fit. */
export function reportOptions(context: Context, options: Options, file: string | null): ReportOptions {
  const terminal = file === null && context.out.isTerminal ? context.out.columns : undefined;
  return {
    width: optionValue<number>(options, "width") ?? Math.max(40, terminal ?? DEFAULT_OPTIONS.width),
    ascii: flag(options, "ascii"),
    color: file === null && wantsColor(context, options.color !== false),
    trace: flag(options, "trace"),
    quiet: flag(options, "quiet"),
    commands: context.commands,
  };
}
