import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { load } from "../laws/programs.ts";
import { check } from "./check.ts";
import { dporDiffers, summary, truth } from "./differential.ts";

const other = fc.constantFrom("A", "B", "C");
const name = fc.constantFrom("x", "y");
const statement: fc.Arbitrary<unknown> = fc.oneof(
  fc.tuple(name, other).map(([variable, task]) => `${variable} = state(${task})`),
  other.map((task) => ({ when: `state(${task}) == 'blocked'` })),
  other.map((task) => ({ if: `state(${task}) != 'ended'`, then: ["n += 1"] })),
  fc.constantFrom<unknown>(
    { acquire: "l" },
    { release: "l" },
    { with: "l", do: ["n += 1"] },
    { when: "n > 0" },
    "n += 1",
  ),
);

describe("the state of a living process", () => {
  test("is the same for every strategy, which see each step that changes it", () => {
    let [compared, blocked] = [0, 0];
    const body = fc.array(statement, { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(body, body, body, fc.option(other), (a, b, c, watched) => {
        const text = stringify(
          {
            atomics: { x: 0, y: 0, n: 0 },
            resources: { l: "lock" },
            processes: { A: { do: a }, B: { do: b }, C: { do: c } },
            check: {
              ...(watched === null ? {} : { always: { free: `state(${watched}) != 'blocked' or n < 2` } }),
              allow: ["data_race", "misuse", "deadlock", "lost_wakeup"],
            },
          },
          { aliasDuplicateObjects: false },
        );
        const known = truth(text, 3000);
        if (known === null) return;
        compared += 1;
        if (JSON.stringify(summary(known)).includes("blocked")) blocked += 1;
        expect(dporDiffers(text, known)).toBeNull();
        const ends = (options: object): string[] =>
          check(load(text), options)
            .outcomes.map(({ shared, deadlock }) => JSON.stringify([shared, deadlock === true]))
            .sort();
        const expected = ends({ strategy: "bfs", reduction: false });
        expect(expected.length).toBe(known.outcomes.length);
        for (const strategy of ["auto", "dfs", "bfs", "bounded", "dpor"]) expect(ends({ strategy })).toEqual(expected);
      }),
      { numRuns: 60 },
    );
    expect(compared).toBeGreaterThan(30);
    expect(blocked).toBeGreaterThan(2);
  });

  test("is seen by properties between any two steps that change it", () => {
    const text = `
shared: { n: 0 }
resources: { l: lock }
processes:
  B: { do: [ { acquire: l }, { release: l } ] }
  A: { do: [ { acquire: l }, { release: l } ] }
  C: { do: [ n = 1 ] }
check: { always: { free: "state(A) != 'blocked' or n == 0" } }
`;
    for (const strategy of ["auto", "dfs", "bfs", "bounded", "dpor"])
      expect(check(load(text), { strategy }).findings.map(({ kind, name }) => [kind, name])).toEqual([
        ["invariant", "free"],
      ]);
  });
});
