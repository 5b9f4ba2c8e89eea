/**
 * Exact numbers for times and averages: a time written 0.4 stays 0.4, an average of 17/3 stays 17/3.
 *
 * A `Decimal` is digits · 10^−scale with digits exact to 2^53 and no trailing zeros, so equal numbers are equal objects
 * field by field. A `Ratio` is a fraction in lowest terms.
 */

/** digits / 10^scale, in lowest terms: scale 0, or digits not divisible by 10. */
export class Decimal {
  readonly digits: number;
  readonly scale: number;
  private constructor(digits: number, scale: number) {
    this.digits = digits;
    this.scale = scale;
  }

  /** digits · 10^−scale; null if that needs more than 53 bits. */
  static of(digits: number, scale = 0): Decimal | null {
    if (!Number.isSafeInteger(digits)) return null;
    let reduced = digits;
    let places = scale;
    while (places > 0 && reduced % 10 === 0) {
      reduced /= 10;
      places -= 1;
    }
    return new Decimal(reduced, places);
  }

  /** Reads "12", "-0.4", "1.5e3"; null if it is no decimal number or not exact in 53 bits. */
  static parse(text: string): Decimal | null {
    const match =
      /^([+-]?)(\d+)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/.exec(text) ??
      /^([+-]?)()\.(\d+)(?:[eE]([+-]?\d{1,3}))?$/.exec(text);
    if (match === null) return null;
    const fraction = match[3] ?? "";
    let scale = fraction.length - Number(match[4] ?? "0");
    let digits = `${match[2] ?? ""}${fraction}`.replace(/^0+(?=.)/, "");
    while (scale > 0 && digits.endsWith("0") && digits.length > 1) {
      digits = digits.slice(0, -1);
      scale -= 1;
    }
    if (digits.length > 17) return null;
    if (scale < 0) {
      if (digits === "0") scale = 0;
      else if (digits.length - scale > 17) return null;
      digits += "0".repeat(-scale);
      scale = 0;
    }
    if (scale > 15) return null;
    const value = Number(digits);
    return Decimal.of(match[1] === "-" ? -value || 0 : value, digits === "0" ? 0 : scale);
  }

  /** The nearest JavaScript number; 0.4 gives 0.4. */
  toNumber(): number {
    return this.digits / powerOfTen(this.scale);
  }

  toString(): string {
    if (this.scale === 0) return String(this.digits);
    const sign = this.digits < 0 ? "-" : "";
    const digits = String(Math.abs(this.digits)).padStart(this.scale + 1, "0");
    return `${sign}${digits.slice(0, -this.scale)}.${digits.slice(-this.scale)}`;
  }
}

const POWERS = [1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

/** 10^exponent for 0 … 15, exact. */
export function powerOfTen(exponent: number): number {
  const power = POWERS[exponent];
  if (power === undefined) throw new RangeError(`no power of ten for exponent ${exponent}`);
  return power;
}

/** An exact fraction in lowest terms with a positive denominator. */
export class Ratio {
  readonly numerator: bigint;
  readonly denominator: bigint;
  constructor(numerator: bigint, denominator: bigint) {
    if (denominator === 0n) throw new RangeError("a ratio needs a denominator other than 0");
    const divisor = greatestCommonDivisor(numerator, denominator) * (denominator < 0n ? -1n : 1n);
    this.numerator = numerator / divisor;
    this.denominator = denominator / divisor;
  }

  toNumber(): number {
    return Number(this.numerator) / Number(this.denominator);
  }

  /** Whether it has a finite decimal expansion (its denominator has no prime factor but 2 and 5). */
  isDecimal(): boolean {
    let rest = this.denominator;
    while (rest % 2n === 0n) rest /= 2n;
    while (rest % 5n === 0n) rest /= 5n;
    return rest === 1n;
  }

  /** "17/3", or "17" where it is whole. */
  toString(): string {
    return this.denominator === 1n ? `${this.numerator}` : `${this.numerator}/${this.denominator}`;
  }
}

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  let x = a < 0n ? -a : a;
  let y = b < 0n ? -b : b;
  while (y !== 0n) [x, y] = [y, x % y];
  return x === 0n ? 1n : x;
}
