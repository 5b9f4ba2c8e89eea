/**
 * What steps do to numbered states, as far as it is known: the table of decisions and the effects it leads to. This is all
 * that a thread needs that reads along (see crew.ts); the one that also learns is in steps.ts.
 */
import { LIFE } from "../program/program.ts";
import { Decisions, NO_EFFECT } from "./decisions.ts";
import { NotKnown } from "./memory.ts";
import type { Packing } from "./pack.ts";

/** A position of a task that is not alive. */
export const ABSENT = -1;

/** Of an effect: flags, alternatives, and where its changes begin and end. */
export const FLAGS = 0;
export const ALTERNATIVES = 1;
export const FROM = 2;
export const TO = 3;
export const EFFECT = 4;
/** A change: component, number before, number after. */
export const CHANGE = 3;

/** Flags of an effect. */
export const ENABLED = 1;
/** the step violates something; what, the machine must say */
export const WRONG = 2;
/** a property or the judge may have something to say of the state after it */
export const CONCERNS = 4;
/** a number does not fit into its bits in the present layout */
export const UNFIT = 8;

/** Where among a task's own slots its position and its life stand, and the positions at which it may have to wait. */
export interface Cells {
  readonly pc: number;
  readonly life: number;
  /** by position: 1 if it may */
  readonly waits: Uint8Array;
}

/** What the table of waits leads to. */
export const WAITS = 1;
export const GOES_ON = 2;

export class Effects {
  readonly packing: Packing;
  /** by task: the component that holds its own slots */
  readonly own: Int32Array;
  readonly cells: readonly Cells[];
  decisions: Decisions;
  /** the same for whether a task that may have to wait does, which depends on less than what its step does */
  waits: Decisions;
  /** by effect: what `EFFECT` says */
  heads: Int32Array = new Int32Array(EFFECT * 64);
  changes: Int32Array = new Int32Array(CHANGE * 64);
  /** by effect and word: the bits of a packed state that it turns over */
  deltas: Int32Array = new Int32Array(64);
  /** by task: own number → position · 2 + (1 if told to die), or −1 */
  private readonly positions: Int32Array[];

  constructor(packing: Packing, own: Int32Array, cells: readonly Cells[]) {
    this.packing = packing;
    this.own = own;
    this.cells = cells;
    this.decisions = new Decisions(own);
    this.waits = new Decisions(own);
    this.positions = cells.map(() => new Int32Array(0));
  }

  /** Where a living task is: its position · 2, + 1 if it was told to die; `ABSENT` for others. */
  position(task: number, numbers: Int32Array): number {
    const number = numbers[this.own[task]!]!;
    const known = this.positions[task]!;
    if (number < known.length && known[number] !== -2) return known[number]!;
    return this.findPosition(task, number);
  }

  private findPosition(task: number, number: number): number {
    let known = this.positions[task]!;
    if (number >= known.length) {
      const larger = new Int32Array(Math.max(16, number * 2)).fill(-2);
      larger.set(known);
      known = larger;
      this.positions[task] = known;
    }
    const { dictionary } = this.packing.components[this.own[task]!]!;
    const { pc, life } = this.cells[task]!;
    const state = dictionary.cell(number, life);
    const alive = state === LIFE.alive || state === LIFE.dying;
    known[number] = alive ? 2 * dictionary.cell(number, pc) + (state === LIFE.dying ? 1 : 0) : ABSENT;
    return known[number]!;
  }

  /**
   * Whether the task can take a step.
   *
   * @throws NotKnown if another thread has to learn it first
   */
  canMove(task: number, numbers: Int32Array): boolean {
    const position = this.position(task, numbers);
    if (position === ABSENT) return false;
    // the dying wait for nothing
    if ((position & 1) === 1 || this.cells[task]!.waits[position >> 1] !== 1) return true;
    const answer = this.waits.find(task, 0, numbers);
    return (answer === NO_EFFECT ? this.learnWait(task, numbers) : answer) === GOES_ON;
  }

  /**
   * The effect of the task's step with that alternative, by its number for the questions below.
   *
   * @throws NotKnown if another thread has to learn it first
   */
  find(task: number, choice: number, numbers: Int32Array): number {
    const effect = this.decisions.find(task, choice, numbers);
    return effect === NO_EFFECT ? this.learn(task, choice, numbers) : effect;
  }

  isEnabled(effect: number): boolean {
    return (this.heads[effect * EFFECT + FLAGS]! & ENABLED) !== 0;
  }

  /** Whether the step violates something; what, the machine must say. */
  isWrong(effect: number): boolean {
    return (this.heads[effect * EFFECT + FLAGS]! & WRONG) !== 0;
  }

  /** Whether the judge may have something to say of the state after it. */
  concerns(effect: number): boolean {
    return (this.heads[effect * EFFECT + FLAGS]! & CONCERNS) !== 0;
  }

  alternatives(effect: number): number {
    return this.heads[effect * EFFECT + ALTERNATIVES]!;
  }

  /** Changes the numbers as the step does. */
  apply(effect: number, numbers: Int32Array): void {
    const { changes, heads } = this;
    for (let at = heads[effect * EFFECT + FROM]!, end = heads[effect * EFFECT + TO]!; at < end; at += CHANGE)
      numbers[changes[at]!] = changes[at + 2]!;
  }

  /** What to do with a wait that is not in the table. */
  protected learnWait(_task: number, _numbers: Int32Array): number {
    throw new NotKnown();
  }

  /** What to do with a step that is not in the table. */
  protected learn(_task: number, _choice: number, _numbers: Int32Array): number {
    throw new NotKnown();
  }
}
