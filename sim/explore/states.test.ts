import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sharedValues } from "../detect/read.ts";
import { load, scenarioText } from "../laws/programs.ts";
import { Machine } from "../machine/machine.ts";
import { lower } from "../program/lower.ts";
import { BreadthFirst, bfs } from "./bfs.ts";
import { dfs } from "./dfs.ts";
import { makeJudge } from "./judge.ts";
import { Search } from "./search.ts";
import { Space } from "./space.ts";
import type { Judge, Move, StopReason, StrategyResult, Verdict } from "./strategy.ts";
import { bruteForce, essence, exploration } from "./testing/brute-force.ts";

const RUNS = Number(process.env["SIM_RUNS"] ?? 100);
const LIMIT = 4000;

/** Programs whose states are few enough to enumerate, some with properties. */
function programs() {
  return scenarioText({ processes: 3, statements: 3, cpu: fc.constant({ cores: 1 }) }).chain((text) =>
    fc
      .constantFrom(
        "",
        "check: { always: { low: x < 2 } }\n",
        "check: { finally: { end: y != 3 } }\n",
        "check: { reachable: { high: z > 3 }, always: { low: x + y < 4 } }\n",
      )
      .map((check) => text + check),
  );
}

function prepare(text: string) {
  const scenario = load(text);
  const program = lower(scenario);
  return {
    program,
    judge: () => makeJudge(program, scenario),
    plain: bruteForce(program, makeJudge(program, scenario), LIMIT),
  };
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
        for (const { kind, name, path } of result.found) {
          // an end is looked at when its turn comes, after the steps of those that came to it
          const fewest = plain.found.get(`${kind} ${name}`)!;
          expect([fewest, fewest + 1]).toContain(path.length);
        }
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

/** Plays a path on a machine of its own; what the judge says at its end. */
function play(machine: Machine, judge: Judge, path: readonly Move[]): readonly Verdict[] {
  let verdicts = judge.atStart(machine);
  for (const { task, choice } of path) {
    expect(machine.enabled(task)).toBe(true);
    machine.step(task, choice);
    verdicts = judge.afterStep(machine, task);
  }
  const over = machine.program.tasks.every((task) => !machine.enabled(task.id));
  return over ? [...verdicts, ...judge.atEnd(machine)] : verdicts;
}

describe.each([bfs, dfs])("$name", (strategy) => {
  test.each([false, true])("gives for every finding and outcome a path that shows it (reduction: %s)", (reduction) => {
    let shown = 0;
    fc.assert(
      fc.property(programs(), (text) => {
        const { program, judge, plain } = prepare(text);
        if (plain === null) return;
        const result = strategy.explore(exploration(program, judge(), { reduction }));
        for (const { kind, name, path } of result.found) {
          const verdicts = play(new Machine(program), judge(), path);
          expect(verdicts.map((verdict) => `${verdict.kind} ${verdict.name}`)).toContain(`${kind} ${name}`);
          shown += 1;
        }
        for (const { key, path } of result.outcomes) {
          const machine = new Machine(program);
          play(machine, judge(), path);
          expect(machine.program.tasks.filter((task) => machine.enabled(task.id))).toEqual([]);
          expect(JSON.stringify(sharedValues(machine))).toBe(key);
          shown += 1;
        }
      }),
      { numRuns: RUNS },
    );
    expect(shown).toBeGreaterThan(RUNS);
  });

  const wide = lower(
    load(
      "name: wide\nshared: { x: 0 }\nprocesses: { p: { count: 4, vars: { own: 0 }, do: [{ repeat: 4, do: [x += 1, own = x] }] } }\n",
    ),
  );
  const judge = (): Judge => makeJudge(wide, wide.scenario);

  test.each<[StopReason, object]>([
    ["states", { limits: { states: 5000, runs: 1e9, depth: 1e9, memory: 1e9 } }],
    ["depth", { limits: { states: 1e9, runs: 1e9, depth: 6, memory: 1e9 } }],
    ["memory", { limits: { states: 1e9, runs: 1e9, depth: 1e9, memory: 200_000 } }],
    ["time", { stopRequested: () => "time" as const }],
    ["interrupted", { stopRequested: () => "interrupted" as const }],
  ])("stops at a bound, %s, and says so", (reason, changes) => {
    const result = strategy.explore(exploration(wide, judge(), changes));
    expect(result.stopped).toBe(reason);
    expect(result.complete).toBe(false);
    expect(result.counters.states).toBeGreaterThan(0);
  });

  test("tells how far it is, with growing numbers", () => {
    const seen: number[] = [];
    strategy.explore(
      exploration(wide, judge(), {
        limits: { states: 20_000, runs: 1e9, depth: 1e9, memory: 1e9 },
        onProgress: ({ states }) => seen.push(states),
      }),
    );
    expect(seen.length).toBeGreaterThan(2);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
  });
});

test("breadth first goes on after the limit of states, or after a pause, as if there had been none", () => {
  let resumed = 0;
  fc.assert(
    fc.property(programs(), fc.boolean(), fc.integer({ min: 1, max: 40 }), (text, reduction, states) => {
      const { program, judge } = prepare(text);
      const terms = (most: number) =>
        exploration(program, judge(), { reduction, limits: { states: most, runs: 1e8, depth: 1e8, memory: 2e9 } });
      const atOnce = bfs.explore(terms(LIMIT));
      let asked = 0;
      let paused = bfs.explore({ ...terms(LIMIT), stopRequested: () => (asked++ % 2 === 0 ? "paused" : null) });
      while (paused.stopped === "paused")
        paused = paused.resume!({ ...terms(LIMIT), stopRequested: () => (asked++ % 2 === 0 ? "paused" : null) });
      let result = bfs.explore(terms(states));
      for (let most = states; most < LIMIT && result.resume !== undefined; resumed++) {
        most = Math.min(most * 2, LIMIT);
        result = result.resume(terms(most));
      }
      const told = ({ resume, space, ...rest }: StrategyResult) => rest;
      expect(told(result)).toEqual(told(atOnce));
      expect(told(paused)).toEqual(told(atOnce));
    }),
    { numRuns: RUNS },
  );
  expect(resumed).toBeGreaterThan(RUNS / 2);
});

/** The reduction of philosophers to a polynomial number of states: Valmari, "Stubborn sets" (1990), shows the first. */
test.each([
  ["no order, the bug", (n: number) => `forks[(i + 1) % ${n}]`, "", 10],
  ["no order, none at the last fork", (n: number) => `forks[(i + 1) % ${n + 1}]`, "", 10],
])("with reductions the states of philosophers grow no faster than their square: %s", (_, right, more, n) => {
  const states = (count: number): number => {
    const { program, judge } = prepare(
      `name: diners\nresources: { forks: { type: lock, count: ${count + 1} } }\nprocesses: { p: { count: ${count}, do: [ { loop: [ { acquire: "forks[i]" }, { acquire: "${right(count)}" }, { release: "${right(count)}" }, { release: "forks[i]" } ] } ] } }\n${more}`,
    );
    return bfs.explore(exploration(program, judge(), { reduction: true })).counters.states;
  };
  expect(states(n)).toBeLessThanOrEqual(n * n);
  expect(states(n)).toBeLessThan(states(n / 2) * 4.5);
});

describe("plain graphs of the literature", () => {
  test("needs at most 16 bytes a state for four tasks that increment under a lock", () => {
    const scenario = load(
      "name: inc\nshared: { x: 0 }\nresources: { gate: lock }\nprocesses: { p: { count: 4, do: [{ repeat: 3, do: [{ acquire: gate }, x += 1, { release: gate }] }] } }\n",
    );
    const program = lower(scenario);
    const space = new Space(exploration(program, makeJudge(program, scenario)), true);
    const result = new BreadthFirst(space, new Search(space)).run();
    expect(result).toBe(true);
    // 4^4 with the lock free, and 3 positions inside for each of those with a round to go
    expect(space.visited.count).toBe(256 + 3 * 4 * 3 * 64);
    expect(space.visited.bytes / space.visited.count).toBeLessThanOrEqual(16);
  });

  test.each([
    [2, 19],
    [3, 87],
    [4, 391],
    [5, 1743],
    [6, 7759],
  ])("%i philosophers who take the left fork first, one meal: %i states, one deadlock", (count, states) => {
    const forks = `[{ acquire: "forks[i]" }, { acquire: "forks[(i + 1) % ${count}]" }, { release: "forks[(i + 1) % ${count}]" }, { release: "forks[i]" }]`;
    const scenario = load(
      `name: diners\nresources: { forks: { type: lock, count: ${count} } }\nprocesses: { p: { count: ${count}, do: ${forks} } }\n`,
    );
    const program = lower(scenario);
    for (const strategy of [bfs, dfs]) {
      const result = strategy.explore(exploration(program, makeJudge(program, scenario)));
      expect(result.counters.states).toBe(states);
      expect(result.counters.deadlocked).toBe(1);
      const reduced = strategy.explore(exploration(program, makeJudge(program, scenario), { reduction: true }));
      expect(reduced.counters.states).toBeLessThan(states);
      expect(essence(reduced)).toEqual(essence(result));
    }
  });
});
