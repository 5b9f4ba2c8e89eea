/** Times as they are written outside expressions: "20", "0.5", "200 ms". */
import { Decimal, powerOfTen } from "../base/decimal.ts";
import type { Unit } from "../scenario/ast.ts";

/** microseconds in each unit; a tick is no length of time */
const MICROSECONDS: { readonly [unit: string]: number } = { us: 1, ms: 1_000, s: 1_000_000, min: 60_000_000 };

/** The time in the scenario's unit, exactly; null if the text is no time or has no exact value there. */
export function readTime(time: string | Decimal, unit: Unit): Decimal | null {
  if (typeof time !== "string") return time;
  const match = /^\s*([\d.eE+-]+)\s*(us|ms|s|min|ticks?)?\s*$/.exec(time);
  const number = match === null ? null : Decimal.parse(match[1]!);
  if (match === null || number === null || number.digits < 0) return null;
  const suffix = match[2];
  if (suffix === undefined || suffix === unit || (unit === "tick" && suffix.startsWith("tick"))) return number;
  const from = MICROSECONDS[suffix];
  const to = MICROSECONDS[unit];
  if (from === undefined || to === undefined) return null;
  const scaled = BigInt(number.digits) * BigInt(from);
  const extra = 9;
  const shifted = scaled * BigInt(powerOfTen(extra));
  if (shifted % BigInt(to) !== 0n) return null;
  return Decimal.parse(`${shifted / BigInt(to)}e${-extra - number.scale}`);
}
