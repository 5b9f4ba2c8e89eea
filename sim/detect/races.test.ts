import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { check } from "../explore/check.ts";
import { enabledTasks } from "../explore/moves.ts";
import { scenario } from "../explore/testing/programs.ts";
import { Tracker } from "../explore/trace.ts";
import { load, scenarioText } from "../laws/programs.ts";
import { lower } from "../program/lower.ts";
import type { Scenario } from "../scenario/ast.ts";
import { type AccessEvent, findRaces } from "./races.ts";

/** The races of one order: the tasks named are moved as long as they can, one after the other. */
function racesOf(of: Scenario, pick: (enabled: readonly number[]) => number): string[] {
  const program = lower(of);
  const tracker = new Tracker(program);
  const events: AccessEvent[] = [];
  for (let k = 0; k < 400; k++) {
    const enabled = enabledTasks(tracker.machine);
    if (enabled.length === 0) break;
    const step = tracker.step(pick(enabled));
    events.push({
      task: step.task,
      at: step.instruction === undefined ? -1 : step.at,
      reads: step.reads,
      writes: step.writes,
    });
  }
  return findRaces(program, events).map((race) => race.name);
}

const first = (enabled: readonly number[]): number => enabled[0]!;

describe("races by happens-before in one order", () => {
  test("are found although the two accesses are far apart and the values come out right", () => {
    expect(
      racesOf(
        scenario({
          shared: { x: 0, y: 0 },
          processes: { p: { do: ["x = 1", "y = 1"] }, q: { do: [{ sleep: 5 }, "x += 1"] } },
        }),
        first,
      ),
    ).toEqual(["x"]);
  });

  test("are none where a lock, a queue, an event, a join, an atomic variable or a when orders the accesses", () => {
    const ordered: Record<string, unknown>[] = [
      { resources: { a: "lock" }, processes: { p: { count: 2, do: [{ with: "a", do: ["x += 1"] }] } } },
      {
        resources: { q: "queue" },
        processes: {
          p: { do: ["x = 1", { put: "q", value: 1 }] },
          r: { do: [{ get: "q", into: "item" }, { print: "{x} {item}" }] },
        },
      },
      {
        resources: { e: "event" },
        processes: { p: { do: ["x = 1", { set: "e" }] }, r: { do: [{ wait: "e" }, "x += 1"] } },
      },
      {
        processes: {
          p: { do: ["x = 1", { start: "c" }, { join: "c" }, "x += 1"] },
          c: { start: "manual", do: ["x += 1"] },
        },
      },
      {
        atomics: { done: false },
        processes: { p: { do: ["x = 1", "done = true"] }, r: { do: [{ when: "done" }, "x += 1"] } },
      },
    ];
    for (const parts of ordered) expect(racesOf(scenario({ shared: { x: 0 }, ...parts }), first)).toEqual([]);
  });

  test("are told apart by element of an array", () => {
    expect(
      racesOf(scenario({ shared: { cells: [0, 0] }, processes: { p: { count: 2, do: ["cells[i] += 1"] } } }), first),
    ).toEqual([]);
    expect(
      racesOf(scenario({ shared: { cells: [0, 0] }, processes: { p: { count: 2, do: ["cells[1] += i"] } } }), first),
    ).toEqual(["cells[1]"]);
  });

  test("mean that some order has two accesses side by side: check finds a race as well", () => {
    let seen = 0;
    fc.assert(
      fc.property(
        scenarioText({
          processes: 2,
          statements: 2,
          features: ["locks", "semaphores", "queues", "events", "join", "atomic"],
        }),
        fc.array(fc.nat(20), { minLength: 1, maxLength: 30 }),
        (text, picks) => {
          let k = 0;
          const of = load(text);
          const races = racesOf(of, (enabled) => enabled[picks[k++ % picks.length]! % enabled.length]!);
          if (races.length === 0) return;
          const result = check(of, { maxStates: 30_000 });
          if (result.guarantee !== "exhaustive") return;
          seen += 1;
          expect(result.findings.map((finding) => finding.kind)).toContain("data_race");
        },
      ),
      { numRuns: 250 },
    );
    expect(seen).toBeGreaterThan(10);
  });
});
