import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { EventHeap } from "../base/heap.ts";
import { load, scenarioText } from "../laws/programs.ts";
import { Machine } from "../machine/machine.ts";
import { lower } from "../program/lower.ts";
import type { Program } from "../program/program.ts";
import { findFamilies } from "../program/symmetry.ts";
import { makeJudge } from "./judge.ts";
import { enabledTasks, isPreemption } from "./moves.ts";
import { States } from "./numbered.ts";
import { PREEMPTION, ShortestPaths, SWITCH, shows, type Wanted } from "./shortest.ts";
import type { Judge, Move, Verdict } from "./strategy.ts";
import { crews } from "./testing/crews.ts";

/** More pairs of state and task than this are not looked at. */
const LIMIT = 8000;

interface Node {
  readonly state: number;
  readonly path: readonly Move[];
  readonly cost: number;
  readonly goal: boolean;
}

/** The same search as plain as it can be: every step taken by a machine, the judge asked about each, no task left out. */
function plainly(
  program: Program,
  judge: Judge,
  wanted: Wanted,
  among: (task: number) => boolean,
): readonly Move[] | "given up" | null {
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
  if (shows(judge.atStart(machine), wanted)) return [];
  // nobody can ever move
  if (enabledTasks(machine).length === 0 && shows(judge.atEnd(machine), wanted)) return [];
  add({ state: store.add(), path: [], cost: 0, goal: false });
  while (!heap.isEmpty) {
    const node = nodes[heap.pop()]!;
    if (node.goal) return node.path;
    if (best.get(key(node)) !== node.cost) continue;
    if (nodes.length > LIMIT) return "given up";
    store.restore(node.state);
    const last = node.path[node.path.length - 1]?.task ?? -1;
    const goesOn = last >= 0 && machine.enabled(last);
    for (const task of enabledTasks(machine).filter(among)) {
      for (let choice = 0, alternatives = 1; choice < alternatives; choice++) {
        const mark = machine.trailSize;
        machine.step(task, choice);
        alternatives = machine.alternatives;
        let goal = shows(judge.afterStep(machine, task), wanted);
        if (!goal && enabledTasks(machine).length === 0) goal = shows(judge.atEnd(machine), wanted);
        const price =
          1 + (last >= 0 && task !== last ? SWITCH : 0) + (isPreemption(last, task, goesOn) ? PREEMPTION : 0);
        const path = [...node.path, { task, choice }];
        add({ state: goal ? -1 : store.add(), path, cost: node.cost + price, goal });
        machine.undo(mark);
      }
    }
  }
  return null;
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
    let [compared, symmetric] = [0, 0];
    fc.assert(
      fc.property(fc.oneof(crews(), scenarioText({ processes: 3, statements: 2 })), fc.nat(), (text, skipped) => {
        const scenario = load(text);
        const program = lower(scenario);
        const judge = makeJudge(program, scenario);
        for (const wanted of findings(program, judge)) {
          for (const among of [() => true, (task: number) => task !== skipped % program.tasks.length]) {
            const plain = plainly(program, judge, wanted, among);
            if (plain === "given up") continue;
            const paths = new ShortestPaths(program, judge, wanted);
            expect(paths.find(among, LIMIT, Number.POSITIVE_INFINITY)).toEqual(plain);
            compared += 1;
            if (findFamilies(program, judge.watched).length > 0) symmetric += 1;
          }
        }
      }),
      { numRuns: 60, examples: [[WHO_CAME_LAST, 2]] },
    );
    expect(compared).toBeGreaterThan(50);
    expect(symmetric).toBeGreaterThan(10);
  });
});
