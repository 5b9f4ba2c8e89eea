/**
 * The reductions of a search over states, chosen by what the program allows.
 *
 * - fusing: a step that is enough to try on its own (see independence.ts) is taken at once, and no state is stored
 *   before it. Every run of such steps is bounded, and where one ends the search goes on as always, so that an endless
 *   run still shows as a cycle of states. What a task will not read again is set to 0 (see program/liveness.ts).
 * - symmetry: states that differ only in which of several interchangeable tasks is which are one (see canonical.ts).
 * - partial-order: sets of several tasks that are enough, where a state is expanded.
 */
import { deadSlots } from "../program/liveness.ts";
import { type PositionFootprint, stepFootprints } from "../program/step-footprint.ts";
import { type Family, findFamilies } from "../program/symmetry.ts";
import { makeCanonical } from "./canonical.ts";
import { Independence } from "./independence.ts";
import type { Packing } from "./pack.ts";
import type { Reductions } from "./reductions.ts";
import type { Steps } from "./steps.ts";
import type { Exploration, Move } from "./strategy.ts";

/** Longest run of steps between two stored states. */
const LONGEST_RUN = 1000;

export interface ReductionChoice {
  readonly fusing: boolean;
  readonly partialOrder: boolean;
  readonly symmetry: boolean;
}

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
  /** steps that violate something are not taken ahead of the others */
  private readonly barred: Uint8Array;
  private steps!: Steps;
  private independence!: Independence;
  private sort: ((numbers: Int32Array) => void) | null = null;

  constructor(exploration: Exploration, choice: ReductionChoice) {
    const { program, judge } = exploration;
    this.exploration = exploration;
    this.choice = choice;
    this.footprints = stepFootprints(program);
    this.dead = choice.fusing ? deadSlots(program, judge.watched) : null;
    this.barred = new Uint8Array(program.tasks.length);
    this.symmetric = choice.symmetry ? findFamilies(program, judge.watched, this.footprints) : [];
    this.families = this.symmetric.map((family) => family.tasks);
    this.names = [
      ...(choice.fusing ? ["fusing"] : []),
      ...(choice.partialOrder ? ["partial-order"] : []),
      ...(this.symmetric.length > 0 ? ["symmetry"] : []),
    ];
  }

  bind(packing: Packing, own: readonly number[], steps: Steps): void {
    const { program, judge } = this.exploration;
    this.steps = steps;
    this.independence = new Independence(program, judge.watched, steps, this.footprints);
    if (this.symmetric.length > 0) this.sort = makeCanonical(program, this.symmetric, packing, own);
  }

  canonicalise(numbers: Int32Array): void {
    this.sort?.(numbers);
  }

  settle(numbers: Int32Array, mover: number, moves: Move[]): void {
    if (!this.choice.fusing) return;
    this.barred.fill(0);
    let last = mover;
    for (let run = 0; run < LONGEST_RUN; run++) {
      last = this.moveOn(numbers, last);
      if (last < 0) return;
      moves.push({ task: last, choice: 0 });
    }
  }

  /** Takes a step that is enough on its own, the last mover's if possible; whose it was, −1 if there is none. */
  private moveOn(numbers: Int32Array, last: number): number {
    const { independence, barred } = this;
    independence.look(numbers);
    if (last >= 0 && this.tryStep(numbers, last)) return last;
    for (let task = 0; task < barred.length; task++) if (task !== last && this.tryStep(numbers, task)) return task;
    return -1;
  }

  private tryStep(numbers: Int32Array, task: number): boolean {
    const { barred, independence, steps } = this;
    if (barred[task] === 1 || !independence.isFree(numbers, task)) return false;
    const effect = steps.find(task, 0, numbers);
    if (steps.isWrong(effect)) {
      // it may end the task, which was not reckoned with: it is left to the search
      barred[task] = 1;
      return false;
    }
    steps.apply(effect, numbers);
    return true;
  }

  enough(numbers: Int32Array, enabled: Uint8Array): Uint8Array | null {
    return this.choice.partialOrder ? this.independence.enough(numbers, enabled) : null;
  }
}
