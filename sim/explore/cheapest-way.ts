/**
 * Ways through the graph of states that are easy to read: fewest pre-emptions, then fewest switches, then fewest steps.
 * Dijkstra's algorithm over pairs of a state and the task that ran last.
 */
import { EventHeap } from "../base/heap.ts";
import { changeOver, STEP } from "./cost.ts";
import type { StateGraph } from "./graph.ts";

export interface WayOptions {
  readonly from: number;
  /** the task that took the last step before; −1 if there was none */
  readonly last: number;
  /** whether the way may take this edge */
  readonly edges: (edge: number) => boolean;
  /** whether it may end behind this edge, in this state */
  readonly arrived: (state: number, edge: number) => boolean;
  /** among more pairs than this only steps are counted */
  readonly pairs?: number;
}

/** So many pairs are looked at within a moment. */
const PAIRS = 50_000;

/** The edges of a cheapest way of at least one step; null if there is none. */
export function cheapestWay(graph: StateGraph, options: WayOptions): number[] | null {
  const { pairs = PAIRS } = options;
  const way = search(graph, options, pairs, (state, previous, task, gaveUp) =>
    changeOver(previous, task, previous >= 0 && graph.enabled(state, previous), gaveUp),
  );
  return way === "given up" ? (search(graph, options, Number.POSITIVE_INFINITY, null) as number[] | null) : way;
}

/**
 * What it costs, beyond the step, that the task goes on in this state after another, which gave up the CPU or did not;
 * null: nobody cares who does.
 */
type Price = ((state: number, previous: number, task: number, gaveUp: boolean) => number) | null;

function search(
  graph: StateGraph,
  { from, last, edges, arrived }: WayOptions,
  pairs: number,
  price: Price,
): number[] | "given up" | null {
  const heap = new EventHeap();
  // by node: the pair's state and task, the edge to it, the node before it, what the way to it costs
  const states = [from];
  const tasks = [last];
  const edgesTo = [-1];
  const before = [-1];
  const costs = [0];
  const done = new Set<number>();
  const key = (state: number, task: number): number =>
    price === null ? state : state * (graph.machine.program.tasks.length + 1) + task + 1;
  heap.push(0, 0, 0);
  while (!heap.isEmpty) {
    const node = heap.pop();
    const edgeTo = edgesTo[node]!;
    const state = states[node]!;
    if (edgeTo >= 0 && arrived(state, edgeTo)) return edgesBack(node, edgesTo, before);
    if (done.has(key(state, tasks[node]!))) continue;
    done.add(key(state, tasks[node]!));
    if (done.size > pairs) return "given up";
    const gaveUp = edgeTo >= 0 && graph.gaveUp[edgeTo]!;
    for (let edge = graph.first[state]!; edge < graph.first[state + 1]!; edge++) {
      if (!edges(edge)) continue;
      const task = graph.task[edge]!;
      const cost = costs[node]! + STEP + (price === null ? 0 : price(state, tasks[node]!, task, gaveUp));
      // an edge on which the way may end counts although its pair is known: another led there
      if (done.has(key(graph.target[edge]!, task)) && !arrived(graph.target[edge]!, edge)) continue;
      states.push(graph.target[edge]!);
      tasks.push(task);
      edgesTo.push(edge);
      before.push(node);
      heap.push(cost, 0, costs.push(cost) - 1);
    }
  }
  return null;
}

function edgesBack(end: number, edgesTo: readonly number[], before: readonly number[]): number[] {
  const way: number[] = [];
  for (let node = end; before[node]! >= 0; node = before[node]!) way.push(edgesTo[node]!);
  return way.reverse();
}
