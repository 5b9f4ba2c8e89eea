/** `sim check FILE…`: explores the orders of each scenario: a verdict with its guarantee, findings, outcomes. */
import { type Command, InvalidArgumentError } from "commander";
import type { CheckOptions, Progress } from "../explore/options.ts";
import type { CheckResult } from "../explore/result.ts";
import type { Scenario } from "../scenario/ast.ts";
import type { CommandSpecification, Options } from "./command.ts";
import { type Context, type Library, UsageError } from "./context.ts";
import { EXIT, findingsExitCode, worstExitCode } from "./exit-codes.ts";
import { addReportOptions, flag, optionValue, type Setting } from "./options.ts";
import { openOutput } from "./output.ts";
import { asksForSeveral, loadScenarios, reportProblems, sayNotReached } from "./scenarios.ts";

export const checkCommand: CommandSpecification = {
  name: "check",
  about: "try every order: a verdict, the shortest counterexample of each problem, all outcomes",
  define(command) {
    command
      .argument("<FILE...>", "scenarios, or folders of them")
      .option("--require-exhaustive", "exit code 3 if not every order could be tried");
    addReportOptions(addCheckOptions(command));
    return checkScenarios;
  },
};

function addCheckOptions(command: Command): Command {
  return command
    .option("--strategy <NAME>", "auto, bfs, dfs, dpor, bounded, random, pct, pos, surw", "auto")
    .option(
      "--under <WHAT>",
      "any: every order; scheduler: only what the scenario's scheduler and timing leave open",
      "any",
    )
    .option("--scheduler <P[:K=V,...]>", "with --under scheduler: another one than the scenario's")
    .option(
      "--max-states <N>",
      "end each search after so many states; auto makes several, and one for runs that never end",
      whole(1, 1_000_000_000),
    )
    .option("--max-runs <N>", "stop after so many complete orders", whole(1, 1_000_000_000))
    .option("--time-limit <T>", "stop after this time: 30, '30 s', '2 min', '500 ms' (default: 60 s)", seconds)
    .option("--memory-limit <M>", "memory for what is stored: 512, '512 MB', '2 GB' (default: 512 MB)", bytes)
    .option("--depth <D>", "no order longer than so many steps", whole(1, 1_000_000_000))
    .option("--preemptions <K>", "of bounded: at most so many pre-emptions", whole(0, 1_000_000))
    .option("--bug-depth <D>", "of pct: so many events must come in one order", whole(1, 100))
    .option("--seed <N>", "seed of the samplers")
    .option(
      "--workers <N>",
      "threads for bfs once it has stored 150,000 states; the answer is the same for any N",
      whole(1, 256),
    )
    .option("--fairness <KIND>", "of liveness: weak or strong", "weak")
    .option("--no-reduction", "no partial-order reduction, symmetry or fusing")
    .option("--exact", "store whole states instead of fingerprints")
    .option("--all", "every finding, not the first of each kind and name")
    .option(
      "--set <NAME=VALUE>",
      "another start value for a shared variable, or another count; repeatable",
      appendSetting,
      [],
    );
}

function appendSetting(text: string, before: readonly Setting[]): Setting[] {
  const equals = text.indexOf("=");
  if (equals <= 0) throw new InvalidArgumentError("It must be of the form NAME=VALUE.");
  return [...before, { name: text.slice(0, equals).trim(), value: text.slice(equals + 1).trim() }];
}

function whole(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= least && value <= most))
      throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
    return value;
  };
}

const SECONDS: Readonly<Record<string, number>> = { "": 1, s: 1, ms: 0.001, min: 60, m: 60, h: 3600 };
const BYTES: Readonly<Record<string, number>> = { "": 1 << 20, B: 1, KB: 1024, MB: 1 << 20, GB: 1 << 30 };

/** A length of real time, in seconds. */
export function seconds(text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/.exec(text.trim());
  const unit = SECONDS[match?.[2] ?? "?"];
  if (match === null || unit === undefined)
    throw new InvalidArgumentError("It must be a time such as 30, '30 s', '500 ms' or '2 min'.");
  return Number(match[1]) * unit;
}

/** An amount of memory, in bytes; a bare number is in megabytes. */
export function bytes(text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*([A-Za-z]*)$/.exec(text.trim());
  const unit =
    BYTES[
      (match?.[2] ?? "?")
        .toUpperCase()
        .replace("IB", "B")
        .replace(/^([KMG])$/, "$1B")
    ];
  if (match === null || unit === undefined)
    throw new InvalidArgumentError("It must be an amount such as 512, '512 MB' or '2 GB'.");
  return Math.floor(Number(match[1]) * unit);
}

/** What the library takes of the command line's options. */
export function checkOptions(options: Options): CheckOptions {
  const fairness = String(options.fairness);
  const under = String(options.under);
  if (fairness !== "weak" && fairness !== "strong")
    throw new UsageError(`--fairness is weak or strong, not '${fairness}'`);
  if (under !== "any" && under !== "scheduler") throw new UsageError(`--under is any or scheduler, not '${under}'`);
  if (options.scheduler !== undefined && under !== "scheduler")
    throw new UsageError(
      "--scheduler says which one for --under scheduler: without it every order is tried, whatever the scheduler",
    );
  if (options.preemptions !== undefined && options.strategy !== "bounded")
    throw new UsageError("--preemptions is the bound of --strategy bounded: give that as well, or leave it out");
  const given: Record<string, unknown> = {
    strategy: String(options.strategy),
    fairness,
    under,
    reduction: options.reduction !== false,
    exact: flag(options, "exact"),
    all: flag(options, "all"),
  };
  for (const name of [
    "maxStates",
    "maxRuns",
    "timeLimit",
    "memoryLimit",
    "depth",
    "preemptions",
    "scheduler",
    "bugDepth",
    "seed",
    "workers",
  ]) {
    const value = optionValue<string | number>(options, name);
    if (value !== undefined) given[name] = value;
  }
  return given as CheckOptions;
}

async function checkScenarios(context: Context, paths: readonly string[], options: Options): Promise<number> {
  const asked = checkOptions(options);
  const library = await context.library();
  const output = openOutput(context, options, asksForSeveral(paths));
  const settings = options.set as readonly Setting[];
  const loaded = loadScenarios(library, paths, settings);
  reportProblems(context, output, loaded, flag(options, "quiet"));
  const codes: number[] = loaded.bad.length > 0 ? [EXIT.badInput] : [];
  for (const scenario of loaded.scenarios) {
    const result = await explore(context, library, scenario, asked, settings);
    output.add(result);
    codes.push(findingsExitCode(result.findings));
    if (flag(options, "requireExhaustive") && result.guarantee !== "exhaustive" && result.findings.length === 0)
      codes.push(EXIT.budget);
    if (flag(options, "requireExhaustive") && result.verdict === "inconclusive") codes.push(EXIT.budget);
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

/** Checks in this thread; an option that makes no sense is a `UsageError`. */
async function explore(
  context: Context,
  library: Library,
  scenario: Scenario,
  asked: CheckOptions,
  settings: readonly Setting[],
): Promise<CheckResult> {
  try {
    return await library.checkInterruptible(scenario, asked, settings, {
      interrupted: () => context.interruption() !== null,
      pause: () => context.pause(),
      onProgress: progressLine(context),
    });
  } catch (error) {
    if (error instanceof library.OptionError) throw new UsageError(error.message);
    throw error;
  } finally {
    if (context.err.isTerminal) context.err.write("\r\u001b[K");
  }
}

/** One line on a terminal that says how far it is; nothing elsewhere. */
function progressLine(context: Context): ((progress: Progress) => void) | undefined {
  if (!context.err.isTerminal) return undefined;
  let shownAt = 0.3;
  return (progress) => {
    if (progress.seconds < shownAt) return;
    shownAt = progress.seconds + 0.2;
    const rate = Math.round(progress.states / Math.max(0.001, progress.seconds));
    const parts = [
      `${progress.strategy}: ${progress.states} states (${rate}/s)`,
      ...(progress.executions === null ? [] : [`${progress.executions} orders`]),
      `depth ${progress.depth}`,
      ...(progress.queued > 0 ? [`${progress.queued} queued`] : []),
      `${progress.seconds.toFixed(0)} s`,
    ];
    context.err.write(`\r\u001b[K${parts.join(", ").slice(0, (context.err.columns ?? 80) - 1)}`);
  };
}
