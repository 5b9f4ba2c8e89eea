/**
 * The set of places (state, running task) that a search has been to. States are kept as 64-bit fingerprints, or whole
 * if the answer is to be exact.
 */
import type { Machine } from "../machine/machine.ts";

/** 32-bit words of one entry: both halves of the fingerprint, and the task + 2 (0: free). */
const WIDTH = 3;

export class Seen {
  count = 0;
  private readonly whole: Set<string> | null;
  private table = new Int32Array(WIDTH * 1024);
  private readonly slots: number;

  constructor(machine: Machine, exact: boolean) {
    this.whole = exact ? new Set() : null;
    this.slots = machine.state.length;
  }

  /** Bytes in use; of whole states an estimate. */
  get bytes(): number {
    return this.whole === null ? this.table.byteLength : this.count * (2 * this.slots + 64);
  }

  /** Notes the machine's state with the task that runs (−1: none); false if it was known. */
  add(machine: Machine, task: number): boolean {
    if (this.whole !== null) {
      this.whole.add(`${task}:${String.fromCharCode(...halves(machine.state))}`);
      const grown = this.whole.size > this.count;
      this.count = this.whole.size;
      return grown;
    }
    if (this.count * 2 * WIDTH > this.table.length) this.grow();
    const at = this.find(this.table, machine.hashLow, machine.hashHigh, task + 2);
    if (this.table[at + 2] !== 0) return false;
    this.table[at] = machine.hashLow;
    this.table[at + 1] = machine.hashHigh;
    this.table[at + 2] = task + 2;
    this.count += 1;
    return true;
  }

  has(machine: Machine, task: number): boolean {
    if (this.whole !== null) return this.whole.has(`${task}:${String.fromCharCode(...halves(machine.state))}`);
    return this.table[this.find(this.table, machine.hashLow, machine.hashHigh, task + 2) + 2] !== 0;
  }

  /** Where the entry is, or the free place for it. */
  private find(table: Int32Array, low: number, high: number, task: number): number {
    const cells = table.length / WIDTH;
    let cell = ((low ^ Math.imul(high, 31) ^ Math.imul(task, 0x9e3779b1)) >>> 0) & (cells - 1);
    for (;;) {
      const at = cell * WIDTH;
      const there = table[at + 2]!;
      if (there === 0 || (there === task && table[at] === low && table[at + 1] === high)) return at;
      cell = (cell + 1) & (cells - 1);
    }
  }

  private grow(): void {
    const grown = new Int32Array(this.table.length * 2);
    for (let at = 0; at < this.table.length; at += WIDTH) {
      if (this.table[at + 2] === 0) continue;
      const into = this.find(grown, this.table[at]!, this.table[at + 1]!, this.table[at + 2]!);
      grown.set(this.table.subarray(at, at + WIDTH), into);
    }
    this.table = grown;
  }

  /** The chance that two different places had the same fingerprint, so that one was missed: about n²/2 in 2^64. */
  get collisionProbability(): number {
    return this.whole === null ? (this.count * this.count) / 2 / (4294967296 * 4294967296) : 0;
  }
}

function halves(state: Int32Array): Uint16Array {
  return new Uint16Array(state.buffer, state.byteOffset, state.length * 2);
}
