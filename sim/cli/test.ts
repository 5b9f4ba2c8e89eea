/** `sim test PATH…`: holds each scenario to its `expect:`; the command for a CI job. */
import type { TestCase } from "../explore/expectation.ts";
import type { Scenario } from "../scenario/ast.ts";
import type { CommandSpecification, Options } from "./command.ts";
import type { Context, Library } from "./context.ts";
import { execute } from "./execute.ts";
import { EXIT, worstExitCode } from "./exit-codes.ts";
import { addReportOptions, flag } from "./options.ts";
import { openOutput } from "./output.ts";
import { loadScenarios, reportProblems } from "./scenarios.ts";

export const testCommand: CommandSpecification = {
  name: "test",
  about: "hold scenarios to their expect: sections",
  define(command) {
    command.argument("<PATH...>", "scenarios, or folders of them");
    addReportOptions(command);
    return testScenarios;
  },
};

async function testScenarios(context: Context, paths: readonly string[], options: Options): Promise<number> {
  const library = await context.library();
  // all cases make one result
  const output = openOutput(context, options, false);
  const loaded = loadScenarios(library, paths, []);
  // bad scenarios are failed cases of the result, so that it is one document for a program as well
  if (!output.takesProblems || loaded.scenarios.length === 0) {
    reportProblems(context, output, loaded, flag(options, "quiet"));
    if (loaded.scenarios.length === 0 && output.takesProblems) {
      output.finish();
      return EXIT.badInput;
    }
  }
  const cases: TestCase[] = loaded.bad.map((file) => ({
    scenario: "",
    file,
    status: "failed",
    mismatches: loaded.problems
      .filter((problem) => problem.file === file && problem.severity === "error")
      .map((problem) => ({
        key: "scenario",
        message: `${problem.line}:${problem.column} ${problem.code}: ${problem.message}`,
        expected: null,
        actual: null,
      })),
  }));
  const codes: number[] = loaded.bad.length > 0 ? [EXIT.badInput] : [];
  for (const scenario of loaded.scenarios) {
    const interruption = context.interruption();
    if (interruption !== null) {
      codes.push(interruption);
      break;
    }
    const result = scenario.expect === null ? null : await hold(context, library, scenario);
    cases.push(result ?? { scenario: scenario.name, file: scenario.source.file, status: "skipped", mismatches: [] });
    if (result?.status === "failed") codes.push(EXIT.notAsExpected);
    await context.pause();
  }
  if (cases.every((each) => each.status === "skipped") && codes.length === 0) codes.push(EXIT.nothingMatched);
  cases.sort((a, b) => loaded.files.indexOf(a.file) - loaded.files.indexOf(b.file));
  output.add(library.testResult(cases));
  output.finish();
  return worstExitCode(codes);
}

/** Seconds for the check of one scenario: a folder of them must be over some time. */
const CHECK_SECONDS = 20;

/** One scenario held to its `expect:`: by one run, and by all orders where it speaks of those. */
async function hold(context: Context, library: Library, scenario: Scenario): Promise<TestCase> {
  // nobody reads its warnings
  const run = await execute(context, library, scenario, { ties: false });
  if (!library.needsCheck(scenario.expect)) return library.testCase(scenario, run);
  const listener = {
    interrupted: () => context.interruption() !== null,
    pause: () => context.pause(),
    onProgress: undefined,
  };
  const check = await library.checkInterruptible(scenario, { timeLimit: CHECK_SECONDS }, [], listener);
  return library.testCase(scenario, run, check);
}
