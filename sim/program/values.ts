/**
 * How values become 32-bit slots.
 *
 * A code below 2^30 is the integer itself; codes from 2^30 on stand for everything else, interned in the order in which
 * it first appears: null, false, true, then strings, decimals, tuples and integers too large for 31 bits. Two codes are
 * equal exactly when their values are, so `==` compares codes.
 */
import { Decimal } from "../base/decimal.ts";
import type { Value } from "../scenario/ast.ts";

export const SPECIAL = 0x40000000;
const LEAST = -0x80000000;
export const NULL = SPECIAL;
export const FALSE = SPECIAL + 1;
export const TRUE = SPECIAL + 2;

/** The code of a truth value. */
export function truth(value: boolean): number {
  return value ? TRUE : FALSE;
}

/** The table of interned values of one program. Append only. */
export class Values {
  private readonly values: Value[] = [null, false, true];
  private readonly codes = new Map<string, number>();

  /** The code of a value, new or known. */
  encode(value: Value): number {
    if (typeof value === "number") {
      if (value >= LEAST && value < SPECIAL) return value | 0;
      return this.intern(`n${value}`, value);
    }
    if (value === null) return NULL;
    if (typeof value === "boolean") return value ? TRUE : FALSE;
    if (typeof value === "string") return this.intern(`s${value}`, value);
    if (value instanceof Decimal) {
      return value.scale === 0 ? this.encode(value.digits) : this.intern(`d${value}`, value);
    }
    return this.intern(`t${value.map((item) => this.encode(item)).join(",")}`, value);
  }

  decode(code: number): Value {
    if (code < SPECIAL) return code;
    return this.values[code - SPECIAL]!;
  }

  /** As in Python: 0, "", null, false and the empty tuple are false. */
  truthy(code: number): boolean {
    if (code < SPECIAL) return code !== 0;
    if (code <= TRUE) return code === TRUE;
    const value = this.values[code - SPECIAL]!;
    if (typeof value === "string" || Array.isArray(value)) return value.length > 0;
    return true;
  }

  private intern(key: string, value: Value): number {
    const known = this.codes.get(key);
    if (known !== undefined) return known;
    const code = SPECIAL + this.values.length;
    this.values.push(value);
    this.codes.set(key, code);
    return code;
  }
}

/** A value as `print` shows it: strings bare, tuples in brackets with strings quoted. */
export function showValue(value: Value, nested = false): string {
  if (typeof value === "string") return nested ? `'${value}'` : value;
  if (value === null) return "null";
  if (value instanceof Decimal) return value.toString();
  if (Array.isArray(value)) return `[${value.map((item) => showValue(item, true)).join(", ")}]`;
  return String(value);
}

/** A value as JSON has it: decimals become numbers. */
export function jsonValue(value: Value): unknown {
  if (value instanceof Decimal) return value.toNumber();
  if (Array.isArray(value)) return value.map(jsonValue);
  return value;
}
