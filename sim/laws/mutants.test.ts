/** Scenarios broken at random: always an answer or a list of problems, never an exception, never a hang. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { OptionError, openScenario, run } from "../index.ts";

const folder = fileURLToPath(new URL("../../scenarios/", import.meta.url));
const texts = readdirSync(folder)
  .filter((file) => file.endsWith(".yaml"))
  .sort()
  .map((file) => readFileSync(folder + file, "utf8"));
const words = [...new Set(texts.join(" ").split(/[\s{},:[\]"]+/))].filter((word) => word !== "").sort();
const oddities = [
  "0",
  "-1",
  "1e15",
  "1.5",
  "null",
  "true",
  "me",
  "i",
  "loop",
  "''",
  "9007199254740993",
  "__proto__",
  "&a",
  "*a",
  "<<",
  "!!x",
  "\u202e",
  "- -",
  "{",
  "[",
  "|",
];

/** One change: a line left out, doubled, or one of its words replaced. */
const change = fc.record({
  line: fc.nat(),
  word: fc.nat(),
  how: fc.constantFrom("drop", "double", "replace", "replace", "replace", "odd", "odd"),
  by: fc.nat(),
});

function changed(text: string, changes: readonly { line: number; word: number; how: string; by: number }[]): string {
  const lines = text.split("\n");
  for (const { line, word, how, by } of changes) {
    const at = line % lines.length;
    if (how === "drop") lines.splice(at, 1);
    else if (how === "double") lines.splice(at, 0, lines[by % lines.length]!);
    else {
      const parts = lines[at]!.split(/(\s+|[{},:[\]])/);
      parts[word % parts.length] = how === "odd" ? oddities[by % oddities.length]! : words[by % words.length]!;
      lines[at] = parts.join("");
    }
    if (lines.length === 0) lines.push("");
  }
  return lines.join("\n");
}

describe("what a process is given", () => {
  test("is refused where it makes no sense, which only the index may show", () => {
    for (const [given, message] of [
      ["arrival: i - 13", "arrival of p[0]: a time cannot be negative: -13"],
      ["period: i - 13", "period of p[0]: a time cannot be negative: -13"],
      ["priority: 1 // i", "priority of p[0]: 1 // 0"],
    ] as const) {
      const { scenario } = openScenario({
        file: "given.yaml",
        text: `processes: { p: { count: 2, burst: 1, ${given} } }\n`,
      });
      expect(() => run(scenario!)).toThrow(new OptionError(message));
    }
  });
});

describe("a scenario broken at random", () => {
  test("is played or refused, with a position for each problem", () => {
    let played = 0;
    let refused = 0;
    fc.assert(
      fc.property(fc.constantFrom(...texts), fc.array(change, { minLength: 1, maxLength: 3 }), (text, changes) => {
        const { scenario, problems } = openScenario({ file: "broken.yaml", text: changed(text, changes) });
        if (scenario === null) {
          refused += 1;
          expect(problems.length).toBeGreaterThan(0);
          for (const problem of problems) expect(problem.line).toBeGreaterThan(0);
          return;
        }
        played += 1;
        try {
          expect(["finished", "deadlock", "violated", "limit"]).toContain(
            run(scenario, { until: "500", ties: false }).status,
          );
        } catch (problem) {
          if (!(problem instanceof OptionError)) throw problem;
        }
      }),
      { numRuns: 1500 },
    );
    expect(played).toBeGreaterThan(100);
    expect(refused).toBeGreaterThan(100);
  });
});
