/** Results as Markdown (GitHub's flavour), for hand-ins and comments on pull requests. */
import { countCases, type TestResult } from "../explore/expectation.ts";
import type { CompareResult, RunResult } from "../run/result.ts";
import { chartLines, smallChart } from "./chart.ts";
import { checkMarkdown } from "./check-markdown.ts";
import type { Column } from "./columns.ts";
import { comparisonCells, runLabels } from "./comparison.ts";
import { escapeMarkdown, escapeTerminal, fencedMarkdown } from "./escape.ts";
import { measures, missLines, processCells, statusWords } from "./figures.ts";
import { headline } from "./finding-lines.ts";
import { figure, showValue, withUnit } from "./numbers.ts";
import { replayText } from "./replay-text.ts";
import type { Reporter, ReportOptions } from "./report.ts";
import { ruleWords, schedulerWords } from "./scheduler-words.ts";
import { traceLines } from "./trace-lines.ts";

export const markdown: Reporter = {
  name: "markdown",
  about: "for documents: headings, tables and the charts as code blocks",
  write(result, options) {
    const plain = { ...options, color: false };
    switch (result.schema) {
      case "run/1":
        return runMarkdown(result, plain);
      case "compare/1":
        return compareMarkdown(result, plain);
      case "check/1":
        return checkMarkdown(result, plain);
      case "replay/1":
        return fencedMarkdown(replayText(result, plain), "text");
      case "test/1":
        return testMarkdown(result);
      case "problems/1":
        return result.problems
          .map(
            (each) => `- ${escapeMarkdown(`${each.file}:${each.line}:${each.column} ${each.code}: ${each.message}`)}\n`,
          )
          .join("");
    }
  },
};

function runMarkdown(result: RunResult, options: ReportOptions): string {
  const parts: string[] = [`# ${escapeMarkdown(result.scenario)}\n`];
  const about = result.about.trim().replace(/\s+/g, " ");
  if (about !== "") parts.push(`${escapeMarkdown(about)}\n`);
  const rules = ruleWords(result.scheduler);
  parts.push(
    list([
      `Scheduler: ${escapeMarkdown(schedulerWords(result.scheduler))}, cores: ${result.cores}`,
      ...(rules === "" ? [] : [`Rules: ${escapeMarkdown(rules)}`]),
      `Seed: ${escapeMarkdown(result.seed)}, unit of time: ${result.unit}`,
      `Result: ${escapeMarkdown(statusWords(result))}`,
    ]),
  );
  if (options.quiet) return [...parts, ...findings(result)].join("\n");
  if (result.output.length > 0) {
    const lines = result.output.map((line) => `${figure(line.time)}  ${line.process}  ${line.text}`);
    parts.push("## Output\n", fencedMarkdown(lines.map(escapeTerminal).join("\n"), "text"));
  }
  const chart = chartLines(result, options);
  if (chart.length > 0) parts.push("## Gantt chart\n", fencedMarkdown(chart.join("\n"), "text"));
  if (result.trace !== undefined) {
    parts.push("## Decisions\n", fencedMarkdown(traceLines(result, result.trace, options).join("\n"), "text"));
  }
  const { columns, rows } = processCells(result);
  parts.push("## Processes\n", markdownTable(columns, rows));
  parts.push("## Measures\n", list(measures(result).map(({ name, value }) => `${name}: ${escapeMarkdown(value)}`)));
  const shared = Object.entries(result.shared);
  if (shared.length > 0) {
    parts.push(
      "## Shared at the end\n",
      list(shared.map(([name, value]) => escapeMarkdown(`${name} = ${showValue(value)}`))),
    );
  }
  const misses = missLines(result);
  if (misses.length > 0) parts.push("## Deadline misses\n", list(misses.map(escapeMarkdown)));
  parts.push(...findings(result));
  const warnings = [...result.warnings, ...result.truncated.map((name) => `${name} was cut to keep memory bounded`)];
  if (warnings.length > 0) parts.push("## Warnings\n", list(warnings.map(escapeMarkdown)));
  return parts.join("\n");
}

function findings(result: RunResult): string[] {
  if (result.findings.length === 0) return [];
  const items = result.findings.map((finding) => {
    const when = finding.time === undefined ? "" : ` at ${withUnit(finding.time, result.unit)}`;
    const where = finding.line > 0 ? ` (${finding.file}:${finding.line}:${finding.column})` : "";
    const who = finding.processes.length === 0 ? "" : ` Who: ${finding.processes.join(", ")}.`;
    return `**${escapeMarkdown(headline(finding))}**${when}: ${escapeMarkdown(`${finding.message}${where}${who}`)}`;
  });
  return ["## Findings\n", list(items)];
}

function compareMarkdown(compare: CompareResult, options: ReportOptions): string {
  const labels = runLabels(compare);
  const { columns, rows } = comparisonCells(compare);
  const parts: string[] = [`# ${escapeMarkdown(compare.scenario)}\n`, markdownTable(columns, rows)];
  parts.push("A star marks the best. Turnaround, waiting and response are averages per process.\n");
  if (options.quiet) return parts.join("\n");
  compare.runs.forEach((run, at) => {
    const lines: string[] = [];
    for (let core = 0; core < run.cores; core++) {
      if (run.cores > 1) lines.push(`core ${core}`);
      lines.push(...smallChart(run, core, options));
    }
    parts.push(`## ${escapeMarkdown(labels[at] ?? "")}\n`, fencedMarkdown(lines.join("\n"), "text"));
  });
  return parts.join("\n");
}

function testMarkdown(result: TestResult): string {
  const items = result.cases.map((each) => {
    const title = `${each.status}: ${escapeMarkdown(`${each.file} ${each.scenario}`.trim())}`;
    const details = each.mismatches.map(({ message, expected, actual }) => {
      const both = expected === null || actual === null ? "" : ` (expected ${expected}, actual ${actual})`;
      return `  - ${escapeMarkdown(message + both)}`;
    });
    return [title, ...details].join("\n");
  });
  const { passed, failed } = countCases(result.cases);
  return `${list(items)}\n${passed} passed, ${failed} failed\n`;
}

function list(items: readonly string[]): string {
  return items.map((item) => `- ${item}\n`).join("");
}

function markdownTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |\n`;
  return (
    line(columns.map((column) => escapeMarkdown(column.heading))) +
    line(columns.map((column) => (column.align === "right" ? "---:" : ":---"))) +
    rows.map((row) => line(row.map((cell) => escapeMarkdown(cell.trim())))).join("")
  );
}
