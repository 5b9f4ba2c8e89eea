/**
 * The reductions of a search over states, chosen by what the program allows.
 *
 * - fusing: a step that is enough to try on its own (see independence.ts) is taken at once, and no state is stored
 *   before it. Every run of such steps is bounded, and where one ends the search goes on as always, so that an endless
 *   run still shows as a cycle of states.
 * - dead variables: what a task will not read again is set to 0.
 * - symmetry: states that differ only in which of several interchangeable tasks is which are one (see canonical.ts).
 * - partial-order: sets of several tasks that are enough, where a state is expanded.
 */
import type { Machine } from "../machine/machine.ts";
import { deadSlots } from "../program/liveness.ts";
import type { Program } from "../program/program.ts";
import { type Family, findFamilies } from "../program/symmetry.ts";
import { makeCanonical } from "./canonical.ts";
import { Independence } from "./independence.ts";
import type { Packing } from "./pack.ts";
import type { Canonical, Reductions } from "./reductions.ts";
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
  private readonly program: Program;
  private readonly symmetric: readonly Family[];
  private readonly choice: ReductionChoice;
  private readonly independence: Independence;
  private readonly dead: readonly (readonly Int32Array[])[];
  private readonly pcSlots: Int32Array;
  private readonly barred: Uint8Array;

  constructor(exploration: Exploration, choice: ReductionChoice) {
    const { program, judge } = exploration;
    this.choice = choice;
    this.independence = new Independence(program, judge.watched);
    this.dead = choice.fusing ? deadSlots(program, judge.watched) : [];
    this.pcSlots = Int32Array.from(program.tasks, (task) => task.pcSlot);
    this.barred = new Uint8Array(program.tasks.length);
    this.program = program;
    this.symmetric = choice.symmetry ? findFamilies(program, judge.watched) : [];
    this.families = this.symmetric.map((family) => family.tasks);
    this.names = [
      ...(choice.fusing ? ["fusing"] : []),
      ...(choice.partialOrder ? ["partial-order"] : []),
      ...(this.symmetric.length > 0 ? ["symmetry"] : []),
    ];
  }

  canonical(packing: Packing, ofTask: readonly number[]): Canonical | null {
    return this.symmetric.length === 0 ? null : makeCanonical(this.program, this.symmetric, packing, ofTask);
  }

  settle(machine: Machine, mover: number, moves: Move[]): void {
    if (!this.choice.fusing) return;
    if (mover >= 0) this.forget(machine, mover);
    else for (let task = 0; task < this.pcSlots.length; task++) this.forget(machine, task);
    this.barred.fill(0);
    let last = mover;
    for (let run = 0; run < LONGEST_RUN; run++) {
      last = this.moveOn(machine, last);
      if (last < 0) return;
      moves.push({ task: last, choice: 0 });
      this.forget(machine, last);
    }
  }

  /** Takes a step that is enough on its own, the last mover's if possible; whose it was, −1 if there is none. */
  private moveOn(machine: Machine, last: number): number {
    const { independence, barred } = this;
    independence.look(machine);
    if (last >= 0 && this.tryStep(machine, last)) return last;
    for (let task = 0; task < barred.length; task++) if (task !== last && this.tryStep(machine, task)) return task;
    return -1;
  }

  private tryStep(machine: Machine, task: number): boolean {
    if (this.barred[task] === 1 || !this.independence.isFree(machine, task)) return false;
    const mark = machine.trailSize;
    const violations = machine.violations.length;
    machine.step(task, 0);
    if (machine.violations.length === violations) return true;
    // a step that goes wrong may end the task, which was not reckoned with: it is left to the search
    machine.violations.length = violations;
    machine.undo(mark);
    this.barred[task] = 1;
    return false;
  }

  /** Sets what the task will not read again to 0. */
  private forget(machine: Machine, task: number): void {
    const slots = this.dead[task]![machine.state[this.pcSlots[task]!]!];
    if (slots === undefined) return;
    for (let k = 0; k < slots.length; k++) machine.write(slots[k]!, 0);
  }

  enough(machine: Machine, enabled: Uint8Array): Uint8Array | null {
    return this.choice.partialOrder ? this.independence.enough(machine, enabled) : null;
  }
}
