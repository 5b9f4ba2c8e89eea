import * as fc from "fast-check";
import { expect, test } from "vitest";
import { load, scenarioText } from "../laws/programs.ts";
import { lower } from "../program/lower.ts";
import { makeJudge } from "./judge.ts";
import { statesAtLeast } from "./states-at-least.ts";
import { bruteForce } from "./testing/brute-force.ts";
import { crews } from "./testing/crews.ts";

const LIMIT = 2000;

test("no program has fewer states", () => {
  let telling = 0;
  fc.assert(
    fc.property(fc.oneof(scenarioText({ processes: 3, statements: 3 }), crews()), (text) => {
      const scenario = load(text);
      const program = lower(scenario);
      const all = bruteForce(program, makeJudge(program, scenario), LIMIT);
      if (all === null) return;
      const least = statesAtLeast(program);
      expect(least).toBeLessThanOrEqual(all.states);
      if (least > 10) telling += 1;
    }),
    { numRuns: 200 },
  );
  expect(telling).toBeGreaterThan(10);
});

const counters = (body: string) =>
  lower(
    load(`shared: { a: [0, 0, 0, 0], x: 0 }
processes:
  p: { count: 4, do: [${body}] }
`),
  );

test("tasks that keep out of each other's way can be anywhere", () => {
  // before, between and after the two accesses of a[i] += 1
  expect(statesAtLeast(counters('"a[i] += 1"'))).toBe(81);
});

test("what one writes the others cannot count on", () => {
  // the first may do all it wants; the others would read what it writes
  expect(statesAtLeast(counters("x += 1"))).toBe(3);
});

test("a task that goes round is counted where it was only once", () => {
  expect(statesAtLeast(counters('{ loop: ["a[i] = 1", "a[i] = 0"] }'))).toBe(16);
});
