import { describe, expect, test } from "vitest";
import { dpor, explore } from "./dpor.ts";
import { explorationOf, KNOWN } from "./fixtures.ts";

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
  test.each([[14, 2], [16, 8], [18, 32]])("filesystem(%i): %i", (n, orders) => {
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
  test.each([[2, 4], [3, 36]])("lost update of %i: %i", (n, orders) => {
    expect(counts(KNOWN.lostUpdate(n))).toEqual([orders, 0]);
  });
  test.each([[2, 6], [3, 63]])("ticket, %i buyers: %i", (n, orders) => {
    expect(counts(KNOWN.ticket(n))).toEqual([orders, 0]);
  });
  test.each([[2, 2, 1, 4], [2, 2, 2, 8], [3, 3, 1, 36], [3, 3, 2, 144]])("%i producers, %i consumers, capacity %i: %i", (p, c, k, orders) => {
    expect(counts(KNOWN.queue(p, c, k))).toEqual([orders, 0]);
  });
});

void dpor;
