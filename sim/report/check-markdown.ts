/** The answer of `sim check` as Markdown, for hand-ins and comments on pull requests. */
import type { CheckResult } from "../explore/result.ts";
import { replayCommand } from "../scenario/commands.ts";
import { guaranteeWords, moreWords } from "./check-text.ts";
import { traceColumns } from "./columns-trace.ts";
import { escapeMarkdown, escapeTerminal, fencedMarkdown } from "./escape.ts";
import { headline, momentOf } from "./finding-lines.ts";
import { showValue } from "./numbers.ts";
import type { ReportOptions } from "./report.ts";

/** The Markdown of one check. */
export function checkMarkdown(result: CheckResult, options: ReportOptions): string {
  const parts: string[] = [
    `# ${escapeMarkdown(result.scenario)}: ${result.verdict}\n`,
    `${escapeMarkdown(guaranteeWords(result))}\n`,
  ];
  for (const finding of result.findings) {
    parts.push(
      `## ${escapeMarkdown(headline(finding) + momentOf(finding, result.unit ?? "tick"))}\n`,
      `${escapeMarkdown(finding.message)}\n`,
    );
    if (finding.line > 0) parts.push(`${escapeMarkdown(`${finding.file}:${finding.line}:${finding.column}`)}\n`);
    if (finding.trace !== undefined && finding.trace.length > 0 && !options.quiet) {
      parts.push(fencedMarkdown(traceColumns(finding, finding.trace, options, "", result.unit).join("\n"), "text"));
    }
    if (finding.schedule)
      parts.push("Play it again:\n", fencedMarkdown(escapeTerminal(replayCommand(result, finding.schedule)), "text"));
    if (finding.more !== undefined) parts.push(`${moreWords(finding.more)}.\n`);
    if (finding.hint !== undefined) parts.push(`Hint: ${escapeMarkdown(finding.hint)}\n`);
  }
  if (!options.quiet && result.outcomes.length > 0 && Object.keys(result.outcomes[0]!.shared).length > 0) {
    const lines = result.outcomes.slice(0, 50).map((outcome) => {
      const values = Object.entries(outcome.shared).map(([name, value]) => `${name} = ${showValue(value)}`);
      return `- ${escapeMarkdown(values.join(", "))}${outcome.deadlock === true ? " (deadlock)" : ""}\n`;
    });
    parts.push("## Outcomes\n", lines.join(""));
  }
  if (result.notes.length > 0)
    parts.push("## Notes\n", result.notes.map((note) => `- ${escapeMarkdown(note)}\n`).join(""));
  return parts.join("\n");
}
