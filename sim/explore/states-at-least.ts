/**
 * So many states a program has at least, known without going through them: tasks whose first steps touch nothing that
 * the others' first steps touch can be anywhere in them, each whatever the others do.
 */
import { Machine } from "../machine/machine.ts";
import type { Program } from "../program/program.ts";

/** So many steps of each task are looked at; with half as many hundreds of thousands of states are found, too. */
const STEPS = 16;

/** The slots that steps read and wrote. */
interface Touched {
  readonly reads: ReadonlySet<number>;
  readonly writes: ReadonlySet<number>;
}

export function statesAtLeast(program: Program): number {
  const machine = new Machine(program, { recording: true });
  const others: Touched[] = [];
  const start = machine.state.slice();
  let states = 1;
  for (const { id } of program.tasks) {
    const mark = machine.trailSize;
    const reads = new Set<number>();
    const writes = new Set<number>();
    // what it has made of the start, in words: a task that goes round comes back to a state that was counted
    const changes = new Set([""]);
    for (let steps = 0; steps < STEPS; steps++) {
      machine.clearFootprint();
      if (!machine.ready(id)) break;
      machine.step(id);
      if (others.some((other) => meet(machine, other))) break;
      for (const slot of machine.reads) reads.add(slot);
      for (const slot of machine.writes) writes.add(slot);
      const changed = [...writes].filter((slot) => machine.state[slot] !== start[slot]).sort((a, b) => a - b);
      changes.add(changed.map((slot) => `${slot}=${machine.state[slot]}`).join());
    }
    machine.undo(mark);
    others.push({ reads, writes });
    states *= changes.size;
  }
  return states;
}

/** Whether what the machine's last step wrote was touched by others, or what it read written by them. */
function meet(machine: Machine, other: Touched): boolean {
  return (
    machine.writes.some((slot) => other.reads.has(slot) || other.writes.has(slot)) ||
    machine.reads.some((slot) => other.writes.has(slot))
  );
}
