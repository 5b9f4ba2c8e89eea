/**
 * `check --under scheduler`: only the orders that the scenario's own scheduler and timing leave open. The timed driver
 * asks an oracle wherever something is open: in which order tasks enter the ready queue at one moment, which alternative
 * a `choose` takes, which waiter is notified, what a draw from few values gives. The oracle goes depth first through all
 * sequences of answers, playing the scenario again for each.
 */
import type { Finding } from "../machine/finding.ts";
import { run as play } from "../run/run.ts";
import type { Scenario } from "../scenario/ast.ts";
import type { Budget } from "./budget.ts";
import { type CheckOptions, DEFAULTS } from "./options.ts";
import { replay } from "./replay.ts";
import type { CheckResult, OutcomeRow } from "./result.ts";

/** More runs than this are not tried unless asked for. */
const RUNS = 20_000;

/** The answer about this scheduler and this timing. */
export function checkUnderScheduler(scenario: Scenario, options: CheckOptions, budget: Budget): CheckResult {
  const answers: number[] = [];
  const counts: number[] = [];
  let asked = 0;
  const oracle = {
    choose(count: number): number {
      if (count <= 1) return 0;
      if (asked === answers.length) answers.push(0);
      counts[asked] = count;
      return answers[asked++]!;
    },
  };
  const most = Math.min(options.maxRuns ?? RUNS, DEFAULTS.maxRuns);
  const found = new Map<string, Finding>();
  const outcomes = new Map<string, OutcomeRow>();
  let runs = 0;
  let deadlocked = 0;
  let longest = 0;
  let stopped: "runs" | "time" | "interrupted" | null = null;
  for (let more = true; more; ) {
    stopped = runs >= most ? "runs" : budget.stopRequested();
    if (stopped !== null && runs > 0) break;
    stopped = null;
    asked = 0;
    const result = play(scenario, { seed: options.seed ?? "1", ties: false, oracle });
    runs += 1;
    if (result.status === "deadlock") deadlocked += 1;
    for (const finding of result.findings) {
      const key = `${finding.kind} ${finding.name}`;
      if (!found.has(key)) found.set(key, withTrace(scenario, finding, result.schedule));
    }
    const key = `${JSON.stringify(result.shared)} ${result.status === "deadlock"}`;
    if (!outcomes.has(key))
      outcomes.set(key, {
        shared: result.shared,
        schedule: result.schedule ?? "",
        ...(result.status === "deadlock" ? { deadlock: true as const } : {}),
      });
    longest = Math.max(longest, asked);
    if (runs % 64 === 0)
      options.onProgress?.({
        states: 0,
        transitions: 0,
        executions: runs,
        deadlocked,
        depth: longest,
        queued: 0,
        strategy: "under scheduler",
        seconds: budget.seconds(),
      });
    more = next(answers, counts, asked);
  }
  const complete = stopped === null;
  const findings = [...found.values()].sort((a, b) => compare(`${a.kind} ${a.name}`, `${b.kind} ${b.name}`));
  return {
    schema: "check/1",
    scenario: scenario.name,
    about: scenario.about,
    file: scenario.source.file,
    seed: options.seed ?? "1",
    verdict: findings.length > 0 ? "violated" : complete ? "holds" : "inconclusive",
    guarantee: complete ? "exhaustive" : "sampled",
    findings,
    outcomes: [...outcomes].sort(([a], [b]) => compare(a, b)).map(([, row]) => row),
    explored: {
      strategy: "dfs",
      why: "the timed run was played again for every answer to what its scheduler and timing leave open",
      states: 0,
      transitions: 0,
      executions: runs,
      deadlocked,
      depth: longest,
      complete,
      seconds: Math.round(budget.seconds() * 1000) / 1000,
      reductions: [],
      stopped,
      attempts: [{ strategy: "dfs", complete, stopped, states: 0, executions: runs }],
      under: "scheduler",
    },
    notes: notesOn(scenario),
  };
}

/** The next sequence of answers, depth first; false if there is none. */
function next(answers: number[], counts: readonly number[], asked: number): boolean {
  answers.length = asked;
  for (let at = asked - 1; at >= 0; at--) {
    if (answers[at]! + 1 < counts[at]!) {
      answers[at] = answers[at]! + 1;
      answers.length = at + 1;
      return true;
    }
  }
  return false;
}

/** The finding with the steps that led to it, as the schedule of its run gives them. */
function withTrace(scenario: Scenario, finding: Finding, schedule: string | null): Finding {
  if (schedule === null) return finding;
  const played = replay(scenario, schedule);
  const at = played.steps.findIndex((step) =>
    step.violations.some((each) => each.kind === finding.kind && each.name === finding.name),
  );
  const steps = at < 0 ? played.steps : played.steps.slice(0, at + 1);
  const trace = steps.map(({ process, line, text, reads, writes, output }) => ({
    process,
    line,
    text,
    reads,
    writes,
    ...(output === undefined ? {} : { output }),
  }));
  return { ...finding, schedule, steps: steps.length, trace };
}

function notesOn(scenario: Scenario): string[] {
  const notes = [
    "'holds' is about this scheduler and this timing alone: without --under scheduler every order is tried",
  ];
  const { policy } = scenario.scheduler;
  if (policy === "random" || policy === "lottery")
    notes.push(`the draws of the ${policy} scheduler come from the seed, and are not varied`);
  return notes;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
