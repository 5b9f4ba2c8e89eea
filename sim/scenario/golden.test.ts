/**
 * Every rule's message, exactly as a person reads it. golden.txt holds for each case: `=== title`, optional `--set` lines, the
 * scenario, `~~~`, and what is reported. U+2407 stands for the bell character. `GOLDEN=write` makes the file again: read the difference.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { KIND_NAMES, kindText } from "../prelude/registry.ts";
import { formatProblem, parseScenario } from "./load.ts";
import { PROBLEM_CODES } from "./problem.ts";

interface Case {
  readonly title: string;
  readonly set: readonly { readonly name: string; readonly value: string }[];
  readonly lines: readonly string[];
  readonly expected: string;
}

const file = new URL("./golden.txt", import.meta.url);

function readCases(): Case[] {
  return readFileSync(file, "utf8")
    .split(/^=== /m)
    .slice(1)
    .map((block) => {
      const [head = "", expected = ""] = block.split(/^~~~$\n/m);
      const [title = "", ...rest] = head.replace(/\n$/, "").split("\n");
      const set = rest.filter((line) => line.startsWith("--set ")).map((line) => /^--set (.*?)=(.*)$/.exec(line)!);
      return {
        title,
        set: set.map((match) => ({ name: match[1]!, value: match[2]! })),
        lines: rest.filter((line) => !line.startsWith("--set ")),
        expected: expected.replace(/\n+$/, ""),
      };
    });
}

function report(one: Case): { text: string; codes: string[] } {
  const source = { file: "scenario.yaml", text: `${one.lines.join("\n")}\n`.replaceAll("\u2407", "\u0007") };
  const { scenario, problems } = parseScenario(source, { kindNames: KIND_NAMES, kindText, set: one.set });
  const hasError = problems.some((problem) => problem.severity === "error");
  expect(scenario === null).toBe(hasError);
  return {
    text: problems.map((problem) => formatProblem(problem, source)).join("\n"),
    codes: problems.map((problem) => problem.code),
  };
}

const cases = readCases();

if (process.env.GOLDEN === "write") {
  const blocks = cases.map((one) => {
    const set = one.set.map(({ name, value }) => `--set ${name}=${value}\n`).join("");
    return `=== ${one.title}\n${set}${one.lines.join("\n")}\n~~~\n${report(one).text}\n\n`;
  });
  writeFileSync(file, blocks.join(""));
}

describe("each rule says what is wrong, where, and what to do", () => {
  test.each(cases)("$title", (one) => {
    const { text } = report(one);
    if (process.env.GOLDEN !== "write") expect(text).toBe(one.expected);
  });
});

test("every code has a golden case", () => {
  const covered = new Set(cases.flatMap((one) => report(one).codes));
  expect(PROBLEM_CODES.filter((code) => !covered.has(code))).toEqual([]);
});
