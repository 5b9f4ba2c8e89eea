/**
 * The cheapest path to a finding: Dijkstra's algorithm over pairs of a state and the task that ran last. States are
 * numbered and what steps do to them is remembered (see space.ts), so the judge is asked only about new pairs, and about
 * those only where the step concerns it: what it says of a step that violates nothing depends on the state behind it and
 * on who took the step. Of tasks that nothing tells apart in a state only the first is tried, which leads to the same
 * path: the first of the cheapest ones.
 */
import { EventHeap } from "../base/heap.ts";
import { ListOverflow } from "../machine/machine.ts";
import type { Program } from "../program/program.ts";
import { findFamilies } from "../program/symmetry.ts";
import { makeTwins } from "./canonical.ts";
import { inThread, resized } from "./memory.ts";
import { isPreemption } from "./moves.ts";
import { NO_REDUCTION } from "./reductions.ts";
import { Space } from "./space.ts";
import type { Exploration, Judge, Move, Verdict } from "./strategy.ts";
import { MemoryExceeded } from "./visited.ts";

/** What is to be shown: any finding of a kind and name, or one of several of them. */
export interface Wanted extends Pick<Verdict, "kind" | "name"> {
  /** its place, and (unless null) its very words */
  readonly exactly?: { readonly start: number; readonly message: string | null };
}

/** costs are packed into one number: pre-emptions, switches, steps */
export const SWITCH = 1 << 20;
export const PREEMPTION = SWITCH * SWITCH;

/** bytes for what is stored, and so many expansions between two looks at it */
const MEMORY = 64 << 20;
const PATIENCE = 512;

/** Whether one of the verdicts is the finding. */
export function shows(verdicts: readonly Verdict[], wanted: Wanted): boolean {
  return verdicts.some((verdict) => isWanted(verdict, wanted));
}

/** Whether a verdict is the finding. */
export function isWanted({ kind, name, span, message }: Verdict, wanted: Wanted): boolean {
  if (kind !== wanted.kind || name !== wanted.name) return false;
  const { exactly } = wanted;
  if (exactly === undefined) return true;
  return span.start === exactly.start && (exactly.message === null || message === exactly.message);
}

/** Searches for one finding of a program, as often as it is asked. */
export class ShortestPaths {
  private readonly space: Space;
  private readonly judge: Judge;
  private readonly wanted: Wanted;
  private readonly tasks: number;
  private markTwins: ReturnType<typeof makeTwins> = () => {};

  constructor(program: Program, judge: Judge, wanted: Wanted) {
    this.judge = judge;
    this.wanted = wanted;
    this.tasks = program.tasks.length;
    const families = findFamilies(program, judge.watched);
    this.space = new Space(exploration(program, judge), false, {
      ...NO_REDUCTION,
      families: families.map((family) => family.tasks),
      bind: (packing, own) => {
        if (families.length > 0) this.markTwins = makeTwins(families, packing, own);
      },
    });
  }

  /**
   * The cheapest path to the finding in which only `among` move; null if none is cheaper than `below`. It is given up
   * where more than `limit` pairs would have to be looked at.
   */
  find(among: (task: number) => boolean, limit: number, below: number): readonly Move[] | "given up" | null {
    try {
      return this.search(
        Uint8Array.from({ length: this.tasks }, (_, task) => (among(task) ? 1 : 0)),
        limit,
        below,
      );
    } catch (problem) {
      if (!(problem instanceof ListOverflow || problem instanceof MemoryExceeded)) throw problem;
      return "given up";
    }
  }

  private search(among: Uint8Array, limit: number, below: number): readonly Move[] | "given up" | null {
    const { space, tasks } = this;
    const { steps } = space;
    const numbers = space.start.slice();
    const next = space.start.slice();
    if (shows(this.judge.atStart(space.show(numbers)), this.wanted)) return [];
    const twins = new Uint8Array(tasks);
    const heap = new EventHeap();
    const nodes = new Nodes();
    heap.push(0, 0, nodes.add(-1, 0, -1, 0));
    let pairs = 0;
    while (!heap.isEmpty) {
      const at = heap.pop();
      const last = nodes.last[at]!;
      // what a step leads to is found out only now: most of those that were noted are never looked at
      const state = at === 0 ? numberOf(space.add(numbers, -1)) : this.goTo(at, nodes, numbers, next);
      if (state === GOAL) return nodes.pathTo(at);
      if (nodes.isKnown(state, last)) continue;
      nodes.settle(at, state);
      pairs += 1;
      if (pairs > limit || (pairs % PATIENCE === 0 && space.bytes > MEMORY)) return "given up";
      space.read(state, numbers);
      steps.trim();
      this.markTwins(numbers, last, among, twins);
      const goesOn = last >= 0 && steps.isEnabled(steps.find(last, 0, numbers));
      let isEnd = true;
      for (let task = 0; task < tasks; task++) {
        const first = steps.find(task, 0, numbers);
        if (!steps.isEnabled(first)) continue;
        isEnd = false;
        if (among[task] === 0 || twins[task] === 1) continue;
        const switches = last >= 0 && task !== last ? SWITCH : 0;
        const cost = nodes.cost[at]! + 1 + switches + (isPreemption(last, task, goesOn) ? PREEMPTION : 0);
        if (cost >= below) continue;
        for (let choice = 0, alternatives = steps.alternatives(first); choice < alternatives; choice++) {
          heap.push(cost, 0, nodes.add(task, choice, at, cost));
          if (choice > 0) alternatives = steps.alternatives(steps.find(task, choice, numbers));
        }
      }
      if (isEnd && shows(this.judge.atEnd(space.show(numbers)), this.wanted)) return nodes.pathTo(at);
    }
    return null;
  }

  /** The state to which a node's step leads; `GOAL` if the finding shows then. */
  private goTo(at: number, nodes: Nodes, numbers: Int32Array, next: Int32Array): number {
    const { space } = this;
    const { steps } = space;
    const task = nodes.last[at]!;
    const choice = nodes.choice[at]!;
    const from = nodes.state[nodes.from[at]!]!;
    space.read(from, numbers);
    const effect = steps.find(task, choice, numbers);
    const isWrong = steps.isWrong(effect);
    if (isWrong && this.stepShows(numbers, task, choice)) return GOAL;
    const to = numberOf(space.addNext(effect, from, -1));
    if (isWrong || !steps.concerns(effect) || nodes.isKnown(to, task)) return to;
    next.set(numbers);
    steps.apply(effect, next);
    return shows(this.judge.afterStep(space.show(next), task), this.wanted) ? GOAL : to;
  }

  /** Whether the finding shows when the task takes this step, which violates something. */
  private stepShows(numbers: Int32Array, task: number, choice: number): boolean {
    const { space, judge, wanted } = this;
    const machine = space.show(numbers);
    machine.violations = [];
    machine.step(task, choice);
    let shown = shows(judge.afterStep(machine, task), wanted);
    machine.violations = [];
    if (!shown && !machine.program.tasks.some((each) => machine.enabled(each.id)))
      shown = shows(judge.atEnd(machine), wanted);
    machine.undo(0);
    return shown;
  }
}

/** In place of a state: the finding shows. */
const GOAL = -1;

/** Steps to take, each from a node before it; once its time has come, the node of a pair of a state and who came there. */
class Nodes {
  private count = 0;
  state: Int32Array = new Int32Array(1024);
  last: Int32Array = new Int32Array(1024);
  choice: Int32Array = new Int32Array(1024);
  from: Int32Array = new Int32Array(1024);
  cost = new Float64Array(1024);
  /** by state: the node of it settled last, + 1; by node: the one of the same state before it, + 1 */
  private newest: Int32Array = new Int32Array(1024);
  private older: Int32Array = new Int32Array(1024);

  add(last: number, choice: number, from: number, cost: number): number {
    const node = this.count;
    this.count += 1;
    if (node === this.last.length) this.grow();
    this.last[node] = last;
    this.choice[node] = choice;
    this.from[node] = from;
    this.cost[node] = cost;
    return node;
  }

  /** The node leads to this state, and none cheaper does with the same task. */
  settle(node: number, state: number): void {
    this.state[node] = state;
    if (state >= this.newest.length) this.newest = resized(this.newest, 2 * state, inThread);
    this.older[node] = this.newest[state]!;
    this.newest[state] = node + 1;
  }

  isKnown(state: number, last: number): boolean {
    if (state >= this.newest.length) return false;
    let node = this.newest[state]! - 1;
    while (node >= 0 && this.last[node] !== last) node = this.older[node]! - 1;
    return node >= 0;
  }

  private grow(): void {
    const length = this.count * 2;
    this.state = resized(this.state, length, inThread);
    this.last = resized(this.last, length, inThread);
    this.choice = resized(this.choice, length, inThread);
    this.from = resized(this.from, length, inThread);
    this.older = resized(this.older, length, inThread);
    const cost = new Float64Array(length);
    cost.set(this.cost);
    this.cost = cost;
  }

  pathTo(end: number): Move[] {
    const path: Move[] = [];
    for (let at = end; this.from[at]! >= 0; at = this.from[at]!)
      path.push({ task: this.last[at]!, choice: this.choice[at]! });
    return path.reverse();
  }
}

/** The number of a state that was added to the set, new or known. */
function numberOf(added: number): number {
  return added >= 0 ? added : -1 - added;
}

function exploration(program: Program, judge: Judge): Exploration {
  return {
    program,
    judge,
    limits: { states: 1e9, runs: 1e9, depth: 1e9, memory: 4 * MEMORY },
    seed: "1",
    preemptions: null,
    bugDepth: 1,
    reduction: false,
    exact: true,
    all: false,
    workers: 1,
    stopRequested: () => null,
    onProgress: () => {},
  };
}
