/**
 * Packs states into words of 32 bits. The slots are divided into components (what one task has to itself, one shared
 * variable, one resource instance); each component's contents are numbered by a dictionary, and a state is the numbers
 * side by side, each in as many bits as its dictionary needs. Exact: equal words are equal states.
 *
 * Dictionaries grow while states are found. When a number no longer fits into its bits, `Packing.fits` is false and the
 * owner of the words lays the packing out anew (`relayout`) and converts what it keeps.
 */
import { Dictionary } from "./dictionary.ts";

/** Slots that are numbered together. */
export interface Component {
  readonly slots: Int32Array;
  readonly dictionary: Dictionary;
  /** where its number lies: the word, the shift and the mask (not shifted) */
  word: number;
  shift: number;
  mask: number;
}

/** Where each component of a packing lay at one time, to read words made then. */
export interface Layout {
  readonly words: number;
  readonly fields: readonly { readonly component: Component; readonly word: number; readonly shift: number; readonly mask: number }[];
}

/** A dictionary of several slots this large is taken apart, unless it is much smaller than the number of states. */
const LARGE = 4096;

export class Packing {
  components: Component[];
  /** 32-bit words of one state */
  words = 1;
  /** whether every number found so far fits into its bits */
  fits = true;
  private componentOf: Int32Array;
  private stamps: Int32Array;
  private stamp = 0;
  /** numbers of the contents that `load` put into the vector last; −1: unknown */
  private loaded: Int32Array;
  private readonly slotCount: number;

  /** `groups`: slots to be numbered together; `alike[k]` is the first group whose dictionary group k shares. */
  constructor(groups: readonly (readonly number[])[], alike: readonly number[], slotCount: number) {
    this.slotCount = slotCount;
    this.components = [];
    groups.forEach((slots, k) => {
      const first = this.components[alike[k]!];
      const dictionary = first?.dictionary ?? new Dictionary(slots.length);
      this.components.push({ slots: Int32Array.from(slots), dictionary, word: 0, shift: 0, mask: 0 });
    });
    this.componentOf = new Int32Array(0);
    this.stamps = new Int32Array(0);
    this.loaded = new Int32Array(0);
    this.index();
    this.layOut();
  }

  private index(): void {
    this.componentOf = new Int32Array(this.slotCount).fill(-1);
    this.components.forEach(({ slots }, k) => {
      for (const slot of slots) this.componentOf[slot] = k;
    });
    this.stamps = new Int32Array(this.components.length);
    this.loaded = new Int32Array(this.components.length).fill(-1);
  }

  get bytes(): number {
    return [...new Set(this.components.map((component) => component.dictionary))].reduce((sum, each) => sum + each.bytes, 0);
  }

  /** Packs a whole vector. */
  pack(state: Int32Array, words: Int32Array): void {
    words.fill(0);
    for (const component of this.components) this.place(component, state, words);
  }

  private place(component: Component, state: Int32Array, words: Int32Array): void {
    const number = component.dictionary.encode(state, component.slots);
    const { word, shift, mask } = component;
    if (number > mask) this.fits = false;
    words[word] = (words[word]! & ~(mask << shift)) | (number << shift);
  }

  /** Brings words that were right before the changes of a trail (pairs of slot and old value) up to date. */
  update(state: Int32Array, trail: Int32Array, from: number, to: number, words: Int32Array): void {
    this.stamp += 1;
    const { components, componentOf, stamps, stamp } = this;
    for (let at = from; at < to; at += 2) {
      const k = componentOf[trail[at]!]!;
      if (stamps[k] === stamp) continue;
      stamps[k] = stamp;
      this.place(components[k]!, state, words);
    }
  }

  /** Puts a packed state into the vector; only components that differ from the one loaded before are written. */
  load(words: Int32Array, at: number, state: Int32Array): void {
    const { components, loaded } = this;
    for (let k = 0; k < components.length; k++) {
      const component = components[k]!;
      const number = (words[at + component.word]! >>> component.shift) & component.mask;
      if (loaded[k] === number) continue;
      loaded[k] = number;
      component.dictionary.decode(number, state, component.slots);
    }
  }

  /** The vector was changed by somebody else since `load`. */
  forget(): void {
    this.loaded.fill(-1);
  }

  /** Gives every component the bits it needs now; words made before must be converted with `convert`. */
  relayout(states: number, fixed: ReadonlySet<Component>, forEach: (use: (from: Int32Array, at: number) => void) => void): Layout {
    const old: Layout = {
      words: this.words,
      fields: this.components.map((component) => ({ component, word: component.word, shift: component.shift, mask: component.mask })),
    };
    const oversized = this.components.some((each) => this.isOversized(each, states, fixed));
    if (oversized) {
      this.components = this.components.flatMap((each) => (this.isOversized(each, states, fixed) ? split(each) : [each]));
      this.index();
      // every number must be known before its width is decided
      const scratch = new Int32Array(this.slotCount);
      forEach((from, at) => {
        for (const { component, word, shift, mask } of old.fields) component.dictionary.decode((from[at + word]! >>> shift) & mask, scratch, component.slots);
        for (const { dictionary, slots } of this.components) dictionary.encode(scratch, slots);
      });
    }
    this.layOut();
    this.fits = true;
    this.forget();
    return old;
  }

  private isOversized({ slots, dictionary }: Component, states: number, fixed: ReadonlySet<Component>): boolean {
    return slots.length > 1 && dictionary.count > LARGE && dictionary.count * 16 > states && ![...fixed].some((each) => each.dictionary === dictionary);
  }

  /** Repacks one state. `scratch` is a vector of all slots. */
  convert(old: Layout, from: Int32Array, at: number, to: Int32Array, into: number, scratch: Int32Array): void {
    for (let k = 0; k < this.words; k++) to[into + k] = 0;
    const same = this.components.length === old.fields.length;
    for (let k = 0; k < old.fields.length; k++) {
      const { component, word, shift, mask } = old.fields[k]!;
      const number = (from[at + word]! >>> shift) & mask;
      if (same) to[into + component.word] = to[into + component.word]! | (number << component.shift);
      else component.dictionary.decode(number, scratch, component.slots);
    }
    if (same) return;
    for (const component of this.components) {
      const number = component.dictionary.encode(scratch, component.slots);
      to[into + component.word] = to[into + component.word]! | (number << component.shift);
    }
  }

  /** First fit by falling width; what is left of a word goes to the components in it, so that they can grow. */
  private layOut(): void {
    const width = (component: Component): number => 32 - Math.clz32(component.dictionary.count - 1);
    const widths = new Map(this.components.map((component) => [component, component.dictionary.count <= 1 ? 0 : width(component)] as const));
    const order = this.components.filter((component) => widths.get(component)! > 0).sort((a, b) => widths.get(b)! - widths.get(a)!);
    const members: Component[][] = [];
    const used: number[] = [];
    for (const component of order) {
      const bits = widths.get(component)!;
      let word = used.findIndex((taken) => taken + bits <= 32);
      if (word < 0) {
        word = used.length;
        used.push(0);
        members.push([]);
      }
      used[word] = used[word]! + bits;
      members[word]!.push(component);
    }
    for (const component of this.components) Object.assign(component, { word: 0, shift: 0, mask: 0 });
    members.forEach((inside, word) => {
      let shift = 0;
      let spare = 32 - used[word]!;
      inside.forEach((component, k) => {
        const extra = Math.min(Math.ceil(spare / (inside.length - k)), 32 - widths.get(component)!);
        spare -= extra;
        const bits = Math.min(31, widths.get(component)! + extra);
        Object.assign(component, { word, shift, mask: 0x7fffffff >>> (31 - bits) });
        shift += bits;
      });
    });
    this.words = Math.max(1, members.length);
  }
}

function split({ slots }: Component): Component[] {
  return [...slots].map((slot) => ({ slots: Int32Array.of(slot), dictionary: new Dictionary(1), word: 0, shift: 0, mask: 0 }));
}
