/** The plainest search there is, to hold the others to: states as JSON in a Map, breadth first, nothing left out. */
import { sharedValues } from "../../detect/read.ts";
import { Machine } from "../../machine/machine.ts";
import type { Program } from "../../program/program.ts";
import type { Exploration, Judge, StrategyResult } from "../strategy.ts";

export interface BruteForce {
  readonly states: number;
  readonly transitions: number;
  /** "kind name" → the fewest steps that show it */
  readonly found: ReadonlyMap<string, number>;
  /** keys of the outcomes, those of deadlocks followed by " deadlock" */
  readonly outcomes: readonly string[];
  readonly deadlocked: number;
}

/** Everything that can happen; null if there are more than `limit` states. */
export function bruteForce(program: Program, judge: Judge, limit: number): BruteForce | null {
  const machine = new Machine(program);
  const start = machine.state.slice();
  const found = new Map<string, number>();
  const outcomes = new Set<string>();
  const depths = new Map([[start.join(), 0]]);
  const queue = [start];
  let transitions = 0;
  let deadlocked = 0;
  const note = (verdicts: readonly { kind: string; name: string }[], depth: number): void => {
    for (const { kind, name } of verdicts) {
      const fewest = found.get(`${kind} ${name}`) ?? depth;
      found.set(`${kind} ${name}`, Math.min(fewest, depth));
    }
  };
  const go = (state: Int32Array): void => {
    machine.state.set(state);
    machine.trailSize = 0;
    machine.violations = [];
  };
  note(judge.atStart(machine), 0);
  for (const state of queue) {
    if (queue.length > limit) return null;
    const depth = depths.get(state.join())!;
    let any = false;
    for (let task = 0; task < program.tasks.length; task++) {
      go(state);
      if (!machine.enabled(task)) continue;
      any = true;
      for (let choice = 0, most = 1; choice < most; choice++) {
        go(state);
        machine.step(task, choice);
        most = Math.max(most, machine.alternatives);
        transitions += 1;
        note(judge.afterStep(machine, task), depth + 1);
        const key = machine.state.join();
        if (depths.has(key)) continue;
        depths.set(key, depth + 1);
        queue.push(machine.state.slice());
      }
    }
    if (any) continue;
    go(state);
    note(judge.atEnd(machine), depth);
    const deadlock = program.tasks.some((task) => !task.daemon && machine.state[task.lifeSlot] === 1);
    if (deadlock) deadlocked += 1;
    outcomes.add(JSON.stringify(sharedValues(machine)) + (deadlock ? " deadlock" : ""));
  }
  return { states: queue.length, transitions, found, outcomes: [...outcomes].sort(), deadlocked };
}

/** An exploration with roomy limits. */
export function exploration(program: Program, judge: Judge, changes: Partial<Exploration> = {}): Exploration {
  return {
    program,
    judge,
    limits: { states: 1e8, runs: 1e8, depth: 1e8, memory: 2e9 },
    seed: "1",
    preemptions: null,
    bugDepth: 3,
    reduction: false,
    exact: true,
    all: false,
    workers: 1,
    stopRequested: () => null,
    onProgress: () => {},
    ...changes,
  };
}

/** What of a result must not depend on the strategy. */
export function essence(result: StrategyResult): { found: string[]; outcomes: string[] } {
  return {
    found: result.found.map(({ kind, name }) => `${kind} ${name}`).sort(),
    outcomes: result.outcomes.map(({ key, deadlock }) => key + (deadlock ? " deadlock" : "")),
  };
}
