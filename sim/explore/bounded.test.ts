import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FEATURES, scenarioText } from "../laws/programs.ts";
import { bounded } from "./bounded.ts";
import { boundedDiffers, smallProgram, truth } from "./differential.ts";
import { explorationOf, KNOWN } from "./fixtures.ts";

describe("bounded search", () => {
  test.each([
    ["small programs that block in every way", smallProgram(), 60],
    [
      "generated scenarios",
      scenarioText({ statements: 2, processes: 2, features: FEATURES.filter((feature) => feature !== "time") }),
      25,
    ],
  ])("finds what enumeration finds, and within a bound what the orders within it do: %s", (_, programs, numRuns) => {
    let compared = 0;
    fc.assert(
      fc.property(programs, (text) => {
        const known = truth(text, 600);
        if (known === null) return;
        compared += 1;
        expect(boundedDiffers(text, known)).toBeNull();
      }),
      { numRuns },
    );
    expect(compared).toBeGreaterThan(numRuns / 2);
  });

  test("a lost update needs one pre-emption, and with one it is found", () => {
    const text = KNOWN.lostUpdate(2);
    const keys = (preemptions: number) =>
      bounded.explore(explorationOf(text, { preemptions })).outcomes.map((each) => each.key);
    expect(keys(0)).toEqual(['{"x":2}']);
    expect(keys(1)).toEqual(['{"x":1}', '{"x":2}']);
  });

  test("a bound that cuts nothing proves, and is given", () => {
    const result = bounded.explore(explorationOf(KNOWN.lostUpdate(2)));
    expect([result.complete, result.bound]).toEqual([true, 2]);
    const cut = bounded.explore(explorationOf(KNOWN.lostUpdate(2), { preemptions: 0 }));
    expect([cut.complete, cut.bound, cut.stopped]).toEqual([false, 0, null]);
  });

  test("a task that yields for ever keeps nobody from going on", () => {
    const text = `{ name: t, shared: { x: 0 }, processes: { a: { do: [{ loop: [yield] }] }, b: { daemon: true, do: [x = 1] } }, check: { always: { still: x == 0 } } }`;
    const result = bounded.explore(explorationOf(text));
    expect(result.complete).toBe(true);
    expect(result.found.map((each) => each.name)).toEqual(["still"]);
  });

  test.each([
    [1, 1, 1],
    [2, 1, 1],
    [1, 2, 1],
    [2, 2, 1],
    [2, 2, 2],
    [3, 1, 2],
    [3, 2, 2],
    [3, 3, 3],
  ])("%i producers, %i consumers with one wait set and room for %i: free of deadlock exactly when 2·K ≥ P + C", (producers, consumers, capacity) => {
    const result = bounded.explore(explorationOf(KNOWN.waitSet(producers, consumers, capacity)));
    expect(result.complete).toBe(true);
    expect(result.found.some((each) => each.kind === "deadlock")).toBe(2 * capacity < producers + consumers);
  });
});
