/**
 * So many states a program has at least, known without going through them: tasks whose first steps touch nothing that
 * the others' first steps touch can be anywhere in them, each whatever the others do.
 */
import { Machine } from "../machine/machine.ts";
import type { Program } from "../program/program.ts";
import { addFootprint, disturb, emptyFootprint, type Footprint, slotSet } from "../program/step-footprint.ts";

/** So many steps of each task are looked at; with half as many hundreds of thousands of states are found, too. */
const STEPS = 16;

/** That number, or one beyond `enough`: so many are not told apart. */
export function statesAtLeast(program: Program, enough = Number.POSITIVE_INFINITY): number {
  const machine = new Machine(program, { recording: true });
  const others: Footprint[] = [];
  const start = machine.state.slice();
  let states = 1;
  for (const { id } of program.tasks) {
    const mark = machine.trailSize;
    const own = emptyFootprint(program);
    // what it has made of the start, in words: a task that goes round comes back to a state that was counted
    const changes = new Set([""]);
    for (let steps = 0; steps < STEPS; steps++) {
      machine.clearFootprint();
      if (!machine.ready(id)) break;
      machine.step(id);
      const step = { reads: slotSet(program, machine.reads), writes: slotSet(program, machine.writes) };
      if (others.some((other) => disturb(step, other))) break;
      addFootprint(own, step);
      const changed = own.writes.members().filter((slot) => machine.state[slot] !== start[slot]);
      changes.add(changed.map((slot) => `${slot}=${machine.state[slot]}`).join());
    }
    machine.undo(mark);
    others.push(own);
    states *= changes.size;
    if (states > enough) break;
  }
  return states;
}
