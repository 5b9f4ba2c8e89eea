/** The answer of `sim test` as text: one line a scenario, what differed below it, and the count last. */
import { countCases, type TestCase, type TestResult } from "../explore/expectation.ts";
import { wrap } from "./columns.ts";
import { escapeTerminal } from "./escape.ts";
import { paint, type Style } from "./paint.ts";
import type { ReportOptions } from "./report.ts";

const WORDS: { readonly [S in TestCase["status"]]: { readonly word: string; readonly style: Style } } = {
  passed: { word: "ok  ", style: "green" },
  failed: { word: "FAIL", style: "red" },
  skipped: { word: "skip", style: "yellow" },
};

/** The text of a test; quiet: only what failed, and the count. */
export function testText(result: TestResult, options: ReportOptions): string {
  const lines: string[] = [];
  for (const each of result.cases) {
    if (options.quiet && each.status !== "failed") continue;
    const { word, style } = WORDS[each.status];
    lines.push(
      `${paint(word, style, options)}  ${escapeTerminal(each.file)}${each.scenario === "" ? "" : `  ${escapeTerminal(each.scenario)}`}`,
    );
    for (const mismatch of each.mismatches) {
      lines.push(
        ...wrap(escapeTerminal(mismatch.message), Math.max(20, options.width - 6)).map((line) => `      ${line}`),
      );
      if (mismatch.expected !== null) lines.push(`      expected  ${escapeTerminal(mismatch.expected)}`);
      if (mismatch.actual !== null) lines.push(`      actual    ${escapeTerminal(mismatch.actual)}`);
    }
  }
  const { passed, failed, skipped } = countCases(result.cases);
  if (skipped > 0) lines.push(`${skipped} without an expect: section, so not counted`);
  lines.push(paint(`${passed} passed, ${failed} failed`, failed > 0 ? "red" : "green", options));
  return `${lines.join("\n")}\n`;
}
