import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readScheduler, run } from "../index.ts";
import { FEATURES, load, scenarioText } from "../laws/programs.ts";
import type { Scenario } from "../scenario/ast.ts";
import { check } from "./check.ts";
import type { CheckOptions } from "./options.ts";
import { replay } from "./replay.ts";
import type { CheckResult } from "./result.ts";
import { scenario } from "./testing/programs.ts";

const under = (of: Scenario, options: CheckOptions = {}): CheckResult =>
  check(of, { under: "scheduler", maxRuns: 3_000, ...options });

/** Buyers of one ticket who think for a while in between. */
function buyers(scheduler: unknown, think: unknown, count = 2): Scenario {
  return scenario({
    cpu: { scheduler },
    shared: { tickets: 1, sold: 0 },
    processes: {
      person: {
        count,
        vars: { seen: 0 },
        do: ["seen = tickets", think, { if: "seen > 0", then: ["tickets = seen - 1", { atomic: ["sold += 1"] }] }],
      },
    },
    check: { always: { "never-oversold": "sold <= 1" }, allow: ["data_race"] },
  });
}

/** One outcome as a key. */
const key = (shared: unknown, deadlock: boolean): string => `${JSON.stringify(shared)} ${deadlock}`;
const keys = (result: CheckResult): string[] =>
  result.outcomes.map(({ shared, deadlock }) => key(shared, deadlock === true));
const keyOfRun = (of: Scenario, options: Parameters<typeof run>[1]): string => {
  const { shared, status } = run(of, { ...options, ties: false });
  return key(shared, status === "deadlock");
};
const sorted = (list: Iterable<string>): string[] => [...new Set(list)].sort();

/** Schedulers with little to tell them apart, so that much is left open. */
const SCHEDULERS: readonly unknown[] = [
  "fcfs",
  "random",
  "sjf",
  "srtf",
  "priority",
  { policy: "rr", quantum: 1 },
  { policy: "rr", quantum: 2, tie: "preempted_first" },
  { policy: "lottery", quantum: 1 },
  { policy: "priority_rr", quantum: 1 },
  { policy: "mlfq", quanta: [1, 2] },
  { policy: "stride", quantum: 1 },
  { policy: "mlq", queues: [{ policy: "rr", quantum: 1 }] },
];
const programs = scenarioText({
  processes: 3,
  statements: 2,
  cpu: fc.record({ cores: fc.constantFrom(1, 1, 2), scheduler: fc.constantFrom(...SCHEDULERS) }),
});

describe("under this scheduler, or under any", () => {
  test("every run ends in an outcome that is listed, whatever its seed", () => {
    fc.assert(
      fc.property(programs, fc.integer({ min: 1, max: 1000 }), (text, seed) => {
        const of = load(text);
        const result = under(of);
        fc.pre(result.explored.complete);
        expect(keys(result)).toContain(keyOfRun(of, { seed: String(seed) }));
      }),
      { numRuns: 60 },
    );
  });

  test("the first answer everywhere is what a run does by itself", () => {
    const silent = { begin: () => {}, drawn: () => {}, reached: () => {} };
    const decided = SCHEDULERS.filter((each) => each !== "random" && !JSON.stringify(each).includes("lottery"));
    const features = FEATURES.filter((each) => each !== "choose");
    const cpu = fc.record({ cores: fc.constantFrom(1, 2), scheduler: fc.constantFrom(...decided) });
    fc.assert(
      fc.property(scenarioText({ processes: 4, statements: 3, features, cpu }), (text) => {
        fc.pre(!text.includes("randint"));
        const of = load(text);
        const asked = run(of, { ties: false, oracle: { ...silent, choose: () => 0, pick: () => 0 } });
        expect(asked.fingerprint).toBe(run(of, { ties: false }).fingerprint);
      }),
      { numRuns: 150 },
    );
  });

  test("leaving out interchangeable tasks changes neither verdict nor outcomes", () => {
    fc.assert(
      fc.property(programs, (text) => {
        const of = load(text);
        const whole = under(of, { reduction: false });
        fc.pre(whole.explored.complete);
        const reduced = under(of);
        expect(keys(reduced)).toEqual(keys(whole));
        const kinds = (result: CheckResult) => result.findings.map(({ kind, name }) => `${kind} ${name}`);
        expect(kinds(reduced)).toEqual(kinds(whole));
      }),
      { numRuns: 60 },
    );
  });

  test("every finding replays exactly, and its steps have times that never go back", () => {
    fc.assert(
      fc.property(programs, (text) => {
        const of = load(text);
        for (const { kind, name, schedule, steps, trace } of under(of, { maxRuns: 200 }).findings) {
          const played = replay(of, schedule!);
          expect(played.misfit).toBe(null);
          expect(played.findings.map((each) => `${each.kind} ${each.name}`)).toContain(`${kind} ${name}`);
          expect(played.steps).toHaveLength(steps!);
          const times = trace!.map(({ time }) => time!);
          expect(times.every((time, k) => time >= (times[k - 1] ?? 0))).toBe(true);
        }
      }),
      { numRuns: 100 },
    );
  });

  test("what is open in all is what it finds: every lottery draw there is, by brute force", () => {
    // at most six turns, and at the last one nobody else is left
    const turns = 5;
    const tickets = fc.constantFrom(1, 1, 2);
    const work = fc.constantFrom<unknown[]>(
      ["x = x * 3 + i"],
      [{ cpu: 1 }, "x += 1"],
      ["x += i", { cpu: 2 }, "x = x * 2"],
    );
    fc.assert(
      fc.property(fc.array(fc.record({ tickets, do: work }), { minLength: 2, maxLength: 3 }), (bodies) => {
        const processes = Object.fromEntries(
          bodies.map((body, k) => [
            `P${k}`,
            { tickets: body.tickets, do: JSON.parse(JSON.stringify(body.do).replaceAll("i", String(k + 1))) },
          ]),
        );
        const of = scenario({ cpu: { scheduler: { policy: "lottery", quantum: 1 } }, shared: { x: 1 }, processes });
        const all = bodies.reduce((sum, body) => sum + body.tickets, 0);
        fc.pre(all <= 4);
        const found = new Set<string>();
        const draw = (draws: number[]): void => {
          if (draws.length < turns) for (let next = 0; next < all; next++) draw([...draws, next]);
          else {
            const { specification } = readScheduler(of, `lottery:quantum=1,draws=[${draws.join(",")}]`);
            found.add(keyOfRun(of, { scheduler: specification! }));
          }
        };
        draw([]);
        const result = under(of);
        expect(result.explored.complete).toBe(true);
        expect(sorted(keys(result))).toEqual(sorted(found));
      }),
      { numRuns: 4 },
    );
  });

  test.each<[string, Record<string, unknown>]>([
    ["fcfs", {}],
    ["random", {}],
    ["sjf", {}],
    ["srtf", {}],
    ["priority", { priority: 3 }],
    ["edf", {}],
    ["hrrn", {}],
    ["uniprogrammed", {}],
  ])("%s among equals: all orders of the file, each run once, by brute force", (scheduler, attributes) => {
    const body = (k: number): unknown => ({
      ...attributes,
      do: [`x = x * 10 + ${k}`, { cpu: 2 }, `y = y * 10 + ${k}`],
    });
    const of = (order: readonly number[]): Scenario =>
      scenario({
        cpu: { scheduler },
        shared: { x: 0, y: 0 },
        processes: Object.fromEntries(order.map((k) => [`P${k}`, body(k)])),
      });
    const found = permutations([1, 2, 3]).map((order) => keyOfRun(of(order), {}));
    expect(new Set(found).size).toBe(6);
    // never pre-empted, so who begins first ends first
    expect(sorted(keys(under(of([1, 2, 3]))))).toEqual(sorted(found));
  });

  test("round robin oversells only if the quantum is shorter than the thinking", () => {
    for (const [quantum, verdict] of [
      [20, "holds"],
      [5, "holds"],
      [4, "violated"],
      [2, "violated"],
    ] as const) {
      const of = buyers({ policy: "rr", quantum }, { cpu: 5 });
      expect(under(of)).toMatchObject({ verdict, guarantee: "exhaustive", explored: { under: "scheduler" } });
      expect(check(of).verdict).toBe("violated");
    }
  });

  test("whoever sleeps on it lets everybody oversell, and first come first served does not while they compute", () => {
    for (const scheduler of ["fcfs", "random", "sjf", "priority", { policy: "rr", quantum: 20 }, "lottery"]) {
      expect(under(buyers(scheduler, { sleep: 5 })).verdict).toBe("violated");
    }
    for (const scheduler of ["fcfs", "random", "sjf", "priority", { policy: "lottery", quantum: 5 }]) {
      expect(under(buyers(scheduler, { cpu: 5 }))).toMatchObject({ verdict: "holds", guarantee: "exhaustive" });
    }
    expect(under(buyers("lottery", { cpu: 5 })).verdict).toBe("violated");
  });

  test("another scheduler than the scenario's can be named", () => {
    const of = buyers("fcfs", { cpu: 5 });
    expect(under(of).verdict).toBe("holds");
    expect(under(of, { scheduler: "lottery:quantum=2" }).verdict).toBe("violated");
    expect(() => under(of, { scheduler: "rr:quantum=-1" })).toThrow();
    expect(() => under(of, { scheduler: "fastest" })).toThrow(/fastest/);
  });

  test("given draws are no chance", () => {
    const of = (draws: number[] | null): Scenario =>
      scenario({
        cpu: { scheduler: { policy: "lottery", quantum: 9, ...(draws === null ? {} : { draws }) } },
        atomics: { order: 0 },
        processes: { p: { tickets: 5, do: ["order = order * 10 + 1"] }, q: { do: ["order = order * 10 + 2"] } },
      });
    expect(under(of(null)).outcomes.map(({ shared }) => shared["order"])).toEqual([12, 21]);
    expect(under(of([5, 0])).outcomes.map(({ shared }) => shared["order"])).toEqual([21]);
  });

  test("an arrival and an expiry at one moment are a tie, whichever rule the scenario has for it", () => {
    // A's quantum ends at 2, when B arrives: B may go between A's two accesses or after both
    const of = (tie: string): Scenario =>
      scenario({
        cpu: { scheduler: { policy: "rr", quantum: 2, tie } },
        shared: { x: 0 },
        processes: { A: { do: ["x = 1", { cpu: 3 }, "x = x * 10"] }, B: { arrival: 2, do: [{ cpu: 1 }, "x += 1"] } },
      });
    for (const tie of ["arrival_first", "preempted_first", "index"])
      expect(under(of(tie)).outcomes.map(({ shared }) => shared["x"])).toEqual([11, 20]);
  });

  test("tries both orders of those who arrive at one moment, every choose and every draw from few values", () => {
    const arrivals = scenario({
      atomics: { last: 0 },
      processes: { p: { do: ["last = 1"] }, q: { do: ["last = 2"] } },
    });
    expect(under(arrivals).outcomes.map(({ shared }) => shared["last"])).toEqual([1, 2]);
    const chosen = scenario({ atomics: { x: 0 }, processes: { p: { do: [{ choose: { k: [1, 2, 3] } }, "x = k"] } } });
    expect(under(chosen).outcomes.map(({ shared }) => shared["x"])).toEqual([1, 2, 3]);
    const drawn = scenario({ atomics: { x: 0 }, processes: { p: { do: [{ sleep: "randint(1, 3)" }, "x = now"] } } });
    expect(under(drawn).outcomes.map(({ shared }) => shared["x"])).toEqual([1, 2, 3]);
  });

  test("who gives up first, and whose core goes on first, is open too", () => {
    const late = scenario({
      atomics: { order: 0 },
      resources: { gate: { type: "semaphore", permits: 0 } },
      processes: {
        p: { do: [{ acquire: "gate", timeout: 2, into: "got" }, "order = order * 10 + 1"] },
        q: { do: [{ acquire: "gate", timeout: 2, into: "got" }, "order = order * 10 + 2"] },
      },
    });
    expect(under(late).outcomes.map(({ shared }) => shared["order"])).toEqual([12, 21]);
    const cores = scenario({
      cpu: { cores: 2 },
      atomics: { order: 0 },
      processes: {
        p: { do: [{ cpu: 2 }, "order = order * 10 + 1"] },
        q: { arrival: 1, do: [{ cpu: 1 }, "order = order * 10 + 2"] },
      },
    });
    expect(under(cores).outcomes.map(({ shared }) => shared["order"])).toEqual([12, 21]);
  });

  test.each([
    ["wakes", "{ sleep: 4 }, ", ""],
    ["arrives", "", "arrival: 4, "],
  ])("who gives up waiting may go before or after who %s at that moment", (_, first, arrival) => {
    const text = `
name: gives up
shared: { o: 0 }
resources: { a: { type: semaphore, permits: 0 } }
processes:
  p: { vars: { ok: false }, do: [ { acquire: a, timeout: 4, into: ok }, o = o * 10 + 1 ] }
  c: { ${arrival}do: [ ${first}o = o * 10 + 2 ] }
`;
    const { outcomes, verdict } = check(load(text), { under: "scheduler" });
    expect(verdict).toBe("holds");
    expect(outcomes.map(({ shared }) => shared["o"])).toEqual([12, 21]);
  });

  test("times that are drawn from the seed make it no proof", () => {
    const of = scenario({
      processes: { p: { do: [{ sleep: "uniform(1, 2)" }] }, q: { do: [{ sleep: "randint(1, 99)" }] } },
    });
    const result = under(of);
    expect(result).toMatchObject({ verdict: "inconclusive", guarantee: "sampled", explored: { complete: false } });
    expect(result.notes.join()).toContain("from the seed");
  });

  test("says of a reachable property whether this scheduler gets there", () => {
    const of = (quantum: number): Scenario =>
      scenario({
        ...JSON.parse(buyers({ policy: "rr", quantum }, { cpu: 5 }).source.text),
        check: { reachable: { oversold: "sold == 2" }, allow: ["data_race"] },
      });
    expect(under(of(2)).verdict).toBe("holds");
    expect(under(of(5)).findings).toMatchObject([{ kind: "unreachable", name: "oversold" }]);
  });

  test("what one run shows is among what it finds, with the time of each step", () => {
    const of = buyers({ policy: "rr", quantum: 2 }, { cpu: 5 });
    const result = under(of);
    expect(keys(result)).toContain(keyOfRun(of, {}));
    const [finding] = result.findings;
    expect(finding!.time).toBe(10);
    expect(finding!.trace!.map(({ time }) => time)).toEqual([0, 0, 2, 2, 9, 9, 9, 10, 10, 10]);
    expect(replay(of, finding!.schedule!)).toMatchObject({ misfit: null, findings: [{ name: "never-oversold" }] });
  });

  test("at the limit of runs it is inconclusive, and ten alike are one order", () => {
    const many = scenario({ processes: { p: { count: 10, do: [{ cpu: 1 }] } } });
    expect(under(many, { reduction: false, maxRuns: 10 })).toMatchObject({
      verdict: "inconclusive",
      explored: { stopped: "runs", executions: 10 },
    });
    expect(under(many)).toMatchObject({ verdict: "holds", explored: { executions: 1, reductions: ["symmetry"] } });
  });
});

function permutations(items: readonly number[]): number[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item) => permutations(items.filter((other) => other !== item)).map((rest) => [item, ...rest]));
}
