/**
 * What each slot may hold: a range of small integers and a set of other codes. It says which operands are numbers and
 * which exceptions are possible, so that the model neither leaves a check out nor drowns in checks.
 *
 * Interval analysis with widening (Cousot, Cousot, POPL 1977), one answer for the whole run; for temporaries, which are
 * used for one purpose after another, one answer for each position.
 */
import { Decimal } from "../base/decimal.ts";
import { startsOf } from "../program/footprint.ts";
import {
  type Address,
  type Expr,
  type Instruction,
  LIFE,
  type Place,
  type Program,
  sizeOf,
  type Task,
} from "../program/program.ts";
import { sumOrProduct } from "../program/ranges.ts";
import { FALSE, NULL, SPECIAL, TRUE } from "../program/values.ts";
import type { Value } from "../scenario/ast.ts";
import { LIMIT, largestNumber } from "./bounds.ts";

/** The integers from `low` to `high` (none if low > high), and codes of other values. */
export interface Kind {
  readonly low: number;
  readonly high: number;
  readonly others: ReadonlySet<number>;
}

const NONE: ReadonlySet<number> = new Set();
export const NOTHING: Kind = { low: 0, high: -1, others: NONE };
const BOOLEAN: Kind = { low: 0, high: -1, others: new Set([FALSE, TRUE]) };

/** Exceptions that the machine itself raises. */
const RAISED = ["TypeError", "IndexError", "KeyError", "ValueError", "DivisionByZero", "Overflow", "Misuse"];

/** A range that has grown so often is given up: it may be anything. */
const PATIENCE = 12;

export function integers(low: number, high: number): Kind {
  return { low: Math.max(low, 1 - LIMIT), high: Math.min(high, LIMIT - 1), others: NONE };
}

export function ofCode(code: number): Kind {
  return code < SPECIAL ? { low: code, high: code, others: NONE } : { low: 0, high: -1, others: new Set([code]) };
}

export function join(a: Kind, b: Kind): Kind {
  if (a === b || b === NOTHING) return a;
  if (a === NOTHING) return b;
  const others = [...b.others].every((code) => a.others.has(code)) ? a.others : new Set([...a.others, ...b.others]);
  if (b.low > b.high) return { ...a, others };
  if (a.low > a.high) return { ...b, others };
  return { low: Math.min(a.low, b.low), high: Math.max(a.high, b.high), others };
}

function isWithin(a: Kind, b: Kind): boolean {
  return (
    (a.low > a.high || (b.low <= b.high && a.low >= b.low && a.high <= b.high)) &&
    [...a.others].every((code) => b.others.has(code))
  );
}

export type Lookup = (slot: number) => Kind;

/** What an expression may yield. */
export function kindOf(program: Program, lookup: Lookup, expr: Expr): Kind {
  const recur = (each: Expr): Kind => kindOf(program, lookup, each);
  const anyOf = (slots: readonly number[]): Kind => slots.reduce((all, slot) => join(all, lookup(slot)), NOTHING);
  switch (expr.op) {
    case "constant":
      return ofCode(expr.code);
    case "load":
      return anyOf(startsOf(expr.at));
    case "offset":
      return integers(0, expr.length - 1);
    case "negate": {
      const { low, high } = recur(expr.operand);
      return low > high ? NOTHING : integers(-high, -low);
    }
    case "not":
    case "member":
      return BOOLEAN;
    case "binary":
      return ofBinary(expr.operator, recur(expr.left), recur(expr.right));
    case "and":
    case "or":
      return join(recur(expr.left), recur(expr.right));
    case "if":
      return join(recur(expr.then), recur(expr.else));
    case "at":
      return elements(program, recur(expr.value));
    case "length":
      return expr.place.layout.type === "array" ? ofCode(expr.place.layout.length) : anyOf(startsOf(expr.place));
    case "item": {
      const { place } = expr;
      const isMap = place.layout.type === "map";
      const cells = Array.from({ length: sizeOf(place.layout) - 1 }, (_, k) => k + 1).filter(
        (k) => !isMap || k % 2 === 0,
      );
      return anyOf(startsOf(place).flatMap((slot) => cells.map((k) => slot + k)));
    }
    case "builtin":
      return ofBuiltin(program, lookup, expr);
    case "state":
      return {
        low: 0,
        high: -1,
        others: new Set(["new", "ready", "zombie", "ended"].map((name) => program.values.encode(name))),
      };
    case "now":
    case "random":
    case "tuple":
    case "snapshot":
      // refused where they are written
      return NOTHING;
  }
}

function ofBinary(operator: string, left: Kind, right: Kind): Kind {
  if (left.low > left.high || right.low > right.high) return "+-*//%".includes(operator) ? NOTHING : BOOLEAN;
  switch (operator) {
    case "+":
    case "-":
    case "*": {
      const { low, high } = sumOrProduct(operator, left, right);
      return integers(low, high);
    }
    case "//": {
      const most = Math.max(Math.abs(left.low), Math.abs(left.high));
      return left.low >= 0 && right.low > 0 ? integers(0, Math.floor(left.high / right.low)) : integers(-most, most);
    }
    case "%":
      return integers(Math.min(0, right.low + 1), Math.max(0, right.high - 1));
    default:
      return BOOLEAN;
  }
}

function elements(program: Program, kind: Kind): Kind {
  let all = NOTHING;
  for (const code of kind.others) {
    const value = program.values.decode(code);
    const items: readonly Value[] =
      typeof value === "string" ? [...value] : Array.isArray(value) ? (value as readonly Value[]) : [];
    for (const item of items) all = join(all, ofCode(program.values.encode(item)));
  }
  return all;
}

function ofBuiltin(program: Program, lookup: Lookup, expr: Expr & { op: "builtin" }): Kind {
  const operands = operandsOf(expr);
  const kinds = operands.map((operand) => kindOf(program, lookup, operand));
  const all = kinds.reduce(join, NOTHING);
  switch (expr.name) {
    case "len":
      return integers(0, LIMIT);
    case "abs":
      return integers(0, Math.max(Math.abs(all.low), Math.abs(all.high)));
    case "min":
    case "max":
      return { ...all, others: NONE };
    case "sum":
      return integers(
        kinds.reduce((sum, kind) => sum + Math.min(0, kind.low), 0),
        kinds.reduce((sum, kind) => sum + Math.max(0, kind.high), 0),
      );
    default:
      return NOTHING;
  }
}

/** The operands of min, max and sum: one array, list or tuple as the only operand stands for its elements. */
export function operandsOf(expr: Expr & { op: "builtin" }): readonly Expr[] {
  const [first] = expr.arguments;
  if (expr.arguments.length !== 1 || first === undefined || expr.name === "abs" || expr.name === "len")
    return expr.arguments;
  if (first.op === "tuple") return first.items;
  if (first.op !== "snapshot" || first.part !== "all") return expr.arguments;
  const { place } = first;
  const { layout } = place;
  if (layout.type === "array" && layout.item.type === "scalar")
    return Array.from(
      { length: layout.length },
      (_, k): Expr => ({ op: "load", at: { base: place.base + k, offset: place.offset } }),
    );
  // cells of a list behind its end hold 0, which adds nothing
  if (layout.type === "list" && expr.name === "sum")
    return Array.from(
      { length: layout.max },
      (_, k): Expr => ({ op: "load", at: { base: place.base + 1 + k, offset: place.offset } }),
    );
  return expr.arguments;
}

/** Whether a code stands for a number that the model has no room for, or that is no integer. */
export function isOtherNumber(program: Program, code: number): boolean {
  const value = code < SPECIAL ? null : program.values.decode(code);
  return typeof value === "number" || value instanceof Decimal;
}

/** Kinds of all slots, and of each task's temporaries at each of its positions. */
export class Kinds {
  private readonly program: Program;
  private readonly slots: Kind[];
  private readonly temporaries: (Map<number, Kind> | undefined)[][];
  /** by slot: how often its kind has grown */
  private readonly changes: Int32Array;
  private changed = false;
  /** no number in memory is ever larger */
  private readonly bound: number;

  /** @param start the memory at the start */
  constructor(program: Program, start: ArrayLike<number>) {
    this.program = program;
    this.bound = largestNumber(program, start);
    const someTask = join(ofCode(NULL), integers(0, program.tasks.length - 1));
    this.slots = program.slots.map(({ role }, slot) => {
      if (role === "life") return integers(0, LIFE.dying);
      if (role === "parent" || role === "thread") return someTask;
      if (role === "exit") return join(ofCode(NULL), integers(-15, 1));
      return ofCode(start[slot]!);
    });
    this.changes = new Int32Array(program.slots.length);
    this.temporaries = program.tasks.map((task) => task.code.map(() => undefined));
    do {
      this.changed = false;
      for (const task of program.tasks) this.spread(task, start[task.pcSlot]!);
    } while (this.changed);
  }

  /** What slots may hold when the task stands at the position. */
  at(task: number, position: number): Lookup {
    const local = this.temporaries[task]?.[position];
    return (slot) => local?.get(slot) ?? this.slots[slot]!;
  }

  private spread(task: Task, entry: number): void {
    const own = this.temporaries[task.id]!;
    const open: number[] = [];
    const visits = new Int32Array(task.code.length);
    const reach = (position: number, kinds: ReadonlyMap<number, Kind>): void => {
      if (position < 0 || position >= task.code.length) return;
      const known = own[position];
      const map = known ?? new Map<number, Kind>();
      let grown = known === undefined;
      for (const [slot, kind] of kinds) {
        const before = map.get(slot) ?? NOTHING;
        if (map.has(slot) && isWithin(kind, before)) continue;
        map.set(slot, this.widened(before, join(before, kind), visits[position]! > PATIENCE));
        grown = true;
      }
      own[position] = map;
      if (grown) {
        this.changed = true;
        visits[position] = visits[position]! + 1;
        open.push(position);
      }
    };
    reach(entry, new Map());
    for (let position = 0; position < task.code.length; position++)
      if (own[position] !== undefined) open.push(position);
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      const instruction = task.code[at]!;
      const before = own[at]!;
      const after = new Map(before);
      this.perform(task, instruction, after);
      if (instruction.handler >= 0) {
        const thrown = new Map(before);
        if (instruction.exception >= 0)
          thrown.set(
            instruction.exception,
            join(before.get(instruction.exception) ?? NOTHING, this.thrownBy(instruction, before)),
          );
        reach(instruction.handler, thrown);
      }
      for (const slot of instruction.clear) this.assign(after, slot, ofCode(0), true);
      if (instruction.op === "branch") {
        reach(instruction.yes, after);
        reach(instruction.no, after);
      } else if ("next" in instruction) reach(instruction.next, after);
      if (instruction.op === "when") reach(instruction.missed, after);
      if (task.epilogue > at) reach(task.epilogue, new Map());
    }
  }

  /** The names of exceptions that an instruction may raise. */
  private thrownBy(instruction: Instruction, local: ReadonlyMap<number, Kind>): Kind {
    const named = (names: readonly string[]): Kind => ({
      ...NOTHING,
      others: new Set(names.map((name) => this.program.values.encode(name))),
    });
    if (instruction.op === "raise")
      return instruction.name === null
        ? (local.get(instruction.from) ?? this.slots[instruction.from]!)
        : named([instruction.name]);
    return named(instruction.op === "fail" ? ["Misuse"] : RAISED);
  }

  private widened(before: Kind, after: Kind, tired: boolean): Kind {
    if (!tired || before.low > before.high) return after;
    return {
      low: after.low < before.low ? -this.bound : after.low,
      high: after.high > before.high ? this.bound : after.high,
      others: after.others,
    };
  }

  private assign(local: Map<number, Kind>, slot: number, given: Kind, sure: boolean): void {
    const { bound } = this;
    const fits = given.low > given.high || (given.low >= -bound && given.high <= bound);
    const kind = fits ? given : { ...given, low: Math.max(-bound, given.low), high: Math.min(bound, given.high) };
    if (this.program.slots[slot]!.role === "temporary") {
      local.set(slot, sure ? kind : join(local.get(slot) ?? NOTHING, kind));
      return;
    }
    const before = this.slots[slot]!;
    if (isWithin(kind, before)) return;
    this.changes[slot] = this.changes[slot]! + 1;
    this.slots[slot] = this.widened(before, join(before, kind), this.changes[slot]! > PATIENCE);
    this.changed = true;
  }

  /** A list or map loses elements: it may have become empty, though it may never have been so at the start. */
  private shorten(local: Map<number, Kind>, place: Place): void {
    for (const slot of startsOf(place)) this.assign(local, slot, ofCode(0), false);
  }

  private perform(task: Task, instruction: Instruction, local: Map<number, Kind>): void {
    const lookup: Lookup = (slot) => local.get(slot) ?? this.slots[slot]!;
    const kind = (expr: Expr): Kind => kindOf(this.program, lookup, expr);
    const write = (to: Address, what: Kind): void => {
      const slots = startsOf(to);
      for (const slot of slots) this.assign(local, slot, what, slots.length === 1);
    };
    const cells = (at: Address, size: number, what: Kind): void => {
      for (const slot of startsOf(at)) for (let k = 1; k < size; k++) this.assign(local, slot + k, what, false);
    };
    switch (instruction.op) {
      case "set":
        return write(instruction.to, kind(instruction.value));
      case "choose":
        return write(instruction.to, instruction.options.map(kind).reduce(join, NOTHING));
      case "pick":
        return write(instruction.to, integers(0, Math.max(0, kind(instruction.count).high - 1)));
      case "append":
      case "put":
      case "extend":
      case "fill": {
        const { place, value } = instruction;
        const size = sizeOf(place.layout);
        let what = kind(value);
        if (value.op === "tuple") what = value.items.map(kind).reduce(join, NOTHING);
        else if (instruction.op === "extend" || instruction.op === "fill") what = elements(this.program, what);
        if (value.op === "snapshot")
          for (const slot of startsOf(value.place))
            for (let k = 0; k < sizeOf(value.place.layout); k++) what = join(what, lookup(slot + k));
        if (instruction.op === "put" && place.layout.type === "map") {
          for (const slot of startsOf(place)) {
            this.assign(local, slot, integers(0, place.layout.max), false);
            for (let k = 1; k < size; k += 2) this.assign(local, slot + k, kind(instruction.key), false);
            for (let k = 2; k < size; k += 2) this.assign(local, slot + k, what, false);
          }
          return;
        }
        if (place.layout.type === "array") for (const slot of startsOf(place)) this.assign(local, slot, what, false);
        else
          for (const slot of startsOf(place))
            this.assign(local, slot, integers(0, place.layout.type === "scalar" ? 0 : place.layout.max), false);
        return cells(place, size, what);
      }
      case "remove":
      case "clear":
        return this.shorten(local, instruction.place);
      case "pop": {
        this.shorten(local, instruction.place);
        if (instruction.to === null) return;
        const item: Expr = {
          op: "item",
          place: instruction.place,
          index: { op: "constant", code: 0 },
          span: instruction.span,
        };
        return write(instruction.to, kind(item));
      }
      case "start":
        for (const { from, to } of instruction.copies)
          for (let k = 0; k < sizeOf(from.layout); k++) this.assign(local, to.base + k, lookup(from.base + k), false);
        for (const { to, value } of instruction.values) write(to, kind(value));
        return;
      case "end":
        if (instruction.code !== null) this.assign(local, task.exitSlot, kind(instruction.code), false);
        return;
      default:
        return;
    }
  }
}
