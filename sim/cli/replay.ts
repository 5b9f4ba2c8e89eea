/** `sim replay FILE --schedule S`: plays exactly that order again, and shows what each step changed. */
import { readFileSync, statSync } from "node:fs";
import type { ReplayResult } from "../explore/result.ts";
import type { CommandSpecification, Options } from "./command.ts";
import { type Context, UsageError } from "./context.ts";
import { EXIT, findingsExitCode, worstExitCode } from "./exit-codes.ts";
import { isSystemError, systemMessage } from "./files.ts";
import { addReportOptions, flag, type Setting } from "./options.ts";
import { openOutput } from "./output.ts";
import { loadScenarios, reportProblems } from "./scenarios.ts";
import { stepThrough } from "./stepper.ts";

export const replayCommand: CommandSpecification = {
  name: "replay",
  about: "play one order again, step by step with what each step changed",
  define(command) {
    command
      .argument("<FILE>", "the scenario")
      .requiredOption("--schedule <S>", "the schedule as printed, or a file that holds it")
      .option("--step", "step through it in the terminal: forward, back, to the next switch")
      .option(
        "--set <NAME=VALUE>",
        "another start value for a shared variable, or another count; repeatable",
        collect,
        [],
      );
    addReportOptions(command);
    return replayScenario;
  },
};

function collect(text: string, before: readonly Setting[]): Setting[] {
  const equals = text.indexOf("=");
  if (equals <= 0) throw new UsageError(`--set takes NAME=VALUE, not '${text}'`);
  return [...before, { name: text.slice(0, equals).trim(), value: text.slice(equals + 1).trim() }];
}

async function replayScenario(context: Context, paths: readonly string[], options: Options): Promise<number> {
  const schedule = scheduleText(String(options.schedule));
  const library = await context.library();
  const output = openOutput(context, options, false);
  const loaded = loadScenarios(library, paths, options.set as readonly Setting[]);
  reportProblems(context, output, loaded, flag(options, "quiet"));
  const [scenario] = loaded.scenarios;
  if (scenario === undefined) {
    output.finish();
    return EXIT.badInput;
  }
  if (loaded.scenarios.length > 1) throw new UsageError("a schedule belongs to one scenario: give one file");
  let result: ReplayResult;
  try {
    result = library.replay(scenario, schedule);
  } catch (error) {
    if (error instanceof library.OptionError) throw new UsageError(error.message);
    throw error;
  }
  if (flag(options, "step") && !flag(options, "json") && context.out.isTerminal) await stepThrough(context, result);
  else {
    output.add(result);
    output.finish();
  }
  if (result.misfit !== null) {
    const { entry, text, message } = result.misfit;
    context.err.write(
      `error: the schedule does not fit ${scenario.source.file}: entry ${entry} ('${text}'): ${message}\n`,
    );
    return EXIT.badInput;
  }
  return worstExitCode([findingsExitCode(result.findings)]);
}

/** The schedule itself, or what a file of that name holds: the text, or the JSON of a result or a finding. */
function scheduleText(given: string): string {
  if (/^\s*\d+;/.test(given)) return given;
  let text: string;
  try {
    if (!statSync(given).isFile()) throw new UsageError(`'${given}' is no file and no schedule`);
    text = readFileSync(given, "utf8");
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw new UsageError(
      `'${given}' is no schedule (they start with '1;') and cannot be read as a file: ${systemMessage(error)}`,
    );
  }
  if (!/^\s*[{[]/.test(text)) return text;
  try {
    const found = scheduleIn(JSON.parse(text));
    if (found !== null) return found;
  } catch {
    // said below
  }
  throw new UsageError(`the file '${given}' holds no schedule`);
}

/** The first schedule in a result: that of its first finding, or its own. */
function scheduleIn(value: unknown): string | null {
  if (typeof value !== "object" || value === null) return null;
  if (Array.isArray(value)) {
    for (const item of value) {
      const found = scheduleIn(item);
      if (found !== null) return found;
    }
    return null;
  }
  const { findings, schedule } = value as { findings?: unknown; schedule?: unknown };
  return scheduleIn(findings) ?? (typeof schedule === "string" && schedule !== "" ? schedule : null);
}
