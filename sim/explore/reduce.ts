/**
 * The reductions of a search over states, chosen by what the program allows.
 *
 * - fusing: a step that is enough to try on its own (see independence.ts) is taken at once, and no state is stored
 *   before it. Every run of such steps is bounded, and where one ends the search goes on as always, so that an endless
 *   run still shows as a cycle of states. What a task will not read again is set to 0 (see program/liveness.ts).
 * - symmetry: states that differ only in which of several interchangeable tasks is which are one (see canonical.ts).
 * - partial-order: sets of several tasks that are enough, where a state is expanded.
 */
import { Holding } from "../program/holding.ts";
import { deadSlots } from "../program/liveness.ts";
import { type PositionFootprint, stepFootprints } from "../program/step-footprint.ts";
import { type Family, findFamilies } from "../program/symmetry.ts";
import { Independence, relate } from "./independence.ts";
import type { Packing } from "./pack.ts";
import type { Reductions } from "./reductions.ts";
import { type ReductionChoice, Settling, type SharedReductions } from "./settling.ts";
import type { Steps } from "./steps.ts";
import type { Exploration, Move } from "./strategy.ts";

export type { ReductionChoice } from "./settling.ts";

export const ALL_REDUCTIONS: ReductionChoice = { fusing: true, partialOrder: true, symmetry: true };

export function makeReductions(exploration: Exploration, choice: ReductionChoice = ALL_REDUCTIONS): Reductions {
  return new Reducer(exploration, choice);
}

class Reducer implements Reductions {
  readonly names: readonly string[];
  readonly families: readonly (readonly number[])[];
  readonly dead: readonly (readonly Int32Array[])[] | null;
  private readonly exploration: Exploration;
  private readonly choice: ReductionChoice;
  private readonly footprints: readonly (readonly PositionFootprint[])[];
  private readonly symmetric: readonly Family[];
  private independence!: Independence;
  private settling!: Settling;

  constructor(exploration: Exploration, choice: ReductionChoice) {
    const { program, judge } = exploration;
    this.exploration = exploration;
    this.choice = choice;
    this.footprints = stepFootprints(program);
    this.dead = choice.fusing ? deadSlots(program, judge.watched) : null;
    this.symmetric = choice.symmetry ? findFamilies(program, judge.watched) : [];
    this.families = this.symmetric.map((family) => family.tasks);
    this.names = [
      ...(choice.fusing ? ["fusing"] : []),
      ...(choice.partialOrder ? ["partial-order"] : []),
      ...(this.symmetric.length > 0 ? ["symmetry"] : []),
    ];
  }

  bind(packing: Packing, own: readonly number[], steps: Steps): void {
    const { program, judge } = this.exploration;
    const relations = relate(program, judge.watched, this.footprints);
    this.independence = new Independence(relations, steps, this.footprints.flat(), new Holding(program));
    this.settling = new Settling(this.choice, this.symmetric, packing, own, steps, this.independence);
  }

  share(): SharedReductions | null {
    const relations = this.independence.share();
    if (relations.conflicts.length === 0) return null;
    return { choice: this.choice, symmetric: this.symmetric, relations };
  }

  canonicalise(numbers: Int32Array): void {
    this.settling.canonicalise(numbers);
  }

  settle(numbers: Int32Array, mover: number, moves: Move[]): void {
    this.settling.settle(numbers, mover, moves);
  }

  settleAfter(
    effect: number,
    before: Int32Array,
    state: number,
    numbers: Int32Array,
    mover: number,
    moves: Move[],
  ): void {
    this.settling.settleAfter(effect, before, state, numbers, mover, moves);
  }

  enough(numbers: Int32Array, state: number, enabled: Uint8Array, tried: Uint8Array | null): Uint8Array | null {
    return this.settling.enough(numbers, state, enabled, tried);
  }
}
