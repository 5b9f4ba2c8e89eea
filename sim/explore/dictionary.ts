/**
 * Numbers the distinct contents of a group of slots in the order in which they first appear. A state then needs only
 * the number of each group's contents: as many bits as the logarithm of how many there are.
 *
 * Source: G. J. Holzmann, "State compression in SPIN: recursive indexing and compression training runs" (1997).
 */
import { type Allocate, amongThreads, inThread, NotKnown, resized } from "./memory.ts";

/** One dictionary may serve several groups whose slots correspond (the tasks of one array). */
export class Dictionary {
  /** slots in a group */
  readonly arity: number;
  /** distinct contents so far */
  count = 0;
  /** contents one after the other, without the zeros at their ends (what lists have not filled) */
  private cells: Int32Array;
  /** where each begins; one more than there are */
  private starts: Int32Array;
  /** open addressing: number + 1, or 0 */
  private table: Int32Array;
  private allocate: Allocate = inThread;
  /** whether another thread numbers what is new */
  private isReader = false;

  constructor(arity: number) {
    this.arity = arity;
    this.cells = new Int32Array(arity * 16);
    this.starts = new Int32Array(17);
    this.table = new Int32Array(32);
  }

  get bytes(): number {
    return this.cells.byteLength + this.starts.byteLength + this.table.byteLength;
  }

  /** Moves everything to where other threads can read along. */
  share(): void {
    this.allocate = amongThreads;
    this.cells = resized(this.cells, this.cells.length, amongThreads);
    this.starts = resized(this.starts, this.starts.length, amongThreads);
    this.table = resized(this.table, this.table.length, amongThreads);
  }

  /** What another thread needs to read along, besides `count`. */
  get arrays(): readonly Int32Array[] {
    return [this.cells, this.starts, this.table];
  }

  /** Reads along in arrays of another thread, of which so many numbers are complete. */
  readAlong([cells, starts, table]: readonly Int32Array[], count: number): void {
    this.isReader = true;
    this.cells = cells!;
    this.starts = starts!;
    this.table = table!;
    this.count = count;
  }

  /**
   * The number of what stands in these slots of the vector, new or known.
   *
   * @throws NotKnown if it is new and another thread numbers
   */
  encode(state: Int32Array, slots: Int32Array): number {
    const { cells, starts, table } = this;
    let length = this.arity;
    while (length > 0 && state[slots[length - 1]!] === 0) length -= 1;
    let hash = length;
    for (let k = 0; k < length; k++) {
      hash = Math.imul(hash ^ state[slots[k]!]!, 0x9e3779b1);
      hash ^= hash >>> 15;
    }
    const mask = table.length - 1;
    let at = hash & mask;
    for (;;) {
      const number = table[at]! - 1;
      if (number < 0) return this.add(state, slots, length, at);
      if (number >= this.count) throw new NotKnown();
      const from = starts[number]!;
      if (starts[number + 1]! - from === length) {
        let k = 0;
        while (k < length && cells[from + k] === state[slots[k]!]) k += 1;
        if (k === length) return number;
      }
      at = (at + 1) & mask;
    }
  }

  /** Puts the contents of that number into these slots. */
  decode(number: number, state: Int32Array, slots: Int32Array): void {
    const from = this.starts[number]!;
    const length = this.starts[number + 1]! - from;
    for (let k = 0; k < length; k++) state[slots[k]!] = this.cells[from + k]!;
    for (let k = length; k < this.arity; k++) state[slots[k]!] = 0;
  }

  /** One cell of the contents of that number. */
  cell(number: number, k: number): number {
    const at = this.starts[number]! + k;
    return at < this.starts[number + 1]! ? this.cells[at]! : 0;
  }

  private add(state: Int32Array, slots: Int32Array, length: number, at: number): number {
    if (this.isReader) throw new NotKnown();
    const number = this.count;
    const from = this.starts[number]!;
    if (from + length > this.cells.length)
      this.cells = resized(this.cells, Math.max(from + length, this.cells.length * 2), this.allocate);
    if (number + 2 > this.starts.length) this.starts = resized(this.starts, this.starts.length * 2, this.allocate);
    for (let k = 0; k < length; k++) this.cells[from + k] = state[slots[k]!]!;
    this.starts[number + 1] = from + length;
    this.table[at] = number + 1;
    this.count = number + 1;
    if (this.count * 2 > this.table.length) this.rehash();
    return number;
  }

  private rehash(): void {
    const table = this.allocate(this.table.length * 4);
    const mask = table.length - 1;
    for (let number = 0; number < this.count; number++) {
      const end = this.starts[number + 1]!;
      let hash = end - this.starts[number]!;
      for (let k = this.starts[number]!; k < end; k++) {
        hash = Math.imul(hash ^ this.cells[k]!, 0x9e3779b1);
        hash ^= hash >>> 15;
      }
      let at = hash & mask;
      while (table[at] !== 0) at = (at + 1) & mask;
      table[at] = number + 1;
    }
    this.table = table;
  }
}
