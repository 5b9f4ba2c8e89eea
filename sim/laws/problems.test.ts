import * as fc from "fast-check";
import { expect, test } from "vitest";
import { openScenario } from "../index.ts";

const TEXT = `unit: ms
cpu: { cores: 2, scheduler: { policy: mlfq, quanta: [5, 10, 20], boost: 100 } }
shared: { x: 0 }
processes:
  p: { count: 2, arrival: 0.5, do: [ { cpu: 2.5 }, x += 1, { sleep: "exponential(3)" } ] }
`;
const open = (text: string) => openScenario({ file: "scenario.yaml", text });

test("what is wrong with the scheduler is said beside all else that is wrong", () => {
  const text = TEXT.replace("cores: 2", "cores: two").replace("mlfq", "mlfk").replace("x += 1", "x += y");
  const { scenario, problems } = open(text);
  expect(scenario).toBeNull();
  expect(problems.map(({ line, code }) => `${line} ${code}`)).toEqual([
    "2 wrong-type",
    "2 unknown-value",
    "5 unknown-name",
  ]);
  expect(open(TEXT).problems).toEqual([]);
});

test("no text, however broken, makes the scheduler's checks throw; problems come in the order of the text", () => {
  const words = [
    " ",
    ":",
    "-",
    "{",
    "}",
    "[",
    "]",
    "x",
    "0.1",
    "-3",
    "1e30",
    "null",
    "mlfq",
    "lottery",
    "\n",
    '"',
    "!",
    "&a",
    "*a",
  ];
  const change = fc.record({
    at: fc.nat(TEXT.length),
    length: fc.nat(12),
    word: fc.constantFrom("", ...words),
  });
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
      const text = changes.reduce(
        (all, { at, length, word }) => all.slice(0, at) + word + all.slice(at + length),
        TEXT,
      );
      const { scenario, problems } = open(text);
      expect(scenario === null).toBe(problems.some(({ severity }) => severity === "error"));
      const places = problems.map(({ line, column }) => line * 10_000 + column);
      expect(places).toEqual([...places].sort((a, b) => a - b));
    }),
    { numRuns: 2000 },
  );
});
