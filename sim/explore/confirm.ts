/**
 * Looks for an order in which a predicted deadlock happens: each lock of the cycle is held by a task that waits for the
 * next. First it is steered towards (as DeadlockFuzzer does: Joshi, Park, Sen, Naik, PLDI 2009): a task that stands
 * before its inner acquisition is stopped there until all of them are. Where that fails, a bounded search over states.
 */
import type { LockEdge } from "../detect/lock-order.ts";
import { holdersOf, waitingTasks } from "../detect/waiting.ts";
import { Machine } from "../machine/machine.ts";
import { Raise } from "../program/arithmetic.ts";
import type { Expr, Program } from "../program/program.ts";
import type { Span } from "../scenario/ast.ts";
import { bfs } from "./bfs.ts";
import { enabledTasks } from "./moves.ts";
import type { Judge, Move, Verdict } from "./strategy.ts";

/** States that the search may look at. */
const STATES = 20_000;
/** Steps of one attempt to steer there. */
const STEPS = 20_000;

/** An order that ends in the deadlock; "impossible" if a complete search found none, "unknown" if it was cut short. */
export type Confirmation = readonly Move[] | "impossible" | "unknown";

/** `order`: the tasks in the order in which they first moved in the run that the cycle was read off. */
export function confirmCycle(program: Program, cycle: readonly LockEdge[], order: readonly number[]): Confirmation {
  const tasks = cycle.map((edge) => edge.task);
  for (const first of permutations(tasks)) {
    const path = steer(program, cycle, [...first, ...order.filter((task) => !tasks.includes(task))]);
    if (path !== null) return path;
  }
  return search(program, cycle);
}

/** Whether each lock of the cycle is held by somebody who waits for the next one, and will not give up. */
function cycleHolds(program: Program, cycle: readonly LockEdge[]): (machine: Machine) => boolean {
  const indexOf = new Map(program.resources.map((resource, k) => [resource.name, k] as const));
  return (machine) => {
    const holders = cycle.map(({ held }) => holderOf(machine, indexOf.get(held)!));
    if (holders.includes(-1)) return false;
    const waiting = waitingTasks(machine);
    return cycle.every(({ taken }, k) =>
      waiting.some((each) => each.task === holders[k] && each.resource === indexOf.get(taken)),
    );
  };
}

function holderOf(machine: Machine, resource: number): number {
  const { holder } = machine.program.resources[resource]!;
  return holder === null ? -1 : (holdersOf(machine, holder)[0] ?? -1);
}

/** Whether the task holds what it holds in the cycle and stands before its inner acquisition, whoever has that lock. */
function standsBefore(machine: Machine, edge: LockEdge): boolean {
  const { program, state } = machine;
  const task = program.tasks[edge.task]!;
  const instruction = task.code[state[task.pcSlot]!];
  if (instruction?.op !== "when" || instruction.timeout !== null || instruction.waits.resource === null) return false;
  const { first, index } = instruction.waits.resource;
  machine.current = task.id;
  const resource = index === null ? first : first + indexValue(machine, index);
  if (program.resources[resource]?.name !== edge.taken) return false;
  return program.resources.some(({ name }, k) => name === edge.held && holderOf(machine, k) === edge.task);
}

/** NaN where the index makes no sense: the step will raise. */
function indexValue(machine: Machine, index: Expr): number {
  try {
    return machine.evaluator(index)();
  } catch (problem) {
    if (problem instanceof Raise) return Number.NaN;
    throw problem;
  }
}

/** The first in `order` that can move does, unless it stands where it is to stop; null if that leads elsewhere. */
function steer(program: Program, cycle: readonly LockEdge[], order: readonly number[]): Move[] | null {
  const machine = new Machine(program);
  const holds = cycleHolds(program, cycle);
  const path: Move[] = [];
  while (path.length < STEPS) {
    const stopped = cycle.filter((edge) => standsBefore(machine, edge)).map((edge) => edge.task);
    if (stopped.length === cycle.length) return holds(machine) ? path : null;
    const enabled = new Set(enabledTasks(machine));
    const next = order.find((task) => enabled.has(task) && !stopped.includes(task));
    if (next === undefined) return null;
    machine.step(next, 0);
    path.push({ task: next, choice: 0 });
    if (machine.violations.length > 0) return null;
  }
  return null;
}

function search(program: Program, cycle: readonly LockEdge[]): Confirmation {
  const holds = cycleHolds(program, cycle);
  const span: Span = { start: 0, end: 0 };
  const verdict: Verdict = { kind: "deadlock", name: "deadlock", message: "", tasks: [], span };
  let met = false;
  const look = (machine: Machine): readonly Verdict[] => {
    machine.violations = [];
    if (!holds(machine)) return [];
    met = true;
    return [verdict];
  };
  const locks = new Set(cycle.map(({ held }) => held));
  const judge: Judge = {
    concerns: () => true,
    afterStep: look,
    atStart: look,
    atEnd: look,
    // nothing else can tell these steps from others, but here they are what it is about
    watched: program.resources.flatMap(({ name, holder }) => (holder !== null && locks.has(name) ? [holder.base] : [])),
  };
  const result = bfs.explore({
    program,
    judge,
    limits: { states: STATES, runs: 1_000_000, depth: 100_000, memory: 64 << 20 },
    seed: "1",
    preemptions: null,
    bugDepth: 3,
    reduction: true,
    exact: false,
    all: true,
    workers: 1,
    stopRequested: () => (met ? "interrupted" : null),
    onProgress: () => {},
  });
  const [found] = result.found;
  if (found !== undefined) return found.path;
  return result.complete ? "impossible" : "unknown";
}

function permutations(items: readonly number[]): number[][] {
  if (items.length <= 1) return [[...items]];
  return items.flatMap((item) => permutations(items.filter((other) => other !== item)).map((rest) => [item, ...rest]));
}
