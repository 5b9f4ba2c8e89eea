/**
 * The cheapest path to a finding: Dijkstra's algorithm over pairs of a state and the task that ran last. States are
 * numbered and what steps do to them is remembered (see space.ts), so the judge is asked only about new pairs, and about
 * those only where the step concerns it: what it says of a step that violates nothing depends on the state behind it and
 * on who took the step. Of tasks that nothing tells apart in a state only the first is tried, which leads to the same
 * path: the first of the cheapest ones.
 */
import { EventHeap } from "../base/heap.ts";
import { ListOverflow, type Machine } from "../machine/machine.ts";
import type { Program } from "../program/program.ts";
import { findFamilies } from "../program/symmetry.ts";
import { makeTwins } from "./canonical.ts";
import { changeOver, givesUpAt, STEP } from "./cost.ts";
import { inThread, resized } from "./memory.ts";
import { raceEnding } from "./race-ending.ts";
import { NO_REDUCTION } from "./reductions.ts";
import { Space } from "./space.ts";
import type { Exploration, Judge, Move, Verdict } from "./strategy.ts";
import { MemoryExceeded } from "./visited.ts";

/** What is to be shown: any finding of a kind and name, or one of several of them. */
export interface Wanted extends Pick<Verdict, "kind" | "name"> {
  /** its place, and (unless null) its very words */
  readonly exactly?: { readonly start: number; readonly message: string | null };
}

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
  private readonly program: Program;
  private readonly space: Space;
  private readonly judge: Judge;
  private readonly wanted: Wanted;
  private readonly tasks: number;
  /** the state that a step leads to */
  private readonly next: Int32Array;
  private markTwins: ReturnType<typeof makeTwins> = () => {};

  constructor(program: Program, judge: Judge, wanted: Wanted) {
    this.program = program;
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
    this.next = this.space.start.slice();
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
    const frontier: Frontier = { nodes: new Nodes(), heap: new EventHeap(), below };
    const { nodes, heap } = frontier;
    const machine = space.show(numbers);
    const ending = this.endingOf(this.judge.atStart(machine), machine, NOBODY, false);
    if (ending === 0) return [];
    const start = {
      from: -1,
      last: NOBODY,
      choice: 0,
      gaveUp: false,
      state: numberOf(space.add(numbers, -1)),
      cost: 0,
    };
    if (this.arrive(frontier, start, numbers)) return [];
    this.mayEnd(frontier, ending);
    const twins = new Uint8Array(tasks);
    for (let expanded = 1; !heap.isEmpty; expanded++) {
      const turn = heap.pop();
      const at = turn >> 2;
      if ((turn & 3) === ENDS) return nodes.pathTo(at);
      const last = nodes.last[at]!;
      const goesOn = (turn & 3) === GOES_ON;
      space.read(nodes.state[at]!, numbers);
      steps.trim();
      if (!goesOn) this.markTwins(numbers, last, among, twins);
      for (let task = goesOn ? last : 0, end = goesOn ? last + 1 : tasks; task < end; task++) {
        if (among[task] === 0 || (!goesOn && (task === last || twins[task] === 1))) continue;
        for (let choice = 0, most = 1; choice < most; choice++) {
          const effect = steps.find(task, choice, numbers);
          if (!steps.isEnabled(effect)) break;
          most = steps.alternatives(effect);
          if (this.leads(frontier, at, numbers, task, choice, effect)) return [...nodes.pathTo(at), { task, choice }];
        }
      }
      if (nodes.count > limit || (expanded % PATIENCE === 0 && space.bytes > MEMORY)) return "given up";
    }
    return null;
  }

  /** Takes a step from a node's state; whether the finding shows then. */
  private leads(
    frontier: Frontier,
    at: number,
    numbers: Int32Array,
    task: number,
    choice: number,
    effect: number,
  ): boolean {
    const { space, next } = this;
    const { steps } = space;
    const { nodes } = frontier;
    const isWrong = steps.isWrong(effect);
    const gaveUp = givesUpAt(this.program.tasks[task]!, steps.position(task, numbers) >> 1);
    let ending = isWrong ? this.stepShows(numbers, task, choice, gaveUp) : NOT_SHOWN;
    if (ending === 0) return true;
    const to = numberOf(space.addNext(effect, nodes.state[at]!, -1));
    if (nodes.isKnown(to, task)) return false;
    next.set(numbers);
    steps.apply(effect, next);
    if (!isWrong && steps.concerns(effect)) {
      const machine = space.show(next);
      ending = this.endingOf(this.judge.afterStep(machine, task), machine, task, gaveUp);
      if (ending === 0) return true;
    }
    const cost = nodes.cost[at]! + STEP + (task === nodes.last[at] ? 0 : nodes.switching[at]!);
    if (this.arrive(frontier, { from: at, last: task, choice, gaveUp, state: to, cost }, next)) return true;
    this.mayEnd(frontier, ending);
    return false;
  }

  /** What must follow to show the finding, once the judge finds it, costs: of a data race the accesses; `NOT_SHOWN`. */
  private endingOf(verdicts: readonly Verdict[], machine: Machine, last: number, gaveUp: boolean): number {
    if (verdicts.length === 0) return NOT_SHOWN;
    const wanted = verdicts.filter((verdict) => isWanted(verdict, this.wanted));
    if (wanted.length === 0) return NOT_SHOWN;
    return this.wanted.kind === "data_race" ? raceEnding(machine, wanted, last, gaveUp).cost : 0;
  }

  /** The newest node may be the last one, at the cost of an ending. */
  private mayEnd({ nodes, heap, below }: Frontier, ending: number): void {
    if (ending === NOT_SHOWN) return;
    const node = nodes.count - 1;
    const cost = nodes.cost[node]! + ending;
    if (cost < below) heap.push(cost, 0, 4 * node + ENDS);
  }

  /**
   * A new pair of a state and the task that came there. What can follow gets its turn in the heap: its own next step, and
   * the steps of all others together, which cost the same. Whether nobody can move, and the finding shows for that.
   */
  private arrive({ nodes, heap, below }: Frontier, arrival: Arrival, numbers: Int32Array): boolean {
    const { last, gaveUp, cost } = arrival;
    const { space, tasks } = this;
    const { steps } = space;
    const goesOn = last !== NOBODY && steps.canMove(last, numbers);
    if (!goesOn) {
      let task = 0;
      while (task < tasks && !steps.canMove(task, numbers)) task += 1;
      if (task === tasks) return shows(this.judge.atEnd(space.show(numbers)), this.wanted);
    }
    const switching = changeOver(last, OTHERS, goesOn, gaveUp);
    const node = nodes.add(arrival, switching);
    if (goesOn && cost + STEP < below) heap.push(cost + STEP, 0, 4 * node + GOES_ON);
    if (cost + STEP + switching < below) heap.push(cost + STEP + switching, 0, 4 * node + CHANGES);
    return false;
  }

  /** What the ending costs if the finding shows when the task takes this step, which violates something. */
  private stepShows(numbers: Int32Array, task: number, choice: number, gaveUp: boolean): number {
    const { space, judge, wanted } = this;
    const machine = space.show(numbers);
    machine.violations = [];
    machine.step(task, choice);
    let ending = this.endingOf(judge.afterStep(machine, task), machine, task, gaveUp);
    machine.violations = [];
    if (ending === NOT_SHOWN && !machine.program.tasks.some((each) => machine.enabled(each.id)))
      ending = shows(judge.atEnd(machine), wanted) ? 0 : NOT_SHOWN;
    machine.undo(0);
    return ending;
  }
}

/** Before anybody has moved. */
const NOBODY = -1;
/** Any task but the one that moved last. */
const OTHERS = -2;

/** Instead of what an ending costs. */
const NOT_SHOWN = -1;

/** Of a turn, in its lowest bits: one of the others goes on; the task that came there does; the path ends there. */
const CHANGES = 0;
const GOES_ON = 1;
const ENDS = 2;

/** How a pair of a state and the task that came there was reached. */
interface Arrival {
  /** the node before it, and the step from there */
  readonly from: number;
  readonly last: number;
  readonly choice: number;
  readonly gaveUp: boolean;
  readonly state: number;
  readonly cost: number;
}

interface Frontier {
  readonly nodes: Nodes;
  /** turns: four times a node, and one of the three */
  readonly heap: EventHeap;
  readonly below: number;
}

/** Pairs of a state and the task that came there, in the order of what the cheapest way there costs. */
class Nodes {
  count = 0;
  state: Int32Array = new Int32Array(256);
  last: Int32Array = new Int32Array(256);
  choice: Int32Array = new Int32Array(256);
  from: Int32Array = new Int32Array(256);
  cost = new Float64Array(256);
  /** what it costs beyond the step if another task goes on */
  switching = new Float64Array(256);
  /** by state: the newest node of it, + 1; by node: the one of the same state before it, + 1 */
  private newest: Int32Array = new Int32Array(256);
  private older: Int32Array = new Int32Array(256);

  add({ last, choice, from, cost, state }: Arrival, switching: number): number {
    const node = this.count;
    this.count += 1;
    if (node === this.last.length) this.grow();
    this.last[node] = last;
    this.choice[node] = choice;
    this.from[node] = from;
    this.cost[node] = cost;
    this.switching[node] = switching;
    this.state[node] = state;
    if (state >= this.newest.length) this.newest = resized(this.newest, 2 * state, inThread);
    this.older[node] = this.newest[state]!;
    this.newest[state] = node + 1;
    return node;
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
    this.cost = enlarged(this.cost, length);
    this.switching = enlarged(this.switching, length);
  }

  /** The moves that lead to a node. */
  pathTo(end: number): Move[] {
    const path: Move[] = [];
    for (let at = end; this.from[at]! >= 0; at = this.from[at]!)
      path.push({ task: this.last[at]!, choice: this.choice[at]! });
    return path.reverse();
  }
}

function enlarged(from: Float64Array<ArrayBuffer>, length: number): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(length);
  larger.set(from);
  return larger;
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
