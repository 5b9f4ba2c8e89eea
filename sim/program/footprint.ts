/** What an expression reads: one walk, for everybody who asks. */
import { type Address, type Expr, type Instruction, type Place, type Program, sizeOf } from "./program.ts";

/** What the walk tells of. */
export interface Reads {
  /** `count` slots from this address on */
  slots(at: Address, count: number): void;
  /** the state of a task (`state(P)`) */
  state?(task: number): void;
}

/** Goes through an expression and tells of each read, those of the indices before what they lead to. */
export function eachRead(expr: Expr, reads: Reads): void {
  const visit = (each: Expr): void => eachRead(each, reads);
  const read = (at: Address, count: number): void => {
    eachReadOfOffset(at, reads);
    reads.slots(at, count);
  };
  const whole = (place: Place): void => read(place, sizeOf(place.layout));
  switch (expr.op) {
    case "constant":
    case "now":
      return;
    case "load":
      return read(expr.at, 1);
    case "offset":
      visit(expr.index);
      if (expr.rest !== null) visit(expr.rest);
      return;
    case "negate":
    case "not":
      return visit(expr.operand);
    case "binary":
    case "and":
    case "or":
      visit(expr.left);
      return visit(expr.right);
    case "if":
      visit(expr.test);
      visit(expr.then);
      return visit(expr.else);
    case "tuple":
      return expr.items.forEach(visit);
    case "at":
      visit(expr.value);
      return visit(expr.index);
    case "snapshot":
      return whole(expr.place);
    case "length":
      return read(expr.place, 1);
    case "member":
      visit(expr.value);
      return whole(expr.place);
    case "item":
      visit(expr.index);
      return whole(expr.place);
    case "builtin":
    case "random":
      return expr.arguments.forEach(visit);
    case "state":
      reads.state?.(expr.task);
      return;
  }
}

/** Whether the expression asks for the state of a task (`state(P)`), which more decides than slots. */
export function asksForState(expr: Expr): boolean {
  let asks = false;
  eachRead(expr, {
    slots: () => {},
    state: () => {
      asks = true;
    },
  });
  return asks;
}

/** States of which a task's life alone decides. */
const BY_LIFE: readonly string[] = ["new", "zombie", "ended"];

/**
 * Whether anything that matters depends on where a living task stands: `state(P)`, but for texts of `print` and for
 * comparisons with "new", "zombie" and "ended". Then every step of P can be seen.
 */
export function asksForPositions(program: Program): boolean {
  let asks = positions.get(program);
  if (asks === undefined) {
    asks = findAsking(program);
    positions.set(program, asks);
  }
  return asks;
}

const positions = new WeakMap<Program, boolean>();

function findAsking(program: Program): boolean {
  // goes through all code of all tasks, which hardly any program needs
  if (!program.scenario.source.text.includes("state(")) return false;
  const isOfLife = (expr: Expr): boolean =>
    expr.op === "constant" && BY_LIFE.includes(program.values.decode(expr.code) as string);
  const asks = (value: unknown): boolean => {
    if (Array.isArray(value)) return value.some(asks);
    if (typeof value !== "object" || value === null) return false;
    const node = value as Expr | Instruction;
    if (node.op === "state") return true;
    if (node.op === "print") return false;
    if (node.op === "binary" && (node.operator === "==" || node.operator === "!=")) {
      const { left, right } = node;
      if ((left.op === "state" && isOfLife(right)) || (right.op === "state" && isOfLife(left))) return false;
    }
    return Object.values(node).some(asks);
  };
  return asks(program.tasks.map((task) => task.code)) || asks(Object.values(program.properties));
}

/**
 * The slots that an expression may read in any state: with `state(P)` also the life of P's parent, to tell a zombie, and
 * where it matters whether P waits where everybody stands and what their waits look at.
 */
export function slotsEverRead(program: Program, expr: Expr, lifeSlots: readonly number[]): readonly number[] {
  const slots = slotsRead(expr, lifeSlots);
  if (!asksForState(expr)) return slots;
  const all = new Set([...slots, ...lifeSlots]);
  const positions = asksForPositions(program);
  for (const { parentSlot, pcSlot, threadSlot, code } of program.tasks) {
    for (const slot of positions ? [parentSlot, pcSlot, threadSlot] : [parentSlot]) if (slot >= 0) all.add(slot);
    for (const instruction of positions ? code : [])
      if (instruction.op === "when") for (const slot of slotsRead(instruction.test, lifeSlots)) all.add(slot);
  }
  return [...all];
}

/** What the indices in an address read. */
export function eachReadOfOffset(at: Address, reads: Reads): void {
  for (let offset = at.offset; offset !== null && offset.op === "offset"; offset = offset.rest)
    eachRead(offset.index, reads);
}

/** The slots that an expression may read, whatever its indices turn out to be: in ascending order, each once. */
export function slotsRead(expr: Expr, lifeSlots: readonly number[]): number[] {
  const slots = new Set<number>();
  eachRead(expr, {
    slots: (at, count) => {
      for (const start of startsOf(at)) for (let k = 0; k < count; k++) slots.add(start + k);
    },
    state: (task) => slots.add(lifeSlots[task]!),
  });
  return [...slots].sort((a, b) => a - b);
}

/** The slots that `size` slots at an address may be, whatever its indices turn out to be. */
export function slotsAt(at: Address, size: number): number[] {
  return startsOf(at).flatMap((start) => Array.from({ length: size }, (_, k) => start + k));
}

/** The first slots that an address may mean: any that its offset can reach. */
export function startsOf(at: Address): number[] {
  let starts = [at.base];
  for (let offset = at.offset; offset !== null && offset.op === "offset"; offset = offset.rest) {
    const { length, stride } = offset;
    starts = starts.flatMap((start) => Array.from({ length }, (_, k) => start + k * stride));
  }
  return starts;
}
