import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { run } from "../index.ts";
import { Machine } from "../machine/machine.ts";
import { lower } from "../program/lower.ts";
import { load, scenarioText } from "./programs.ts";

const picks = fc.array(fc.nat(1000), { minLength: 5, maxLength: 60 });
const cpu = fc.record({
  cores: fc.integer({ min: 1, max: 2 }),
  scheduler: fc.constantFrom<unknown>("fcfs", { policy: "rr", quantum: 2 }, "sjf", { policy: "lottery", quantum: 1 }),
  context_switch: fc.constantFrom(0, 0, 0, 1),
});

/** Loops and lists whose steps are all of the kinds that have texts of their own, and some that fall back. */
const LONG = `
name: long
shared: { total: 0, seen: "list(max: 200)", limit: 1073741820, name: a }
resources: { jobs: queue, gate: lock }
processes:
  producer:
    count: 3
    vars: { k: 0 }
    do:
      - repeat: 40
        do:
          - sleep: exponential(2)
          - put: [jobs, i]
          - acquire: gate
          - limit += 1
          - total = total + 1
          - release: gate
          - k += 1
          - if: k % 7 == 3
            then: [ { cpu: "uniform(0, 1)" } ]
  consumer:
    count: 2
    vars: { got: 0, big: false }
    do:
      - repeat: 60
        do:
          - get: jobs
            into: got
          - if: not big
            then: [ big = limit >= 1073741824 ]
          - if: got != 1
            then: [ "seen.append(got)", { io: "randint(1, 3)" } ]
          - sleep: 0.5
  odd:
    vars: { left: 5 }
    do:
      - while: left > 0
        do:
          - try: [ { raise: Oops } ]
            catch: { Oops: [ left -= 1 ] }
          - sleep: uniform(1, 2)
`;

describe("generated functions", () => {
  test("take the same steps as closures: memory, hash, trail, effects and violations are equal after each", () => {
    fc.assert(
      fc.property(scenarioText(), picks, fc.boolean(), (text, choices, hashing) => {
        const program = lower(load(text));
        const generated = new Machine(program, { hashing, hot: 1 });
        const closures = new Machine(program, { hashing, hot: Number.POSITIVE_INFINITY });
        for (const pick of choices) {
          const enabled = program.tasks.filter((task) => closures.enabled(task.id)).map((task) => task.id);
          expect(program.tasks.filter((task) => generated.enabled(task.id)).map((task) => task.id)).toEqual(enabled);
          if (enabled.length === 0) return;
          const task = enabled[pick % enabled.length]!;
          const acts = pick % 5 === 0 && closures.ready(task) && program.tasks[task]!.threadSlot < 0;
          for (const machine of [generated, closures]) {
            if (acts) machine.act(task);
            else machine.step(task, pick % 3);
          }
          expect(generated.state).toEqual(closures.state);
          expect([generated.hashLow, generated.hashHigh]).toEqual([closures.hashLow, closures.hashHigh]);
          expect(generated.trail.slice(0, generated.trailSize)).toEqual(closures.trail.slice(0, closures.trailSize));
          expect(generated.effect).toBe(closures.effect);
          expect(generated.alternatives).toBe(closures.alternatives);
          expect(generated.violations).toEqual(closures.violations);
        }
      }),
      { numRuns: 150 },
    );
  });

  test("make the same run as closures, byte for byte", () => {
    fc.assert(
      fc.property(scenarioText({ cpu }), fc.integer({ min: 1, max: 9 }), (text, hot) => {
        const scenario = load(text);
        const closures = JSON.stringify(run(scenario, { until: "200", hot: Number.POSITIVE_INFINITY }));
        expect(JSON.stringify(run(scenario, { until: "200", hot }))).toBe(closures);
      }),
      { numRuns: 150 },
    );
  });

  test.each(["fcfs", "rr", "srtf", "mlfq"])("make the same long run under %s", (policy) => {
    const scheduler = policy === "rr" ? `{ policy: rr, quantum: 0.5 }` : policy;
    for (const cores of [1, 2]) {
      const scenario = load(`${LONG}cpu: { cores: ${cores}, scheduler: ${scheduler} }\n`);
      const closures = run(scenario, { hot: Number.POSITIVE_INFINITY });
      expect(closures.processes.length).toBe(6);
      expect(closures.findings.map((finding) => finding.message)).toEqual([]);
      for (const hot of [1, 50, 333]) expect(run(scenario, { hot })).toEqual(closures);
    }
  });

  test("keep the quantum of a task that sets another going before it uses the CPU", () => {
    const scenario = load(`
name: quantum
resources: { jobs: queue }
cpu: { scheduler: { policy: rr, quantum: 1 } }
processes:
  maker: { do: [ { repeat: 10, do: [ { sleep: 20 }, { put: [jobs, 1] }, { cpu: 5 } ] } ] }
  taker: { do: [ { repeat: 10, do: [ { get: jobs }, { cpu: 5 } ] } ] }
`);
    const closures = run(scenario, { hot: Number.POSITIVE_INFINITY });
    expect(run(scenario, { hot: 1 })).toEqual(closures);
  });

  test("an endless loop within one step is found by both, at the same place", () => {
    const endless = load(`
name: endless
shared: { x: 0 }
processes:
  p: { vars: { k: 0 }, do: [ x = 1, { while: k < 2, do: [ k = 1 - k ] } ] }
`);
    const closures = run(endless, { hot: Number.POSITIVE_INFINITY });
    expect(closures.findings.map((finding) => finding.kind)).toEqual(["livelock"]);
    expect(run(endless, { hot: 1 })).toEqual(closures);
  });
});
