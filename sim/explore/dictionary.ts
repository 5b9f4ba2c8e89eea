/**
 * Numbers the distinct contents of a group of slots in the order in which they first appear. A state then needs only
 * the number of each group's contents: as many bits as the logarithm of how many there are.
 *
 * Source: G. J. Holzmann, "State compression in SPIN: recursive indexing and compression training runs" (1997).
 */

/** One dictionary may serve several groups whose slots correspond (the tasks of one array). */
export class Dictionary {
  /** slots in a group */
  readonly arity: number;
  /** distinct contents so far */
  count = 0;
  private tuples: Int32Array;
  /** open addressing: number + 1, or 0 */
  private table: Int32Array;

  constructor(arity: number) {
    this.arity = arity;
    this.tuples = new Int32Array(arity * 16);
    this.table = new Int32Array(32);
  }

  get bytes(): number {
    return this.tuples.byteLength + this.table.byteLength;
  }

  /** The number of what stands in these slots of the vector, new or known. */
  encode(state: Int32Array, slots: Int32Array): number {
    const { arity, tuples } = this;
    let hash = 0;
    for (let k = 0; k < arity; k++) {
      hash = Math.imul(hash ^ state[slots[k]!]!, 0x9e3779b1);
      hash ^= hash >>> 15;
    }
    const mask = this.table.length - 1;
    let at = hash & mask;
    for (;;) {
      const number = this.table[at]! - 1;
      if (number < 0) return this.add(state, slots, at);
      let k = 0;
      for (let from = number * arity; k < arity && tuples[from + k] === state[slots[k]!]; ) k += 1;
      if (k === arity) return number;
      at = (at + 1) & mask;
    }
  }

  /** Puts the contents of that number into these slots. */
  decode(number: number, state: Int32Array, slots: Int32Array): void {
    const { arity, tuples } = this;
    for (let k = 0, from = number * arity; k < arity; k++) state[slots[k]!] = tuples[from + k]!;
  }

  private add(state: Int32Array, slots: Int32Array, at: number): number {
    const number = this.count;
    const end = (number + 1) * this.arity;
    if (end > this.tuples.length) {
      const grown = new Int32Array(Math.max(end, this.tuples.length * 2));
      grown.set(this.tuples);
      this.tuples = grown;
    }
    for (let k = 0; k < this.arity; k++) this.tuples[number * this.arity + k] = state[slots[k]!]!;
    this.table[at] = number + 1;
    this.count = number + 1;
    if (this.count * 2 > this.table.length) this.rehash();
    return number;
  }

  private rehash(): void {
    const table = new Int32Array(this.table.length * 4);
    const mask = table.length - 1;
    for (let number = 0; number < this.count; number++) {
      let hash = 0;
      for (let k = 0; k < this.arity; k++) {
        hash = Math.imul(hash ^ this.tuples[number * this.arity + k]!, 0x9e3779b1);
        hash ^= hash >>> 15;
      }
      let at = hash & mask;
      while (table[at] !== 0) at = (at + 1) & mask;
      table[at] = number + 1;
    }
    this.table = table;
  }
}
