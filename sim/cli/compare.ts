/** `sim compare FILE --schedulers a,b`: one workload under several schedulers, side by side. */
import type { RunResult } from "../run/result.ts";
import type { CommandSpecification, Options } from "./command.ts";
import { type Context, UsageError } from "./context.ts";
import { execute } from "./execute.ts";
import { EXIT, findingsExitCode, worstExitCode } from "./exit-codes.ts";
import { addReportOptions, addRunOptions, flag, type Setting } from "./options.ts";
import { openOutput } from "./output.ts";
import { runOptions, withSourceLines } from "./run.ts";
import { asksForSeveral, loadScenarios, reported, reportProblems, sayNotReached } from "./scenarios.ts";

export const compareCommand: CommandSpecification = {
  name: "compare",
  about: "one workload under several schedulers, side by side",
  define(command) {
    command
      .argument("<FILE...>", "scenarios, or folders of them")
      .requiredOption("--schedulers <A,B:K=V,...>", "the schedulers, such as fcfs,sjf,rr:quantum=2");
    addReportOptions(addRunOptions(command));
    return compareSchedulers;
  },
};

async function compareSchedulers(context: Context, paths: readonly string[], options: Options): Promise<number> {
  const library = await context.library();
  const output = openOutput(context, options, asksForSeveral(paths));
  const loaded = loadScenarios(library, paths, options.set as readonly Setting[]);
  reportProblems(context, output, loaded, flag(options, "quiet"));
  const codes: number[] = loaded.bad.length > 0 ? [EXIT.badInput] : [];
  const text = String(options.schedulers);
  for (const scenario of loaded.scenarios) {
    const schedulers = library.readSchedulers(scenario, text);
    const problems = schedulers.flatMap((each) => each.problems);
    if (problems.length > 0) {
      const shown = problems.map((each) => `${library.formatProblem(each, { file: each.file, text })}\n`).join("");
      reportProblems(
        context,
        output,
        { scenarios: [], problems: problems.map(reported), bad: [text], files: [], text: shown },
        false,
      );
      codes.push(EXIT.badInput);
      continue;
    }
    const runs: RunResult[] = [];
    for (const { specification } of schedulers) {
      if (specification === null) throw new UsageError(`the schedulers '${text}' cannot be read`);
      const result = await execute(context, library, scenario, { ...runOptions(options), scheduler: specification });
      runs.push(withSourceLines(result, scenario));
      codes.push(findingsExitCode(result.findings));
      await context.pause();
      if (context.interruption() !== null) break;
    }
    const seed = runs[0]?.seed ?? "";
    output.add({
      schema: "compare/1",
      scenario: scenario.name,
      about: scenario.about,
      file: scenario.source.file,
      seed,
      runs,
    });
    const interruption = context.interruption();
    if (interruption === null) continue;
    sayNotReached(context, loaded.scenarios, scenario);
    codes.push(interruption);
    break;
  }
  output.finish();
  return worstExitCode(codes);
}
