/**
 * Plain enumeration of all complete orders, depth first with undo: slow, and simple enough to be believed. It is what
 * the other strategies are tested against.
 *
 * With `reduction` it keeps sleep sets (P. Godefroid, "Partial-Order Methods for the Verification of Concurrent
 * Systems", LNCS 1032, 1996): then one order of each class is completed, but others are begun in vain.
 */
import { Machine } from "../machine/machine.ts";
import { type StepTaken, traceSignature } from "./clocks.ts";
import { Findings, Outcomes } from "./collect.ts";
import { Dependence } from "./dependence.ts";
import { isDeadlocked } from "./dpor.ts";
import type { Counters, Exploration, Move, StopReason, StrategyResult, StrategySpecification } from "./strategy.ts";

export interface Enumeration extends StrategyResult {
  /** with `signatures`: the classes of equivalent orders, each by its signature, and the number of its orders */
  readonly classes: ReadonlyMap<string, number>;
}

/** Tries every order, or with `exploration.reduction` one of each class. */
export function enumerate(exploration: Exploration, signatures = false): Enumeration {
  const { program, judge, limits } = exploration;
  const machine = new Machine(program, { recording: true });
  const dependence = new Dependence(machine, judge.watched);
  const findings = new Findings(exploration.all);
  const outcomes = new Outcomes();
  const classes = new Map<string, number>();
  const counters: Counters = { states: 1, transitions: 0, executions: 0, deadlocked: 0, depth: 0, queued: 0 };
  const steps: StepTaken[] = [];
  let stopped: StopReason | null = null;
  let truncated = false;
  const path = (): Move[] => steps.map(({ task, choice }) => ({ task, choice }));

  const end = (): void => {
    counters.executions! += 1;
    const deadlock = isDeadlocked(machine);
    if (deadlock) counters.deadlocked! += 1;
    findings.take(judge.atEnd(machine), path);
    outcomes.take(machine, deadlock, path);
    if (!signatures) return;
    const signature = traceSignature(dependence, steps, program.tasks.length);
    classes.set(signature, (classes.get(signature) ?? 0) + 1);
  };

  const visit = (asleep: readonly StepTaken[]): void => {
    if (counters.executions! >= limits.runs) stopped = "runs";
    if ((counters.transitions & 4095) === 0) {
      stopped ??= exploration.stopRequested();
      exploration.onProgress(counters);
    }
    if (stopped !== null) return;
    const enabled = program.tasks.filter((task) => machine.enabled(task.id));
    if (enabled.length === 0) return end();
    if (steps.length >= limits.depth) {
      truncated = true;
      return;
    }
    const sleep = [...asleep];
    for (const { id: task } of enabled) {
      for (let choice = 0, alternatives = 1; choice < alternatives; choice++) {
        const mark = machine.trailSize;
        const step = { task, choice, footprint: dependence.take(task, choice) };
        alternatives = Math.max(alternatives, machine.alternatives);
        if (exploration.reduction && sleep.some((each) => each.task === task && each.choice === choice)) {
          machine.undo(mark);
          machine.violations.length = 0;
          continue;
        }
        counters.transitions += 1;
        counters.states += 1;
        steps.push(step);
        counters.depth = Math.max(counters.depth, steps.length);
        const verdicts = judge.afterStep(machine, task);
        machine.violations.length = 0;
        findings.take(verdicts, path);
        visit(sleep.filter((each) => each.task !== task && !dependence.conflict(each.footprint, step.footprint)));
        steps.pop();
        machine.undo(mark);
        sleep.push(step);
        if (stopped !== null) return;
      }
    }
  };

  findings.take(judge.atStart(machine), path);
  visit([]);
  return {
    found: findings.found,
    outcomes: outcomes.sorted(),
    counters,
    complete: stopped === null && !truncated,
    stopped: stopped ?? (truncated ? "depth" : null),
    reductions: exploration.reduction ? ["partial-order"] : [],
    classes,
  };
}

export const enumeration: StrategySpecification = {
  name: "enumerate",
  about: "every complete order, one by one (for comparison)",
  source: "Godefroid, LNCS 1032, 1996 (sleep sets, with reduction)",
  guarantee: "exhaustive",
  explore: (exploration) => enumerate(exploration),
};
