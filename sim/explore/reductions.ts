/**
 * The reductions of a search over states, as one object that the search asks. Without reduction it does nothing.
 */
import type { Packing } from "./pack.ts";
import type { SharedReductions } from "./settling.ts";
import type { Steps } from "./steps.ts";
import type { Move } from "./strategy.ts";

export interface Reductions {
  /** in the words of the report */
  readonly names: readonly string[];
  /** tasks whose slots correspond one to one, for symmetry */
  readonly families: readonly (readonly number[])[];
  /** by task and position: slots that no longer matter there; null: all matter */
  readonly dead: readonly (readonly Int32Array[])[] | null;
  /** Called once, before anything else is asked. */
  bind(packing: Packing, own: readonly number[], steps: Steps): void;
  /** Puts interchangeable tasks into a fixed order, in place. */
  canonicalise(numbers: Int32Array): void;
  /**
   * After a step of `mover` (−1: at the start): goes on, in place, with steps whose order among the others' makes no
   * difference. Adds the moves made to `moves`; they violate nothing and no property sees them.
   */
  settle(numbers: Int32Array, mover: number, moves: Move[]): void;
  /** The same after a step with this effect from a state of the set, by its number. */
  settleAfter(
    effect: number,
    before: Int32Array,
    state: number,
    numbers: Int32Array,
    mover: number,
    moves: Move[],
  ): void;
  /**
   * Tasks whose steps are enough to try from here, provided that one of them leads to a state that will yet be
   * expanded, as 1s; null: all must be tried. `state` is the number of the state if it is one of the set, else −1;
   * `enabled[task]` is 1 for those that can move.
   */
  enough(numbers: Int32Array, state: number, enabled: Uint8Array, tried: Uint8Array | null): Uint8Array | null;
  /** What threads need that are to do the same; from now on they read along. Null: it cannot be done. */
  share?(): SharedReductions | null;
}

export const NO_REDUCTION: Reductions = {
  names: [],
  families: [],
  dead: null,
  bind: () => {},
  canonicalise: () => {},
  settle: () => {},
  settleAfter: () => {},
  enough: () => null,
};
