/**
 * How many orders there are, how many of them show each finding, and how likely a scheduler is to hit one that chooses
 * among the tasks that can move with equal chances at every step (and among the alternatives of a choice).
 *
 * Counted on the whole graph of states, from its ends backwards, so the graph must be finite and free of cycles. An
 * order is a complete path: two that differ in any step, or in any choice, are two.
 */
import type { FindingKind } from "../machine/finding.ts";
import { NO_REDUCTION } from "./reductions.ts";
import { Space } from "./space.ts";
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

/** Findings beyond these are not told apart. */
const MOST_FINDINGS = 30;

/** The counts; null if some order never ends, or there are more states than `limit`. */
export function countOrders(exploration: Exploration, limit: number = COUNTING_LIMIT): OrderCounts | null {
  try {
    const graph = new Graph(exploration);
    if (!graph.build(limit)) return null;
    const order = graph.sorted();
    return order === null ? null : graph.count(order);
  } catch (problem) {
    if (problem instanceof MemoryExceeded) return null;
    throw problem;
  }
}

class Graph {
  private readonly space: Space;
  private readonly exploration: Exploration;
  /** by state: where its edges begin; one more than there are states */
  private readonly starts: number[] = [0];
  private readonly targets: number[] = [];
  /** by edge: the findings that it shows, as bits */
  private readonly shows: number[] = [];
  /** by edge: how many alternatives its step has */
  private readonly alternatives: number[] = [];
  /** by state: how many tasks can move */
  private readonly movers: number[] = [];
  /** by state: the findings that it shows if it is an end (and, for the first, at the start), as bits */
  private readonly ends: number[] = [];
  private atStart = 0;
  private readonly known: { readonly kind: FindingKind; readonly name: string }[] = [];

  constructor(exploration: Exploration) {
    this.exploration = exploration;
    this.space = new Space(exploration, false, NO_REDUCTION);
  }

  /** Explores; false if there are too many states. */
  build(limit: number): boolean {
    const { space, exploration } = this;
    const { judge, program } = exploration;
    const { steps, visited } = space;
    const numbers = space.start.slice();
    const next = space.start.slice();
    this.atStart = this.bits(judge.atStart(space.show(numbers)));
    space.add(numbers, -1);
    for (let state = 0; state < visited.count; state++) {
      if (visited.count > limit || (state % 1024 === 0 && exploration.stopRequested() !== null)) return false;
      space.read(state, numbers);
      steps.trim();
      let movers = 0;
      for (let task = 0; task < program.tasks.length; task++) {
        if (!steps.isEnabled(steps.find(task, 0, numbers))) continue;
        movers += 1;
        for (let choice = 0, most = 1; choice < most; choice++) {
          const effect = steps.find(task, choice, numbers);
          const alternatives = steps.alternatives(effect);
          most = Math.max(most, alternatives);
          // beyond its own alternatives a choice repeats an earlier one
          if (choice >= alternatives) continue;
          const machine = space.show(numbers);
          machine.violations = [];
          machine.step(task, choice);
          this.shows.push(this.bits(judge.afterStep(machine, task)));
          machine.violations = [];
          machine.undo(0);
          next.set(numbers);
          steps.apply(effect, next);
          const to = space.add(next, -1);
          this.targets.push(to >= 0 ? to : -1 - to);
          this.alternatives.push(alternatives);
        }
      }
      this.movers.push(movers);
      this.ends.push(movers === 0 ? this.bits(judge.atEnd(space.show(numbers))) : 0);
      this.starts.push(this.targets.length);
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
    for (const target of this.targets) incoming[target]! += 1;
    const order = [0];
    for (const state of order) {
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
    const any = this.clean(order, -1);
    return {
      states: order.length,
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
