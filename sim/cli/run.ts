/** `sim run FILE…`: one deterministic run of each scenario in virtual time. */
import type { RunResult } from "../run/result.ts";
import type { Scenario } from "../scenario/ast.ts";
import type { CommandSpecification, Options } from "./command.ts";
import type { Context, Library } from "./context.ts";
import { execute } from "./execute.ts";
import { EXIT, findingsExitCode, worstExitCode } from "./exit-codes.ts";
import { addReportOptions, addRunOptions, flag, optionValue, type Setting } from "./options.ts";
import { type Output, openOutput } from "./output.ts";
import {
  asksForSeveral,
  type LoadedScenarios,
  loadScenarios,
  reported,
  reportProblems,
  sayNotReached,
} from "./scenarios.ts";

export const runCommand: CommandSpecification = {
  name: "run",
  about: "play scenarios once in virtual time: output, Gantt charts, a table per process, findings",
  define(command) {
    command
      .argument("<FILE...>", "scenarios, or folders of them")
      .option("--scheduler <P[:K=V,...]>", "another scheduler than the scenario's, such as rr:quantum=2")
      .option("--trace", "every decision of the scheduler, with its reason");
    addReportOptions(addRunOptions(command));
    return runScenarios;
  },
};

async function runScenarios(context: Context, paths: readonly string[], options: Options): Promise<number> {
  const library = await context.library();
  const output = openOutput(context, options, asksForSeveral(paths));
  const loaded = loadScenarios(library, paths, options.set as readonly Setting[]);
  reportProblems(context, output, loaded, flag(options, "quiet"));
  const codes: number[] = loaded.bad.length > 0 ? [EXIT.badInput] : [];
  const scheduler = optionValue<string>(options, "scheduler");
  for (const scenario of loaded.scenarios) {
    const given = scheduler === undefined ? {} : chosenScheduler(context, library, output, scenario, scheduler);
    if (given === null) {
      codes.push(EXIT.badInput);
      continue;
    }
    const result = await execute(context, library, scenario, {
      ...runOptions(options),
      ...given,
      trace: flag(options, "trace"),
    });
    output.add(withSourceLines(result, scenario));
    codes.push(findingsExitCode(result.findings));
    await context.pause();
    const interruption = context.interruption();
    if (interruption === null) continue;
    sayNotReached(context, loaded.scenarios, scenario);
    codes.push(interruption);
    break;
  }
  output.finish();
  return worstExitCode(codes);
}

/** What `run` takes of the options that compare shares. */
export function runOptions(options: Options): { seed?: string; cores?: number; until?: string } {
  const seed = optionValue<string>(options, "seed");
  const cores = optionValue<number>(options, "cores");
  const until = optionValue<string>(options, "until");
  return {
    ...(seed === undefined ? {} : { seed }),
    ...(cores === undefined ? {} : { cores }),
    ...(until === undefined ? {} : { until }),
  };
}

/** The scheduler of the option, or null (reported) if it is none for this scenario. */
function chosenScheduler(
  context: Context,
  library: Library,
  output: Output,
  scenario: Scenario,
  text: string,
): { scheduler: NonNullable<ReturnType<Library["readScheduler"]>["specification"]> } | null {
  const { specification, problems } = library.readScheduler(scenario, text);
  if (specification !== null) return { scheduler: specification };
  const loaded: LoadedScenarios = {
    scenarios: [],
    problems: problems.map(reported),
    bad: [text],
    files: [],
    text: problems.map((problem) => `${library.formatProblem(problem, { file: problem.file, text })}\n`).join(""),
  };
  reportProblems(context, output, loaded, false);
  return null;
}

/** The result with the source line of each finding, so that a report needs nothing but the result. */
export function withSourceLines(result: RunResult, scenario: Scenario): RunResult {
  if (result.findings.every((finding) => finding.source !== undefined || finding.line <= 0)) return result;
  const lines = scenario.source.text.split(/\r?\n/);
  const findings = result.findings.map((finding) => {
    const source = lines[finding.line - 1];
    return finding.source !== undefined || source === undefined ? finding : { ...finding, source };
  });
  return { ...result, findings };
}
