import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { run } from "../index.ts";
import { load } from "./programs.ts";

const kinds = fc.constantFrom("process", "thread");
const seeds = fc.string({ maxLength: 3 });
const runs = { numRuns: 60 };

/** When jobs of these lengths, each taken by the worker that is free first, are all done. */
function greedy(lengths: readonly number[], size: number): number {
  const free = Array.from({ length: size }, () => 0);
  for (const length of lengths) {
    const first = free.indexOf(Math.min(...free));
    free[first] = free[first]! + length;
  }
  return Math.max(0, ...free);
}

const lines = (text: string, seed = "1"): string[] =>
  run(load(text), { seed, ties: false }).output.map((line) => line.text);

describe("a pool", () => {
  test("gives each result to its handle, and never has more functions under way than workers", () => {
    const jobs = fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 7 });
    fc.assert(
      fc.property(
        jobs,
        fc.integer({ min: 1, max: 4 }),
        kinds,
        fc.constantFrom("submit", "apply_async"),
        seeds,
        (lengths, size, kind, submit, seed) => {
          const scenario = load(`
cpu: { cores: 3, scheduler: random }
shared: { inside: 0, most: 0, lengths: [${lengths.join(", ")}], handles: "array(${lengths.length}, null)" }
resources: { staff: { type: pool, size: ${size}, kind: ${kind} } }
functions:
  work:
    params: [k]
    do:
      - atomic: [inside += 1, "most = max(most, inside)"]
      - sleep: lengths[k]
      - atomic: [inside -= 1]
      - return: k * k
processes:
  main:
    do:
      - for: { k: 0..${lengths.length - 1} }
        do: [ { ${submit}: { pool: staff, call: work(k), into: "handles[k]" } } ]
      - for: { k: 0..${lengths.length - 1} }
        do: [ { get: { pool: staff, handle: "handles[k]", into: result } }, { print: "{result}" } ]
      - shutdown: staff
      - print: "{now}"
`);
          const result = run(scenario, { seed, ties: false });
          const shown = result.output.map((line) => line.text);
          expect(result.findings).toEqual([]);
          expect(shown.slice(0, -1)).toEqual(lengths.map((_, k) => String(k * k)));
          expect(Number(result.shared.most)).toBeLessThanOrEqual(size);
          expect(result.shared.inside).toBe(0);
          expect(shown.at(-1)).toBe(String(greedy(lengths, size)));
        },
      ),
      runs,
    );
  });

  test("maps in the order of the values, and takes as long as the workers need", () => {
    const jobs = fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(jobs, fc.integer({ min: 1, max: 4 }), kinds, seeds, (lengths, size, kind, seed) => {
        const text = (map: string): string => `
resources: { staff: { type: pool, size: ${size}, kind: ${kind} } }
functions:
  work: { params: [time], do: [ { sleep: time }, { return: time + 1 } ] }
processes:
  main: { do: [ ${map}, { print: "{results} {now}" } ] }
`;
        const expected = [`[${lengths.map((length) => length + 1).join(", ")}] ${greedy(lengths, size)}`];
        const over = `over: [${lengths.join(", ")}]`;
        expect(lines(text(`{ map: staff, call: work, ${over}, into: results }`), seed)).toEqual(expected);
        const later = `{ map_async: staff, call: work, ${over}, into: h }, { get: staff, handle: h, into: results }`;
        expect(lines(text(later), seed)).toEqual(expected);
      }),
      runs,
    );
  });

  test("runs each callback once, in the process that submitted, before join and shutdown return", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 3 }),
        fc.constantFrom("submit", "apply_async"),
        fc.constantFrom("shutdown: staff", "close: staff }, { join: staff"),
        seeds,
        (jobs, size, submit, end, seed) => {
          const shown = lines(
            `
cpu: { cores: 2, scheduler: random }
resources: { staff: { type: pool, size: ${size} }, mine: { type: barrier, parties: 2 } }
functions:
  work: { params: [k], do: [ { sleep: "uniform(0, 3)" }, { return: k } ] }
  report: { params: [k], do: [ { print: "{pid} hears {k}" } ] }
processes:
  owner:
    count: 2
    do:
      - for: { k: 1..${jobs} }
        do: [ { ${submit}: staff, call: "work(pid * 100 + k)", callback: report } ]
      - wait: mine
      - { if: i == 0, then: [ { ${end} }, { print: done } ], else: [ { sleep: 1000 } ] }
`,
            seed,
          );
          expect(shown.at(-1)).toBe("done");
          const heard = shown.slice(0, -1).map((line) => /^(\d+) hears (\d+)$/.exec(line)!);
          for (const match of heard) expect(Math.floor(Number(match[2]) / 100)).toBe(Number(match[1]));
          expect(new Set(heard.map((match) => match[2])).size).toBe(2 * jobs);
          expect(heard.length).toBe(2 * jobs);
        },
      ),
      runs,
    );
  });

  test("raises a function's exception again for whoever asks for the result", () => {
    const names = fc.constantFrom("Broken", "Empty", "IndexError", "DivisionByZero");
    fc.assert(
      fc.property(names, kinds, fc.constantFrom("apply", "get", "result", "map"), (name, kind, ask) => {
        const raise = {
          Broken: "raise: Broken",
          Empty: "get: q, block: false",
          IndexError: '"x = xs[k]"',
          DivisionByZero: '"x = 1 // (k - 3)"',
        }[name];
        const body = raise.startsWith('"') ? raise : `{ ${raise} }`;
        const asked = {
          apply: "{ apply: staff, call: work(3), into: x }",
          get: "{ get: staff, handle: h, into: x }",
          result: "{ result: staff, handle: h, into: x }",
          map: "{ map: staff, call: work, over: [3], into: x }",
        }[ask];
        const shown = lines(`
resources: { staff: { type: pool, kind: ${kind} }, q: queue }
functions:
  work: { params: [k], vars: { x: 0, xs: [1, 2] }, do: [ ${body}, { return: x } ] }
processes:
  main:
    do:
      - { submit: staff, call: work(3), into: h }
      - { try: [ ${asked}, { print: "{x}" } ], catch: { ${name}: [ { print: caught } ] } }
`);
        expect(shown).toEqual(["caught"]);
      }),
      runs,
    );
  });

  const findings = (text: string): string[] =>
    run(load(text), { ties: false }).findings.map(
      ({ kind, message }) => `${kind}: ${message.replace(/, in '.*$/, "")}`,
    );
  const one = (body: string, kind = "process"): string => `
resources: { staff: { type: pool, size: 1, kind: ${kind} }, gate: lock }
functions:
  work: { do: [ { sleep: 5 }, { print: worked } ] }
  wrong: { do: [ { release: gate } ] }
processes:
  main: { do: [ ${body} ] }
`;

  for (const kind of ["process", "thread"]) {
    test(`of the kind ${kind} drops at terminate what is under way and what has not begun`, () => {
      const text = one(
        "{ submit: staff, call: work }, { submit: staff, call: work }, { sleep: 1 }, { terminate: staff }, { join: staff }, { print: '{now}' }",
        kind,
      );
      expect(lines(text)).toEqual(["1"]);
      expect(findings(text)).toEqual([]);
    });

    test(`of the kind ${kind} ends with the main code, and its jobs with it`, () => {
      expect(lines(one("{ submit: staff, call: work }, { sleep: 2 }", kind))).toEqual([]);
    });

    test(`of the kind ${kind} does what there is before join and shutdown return`, () => {
      const jobs = "{ submit: staff, call: work }, { submit: staff, call: work }";
      expect(lines(one(`${jobs}, { close: staff }, { join: staff }, { print: '{now}' }`, kind))).toEqual([
        "worked",
        "worked",
        "10",
      ]);
      expect(lines(one(`${jobs}, { shutdown: staff }, { print: '{now}' }`, kind))).toEqual(["worked", "worked", "10"]);
      expect(lines(one(`${jobs}, { shutdown: staff, wait: false }, { print: '{now}' }`, kind))).toEqual(["0"]);
    });
  }

  test("refuses work after close, terminate and shutdown, and to be joined while it is open", () => {
    const late = ["misuse: main submits to a pool that is closed"];
    for (const end of ["close", "terminate", "shutdown"])
      for (const work of [
        "apply: staff, call: work",
        "submit: staff, call: work",
        "map: staff, call: twice, over: [1]",
      ]) {
        const text = one(`{ ${end}: staff }, { ${work} }`).replace(
          "  wrong:",
          "  twice: { params: [k], do: [ pass ] }\n  wrong:",
        );
        expect(findings(text)).toEqual(late);
      }
    expect(findings(one("{ join: staff }"))).toEqual([
      "misuse: main joins a pool that is still open; close or terminate it first",
    ]);
  });

  test("tells whoever asks for the result of a job that broke a rule", () => {
    expect(findings(one("{ apply: staff, call: wrong }"))).toEqual([
      "misuse: main gets the misuse of a resource that its job ended with",
    ]);
  });

  test("lets get give up after its timeout, and done tells without waiting", () => {
    expect(
      lines(
        one(
          "{ submit: staff, call: work, into: h }, { try: [ { get: staff, handle: h, timeout: 2 } ], catch: { Timeout: [ { print: '{now} {done(staff, h)}' } ] } }, { get: staff, handle: h }, { print: '{now} {done(staff, h)}' }",
        ),
      ),
    ).toEqual(["2 false", "worked", "5 true"]);
  });

  test("has a deadlock when its only worker waits for a job of the same pool", () => {
    const text = one("{ apply: staff, call: outer }").replace(
      "  wrong:",
      "  outer: { do: [ { apply: staff, call: work } ] }\n  wrong:",
    );
    expect(run(load(text), { ties: false }).findings.map((finding) => finding.kind)).toEqual(["deadlock"]);
  });

  test("shows threads as threads of their process, and processes as processes of their own", () => {
    const text = (kind: string): string => `
shared: { main_pid: 0 }
resources: { staff: { type: pool, size: 2, kind: ${kind} } }
functions: { who: { do: [ { print: "{me} {pid == main_pid}" } ] } }
processes: { main: { do: [ main_pid = pid, { apply: staff, call: who } ] } }
`;
    expect(lines(text("thread"))).toEqual(["main.staff.worker[0] true"]);
    expect(lines(text("process"))).toEqual(["staff.worker[0] false"]);
  });

  test("can be written as calls: handle = staff.submit(work(1), callback=report)", () => {
    expect(
      lines(`
resources: { staff: { type: pool, kind: thread } }
functions:
  work: { params: { k: 0, by: 10 }, do: [ { return: k * by } ] }
  report: { params: [k], do: [ { print: "heard {k}" } ] }
processes:
  main:
    do:
      - h = staff.submit(work(4), callback=report)
      - x = staff.result(h)
      - y = staff.map(work, [1, 2])
      - z = staff.apply(work(2, by=3))
      - staff.shutdown()
      - print: "{x} {y} {z}"
`).sort(),
    ).toEqual(["40 [10, 20] 6", "heard 40"]);
  });
});
