/**
 * How a state is stored. The slots are divided into components (what one task has to itself, one shared variable, one
 * resource instance); each component's contents are numbered by a dictionary. A state is then the numbers of its
 * components, and packed those numbers side by side in words of 32 bits, each in as many bits as its dictionary needs.
 * Exact: equal words are equal states.
 *
 * Dictionaries grow while states are found. Where a number does not fit into its bits `pack` says so; then the packing
 * must be laid out anew (`layOut`), and what was packed before converted.
 */
import { Dictionary } from "./dictionary.ts";

/** Slots that are numbered together. */
export interface Component {
  readonly slots: Int32Array;
  readonly dictionary: Dictionary;
}

/** Where each component's number lies in the words. */
export interface Layout {
  /** 32-bit words of one state */
  readonly words: number;
  readonly word: Int32Array;
  readonly shift: Int32Array;
  /** not shifted */
  readonly mask: Int32Array;
  /** the components that have bits; the numbers of the others are 0 */
  readonly varying: Int32Array;
}

export class Packing {
  readonly components: readonly Component[];
  /** slot → component */
  readonly componentOf: Int32Array;
  layout: Layout;

  /** `groups`: slots to be numbered together; `alike[k]` is the first group whose dictionary group k shares. */
  constructor(groups: readonly (readonly number[])[], alike: readonly number[], slotCount: number) {
    const components: Component[] = [];
    groups.forEach((slots, k) => {
      const dictionary = components[alike[k]!]?.dictionary ?? new Dictionary(slots.length);
      components.push({ slots: Int32Array.from(slots), dictionary });
    });
    this.components = components;
    this.componentOf = new Int32Array(slotCount).fill(-1);
    groups.forEach((slots, k) => {
      for (const slot of slots) this.componentOf[slot] = k;
    });
    this.layout = arrange(components, true);
  }

  get bytes(): number {
    return this.dictionaries.reduce((sum, each) => sum + each.bytes, 0);
  }

  /** The numbers of a whole vector's components. */
  encode(state: Int32Array, numbers: Int32Array): void {
    this.components.forEach(({ dictionary, slots }, k) => {
      numbers[k] = dictionary.encode(state, slots);
    });
  }

  /** False if a number does not fit; then `words` is no use. */
  pack(numbers: Int32Array, words: Int32Array): boolean {
    const { word, shift, mask } = this.layout;
    for (let k = 0; k < words.length; k++) words[k] = 0;
    let excess = 0;
    for (let k = 0; k < numbers.length; k++) {
      const number = numbers[k]!;
      excess |= number & ~mask[k]!;
      words[word[k]!]! |= number << shift[k]!;
    }
    return excess === 0;
  }

  unpack(words: Int32Array, at: number, numbers: Int32Array): void {
    unpackAs(this.layout, words, at, numbers);
  }

  /** The dictionaries, each once. */
  get dictionaries(): readonly Dictionary[] {
    return [...new Set(this.components.map((component) => component.dictionary))];
  }

  /** Gives every component the bits it needs now, or (`early`) may soon need; returns the layout before. */
  layOut(early: boolean): Layout {
    const before = this.layout;
    this.layout = arrange(this.components, early);
    return before;
  }
}

/** Reads words that were packed in the given layout. */
export function unpackAs({ word, shift, mask }: Layout, words: Int32Array, at: number, numbers: Int32Array): void {
  for (let k = 0; k < numbers.length; k++) numbers[k] = (words[at + word[k]!]! >>> shift[k]!) & mask[k]!;
}

/**
 * As few words as first fit by falling width needs. What is left of a word goes to the components in it, so that they can
 * grow; so they are spread over the words. Early on those that have not varied yet get some of it as well: most soon do,
 * and each that had no bits would ask for another layout.
 */
function arrange(components: readonly Component[], early: boolean): Layout {
  const size = components.length;
  const layout = {
    words: 1,
    word: new Int32Array(size),
    shift: new Int32Array(size),
    mask: new Int32Array(size),
    varying: new Int32Array(0),
  };
  const widths = components.map(({ dictionary }) =>
    dictionary.count <= 1 ? 0 : 32 - Math.clz32(dictionary.count - 1),
  );
  const order = widths.map((_, k) => k).filter((k) => widths[k]! > 0);
  order.sort((a, b) => widths[b]! - widths[a]!);
  const tight = firstFit(order, widths);
  const members = spread(order, widths, tight.length) ?? tight;
  const used = members.map((inside) => widthOf(inside, widths));
  if (early) {
    for (let k = 0; k < size; k++) {
      if (widths[k]! > 0) continue;
      const room = (word: number): number => (32 - used[word]!) / (members[word]!.length + 1);
      const word = members.reduce((best, _, each) => (room(each) > room(best) ? each : best), 0);
      // a bit for each of those in the word
      if (room(word) < 1) break;
      members[word]!.push(k);
      order.push(k);
    }
  }
  members.forEach((inside, word) => {
    let shift = 0;
    let spare = 32 - used[word]!;
    inside.forEach((k, place) => {
      const extra = Math.ceil(spare / (inside.length - place));
      spare -= extra;
      const bits = Math.min(31, widths[k]! + extra);
      layout.word[k] = word;
      layout.shift[k] = shift;
      layout.mask[k] = 0x7fffffff >>> (31 - bits);
      shift += bits;
    });
  });
  layout.words = members.length;
  layout.varying = Int32Array.from(order.sort((a, b) => a - b));
  return layout;
}

/** The components of each word, in few words. */
function firstFit(order: readonly number[], widths: readonly number[]): number[][] {
  const members: number[][] = [[]];
  for (const k of order) {
    const word = members.find((inside) => widthOf(inside, widths) + widths[k]! <= 32);
    if (word === undefined) members.push([k]);
    else word.push(k);
  }
  return members;
}

/** The components of each of so many words, each where most room was left; null if one does not fit. */
function spread(order: readonly number[], widths: readonly number[], words: number): number[][] | null {
  const members = Array.from({ length: words }, (): number[] => []);
  for (const k of order) {
    const word = members.reduce((best, each) => (widthOf(each, widths) < widthOf(best, widths) ? each : best));
    if (widthOf(word, widths) + widths[k]! > 32) return null;
    word.push(k);
  }
  return members;
}

function widthOf(inside: readonly number[], widths: readonly number[]): number {
  return inside.reduce((sum, k) => sum + widths[k]!, 0);
}
