/**
 * Between which whole numbers the values of simple expressions lie: of constants, of variables that are only ever given
 * constants and each other's values, and of arithmetic on those. Enough to see that `5 * i * kind` is always a time;
 * nothing is followed through loops, so it costs one pass over the code, seldom more.
 */
import { slotsAt } from "./footprint.ts";
import { type Address, type Expr, type Instruction, type Place, type Program, sizeOf } from "./program.ts";

/** From `low` to `high`, both included. */
export interface Range {
  readonly low: number;
  readonly high: number;
}

/** By slot: null where it may hold anything; undefined where nothing was seen yet. */
type Ranges = (Range | null | undefined)[];

const known = new WeakMap<Program, Ranges>();

/** The values that an expression may have; null if it may have others, or none, since it may raise. */
export function rangeOf(program: Program, expr: Expr): Range | null {
  let ranges = known.get(program);
  if (ranges === undefined) {
    ranges = findRanges(program);
    known.set(program, ranges);
  }
  return rangeIn(program, ranges, expr) ?? null;
}

function rangeIn(program: Program, ranges: Ranges, expr: Expr): Range | null | undefined {
  const recur = (each: Expr): Range | null | undefined => rangeIn(program, ranges, each);
  switch (expr.op) {
    case "constant": {
      const value = program.values.decode(expr.code);
      return typeof value === "number" ? { low: value, high: value } : null;
    }
    case "load":
      return expr.at.offset === null ? ranges[expr.at.base] : null;
    case "negate": {
      const range = recur(expr.operand);
      return range && { low: -range.high, high: -range.low };
    }
    case "binary": {
      const [left, right] = [recur(expr.left), recur(expr.right)];
      if (left === null || right === null) return null;
      return left && right && arithmetic(expr.operator, left, right);
    }
    default:
      return null;
  }
}

function arithmetic(operator: string, left: Range, right: Range): Range | null {
  switch (operator) {
    case "+":
    case "-":
    case "*": {
      const { low, high } = sumOrProduct(operator, left, right);
      return safe(low, high);
    }
    case "//":
      return left.low >= 0 && right.low > 0 ? safe(0, left.high) : null;
    case "%":
      return right.low > 0 ? safe(0, right.high - 1) : null;
    default:
      return null;
  }
}

/** Between which numbers the results lie, however large. */
export function sumOrProduct(operator: "+" | "-" | "*", left: Range, right: Range): Range {
  if (operator === "+") return { low: left.low + right.low, high: left.high + right.high };
  if (operator === "-") return { low: left.low - right.high, high: left.high - right.low };
  const corners = [left.low * right.low, left.low * right.high, left.high * right.low, left.high * right.high];
  return { low: Math.min(...corners), high: Math.max(...corners) };
}

/** Small enough for all arithmetic to be exact, however numbers are kept. */
const MOST = 0x3fffffff;

function safe(low: number, high: number): Range | null {
  return low >= -MOST && high <= MOST ? { low, high } : null;
}

function findRanges(program: Program): Ranges {
  const ranges: Ranges = program.slots.map(({ role, initial }) => {
    if (role !== "shared" && role !== "atomic" && role !== "local" && role !== "temporary") return null;
    return rangeIn(program, [], { op: "constant", code: initial });
  });
  let changed = true;
  const give = (slot: number, range: Range | null | undefined): void => {
    const before = ranges[slot];
    if (before === null || range === undefined) return;
    const joined =
      range === null || before === undefined
        ? range
        : { low: Math.min(before.low, range.low), high: Math.max(before.high, range.high) };
    if (joined !== null && before !== undefined && joined.low === before.low && joined.high === before.high) return;
    ranges[slot] = joined;
    changed = true;
  };
  const whole = (place: Place): void => {
    for (const slot of slotsAt(place, sizeOf(place.layout))) give(slot, null);
  };
  const write = (to: Address | null, range: Range | null | undefined): void => {
    if (to !== null) for (const slot of slotsAt(to, 1)) give(slot, to.offset === null ? range : null);
  };
  const value = (expr: Expr): Range | null | undefined => (isCopy(expr) ? rangeIn(program, ranges, expr) : null);
  const follow = (instruction: Instruction): void => {
    for (const slot of instruction.clear) give(slot, { low: 0, high: 0 });
    if (instruction.exception >= 0) give(instruction.exception, null);
    if ("place" in instruction) whole(instruction.place);
    switch (instruction.op) {
      case "set":
        return write(instruction.to, value(instruction.value));
      case "choose":
        for (const option of instruction.options) write(instruction.to, value(option));
        return;
      case "pick":
      case "pop":
        return write(instruction.to, null);
      case "start":
        for (const { to, value: given } of instruction.values) write(to, value(given));
        for (const { from, to } of instruction.copies)
          for (let k = 0; k < sizeOf(from.layout); k++)
            give(to.base + k, from.offset === null ? ranges[from.base + k] : null);
        return;
      default:
        return;
    }
  };
  while (changed) {
    changed = false;
    for (const task of program.tasks) task.code.forEach(follow);
  }
  return ranges;
}

/** Only constants and copies: what is computed could grow for ever. */
function isCopy(expr: Expr): boolean {
  return expr.op === "constant" || (expr.op === "load" && expr.at.offset === null);
}
