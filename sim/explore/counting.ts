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
 */
export function countOrders(
  exploration: Exploration,
  limit: number = COUNTING_LIMIT,
  flawless = false,
): OrderCounts | null {
  try {
    const { program, judge, reduction } = exploration;
    if (program.tasks.length >= MANY_TASKS && statesAtLeast(program) > limit) return null;
    const families = reduction ? findFamilies(program, judge.watched) : [];
    if (families.length > 0) {
      // exchanging tasks changes no number of orders, but the names of what they show
      const graph = new Graph(exploration, new Exchanges(families));
      const order = graph.build(limit) ? graph.sorted() : null;
      if (order === null || flawless) return order && graph.count(order);
    }
    const graph = new Graph(exploration, null);
    const order = graph.build(limit) ? graph.sorted() : null;
    if (order === null || !(flawless || graph.judge())) return null;
    return graph.count(order);
  } catch (problem) {
    if (problem instanceof MemoryExceeded) return null;
    throw problem;
  }
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
  /** by state: where its edges begin; one more than there are states */
  private readonly starts: number[] = [0];
  private readonly targets: number[] = [];
  /** by edge: the findings that it shows, as bits */
  private shows: Int32Array = new Int32Array(0);
  /** by edge: how many alternatives its step has */
  private readonly alternatives: number[] = [];
  /** by state: how many tasks can move */
  private readonly movers: number[] = [];
  /** by state: the findings that it shows if it is an end, as bits */
  private ends: Int32Array = new Int32Array(0);
  private atStart = 0;
  private readonly known: { readonly kind: FindingKind; readonly name: string }[] = [];
  /** those stored, or those that they stand for */
  private states = 0;

  constructor(exploration: Exploration, exchanges: Exchanges | null) {
    this.exploration = exploration;
    this.exchanges = exchanges;
    this.space = new Space(exploration, false, exchanges ?? NO_REDUCTION);
    this.next = this.space.start.slice();
  }

  /** Explores; false if there are too many states. */
  build(limit: number): boolean {
    const { space, exchanges, targets } = this;
    const { steps, visited } = space;
    const numbers = space.start.slice();
    if (this.goesRound(limit)) return false;
    for (let state = 0; state < visited.count; state++) {
      space.read(state, numbers);
      this.states += exchanges === null ? 1 : exchanges.orbitSize(numbers);
      if (Math.max(this.states, visited.count) > limit || this.mustStop(state)) return false;
      steps.trim();
      const movers = this.eachStep(numbers, this.addEdge);
      if (targets.length > limit * STEPS_PER_STATE) return false;
      this.movers.push(movers);
      this.starts.push(targets.length);
    }
    this.shows = new Int32Array(targets.length);
    this.ends = new Int32Array(visited.count);
    return true;
  }

  /** Adds where a step leads from the state that was entered last. */
  private readonly addEdge = (effect: number, numbers: Int32Array): void => {
    const { space, next } = this;
    let to: number;
    if (this.exchanges === null) to = space.addNext(effect, this.starts.length - 1, -1);
    else {
      next.set(numbers);
      space.steps.apply(effect, next);
      to = space.add(next, -1);
    }
    this.targets.push(to >= 0 ? to : -1 - to);
    this.alternatives.push(space.steps.alternatives(effect));
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

  /** Asks the judge about every step and every end, in the order of the states; false if that takes too long. */
  judge(): boolean {
    const { space, exploration, shows, ends } = this;
    const { judge } = exploration;
    const numbers = space.start.slice();
    this.atStart = this.bits(judge.atStart(space.show(numbers)));
    let edge = 0;
    for (let state = 0; state < ends.length; state++) {
      if (this.mustStop(state)) return false;
      space.read(state, numbers);
      space.steps.trim();
      const movers = this.eachStep(numbers, (_, __, task, choice) => {
        const machine = space.show(numbers);
        machine.violations = [];
        machine.step(task, choice);
        shows[edge++] = this.bits(judge.afterStep(machine, task));
        machine.violations = [];
        machine.undo(0);
      });
      if (movers === 0) ends[state] = this.bits(judge.atEnd(space.show(numbers)));
    }
    return true;
  }

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
  sorted(): number[] | null {
    const size = this.movers.length;
    const incoming = new Int32Array(size);
    for (let edge = 0; edge < this.targets.length; edge++) incoming[this.targets[edge]!]! += 1;
    const order = [0];
    for (let at = 0; at < order.length; at++) {
      const state = order[at]!;
      for (let edge = this.starts[state]!; edge < this.starts[state + 1]!; edge++) {
        const target = this.targets[edge]!;
        incoming[target]! -= 1;
        if (incoming[target] === 0) order.push(target);
      }
    }
    return incoming[0] === 0 && order.length === size ? order : null;
  }

  count(order: readonly number[]): OrderCounts {
    const total = this.clean(order, 0);
    if (this.known.length === 0)
      return { states: this.states, orders: String(total.orders), failing: "0", probability: 0, findings: [] };
    const any = this.clean(order, -1);
    return {
      states: this.states,
      orders: String(total.orders),
      failing: String(total.orders - any.orders),
      probability: 1 - any.probability,
      findings: this.known.map(({ kind, name }, k) => {
        const without = this.clean(order, 1 << k);
        return { kind, name, orders: String(total.orders - without.orders), probability: 1 - without.probability };
      }),
    };
  }

  /** Orders that show none of the given findings, and the chance of one of them. */
  private clean(order: readonly number[], findings: number): { orders: bigint; probability: number } {
    if ((this.atStart & findings) !== 0) return { orders: 0n, probability: 0 };
    const orders: bigint[] = new Array(order.length).fill(0n);
    const chances = new Float64Array(order.length);
    for (let k = order.length - 1; k >= 0; k--) {
      const state = order[k]!;
      if (this.movers[state] === 0) {
        const fine = (this.ends[state]! & findings) === 0;
        orders[state] = fine ? 1n : 0n;
        chances[state] = fine ? 1 : 0;
        continue;
      }
      let sum = 0n;
      let chance = 0;
      for (let edge = this.starts[state]!; edge < this.starts[state + 1]!; edge++) {
        if ((this.shows[edge]! & findings) !== 0) continue;
        sum += orders[this.targets[edge]!]!;
        chance += chances[this.targets[edge]!]! / this.alternatives[edge]!;
      }
      orders[state] = sum;
      chances[state] = chance / this.movers[state]!;
    }
    return { orders: orders[0]!, probability: chances[0]! };
  }
}
