/**
 * Puts interchangeable tasks of a packed state into a fixed order: by the numbers of their contents, and where those
 * are equal by where resources refer to them. Tasks that are equal in both are equal in everything.
 */
import type { Family } from "../program/symmetry.ts";
import type { Packing } from "./pack.ts";

/** A function that does so in place, for states as numbers (see pack.ts); `own[task]` is the task's component. */
export function makeCanonical(
  families: readonly Family[],
  packing: Packing,
  own: ArrayLike<number>,
): (numbers: Int32Array) => void {
  const sorters = families.map((family) => new Sorter(family, packing, own));
  return (numbers) => {
    for (let k = 0; k < sorters.length; k++) sorters[k]!.apply(numbers);
  };
}

/** A function that tells how many states a state in that order stands for, itself included; at most `MOST_ALIKE`. */
export function makeOrbitSize(
  families: readonly Family[],
  packing: Packing,
  own: ArrayLike<number>,
): (numbers: Int32Array) => number {
  const sorters = families.map((family) => new Sorter(family, packing, own));
  return (numbers) => sorters.reduce((size, sorter) => Math.min(MOST_ALIKE, size * sorter.arrangements(numbers)), 1);
}

/**
 * A function that marks with 1, in `twins`, every task whose steps need not be looked at in a state because those of a task
 * before it lead to the same but for names. `apart` is told from all others; only tasks marked in `among` count.
 */
export function makeTwins(
  families: readonly Family[],
  packing: Packing,
  own: ArrayLike<number>,
): (numbers: Int32Array, apart: number, among: Uint8Array, twins: Uint8Array) => void {
  const sorters = families.map((family) => new Sorter(family, packing, own));
  return (numbers, apart, among, twins) => {
    twins.fill(0);
    for (const sorter of sorters) sorter.markTwins(numbers, apart, among, twins);
  };
}

/** Far more states than can be stored, and far from where numbers are no longer exact. */
const MOST_ALIKE = 1e12;

class Sorter {
  private readonly packing: Packing;
  private readonly tasks: readonly number[];
  private readonly members: readonly number[];
  /** resources that may refer to members */
  private readonly referring: readonly number[];
  private readonly names: readonly number[];
  /** name → member */
  private readonly memberOf: ReadonlyMap<number, number>;
  /** by referring component and number of its contents: cell and member of each reference; null: none */
  private readonly references: (Int32Array | null)[][];
  private readonly scratch: Int32Array;
  private readonly codes: Int32Array;
  private readonly marks: Int32Array;
  private readonly order: Int32Array;
  private readonly placeOf: Int32Array;
  /** by contents: the call of `markTwins` that met them last */
  private readonly met: number[] = [];
  private calls = 0;

  constructor(family: Family, packing: Packing, own: ArrayLike<number>) {
    this.packing = packing;
    this.tasks = family.tasks;
    this.members = family.tasks.map((task) => own[task]!);
    const slots = new Set(family.references);
    this.referring = [...new Set([...slots].map((slot) => packing.componentOf[slot]!))].sort((a, b) => a - b);
    this.names = family.names;
    this.memberOf = new Map(family.names.map((name, k) => [name, k] as const));
    this.references = this.referring.map(() => []);
    this.scratch = new Int32Array(packing.componentOf.length);
    const size = this.members.length;
    this.codes = new Int32Array(size);
    this.marks = new Int32Array(size);
    this.order = new Int32Array(size);
    this.placeOf = new Int32Array(size);
  }

  /** Takes note of every member's contents, and of the first place that refers to it. */
  private look(numbers: Int32Array): void {
    const { members, codes, marks, order, referring } = this;
    for (let k = 0; k < members.length; k++) {
      codes[k] = numbers[members[k]!]!;
      marks[k] = 0;
      order[k] = k;
    }
    for (let r = 0; r < referring.length; r++) this.mark(r, numbers[referring[r]!]!);
  }

  /** In how many different states exchanges result: n! by k! for each k members that nothing tells apart. */
  arrangements(numbers: Int32Array): number {
    this.look(numbers);
    const { codes, marks } = this;
    let count = 1;
    let alike = 0;
    for (let k = 0; k < codes.length && count < MOST_ALIKE; k++) {
      if (k > 0 && codes[k] !== codes[k - 1]) alike = 0;
      count *= k + 1;
      if (marks[k] === 0) {
        alike += 1;
        count /= alike;
      }
    }
    return count;
  }

  /** Those with the same contents as one before them, neither referred to. */
  markTwins(numbers: Int32Array, apart: number, among: Uint8Array, twins: Uint8Array): void {
    this.look(numbers);
    const { codes, marks, met, tasks } = this;
    this.calls += 1;
    for (let k = 0; k < codes.length; k++) {
      const task = tasks[k]!;
      if (marks[k] !== 0 || task === apart || among[task] === 0) continue;
      if (met[codes[k]!] === this.calls) twins[task] = 1;
      else met[codes[k]!] = this.calls;
    }
  }

  apply(numbers: Int32Array): void {
    const { members, codes, order, referring } = this;
    this.look(numbers);
    if (!this.sort()) return;
    for (let place = 0; place < members.length; place++) {
      const member = order[place]!;
      this.placeOf[member] = place;
      numbers[members[place]!] = codes[member]!;
    }
    for (let r = 0; r < referring.length; r++) this.rename(numbers, r);
  }

  /** Notes for each member the first place that refers to it. */
  private mark(r: number, number: number): void {
    const references = this.referencesIn(r, number);
    if (references === null) return;
    const { marks } = this;
    for (let k = 0; k < references.length; k += 2) {
      const member = references[k + 1]!;
      if (marks[member] === 0) marks[member] = r * 0x10000 + references[k]! + 1;
    }
  }

  private referencesIn(r: number, number: number): Int32Array | null {
    const known = this.references[r]![number];
    if (known !== undefined) return known;
    const { slots, dictionary } = this.packing.components[this.referring[r]!]!;
    dictionary.decode(number, this.scratch, slots);
    const found: number[] = [];
    slots.forEach((slot, cell) => {
      const member = this.memberOf.get(this.scratch[slot]!);
      if (member !== undefined) found.push(cell, member);
    });
    const references = found.length === 0 ? null : Int32Array.from(found);
    this.references[r]![number] = references;
    return references;
  }

  /** Sorts `order` by code and mark; whether anything changed place. */
  private sort(): boolean {
    const { codes, marks, order } = this;
    let changed = false;
    for (let k = 1; k < order.length; k++) {
      const member = order[k]!;
      let at = k;
      for (; at > 0; at--) {
        const before = order[at - 1]!;
        if (codes[before]! < codes[member]! || (codes[before] === codes[member] && marks[before]! <= marks[member]!))
          break;
        order[at] = before;
        changed = true;
      }
      order[at] = member;
    }
    return changed;
  }

  /** Lets a resource refer to the members by their new places. */
  private rename(numbers: Int32Array, r: number): void {
    const component = this.referring[r]!;
    const number = numbers[component]!;
    const references = this.referencesIn(r, number);
    if (references === null) return;
    const { slots, dictionary } = this.packing.components[component]!;
    dictionary.decode(number, this.scratch, slots);
    for (let k = 0; k < references.length; k += 2)
      this.scratch[slots[references[k]!]!] = this.names[this.placeOf[references[k + 1]!]!]!;
    numbers[component] = dictionary.encode(this.scratch, slots);
  }
}
