/**
 * How many orders there are, how many of them show each finding, and how likely a scheduler is to hit one that chooses
 * among the tasks that can move with equal chances at every step (and among the alternatives of a choice).
 *
 * Counted on the whole graph of states, from its ends backwards, so the graph must be finite and free of cycles. An
 * order is a complete path: two that differ in any step, or in any choice, are two.
 */
import type { FindingKind } from "../machine/finding.ts";
import { type Family, findFamilies } from "../program/symmetry.ts";
import { makeCanonical, makeOrbitSize } from "./canonical.ts";
import { inThread, resized } from "./memory.ts";
import type { Packing } from "./pack.ts";
import { NO_REDUCTION, type Reductions } from "./reductions.ts";
import { Space } from "./space.ts";
import { statesAtLeast } from "./states-at-least.ts";
import type { Exploration, Verdict } from "./strategy.ts";
import { MemoryExceeded } from "./visited.ts";

export interface FindingCount {
  readonly kind: FindingKind;
  readonly name: string;
  /** orders that show it, as a decimal number of any length */
  readonly orders: string;
  /** the chance that a random scheduler shows it */
  readonly probability: number;
}

export interface OrderCounts {
  readonly states: number;
  /** all orders, as a decimal number of any length */
  readonly orders: string;
  /** orders that show any finding */
  readonly failing: string;
  /** the chance that a random scheduler shows any finding */
  readonly probability: number;
  readonly findings: readonly FindingCount[];
}

/** More states than this are not counted: numbers of hundreds of digits are kept for each. */
export const COUNTING_LIMIT = 100_000;

/** More steps than this, for each state of the limit, are not counted. */
const STEPS_PER_STATE = 50;

/** With so many tasks it is worth asking first whether there are surely more states than may be counted. */
const MANY_TASKS = 5;

/** Findings beyond these are not told apart. */
const MOST_FINDINGS = 30;

/**
 * The counts; null if some order never ends, there are more states than `limit`, or too many steps for so many states.
 *
 * @param flawless no order shows a finding, as a complete search knows: nobody has to look at each step again
 * @param before where that search has stored its states, which it needs no more
 */
export function countOrders(
  exploration: Exploration,
  limit: number = COUNTING_LIMIT,
  flawless = false,
  before?: Space,
): OrderCounts | null {
  try {
    const { program, judge, reduction } = exploration;
    if (program.tasks.length >= MANY_TASKS && statesAtLeast(program, limit) > limit) return null;
    const families = reduction ? findFamilies(program, judge.watched) : [];
    if (families.length > 0) {
      // exchanging tasks changes no number of orders, but the names of what they show
      const known = before !== undefined && hasFamilies(before, families) ? before : undefined;
      const graph = new Graph(exploration, new Exchanges(families), known);
      const order = graph.build(limit) ? graph.sorted() : null;
      if (order === null || flawless) return order && graph.count(order);
    }
    const graph = new Graph(exploration, null, before);
    const order = graph.build(limit) ? graph.sorted() : null;
    if (order === null || !(flawless || graph.judge())) return null;
    return graph.count(order);
  } catch (problem) {
    if (problem instanceof MemoryExceeded) return null;
    throw problem;
  }
}

function hasFamilies({ reductions }: Space, families: readonly Family[]): boolean {
  return JSON.stringify(reductions.families) === JSON.stringify(families.map(({ tasks }) => tasks));
}

/** Symmetry alone, and how many states each stored one stands for. */
class Exchanges implements Reductions {
  readonly names = ["symmetry"];
  readonly dead = null;
  readonly families: readonly (readonly number[])[];
  private readonly symmetric: readonly Family[];
  canonicalise: (numbers: Int32Array) => void = () => {};
  orbitSize: (numbers: Int32Array) => number = () => 1;

  constructor(symmetric: readonly Family[]) {
    this.symmetric = symmetric;
    this.families = symmetric.map((family) => family.tasks);
  }

  bind(packing: Packing, own: readonly number[]): void {
    this.canonicalise = makeCanonical(this.symmetric, packing, own);
    this.orbitSize = makeOrbitSize(this.symmetric, packing, own);
  }

  settle(): void {}

  settleAfter(): void {}

  enough(): null {
    return null;
  }
}

/** Is given a step: its effect in the state with these numbers, whose step it is, and which of its alternatives. */
type Take = (effect: number, numbers: Int32Array, task: number, choice: number) => void;

class Graph {
  private readonly space: Space;
  private readonly exploration: Exploration;
  private readonly exchanges: Exchanges | null;
  /** where a step leads */
  private readonly next: Int32Array;
  /** how many states were expanded, and how many steps lead on from them */
  private size = 0;
  private edges = 0;
  /** by state: where its edges begin; one more than there are states */
  private starts: Int32Array = new Int32Array(256);
  private targets: Int32Array = new Int32Array(1024);
  /** by edge: the findings that it shows, as bits */
  private shows: Int32Array = new Int32Array(0);
  /** by edge: how many alternatives its step has */
  private alternatives: Int32Array = new Int32Array(1024);
  /** by state: how many tasks can move */
  private movers: Int32Array = new Int32Array(256);
  /** by state: the findings that it shows if it is an end, as bits */
  private ends: Int32Array = new Int32Array(0);
  private atStart = 0;
  private judged = 0;
  private readonly known: { readonly kind: FindingKind; readonly name: string }[] = [];
  /** those stored, or those that they stand for */
  private states = 0;

  constructor(exploration: Exploration, exchanges: Exchanges | null, before?: Space) {
    this.exploration = exploration;
    this.exchanges = exchanges;
    this.space = new Space(exploration, false, exchanges ?? NO_REDUCTION, before);
    this.next = this.space.start.slice();
  }

  /** Explores; false if there are too many states. */
  build(limit: number): boolean {
    const { space, exchanges } = this;
    const { steps, visited } = space;
    const numbers = space.start.slice();
    if (this.goesRound(limit)) return false;
    for (let state = 0; state < visited.count; state++) {
      space.read(state, numbers);
      this.states += exchanges === null ? 1 : exchanges.orbitSize(numbers);
      if (Math.max(this.states, visited.count) > limit || this.mustStop(state)) return false;
      steps.trim();
      if (state + 1 >= this.starts.length) {
        this.starts = resized(this.starts, 2 * state + 2, inThread);
        this.movers = resized(this.movers, 2 * state + 2, inThread);
      }
      this.size = state + 1;
      this.movers[state] = this.eachStep(numbers, this.addEdge);
      if (this.edges > limit * STEPS_PER_STATE) return false;
      this.starts[state + 1] = this.edges;
    }
    this.shows = new Int32Array(this.edges);
    this.ends = new Int32Array(visited.count);
    return true;
  }

  /** Adds where a step leads from the state that was entered last. */
  private readonly addEdge = (effect: number, numbers: Int32Array): void => {
    const { space, next } = this;
    let to: number;
    if (this.exchanges === null) to = space.addNext(effect, this.size - 1, -1);
    else {
      next.set(numbers);
      space.steps.apply(effect, next);
      to = space.add(next, -1);
    }
    const edge = this.edges++;
    if (edge === this.targets.length) {
      this.targets = resized(this.targets, 2 * edge, inThread);
      this.alternatives = resized(this.alternatives, 2 * edge, inThread);
    }
    this.targets[edge] = to >= 0 ? to : -1 - to;
    this.alternatives[edge] = space.steps.alternatives(effect);
  };

  /**
   * Whether the order in which each task goes on as long as it can comes back to a state: most endless programs show it
   * at once, and nothing else of them has to be looked at.
   */
  private goesRound(limit: number): boolean {
    const { space } = this;
    const { steps } = space;
    const tasks = this.exploration.program.tasks.length;
    const next = space.start.slice();
    space.add(next, -1);
    for (let task = 0, waiting = 0; waiting < tasks && space.visited.count < limit; ) {
      const effect = steps.find(task, 0, next);
      if (steps.isEnabled(effect)) {
        waiting = 0;
        steps.apply(effect, next);
        if (space.add(next, -1) < 0) return true;
      } else {
        waiting += 1;
        task = (task + 1) % tasks;
      }
    }
    return false;
  }

  private mustStop(state: number): boolean {
    return state % 1024 === 0 && this.exploration.stopRequested() !== null;
  }

  /** Calls `take` with each step that can be taken in a state; how many tasks can move. */
  private eachStep(numbers: Int32Array, take: Take): number {
    const { steps } = this.space;
    const tasks = this.exploration.program.tasks.length;
    let movers = 0;
    for (let task = 0; task < tasks; task++) {
      const first = steps.find(task, 0, numbers);
      if (!steps.isEnabled(first)) continue;
      movers += 1;
      take(first, numbers, task, 0);
      for (let choice = 1, most = steps.alternatives(first); choice < most; choice++) {
        const effect = steps.find(task, choice, numbers);
        const alternatives = steps.alternatives(effect);
        most = Math.max(most, alternatives);
        // beyond its own alternatives a choice repeats an earlier one
        if (choice < alternatives) take(effect, numbers, task, choice);
      }
    }
    return movers;
  }

  /** Asks the judge about all steps and ends, in the order of the states; false if that takes too long. */
  judge(): boolean {
    const { space, exploration, ends } = this;
    const { judge } = exploration;
    const numbers = space.start.slice();
    this.atStart = this.bits(judge.atStart(space.show(numbers)));
    this.judged = 0;
    for (let state = 0; state < ends.length; state++) {
      if (this.mustStop(state)) return false;
      space.read(state, numbers);
      space.steps.trim();
      const movers = this.eachStep(numbers, this.judgeEdge);
      if (movers === 0) ends[state] = this.bits(judge.atEnd(space.show(numbers)));
    }
    return true;
  }

  /** A step that concerns nobody shows nothing that the steps before it have not shown. */
  private readonly judgeEdge = (effect: number, numbers: Int32Array, task: number, choice: number): void => {
    const { next, shows, space } = this;
    const { steps } = space;
    const { judge } = this.exploration;
    const edge = this.judged++;
    if (steps.isWrong(effect)) {
      const machine = space.show(numbers);
      machine.violations = [];
      machine.step(task, choice);
      shows[edge] = this.bits(judge.afterStep(machine, task));
      machine.violations = [];
      machine.undo(0);
    } else if (steps.concerns(effect)) {
      next.set(numbers);
      steps.apply(effect, next);
      shows[edge] = this.bits(judge.afterStep(space.show(next), task));
    }
  };

  private bits(verdicts: readonly Verdict[]): number {
    let bits = 0;
    for (const { kind, name } of verdicts) {
      let at = this.known.findIndex((each) => each.kind === kind && each.name === name);
      if (at < 0 && this.known.length < MOST_FINDINGS) at = this.known.push({ kind, name }) - 1;
      bits |= 1 << (at < 0 ? MOST_FINDINGS : at);
    }
    return bits;
  }

  /** The states, each before those that its steps lead to; null if there is a cycle. */
  sorted(): Int32Array | null {
    const { size, starts, targets } = this;
    const incoming = new Int32Array(size);
    for (let edge = 0; edge < this.edges; edge++) incoming[targets[edge]!]! += 1;
    if (incoming[0] !== 0) return null;
    const order = new Int32Array(size);
    let count = 1;
    for (let at = 0; at < count; at++) {
      const state = order[at]!;
      for (let edge = starts[state]!, end = starts[state + 1]!; edge < end; edge++) {
        const target = targets[edge]!;
        incoming[target]! -= 1;
        if (incoming[target] === 0) order[count++] = target;
      }
    }
    return count === size ? order : null;
  }

  count(order: Int32Array): OrderCounts {
    const total = this.orders(order, 0);
    const states = this.states;
    const showing = (findings: number): { orders: string; probability: number } => ({
      orders: String(total - this.orders(order, findings)),
      probability: 1 - this.chance(order, findings),
    });
    const all = this.known.length === 0 ? { orders: "0", probability: 0 } : showing(-1);
    return {
      states,
      orders: String(total),
      failing: all.orders,
      probability: all.probability,
      findings: this.known.map((each, k) => ({ ...each, ...(this.known.length === 1 ? all : showing(1 << k)) })),
    };
  }

  /** How many orders show none of the given findings. */
  private orders(order: Int32Array, findings: number): bigint {
    if ((this.atStart & findings) !== 0) return 0n;
    // no state has more of them than the first, so if its number is exact all are
    const few = new Float64Array(order.length);
    this.sum(order, findings, few, 0, 1);
    if (few[0]! <= Number.MAX_SAFE_INTEGER) return BigInt(few[0]!);
    const many: bigint[] = new Array(order.length).fill(0n);
    this.sum(order, findings, many, 0n, 1n);
    return many[0]!;
  }

  /** By state, from the ends backwards: the orders from it on that show none of the findings. */
  private sum<T extends number | bigint>(
    order: Int32Array,
    findings: number,
    counts: { [state: number]: T },
    none: T,
    one: T,
  ): void {
    const { ends, movers, shows, starts, targets } = this;
    for (let k = order.length - 1; k >= 0; k--) {
      const state = order[k]!;
      let sum = movers[state] === 0 && (ends[state]! & findings) === 0 ? one : none;
      for (let edge = starts[state]!, end = starts[state + 1]!; edge < end; edge++) {
        if ((shows[edge]! & findings) === 0) sum = ((sum as number) + (counts[targets[edge]!] as number)) as T;
      }
      counts[state] = sum;
    }
  }

  /** The chance of an order that shows none of the findings. */
  private chance(order: Int32Array, findings: number): number {
    if ((this.atStart & findings) !== 0) return 0;
    const { alternatives, ends, movers, shows, starts, targets } = this;
    const chances = new Float64Array(order.length);
    for (let k = order.length - 1; k >= 0; k--) {
      const state = order[k]!;
      let sum = movers[state] === 0 && (ends[state]! & findings) === 0 ? 1 : 0;
      for (let edge = starts[state]!, end = starts[state + 1]!; edge < end; edge++) {
        if ((shows[edge]! & findings) === 0) sum += chances[targets[edge]!]! / alternatives[edge]!;
      }
      chances[state] = sum / Math.max(1, movers[state]!);
    }
    return chances[0]!;
  }
}
