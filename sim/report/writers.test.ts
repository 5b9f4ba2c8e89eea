import { expect, test } from "vitest";
import { check } from "../explore/check.ts";
import { scenario, ticket } from "../explore/testing/programs.ts";
import { github } from "./github.ts";
import { junit } from "./junit.ts";
import { markdown } from "./markdown.ts";
import { DEFAULT_OPTIONS } from "./report.ts";
import { text } from "./text.ts";

test("every report of a finding has the whole command that plays it again", () => {
  const result = check(ticket(2));
  const command = "npx sim replay example.yaml --schedule ";
  for (const reporter of [text, markdown, github]) expect(reporter.write(result, DEFAULT_OPTIONS)).toContain(command);
  expect(junit.write(result, DEFAULT_OPTIONS)).toContain(command);
});

test("no report has a command for what no order shows", () => {
  const result = check(
    scenario({ atomics: { x: 0 }, processes: { p: { do: ["x = 1"] } }, check: { reachable: { far: "x == 9" } } }),
  );
  expect(result.findings.map(({ kind }) => kind)).toEqual(["unreachable"]);
  for (const reporter of [text, markdown, github, junit]) {
    const written = reporter.write(result, DEFAULT_OPTIONS);
    expect(written).not.toContain("replay");
    expect(written).not.toContain("before anybody");
  }
});

test("github warns of a check that came to no answer", () => {
  const result = check(ticket(4, { locked: true }), { maxRuns: 3, strategy: "random" });
  expect(result.verdict).toBe("inconclusive");
  expect(github.write(result, DEFAULT_OPTIONS)).toMatch(/^::warning file=example\.yaml,title=ticket%3A inconclusive::/);
});
