/**
 * Expands rows of states with what the searching thread has learnt, and learns nothing itself: of that thread's arrays it
 * reads what is complete (see crew.ts).
 */
import type { Dictionary } from "./dictionary.ts";
import { type Cells, Effects, GOES_ON } from "./effects.ts";
import { expand, type Successors } from "./expand.ts";
import { ReducedExpansion } from "./expand-reduced.ts";
import { Independence } from "./independence.ts";
import { type Layout, Packing } from "./pack.ts";
import { Settling, type SharedReductions } from "./settling.ts";
import type { Space } from "./space.ts";

/** What stays as it is during a search, as plain data. */
export interface Setting {
  /** as in `Packing` and `Effects` */
  readonly groups: readonly (readonly number[])[];
  readonly alike: readonly number[];
  readonly slotCount: number;
  readonly own: Int32Array;
  readonly cells: readonly Cells[];
  /** null: without reductions */
  readonly reductions: SharedReductions | null;
}

/** The arrays in which the searching thread writes. */
export interface Shared {
  readonly store: Int32Array;
  readonly table: Int32Array;
  readonly decisions: readonly Int32Array[];
  readonly waits: readonly Int32Array[];
  readonly heads: Int32Array;
  readonly changes: Int32Array;
  readonly deltas: Int32Array;
  readonly dictionaries: readonly (readonly Int32Array[])[];
  readonly layout: Layout;
}

export function settingOf({ packing, steps }: Space, reductions: SharedReductions | null): Setting {
  const { components, componentOf } = packing;
  return {
    groups: components.map(({ slots }) => [...slots]),
    alike: components.map((each) => components.findIndex(({ dictionary }) => dictionary === each.dictionary)),
    slotCount: componentOf.length,
    own: steps.own,
    cells: steps.cells,
    reductions,
  };
}

export function sharedOf({ packing, steps, visited }: Space): Shared {
  return {
    store: visited.store,
    table: visited.table,
    decisions: steps.decisions.arrays,
    waits: steps.waits.arrays,
    heads: steps.heads,
    changes: steps.changes,
    deltas: steps.deltas,
    dictionaries: packing.dictionaries.map((dictionary) => dictionary.arrays),
    layout: packing.layout,
  };
}

export class Reader {
  private readonly effects: Effects;
  private readonly dictionaries: readonly Dictionary[];
  private readonly numbers: Int32Array;
  private readonly reduced: ReducedExpansion | null;
  private store: Int32Array = new Int32Array(0);

  constructor({ groups, alike, slotCount, own, cells, reductions }: Setting) {
    const packing = new Packing(groups, alike, slotCount);
    const effects = new Effects(packing, own, cells);
    this.dictionaries = packing.dictionaries;
    this.effects = effects;
    this.numbers = new Int32Array(packing.components.length);
    if (reductions === null) {
      this.reduced = null;
      return;
    }
    const { choice, symmetric, relations } = reductions;
    const independence = new Independence(relations, effects, null, null);
    this.reduced = new ReducedExpansion(effects, new Settling(choice, symmetric, packing, own, effects, independence));
  }

  /** From now on so many nodes, effects, nodes of waits and numbers of each dictionary are complete. */
  readAlong(shared: Shared, nodes: number, effects: number, waits: number, counts: ArrayLike<number>): void {
    const { effects: known, dictionaries } = this;
    known.decisions.readAlong(shared.decisions, nodes, effects);
    known.waits.readAlong(shared.waits, waits, GOES_ON + 1);
    known.heads = shared.heads;
    known.changes = shared.changes;
    known.deltas = shared.deltas;
    known.packing.layout = shared.layout;
    shared.dictionaries.forEach((arrays, k) => {
      dictionaries[k]!.readAlong(arrays, counts[k]!);
    });
    this.store = shared.store;
  }

  /** As `expand`, of the states of the store. */
  expand(from: number, to: number, row: Successors): number {
    const { effects, numbers, store } = this;
    if (this.reduced !== null) return this.reduced.expand(store, from, to, row);
    return expand(effects, effects.packing.layout, store, from, to, numbers, row);
  }
}
