import { describe, expect, test } from "vitest";
import { run } from "../index.ts";
import type { Scenario } from "../scenario/ast.ts";
import { check } from "./check.ts";
import { replay } from "./replay.ts";
import { scenario } from "./testing/programs.ts";

/** Two buyers of one ticket who think for a while in between. */
function buyers(cpu: unknown, think: unknown): Scenario {
  return scenario({
    cpu,
    shared: { tickets: 1, sold: 0 },
    processes: {
      person: {
        count: 2,
        vars: { seen: 0 },
        do: ["seen = tickets", think, { if: "seen > 0", then: ["tickets = seen - 1", { atomic: ["sold += 1"] }] }],
      },
    },
    check: { always: { "never-oversold": "sold <= 1" }, allow: ["data_race"] },
  });
}

describe("under this scheduler, or under any", () => {
  test("round robin oversells only if the quantum is shorter than the thinking", () => {
    const with20 = buyers({ scheduler: { policy: "rr", quantum: 20 } }, { cpu: 5 });
    const with2 = buyers({ scheduler: { policy: "rr", quantum: 2 } }, { cpu: 5 });
    expect(check(with20, { under: "scheduler" })).toMatchObject({
      verdict: "holds",
      guarantee: "exhaustive",
      explored: { under: "scheduler" },
    });
    expect(check(with2, { under: "scheduler" }).verdict).toBe("violated");
    expect(check(with20).verdict).toBe("violated");
  });

  test("tries both orders of those who arrive at one moment, every choose and every draw from few values", () => {
    const arrivals = scenario({
      atomics: { last: 0 },
      processes: { p: { do: ["last = 1"] }, q: { do: ["last = 2"] } },
    });
    expect(check(arrivals, { under: "scheduler" }).outcomes.map(({ shared }) => shared["last"])).toEqual([1, 2]);
    const chosen = scenario({ atomics: { x: 0 }, processes: { p: { do: [{ choose: { k: [1, 2, 3] } }, "x = k"] } } });
    expect(check(chosen, { under: "scheduler" }).outcomes.map(({ shared }) => shared["x"])).toEqual([1, 2, 3]);
    const drawn = scenario({ atomics: { x: 0 }, processes: { p: { do: [{ sleep: "randint(1, 3)" }, "x = now"] } } });
    expect(check(drawn, { under: "scheduler" }).outcomes.map(({ shared }) => shared["x"])).toEqual([1, 2, 3]);
  });

  test("what one run shows is among what it finds, and its findings replay", () => {
    const of = buyers({ scheduler: { policy: "rr", quantum: 2 } }, { cpu: 5 });
    const result = check(of, { under: "scheduler" });
    expect(result.outcomes.map(({ shared }) => JSON.stringify(shared))).toContain(JSON.stringify(run(of).shared));
    const [finding] = result.findings;
    expect(replay(of, finding!.schedule!)).toMatchObject({ misfit: null, findings: [{ name: "never-oversold" }] });
  });

  test("at the limit of runs it is inconclusive", () => {
    const many = scenario({ processes: { p: { count: 6, do: [{ cpu: 1 }] } } });
    expect(check(many, { under: "scheduler", maxRuns: 10 })).toMatchObject({
      verdict: "inconclusive",
      explored: { stopped: "runs", executions: 10 },
    });
  });
});
