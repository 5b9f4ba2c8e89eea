/** Options that several commands share, and how their values are read. */
import { type Command, InvalidArgumentError, Option } from "commander";
import { findReporter, reporters } from "../report/registry.ts";
import type { Reporter } from "../report/report.ts";
import type { Setting } from "../scenario/commands.ts";
import { didYouMean } from "../scenario/suggest.ts";
import type { Options } from "./command.ts";
import { UsageError } from "./context.ts";

/** A report asked for: by which writer, and into which file (null: standard output). */
export interface ReporterTarget {
  readonly reporter: Reporter;
  readonly file: string | null;
}

export type { Setting };

/** The options of every command that reports something. */
export function addReportOptions(command: Command): Command {
  const names = reporters.map((reporter) => reporter.name).join(", ");
  return command
    .option("--json", "the result as JSON (the same as --reporter json)")
    .addOption(
      new Option("--reporter <NAME[=FILE]>", `how to report: ${names}; into a file if one is given; repeatable`)
        .argParser(appendReporter)
        .default([], "text"),
    )
    .option("-q, --quiet", "only what was found")
    .option("--no-color", "no colours")
    .option("--ascii", "charts in plain ASCII")
    .option("--width <COLUMNS>", "columns of the report (default: the terminal's, else 80)", integerIn(40, 1000));
}

/** The options of every command that plays a scenario. */
export function addRunOptions(command: Command): Command {
  return command
    .option("--seed <N>", "seed of all random draws", seed)
    .option("--cores <N>", "number of cores, instead of the scenario's", integerIn(1, 1024))
    .option("--until <T>", "stop at this virtual time: 200, or with a unit '2 s'")
    .option(
      "--set <NAME=VALUE>",
      "another start value for a shared variable, or another count; repeatable",
      appendSetting,
      [],
    );
}

function appendReporter(text: string, before: unknown): ReporterTarget[] {
  const equals = text.indexOf("=");
  const name = equals < 0 ? text : text.slice(0, equals);
  const reporter = findReporter(name);
  if (reporter === undefined) {
    const names = reporters.map((each) => each.name);
    throw new InvalidArgumentError(didYouMean(name, names, `There are: ${names.join(", ")}.`) ?? "");
  }
  const file = equals < 0 ? null : text.slice(equals + 1);
  if (file === "") throw new InvalidArgumentError("The name of the file after '=' is missing.");
  return [...(before as readonly ReporterTarget[]), { reporter, file }];
}

function appendSetting(text: string, before: readonly Setting[]): Setting[] {
  const equals = text.indexOf("=");
  if (equals <= 0) throw new InvalidArgumentError("It must be of the form NAME=VALUE.");
  return [...before, { name: text.slice(0, equals).trim(), value: text.slice(equals + 1).trim() }];
}

function integerIn(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= least && value <= most)) {
      throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
    }
    return value;
  };
}

function seed(text: string): string {
  if (text === "") throw new InvalidArgumentError("It must not be empty.");
  return text;
}

/** The reports asked for; text on standard output where nothing else goes there. */
export function reporterTargets(options: Options): ReporterTarget[] {
  const json = findReporter("json");
  const asked = [...(options.reporter as readonly ReporterTarget[])];
  if (options.json === true && json !== undefined) asked.unshift({ reporter: json, file: null });
  // the same twice is one
  const targets = asked.filter(
    ({ reporter, file }, at) => asked.findIndex((each) => each.reporter === reporter && each.file === file) === at,
  );
  const here = targets.filter(({ file }) => file === null).map(({ reporter }) => reporter.name);
  if (here.length > 1)
    throw new UsageError(
      `${here.join(" and ")} would be mixed on standard output: give all but one a file, as in --reporter ${here[1]!}=FILE`,
    );
  const text = findReporter("text");
  if (text !== undefined && !targets.some((target) => target.file === null))
    targets.unshift({ reporter: text, file: null });
  return targets;
}

/** An option with a value, or undefined. */
export function optionValue<T extends string | number>(options: Options, name: string): T | undefined {
  return options[name] as T | undefined;
}

/** Whether a flag was given. */
export function flag(options: Options, name: string): boolean {
  return options[name] === true;
}
