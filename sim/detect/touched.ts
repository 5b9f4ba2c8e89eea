/**
 * What the next steps of two tasks really touch in one state. Their code tells only what they may touch: a `pop` that finds
 * nothing takes nothing away, and a map with other keys is left alone where a key has its place.
 */
import { Machine } from "../machine/machine.ts";
import type { Program } from "../program/program.ts";
import { raceableSlots } from "./access.ts";

export class Touched {
  /** takes the steps, and takes them back */
  private readonly machine: Machine;
  private readonly raceable: Uint8Array;

  constructor(program: Program) {
    this.machine = new Machine(program, { recording: true });
    this.raceable = raceableSlots(program);
  }

  /**
   * The slot on which the next steps of two tasks conflict in this state: one writes it, the other reads or writes it.
   * `likely` if that is one, else the first of them; −1 if there is none.
   */
  conflict(state: Int32Array, one: number, other: number, likely: number): number {
    const [a, b] = [this.step(state, one), this.step(state, other)];
    const slots = [...a.writes].filter((slot) => b.writes.has(slot) || b.reads.has(slot));
    for (const slot of b.writes) if (a.reads.has(slot)) slots.push(slot);
    const raced = slots.filter((slot) => this.raceable[slot] === 1);
    if (raced.includes(likely)) return likely;
    return raced.length === 0 ? -1 : Math.min(...raced);
  }

  private step(state: Int32Array, task: number): { reads: ReadonlySet<number>; writes: ReadonlySet<number> } {
    const { machine } = this;
    machine.state.set(state);
    machine.trailSize = 0;
    machine.clearFootprint();
    machine.step(task, 0);
    const touched = { reads: new Set(machine.reads), writes: new Set(machine.writes) };
    machine.violations.length = 0;
    machine.undo(0);
    return touched;
  }
}
