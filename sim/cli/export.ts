/** `sim export FILE --promela`: the scenario's program as a model for another tool. */
import { InvalidArgumentError } from "commander";
import { escapeTerminal } from "../report/escape.ts";
import type { Scenario, Span } from "../scenario/ast.ts";
import { locate, sourceText } from "../scenario/load.ts";
import type { CommandSpecification, Options } from "./command.ts";
import { type Context, UsageError } from "./context.ts";
import { EXIT } from "./exit-codes.ts";
import { systemMessage, writeWhole } from "./files.ts";
import { flag, optionValue, type Setting } from "./options.ts";
import { loadScenarios } from "./scenarios.ts";

export const exportCommand: CommandSpecification = {
  name: "export",
  about: "write the program of a scenario as a model for SPIN",
  define(command) {
    command
      .argument("<FILE>", "the scenario")
      .option("--promela", "in Promela, the language of SPIN")
      .option("-o, --output <FILE>", "into this file (default: standard output)")
      .option(
        "--room <N>",
        "room for each list without a greatest length (default: the number of processes, at least 8)",
        room,
      )
      .option(
        "--set <NAME=VALUE>",
        "another start value for a shared variable, or another count; repeatable",
        setting,
        [],
      );
    return exportScenario;
  },
};

function room(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 1 || value > 1000)
    throw new InvalidArgumentError("It must be a whole number from 1 to 1000.");
  return value;
}

function setting(text: string, before: readonly Setting[]): Setting[] {
  const equals = text.indexOf("=");
  if (equals <= 0) throw new InvalidArgumentError("It must be NAME=VALUE.");
  return [...before, { name: text.slice(0, equals).trim(), value: text.slice(equals + 1).trim() }];
}

async function exportScenario(context: Context, paths: readonly string[], options: Options): Promise<number> {
  if (!flag(options, "promela")) throw new UsageError("say what to export to: --promela");
  const library = await context.library();
  const loaded = loadScenarios(library, paths, options.set as readonly Setting[]);
  context.err.write(loaded.text);
  const [scenario] = loaded.scenarios;
  if (loaded.bad.length > 0 || scenario === undefined) return EXIT.badInput;
  if (loaded.scenarios.length > 1) throw new UsageError("a model is made of one scenario: give one file");
  const { toPromela } = await import("../export/promela.ts");
  const { ExportProblem } = await import("../export/problem.ts");
  let model: string;
  try {
    const rooms = optionValue<number>(options, "room");
    model = toPromela(scenario, rooms === undefined ? {} : { room: rooms });
  } catch (problem) {
    if (problem instanceof library.OptionError) throw new UsageError(problem.message);
    if (!(problem instanceof ExportProblem)) throw problem;
    context.err.write(refusal(scenario, problem.message, problem.span));
    return EXIT.badInput;
  }
  const file = optionValue<string>(options, "output");
  if (file === undefined) {
    context.out.write(model);
    return EXIT.done;
  }
  try {
    writeWhole(file, model);
  } catch (error) {
    throw new UsageError(`cannot write '${file}': ${systemMessage(error)}`);
  }
  return EXIT.done;
}

/** What cannot be exported, with its place. */
function refusal(scenario: Scenario, message: string, span: Span | null): string {
  const { source } = scenario;
  const file = escapeTerminal(source.file);
  if (span === null) return `${file}  error  cannot-export  ${escapeTerminal(message)}\n`;
  const { line, column } = locate(source, span.start);
  return `${file}:${line}:${column}  error  cannot-export  ${escapeTerminal(message)}\n  ${escapeTerminal(sourceText(source, span).split("\n")[0]!)}\n`;
}
