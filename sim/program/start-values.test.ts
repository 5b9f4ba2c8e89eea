import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { scenario } from "../explore/testing/programs.ts";
import { OptionError, type RunResult, run, ScenarioError } from "../index.ts";

const leaf = fc.constantFrom("i", "0", "2", "0.5", "'ab'", "true", "null", "[4, 9, 7]", "(i, 1)", "[[1], [2, 3]]");
const { expression } = fc.letrec<{ expression: string }>((tie) => {
  const part = tie("expression");
  return {
    expression: fc.oneof(
      { maxDepth: 3 },
      leaf,
      fc
        .tuple(part, fc.constantFrom("+", "-", "*", "//", "%", "==", "<", "and", "or"), part)
        .map(([a, op, b]) => `(${a} ${op} ${b})`),
      fc.tuple(fc.constantFrom("[4, 9, 7]", "'abc'", "[[1], [2, 3]]"), part).map(([of, at]) => `${of}[${at}]`),
      fc.tuple(part, part, part).map(([a, test, b]) => `(${a} if ${test} else ${b})`),
      fc.tuple(fc.constantFrom("len", "max", "sum", "abs"), part).map(([name, of]) => `${name}(${of})`),
    ),
  };
});

/** Two processes of this sort; null if they are refused. */
function playOf(process: object): RunResult | null {
  try {
    return run(scenario({ processes: { p: { count: 2, ...process } } }));
  } catch (problem) {
    if (problem instanceof ScenarioError) return null;
    throw problem;
  }
}

describe("a start value over i", () => {
  test("is what the same expression gives in a statement, or cannot be computed where that raises", () => {
    let [same, raised] = [0, 0];
    fc.assert(
      fc.property(expression, (text) => {
        const assigned = playOf({ vars: { x: 0 }, do: [`x = ${text}`, { print: "{x}" }] });
        // what cannot be right for any i is refused before
        if (assigned === null) return;
        const declared = () => playOf({ vars: { x: `= ${text}` }, do: [{ print: "{x}" }] })?.output;
        if (assigned.findings.length > 0) {
          raised += 1;
          expect(declared).toThrow(OptionError);
        } else {
          same += 1;
          expect(declared()).toEqual(assigned.output);
        }
      }),
      { numRuns: 300, examples: [["[4, 9, 7][i]"], ["'abc'[i]"], ["1 // i"], ["(1 // i if i == 1 else 0)"]] },
    );
    expect(Math.min(same, raised)).toBeGreaterThan(20);
  });
});
