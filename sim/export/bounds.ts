/** How large the numbers of a program can become, where that can be told by counting. */
import type { Expr, Instruction, Program, Task } from "../program/program.ts";
import { successors } from "../program/step-footprint.ts";
import { SPECIAL } from "../program/values.ts";
import type { Value } from "../scenario/ast.ts";

/** Numbers of the model lie strictly between −LIMIT and LIMIT: sums and differences of two fit into its `int`. */
export const LIMIT = SPECIAL;

/** More than the length of any list or text, number of tasks and the like. */
const SMALL = 1_000_000;

/**
 * A bound for the numbers in memory that needs no analysis of values: where every instruction that makes a number larger
 * than those before it adds a constant, and is executed once at most, all that can come together is the sum.
 */
export function largestNumber(program: Program, start: ArrayLike<number>): number {
  let bound = SMALL;
  const see = (part: unknown): void => {
    if (Array.isArray(part)) return part.forEach(see);
    if (typeof part !== "object" || part === null || part instanceof Map) return;
    const { op, code } = part as { op?: unknown; code?: unknown };
    if (op === "constant" && typeof code === "number") bound = Math.max(bound, largestIn(program.values.decode(code)));
    for (const [key, each] of Object.entries(part)) if (key !== "span") see(each);
  };
  for (let slot = 0; slot < program.slots.length; slot++)
    bound = Math.max(bound, largestIn(program.values.decode(start[slot]!)));
  for (const task of program.tasks) {
    see(task.code);
    task.code.forEach((instruction, position) => {
      const more = valuesOf(instruction).reduce((sum, expr) => sum + growth(expr), 0);
      if (more > 0) bound += isRepeated(task, position) ? LIMIT : more;
    });
  }
  return Math.min(bound, LIMIT - 1);
}

function largestIn(value: Value): number {
  if (Array.isArray(value))
    return (value as readonly Value[]).reduce<number>((most, item) => Math.max(most, largestIn(item)), 0);
  return typeof value === "number" ? Math.abs(value) : 0;
}

/** Expressions whose values are stored. */
function valuesOf(instruction: Instruction): readonly Expr[] {
  switch (instruction.op) {
    case "set":
    case "append":
    case "extend":
    case "fill":
      return [instruction.value];
    case "put":
      return [instruction.key, instruction.value];
    case "choose":
      return instruction.options;
    case "start":
      return instruction.values.map(({ value }) => value);
    case "end":
      return instruction.code === null ? [] : [instruction.code];
    default:
      return [];
  }
}

/** How much larger than every number in memory the value can be. */
function growth(expr: Expr): number {
  switch (expr.op) {
    case "negate":
      return growth(expr.operand);
    case "and":
    case "or":
      return growth(expr.left) + growth(expr.right);
    case "if":
      return growth(expr.then) + growth(expr.else);
    case "tuple":
      return expr.items.reduce((sum, item) => sum + growth(item), 0);
    case "builtin":
      return expr.name === "sum" ? LIMIT : expr.arguments.reduce((sum, argument) => sum + growth(argument), 0);
    case "binary": {
      const { left, right, operator } = expr;
      const operands = growth(left) + growth(right);
      if (operator === "*") return LIMIT;
      if (operator !== "+" && operator !== "-") return operands;
      const constant = right.op === "constant" ? right.code : left.op === "constant" ? left.code : LIMIT;
      return operands + Math.abs(constant);
    }
    default:
      return 0;
  }
}

/** Whether the task can come to the position again. */
function isRepeated(task: Task, position: number): boolean {
  const seen = new Set<number>();
  const open = [position];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    for (const next of [...successors(task.code[at]!), ...(task.epilogue > at ? [task.epilogue] : [])]) {
      if (next === position) return true;
      if (next < 0 || next >= task.code.length || seen.has(next)) continue;
      seen.add(next);
      open.push(next);
    }
  }
  return false;
}
