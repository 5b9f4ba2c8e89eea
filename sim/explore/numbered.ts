/** Whole states, each stored once and numbered: for those who go back to a state by its number. */
import type { Machine } from "../machine/machine.ts";

/** States of a machine, each once, with numbers; told apart by 53 bits of their hash. */
export class States {
  private readonly machine: Machine;
  private readonly size: number;
  private store: Int32Array;
  private readonly numbers = new Map<number, number>();

  constructor(machine: Machine) {
    this.machine = machine;
    this.size = machine.state.length;
    this.store = new Int32Array(this.size * 256);
  }

  get count(): number {
    return this.numbers.size;
  }

  get bytes(): number {
    return this.numbers.size * (this.size * 4 + 40);
  }

  /** The number of the machine's present state, new or known. */
  add(): number {
    const { machine, size } = this;
    // the low half whole and 21 bits of the high half make an exact number
    const key = (machine.hashLow >>> 0) + (machine.hashHigh & 0x1fffff) * 0x100000000;
    const known = this.numbers.get(key);
    if (known !== undefined) return known;
    const number = this.numbers.size;
    this.numbers.set(key, number);
    if ((number + 1) * size > this.store.length) {
      const grown = new Int32Array(this.store.length * 2);
      grown.set(this.store);
      this.store = grown;
    }
    this.store.set(machine.state, number * size);
    return number;
  }

  /** Brings the machine into a state added before. What was on its trail is forgotten. */
  restore(number: number): void {
    const { machine, size, store } = this;
    const { state } = machine;
    for (let slot = 0, from = number * size; slot < size; slot++, from++) {
      if (state[slot] !== store[from]) machine.write(slot, store[from]!);
    }
    machine.trailSize = 0;
    machine.violations = [];
  }
}
