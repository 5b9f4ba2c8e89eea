/**
 * What would have come of a path if a task had read another value: the test whether that read is a cause of what went
 * wrong. The path is played with the value in its place, as far as it can be; then whoever is left goes on, one task after
 * the other. Source of the idea: Halpern, Pearl, "Causes and Explanations: A Structural-Model Approach. Part I: Causes"
 * (British Journal for the Philosophy of Science 56(4), 2005).
 */
import { type NamedPlace, namedPlaces } from "../detect/names.ts";
import { findRaces } from "../detect/races.ts";
import { ListOverflow, Machine } from "../machine/machine.ts";
import { type Program, sizeOf } from "../program/program.ts";
import { enabledTasks } from "./moves.ts";
import { isWanted } from "./shortest.ts";
import type { Judge, Verdict } from "./strategy.ts";
import type { Step } from "./trace.ts";

/** Steps played behind the path, and steps played for one sentence in all. */
const BEHIND = 500;
const PLAYED = 50_000;

/** Where the task would have done something else. */
export interface Difference {
  /** the first of its steps that would have written something else, or would not have been taken */
  readonly at: number;
  /** the slot that it would have written otherwise; −1: it would not have been that step */
  readonly slot: number;
}

export class Intervention {
  private readonly machine: Machine;
  private readonly judge: Judge;
  private readonly verdict: Verdict;
  private readonly steps: readonly Step[];
  /** whether several tasks see the slot */
  private readonly isShared: (slot: number) => boolean;
  private readonly named: readonly (NamedPlace | undefined)[];
  /** after each step of the path */
  private readonly states: readonly Int32Array[];
  /** whether something else went wrong in each step */
  private readonly failures: readonly boolean[];
  /** what happened before each step, by synchronisation alone (see detect/races.ts), once that was asked */
  private clocks: readonly Int32Array[] | null = null;
  private played = 0;

  constructor(
    program: Program,
    judge: Judge,
    verdict: Verdict,
    steps: readonly Step[],
    isShared: (slot: number) => boolean,
  ) {
    this.isShared = isShared;
    this.machine = new Machine(program, { recording: true });
    this.judge = judge;
    this.verdict = verdict;
    this.steps = steps;
    this.named = namedPlaces(program);
    const failures: boolean[] = [];
    this.states = steps.map(({ task, choice }) => {
      this.machine.step(task, choice);
      failures.push(this.machine.violations.length > 0);
      this.machine.violations = [];
      return Int32Array.from(this.machine.state);
    });
    this.failures = failures;
  }

  /**
   * Whether what went wrong would not have, if the task that read a slot in step `at` had found there, until step `until`,
   * what that step left there. Null if it would have all the same; else where the task would have done something else.
   */
  averted(at: number, slot: number, until: number): Difference | null {
    return withinRoom(() => {
      const slots = this.partOf(slot);
      const found = slots.map((each) => this.states[until]![each]!);
      const { wrong, first } = this.play(at, slots, found, until);
      if (wrong || !this.endsWell(this.steps[at]!.task)) return null;
      return first ?? { at: this.steps.length - 1, slot: -1 };
    });
  }

  /** Whether synchronisation put the later step behind the earlier one, so that neither came too early for the other. */
  areOrdered(earlier: number, later: number): boolean {
    const { task } = this.steps[earlier]!;
    this.clocks ??= this.findClocks();
    return this.clocks[later]![task]! >= this.clocks[earlier]![task]!;
  }

  private findClocks(): Int32Array[] {
    const clocks: Int32Array[] = [];
    findRaces(this.machine.program, this.steps, (clock) => clocks.push(clock.slice()));
    return clocks;
  }

  /** Whether it would not have gone wrong if of two writes to a slot the earlier one had come later. */
  avertedInstead(earlier: number, later: number, slot: number): boolean {
    return withinRoom(() => this.endsWellInstead(earlier, later, slot)) === true;
  }

  private endsWellInstead(earlier: number, later: number, slot: number): boolean {
    const { machine, steps } = this;
    if (!this.beginAt(later)) return false;
    for (let k = later; k < steps.length; k++) {
      const { task, choice } = steps[k]!;
      if (!machine.enabled(task)) continue;
      machine.step(task, choice);
      if (k === later) machine.write(slot, this.states[earlier]![slot]!);
      if (this.goesWrong(task, this.failures[k]!)) return false;
    }
    return this.endsWell(steps[later]!.task);
  }

  /** Puts the machine before a step of the path; false if too much has been played already. */
  private beginAt(at: number): boolean {
    const { machine } = this;
    this.played += this.steps.length - at;
    if (this.played > PLAYED) return false;
    machine.undo(0);
    machine.violations = [];
    if (at > 0) {
      this.states[at - 1]!.forEach((value, slot) => {
        if (machine.state[slot] !== value) machine.write(slot, value);
      });
    }
    return true;
  }

  /** Where the task wrote what it made of the number that it read in step `at`: with another one it would have been another. */
  madeOf(at: number, slot: number, until: number): Difference | null {
    const { values } = this.machine.program;
    const number = values.decode(at === 0 ? this.machine.program.slots[slot]!.initial : this.states[at - 1]![slot]!);
    if (typeof number !== "number" || !Number.isSafeInteger(number)) return null;
    for (const other of [number + 1, number - 1]) {
      const first = withinRoom(() => this.play(at, [slot], [values.encode(other)], until).first);
      if (first !== null && first.slot >= 0) return first;
    }
    return null;
  }

  /** Plays the path with these values in these slots, for the reader from step `at` to step `until`. */
  private play(
    at: number,
    slots: readonly number[],
    found: readonly number[],
    until: number,
  ): { readonly wrong: boolean; readonly first: Difference | null } {
    const { machine, steps } = this;
    const reader = steps[at]!.task;
    let first: Difference | null = null;
    if (!this.beginAt(at)) return { wrong: true, first };
    for (let k = at; k < steps.length; k++) {
      const { task, choice } = steps[k]!;
      const isReader = task === reader;
      const was = isReader && k < until ? this.replace(slots, found) : null;
      const same = this.standsAt(task) === steps[k]!.at;
      const canMove = machine.enabled(task);
      machine.clearFootprint();
      if (canMove) machine.step(task, choice);
      if (was !== null) this.putBack(slots, was);
      if (isReader && this.acts(k)) {
        const other = canMove && same ? steps[k]!.writes.find((each) => this.isOther(each, k)) : -1;
        if (other !== undefined) first ??= { at: k, slot: other };
      }
      if (canMove && this.goesWrong(task, this.failures[k]!)) return { wrong: true, first };
    }
    return { wrong: false, first };
  }

  /** The reader's first step behind step `until` that the others notice. */
  nextAct(at: number, until: number): number {
    const { task } = this.steps[at]!;
    const next = this.steps.findIndex((step, k) => k > until && step.task === task && this.acts(k));
    return next < 0 ? until : next;
  }

  /** A step that the others notice, or the one in which it went wrong. */
  private acts(k: number): boolean {
    return k === this.steps.length - 1 || this.steps[k]!.writes.some((slot) => this.isSeen(slot));
  }

  private isSeen(slot: number): boolean {
    return this.named[slot]?.role === "resource" || this.isShared(slot);
  }

  private isOther(slot: number, k: number): boolean {
    return this.isSeen(slot) && this.machine.state[slot] !== this.states[k]![slot];
  }

  private standsAt(task: number): number {
    return this.machine.state[this.machine.program.tasks[task]!.pcSlot]!;
  }

  /** The slot; of a list all of it, since its elements move. */
  private partOf(slot: number): readonly number[] {
    const place = this.named[slot]?.place;
    if (place?.layout.type !== "list") return [slot];
    return Array.from({ length: sizeOf(place.layout) }, (_, k) => place.base + k);
  }

  private replace(slots: readonly number[], found: readonly number[]): number[] {
    const { machine } = this;
    const was = slots.map((slot) => machine.state[slot]!);
    slots.forEach((slot, k) => {
      machine.write(slot, found[k]!);
    });
    return was;
  }

  private putBack(slots: readonly number[], was: readonly number[]): void {
    const written = this.machine.writes.slice();
    slots.forEach((slot, k) => {
      if (!written.includes(slot)) this.machine.write(slot, was[k]!);
    });
  }

  private goesWrong(task: number, asEver = false): boolean {
    const { machine } = this;
    const shown = this.shows(this.judge.afterStep(machine, task));
    const wrong = shown || (machine.violations.length > 0 && !asEver);
    machine.violations = [];
    return wrong;
  }

  private shows(verdicts: readonly Verdict[]): boolean {
    return verdicts.some((verdict) => isWanted(verdict, this.verdict));
  }

  /** Plays on, the reader first. */
  private endsWell(reader: number): boolean {
    const { machine } = this;
    for (let steps = 0; steps < BEHIND; steps++) {
      const enabled = enabledTasks(machine);
      const task = enabled.includes(reader) ? reader : enabled[0];
      if (task === undefined) return !this.shows(this.judge.atEnd(machine));
      machine.step(task, 0);
      if (this.goesWrong(task)) return false;
    }
    return true;
  }
}

/** What the function gives; null if a list grows beyond the room that it has in the program. */
function withinRoom<T>(play: () => T): T | null {
  try {
    return play();
  } catch (problem) {
    if (problem instanceof ListOverflow) return null;
    throw problem;
  }
}
