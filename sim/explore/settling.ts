/**
 * The reductions at work on numbered states, for the thread that searches as for those that help it (crew.ts): what
 * reduce.ts says they are.
 */
import type { Family } from "../program/symmetry.ts";
import { makeCanonical } from "./canonical.ts";
import type { Effects } from "./effects.ts";
import type { Independence, Relations } from "./independence.ts";
import type { Packing } from "./pack.ts";
import type { Move } from "./strategy.ts";

/** Longest run of steps between two stored states. */
const LONGEST_RUN = 1000;
/** After so many it is looked whether they go round. */
const LONG_RUN = 8;

export interface ReductionChoice {
  readonly fusing: boolean;
  readonly partialOrder: boolean;
  readonly symmetry: boolean;
}

/** What another thread needs for the same reductions. */
export interface SharedReductions {
  readonly choice: ReductionChoice;
  readonly symmetric: readonly Family[];
  readonly relations: Relations;
}

export class Settling {
  private readonly choice: ReductionChoice;
  private readonly steps: Effects;
  private readonly independence: Independence;
  /** steps that violate something are not taken ahead of the others */
  private readonly barred: Uint8Array;
  /** of a long run: a state on its way */
  private readonly before: Int32Array;
  private readonly sort: ((numbers: Int32Array) => void) | null;

  constructor(
    choice: ReductionChoice,
    symmetric: readonly Family[],
    packing: Packing,
    own: ArrayLike<number>,
    steps: Effects,
    independence: Independence,
  ) {
    this.choice = choice;
    this.steps = steps;
    this.independence = independence;
    this.barred = new Uint8Array(own.length);
    this.before = new Int32Array(packing.components.length);
    this.sort = symmetric.length > 0 ? makeCanonical(symmetric, packing, own) : null;
  }

  canonicalise(numbers: Int32Array): void {
    this.sort?.(numbers);
  }

  settle(numbers: Int32Array, mover: number, moves: Move[]): void {
    if (!this.choice.fusing) return;
    this.independence.look(numbers);
    this.moveOn(numbers, mover, moves);
  }

  settleAfter(
    effect: number,
    before: Int32Array,
    state: number,
    numbers: Int32Array,
    mover: number,
    moves: Move[],
  ): void {
    if (!this.choice.fusing) return;
    this.independence.look(before, state);
    this.independence.follow(effect, numbers);
    this.moveOn(numbers, mover, moves);
  }

  private moveOn(numbers: Int32Array, mover: number, moves: Move[]): void {
    const { barred, independence, steps } = this;
    barred.fill(0);
    let last = mover;
    for (let run = 0; run < LONGEST_RUN; ) {
      const task = independence.findFree(numbers, last, barred);
      if (task < 0) return;
      const effect = steps.find(task, 0, numbers);
      if (steps.isWrong(effect)) {
        // it may end the task, which was not reckoned with: it is left to the search
        barred[task] = 1;
        continue;
      }
      steps.apply(effect, numbers);
      independence.follow(effect, numbers);
      moves.push({ task, choice: 0 });
      if (run >= LONG_RUN && this.goesRound(numbers, run)) return;
      last = task;
      run += 1;
    }
  }

  /** Whether a run has come back to where it was (R. P. Brent's way of finding a cycle, 1980). */
  private goesRound(numbers: Int32Array, run: number): boolean {
    const { before } = this;
    if (run > LONG_RUN && numbers.every((number, component) => number === before[component])) return true;
    if ((run & (run - 1)) === 0) before.set(numbers);
    return false;
  }

  enough(numbers: Int32Array, state: number, enabled: Uint8Array, tried: Uint8Array | null): Uint8Array | null {
    if (!this.choice.partialOrder) return null;
    this.independence.look(numbers, state);
    return this.independence.enough(numbers, enabled, tried);
  }
}
