import { describe, expect, test } from "vitest";
import { run } from "../index.ts";
import { scenario } from "./testing/programs.ts";

const take = (...locks: string[]): unknown[] => [
  ...locks.map((lock) => ({ acquire: lock })),
  ...[...locks].reverse().map((lock) => ({ release: lock })),
];
const warnings = (parts: Record<string, unknown>): string[] =>
  run(scenario(parts)).warnings.filter((warning) => !warning.includes("tie rule"));

describe("what one run lets one predict", () => {
  test("a deadlock by the order of locks, confirmed with a schedule", () => {
    const [warning, ...others] = warnings({
      resources: { a: "lock", b: "lock" },
      processes: { p: { do: take("a", "b") }, q: { arrival: 10, do: take("b", "a") } },
    });
    expect(others).toEqual([]);
    expect(warning).toContain("p takes b while it holds a");
    expect(warning).toContain("ends in a deadlock: --schedule '1;");
  });

  test("none behind a gate lock, for one task alone, or in one order everywhere", () => {
    expect(
      warnings({
        resources: { g: "lock", a: "lock", b: "lock" },
        processes: { p: { do: take("g", "a", "b") }, q: { arrival: 10, do: take("g", "b", "a") } },
      }),
    ).toEqual([]);
    expect(
      warnings({
        resources: { a: "lock", b: "lock" },
        processes: { p: { do: [...take("a", "b"), ...take("b", "a")] } },
      }),
    ).toEqual([]);
    expect(
      warnings({
        resources: { a: "lock", b: "lock" },
        processes: { p: { do: take("a", "b") }, q: { arrival: 10, do: take("a", "b") } },
      }),
    ).toEqual([]);
  });

  test("a cycle that start and join make impossible is not said to be certain", () => {
    const processes = {
      p: { do: [...take("a", "b"), { start: "c" }, { join: "c" }] },
      c: { start: "manual", do: take("b", "a") },
    };
    const found = warnings({ resources: { a: "lock", b: "lock" }, processes });
    expect(found.join()).not.toContain("ends in a deadlock: ");
  });

  test("a race whose values came out right", () => {
    const [warning] = warnings({
      shared: { x: 0 },
      processes: { p: { do: ["x = 1"] }, q: { arrival: 10, do: ["x += 1"] } },
    });
    expect(warning).toContain("data race on 'x'");
  });
});
