/**
 * SPIN as a referee: the exported model of a scenario has the verdicts and, state for state, the size of the project's
 * own search without reductions. Skipped where SPIN or gcc is missing.
 *
 * More programs by hand: SPIN_PROGRAMS=500 npx vitest run sim/laws/spin.test.ts
 */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { smallProgram } from "../explore/differential.ts";
import { KNOWN } from "../explore/fixtures.ts";
import { ExportProblem } from "../export/problem.ts";
import { toPromela } from "../export/promela.ts";
import { askOurselves, askSpin, compare, hasSpin } from "../export/testing/spin.ts";
import { load, scenarioText } from "./programs.ts";

const MINUTES = 60_000;
const programs = Number(process.env.SPIN_PROGRAMS ?? 60);
const able = hasSpin();

/** Compares several at a time: gcc takes most of it, and there are cores to share. */
async function differences(texts: readonly string[]): Promise<{ wrong: string[]; compared: number }> {
  const wrong: string[] = [];
  let compared = 0;
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < texts.length) {
      const text = texts[next++]!;
      const problem = await compare(text, 5000);
      if (problem === null) compared += 1;
      else if (problem !== "too large") wrong.push(`${problem}\n${text}`);
    }
  };
  await Promise.all([worker(), worker(), worker()]);
  return { wrong, compared };
}

const deadlockCounts = (text: string): string => text.replace("deadlock, ", "");

/** What the generated programs do not do. */
const BY_HAND: Record<string, string> = {
  "a lock held by the thread of a process that is terminated": `
name: terminated
resources: { gate: lock }
processes:
  a: { do: [ { acquire: gate } ] }
  p: { threads: { t: { do: [ { acquire: gate } ] } }, do: [] }
  killer: { do: [ { terminate: p }, { terminate: a } ] }`,
  "lists, their ends and their mistakes": `
name: lists
shared: { xs: "list(max: 4)", out: 0 }
processes:
  a: { do: [ "xs.append(1)", "xs.insert(0, 2)", "out = xs[0]", "xs.remove(1)" ] }
  b: { do: [ "xs.append(3)", "out = xs.pop(0)", "out = xs.pop()" ] }
  c: { vars: { own: 0 }, do: [ { if: "3 in xs", then: ["own = xs[-1]"] }, "xs.clear()", "xs = [1, 2, 3]" ] }
check: { always: { few: "len(xs) <= 3" } }`,
  "a list that is full at the start and is emptied": `
name: emptied
shared: { xs: "list([1, 2], max=2)", ys: "list([5], max=1)", zs: "list([7], max=1)", out: 0 }
processes:
  a: { do: [ "xs.pop(0)", "ys.remove(5)", "out = xs[0]" ] }
  b: { do: [ "xs.pop()", "out = ys[0]" ] }
  c: { do: [ "zs.clear()" ] }
  d: { do: [ "out = zs[-1]" ] }`,
  "processes named like the labels of the model": `
name: labels
processes:
  loop: { vars: { n: 0 }, coroutines: { c: { count: 2, do: [ "n += 1", yield, "n += 1" ] } }, do: [ { join: c } ] }
  over: { do: [ pass ] }`,
  maps: `
name: maps
shared: { d: "map(max: 3)", out: 0 }
processes:
  a: { do: [ "d[1] = 5", "d['k'] = 7", "out = d[1] + 1", "del d[1]", { assert: "'k' in d" } ] }
  b: { do: [ { try: [ "out = d[2]" ], catch: { KeyError: [ "d[2] = 1" ] } }, { if: "2 in d", then: [ "del d[2]" ] } , "out = len(d)"] }`,
  "arithmetic that rounds down and divides by zero": `
name: arithmetic
shared: { x: -7, y: 2, out: 0, xs: [3, -1, 4] }
processes:
  a: { do: [ "out = x // y", "out = x % y", "out = -x % -y", "xs[-1] = out", { assert: "out != 99" } ] }
  b: { do: [ "x += 3", "y = y - 1", "out = 10 // y" ] }
  c: { do: [ "y -= 1", "out = max(xs) - min(xs) + sum(xs) + abs(xs[1])" ] }
check: { always: { bounded: "out < 12", ok: "10 // (y + 1) >= -100" } }`,
  "a wait whose condition raises": `
name: wait
shared: { x: 0, y: 0 }
processes:
  a: { do: [ { try: [ { when: "1 // x == 5" } ], catch: { DivisionByZero: [ "y = 1" ] } }, { when: "3 // y == 3", timeout: 1, into: z } ] }
  b: { do: [ "x = 1", "y = 2" ] }`,
  "texts, null and truth": `
name: texts
shared: { mode: "idle", n: 0 }
processes:
  a: { do: [ "mode = 'a'", { if: "mode in ['b', 'idle']", then: [ "n += 1" ] } ] }
  b: { do: [ "mode = 'b'", { if: "mode == 'a'", then: [ "mode = ''" ] }, { if: "not mode", then: [ "n = null" ] }, "n += 1" ] }
check: { finally: { one: "n == 1" } }`,
  coroutines: `
name: coroutines
shared: { x: 0 }
resources: { Q: { type: queue, capacity: 1 }, gate: lock }
processes:
  p:
    coroutines:
      c1: { do: [ { put: Q, value: 1 }, "x += 1", yield, { put: Q, value: 2 }, "x += 1" ] }
      c2: { do: [ { get: Q }, "x = x * 2", { get: Q, timeout: 3, into: z }, { sleep: 1 }, "x += 5" ] }
    do: [ "x += 1" ]
  q: { do: [ { acquire: gate }, { get: Q, timeout: 2, into: w }, "x = 0" ] }`,
  "threads whose process is terminated": `
name: threads
shared: { x: 0 }
resources: { gate: lock }
processes:
  p:
    vars: { mine: 0 }
    threads:
      t1: { do: [ "mine += 1", { with: gate, do: [ "x += 1" ] } ] }
      t2: { do: [ "mine += 1", { with: gate, do: [ "x += 1" ] } ] }
    do: [ "mine += 1", { raise: Oops } ]
  killer: { do: [ { terminate: p }, { join: p }, "x = 5" ] }
check: { always: { few: "p.mine < 3" } }`,
  "children, started twice or never, and daemons": `
name: children
shared: { x: 0 }
processes:
  main: { vars: { k: 0 }, do: [ { start: [a, b] }, { choose: { k: [0, 1] } }, { if: "k == 0", then: [ { terminate: a } ] }, { wait_any: [a, b] }, { join: b }, "x = exitcode(b)", { if: "alive(a)", then: [ { start: b } ] } ] }
  a: { start: manual, do: [ "x += 1", { loop: [ yield ] } ] }
  b: { start: manual, do: [ "x += 1", { if: "x == 2", then: [ { raise: Bad } ] } ] }
  never: { start: manual, do: [ "x = 9" ] }
  ghost: { daemon: true, do: [ { loop: [ { when: "x > 1" }, "x = 0" ] } ] }`,
  "states of processes that start by themselves": `
name: states
shared: { x: 0 }
processes:
  a: { do: [ "x += 1" ] }
  b: { do: [ { if: "state(a) == 'ended'", then: [ "x = 5" ] }, { when: "state(a) == 'ended'" }, "x += 1" ] }
  c: { threads: { t: { do: [ "x = 3" ] } }, do: [ { if: "state(t) == 'ended'", then: [ "x = 7" ] } ] }`,
  "a bounded buffer with one wait set, too small": boundedBuffer(2, 2, 1),
  "a bounded buffer with one wait set, large enough": boundedBuffer(2, 2, 2),
};

function boundedBuffer(producers: number, consumers: number, capacity: number): string {
  return `
name: bounded buffer
shared: { used: 0 }
resources: { changed: condition }
processes:
  producer: { count: ${producers}, do: [ { with: changed, do: [ { while: "used == ${capacity}", do: [ { wait: changed } ] }, used += 1, { notify: changed } ] } ] }
  consumer: { count: ${consumers}, do: [ { with: changed, do: [ { while: "used == 0", do: [ { wait: changed } ] }, used -= 1, { notify: changed } ] } ] }
check: { always: { fits: "0 <= used and used <= ${capacity}" } }`;
}

describe.skipIf(!able)(
  `SPIN agrees on verdicts and on the number of states${able ? "" : " (skipped: spin or gcc is missing)"}`,
  () => {
    const known: Record<string, string> = {
      "lost update": KNOWN.lostUpdate(3),
      "the last ticket": KNOWN.ticket(3).replace("check: {", "check: { always: { no_oversell: sold <= 1 },"),
      "producers and consumers": KNOWN.queue(3, 3, 2),
      "a lock never given back": deadlockCounts(KNOWN.neverUnlocked(3)),
    };

    test.each(Object.entries({ ...known, ...BY_HAND }))("%s", { timeout: MINUTES }, async (_, text) => {
      expect(await compare(text)).toBe(null);
    });

    test.each([2, 3, 4, 5])("%i philosophers", { timeout: MINUTES }, async (n) => {
      const forks = `[{ acquire: "forks[i]" }, { acquire: "forks[(i + 1) % ${n}]" }, { release: "forks[(i + 1) % ${n}]" }, { release: "forks[i]" }]`;
      const text = `name: diners\nresources: { forks: { type: lock, count: ${n} } }\nprocesses: { p: { count: ${n}, do: ${forks} } }\n`;
      const theirs = await askSpin(toPromela(load(text)));
      expect(theirs).toEqual({ verdicts: ["deadlock"], states: [19, 87, 391, 1743][n - 2] });
      const ordered = deadlockCounts(KNOWN.philosophers(n, true));
      expect(await askSpin(toPromela(load(ordered)))).toEqual(askOurselves(ordered));
    });

    test("on generated programs", { timeout: 10 * MINUTES }, async () => {
      const half = Math.ceil(programs / 2);
      const seed = programs === 60 ? { seed: 4 } : {};
      const texts = [
        ...fc.sample(smallProgram(), { numRuns: half, ...seed }),
        ...fc.sample(scenarioText(), { numRuns: half, ...seed }),
      ];
      const { wrong, compared } = await differences(texts);
      expect(wrong).toEqual([]);
      expect(compared).toBeGreaterThan(0.9 * texts.length);
    });

    test("SPIN's partial-order reduction changes no verdict and adds no states", {
      timeout: MINUTES,
    }, async () => {
      const text = deadlockCounts(KNOWN.philosophers(4, false));
      const [full, reduced] = [await askSpin(toPromela(load(text))), await askSpin(toPromela(load(text)), true)];
      expect(reduced.verdicts).toEqual(full.verdicts);
      expect(reduced.states).toBeLessThanOrEqual(full.states);
    });
  },
);

describe("an export", () => {
  const refused = (body: string, more = ""): string => {
    const text = `\nname: refused\nshared: { x: 0, xs: [1, 2] }\n${more}processes:\n  p: { vars: { own: 0 }, do: [ ${body} ] }\n`;
    try {
      toPromela(load(text));
    } catch (problem) {
      if (problem instanceof ExportProblem) return problem.message;
      throw problem;
    }
    return "exported";
  };

  test.each([
    ["x = now", /no time/],
    ["x = 0.5 + x", /integers/],
    ["x = 'a', x = x + 'b'", /integers/],
    ["own = str(x)", /str/],
    ["own = xs", /whole list/],
    ["x = 1 if state(p) == 'blocked' else 0", /state\(\)/],
  ])("refuses %s, which the model could only get wrong", (body, message) => {
    expect(
      refused(
        body
          .split(", ")
          .map((each) => `"${each}"`)
          .join(", "),
      ),
    ).toMatch(message);
  });

  test("takes random times, which decide nothing in the model", () => {
    expect(refused("{ sleep: 'uniform(1, 4)' }")).toBe("exported");
  });

  test("is the same text every time", () => {
    fc.assert(
      fc.property(smallProgram(), (text) => {
        expect(toPromela(load(text))).toBe(toPromela(load(text)));
      }),
      { numRuns: 20 },
    );
  });

  test("names the line of every step", () => {
    const model = toPromela(load(KNOWN.ticket(2)));
    expect(model).toContain("/* line 9: seen = tickets */");
    expect(model.match(/active proctype/g)).toHaveLength(2);
  });
});
