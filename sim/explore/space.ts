/**
 * What breadth first and depth first share: the steps on numbered states, the packed states seen so far, and the
 * reductions in use.
 */
import { Machine } from "../machine/machine.ts";
import { groupSlots } from "./groups.ts";
import { Packing, unpackAs } from "./pack.ts";
import { NO_REDUCTION, type Reductions } from "./reductions.ts";
import { Loader, Steps } from "./steps.ts";
import type { Exploration } from "./strategy.ts";
import { Visited } from "./visited.ts";

/** While there are fewer states most components have yet to show how much they vary. */
const EARLY = 1024;

export class Space {
  readonly exploration: Exploration;
  readonly packing: Packing;
  readonly visited: Visited;
  readonly reductions: Reductions;
  readonly steps: Steps;
  /** the numbers of the scenario's start */
  readonly start: Int32Array;
  /** a machine to show states to the judge; `show` moves it */
  readonly machine: Machine;
  private readonly loader: Loader;
  private words: Int32Array;
  private readonly canonical: Int32Array;
  readonly isReduced: boolean;
  private readonly hasSymmetry: boolean;
  /** by task: the component that holds its own slots */
  private readonly own: readonly number[];

  /**
   * @param before a space of the same program, whose states nobody needs any more: what steps do is known from there, and
   *   what no longer matters is left out as there. Its families must be those of `reductions`, unless these have none.
   */
  constructor(exploration: Exploration, parents: boolean, reductions: Reductions = NO_REDUCTION, before?: Space) {
    this.exploration = exploration;
    const { program } = exploration;
    this.reductions = reductions;
    this.isReduced = reductions !== NO_REDUCTION;
    this.hasSymmetry = reductions.families.length > 0;
    if (before === undefined) {
      const { groups, alike, ofTask } = groupSlots(program, reductions.families);
      this.own = ofTask;
      this.packing = new Packing(groups, alike, program.slots.length);
      const { judge } = exploration;
      this.steps = new Steps({
        packing: this.packing,
        machine: new Machine(program, { recording: true }),
        own: ofTask,
        dead: reductions.dead,
        watched: judge.watched,
        concern: (task, position, life) => judge.concerns(task, position, life),
        most: Math.min(1 << 26, exploration.limits.memory / 4),
      });
    } else {
      this.own = before.own;
      this.packing = before.packing;
      this.steps = before.steps;
    }
    reductions.bind(this.packing, this.own, this.steps);
    this.start = before?.start ?? this.steps.initial();
    this.machine = new Machine(program);
    this.loader = new Loader(this.packing, this.machine);
    this.canonical = new Int32Array(this.packing.components.length);
    // as it is: with another layout, what steps do to packed states would have to be worked out again
    if (before === undefined) this.packing.layOut(true);
    this.words = new Int32Array(this.packing.layout.words);
    this.visited = new Visited(this.packing.layout.words, parents, exploration.limits.memory);
  }

  /** Bytes in use for states and what gives their words a meaning. */
  get bytes(): number {
    return this.visited.bytes + this.packing.bytes + this.steps.bytes;
  }

  /** Moves states and steps to where other threads can read along. */
  share(): void {
    this.visited.share();
    this.steps.share();
    for (const dictionary of this.packing.dictionaries) dictionary.share();
  }

  /** The machine with its memory as in this state. */
  show(numbers: Int32Array): Machine {
    this.loader.load(numbers);
    return this.machine;
  }

  /** The numbers of a state of the set. */
  read(state: number, numbers: Int32Array): void {
    this.packing.unpack(this.visited.store, state * this.visited.words, numbers);
  }

  /** Adds the state; −1 − its number if it was known, else its new number. */
  add(numbers: Int32Array, parent: number): number {
    this.pack(numbers);
    return this.visited.insert(this.words, parent);
  }

  /** Without reductions: adds the state to which a step leads from one of the set. */
  addNext(effect: number, from: number, parent: number): number {
    for (;;) {
      const { words, visited } = this;
      if (this.steps.applyPacked(effect, visited.store, from * words.length, words))
        return visited.insert(words, parent);
      this.widen();
    }
  }

  /** The number of the state, −1 if it is not in the set. */
  find(numbers: Int32Array): number {
    this.pack(numbers);
    return this.visited.find(this.words);
  }

  private pack(numbers: Int32Array): void {
    let fixed = numbers;
    if (this.hasSymmetry) {
      fixed = this.canonical;
      fixed.set(numbers);
      this.reductions.canonicalise(fixed);
    }
    while (!this.packing.pack(fixed, this.words)) this.widen();
  }

  /** New bits for every component, and every state in the new form. */
  private widen(): void {
    const { packing, visited } = this;
    const before = packing.layOut(visited.count < EARLY);
    this.steps.adopt();
    const { words } = packing.layout;
    const numbers = new Int32Array(packing.components.length);
    const packed = new Int32Array(words);
    visited.repack(words, (from, at, to, into) => {
      unpackAs(before, from, at, numbers);
      packing.pack(numbers, packed);
      for (let k = 0; k < words; k++) to[into + k] = packed[k]!;
    });
    this.words = new Int32Array(words);
  }
}
