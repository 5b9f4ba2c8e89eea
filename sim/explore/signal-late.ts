/**
 * Ways on which somebody was signalled after it had looked, and before it began to wait. A signal that nobody hears leaves
 * nothing behind, so the state at the end is the same where it came too early for the look as well, and a search over
 * states may have come there on such a way. Here how it came about is part of what is told apart.
 */
import { EventHeap } from "../base/heap.ts";
import { ListOverflow, Machine } from "../machine/machine.ts";
import type { Program, ResourceInstance } from "../program/program.ts";
import type { Span } from "../scenario/ast.ts";
import { changeOver, givesUp, STEP } from "./cost.ts";
import { touches } from "./lost-wakeup.ts";
import { enabledTasks } from "./moves.ts";
import { States } from "./numbered.ts";
import { statementAt } from "./statements.ts";
import { decides, isInside, notifies } from "./story-path.ts";
import type { Judge, Move, Verdict } from "./strategy.ts";

/** So many ways are gone a step further, for all waits together, and so many given for each. */
const WAYS = 10_000;
const GIVEN = 20;

/** A path, and what a judge says at its end. */
export type WayTo = readonly [Verdict, readonly Move[]];

/** A wait of a task for an event or a condition. */
interface Wait {
  readonly task: number;
  readonly span: Span;
}

interface Way {
  readonly state: number;
  /** the task that took the last step, −1: none; and whether it gave up the CPU */
  readonly last: number;
  readonly gaveUp: boolean;
  /** whether there was a signal after the waiter had looked last */
  readonly signalled: boolean;
  readonly move: Move;
  readonly before: Way | null;
  readonly cost: number;
  /** once the waiter waits for ever */
  readonly verdict: Verdict | null;
}

/**
 * Ways to verdicts like this one, on which somebody was signalled after its last look: for each wait those that are easier
 * to read first; none if they are not found within a moment.
 */
export function* signalledWays(program: Program, judge: Judge, { name }: Verdict): Generator<WayTo> {
  const resource = program.resources.find((each) => each.name === name);
  if (resource === undefined) return;
  const waits = waitsFor(program, resource);
  try {
    for (const wait of waits) yield* waysTo(program, judge, resource, wait, WAYS / waits.length);
  } catch (problem) {
    // a list has no room on some way: such ways are not looked for
    if (!(problem instanceof ListOverflow)) throw problem;
  }
}

function waitsFor({ scenario, tasks }: Program, { kind }: ResourceInstance): Wait[] {
  const waits: Wait[] = [];
  for (const { id, code } of tasks) {
    for (const { op, span } of code) {
      const statement = op === "when" ? statementAt(scenario, span) : null;
      if (statement?.operation !== "wait" || statement.resource !== kind) continue;
      if (!waits.some((each) => each.task === id && each.span.start === span.start)) waits.push({ task: id, span });
    }
  }
  return waits;
}

function* waysTo(
  program: Program,
  judge: Judge,
  resource: ResourceInstance,
  wait: Wait,
  most: number,
): Generator<WayTo> {
  const machine = new Machine(program, { hashing: true, recording: true });
  const states = new States(machine);
  const role = roles(program, resource, wait);
  const known = new Set<string>();
  const heap = new EventHeap();
  const ways: Way[] = [];
  const add = (way: Way): void => heap.push(way.cost, 0, ways.push(way) - 1);
  const isIt = ({ kind, name, tasks, span }: Verdict): boolean =>
    kind === "lost_wakeup" && name === resource.name && tasks[0] === wait.task && span.start === wait.span.start;
  const start = { last: -1, gaveUp: false, signalled: false, move: { task: -1, choice: 0 }, before: null, cost: 0 };
  add({ ...start, state: states.add(), verdict: null });
  let given = 0;
  for (let gone = 0; !heap.isEmpty && gone < most && given < GIVEN; gone++) {
    const way = ways[heap.pop()]!;
    if (way.verdict !== null) {
      given += 1;
      yield [way.verdict, movesOf(way)];
      continue;
    }
    const key = `${way.state} ${way.last} ${way.signalled}`;
    if (known.has(key)) continue;
    known.add(key);
    states.restore(way.state);
    for (const task of enabledTasks(machine)) {
      const cost = way.cost + STEP + changeOver(way.last, task, way.last >= 0 && machine.enabled(way.last), way.gaveUp);
      const gaveUp = givesUp(machine, task);
      const what = role(machine, task);
      for (let choice = 0, alternatives = 1; choice < alternatives; choice++) {
        const mark = machine.trailSize;
        machine.clearFootprint();
        machine.step(task, choice);
        alternatives = machine.alternatives;
        const signalled = what !== "look" && (way.signalled || (what === "signal" && touches(machine, resource)));
        const verdicts = [...judge.afterStep(machine, task)];
        if (enabledTasks(machine).length === 0) verdicts.push(...judge.atEnd(machine));
        const next = { state: states.add(), last: task, gaveUp, signalled, move: { task, choice }, before: way, cost };
        add({ ...next, verdict: null });
        const verdict = signalled ? verdicts.find(isIt) : undefined;
        if (verdict !== undefined) add({ ...next, verdict });
        machine.undo(mark);
      }
    }
  }
}

/** What the next step of a task is: a look of the waiter's before it waits, another's signal to one of this kind, or neither. */
function roles({ scenario, tasks }: Program, { kind }: ResourceInstance, wait: Wait) {
  return (machine: Machine, task: number): "look" | "signal" | null => {
    const { code, pcSlot } = tasks[task]!;
    const instruction = code[machine.state[pcSlot]!];
    if (instruction === undefined) return null;
    const step = { statement: statementAt(scenario, instruction.span) };
    if (task === wait.task) return decides(step) && isInside(wait, instruction) ? "look" : null;
    const { operation, resource } = step.statement ?? {};
    return resource === kind && (operation === "set" || notifies(step)) ? "signal" : null;
  };
}

function movesOf(end: Way): Move[] {
  const moves: Move[] = [];
  for (let way = end; way.before !== null; way = way.before) moves.push(way.move);
  return moves.reverse();
}
