import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { EventHeap } from "../base/heap.ts";
import { load, scenarioText } from "../laws/programs.ts";
import { Machine } from "../machine/machine.ts";
import { lower } from "../program/lower.ts";
import type { Program } from "../program/program.ts";
import { findFamilies } from "../program/symmetry.ts";
import { givesUp, PREEMPTION, STEP, SWITCH } from "./cost.ts";
import { makeJudge } from "./judge.ts";
import { enabledTasks, isPreemption } from "./moves.ts";
import { States } from "./numbered.ts";
import { isWanted, ShortestPaths, shows, type Wanted } from "./shortest.ts";
import type { Judge, Move, Verdict } from "./strategy.ts";
import { crews } from "./testing/crews.ts";

/** More pairs of state and task than this are not looked at. */
const LIMIT = 8000;

interface Node {
  readonly state: number;
  readonly path: readonly Move[];
  /** whether the last step gave up the CPU */
  readonly gaveUp: boolean;
  readonly cost: number;
  readonly goal: boolean;
}

/** What it costs that a task goes on in this state: of what is equal else, changing over where nobody gave up is dearer. */
function price(machine: Machine, last: number, task: number, gaveUp: boolean): number {
  if (last < 0 || task === last) return STEP;
  const preempts = isPreemption(last, task, machine.enabled(last));
  return STEP + SWITCH + (preempts ? PREEMPTION : 0) + (preempts && !gaveUp ? 1 : 0);
}

/** What the accesses of a race cost at least behind the last step. */
function accesses(machine: Machine, verdicts: readonly Verdict[], last: number, gaveUp: boolean): number {
  const costs = verdicts.flatMap(({ tasks: [a, b] }) =>
    [
      [a!, b!],
      [b!, a!],
    ].map(([first, second]) => {
      const mark = machine.trailSize;
      let cost = price(machine, last, first!, gaveUp);
      const firstGivesUp = givesUp(machine, first!);
      machine.step(first!);
      cost += price(machine, first!, second!, firstGivesUp);
      machine.violations = [];
      machine.undo(mark);
      return cost;
    }),
  );
  return Math.min(...costs);
}

/** The same search as plain as it can be: every step taken by a machine, the judge asked about each, no task left out. */
function plainly(
  program: Program,
  judge: Judge,
  wanted: Wanted,
  among: (task: number) => boolean,
): { path: readonly Move[]; cost: number } | "given up" | null {
  const isRace = wanted.kind === "data_race";
  const ending = (verdicts: readonly Verdict[], last: number, gaveUp: boolean): number =>
    isRace
      ? accesses(
          machine,
          verdicts.filter((verdict) => isWanted(verdict, wanted)),
          last,
          gaveUp,
        )
      : 0;
  const machine = new Machine(program, { hashing: true });
  const store = new States(machine);
  const heap = new EventHeap();
  const nodes: Node[] = [];
  const best = new Map<string, number>();
  const key = ({ state, path }: Node): string => `${state} ${path[path.length - 1]?.task ?? -1}`;
  const add = (node: Node): void => {
    if (!node.goal && (best.get(key(node)) ?? Number.POSITIVE_INFINITY) <= node.cost) return;
    best.set(key(node), node.cost);
    heap.push(node.cost, 0, nodes.push(node) - 1);
  };
  const atStart = judge.atStart(machine);
  if (shows(atStart, wanted)) {
    if (!isRace) return { path: [], cost: 0 };
    add({ state: -1, path: [], gaveUp: false, cost: ending(atStart, -1, false), goal: true });
  }
  // nobody can ever move
  if (enabledTasks(machine).length === 0 && shows(judge.atEnd(machine), wanted)) return { path: [], cost: 0 };
  add({ state: store.add(), path: [], gaveUp: false, cost: 0, goal: false });
  while (!heap.isEmpty) {
    const node = nodes[heap.pop()]!;
    if (node.goal) return node;
    if (best.get(key(node)) !== node.cost) continue;
    if (nodes.length > LIMIT) return "given up";
    store.restore(node.state);
    const last = node.path[node.path.length - 1]?.task ?? -1;
    for (const task of enabledTasks(machine).filter(among)) {
      const cost = node.cost + price(machine, last, task, node.gaveUp);
      const gaveUp = givesUp(machine, task);
      for (let choice = 0, alternatives = 1; choice < alternatives; choice++) {
        const mark = machine.trailSize;
        machine.step(task, choice);
        alternatives = machine.alternatives;
        const verdicts = judge.afterStep(machine, task);
        let goal = shows(verdicts, wanted);
        const path = [...node.path, { task, choice }];
        if (goal) add({ state: -1, path, gaveUp, cost: cost + ending(verdicts, task, gaveUp), goal });
        if (!goal && enabledTasks(machine).length === 0) {
          goal = shows(judge.atEnd(machine), wanted);
          if (goal) add({ state: -1, path, gaveUp, cost, goal });
        }
        // behind a race another may come that costs less to show
        if (!goal || isRace) add({ state: store.add(), path, gaveUp, cost, goal: false });
        machine.undo(mark);
      }
    }
  }
  return null;
}

/** What a path to a race costs with the accesses. */
function costOf(program: Program, judge: Judge, wanted: Wanted, path: readonly Move[]): number {
  const machine = new Machine(program);
  let verdicts = judge.atStart(machine);
  let [cost, last, gaveUp] = [0, -1, false];
  for (const { task, choice } of path) {
    cost += price(machine, last, task, gaveUp);
    gaveUp = givesUp(machine, task);
    machine.step(task, choice);
    last = task;
    verdicts = judge.afterStep(machine, task);
  }
  return (
    cost +
    accesses(
      machine,
      verdicts.filter((verdict) => isWanted(verdict, wanted)),
      last,
      gaveUp,
    )
  );
}

/** Everything that the judge says of the first states of a program, each kind and name once. */
function findings(program: Program, judge: Judge): Verdict[] {
  const machine = new Machine(program, { hashing: true });
  const store = new States(machine);
  store.add();
  const found = new Map<string, Verdict>();
  const note = (verdicts: readonly Verdict[]): void => {
    for (const verdict of verdicts) found.set(`${verdict.kind} ${verdict.name}`, verdict);
  };
  for (let state = 0; state < store.count && state < 1000; state++) {
    store.restore(state);
    const enabled = enabledTasks(machine);
    if (enabled.length === 0) note(judge.atEnd(machine));
    for (const task of enabled) {
      const mark = machine.trailSize;
      machine.step(task, 0);
      note(judge.afterStep(machine, task));
      store.add();
      machine.undo(mark);
    }
  }
  return [...found.values()];
}

/** To read b in between, p has to come to the state after two steps last, though q comes there as cheaply. */
const WHO_CAME_LAST = `
shared: { a: 0, b: 0, bad: 0 }
processes:
  p: { do: ["a = 1", "bad = b"] }
  q: { do: ["b = 1", "b = 0"] }
check: { always: { good: bad == 0 }, allow: [data_race] }
`;

describe("the search for the cheapest path", () => {
  test("gives the very path that trying every task in every state gives, also with interchangeable tasks", () => {
    let [compared, symmetric, races] = [0, 0, 0];
    fc.assert(
      fc.property(fc.oneof(crews(), scenarioText({ processes: 3, statements: 2 })), fc.nat(), (text, skipped) => {
        const scenario = load(text);
        const program = lower(scenario);
        const judge = makeJudge(program, scenario, true);
        for (const wanted of findings(program, judge)) {
          for (const among of [() => true, (task: number) => task !== skipped % program.tasks.length]) {
            const plain = plainly(program, judge, wanted, among);
            if (plain === "given up") continue;
            const paths = new ShortestPaths(program, judge, wanted);
            const found = paths.find(among, LIMIT, Number.POSITIVE_INFINITY);
            if (plain === null || wanted.kind !== "data_race")
              expect(found).toEqual(plain === null ? null : plain.path);
            else expect(costOf(program, judge, wanted, found as readonly Move[])).toBe(plain.cost);
            if (plain !== null && wanted.kind === "data_race") races += 1;
            compared += 1;
            if (findFamilies(program, judge.watched).length > 0) symmetric += 1;
          }
        }
      }),
      { numRuns: 60, examples: [[WHO_CAME_LAST, 2]] },
    );
    expect(compared).toBeGreaterThan(50);
    expect(symmetric).toBeGreaterThan(10);
    expect(races).toBeGreaterThan(20);
  });
});
