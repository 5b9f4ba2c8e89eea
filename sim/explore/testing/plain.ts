/**
 * The plainest strategy: breadth first over states, nothing reduced. Slow and obviously right: the tests compare others
 * with it.
 */

import { Machine } from "../../machine/machine.ts";
import { Findings, Outcomes } from "../collect.ts";
import { enabledTasks } from "../moves.ts";
import { States } from "../numbered.ts";
import type { Counters, Exploration, Move, StopReason, StrategyResult, StrategySpecification } from "../strategy.ts";

export const plain: StrategySpecification = {
  name: "plain",
  about: "breadth first over all states, nothing reduced",
  source: "",
  guarantee: "exhaustive",
  explore,
};

function explore(exploration: Exploration): StrategyResult {
  const { program, judge, limits } = exploration;
  const machine = new Machine(program, { hashing: true });
  const states = new States(machine);
  const findings = new Findings(exploration.all);
  const outcomes = new Outcomes();
  const parents: { from: number; move: Move | null; depth: number }[] = [];
  const counters: Counters = { states: 0, transitions: 0, executions: null, deadlocked: null, depth: 0, queued: 0 };
  let stopped: StopReason | null = null;
  const pathTo = (end: number): Move[] => {
    const path: Move[] = [];
    for (let at = end; at >= 0; at = parents[at]!.from) if (parents[at]!.move !== null) path.push(parents[at]!.move!);
    return path.reverse();
  };
  findings.take(judge.atStart(machine), () => []);
  states.add();
  parents.push({ from: -1, move: null, depth: 0 });
  for (let at = 0; at < parents.length; at++) {
    if (at >= limits.states) stopped = "states";
    if (at % 512 === 0) {
      exploration.onProgress(counters);
      stopped ??= exploration.stopRequested();
    }
    if (stopped !== null) break;
    states.restore(at);
    const { depth } = parents[at]!;
    counters.depth = Math.max(counters.depth, depth);
    const enabled = enabledTasks(machine);
    if (enabled.length === 0) {
      const verdicts = judge.atEnd(machine);
      findings.take(verdicts, () => pathTo(at));
      outcomes.take(machine, isStuck(machine), () => pathTo(at));
    }
    for (const task of enabled) {
      for (let choice = 0, alternatives = 1; choice < alternatives; choice++) {
        const mark = machine.trailSize;
        machine.step(task, choice);
        alternatives = machine.alternatives;
        counters.transitions += 1;
        const move = { task, choice };
        findings.take(judge.afterStep(machine, task), () => [...pathTo(at), move]);
        if (states.add() === parents.length) parents.push({ from: at, move, depth: depth + 1 });
        machine.undo(mark);
      }
    }
    counters.states = parents.length;
  }
  counters.states = parents.length;
  return {
    found: findings.found,
    outcomes: outcomes.sorted(),
    counters,
    complete: stopped === null,
    stopped,
    reductions: [],
    collisionProbability: 0,
  };
}

function isStuck(machine: Machine): boolean {
  return machine.program.tasks.some(
    (task) => !task.daemon && (machine.state[task.lifeSlot] === 1 || machine.state[task.lifeSlot] === 4),
  );
}
