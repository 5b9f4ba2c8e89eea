/** Which expressions may have no value. */
import { Decimal } from "../base/decimal.ts";
import type { Value } from "../scenario/ast.ts";
import type { Expr, Instruction, Program } from "./program.ts";
import { rangeOf } from "./ranges.ts";

/** Whether evaluating the expression may raise an exception, as far as its shape tells: false is a promise, true is not. */
export function mayRaise(expr: Expr): boolean {
  switch (expr.op) {
    case "constant":
    case "now":
    case "state":
      return false;
    case "load":
    case "length":
    case "snapshot": {
      const at = expr.op === "load" ? expr.at : expr.place;
      return at.offset !== null;
    }
    case "member":
      return expr.place.offset !== null || mayRaise(expr.value);
    case "not":
      return mayRaise(expr.operand);
    case "and":
    case "or":
      return mayRaise(expr.left) || mayRaise(expr.right);
    case "if":
      return mayRaise(expr.test) || mayRaise(expr.then) || mayRaise(expr.else);
    case "binary": {
      if (mayRaise(expr.left) || mayRaise(expr.right)) return true;
      if (expr.operator === "==" || expr.operator === "!=") return false;
      // comparing whole numbers: lengths and constants are
      const ordering = ["<", "<=", ">", ">="].includes(expr.operator);
      return !ordering || !isWhole(expr.left) || !isWhole(expr.right);
    }
    default:
      return true;
  }
}

/** Integers below this are their own codes. */
const SPECIAL = 0x40000000;

function isWhole(expr: Expr): boolean {
  return expr.op === "length" || (expr.op === "constant" && expr.code < SPECIAL);
}

/**
 * What an instruction evaluates for people or for the clock alone (what is printed, how long something takes, how long to
 * wait) and may raise all the same. Where orders are explored the values of these do not matter, but exceptions do.
 */
export function raisingParts(instruction: Instruction, program: Program): readonly Expr[] {
  switch (instruction.op) {
    case "print":
      return instruction.parts
        .filter((part) => typeof part !== "string")
        .filter((part) => mayRaise(part) && rangeOf(program, part) === null);
    case "delay":
      return instruction.time !== null && timeMayRaise(instruction.time, program) ? [instruction.time] : [];
    case "when":
      return instruction.timeout !== null && timeMayRaise(instruction.timeout, program) ? [instruction.timeout] : [];
    default:
      return [];
  }
}

/** The same for a length of time, which must be a number that is not negative. */
function timeMayRaise(expr: Expr, program: Program): boolean {
  if (expr.op === "random") return expr.arguments.some((argument) => timeMayRaise(argument, program));
  if (expr.op === "constant") return !isTime(program.values.decode(expr.code));
  const range = rangeOf(program, expr);
  return range === null || range.low < 0;
}

function isTime(value: Value): boolean {
  return value instanceof Decimal ? value.toNumber() >= 0 : typeof value === "number" && value >= 0;
}
