/**
 * The ends of orders, many times the same: only one that has not been seen is written out.
 */
import type { Machine } from "../machine/machine.ts";
import { sizeOf } from "../program/program.ts";
import { Outcomes } from "./collect.ts";
import { Dictionary } from "./dictionary.ts";
import type { Move, Outcome } from "./strategy.ts";

export class Ends {
  private readonly outcomes = new Outcomes();
  private readonly seen = [0, 0];
  private dictionaries: [Dictionary, Dictionary] | null = null;
  private slots = new Int32Array(0);

  take(machine: Machine, deadlock: boolean, path: () => readonly Move[]): void {
    if (this.dictionaries === null) {
      const { shared } = machine.program;
      this.slots = Int32Array.from(
        shared.flatMap((place) => Array.from({ length: sizeOf(place.layout) }, (_, k) => place.base + k)),
      );
      this.dictionaries = [new Dictionary(this.slots.length), new Dictionary(this.slots.length)];
    }
    const kind = deadlock ? 1 : 0;
    const dictionary = this.dictionaries[kind];
    dictionary.encode(machine.state, this.slots);
    if (dictionary.count === this.seen[kind]) return;
    this.seen[kind] = dictionary.count;
    this.outcomes.take(machine, deadlock, path);
  }

  sorted(): Outcome[] {
    return this.outcomes.sorted();
  }
}
