/**
 * What the operators mean, on codes (see values.ts). One definition for constant folding and for the machine.
 *
 * Integers are exact to 2^53 and overflow is an error; decimals are exact; `//` and `%` floor, as in Python.
 */
import { Decimal, powerOfTen } from "../base/decimal.ts";
import type { BinaryOperator, Builtin, Value } from "../scenario/ast.ts";
import { FALSE, SPECIAL, showValue, TRUE, type Values } from "./values.ts";

/** An exception of the simulated program, on its way to a handler. */
export class Raise {
  readonly name: string;
  readonly message: string;
  constructor(name: string, message: string) {
    this.name = name;
    this.message = message;
  }
}

/** Whether the function raises an exception of the scenario's. */
export function raises(check: () => void): boolean {
  try {
    check();
    return false;
  } catch (problem) {
    if (problem instanceof Raise) return true;
    throw problem;
  }
}

const LEAST = -0x80000000;

/** `left operator right`; throws `Raise` on overflow, division by zero and wrong types. */
export function applyBinary(values: Values, operator: BinaryOperator, left: number, right: number): number {
  if (operator === "==") return left === right ? TRUE : FALSE;
  if (operator === "!=") return left === right ? FALSE : TRUE;
  if (left < SPECIAL && right < SPECIAL) return smallIntegers(values, operator, left, right);
  return anyValues(values, operator, values.decode(left), values.decode(right));
}

function smallIntegers(values: Values, operator: BinaryOperator, left: number, right: number): number {
  let result: number;
  switch (operator) {
    case "+":
      result = left + right;
      break;
    case "-":
      result = left - right;
      break;
    case "*":
      result = left * right;
      break;
    case "//":
    case "%":
      if (right === 0) throw new Raise("DivisionByZero", `${left} ${operator} 0`);
      result = operator === "//" ? Math.floor(left / right) : left - right * Math.floor(left / right);
      break;
    case "<":
      return left < right ? TRUE : FALSE;
    case "<=":
      return left <= right ? TRUE : FALSE;
    case ">":
      return left > right ? TRUE : FALSE;
    case ">=":
      return left >= right ? TRUE : FALSE;
    default:
      return anyValues(values, operator, left, right);
  }
  if (result >= LEAST && result < SPECIAL) return result | 0;
  return encodeInteger(values, result, () => `${left} ${operator} ${right}`);
}

function encodeInteger(values: Values, result: number, what: () => string): number {
  if (!Number.isSafeInteger(result)) throw new Raise("Overflow", `${what()} does not fit in 53 bits`);
  return values.encode(result === 0 ? 0 : result);
}

function anyValues(values: Values, operator: BinaryOperator, left: Value, right: Value): number {
  const text = () => `${showValue(left, true)} ${operator} ${showValue(right, true)}`;
  if (operator === "in" || operator === "not in") {
    const found = contains(values, left, right, text);
    return found === (operator === "in") ? TRUE : FALSE;
  }
  const a = asNumber(left);
  const b = asNumber(right);
  if (a !== null && b !== null) return numbers(values, operator, a, b, text);
  if (typeof left === "string" && typeof right === "string") {
    switch (operator) {
      case "+":
        return values.encode(left + right);
      case "<":
        return left < right ? TRUE : FALSE;
      case "<=":
        return left <= right ? TRUE : FALSE;
      case ">":
        return left > right ? TRUE : FALSE;
      case ">=":
        return left >= right ? TRUE : FALSE;
    }
  }
  if (operator === "+" && Array.isArray(left) && Array.isArray(right)) return values.encode([...left, ...right]);
  if (
    operator === "*" &&
    typeof left === "string" &&
    typeof right === "number" &&
    right >= 0 &&
    left.length * right <= 10_000
  ) {
    return values.encode(left.repeat(right));
  }
  if (isOrdering(operator) && Array.isArray(left) && Array.isArray(right))
    return compareTuples(values, operator, left, right);
  throw new Raise("TypeError", `${text()} has no meaning: ${typeName(left)} and ${typeName(right)}`);
}

function contains(values: Values, item: Value, container: Value, text: () => string): boolean {
  if (Array.isArray(container)) return container.some((each) => values.encode(each) === values.encode(item));
  if (typeof container === "string" && typeof item === "string") return container.includes(item);
  throw new Raise("TypeError", `${text()} has no meaning: ${typeName(container)} contains nothing`);
}

function isOrdering(operator: BinaryOperator): operator is "<" | "<=" | ">" | ">=" {
  return operator === "<" || operator === "<=" || operator === ">" || operator === ">=";
}

/** Tuples compare as in Python: by the first elements that differ, then by length. */
function compareTuples(
  values: Values,
  operator: "<" | "<=" | ">" | ">=",
  left: readonly Value[],
  right: readonly Value[],
): number {
  const shorter = Math.min(left.length, right.length);
  for (let k = 0; k < shorter; k++) {
    const a = values.encode(left[k]!);
    const b = values.encode(right[k]!);
    if (a !== b) return applyBinary(values, operator, a, b);
  }
  return applyBinary(values, operator, left.length, right.length);
}

type Exact = { readonly digits: bigint; readonly scale: number };

function asNumber(value: Value): Exact | null {
  if (typeof value === "number") return { digits: BigInt(value), scale: 0 };
  if (value instanceof Decimal) return { digits: BigInt(value.digits), scale: value.scale };
  return null;
}

function numbers(values: Values, operator: BinaryOperator, left: Exact, right: Exact, text: () => string): number {
  const scale = Math.max(left.scale, right.scale);
  const a = left.digits * BigInt(powerOfTen(scale - left.scale));
  const b = right.digits * BigInt(powerOfTen(scale - right.scale));
  switch (operator) {
    case "+":
      return encodeExact(values, a + b, scale, text);
    case "-":
      return encodeExact(values, a - b, scale, text);
    case "*":
      return encodeExact(values, left.digits * right.digits, left.scale + right.scale, text);
    case "//":
    case "%": {
      if (b === 0n) throw new Raise("DivisionByZero", text());
      let quotient = a / b;
      if (quotient * b !== a && a < 0n !== b < 0n) quotient -= 1n;
      return operator === "//"
        ? encodeExact(values, quotient, 0, text)
        : encodeExact(values, a - quotient * b, scale, text);
    }
    case "<":
      return a < b ? TRUE : FALSE;
    case "<=":
      return a <= b ? TRUE : FALSE;
    case ">":
      return a > b ? TRUE : FALSE;
    case ">=":
      return a >= b ? TRUE : FALSE;
    default:
      throw new Raise("TypeError", `${text()} has no meaning`);
  }
}

function encodeExact(values: Values, digits: bigint, scale: number, text: () => string): number {
  let rest = digits;
  let places = scale;
  while (places > 0 && rest % 10n === 0n) {
    rest /= 10n;
    places -= 1;
  }
  const decimal = places <= 15 ? Decimal.of(Number(rest), places) : null;
  if (decimal === null || BigInt(decimal.digits) !== rest)
    throw new Raise("Overflow", `${text()} does not fit in 53 bits`);
  return values.encode(decimal);
}

/** −x; throws `Raise` for what is no number. */
export function negate(values: Values, code: number): number {
  return applyBinary(values, "-", 0, code);
}

/** `name(operands)`; throws `Raise` on wrong types. One list as the only operand stands for its elements. */
export function applyBuiltin(values: Values, name: Builtin, operands: readonly number[]): number {
  const given = operands.map((code) => values.decode(code));
  const [first = null] = given;
  const items = given.length === 1 && Array.isArray(first) ? (first as readonly Value[]) : given;
  switch (name) {
    case "len":
      if (typeof first === "string" || Array.isArray(first)) return first.length;
      throw new Raise("TypeError", `${typeName(first)} has no length`);
    case "abs":
      return applyBinary(values, "<", operands[0]!, 0) === TRUE ? negate(values, operands[0]!) : operands[0]!;
    case "str":
      return values.encode(showValue(first));
    case "sum":
      return items.reduce<number>((sum, item) => applyBinary(values, "+", sum, values.encode(item)), 0);
    case "min":
    case "max": {
      const operator = name === "min" ? "<" : ">";
      const codes = items.map((item) => values.encode(item));
      if (codes.length === 0) throw new Raise("TypeError", `${name}() of nothing`);
      return codes.reduce((best, code) => (applyBinary(values, operator, code, best) === TRUE ? code : best));
    }
    case "keys":
    case "values": {
      if (!Array.isArray(first)) throw new Raise("TypeError", `${typeName(first)} has no ${name}`);
      const part = name === "keys" ? 0 : 1;
      return values.encode(first.map((pair: Value) => (Array.isArray(pair) ? (pair[part] ?? null) : pair)));
    }
  }
}

/** An index in range, counted from the end if negative (as in Python); raises IndexError or TypeError otherwise. */
export function boundedIndex(index: Value, length: number): number {
  if (typeof index !== "number") throw new Raise("TypeError", `${typeName(index)} cannot be an index`);
  if (index >= length || index < -length) throw new Raise("IndexError", `index ${index} is outside 0 … ${length - 1}`);
  return index < 0 ? index + length : index;
}

/** An element of a list value, or a character of a text. */
export function elementOf(value: Value, index: Value): Value {
  if (typeof value === "string") return value[boundedIndex(index, value.length)]!;
  if (Array.isArray(value)) return (value as readonly Value[])[boundedIndex(index, value.length)]!;
  throw new Raise("TypeError", `${typeName(value)} has no elements`);
}

/** What a value is, in words. */
export function typeName(value: Value): string {
  if (value === null) return "null";
  if (typeof value === "boolean") return "a truth value";
  if (typeof value === "string") return "a string";
  if (Array.isArray(value)) return "a list";
  return "a number";
}
