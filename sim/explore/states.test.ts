import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { load, scenarioText } from "../laws/programs.ts";
import { lower } from "../program/lower.ts";
import { bfs } from "./bfs.ts";
import { dfs } from "./dfs.ts";
import { makeJudge } from "./judge.ts";
import { bruteForce, essence, exploration } from "./testing/brute-force.ts";

const RUNS = Number(process.env["SIM_RUNS"] ?? 150);
const LIMIT = 4000;

/** Programs whose states are few enough to enumerate, some with properties. */
function programs() {
  return scenarioText({ processes: 3, statements: 3, cpu: fc.constant({ cores: 1 }) }).chain((text) =>
    fc.constantFrom("", "check: { always: { low: x < 2 } }\n", "check: { finally: { end: y != 3 } }\n", "check: { reachable: { high: z > 3 }, always: { low: x + y < 4 } }\n").map((check) => text + check),
  );
}

function prepare(text: string) {
  const scenario = load(text);
  const program = lower(scenario);
  return { program, judge: () => makeJudge(program, scenario), plain: bruteForce(program, makeJudge(program, scenario), LIMIT) };
}

describe.each([bfs, dfs])("$name, over generated programs", (strategy) => {
  test("without reductions it finds the states, verdicts and outcomes of plain enumeration", () => {
    let compared = 0;
    fc.assert(
      fc.property(programs(), (text) => {
        const { program, judge, plain } = prepare(text);
        if (plain === null) return;
        compared += 1;
        const result = strategy.explore(exploration(program, judge()));
        expect(result.counters.states).toBe(plain.states);
        expect(result.counters.transitions).toBe(plain.transitions);
        expect(result.counters.deadlocked).toBe(plain.deadlocked);
        expect(result.complete).toBe(true);
        expect(essence(result)).toEqual({ found: [...plain.found.keys()].sort(), outcomes: plain.outcomes });
        if (strategy !== bfs) return;
        for (const { kind, name, path } of result.found) expect(path.length).toBe(plain.found.get(`${kind} ${name}`));
      }),
      { numRuns: RUNS },
    );
    expect(compared).toBeGreaterThan(RUNS / 2);
  });

  test("with reductions it finds the verdicts and outcomes of plain enumeration", () => {
    let [full, reduced] = [0, 0];
    fc.assert(
      fc.property(programs(), (text) => {
        const { program, judge, plain } = prepare(text);
        if (plain === null) return;
        const result = strategy.explore(exploration(program, judge(), { reduction: true }));
        full += plain.states;
        reduced += result.counters.states;
        expect(result.complete).toBe(true);
        expect(essence(result)).toEqual({ found: [...plain.found.keys()].sort(), outcomes: plain.outcomes });
      }),
      { numRuns: RUNS },
    );
    expect(reduced).toBeLessThan(full);
  });
});
