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

const { LN2, SQRT1_2, SQRT2 } = Math;

/** The natural logarithm of x > 0, to about 1e-15, the same bits on every machine: reduce to [√½, √2), then the atanh series. */
export function naturalLogarithm(x: number): number {
  let mantissa = x;
  let exponent = 0;
  while (mantissa >= SQRT2) {
    mantissa /= 2;
    exponent += 1;
  }
  while (mantissa < SQRT1_2) {
    mantissa *= 2;
    exponent -= 1;
  }
  const ratio = (mantissa - 1) / (mantissa + 1);
  const square = ratio * ratio;
  // ln m = 2 · (r + r³/3 + r⁵/5 + …); |r| < 0.172, so 11 terms reach 1e-17
  let sum = 1 / 21;
  sum = sum * square + 1 / 19;
  sum = sum * square + 1 / 17;
  sum = sum * square + 1 / 15;
  sum = sum * square + 1 / 13;
  sum = sum * square + 1 / 11;
  sum = sum * square + 1 / 9;
  sum = sum * square + 1 / 7;
  sum = sum * square + 1 / 5;
  sum = sum * square + 1 / 3;
  sum = sum * square + 1;
  return exponent * LN2 + 2 * ratio * sum;
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
