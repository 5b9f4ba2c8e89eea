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
  return -mean * naturalLogarithm(1 - random());
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
