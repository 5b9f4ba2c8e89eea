import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { loadScenario, replay, type Scenario } from "../index.ts";
import { schedules } from "./index.ts";

function ticket(locked: boolean): Scenario {
  const buy = ["seen = tickets", { if: "seen > 0", then: ["tickets = seen - 1", "sold += 1"] }];
  const text = JSON.stringify({
    name: "ticket",
    shared: { tickets: 1, sold: 0 },
    resources: { gate: "lock" },
    processes: { person: { count: 4, vars: { seen: 0 }, do: locked ? [{ with: "gate", do: buy }] : buy } },
    check: { always: { "never-oversold": "sold <= 1" } },
  });
  return loadScenario({ text, file: "ticket.yaml" });
}

const oversold = (scenario: Scenario, schedule: string): boolean =>
  replay(scenario, schedule).findings.some((finding) => finding.name === "never-oversold");

describe("orders as a fast-check arbitrary", () => {
  test("fast-check finds the double-sold ticket and shrinks it to two people, one of whom is interrupted once", () => {
    const scenario = ticket(false);
    const details = fc.check(
      fc.property(schedules(scenario), (schedule) => !oversold(scenario, schedule)),
      { seed: 1, numRuns: 1000 },
    );
    expect(details.failed).toBe(true);
    const [schedule] = details.counterexample!;
    expect(oversold(scenario, schedule)).toBe(true);
    const blocks = schedule.replace(/^1;/, "").split(" ");
    expect(new Set(blocks.map((block) => block.replace(/\*.*/, ""))).size).toBe(2);
    expect(blocks.length).toBe(3);
  });

  test("the locked twin sells one ticket in every order that is drawn", () => {
    const scenario = ticket(true);
    fc.assert(
      fc.property(schedules(scenario), (schedule) => !oversold(scenario, schedule)),
      { seed: 1, numRuns: 300 },
    );
  });

  test("every drawn order replays without a misfit, to an end", () => {
    const scenario = ticket(true);
    fc.assert(
      fc.property(schedules(scenario), (schedule) => {
        const result = replay(scenario, schedule);
        expect(result.misfit).toBeNull();
        expect(result.status).toBe("finished");
      }),
      { seed: 2, numRuns: 100 },
    );
  });
});

describe("toHoldInEveryOrder", () => {
  test("passes for the locked twin", () => {
    expect(ticket(true)).toHoldInEveryOrder();
  });

  test("fails for the ticket, with the counterexample as its message", () => {
    expect(() => expect(ticket(false)).toHoldInEveryOrder()).toThrow(/never-oversold/);
    expect(ticket(false)).not.toHoldInEveryOrder();
  });
});
