import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { load, scenarioText } from "../laws/programs.ts";
import { lower } from "../program/lower.ts";
import { findFamilies } from "../program/symmetry.ts";
import { breadthFirst } from "./bfs.ts";
import { depthFirst } from "./dfs.ts";
import { makeJudge } from "./judge.ts";
import { makeReductions, type ReductionChoice } from "./reduce.ts";
import { bruteForce, essence, exploration } from "./testing/brute-force.ts";
import { CHECKS, crews } from "./testing/crews.ts";
import { lockUsers } from "./testing/lock-users.ts";

const RUNS = Number(process.env["SIM_RUNS"] ?? 30);
const LIMIT = 4000;

const LIVES: unknown[][] = [
  ["x += 1"],
  ["x = 0"],
  [{ start: "child" }],
  [{ join: "child" }],
  [{ join: "child", timeout: 2, into: "own" }],
  [{ terminate: "child" }],
  [{ start: "child" }, "x += 1", { join: "child" }],
  [{ start: "child" }, { terminate: "child" }],
  [{ if: "alive(child)", then: ["x = 2"] }],
  [{ with: "A", do: ["x += 1"] }],
  [{ acquire: "A" }],
  [{ wait: "E" }],
  [{ set: "E" }],
  [{ when: "x > 0" }],
  [{ assert: "x < 2" }],
  [{ raise: "Oops" }],
  [{ sleep: 1 }],
  ["exit"],
];

/** Tasks that start, end, terminate and outlive each other; daemons, threads, coroutines and endless loops. */
function societies(): fc.Arbitrary<string> {
  const body = fc.array(fc.constantFrom(...LIVES), { minLength: 1, maxLength: 3 }).map((parts) => parts.flat());
  const simple = fc
    .array(
      fc.constantFrom(
        ["x += 1"],
        ["x = 0"],
        [{ with: "A", do: ["x = 1"] }],
        [{ wait: "E" }],
        [{ assert: "x < 2" }],
        [{ raise: "Oops" }],
        ["yield"],
        [{ print: "{x}" }],
      ),
      { minLength: 1, maxLength: 2 },
    )
    .map((parts) => parts.flat() as unknown[]);
  return fc
    .record({
      main: body,
      child: simple,
      childIsDaemon: fc.boolean(),
      daemon: fc.option(simple),
      endless: fc.boolean(),
      threads: fc.option(simple),
      coroutines: fc.option(simple),
      check: fc.constantFrom(...CHECKS.slice(0, 3)),
    })
    .map(({ main, child, childIsDaemon, daemon, endless, threads, coroutines, check }) =>
      stringify(
        {
          name: "society",
          shared: { x: 0 },
          resources: { A: "lock", E: "event" },
          processes: {
            main: { vars: { own: 0 }, do: main },
            child: { start: "manual", ...(childIsDaemon ? { daemon: true } : {}), do: child },
            ...(daemon === null ? {} : { daemon: { daemon: true, do: endless ? [{ loop: daemon }] : daemon } }),
            ...(threads === null
              ? {}
              : {
                  server: {
                    vars: { hits: 0 },
                    threads: { worker: { count: 2, do: ["hits += 1", ...threads] } },
                    do: ["hits = 5"],
                  },
                }),
            ...(coroutines === null
              ? {}
              : { event_loop: { coroutines: { fetch: { count: 2, do: ["yield", ...coroutines] } }, do: ["x += 1"] } }),
          },
          check,
        },
        { aliasDuplicateObjects: false },
      ),
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

const OFF: ReductionChoice = { fusing: false, partialOrder: false, symmetry: false };
const CHOICES: [string, ReductionChoice][] = [
  ["fusing", { ...OFF, fusing: true }],
  ["partial-order", { ...OFF, partialOrder: true }],
  ["symmetry", { ...OFF, symmetry: true }],
  ["fusing and symmetry", { ...OFF, fusing: true, symmetry: true }],
  ["all of them", { fusing: true, partialOrder: true, symmetry: true }],
];

/** Two of a kind, and one whose steps concern nobody. */
const REDUCIBLE = `
name: reducible
shared: { x: 0, z: 0 }
processes:
  twin: { count: 2, do: [x += 1] }
  hermit: { do: [z = 1, z = 2] }
`;

/** What a reduction gets wrong that leaves out one thing that it has to reckon with. */
const TRAPS = [
  // two go round for ever, and what a third does has nothing to do with them: it must have its turn all the same
  `
name: ignored
shared: { x: 0, z: 0 }
processes:
  one: { do: [ { loop: [ { when: z == 0 }, z = 1 ] } ] }
  other: { do: [ { loop: [ { when: z == 1 }, z = 0 ] } ] }
  third: { do: [ x = 1, { assert: x == 0 } ] }
`,
  // an error that nobody foresaw ends a process, which somebody may look at
  `
name: ended by an error
shared: { x: null, z: 1, ok: 0 }
processes:
  divides: { do: [ ok = 5 // z ] }
  spoils: { do: [ z = 0 ] }
  looks: { do: [ x = alive(divides) ] }
`,
  // one who was told to die ends where it is, whatever its next statement has to do with the others
  `
name: told to die
shared: { x: null, y: 0 }
processes:
  main: { do: [ { start: child }, { terminate: child }, x = alive(child) ] }
  child: { start: manual, do: [ y = 1, y = 2 ] }
`,
  // alternatives of a step that nobody else sees are all tried
  `
name: chosen apart
shared: { x: 0, y: 0 }
processes:
  chooses: { do: [ { choose: { k: [1, 2] } }, { choose: { m: [0, 5] } }, y = k + m ] }
  writes: { do: [ x = 1 ] }
`,
  // who waits may be set going by one who waits as well, for a third
  `
name: in a row
shared: { g: 0, h: 0, x: 0, y: 0 }
processes:
  reads: { do: [ y = x ] }
  writes: { do: [ { when: h == 1 }, x = 1 ] }
  between: { do: [ { when: g == 1 }, h = 1 ] }
  begins: { do: [ g = 1 ] }
`,
  // who is past what would set another going is not past it in every order
  `
name: past it
shared: { n: 0, m: 0, s: 0, a: 0, b: 0, x: 0, y: 0 }
processes:
  reads: { do: [ y = x ] }
  writes: { do: [ { when: s == 1 }, m = n, { when: a == 1 and b == 1 }, x = 1 ] }
  one: { do: [ { atomic: [ n = 1, a = 1, s = 1 ] } ] }
  other: { do: [ { atomic: [ n = 2, b = 1, s = 1 ] } ] }
`,
  // a lock keeps out those who wait for it, not those who give up waiting
  `
name: gives up
shared: { x: 0 }
resources: { A: lock }
processes:
  holds: { do: [ { with: A, do: [ x = 1, { assert: x == 1 } ] } ] }
  patient: { vars: { ok: false }, do: [ { acquire: A, timeout: 3, into: ok }, x = 2 ] }
`,
  // nor those who do not even wait
  `
name: does not wait
shared: { x: 0 }
resources: { A: lock }
processes:
  holds: { do: [ { with: A, do: [ x = 1, { assert: x == 1 } ] } ] }
  hasty: { vars: { ok: false }, do: [ { acquire: A, block: false, into: ok }, x = 2 ] }
`,
  // what comes behind a lock may have been reached before the holder took it
  `
name: already through
shared: { x: 0 }
resources: { A: lock }
processes:
  holds: { do: [ { with: A, do: [ x = 1, { assert: x == 1 } ] } ] }
  early: { do: [ { acquire: A }, { release: A }, x = 2 ] }
`,
  // what looks like a lock need not be one: this one can be taken away
  `
name: stolen
shared: { x: 0 }
kinds:
  token:
    fields: { owner: null }
    holder: owner
    operations:
      acquire: { when: owner == null, do: [ owner = me ] }
      steal: { do: [ owner = me ] }
      release: { do: [ owner = null ] }
resources: { T: token }
processes:
  holds: { do: [ { acquire: T }, x = 1, { assert: x == 1 }, { release: T } ] }
  other: { do: [ { acquire: T }, x = 2 ] }
  thief: { do: [ { steal: T }, { release: T } ] }
`,
  // and this one lets a second one in who has the same name
  `
name: one name for all
shared: { x: 0 }
kinds:
  door:
    fields: { owner: null }
    holder: owner
    operations:
      enter: { when: owner == null or owner == "guest", do: [ 'owner = "guest"' ] }
      leave: { do: [ owner = null ] }
resources: { D: door }
processes:
  one: { do: [ { enter: D }, x = 1, { assert: x == 1 }, { leave: D } ] }
  other: { do: [ { enter: D }, x = 2 ] }
`,
  // who waits at a condition has given the lock back
  `
name: waits at a condition
shared: { x: 0 }
resources: { A: lock, C: { type: condition, lock: A } }
processes:
  waits: { do: [ { with: A, do: [ x = 1, { wait: C }, { assert: x == 1 } ] } ] }
  wakes: { do: [ { with: A, do: [ x = 2, { notify: C } ] } ] }
`,
];

describe.each(CHOICES)("%s", (_, choice) => {
  test.each([
    ["breadth first", breadthFirst],
    ["depth first", depthFirst],
  ])("changes no verdict and no outcome, %s", (_, search) => {
    let [full, reduced] = [0, 0];
    fc.assert(
      fc.property(
        fc.oneof(
          crews(),
          societies(),
          lockUsers(),
          scenarioText({ processes: 2, statements: 2, cpu: fc.constant({ cores: 1 }) }),
        ),
        (text) => {
          const { program, judge, plain } = prepare(text);
          if (plain === null) return;
          const options = exploration(program, judge());
          const result = search(options, makeReductions(options, choice));
          full += plain.states;
          reduced += result.counters.states;
          expect(result.complete).toBe(true);
          expect(result.counters.states).toBeLessThanOrEqual(plain.states);
          expect(essence(result)).toEqual({ found: [...plain.found.keys()].sort(), outcomes: plain.outcomes });
        },
      ),
      // one that every choice makes smaller, since chance might give none
      { numRuns: RUNS, examples: [[REDUCIBLE], ...TRAPS.map((text): [string] => [text])] },
    );
    expect(reduced).toBeLessThan(full);
  });
});

describe("symmetry", () => {
  const families = (body: unknown[], check: object = {}, own: unknown = 0): number[][] => {
    const text = stringify({
      name: "crew",
      shared: { x: 0, last: null, cells: [0, 0, 0] },
      resources: { A: "lock", F: { type: "lock", fair: true }, Q: "queue", forks: { type: "lock", count: 3 } },
      processes: { crew: { count: 3, vars: { own }, do: body } },
      check,
    });
    const scenario = load(text);
    const program = lower(scenario);
    return findFamilies(program, makeJudge(program, scenario).watched).map(({ tasks }) => [...tasks]);
  };

  test.each([
    ["shared counters", ["x += 1"]],
    ["owners of locks", [{ with: "A", do: ["x += 1"] }]],
    ["first come, first served", [{ with: "F", do: ["x += 1"] }]],
    ["printing who it is", [{ print: "{me} {i} {pid}" }, "x += 1"]],
    ["arriving one after the other", [{ sleep: "16 * i" }, "x += 1"]],
  ])("sees tasks that differ in name alone: %s", (_, body) => {
    expect(families(body as unknown[])).toEqual([[0, 1, 2]]);
  });

  test.each([
    ["an index as a value", ["x = i"]],
    ["an index into an array", ["cells[i] = 1"]],
    ["a lock of its own", [{ acquire: "forks[i]" }]],
    ["a name in shared memory", ["last = me"]],
    [
      "a name in a queue that is taken out again",
      [
        { put: "Q", value: "me" },
        { get: "Q", into: "own" },
      ],
    ],
    ["a different number of rounds", [{ repeat: "i", do: ["x += 1"] }]],
    ["the process number", ["x = pid"]],
  ])("does not see such tasks where they are told apart: %s", (_, body) => {
    expect(families(body as unknown[])).toEqual([]);
  });

  test("is not used where a property tells the tasks apart", () => {
    expect(families(["own = x", "x += 1"], { always: { first: "crew[0].own == 0" } })).toEqual([]);
    expect(families(["own = x", "x += 1"], { finally: { first: "crew[0].own == 0" } })).toEqual([]);
  });

  test("is not used where the tasks start with different values", () => {
    expect(families(["x += own"], {}, 1)).toEqual([[0, 1, 2]]);
    expect(families(["x += own"], {}, "= i")).toEqual([]);
    expect(families(["x += own"], {}, "= i // 2")).toEqual([[0, 1]]);
  });
});

test("what only an exception handler or a property reads is remembered", () => {
  const text = stringify({
    name: "remembered",
    shared: { x: 5, y: 0, zero: 0 },
    processes: {
      p: { vars: { own: 0 }, do: ["own = x", { try: ["y = 1 // zero"], catch: { any: ["y = own"] } }] },
      q: { vars: { last: 0 }, do: ["last = 7", "x = 6"] },
    },
    check: { finally: { kept: "q.last == 7" } },
  });
  const { program, judge } = prepare(text);
  for (const search of [breadthFirst, depthFirst]) {
    const options = exploration(program, judge());
    const { found, outcomes } = search(options, makeReductions(options, { ...OFF, fusing: true }));
    expect(outcomes.map(({ key }) => key)).toEqual(['{"x":6,"y":5,"zero":0}', '{"x":6,"y":6,"zero":0}']);
    expect(found.filter(({ kind }) => kind === "final")).toEqual([]);
  }
});
