import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FEATURES, scenarioText } from "../laws/programs.ts";
import { dporDiffers, smallProgram, truth } from "./differential.ts";
import { explore } from "./dpor.ts";
import { endsOf, explorationOf, KNOWN } from "./fixtures.ts";

/** [complete orders that do not deadlock, those that do] */
function counts(text: string): [number, number] {
  const result = explore(explorationOf(text));
  expect(result.complete).toBe(true);
  expect(result.redundant).toBe(0);
  const { executions, deadlocked } = result.counters;
  return [executions! - deadlocked!, deadlocked!];
}

function factorial(n: number): number {
  return n <= 1 ? 1 : n * factorial(n - 1);
}

describe("dpor runs one order of each class", () => {
  test.each([2, 5, 8, 10])("readers(%i): 2^N", (n) => {
    expect(counts(KNOWN.readers(n))).toEqual([1 << n, 0]);
  });
  test.each([2, 3, 4, 5, 6])("lastzero(%i): (N+3)·2^(N−2)", (n) => {
    expect(counts(KNOWN.lastzero(n))).toEqual([(n + 3) * (1 << (n - 2)), 0]);
  });
  test.each([
    [14, 2],
    [16, 8],
    [18, 32],
  ])("filesystem(%i): %i", (n, orders) => {
    expect(counts(KNOWN.filesystem(n))).toEqual([orders, 0]);
  });
  test("indexer(12): 8", () => {
    expect(counts(KNOWN.indexer(12))).toEqual([8, 0]);
  });
  test.each([2, 3, 4, 5])("%i critical sections on one lock: N!", (n) => {
    expect(counts(KNOWN.critical(n))).toEqual([factorial(n), 0]);
  });
  test.each([2, 3, 4])("%i threads, each a critical section on either of two locks: (N!)²", (n) => {
    expect(counts(KNOWN.twoLocks(n))).toEqual([factorial(n) * factorial(n), 0]);
  });
  test.each([2, 3, 4, 5])("%i writers and one reader: (N+1)!", (n) => {
    expect(counts(KNOWN.oneReader(n))).toEqual([factorial(n + 1), 0]);
  });
  test("three that lock and never unlock: 3 deadlocks", () => {
    expect(counts(KNOWN.neverUnlocked(3))).toEqual([0, 3]);
  });
  test.each([2, 3, 4, 5, 6])("%i philosophers, left fork first: 2^N − 2 and one deadlock", (n) => {
    expect(counts(KNOWN.philosophers(n, false))).toEqual([(1 << n) - 2, 1]);
  });
  test.each([2, 3, 4, 5, 6])("%i philosophers, forks ordered: 2^N − 2", (n) => {
    expect(counts(KNOWN.philosophers(n, true))).toEqual([(1 << n) - 2, 0]);
  });
  test.each([
    [2, 4],
    [3, 36],
  ])("lost update of %i: %i", (n, orders) => {
    expect(counts(KNOWN.lostUpdate(n))).toEqual([orders, 0]);
  });
  test.each([
    [2, 6],
    [3, 63],
  ])("ticket, %i buyers: %i", (n, orders) => {
    expect(counts(KNOWN.ticket(n))).toEqual([orders, 0]);
  });
  test.each([
    [2, 2, 1, 4],
    [2, 2, 2, 8],
    [3, 3, 1, 36],
    [3, 3, 2, 144],
  ])("%i producers, %i consumers, capacity %i: %i", (p, c, k, orders) => {
    expect(counts(KNOWN.queue(p, c, k))).toEqual([orders, 0]);
  });
});

/** Orders of n threads with m increments each in which no read stands right before a read of a thread with a lower number. */
function normalForms(n: number, m: number): number {
  const known = new Map<string, number>();
  const count = (done: readonly number[], lastRead: number): number => {
    const key = `${done.join()}/${lastRead}`;
    let total = known.get(key) ?? 0;
    if (total > 0) return total;
    done.forEach((steps, thread) => {
      const reads = steps % 2 === 0;
      if (steps === 2 * m || (reads && lastRead > thread)) return;
      total += count(done.with(thread, steps + 1), reads ? thread : -1);
    });
    if (done.every((steps) => steps === 2 * m)) total = 1;
    known.set(key, total);
    return total;
  };
  return count(new Array<number>(n).fill(0), -1);
}

describe("dpor on unprotected increments", () => {
  test.each([
    [2, 1],
    [2, 4],
    [3, 1],
    [3, 2],
  ])("%i threads, %i each: as many orders as normal forms", (threads, times) => {
    const body = new Array<string>(times).fill("x += 1").join(", ");
    const text = `{ name: inc, shared: { x: 0 }, processes: { adder: { count: ${threads}, do: [${body}] } }, check: { allow: [data_race] } }`;
    expect(counts(text)).toEqual([normalForms(threads, times), 0]);
  });
});

describe("dpor gives the right shares", () => {
  test.each([
    [2, 2],
    [3, 30],
  ])("of the lost updates of %i, %i end wrong", (n, wrong) => {
    expect(endsOf(KNOWN.lostUpdate(n), explore, ({ x }) => x !== n)).toBe(wrong);
  });
  test.each([
    [2, 4],
    [3, 60],
  ])("of the orders of %i buyers, %i oversell", (n, wrong) => {
    expect(endsOf(KNOWN.ticket(n), explore, ({ sold }) => Number(sold) > 1)).toBe(wrong);
  });
});

describe("dpor against plain enumeration", () => {
  /** Holds dpor to the truth on so many programs, and makes sure that most of them were small enough to know it. */
  const compare = (programs: fc.Arbitrary<string>, numRuns: number, most: number): void => {
    let compared = 0;
    fc.assert(
      fc.property(programs, (text) => {
        const known = truth(text, most);
        if (known === null) return;
        compared += 1;
        expect(dporDiffers(text, known)).toBeNull();
      }),
      { numRuns },
    );
    expect(compared).toBeGreaterThan(numRuns / 2);
  };
  test("same classes, ends, deadlocks and findings on small programs that block in every way", () => {
    compare(smallProgram(), 500, 2000);
  });
  test("same classes, ends, deadlocks and findings on generated scenarios", () => {
    compare(
      scenarioText({ statements: 2, processes: 2, features: FEATURES.filter((feature) => feature !== "time") }),
      100,
      2000,
    );
  });
});

describe("dpor and what is hard about blocking", () => {
  const finds = (text: string, classes: number): void => {
    const known = truth(text, 10000)!;
    expect(known.classes.size).toBe(classes);
    expect(dporDiffers(text, known)).toBeNull();
  };
  test("an order in which a guard over two variables is true before both are written is not missed", () => {
    finds(
      `{ name: t, shared: { x: 0, y: 0 }, processes: { a: { do: [x = 1] }, b: { do: [y = 2] }, c: { do: [{ when: x == y }] } } }`,
      2,
    );
  });
  test("a guard that stopped reading early is not missed where it would have read on", () => {
    finds(
      `{ name: t, shared: { x: 0, z: false }, processes: { a: { do: [x = 1, z = true] }, c: { do: [{ when: z or x == 0 }] } } }`,
      2,
    );
  });
  test("what a task that is terminated while it waits would have done is not missed", () => {
    finds(
      `{ name: t, resources: { A: lock }, processes: { a: { do: [{ acquire: A }] }, c: { do: [{ acquire: A }] }, t: { do: [{ terminate: c }] } } }`,
      2,
    );
  });
  test("the alternatives of a choice that decide whether another can go on are all tried", () => {
    finds(
      `{ name: t, shared: { x: 0, y: 0 }, processes: { a: { vars: { own: 0 }, do: [{ choose: { own: [0, 1] } }, x = own] }, b: { do: [y += 1, { when: x != 0 }] }, c: { do: [{ terminate: b }] } } }`,
      7,
    );
  });
  test("a property over two variables sees every order of their writes, though the writes have nothing else in common", () => {
    const text = `{ name: t, shared: { x: 0, y: 0 }, processes: { a: { do: [x = 1, x = 0] }, b: { do: [y = 1, y = 0] } }, check: { always: { apart: x + y < 2 } } }`;
    expect(explore(explorationOf(text)).found.map(({ kind, name }) => `${kind} ${name}`)).toEqual(["invariant apart"]);
    const separate = text.replace("x + y < 2", "x < 3 and y < 3");
    expect(explore(explorationOf(separate)).found).toEqual([]);
  });
  test("a program that goes round for ever is cut at the depth limit and called incomplete", () => {
    const exploration = explorationOf(
      `{ name: t, shared: { x: 0 }, processes: { a: { do: [{ while: x == 0, do: [pass] }] }, b: { do: [x = 1] } } }`,
    );
    const result = explore({ ...exploration, limits: { ...exploration.limits, depth: 20 } });
    expect([result.complete, result.stopped]).toEqual([false, "depth"]);
    expect(result.outcomes.map((each) => each.key)).toEqual(['{"x":1}']);
  });
  test("the limit of runs ends it", () => {
    const exploration = explorationOf(KNOWN.readers(5));
    const result = explore({ ...exploration, limits: { ...exploration.limits, runs: 3 } });
    expect([result.complete, result.stopped, result.counters.executions]).toEqual([false, "runs", 3]);
  });
  test("the user and the clock are heard in the middle of a long order, and orders cut at the depth count as well", () => {
    const endless = explorationOf("{ name: t, shared: { t: 0 }, processes: { d: { do: [{ loop: [t = 1 - t] }] } } }");
    let asked = 0;
    const interrupted = explore({
      ...endless,
      limits: { ...endless.limits, depth: 3000 },
      stopRequested: () => (++asked > 3 ? "interrupted" : null),
    });
    expect(interrupted.stopped).toBe("interrupted");
    expect(asked).toBe(4);
    const two = explorationOf(
      "{ name: t, shared: { t: 0, m: 0 }, processes: { d: { daemon: true, do: [{ loop: [t = 1 - t] }] }, p: { do: [m = t] } } }",
    );
    const cut = explore({ ...two, limits: { ...two.limits, depth: 40, runs: 5 } });
    expect([cut.complete, cut.stopped]).toEqual([false, "runs"]);
  });
  test("so does the prospect of more orders than are wanted, as soon as it shows", () => {
    const expecting = (text: string, expected: number) => {
      const exploration = explorationOf(text);
      const { complete, counters } = explore({ ...exploration, limits: { ...exploration.limits, expected } });
      return [complete, counters.executions];
    };
    expect(expecting(KNOWN.filesystem(18), 32)).toEqual([true, 32]);
    expect(expecting(KNOWN.filesystem(18), 31)).toEqual([false, 1]);
    // 1,024 of them, which shows long before the hundredth
    expect(expecting(KNOWN.readers(10), 10_000)).toEqual([true, 1024]);
    const [complete, executions] = expecting(KNOWN.readers(10), 100);
    expect(complete).toBe(false);
    expect(executions).toBeLessThan(50);
  });
});
