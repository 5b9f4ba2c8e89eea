/**
 * What breadth first and depth first share: a machine, the packed states seen so far, and the reductions in use.
 */
import { Machine } from "../machine/machine.ts";
import { groupSlots } from "./groups.ts";
import { type Component, Packing } from "./pack.ts";
import { type Canonical, NO_REDUCTION, type Reductions } from "./reductions.ts";
import type { Exploration, Move } from "./strategy.ts";
import { Visited } from "./visited.ts";

export class Space {
  readonly exploration: Exploration;
  readonly machine: Machine;
  readonly packing: Packing;
  readonly visited: Visited;
  readonly reductions: Reductions;
  /** the state being packed, as the machine has it; and then with interchangeable tasks in a fixed order */
  concrete: Int32Array;
  words: Int32Array;
  /** moves that lead from the start of the scenario to the first state */
  readonly prelude: Move[] = [];
  /** 1 for each slot that a property reads */
  readonly watched: Uint8Array;
  private readonly canonical: Canonical | null;
  private readonly initial: Int32Array;
  private readonly scratch: Int32Array;
  /** words kept by a strategy that must be converted when the packing changes */
  keep: { words: Int32Array; count: number } = { words: new Int32Array(0), count: 0 };

  constructor(exploration: Exploration, parents: boolean, reductions: Reductions = NO_REDUCTION) {
    this.exploration = exploration;
    const { program } = exploration;
    this.reductions = reductions;
    this.machine = new Machine(program);
    this.initial = this.machine.state.slice();
    this.scratch = new Int32Array(program.slots.length);
    this.watched = new Uint8Array(program.slots.length);
    for (const slot of exploration.judge.watched) this.watched[slot] = 1;
    const { groups, alike, ofTask } = groupSlots(program, reductions.families);
    this.packing = new Packing(groups, alike, program.slots.length);
    this.canonical = reductions.canonical(this.packing, ofTask);
    this.concrete = new Int32Array(this.packing.words);
    this.words = this.concrete;
    this.visited = new Visited(this.packing.words, parents, exploration.limits.memory);
  }

  /** Bytes in use for states and what gives their words a meaning. */
  get bytes(): number {
    return this.visited.bytes + this.packing.bytes;
  }

  /** Puts the machine into a state of the set. */
  load(number: number): void {
    this.packing.load(this.visited.store, number * this.visited.words, this.machine.state);
    this.machine.trailSize = 0;
  }

  /** Puts the machine at the start of the scenario. */
  restart(machine: Machine): void {
    machine.state.set(this.initial);
    machine.trailSize = 0;
    machine.violations = [];
    if (machine === this.machine) this.packing.forget();
  }

  /** Packs the machine's state from nothing. */
  packWhole(machine: Machine): void {
    this.packing.pack(machine.state, this.concrete);
    this.finish(machine);
  }

  /** Packs the machine's state given the words of the state in which its trail had the given size. */
  packChanges(base: Int32Array, at: number, mark: number): void {
    const { concrete, machine, packing } = this;
    for (let k = 0; k < concrete.length; k++) concrete[k] = base[at + k]!;
    packing.update(machine.state, machine.trail, mark, machine.trailSize, concrete);
    this.finish(machine);
  }

  /** From `concrete` to `words`. */
  private finish(machine: Machine): void {
    while (!this.packing.fits) this.widen(machine);
    if (this.canonical === null) {
      this.words = this.concrete;
      return;
    }
    for (;;) {
      if (this.words.length !== this.concrete.length || this.words === this.concrete) this.words = new Int32Array(this.concrete.length);
      this.words.set(this.concrete);
      this.canonical.apply(this.words);
      if (this.packing.fits) return;
      this.widen(machine);
    }
  }

  /** New bits for every component, and everything that is kept in the new form. */
  private widen(machine: Machine): void {
    const { packing, visited } = this;
    do {
      const old = packing.relayout(visited.count, this.canonical?.fixed ?? NONE, (use) => {
        for (let number = 0; number < visited.count; number++) use(visited.store, number * visited.words);
        for (let k = 0; k < this.keep.count; k++) use(this.keep.words, k * visited.words);
      });
      visited.repack(packing.words, (from, at, to, into) => packing.convert(old, from, at, to, into, this.scratch));
      const kept = new Int32Array(Math.floor(this.keep.words.length / old.words) * packing.words);
      for (let k = 0; k < this.keep.count; k++) packing.convert(old, this.keep.words, k * old.words, kept, k * packing.words, this.scratch);
      this.keep.words = kept;
      this.concrete = new Int32Array(packing.words);
      packing.pack(machine.state, this.concrete);
    } while (!packing.fits);
  }
}

const NONE: ReadonlySet<Component> = new Set();
