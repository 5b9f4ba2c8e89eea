import * as fc from "fast-check";
import { expect, test } from "vitest";
import { Decimal } from "../base/decimal.ts";
import { applyBinary } from "./arithmetic.ts";
import { TRUE, Values } from "./values.ts";

/** Whole numbers of every size, and decimals with one place; as tenths. */
const tenths = fc.oneof(
  fc.integer({ min: -50, max: 50 }),
  fc.integer({ min: -400_000_000_000, max: 400_000_000_000 }),
  fc.integer({ min: -3_000, max: 3_000 }).map((whole) => whole * 10_000_000_000),
);

test("division rounds down and leaves a rest of the divisor's sign, for numbers of every size", () => {
  const values = new Values();
  const encode = (number: number): number => values.encode(Decimal.of(number, 1) ?? number);
  let negative = 0;
  fc.assert(
    fc.property(
      tenths,
      tenths.filter((number) => number !== 0),
      (a, b) => {
        const [left, right] = [encode(a), encode(b)];
        const quotient = applyBinary(values, "//", left, right);
        const rest = applyBinary(values, "%", left, right);
        // the same with whole numbers of any size
        const [wholeA, wholeB] = [BigInt(a), BigInt(b)];
        const remainder = ((wholeA % wholeB) + wholeB) % wholeB;
        expect(rest).toBe(encode(Number(remainder)));
        expect(quotient).toBe(values.encode(Number((wholeA - remainder) / wholeB)));
        if (a < 0 !== b < 0) negative += 1;
      },
    ),
  );
  expect(negative).toBeGreaterThan(10);
});

test("an order of numbers is the order of what they stand for, whole or not", () => {
  const values = new Values();
  const encode = (number: number): number => values.encode(Decimal.of(number, 1) ?? number);
  fc.assert(
    fc.property(tenths, tenths, (a, b) => {
      expect(applyBinary(values, "<", encode(a), encode(b)) === TRUE).toBe(a < b);
      expect(applyBinary(values, "<=", encode(a), encode(b)) === TRUE).toBe(a <= b);
      expect(applyBinary(values, "==", encode(a), encode(b)) === TRUE).toBe(a === b);
    }),
  );
});
