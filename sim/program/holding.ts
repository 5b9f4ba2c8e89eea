/**
 * What a task holds while it is at a position, and what the others can do in the meantime.
 *
 * The `owner` of a lock says who has it: a slot to which each task writes a name of its own. Read off the code it is known
 * at which positions that slot must still hold the task's name; and if no step that begins elsewhere can change it as long
 * as somebody else's name stands there, then nobody gets beyond a wait for it either. So what another task can do before
 * the holder moves ends where it would have to take the lock, and all that is done under one lock can be in nobody's way.
 *
 * Nothing is taken on trust: that a slot is a lock's owner is only where to look; whether it behaves as said is found out
 * by walking through all code, with tests of the slot decided by what is assumed of it.
 *
 * Proof, by induction over the steps of a run, that a task where it must hold a slot does hold it, and nobody else is where he
 * must. A step of the task itself is what the data-flow analysis looks at. A step of another begins elsewhere than where he
 * must hold it, and those were seen not to write it while another's name stands there (`respects`).
 *
 * Sources: the idea of movers in R. J. Lipton, "Reduction: a method of proving properties of parallel programs" (1975), and
 * C. Flanagan, S. Qadeer, "Transactions for software model checking" (2003), here without annotations.
 */
import { Bits } from "../base/bits.ts";
import { type Expr, type Instruction, type Program, sizeOf, type Task } from "./program.ts";
import {
  addFootprint,
  type Footprint,
  type PositionFootprint,
  startedBy,
  stepFootprints,
  successors,
  whateverHappens,
} from "./step-footprint.ts";
import { FALSE, NULL, TRUE } from "./values.ts";

/** Slots of one task are kept as bits of a number. */
const MOST = 30;

/** What a test comes to: one of the two values, or it depends on more than what is assumed. */
type Outcome = typeof TRUE | typeof FALSE | null;

/** A slot that may tell who holds something. */
interface Claim {
  /** by task: the name it writes there (one of them, if it writes several) */
  readonly names: ReadonlyMap<number, number>;
  /** whether it is as this file's head says; null: not looked at yet */
  respected: boolean | null;
}

export class Holding {
  private readonly program: Program;
  private readonly claims = new Map<number, Claim>();
  /** by task: the slots it may hold; by position: those it must hold, as bits */
  private readonly mine: readonly (readonly number[])[];
  private readonly held: readonly Int32Array[];
  /** by task and position */
  private readonly own: readonly (readonly PositionFootprint[])[];
  private readonly always = new Map<number, Footprint>();
  private readonly futures = new Map<number, Map<number, Footprint>[]>();

  constructor(program: Program) {
    this.program = program;
    for (const [slot, names] of namesWritten(program)) this.claims.set(slot, { names, respected: null });
    this.mine = program.tasks.map(({ id }) =>
      [...this.claims].flatMap(([slot, { names }]) => (names.has(id) ? [slot] : [])).slice(0, MOST),
    );
    this.own = stepFootprints(program);
    this.held = program.tasks.map((task) => this.mustHold(task));
  }

  /** The slots that the task holds for certain while it is at the position, and that all others respect. */
  heldAt(task: number, position: number): number[] {
    const bits = this.held[task]![position] ?? 0;
    return this.mine[task]!.filter((slot, k) => ((bits >> k) & 1) === 1 && this.isRespected(slot));
  }

  /** What a task can do from a position on while somebody else holds the slot. */
  futureWhile(slot: number, task: number, position: number): Footprint {
    let byTask = this.futures.get(slot);
    if (byTask === undefined) {
      byTask = this.program.tasks.map(() => new Map());
      this.futures.set(slot, byTask);
    }
    const known = byTask[task]!.get(position);
    if (known !== undefined) return known;
    const future: Footprint = {
      reads: new Bits(this.program.slots.length),
      writes: new Bits(this.program.slots.length),
    };
    const seen = new Set<string>();
    const open = [{ task, at: position }];
    for (let place = open.pop(); place !== undefined; place = open.pop()) {
      const key = `${place.task} ${place.at}`;
      if (seen.has(key)) continue;
      seen.add(key);
      addFootprint(future, this.alwaysOf(place.task));
      const self = this.program.tasks[place.task]!;
      const instruction = self.code[place.at];
      if (instruction === undefined) continue;
      const next = this.onward(slot, self, instruction);
      if (next === null) continue;
      addFootprint(future, this.own[place.task]![place.at]!.instruction);
      if (self.epilogue > place.at) next.push(self.epilogue);
      for (const at of next) open.push({ task: place.task, at });
      if (instruction.op === "start" || instruction.op === "switch")
        for (const child of startedBy(this.program, instruction.task)) open.push({ task: child, at: 0 });
    }
    byTask[task]!.set(position, future);
    return future;
  }

  private alwaysOf(task: number): Footprint {
    let footprint = this.always.get(task);
    if (footprint === undefined) {
      footprint = whateverHappens(this.program, this.program.tasks[task]!);
      this.always.set(task, footprint);
    }
    return footprint;
  }

  /** Where a task may go on from an instruction while another holds the slot; null: it waits there until that is over. */
  private onward(slot: number, task: Task, instruction: Instruction): number[] | null {
    if (instruction.op === "when") {
      const outcome = this.decide(slot, task.id, instruction.test);
      if (outcome === FALSE && instruction.timeout === null) return null;
      const next = successors(instruction);
      return outcome === FALSE ? next.filter((at) => at !== instruction.next || at === instruction.missed) : next;
    }
    if (instruction.op === "branch") {
      const outcome = this.decide(slot, task.id, instruction.test);
      if (outcome === null) return successors(instruction);
      const next = [outcome === TRUE ? instruction.yes : instruction.no];
      if (instruction.handler >= 0) next.push(instruction.handler);
      return next;
    }
    // an exception where a resource is misused, the end of the task elsewhere
    if (instruction.op === "fail") return instruction.handler >= 0 ? [instruction.handler] : [];
    return successors(instruction);
  }

  /** What a test comes to for a task while another holds the slot. Tests that may raise an exception stay open. */
  private decide(slot: number, task: number, test: Expr): Outcome {
    switch (test.op) {
      case "constant":
        return test.code === TRUE || test.code === FALSE ? test.code : null;
      case "not":
        return negated(this.decide(slot, task, test.operand));
      case "and":
      case "or": {
        const left = this.decide(slot, task, test.left);
        if (left === null) return null;
        return left === (test.op === "and" ? FALSE : TRUE) ? left : this.decide(slot, task, test.right);
      }
      case "binary": {
        if (test.operator !== "==" && test.operator !== "!=") return null;
        const [one, other] = loads(test.left, slot) ? [test.left, test.right] : [test.right, test.left];
        if (!loads(one, slot) || other.op !== "constant") return null;
        // it holds the name of somebody, but not this task's
        for (const [each, name] of this.claims.get(slot)!.names) if (each !== task && name === other.code) return null;
        return test.operator === "==" ? FALSE : TRUE;
      }
      default:
        return null;
    }
  }

  /** Whether nobody writes the slot while it holds another's name. */
  private isRespected(slot: number): boolean {
    const claim = this.claims.get(slot)!;
    claim.respected ??= this.program.tasks.every((task) => this.respects(slot, task));
    return claim.respected;
  }

  private respects(slot: number, task: Task): boolean {
    if (this.alwaysOf(task.id).writes.has(slot)) return false;
    const own = this.own[task.id]!;
    if (!own.some(({ instruction }) => instruction.writes.has(slot))) return true;
    const bit = this.mine[task.id]!.indexOf(slot);
    const isHeld = (at: number): boolean => bit >= 0 && ((this.held[task.id]![at]! >> bit) & 1) === 1;
    return restingPlaces(task).every((from) => isHeld(from) || !this.stepWrites(slot, task, from));
  }

  /** Whether the step that begins at a position may write the slot while it holds another's name. */
  private stepWrites(slot: number, task: Task, from: number): boolean {
    const seen = new Set<number>();
    const open = [from];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      const instruction = task.code[at];
      if (instruction === undefined || seen.has(at) || (at !== from && instruction.grain === "stop")) continue;
      seen.add(at);
      const next = this.onward(slot, task, instruction);
      if (next === null) continue;
      if (this.own[task.id]![at]!.instruction.writes.has(slot)) return true;
      open.push(...next);
    }
    return false;
  }

  /**
   * Forward data flow: the slots that hold the task's name whichever way it came to a position. (To write a name raises no
   * exception, so what an instruction takes is held wherever it leads.)
   */
  private mustHold(task: Task): Int32Array {
    const mine = this.mine[task.id]!;
    const held = new Int32Array(task.code.length + 1);
    if (mine.length === 0) return held;
    held.fill(-1);
    held[0] = 0;
    for (let changed = true; changed; ) {
      changed = false;
      const flow = (to: number, bits: number): void => {
        if ((held[to]! & bits) === held[to]) return;
        held[to]! &= bits;
        changed = true;
      };
      task.code.forEach((instruction, at) => {
        const after = this.heldAfter(task, at, held[at]!);
        for (const next of successors(instruction)) flow(next, after);
        if (task.epilogue > at) flow(task.epilogue, after);
      });
    }
    return held;
  }

  private heldAfter(task: Task, at: number, before: number): number {
    const instruction = task.code[at]!;
    let after = before;
    this.mine[task.id]!.forEach((slot, k) => {
      if (!this.own[task.id]![at]!.instruction.writes.has(slot)) return;
      const isTaken = writesName(instruction, slot) === this.claims.get(slot)!.names.get(task.id);
      after = isTaken ? after | (1 << k) : after & ~(1 << k);
    });
    return after;
  }
}

/** The owners of resources, each with the name that a task writes to it: slot → task → name. */
function namesWritten(program: Program): Map<number, Map<number, number>> {
  const written = new Map<number, Map<number, number>>();
  for (const { holder } of program.resources)
    if (holder !== null && holder.offset === null && sizeOf(holder.layout) === 1) written.set(holder.base, new Map());
  for (const task of program.tasks) {
    for (const instruction of task.code) {
      if (instruction.op !== "set") continue;
      const slot = instruction.to.base;
      const name = writesName(instruction, slot);
      if (name !== null) written.get(slot)?.set(task.id, name);
    }
  }
  for (const [slot, names] of written) if (names.size === 0) written.delete(slot);
  return written;
}

/** The name that an instruction writes to the slot; null: none, or one that only the run decides. */
function writesName(instruction: Instruction, slot: number): number | null {
  if (instruction.op !== "set" || instruction.to.offset !== null || instruction.to.base !== slot) return null;
  return instruction.value.op === "constant" && instruction.value.code !== NULL ? instruction.value.code : null;
}

/** Positions at which a task may be between two of its steps. */
function restingPlaces(task: Task): number[] {
  const places = new Set([0]);
  task.code.forEach((instruction, at) => {
    if (instruction.grain === "stop") places.add(at);
    if (instruction.op === "delay" || instruction.op === "switch")
      for (const next of successors(instruction)) places.add(next);
  });
  return [...places];
}

function loads(expr: Expr, slot: number): boolean {
  return expr.op === "load" && expr.at.offset === null && expr.at.base === slot;
}

function negated(outcome: Outcome): Outcome {
  if (outcome === null) return null;
  return outcome === TRUE ? FALSE : TRUE;
}
