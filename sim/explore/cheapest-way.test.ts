import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { load, scenarioText } from "../laws/programs.ts";
import { lower } from "../program/lower.ts";
import { cheapestWay } from "./cheapest-way.ts";
import { PREEMPTION, SWITCH } from "./cost.ts";
import { StateGraph } from "./graph.ts";

/** The same by going over all edges until nothing gets cheaper; what each pair of state and last task costs. */
function plainly(graph: StateGraph, from: number, last: number, edges: (edge: number) => boolean): Map<string, number> {
  const costs = new Map([[`${from} ${last}`, 0]]);
  for (let changed = true; changed; ) {
    changed = false;
    for (const [pair, cost] of [...costs]) {
      const [state, previous] = pair.split(" ").map(Number) as [number, number];
      for (let edge = graph.first[state]!; edge < graph.first[state + 1]!; edge++) {
        if (!edges(edge)) continue;
        const to = `${graph.target[edge]} ${graph.task[edge]}`;
        const price = cost + priceOf(graph, state, previous, graph.task[edge]!);
        if (price >= (costs.get(to) ?? Number.POSITIVE_INFINITY)) continue;
        costs.set(to, price);
        changed = true;
      }
    }
  }
  return costs;
}

function priceOf(graph: StateGraph, state: number, previous: number, task: number): number {
  if (previous < 0 || previous === task) return 1;
  return 1 + SWITCH + (graph.enabled(state, previous) ? PREEMPTION : 0);
}

function costOf(graph: StateGraph, from: number, last: number, way: readonly number[]): number {
  let [state, previous, cost] = [from, last, 0];
  for (const edge of way) {
    expect(graph.origin(edge)).toBe(state);
    cost += priceOf(graph, state, previous, graph.task[edge]!);
    [state, previous] = [graph.target[edge]!, graph.task[edge]!];
  }
  return cost;
}

describe("the cheapest way through a graph of states", () => {
  test("costs what the cheapest of all ways does; where there are too many pairs it has the fewest steps", () => {
    let found = 0;
    fc.assert(
      fc.property(scenarioText({ processes: 3, statements: 2 }), fc.nat(), fc.nat(), fc.nat(), (text, a, b, c) => {
        const program = lower(load(text));
        const graph = new StateGraph(program);
        graph.build({ states: 400, memory: 1e9, stopRequested: () => null }, () => {});
        if (!graph.complete || graph.target.length === 0) return;
        const from = a % 3 === 0 ? a % graph.size : 0;
        const last = (b % (program.tasks.length + 1)) - 1;
        const goal = graph.target[c % graph.target.length]!;
        const edges = (edge: number): boolean => (edge * 7 + a) % 9 !== 0;
        const options = { from, last, edges, arrived: (state: number) => state === goal };
        const way = cheapestWay(graph, options);
        const least = (costs: Map<string, number>): number =>
          Math.min(
            ...graph.task.flatMap((task, edge) =>
              edges(edge) && graph.target[edge] === goal ? ways(graph, edge, costs, task) : [],
            ),
          );
        const costs = plainly(graph, from, last, edges);
        if (way === null) {
          expect(least(costs)).toBe(Number.POSITIVE_INFINITY);
          return;
        }
        found += 1;
        expect(costOf(graph, from, last, way)).toBe(least(costs));
        const short = cheapestWay(graph, { ...options, pairs: 0 })!;
        expect(short.length).toBeLessThanOrEqual(way.length);
        expect(costOf(graph, from, last, short)).toBeGreaterThanOrEqual(least(costs));
      }),
      { numRuns: 200 },
    );
    expect(found).toBeGreaterThan(20);
  });
});

/** What it costs to come over this edge, by who took the step before it. */
function ways(graph: StateGraph, edge: number, costs: Map<string, number>, task: number): number[] {
  const state = graph.origin(edge);
  return Array.from({ length: graph.machine.program.tasks.length + 1 }, (_, k) => {
    const before = costs.get(`${state} ${k - 1}`);
    return before === undefined ? Number.POSITIVE_INFINITY : before + priceOf(graph, state, k - 1, task);
  });
}
