/**
 * The reductions of a search over states, as one object that the search asks. Without reduction it does nothing.
 */
import type { Machine } from "../machine/machine.ts";
import type { Component, Packing } from "./pack.ts";
import type { Move } from "./strategy.ts";

/** Puts interchangeable tasks of a packed state into a fixed order. */
export interface Canonical {
  apply(words: Int32Array): void;
  /** components that must stay whole */
  readonly fixed: ReadonlySet<Component>;
}

export interface Reductions {
  /** in the words of the report */
  readonly names: readonly string[];
  /** tasks whose slots correspond one to one, for symmetry */
  readonly families: readonly (readonly number[])[];
  canonical(packing: Packing, ofTask: readonly number[]): Canonical | null;
  /**
   * After a step of `mover` (−1: at the start): goes on with steps whose order among the others' makes no difference,
   * and forgets what no longer matters. Adds the moves made to `moves`; they violate nothing and no property sees them.
   */
  settle(machine: Machine, mover: number, moves: Move[]): void;
  /**
   * Tasks whose steps are enough to try from here, provided that one of them leads to a state that will yet be
   * expanded; null: all must be tried. `enabled[task]` is 1 for those that can move.
   */
  enough(machine: Machine, enabled: Uint8Array): Uint8Array | null;
}

export const NO_REDUCTION: Reductions = {
  names: [],
  families: [],
  canonical: () => null,
  settle: () => {},
  enough: () => null,
};
