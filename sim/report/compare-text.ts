/** A comparison of schedulers as text: a small chart of each, then one table. */
import type { CompareResult } from "../run/result.ts";
import { smallChart } from "./chart.ts";
import { table, wrap } from "./columns.ts";
import { comparisonCells, runLabels } from "./comparison.ts";
import { escapeTerminal } from "./escape.ts";
import { missLines, statusWords, warningLines } from "./figures.ts";
import { headline } from "./finding-lines.ts";
import { paint } from "./paint.ts";
import type { ReportOptions } from "./report.ts";

/** The text of a comparison. */
export function compareText(compare: CompareResult, options: ReportOptions): string {
  const labels = runLabels(compare);
  const unit = compare.runs[0]?.unit ?? "tick";
  const lines: string[] = [];
  if (!options.quiet) {
    lines.push(paint(escapeTerminal(compare.scenario), "bold", options));
    const about = compare.about.trim().replace(/\s+/g, " ");
    if (about !== "") lines.push(...wrap(escapeTerminal(about), options.width - 2).map((line) => `  ${line}`));
    lines.push("", `  seed ${escapeTerminal(compare.seed)}${unit === "tick" ? "" : `, times in ${unit}`}`);
    compare.runs.forEach((run, at) => {
      lines.push("", `${paint(labels[at] ?? "", "bold", options)}: ${statusWords(run)}`);
      for (let core = 0; core < run.cores; core++) {
        if (run.cores > 1) lines.push(`  core ${core}`);
        lines.push(...smallChart(run, core, options));
      }
      for (const finding of run.findings) lines.push(`  ${escapeTerminal(headline(finding))}  [${finding.kind}]`);
      lines.push(...missLines(run).map((line) => `  ${line}`));
      lines.push(...warningLines(run, options.width - 2).map((line) => `  ${line}`));
    });
    lines.push("");
  }
  const { columns, rows } = comparisonCells(compare);
  lines.push(...table(columns, rows));
  if (rows.some((row) => row.some((cell) => cell.endsWith("*")))) {
    lines.push("", "  * the best; turnaround, waiting and response are averages per process");
  }
  return `${lines.join("\n")}\n`;
}
