/** Which expressions may have no value. */
import type { Expr } from "./program.ts";

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
