/**
 * What a step may touch, read off the code: for each task and position the slots that the step which begins there may
 * read and write, and those that anything from there on may.
 *
 * A step that ends its task by an exception nobody catches is not part of its own footprint (whoever relies on that
 * looks whether the task is still alive afterwards), but it is part of what may come.
 */
import { Bits } from "../base/bits.ts";
import { toldToTerminate } from "./ends.ts";
import { slotsAt, slotsEverRead } from "./footprint.ts";
import { type Address, type Expr, type Instruction, type Place, type Program, sizeOf, type Task } from "./program.ts";
import { raisingParts } from "./raises.ts";

export interface Footprint {
  readonly reads: Bits;
  readonly writes: Bits;
}

/** Whether the order of two matters: one writes what the other reads or writes. */
export function disturb(one: Footprint, other: Footprint): boolean {
  return one.writes.meets(other.reads) || one.writes.meets(other.writes) || one.reads.meets(other.writes);
}

export interface PositionFootprint {
  /** the instruction here, by itself; what a `print` names counts as read */
  readonly instruction: Footprint;
  /** the step, if one begins here */
  readonly step: Footprint;
  /** the guard of the step; null if it has none (then it never waits) */
  readonly guard: Bits | null;
  /** the step may have alternatives */
  readonly chooses: boolean;
  /** the step may end its task other than by an exception */
  readonly ends: boolean;
  /** everything that the task, and those that it may start, may do from here on */
  readonly future: Footprint;
}

/** That of a step that touches nothing. */
export const emptyFootprint = (program: Program): Footprint => ({
  reads: new Bits(program.slots.length),
  writes: new Bits(program.slots.length),
});

/** By program, which nobody changes: searches, symmetry and counting all ask. */
const known = new WeakMap<Program, readonly (readonly PositionFootprint[])[]>();

/** For each task, for each position; the position behind the code is that of a task that has ended. */
export function stepFootprints(program: Program): readonly (readonly PositionFootprint[])[] {
  let footprints = known.get(program);
  if (footprints === undefined) {
    footprints = findFootprints(program);
    known.set(program, footprints);
  }
  return footprints;
}

function findFootprints(program: Program): PositionFootprint[][] {
  const lifeSlots = program.tasks.map((task) => task.lifeSlot);
  const own = program.tasks.map((task) =>
    task.code.map((instruction) => instructionFootprint(program, instruction, lifeSlots, true)),
  );
  const ending = program.tasks.map((task) => endFootprint(program, task));
  const futures = fixpoint(program, own);
  const told = toldToTerminate(program);
  return program.tasks.map((task) => {
    const positions = task.code.map((instruction, position): PositionFootprint => {
      const { footprint, chooses, ends } = wholeStep(program, task, position, own[task.id]!, ending[task.id]!);
      return {
        instruction: own[task.id]![position]!,
        step: footprint,
        guard: guardOf(program, task, instruction, lifeSlots, told.has(task.id)),
        chooses,
        ends,
        future: futures[task.id]![position]!,
      };
    });
    positions.push({
      instruction: emptyFootprint(program),
      step: emptyFootprint(program),
      guard: null,
      chooses: false,
      ends: false,
      future: emptyFootprint(program),
    });
    return positions;
  });
}

/**
 * What decides whether the task can go on: its guard, for coroutines who has the thread, and where somebody may tell it
 * to terminate its life, since the dying wait for nothing.
 */
function guardOf(
  program: Program,
  task: Task,
  instruction: Instruction,
  lifeSlots: readonly number[],
  mayBeTold: boolean,
): Bits | null {
  if (instruction.op !== "when" && task.threadSlot < 0) return null;
  const slots = instruction.op === "when" ? [...slotsEverRead(program, instruction.test, lifeSlots)] : [];
  if (task.threadSlot >= 0) slots.push(task.threadSlot);
  if (mayBeTold) slots.push(task.lifeSlot);
  return slotSet(program, slots);
}

/** Where control may go from an instruction, exceptions included. */
export function successors(instruction: Instruction): number[] {
  const next: number[] = [];
  if (instruction.op === "branch") next.push(instruction.yes, instruction.no);
  else if (instruction.op === "when") {
    next.push(instruction.next);
    if (instruction.missed >= 0) next.push(instruction.missed);
  } else if ("next" in instruction) next.push(instruction.next);
  if (instruction.handler >= 0 && instruction.op !== "nothing" && instruction.op !== "end")
    next.push(instruction.handler);
  return next;
}

/** The step that begins at a position: up to the next place where one begins. */
function wholeStep(
  program: Program,
  task: Task,
  position: number,
  own: readonly Footprint[],
  ending: Footprint,
): { footprint: Footprint; chooses: boolean; ends: boolean } {
  const footprint = emptyFootprint(program);
  addOwn(task, footprint);
  let chooses = false;
  let ends = false;
  const seen = new Set([position]);
  const open = [position];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const instruction = task.code[at]!;
    addFootprint(footprint, own[at]!);
    chooses ||= instruction.op === "choose" || instruction.op === "pick";
    if (instruction.op === "end" || (instruction.op === "fail" && instruction.kind !== "misuse")) {
      ends = true;
      addFootprint(footprint, ending);
    }
    if (instruction.op === "delay") continue;
    for (const next of successors(instruction)) {
      if (seen.has(next) || next >= task.code.length || task.code[next]!.grain === "stop") continue;
      seen.add(next);
      open.push(next);
    }
  }
  return { footprint, chooses, ends };
}

/** What may come from each position: its instruction, where that leads, and the end that an exception may bring. */
function fixpoint(program: Program, own: readonly (readonly Footprint[])[]): Footprint[][] {
  const futures = program.tasks.map((task) =>
    task.code.map((_, at) => {
      const future = whateverHappens(program, task);
      addFootprint(future, own[task.id]![at]!);
      return future;
    }),
  );
  for (let changed = true; changed; ) {
    changed = false;
    for (const task of program.tasks) {
      const mine = futures[task.id]!;
      for (let at = task.code.length - 1; at >= 0; at--) {
        const instruction = task.code[at]!;
        const into = mine[at]!;
        for (const next of [...successors(instruction), ...(task.epilogue > at ? [task.epilogue] : [])]) {
          const from = mine[next];
          if (from !== undefined && addFootprint(into, from)) changed = true;
        }
        if (instruction.op !== "start" && instruction.op !== "switch") continue;
        for (const child of startedBy(program, instruction.task)) {
          const from = futures[child]![0];
          if (from !== undefined && addFootprint(into, from)) changed = true;
        }
      }
    }
  }
  return futures;
}

/** A started task brings those of its threads and coroutines that start by themselves. */
export function startedBy(program: Program, child: number): number[] {
  return [child, ...program.tasks.filter((other) => other.owner === child && !other.manual).map((other) => other.id)];
}

/** What a task may touch wherever it is: by taking a step at all, and by being ended. */
export function whateverHappens(program: Program, task: Task): Footprint {
  const footprint = endFootprint(program, task);
  addOwn(task, footprint);
  return footprint;
}

/** What every step of a task touches. */
function addOwn(task: Task, footprint: Footprint): void {
  footprint.reads.add(task.lifeSlot).add(task.pcSlot);
  footprint.writes.add(task.pcSlot);
  if (task.threadSlot < 0) return;
  footprint.reads.add(task.threadSlot);
  footprint.writes.add(task.threadSlot);
}

/** Adds one footprint to another; whether that made it larger. */
export function addFootprint(into: Footprint, from: Footprint): boolean {
  const reads = into.reads.addAll(from.reads);
  return into.writes.addAll(from.writes) || reads;
}

/** A set of slots. */
export function slotSet(program: Program, slots: readonly number[]): Bits {
  const bits = new Bits(program.slots.length);
  for (const slot of slots) bits.add(slot);
  return bits;
}

/** The slots that the end of a task (its own, or by being told to) touches; see `Machine.finish`. */
function endFootprint(program: Program, task: Task): Footprint {
  const footprint = emptyFootprint(program);
  const touch = (slot: number): void => {
    footprint.reads.add(slot);
    footprint.writes.add(slot);
  };
  const kill = (victim: Task): void => {
    for (const slot of [victim.lifeSlot, victim.exitSlot, victim.pcSlot]) touch(slot);
    for (const other of program.tasks) if (other.owner === victim.id) kill(other);
  };
  kill(task);
  for (const other of program.tasks) {
    if (other.id === task.id || !other.daemon || other.type !== "process" || other.parentSlot < 0) continue;
    footprint.reads.add(other.parentSlot);
    kill(other);
  }
  if (task.daemon || task.type !== "process") return footprint;
  const processes = program.tasks.filter((other) => other.type === "process");
  const mortal = processes.filter((other) => other.daemon && (other.worker || (!other.manual && !task.manual)));
  if (mortal.length > 0) for (const other of processes) footprint.reads.add(other.lifeSlot);
  for (const other of mortal) kill(other);
  return footprint;
}

/**
 * What one instruction may touch, without the position and an end by exception.
 *
 * @param texts whether all that a `print` names counts as read, or only what may raise
 */
export function instructionFootprint(
  program: Program,
  instruction: Instruction,
  lifeSlots: readonly number[],
  texts: boolean,
): Footprint {
  const footprint = emptyFootprint(program);
  const read = (expr: Expr | null): void => {
    if (expr !== null) for (const slot of slotsEverRead(program, expr, lifeSlots)) footprint.reads.add(slot);
  };
  const readPlace = (place: Place): void => read({ op: "snapshot", place, part: "all" });
  const write = (at: Address, size: number): void => {
    for (const slot of slotsAt(at, size)) footprint.writes.add(slot);
    if (at.offset !== null) read(at.offset);
  };
  const change = (place: Place): void => {
    readPlace(place);
    write(place, sizeOf(place.layout));
  };
  for (const slot of instruction.clear) footprint.writes.add(slot);
  if (instruction.exception >= 0) footprint.writes.add(instruction.exception);
  for (const part of raisingParts(instruction, program)) read(part);
  switch (instruction.op) {
    case "nothing":
    case "delay":
      break;
    case "print":
      // where orders are explored its value matters to nobody, but it is an access all the same: it can race
      if (texts) for (const part of instruction.parts) if (typeof part !== "string") read(part);
      break;
    case "set":
      read(instruction.value);
      write(instruction.to, 1);
      break;
    case "branch":
    case "when":
      read(instruction.test);
      break;
    case "choose":
      instruction.options.forEach(read);
      write(instruction.to, 1);
      break;
    case "pick":
      read(instruction.count);
      write(instruction.to, 1);
      break;
    case "append":
      read(instruction.at);
      read(instruction.value);
      change(instruction.place);
      break;
    case "extend":
    case "remove":
    case "fill":
      read(instruction.value);
      change(instruction.place);
      break;
    case "pop":
      read(instruction.key);
      change(instruction.place);
      if (instruction.to !== null) write(instruction.to, 1);
      break;
    case "clear":
      change(instruction.place);
      break;
    case "put":
      read(instruction.key);
      read(instruction.value);
      change(instruction.place);
      break;
    case "start": {
      const child = program.tasks[instruction.task]!;
      footprint.reads.add(child.lifeSlot);
      for (const { from, to } of instruction.copies) {
        readPlace(from);
        write(to, sizeOf(to.layout));
      }
      for (const { to, value } of instruction.values) {
        read(value);
        write(to, 1);
      }
      for (const each of startedBy(program, instruction.task)) footprint.writes.add(lifeSlots[each]!);
      if (child.parentSlot >= 0) footprint.writes.add(child.parentSlot);
      break;
    }
    case "switch": {
      const target = program.tasks[instruction.task]!;
      footprint.reads.add(target.lifeSlot);
      footprint.writes.add(target.lifeSlot);
      if (target.parentSlot >= 0) footprint.writes.add(target.parentSlot);
      break;
    }
    case "reap":
    case "terminate":
      for (const id of instruction.tasks) {
        const other = program.tasks[id]!;
        footprint.reads.add(other.lifeSlot);
        if (other.parentSlot >= 0) footprint.reads.add(other.parentSlot);
        footprint.writes.add(other.lifeSlot);
      }
      break;
    case "fail":
      for (const part of instruction.message) if (typeof part !== "string") read(part);
      break;
    case "raise":
      if (instruction.from >= 0) footprint.reads.add(instruction.from);
      break;
    case "end":
      read(instruction.code);
      break;
  }
  return footprint;
}
