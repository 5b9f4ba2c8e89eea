import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { load, scenarioText } from "../laws/programs.ts";
import { Machine } from "../machine/machine.ts";
import { lower } from "./lower.ts";
import { raisingParts } from "./raises.ts";
import { rangeOf } from "./ranges.ts";

describe("ranges", () => {
  test("no variable ever leaves its own, whatever is done", () => {
    let held = 0;
    fc.assert(
      fc.property(
        scenarioText({ processes: 3, statements: 3 }),
        fc.array(fc.nat(50), { maxLength: 60 }),
        (text, picks) => {
          const program = lower(load(text));
          const machine = new Machine(program);
          const ranges = program.slots.map((_, base) => rangeOf(program, { op: "load", at: { base, offset: null } }));
          for (const pick of [0, ...picks]) {
            ranges.forEach((range, slot) => {
              if (range === null) return;
              const value = program.values.decode(machine.state[slot]!);
              expect(value).toBeGreaterThanOrEqual(range.low);
              expect(value).toBeLessThanOrEqual(range.high);
              held += 1;
            });
            const enabled = program.tasks.filter((task) => machine.enabled(task.id));
            if (enabled.length === 0) return;
            machine.step(enabled[pick % enabled.length]!.id, pick % 2);
            machine.violations = [];
          }
        },
      ),
      { numRuns: 150 },
    );
    expect(held).toBeGreaterThan(500);
  });

  const raising = (statements: string, vars = "n: 0"): number => {
    const program = lower(load(`processes: { p: { count: 3, vars: { ${vars} }, do: [ ${statements} ] } }`));
    return program.tasks[2]!.code.flatMap((instruction) => raisingParts(instruction, program)).length;
  };

  test("what cannot raise is known not to: sums of constants, of the index, and of what is only given such", () => {
    expect(raising("{ sleep: 5 * i + 1 }, { print: '{i + 1} {n}' }, { cpu: n }, { sleep: 0.5 }")).toBe(0);
    expect(raising("{ choose: { n: [1, 2] } }, { sleep: 3 * n }, { sleep: 'uniform(n, 4)' }")).toBe(0);
  });

  test("what may raise is known to", () => {
    expect(raising("{ sleep: n - 1 }")).toBe(1);
    expect(raising("n += 1, { sleep: n }")).toBe(1);
    expect(raising("{ print: '{1 // n}' }")).toBe(1);
    expect(raising("n = 'a', { cpu: n }")).toBe(1);
    expect(raising("{ sleep: 'uniform(1, n - 1)' }")).toBe(1);
  });
});
