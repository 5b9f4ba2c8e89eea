import { expect, test } from "vitest";
import { replay } from "../explore/replay.ts";
import { load } from "../laws/programs.ts";
import { stepEffect } from "./replay-text.ts";

test("a replayed step says what came of it: a wait that gave up, own variables, an exception", () => {
  const scenario = load(`
resources: { line: { type: queue, capacity: 1 } }
processes:
  A: { vars: { n: 0 }, do: [ { get: line, timeout: 1, into: n }, { get: line, timeout: 1 } ] }
check: { allow: [exception] }
`);
  expect(replay(scenario, "1;A*2").steps.map(stepEffect)).toEqual([
    "times out; reads line.items = []; sets n = null",
    "times out; reads line.items = []; ends by Empty",
  ]);
});
