/**
 * Named random streams. Each process draws from a stream made from the seed and its own name, so adding a process
 * never changes another's draws. Everything here uses only +, −, ·, / and square roots, whose results IEEE 754 fixes:
 * Math.log and Math.pow may differ between versions of Node.
 */
import alea from "seedrandom/lib/alea.js";

/** A stream of numbers uniform in [0, 1), fixed by seed and name. */
export function randomStream(seed: string, name: string): () => number {
  return alea(`${seed}/${name}`);
}

/** Each column of a stream in `RandomStreams`: Alea's state. */
const STATE = 4;
const TWO_TO_MINUS_32 = 2.3283064365386963e-10;

/**
 * One `randomStream` for each name, drawn from by number. Their states lie side by side in one array: a thousand
 * processes that draw in turn would otherwise fetch a closure and boxed numbers of their own each time.
 */
export class RandomStreams {
  private readonly seed: string;
  private readonly names: readonly string[];
  /** s0, s1, s2 and c of each stream; a negative s0: not begun yet */
  private readonly states: Float64Array;

  constructor(seed: string, names: readonly string[]) {
    this.seed = seed;
    this.names = names;
    this.states = new Float64Array(STATE * names.length).fill(-1);
  }

  /** The next number of stream `index`, uniform in [0, 1). */
  next(index: number): number {
    const { states } = this;
    const at = STATE * index;
    if (states[at]! < 0) this.begin(index);
    const sum = 2091639 * states[at]! + states[at + 3]! * TWO_TO_MINUS_32;
    const carry = sum | 0;
    const result = sum - carry;
    states[at] = states[at + 1]!;
    states[at + 1] = states[at + 2]!;
    states[at + 2] = result;
    states[at + 3] = carry;
    return result;
  }

  private begin(index: number): void {
    const { s0, s1, s2, c } = alea(`${this.seed}/${this.names[index]!}`, { state: true }).state();
    this.states.set([s0, s1, s2, c], STATE * index);
  }
}

const { LN2 } = Math;

/** A number's bits: the upper half holds sign, exponent and 20 bits of the mantissa. */
const number = new Float64Array(1);
const halves = new Int32Array(number.buffer);
const UPPER = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1 ? 1 : 0;

/** The mantissas 1 … 2 in so many parts; of each the inverse of its middle and the logarithm of that. */
const PARTS = 128;
const inverses = new Float64Array(PARTS);
const logarithms = new Float64Array(PARTS);

/** At the first use: most commands need no logarithms, and all would wait for them. */
function fillTable(): void {
  for (let part = 1; part < PARTS; part++) {
    const middle = 1 + (part + 0.5) / PARTS;
    inverses[part] = 1 / middle;
    logarithms[part] = slowLogarithm(middle);
  }
  // the first part has 1 itself in its middle, so that numbers near 1 lose nothing
  inverses[0] = 1;
}

/** The logarithm of 1 ≤ m ≤ 2 by the series of the inverse hyperbolic tangent: ln m = 2 · (r + r³/3 + r⁵/5 + …). */
function slowLogarithm(mantissa: number): number {
  const ratio = (mantissa - 1) / (mantissa + 1);
  let sum = 0;
  // r ≤ 1/3: the last of 18 terms is below 1e-17
  for (let odd = 35; odd >= 1; odd -= 2) sum = sum * ratio * ratio + 1 / odd;
  return 2 * ratio * sum;
}

/**
 * The natural logarithm of a normal x > 0, to about 1e-16 · max(1, |ln x|), the same bits on every machine. Exponent and
 * mantissa are taken apart, a table gives the logarithm of a number near the mantissa, and a short series the rest.
 *
 * Source: P. T. P. Tang, Table-driven implementation of the logarithm function (ACM TOMS 16(4), 1990).
 */
export function naturalLogarithm(x: number): number {
  if (inverses[0] === 0) fillTable();
  number[0] = x;
  const upper = halves[UPPER]!;
  const exponent = (upper >>> 20) - 1023;
  const part = (upper >>> 13) & (PARTS - 1);
  halves[UPPER] = (upper & 0xfffff) | 0x3ff00000;
  const rest = number[0] * inverses[part]! - 1;
  const square = rest * rest;
  // ln(1 + d) = d − d²/2 + d³/3 − …; |d| < 1/128, so nine terms reach 1e-19; two at a time need not wait for one another
  const third = 1 / 3 - rest / 4 + square * (1 / 5 - rest / 6 + square * (1 / 7 - rest / 8 + square * (1 / 9)));
  return exponent * LN2 + (logarithms[part]! + (rest - square / 2 + square * rest * third));
}

/** An exponential draw with the given mean, by inversion. */
export function exponential(random: () => number, mean: number): number {
  return exponentialAt(random(), mean);
}

/** The exponential with the given mean that belongs to a uniform number. */
export function exponentialAt(uniform: number, mean: number): number {
  return -mean * naturalLogarithm(1 - uniform);
}

/** A normal draw by Marsaglia's polar method (SIAM Review 6, 1964); the second of the pair is thrown away to keep no state. */
export function normal(random: () => number, mean: number, deviation: number): number {
  for (;;) {
    const u = 2 * random() - 1;
    const v = 2 * random() - 1;
    const s = u * u + v * v;
    if (s > 0 && s < 1) return mean + deviation * u * Math.sqrt((-2 * naturalLogarithm(s)) / s);
  }
}
