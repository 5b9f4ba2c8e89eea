/**
 * The set of packed states: words side by side in one typed array in the order in which they were found (for breadth
 * first that is the queue as well), and an open-addressing table of their numbers. Each entry of the table also holds
 * as many bits of the hash as the numbers leave free, so that few probes look at the states themselves.
 */

import { type Allocate, amongThreads, inThread, resized } from "./memory.ts";

/** Thrown when the set would need more memory than it may have. */
export class MemoryExceeded extends Error {}

/** Of so many states each one's parent is kept, of later ones that of every so many: a power of two. */
const ALL = 4096;
const APART = 4;
const EVERY = 1 << APART;
/** A table entry is 0 (free) or tag and number + 1. */
const FIRST_TABLE = 512;
/** entries per cell at which the table grows */
const FULLEST = 0.88;
const GROWTH = 1.7;
/** States entered at once into a new table. */
const BATCH = 1024;

/** Packed states that are to be inserted. */
export interface Row {
  readonly words: Int32Array;
  readonly hashes: Int32Array;
  /** room for where each is to be looked for in the table */
  readonly places: Int32Array;
}

export class Visited {
  words: number;
  count = 0;
  store: Int32Array;
  /**
   * The state that each of the first was first reached from, later only of every sixteenth; empty unless asked for. States
   * are expanded in the order of their numbers, so those in between were reached from one in between (see `parentsOf`).
   */
  private parents: Int32Array;
  private readonly keepParents: boolean;
  table: Int32Array;
  private allocate: Allocate = inThread;
  /** bits of an entry that hold number + 1; the others hold low bits of the hash, whose high bits say where it belongs */
  private numberBits = 0;
  private numberMask = 0;
  private room = 0;
  /** of what was loaded ahead: means nothing, but lets the loads be */
  private unused = 0;
  /** length of the table for which the last row was located */
  private located = 0;
  private readonly limit: number;

  constructor(words: number, keepParents: boolean, limitBytes: number) {
    this.words = words;
    this.keepParents = keepParents;
    this.limit = limitBytes;
    this.store = new Int32Array(words * 256);
    this.parents = new Int32Array(keepParents ? 256 : 0);
    this.table = new Int32Array(FIRST_TABLE);
    this.measure();
  }

  /** The first and the last state from which this one may have been reached first; `last` is the one expanded last. */
  parentsOf(state: number, last: number): readonly [number, number] {
    const at = parentPlace(state);
    const first = Math.max(0, this.parents[at]!);
    if (state < ALL) return [first, first];
    const next = at < parentPlace(this.count - 1) ? this.parents[at + 1]! : last;
    return [first, Math.min(next, state - 1)];
  }

  private measure(): void {
    this.room = Math.floor(this.table.length * FULLEST);
    this.numberBits = Math.min(31, 32 - Math.clz32(this.table.length));
    this.numberMask = (1 << this.numberBits) - 1;
  }

  /** Bytes that are in use, without room kept for growing (the system gives no memory to what was never touched). */
  get bytes(): number {
    const parents = this.keepParents ? parentPlace(this.count) : 0;
    return 4 * (this.count * this.words + parents) + this.table.byteLength;
  }

  /** The number of the state in `words`: −1 − number if it was known, else its new number. */
  insert(words: Int32Array, parent: number): number {
    const hash = hashWords(words, 0, this.words);
    return this.insertFrom(home(hash, this.table.length), words, 0, hash, parent);
  }

  /** The same for the words from a place on, whose hash is known; looks for it from a place of the table on. */
  private insertFrom(place: number, words: Int32Array, from: number, hash: number, parent: number): number {
    const { table, store, numberBits, numberMask } = this;
    const width = this.words;
    const tag = hash << numberBits;
    let at = place;
    for (;;) {
      const entry = table[at]!;
      if (entry === 0) break;
      if ((entry & ~numberMask) === tag) {
        const number = (entry & numberMask) - 1;
        let k = 0;
        for (let there = number * width; k < width && store[there + k] === words[from + k]; ) k += 1;
        if (k === width) return -1 - number;
      }
      at += 1;
      if (at === table.length) at = 0;
    }
    const number = this.count;
    if ((number + 1) * width > store.length || number >= this.room) {
      this.grow();
      return this.insertFrom(home(hash, this.table.length), words, from, hash, parent);
    }
    for (let k = 0, into = number * width; k < width; k++) store[into + k] = words[from + k]!;
    if (this.keepParents && (number < ALL || (number & (EVERY - 1)) === 0)) this.parents[parentPlace(number)] = parent;
    table[at] = tag | (number + 1);
    this.count = number + 1;
    return number;
  }

  /**
   * Looks ahead for the states of a row before they are inserted one by one, so that the waits for memory overlap instead
   * of following one another: finds the places where to look for those `from` to `to` of the row.
   */
  locate(row: Row, from: number, to: number): void {
    const { table, store, numberBits, numberMask } = this;
    const { hashes, places } = row;
    const width = this.words;
    const size = table.length;
    let sum = 0;
    for (let k = from; k < to; k++) {
      const at = home(hashes[k]!, size);
      places[k] = at;
      sum ^= table[at]!;
    }
    for (let k = from; k < to; k++) {
      const tag = hashes[k]! << numberBits;
      let at = places[k]!;
      for (;;) {
        const entry = table[at]!;
        if (entry === 0) break;
        if ((entry & ~numberMask) === tag) {
          sum ^= store[((entry & numberMask) - 1) * width]!;
          break;
        }
        at += 1;
        if (at === size) at = 0;
      }
      places[k] = at;
    }
    this.located = size;
    this.unused ^= sum;
  }

  /** The number that one of a row that was located has among the first `limit` states; −1 if it is not among them. */
  findLocated({ words, hashes, places }: Row, k: number, limit: number): number {
    const { table, store, numberBits, numberMask } = this;
    const width = this.words;
    const tag = hashes[k]! << numberBits;
    for (let at = places[k]!; ; ) {
      const entry = table[at]!;
      if (entry === 0) return -1;
      if ((entry & ~numberMask) === tag) {
        const number = (entry & numberMask) - 1;
        if (number >= limit) return -1;
        let same = 0;
        for (let there = number * width; same < width && store[there + same] === words[k * width + same]; ) same += 1;
        if (same === width) return number;
      }
      at += 1;
      if (at === table.length) at = 0;
    }
  }

  /** Looks things up in arrays of another thread. */
  readAlong(store: Int32Array, table: Int32Array, words: number): void {
    this.store = store;
    this.words = words;
    if (this.table === table) return;
    this.table = table;
    this.measure();
  }

  /** `insert` for one of a row that was located. */
  insertLocated(row: Row, k: number, parent: number): number {
    const hash = row.hashes[k]!;
    const place = this.located === this.table.length ? row.places[k]! : home(hash, this.table.length);
    return this.insertFrom(place, row.words, k * this.words, hash, parent);
  }

  /** The number of the state in `words`, −1 if it is not in the set. */
  find(words: Int32Array): number {
    const { table, store, numberBits, numberMask } = this;
    const width = this.words;
    const hash = hashWords(words, 0, width);
    let at = home(hash, table.length);
    for (;;) {
      const entry = table[at]!;
      if (entry === 0) return -1;
      if ((entry & ~numberMask) === hash << numberBits) {
        const number = (entry & numberMask) - 1;
        let k = 0;
        while (k < width && store[number * width + k] === words[k]) k += 1;
        if (k === width) return number;
      }
      at += 1;
      if (at === table.length) at = 0;
    }
  }

  private grow(): void {
    const { words } = this;
    if ((this.count + 1) * words > this.store.length) {
      const capacity = Math.ceil((this.store.length / words) * 2);
      this.admit(this.count * 4 * (words + 1));
      this.store = this.copied(this.store, capacity * words);
      if (this.keepParents) this.parents = this.copied(this.parents, parentPlace(capacity) + 1);
    }
    if (this.count >= this.room) {
      const size = Math.ceil(this.table.length * GROWTH);
      this.admit((size - this.table.length) * 4);
      this.rebuild(size);
    }
  }

  /** An array of zeros; a refusal by the system counts as too much memory. */
  private zeros(length: number): Int32Array {
    try {
      return this.allocate(length);
    } catch {
      throw new MemoryExceeded();
    }
  }

  private copied(from: Int32Array, length: number): Int32Array {
    try {
      return resized(from, length, this.allocate);
    } catch {
      throw new MemoryExceeded();
    }
  }

  /** Moves states and table to where other threads can look things up. */
  share(): void {
    this.allocate = amongThreads;
    this.store = this.copied(this.store, this.store.length);
    this.table = this.copied(this.table, this.table.length);
  }

  private admit(more: number): void {
    if (this.bytes + more > this.limit) throw new MemoryExceeded();
  }

  private rebuild(size: number): void {
    this.table = new Int32Array(0);
    this.table = this.zeros(size);
    this.measure();
    const { table, numberBits, words, store, count } = this;
    const hashes = new Int32Array(BATCH);
    const places = new Int32Array(BATCH);
    let unused = 0;
    for (let first = 0; first < count; first += BATCH) {
      const end = Math.min(count, first + BATCH);
      // all places first, then the look at each, for the reason told at `locate`
      for (let number = first; number < end; number++) {
        const hash = hashWords(store, number * words, words);
        hashes[number - first] = hash;
        places[number - first] = home(hash, size);
      }
      for (let k = 0; k < end - first; k++) unused ^= table[places[k]!]!;
      for (let number = first; number < end; number++) {
        let at = places[number - first]!;
        while (table[at] !== 0) {
          at += 1;
          if (at === size) at = 0;
        }
        table[at] = (hashes[number - first]! << numberBits) | (number + 1);
      }
    }
    this.unused ^= unused;
  }

  /** Replaces every state by what `convert` makes of it, in words of another number; states keep their numbers. */
  repack(words: number, convert: (from: Int32Array, at: number, to: Int32Array, into: number) => void): void {
    const capacity = Math.floor(this.store.length / this.words);
    this.admit(this.count * 4 * words);
    const store = this.zeros(capacity * words);
    for (let number = 0; number < this.count; number++) convert(this.store, number * this.words, store, number * words);
    this.store = store;
    this.words = words;
    this.rebuild(this.table.length);
  }
}

/** Where the parent of a state is kept, or that of one before it. */
function parentPlace(state: number): number {
  return state < ALL ? state : ALL + ((state - ALL) >> APART);
}

/** The hash of a packed state: Murmur3's rounds over the words. */
export function hashWords(words: Int32Array, from: number, width: number): number {
  let hash = 0x3c6ef372;
  for (let k = from, end = from + width; k < end; k++) {
    let word = Math.imul(words[k]!, 0xcc9e2d51);
    word = Math.imul((word << 15) | (word >>> 17), 0x1b873593);
    hash ^= word;
    hash = Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64;
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

/** Where a hash belongs in a table of any size. */
function home(hash: number, size: number): number {
  return Math.trunc((hash >>> 0) * 2.3283064365386963e-10 * size);
}
