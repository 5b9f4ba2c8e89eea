/**
 * The set of packed states: words side by side in one typed array in the order in which they were found (for breadth
 * first that is the queue as well), and an open-addressing table of their numbers. Each entry of the table also holds
 * as many bits of the hash as the numbers leave free, so that few probes look at the states themselves.
 */

/** Thrown when the set would need more memory than it may have. */
export class MemoryExceeded extends Error {}

/** A table entry is 0 (free) or tag and number + 1. */
const FIRST_TABLE = 512;
/** entries per cell at which the table grows */
const FULLEST = 0.88;
const GROWTH = 1.7;

export class Visited {
  words: number;
  count = 0;
  store: Int32Array;
  /** for each state the state it was first reached from; empty unless asked for */
  parents: Int32Array;
  private readonly keepParents: boolean;
  private table: Int32Array;
  /** bits of an entry that hold number + 1 */
  private numberMask = 0;
  private room = 0;
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

  private measure(): void {
    this.room = Math.floor(this.table.length * FULLEST);
    const bits = 32 - Math.clz32(this.table.length);
    this.numberMask = bits >= 32 ? -1 : (1 << bits) - 1;
  }

  /** Bytes that are in use, without room kept for growing (the system gives no memory to what was never touched). */
  get bytes(): number {
    return this.count * 4 * (this.words + (this.keepParents ? 1 : 0)) + this.table.byteLength;
  }

  /** The number of the state in `words`: −1 − number if it was known, else its new number. */
  insert(words: Int32Array, parent: number): number {
    const hash = this.hash(words, 0);
    const { table, store, numberMask } = this;
    const width = this.words;
    const size = table.length;
    const tag = hash & ~numberMask;
    let at = home(hash, size);
    for (;;) {
      const entry = table[at]!;
      if (entry === 0) break;
      if ((entry & ~numberMask) === tag) {
        const number = (entry & numberMask) - 1;
        let k = 0;
        for (let from = number * width; k < width && store[from + k] === words[k]; ) k += 1;
        if (k === width) return -1 - number;
      }
      at += 1;
      if (at === size) at = 0;
    }
    const number = this.count;
    if ((number + 1) * width > store.length || number >= this.room) {
      this.grow();
      return this.insert(words, parent);
    }
    for (let k = 0, into = number * width; k < width; k++) store[into + k] = words[k]!;
    if (this.keepParents) this.parents[number] = parent;
    table[at] = tag | (number + 1);
    this.count = number + 1;
    return number;
  }

  /** The number of the state in `words`, −1 if it is not in the set. */
  find(words: Int32Array): number {
    const { table, store, numberMask } = this;
    const width = this.words;
    const hash = this.hash(words, 0);
    let at = home(hash, table.length);
    for (;;) {
      const entry = table[at]!;
      if (entry === 0) return -1;
      if ((entry & ~numberMask) === (hash & ~numberMask)) {
        const number = (entry & numberMask) - 1;
        let k = 0;
        while (k < width && store[number * width + k] === words[k]) k += 1;
        if (k === width) return number;
      }
      at += 1;
      if (at === table.length) at = 0;
    }
  }

  /** Murmur3's rounds over the words. */
  private hash(words: Int32Array, from: number): number {
    let hash = 0x3c6ef372;
    for (let k = from, end = from + this.words; k < end; k++) {
      let word = Math.imul(words[k]!, 0xcc9e2d51);
      word = Math.imul((word << 15) | (word >>> 17), 0x1b873593);
      hash ^= word;
      hash = Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64;
    }
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    return hash ^ (hash >>> 16);
  }

  private grow(): void {
    const { words } = this;
    if ((this.count + 1) * words > this.store.length) {
      const capacity = Math.ceil((this.store.length / words) * 2);
      this.admit(this.count * 4 * (words + 1));
      this.store = copied(this.store, capacity * words);
      if (this.keepParents) this.parents = copied(this.parents, capacity);
    }
    if (this.count >= this.room) {
      const size = Math.ceil(this.table.length * GROWTH);
      this.admit((size - this.table.length) * 4);
      this.rebuild(size);
    }
  }

  private admit(more: number): void {
    if (this.bytes + more > this.limit) throw new MemoryExceeded();
  }

  private rebuild(size: number): void {
    this.table = new Int32Array(0);
    this.table = allocate(size);
    this.measure();
    const { table, numberMask, words, store, count } = this;
    for (let number = 0; number < count; number++) {
      const hash = this.hash(store, number * words);
      let at = home(hash, size);
      while (table[at] !== 0) {
        at += 1;
        if (at === size) at = 0;
      }
      table[at] = (hash & ~numberMask) | (number + 1);
    }
  }

  /** Replaces every state by what `convert` makes of it, in words of another number; states keep their numbers. */
  repack(words: number, convert: (from: Int32Array, at: number, to: Int32Array, into: number) => void): void {
    const capacity = Math.floor(this.store.length / this.words);
    this.admit(this.count * 4 * words);
    const store = allocate(capacity * words);
    for (let number = 0; number < this.count; number++) convert(this.store, number * this.words, store, number * words);
    this.store = store;
    this.words = words;
    this.rebuild(this.table.length);
  }
}

/** Where a hash belongs in a table of any size. */
function home(hash: number, size: number): number {
  return Math.trunc((hash >>> 0) * 2.3283064365386963e-10 * size);
}

/** An array of zeros; a refusal by the system counts as too much memory. */
function allocate(length: number): Int32Array {
  try {
    return new Int32Array(length);
  } catch {
    throw new MemoryExceeded();
  }
}

function copied(from: Int32Array, length: number): Int32Array {
  const to = allocate(length);
  to.set(from.subarray(0, Math.min(from.length, length)));
  return to;
}
