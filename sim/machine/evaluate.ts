/**
 * Turns expressions of the program into functions without arguments over the machine's memory. Each node is one small
 * closure; where the machine records footprints, every read goes through `Machine.read`.
 */
import { Decimal } from "../base/decimal.ts";
import { exponential, normal } from "../base/random.ts";
import { applyBinary, applyBuiltin, boundedIndex, elementOf, negate, Raise, typeName } from "../program/arithmetic.ts";
import type { Address, Expr, Place } from "../program/program.ts";
import { sizeOf } from "../program/program.ts";
import { FALSE, SPECIAL, showValue, TRUE, truth } from "../program/values.ts";
import type { Builtin, Value } from "../scenario/ast.ts";
import type { Machine } from "./machine.ts";

export type Evaluate = () => number;

/** A function that gives the code of the expression's value. It throws `Raise` where the expression has no value. */
export function compileExpr(machine: Machine, expr: Expr): Evaluate {
  const { values } = machine.program;
  const compile = (each: Expr): Evaluate => compileExpr(machine, each);
  switch (expr.op) {
    case "constant": {
      const { code } = expr;
      return () => code;
    }
    case "load":
      return compileLoad(machine, expr.at);
    case "offset": {
      const offset = compileOffset(machine, expr);
      const { stride } = expr;
      // used as an index that has been checked: back from slots to the index
      return () => offset() / stride;
    }
    case "negate": {
      const operand = compile(expr.operand);
      return () => negate(values, operand());
    }
    case "not": {
      const operand = compileTest(machine, expr.operand);
      return () => (operand() ? FALSE : TRUE);
    }
    case "binary":
      return compileBinary(machine, expr);
    case "and":
    case "or": {
      const left = compile(expr.left);
      const right = compile(expr.right);
      const stopsWhen = expr.op === "or";
      return () => {
        const code = left();
        return values.truthy(code) === stopsWhen ? code : right();
      };
    }
    case "if": {
      const test = compileTest(machine, expr.test);
      const yes = compile(expr.then);
      const no = compile(expr.else);
      return () => (test() ? yes() : no());
    }
    case "tuple": {
      const items = expr.items.map(compile);
      return () => values.encode(items.map((item) => values.decode(item())));
    }
    case "at": {
      const value = compile(expr.value);
      const index = compile(expr.index);
      return () => values.encode(elementOf(values.decode(value()), values.decode(index())));
    }
    case "snapshot": {
      const snapshot = compileSnapshot(machine, expr.place, expr.part);
      return () => values.encode(snapshot());
    }
    case "length": {
      if (expr.place.layout.type === "array") {
        const { length } = expr.place.layout;
        return () => length;
      }
      return compileLoad(machine, expr.place);
    }
    case "member":
      return compileMember(machine, expr.place, compile(expr.value));
    case "item":
      return compileItem(machine, expr.place, compile(expr.index));
    case "builtin":
      return compileBuiltin(machine, expr.name, expr.arguments.map(compile));
    case "now":
      return () => values.encode(machine.nowValue());
    case "state": {
      const { task } = expr;
      return () => values.encode(machine.stateName(task));
    }
    case "random": {
      const draw = compileTime(machine, expr);
      return () => values.encode(machine.unitsOf(draw()));
    }
  }
}

/** A function that says whether the expression is true. */
export function compileTest(machine: Machine, expr: Expr): () => boolean {
  if (expr.op === "constant") {
    const result = machine.program.values.truthy(expr.code);
    return () => result;
  }
  if (expr.op === "not") {
    const operand = compileTest(machine, expr.operand);
    return () => !operand();
  }
  if (expr.op === "and" || expr.op === "or") {
    const left = compileTest(machine, expr.left);
    const right = compileTest(machine, expr.right);
    return expr.op === "and" ? () => left() && right() : () => left() || right();
  }
  const evaluate = compileExpr(machine, expr);
  const { values } = machine.program;
  return () => {
    const code = evaluate();
    return code === TRUE || (code !== FALSE && values.truthy(code));
  };
}

function compileLoad(machine: Machine, at: Address): Evaluate {
  const { state } = machine;
  const { base } = at;
  if (at.offset === null) {
    if (machine.recording) return () => machine.read(base);
    return () => state[base]!;
  }
  const offset = compileOffset(machine, at.offset);
  if (machine.recording) return () => machine.read(base + offset());
  return () => state[base + offset()]!;
}

/** A function that gives the slot of an address. */
export function compileAddress(machine: Machine, at: Address): Evaluate {
  const { base } = at;
  if (at.offset === null) return () => base;
  const offset = compileOffset(machine, at.offset);
  return () => base + offset();
}

function compileOffset(machine: Machine, expr: Expr): Evaluate {
  if (expr.op !== "offset") throw new Error(`${expr.op} is no offset`);
  const index = compileExpr(machine, expr.index);
  const rest = expr.rest === null ? null : compileOffset(machine, expr.rest);
  const { length, stride } = expr;
  const { values } = machine.program;
  return () => {
    const at = boundedIndex(values.decode(index()), length) * stride;
    return rest === null ? at : at + rest();
  };
}

function compileBinary(machine: Machine, expr: Expr & { op: "binary" }): Evaluate {
  const { values } = machine.program;
  const left = compileExpr(machine, expr.left);
  const right = compileExpr(machine, expr.right);
  const { operator } = expr;
  const small = compileWithConstant(machine, expr);
  if (small !== null) return small;
  // the commonest cases without a call: comparing codes, and small sums
  switch (operator) {
    case "==":
      return () => (left() === right() ? TRUE : FALSE);
    case "!=":
      return () => (left() === right() ? FALSE : TRUE);
    case "<":
      return () => {
        const a = left();
        const b = right();
        return a < SPECIAL && b < SPECIAL ? (a < b ? TRUE : FALSE) : applyBinary(values, operator, a, b);
      };
    case ">":
      return () => {
        const a = left();
        const b = right();
        return a < SPECIAL && b < SPECIAL ? (a > b ? TRUE : FALSE) : applyBinary(values, operator, a, b);
      };
    case "+":
      return () => {
        const a = left();
        const b = right();
        const sum = a + b;
        return a < SPECIAL && b < SPECIAL && sum < SPECIAL && sum >= -SPECIAL
          ? sum
          : applyBinary(values, operator, a, b);
      };
    case "-":
      return () => {
        const a = left();
        const b = right();
        const difference = a - b;
        return a < SPECIAL && b < SPECIAL && difference < SPECIAL && difference >= -SPECIAL
          ? difference
          : applyBinary(values, operator, a, b);
      };
    default:
      return () => applyBinary(values, operator, left(), right());
  }
}

/** The slot that an expression reads and nothing else; −1 if it is of another kind. */
export function plainSlot(expr: Expr): number {
  if (expr.op === "load" && expr.at.offset === null) return expr.at.base;
  return expr.op === "length" && expr.place.layout.type !== "array" && expr.place.offset === null
    ? expr.place.base
    : -1;
}

/**
 * A slot compared with a constant, or a constant added to it: guards, loop counters and tests are mostly that, and one
 * closure does it faster than three. Null where the expression is of another kind or reads have to be recorded.
 */
function compileWithConstant(machine: Machine, expr: Expr & { op: "binary" }): Evaluate | null {
  const { operator, left, right } = expr;
  const slot = plainSlot(left);
  if (machine.recording || slot < 0 || right.op !== "constant") return null;
  const { state } = machine;
  const { values } = machine.program;
  const { code } = right;
  if (operator === "==") return () => (state[slot] === code ? TRUE : FALSE);
  if (operator === "!=") return () => (state[slot] === code ? FALSE : TRUE);
  if (code >= SPECIAL) return null;
  switch (operator) {
    case "<":
      return () => {
        const a = state[slot]!;
        return a < SPECIAL ? (a < code ? TRUE : FALSE) : applyBinary(values, operator, a, code);
      };
    case ">":
      return () => {
        const a = state[slot]!;
        return a < SPECIAL ? (a > code ? TRUE : FALSE) : applyBinary(values, operator, a, code);
      };
    case "+":
    case "-": {
      const change = operator === "+" ? code : -code;
      return () => {
        const a = state[slot]!;
        const sum = a + change;
        return a < SPECIAL && sum < SPECIAL && sum >= -SPECIAL ? sum : applyBinary(values, operator, a, code);
      };
    }
    default:
      return null;
  }
}

/** Reads a whole container as a tuple: an array's items, a list's items, a map's [key, value] pairs (or keys, or values). */
export function compileSnapshot(machine: Machine, place: Place, part: "all" | "keys" | "values"): () => Value {
  const address = compileAddress(machine, place);
  const { layout } = place;
  return () => readContainer(machine, layout, address(), part);
}

export function readContainer(
  machine: Machine,
  layout: Place["layout"],
  base: number,
  part: "all" | "keys" | "values",
): Value {
  const { values } = machine.program;
  const get = (slot: number): Value => values.decode(machine.recording ? machine.read(slot) : machine.state[slot]!);
  const items: Value[] = [];
  switch (layout.type) {
    case "scalar":
      return get(base);
    case "array":
      for (let k = 0; k < layout.length; k++)
        items.push(readContainer(machine, layout.item, base + k * sizeOf(layout.item), "all"));
      return items;
    case "list":
      for (let k = 0, length = get(base) as number; k < length; k++) items.push(get(base + 1 + k));
      return items;
    case "map":
      for (let k = 0, length = get(base) as number; k < length; k++) {
        const key = get(base + 1 + 2 * k);
        const value = get(base + 2 + 2 * k);
        items.push(part === "keys" ? key : part === "values" ? value : [key, value]);
      }
      return items;
  }
}

/** The position of a code in a list (or of a key in a map); −1 if it is not there. */
export function findIn(machine: Machine, place: Place, base: number, code: number): number {
  const get = (slot: number): number => (machine.recording ? machine.read(slot) : machine.state[slot]!);
  const stride = place.layout.type === "map" ? 2 : 1;
  const first = place.layout.type === "array" ? base : base + 1;
  const length = place.layout.type === "array" ? place.layout.length : get(base);
  for (let k = 0; k < length; k++) if (get(first + k * stride) === code) return k;
  return -1;
}

function compileMember(machine: Machine, place: Place, value: Evaluate): Evaluate {
  const address = compileAddress(machine, place);
  return () => truth(findIn(machine, place, address(), value()) >= 0);
}

function compileItem(machine: Machine, place: Place, index: Evaluate): Evaluate {
  const { values } = machine.program;
  const address = compileAddress(machine, place);
  const get = (slot: number): number => (machine.recording ? machine.read(slot) : machine.state[slot]!);
  if (place.layout.type === "map") {
    return () => {
      const base = address();
      const key = index();
      const at = findIn(machine, place, base, key);
      if (at < 0) throw new Raise("KeyError", `there is no key ${showValue(values.decode(key), true)}`);
      return get(base + 2 + 2 * at);
    };
  }
  return () => {
    const base = address();
    return get(base + 1 + boundedIndex(values.decode(index()), get(base)));
  };
}

function compileBuiltin(machine: Machine, name: Builtin, operands: readonly Evaluate[]): Evaluate {
  const { values } = machine.program;
  return () =>
    applyBuiltin(
      values,
      name,
      operands.map((operand) => operand()),
    );
}

/** A function that gives a time in grains. Random times are drawn from the stream of the task at hand. */
export function compileTime(machine: Machine, expr: Expr): () => number {
  const { values } = machine.program;
  if (expr.op === "random") {
    const operands = expr.arguments.map((argument) => compileTime(machine, argument));
    const [first, second] = operands as [() => number, () => number];
    switch (expr.distribution) {
      case "uniform":
        return () => {
          const low = first();
          return Math.round(low + (second() - low) * machine.draw());
        };
      case "exponential":
        return () => Math.round(exponential(machine.drawStream(), first()));
      case "normal":
        return () => Math.max(0, Math.round(normal(machine.drawStream(), first(), second())));
      case "randint":
        return () => {
          const low = Math.ceil(first() / machine.grainsPerUnit);
          const high = Math.floor(second() / machine.grainsPerUnit);
          return (low + machine.drawIndex(high - low + 1)) * machine.grainsPerUnit;
        };
      case "choice":
        return () => operands[machine.drawIndex(operands.length)]!();
    }
  }
  if (expr.op === "constant") {
    const value = values.decode(expr.code);
    const grains = grainsOfValue(value, machine.grainsPerUnit);
    // what is no time raises where it is needed, not here
    return grains >= 0 ? () => grains : () => toGrains(machine, value);
  }
  const evaluate = compileExpr(machine, expr);
  return () => {
    const code = evaluate();
    return code >= 0 && code < SPECIAL ? code * machine.grainsPerUnit : toGrains(machine, values.decode(code));
  };
}

/** A function that raises what `compileTime` would, without drawing anything. */
export function compileTimeCheck(machine: Machine, expr: Expr): () => void {
  if (expr.op !== "random") return compileTime(machine, expr);
  const operands = expr.arguments.map((argument) => compileTimeCheck(machine, argument));
  return () => {
    for (const operand of operands) operand();
  };
}

/** A value of time as grains; NaN where it is no time. */
export function grainsOfValue(value: Value, grainsPerUnit: number): number {
  if (typeof value === "number") return value * grainsPerUnit;
  return value instanceof Decimal ? Math.round(value.toNumber() * grainsPerUnit) : Number.NaN;
}

/** A value of time as grains; raises where it is no time. */
function toGrains(machine: Machine, value: Value): number {
  const grains = grainsOfValue(value, machine.grainsPerUnit);
  if (Number.isNaN(grains)) throw new Raise("TypeError", `${typeName(value)} is no time`);
  if (grains < 0) throw new Raise("ValueError", `a time cannot be negative: ${showValue(value)}`);
  return grains;
}
