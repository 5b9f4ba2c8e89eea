/**
 * Which of a task's own variables still matter at each of its positions: those that are read before they are written
 * again. The others may hold anything, so a search that sets them to 0 sees fewer states.
 *
 * Source: the backward data-flow analysis of every compiler (Aho, Lam, Sethi, Ullman, "Compilers", section 9.2.5).
 */
import { Bits } from "../base/bits.ts";
import { slotsRead } from "./footprint.ts";
import type { Address, Instruction, Program, Task } from "./program.ts";
import { type Footprint, instructionFootprint, stepFootprints, successors } from "./step-footprint.ts";

/**
 * For each task and position (the last is that of a task that has ended) the slots that no longer matter there.
 * Slots that a property reads, or that other tasks may touch, always matter.
 */
export function deadSlots(program: Program, watched: readonly number[]): Int32Array[][] {
  const lifeSlots = program.tasks.map((task) => task.lifeSlot);
  const known = stepFootprints(program);
  const footprints = program.tasks.map((task) =>
    task.code.map((instruction, at) =>
      // nobody wants the texts where orders are explored
      instruction.op === "print"
        ? instructionFootprint(program, instruction, lifeSlots, false)
        : known[task.id]![at]!.instruction,
    ),
  );
  const private_ = privateSlots(program, footprints, watched);
  return program.tasks.map((task) => {
    const mine = private_[task.id]!;
    const live = liveAt(program, task, footprints[task.id]!);
    const dead = task.code.map((_, at) => Int32Array.from(mine.filter((slot) => !live[at]!.has(slot))));
    dead.push(Int32Array.from(mine));
    return dead;
  });
}

/** For each task its variables that only its own code touches. */
function privateSlots(
  program: Program,
  footprints: readonly (readonly Footprint[])[],
  watched: readonly number[],
): number[][] {
  const toucher = new Int32Array(program.slots.length).fill(-1);
  const SEVERAL = -2;
  const touch = (slot: number, task: number): void => {
    toucher[slot] = toucher[slot] === -1 || toucher[slot] === task ? task : SEVERAL;
  };
  footprints.forEach((list, task) => {
    const all = new Bits(program.slots.length);
    for (const { reads, writes } of list) {
      all.addAll(reads);
      all.addAll(writes);
    }
    for (const slot of all.members()) touch(slot, task);
  });
  const lifeSlots = program.tasks.map((task) => task.lifeSlot);
  const { always, finally: final, eventually, reachable } = program.properties;
  for (const property of [...always, ...final, ...eventually, ...reachable]) {
    for (const slot of slotsRead(property.test, lifeSlots)) toucher[slot] = SEVERAL;
  }
  for (const slot of watched) toucher[slot] = SEVERAL;
  const own: number[][] = program.tasks.map(() => []);
  program.slots.forEach(({ role, task }, slot) => {
    if ((role === "local" || role === "temporary") && task >= 0 && toucher[slot] === task) own[task]!.push(slot);
  });
  return own;
}

function liveAt(program: Program, task: Task, footprints: readonly Footprint[]): Bits[] {
  const live = task.code.map(() => new Bits(program.slots.length));
  const written = task.code.map((instruction) => certainlyWritten(instruction));
  for (let changed = true; changed; ) {
    changed = false;
    for (let at = task.code.length - 1; at >= 0; at--) {
      const instruction = task.code[at]!;
      const after = new Bits(program.slots.length);
      for (const next of successors(instruction)) {
        if (next !== instruction.handler && live[next] !== undefined) after.addAll(live[next]!);
      }
      for (const slot of written[at]!) after.delete(slot);
      // an exception may come before the writing
      if (instruction.handler >= 0) after.addAll(live[instruction.handler]!);
      if (task.epilogue > at) after.addAll(live[task.epilogue]!);
      after.addAll(footprints[at]!.reads);
      if (live[at]!.addAll(after)) changed = true;
    }
  }
  return live;
}

/** Slots that the instruction gives a new value whatever happens, exceptions apart. */
function certainlyWritten(instruction: Instruction): number[] {
  const slots = [...instruction.clear];
  const add = (at: Address | null): void => {
    if (at !== null && at.offset === null) slots.push(at.base);
  };
  switch (instruction.op) {
    case "set":
    case "choose":
    case "pick":
    case "pop":
      add(instruction.to);
      break;
  }
  return slots;
}
