/** What all samplers share: play one complete order after another, each step chosen by a sampler, and keep the score. */

import { randomStream } from "../base/random.ts";
import { Machine } from "../machine/machine.ts";
import { Findings } from "./collect.ts";
import { isDeadlocked } from "./dpor.ts";
import { Ends } from "./ends.ts";
import type { Counters, Exploration, Move, StopReason, StrategyResult } from "./strategy.ts";

/** Decides the steps of one run after another. */
export interface Sampler {
  /** before each run, in the initial state */
  begin(): void;
  /** which of the enabled tasks (at least one) takes the next step */
  next(enabled: readonly number[]): number;
  /** after each step */
  stepped(task: number): void;
  /** after each run with the number of its steps */
  end(steps: number): void;
}

export interface SamplerTools {
  readonly machine: Machine;
  /** uniform in [0, 1) */
  readonly random: () => number;
  readonly exploration: Exploration;
}

/** An index below `count`, uniformly. */
export function draw(random: () => number, count: number): number {
  return Math.floor(random() * count);
}

/** Plays `limits.runs` runs. What a step itself leaves open (`choose`) is drawn uniformly. */
export function sample(
  exploration: Exploration,
  name: string,
  make: (tools: SamplerTools) => Sampler,
  confidence?: (runs: number, steps: number) => StrategyResult["confidence"],
): StrategyResult {
  const { judge, limits } = exploration;
  const machine = new Machine(exploration.program, { recording: true });
  const random = randomStream(exploration.seed, `${name}/orders`);
  const choices = randomStream(exploration.seed, `${name}/choices`);
  const sampler = make({ machine, random, exploration });
  const findings = new Findings(exploration.all);
  const ends = new Ends();
  const counters: Counters = { states: 1, transitions: 0, executions: 0, deadlocked: 0, depth: 0, queued: 0 };
  const visits = limits.visits ?? Number.POSITIVE_INFINITY;
  let stopped: StopReason | null = null;
  let moves: Move[] = [];
  const path = (): readonly Move[] => moves;
  let runs = 0;
  let longest = 0;
  findings.take(judge.atStart(machine), path);

  while (stopped === null && runs < limits.runs) {
    machine.undo(0);
    moves = [];
    sampler.begin();
    for (;;) {
      const enabled: number[] = [];
      for (let task = 0; task < machine.program.tasks.length; task++) if (machine.enabled(task)) enabled.push(task);
      if (enabled.length === 0) {
        const deadlock = isDeadlocked(machine);
        counters.executions! += 1;
        if (deadlock) counters.deadlocked! += 1;
        findings.take(judge.atEnd(machine), path);
        ends.take(machine, deadlock, path);
        break;
      }
      if (moves.length >= limits.depth) break;
      const task = sampler.next(enabled);
      let choice = 0;
      let radix = 1;
      machine.decide = (_, count) => {
        const digit = draw(choices, count);
        choice += digit * radix;
        radix *= count;
        return digit;
      };
      machine.clearFootprint();
      machine.step(task);
      machine.decide = null;
      moves.push({ task, choice });
      counters.transitions += 1;
      counters.states += 1;
      const verdicts = judge.afterStep(machine, task);
      machine.violations.length = 0;
      if (verdicts.length > 0) findings.take(verdicts, () => moves.slice());
      sampler.stepped(task);
      if (counters.states > visits) {
        stopped = "states";
        break;
      }
      if ((counters.transitions & 2047) === 0) {
        exploration.onProgress(counters);
        stopped = exploration.stopRequested();
        if (stopped !== null) break;
      }
    }
    if (stopped !== null) break;
    runs += 1;
    longest = Math.max(longest, moves.length);
    counters.depth = longest;
    sampler.end(moves.length);
  }
  const sure = confidence?.(runs, longest);
  return {
    found: findings.found,
    outcomes: ends.sorted(),
    counters,
    complete: false,
    stopped: stopped ?? "runs",
    reductions: [],
    ...(sure === undefined ? {} : { confidence: sure }),
  };
}
