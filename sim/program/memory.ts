/** Gives every variable its slots. */
import type { Initial, Value } from "../scenario/ast.ts";
import { type Layout, type Place, type Slot, sizeOf } from "./program.ts";
import type { Values } from "./values.ts";

/** Lists get at most this much room at first; a run that needs more is compiled again with more (see `ListOverflow`). */
export const FIRST_LIST_ROOM = 64;

/** The vector of slots under construction. */
export class Memory {
  readonly slots: Slot[] = [];
  readonly values: Values;
  /**
   * Room for each list, whatever greatest length it was declared with: memory is not laid out for what may never be used.
   * A list that may grow beyond its room is `unbounded` to the machine, which asks for more (`ListOverflow`).
   */
  readonly listRoom: number;

  constructor(values: Values, listRoom: number) {
    this.values = values;
    this.listRoom = listRoom;
  }

  /** One more slot; returns its number. */
  slot(name: string, initial: number, task: number, role: Slot["role"]): number {
    this.slots.push({ name, initial, task, role });
    return this.slots.length - 1;
  }

  /** Slots for a variable with the given start; returns where it lies. */
  place(name: string, initial: Initial, task: number, role: Slot["role"], visible: boolean): Place {
    const layout = this.layoutOf(initial);
    const base = this.slots.length;
    this.fill(name, initial, layout, task, role);
    return { name, layout, base, offset: null, visible };
  }

  private layoutOf(initial: Initial): Layout {
    switch (initial.type) {
      case "scalar":
        return { type: "scalar" };
      case "array": {
        const first = initial.items[0];
        return {
          type: "array",
          length: initial.items.length,
          item: first === undefined ? { type: "scalar" } : this.layoutOf(first),
        };
      }
      case "list": {
        const room = Math.max(this.listRoom, initial.items.length);
        return { type: "list", max: Math.min(initial.max ?? room, room), unbounded: (initial.max ?? room + 1) > room };
      }
      case "map":
        return { type: "map", max: initial.max };
    }
  }

  private fill(name: string, initial: Initial, layout: Layout, task: number, role: Slot["role"]): void {
    const add = (suffix: string, value: Value) => this.slot(name + suffix, this.values.encode(value), task, role);
    switch (initial.type) {
      case "scalar":
        add("", initial.value);
        return;
      case "array":
        initial.items.forEach((item, k) => {
          this.fill(`${name}[${k}]`, item, (layout as Layout & { type: "array" }).item, task, role);
        });
        return;
      case "list":
        add(".length", initial.items.length);
        for (const item of initial.items) add("[]", item);
        this.pad(name, sizeOf(layout) - 1 - initial.items.length, task, role);
        return;
      case "map":
        add(".length", initial.entries.length);
        for (const [key, value] of initial.entries) {
          add("{key}", key);
          add("{value}", value);
        }
        this.pad(name, sizeOf(layout) - 1 - 2 * initial.entries.length, task, role);
    }
  }

  /** Unused cells hold 0, always, so that equal contents are equal states. */
  private pad(name: string, count: number, task: number, role: Slot["role"]): void {
    for (let k = 0; k < count; k++) this.slot(`${name}[]`, 0, task, role);
  }
}

/** Where nothing is declared: a variable that starts as null. */
export const NOTHING: Initial = { type: "scalar", value: null };
