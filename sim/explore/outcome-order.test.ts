import * as fc from "fast-check";
import { expect, test } from "vitest";
import { check } from "./check.ts";
import { compareOutcomes } from "./outcome-order.ts";
import { scenario } from "./testing/programs.ts";

test("outcomes are listed by value: 2 before 10", () => {
  const of = scenario({ atomics: { x: 0 }, processes: { p: { do: [{ choose: { k: [10, 9, 2, -1] } }, "x = k"] } } });
  for (const under of ["any", "scheduler"] as const)
    expect(check(of, { under }).outcomes.map(({ shared }) => shared.x)).toEqual([-1, 2, 9, 10]);
});

test("the order is total: of two different outcomes one always comes first", () => {
  const value = fc.oneof(
    fc.integer({ min: -3, max: 12 }),
    fc.constantFrom("a", "10", "", null, true, false),
    fc.array(fc.integer({ min: 0, max: 11 }), { maxLength: 2 }),
  );
  const outcome = fc.record({ x: value, y: value }).map((shared) => ({ shared }));
  fc.assert(
    fc.property(outcome, outcome, outcome, (a, b, c) => {
      expect(Math.sign(compareOutcomes(a, b)) + Math.sign(compareOutcomes(b, a))).toBe(0);
      expect(compareOutcomes(a, b) === 0).toBe(JSON.stringify(a) === JSON.stringify(b));
      if (compareOutcomes(a, b) <= 0 && compareOutcomes(b, c) <= 0)
        expect(compareOutcomes(a, c)).toBeLessThanOrEqual(0);
    }),
  );
});
