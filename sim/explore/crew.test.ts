import * as fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { load, scenarioText } from "../laws/programs.ts";
import { lower } from "../program/lower.ts";
import { BreadthFirst } from "./bfs.ts";
import type { CrewOptions } from "./crew.ts";
import { makeJudge } from "./judge.ts";
import { makeReductions } from "./reduce.ts";
import { NO_REDUCTION } from "./reductions.ts";
import { Search } from "./search.ts";
import { Space } from "./space.ts";
import type { Exploration } from "./strategy.ts";
import { exploration } from "./testing/brute-force.ts";
import { crews } from "./testing/crews.ts";
import { makeHelperFile } from "./testing/helper-file.ts";
import { MemoryExceeded } from "./visited.ts";

const RUNS = Number(process.env["SIM_RUNS"] ?? 25);
const helper = await makeHelperFile();
afterAll(() => helper.remove());

const programs = scenarioText({ processes: 3, statements: 4, cpu: fc.constant({ cores: 1 }) });

const crew: CrewOptions = {
  file: helper.file,
  from: 10,
  rowStates: 16,
  rowTransitions: 40,
  fewest: 2,
  together: true,
};

/** What a search with so many threads finds, as text, and how many rows others expanded for it. */
function searched(
  text: string,
  workers: number,
  { reduction = false, options = crew, changes = {} as Partial<Exploration> } = {},
): { text: string; helped: number } {
  const scenario = load(text);
  const program = lower(scenario);
  const given = exploration(program, makeJudge(program, scenario), { workers, reduction, ...changes });
  const space = new Space(given, true, reduction ? makeReductions(given) : NO_REDUCTION);
  const search = new Search(space);
  const breadthFirst = new BreadthFirst(space, search, options);
  let complete = false;
  try {
    complete = breadthFirst.run();
  } catch (problem) {
    if (!(problem instanceof MemoryExceeded)) throw problem;
    search.stopped ??= "memory";
  } finally {
    breadthFirst.close();
  }
  return { text: JSON.stringify(search.result(complete)), helped: breadthFirst.helped };
}

const WIDE = `name: wide
shared: { x: 0, y: 0 }
resources: { gate: lock }
processes:
  p:
    count: 2
    vars: { own: 0, k: 0 }
    do:
      - repeat: 2
        do: [x += 1, own = x, { choose: { k: [1, 2] } }, { acquire: gate }, y += k, { release: gate }]
check: { always: { small: x < 6 }, finally: { all: x == 8 } }
`;

describe.each([false, true])("the answer (reduction: %s)", (reduction) => {
  test("is the same with any number of workers, over generated programs", () => {
    let helped = 0;
    fc.assert(
      fc.property(fc.oneof(programs, crews()), (text) => {
        const bounds = { limits: { states: 5000, runs: 1e9, depth: 1e9, memory: 1e9 } };
        const alone = searched(text, 1, { reduction, changes: bounds });
        for (const workers of [2, 4]) {
          const together = searched(text, workers, { reduction, changes: bounds });
          expect(together.text).toBe(alone.text);
          helped += together.helped;
        }
      }),
      { numRuns: RUNS },
    );
    expect(helped).toBeGreaterThan(RUNS);
  });

  test.each([
    ["of all states", {}],
    ["with every finding", { all: true }],
    ["cut at a number of states", { limits: { states: 3000, runs: 1e9, depth: 1e9, memory: 1e9 } }],
    ["cut at a depth", { limits: { states: 1e9, runs: 1e9, depth: 12, memory: 1e9 } }],
    ["cut by memory", { limits: { states: 1e9, runs: 1e9, depth: 1e9, memory: 150_000 } }],
  ])("is the same %s", (_, changes) => {
    const alone = searched(WIDE, 1, { reduction, changes });
    expect(alone.helped).toBe(0);
    for (const workers of [2, 3]) {
      const together = searched(WIDE, workers, { reduction, changes });
      expect(together.text).toBe(alone.text);
      expect(together.helped).toBeGreaterThan(3);
    }
  });

  test.each([
    ["fails at once", { fault: { row: 0, silent: false } }],
    ["fails later", { fault: { row: 7, silent: false } }],
    ["ends without a word", { fault: { row: 5, silent: true } }],
    ["cannot be started", { file: "/no/such/helper.mjs", together: false }],
  ])("is the same if a helper %s", (_, changes) => {
    const alone = searched(WIDE, 1, { reduction });
    expect(searched(WIDE, 3, { reduction, options: { ...crew, ...changes } }).text).toBe(alone.text);
  });
});
