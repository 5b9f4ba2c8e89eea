/** The answer of `sim replay` as text: what each step changed, and at which entry a schedule no longer fits. */
import type { ReplayResult, ReplayStep } from "../explore/result.ts";
import { type Column, cut, displayWidth, table, wrap } from "./columns.ts";
import { escapeTerminal } from "./escape.ts";
import { findingLines } from "./finding-lines.ts";
import { counted, showValue } from "./numbers.ts";
import { paint } from "./paint.ts";
import type { ReportOptions } from "./report.ts";

const COLUMNS: readonly Column[] = [
  { heading: "step", align: "right" },
  { heading: "process", align: "left" },
  { heading: "line", align: "right" },
  { heading: "statement", align: "left" },
  { heading: "what it did", align: "left" },
];

/** The text of one replay. */
export function replayText(result: ReplayResult, options: ReportOptions): string {
  const name = escapeTerminal(result.scenario);
  const [first = "", ...more] = wrap(`${name}: ${statusLine(result)}`, options.width);
  const title = first.startsWith(name) ? paint(name, "bold", options) + first.slice(name.length) : first;
  const lines = [title, ...more];
  if (!options.quiet && result.steps.length > 0) lines.push("", ...stepTable(result, options));
  if (result.misfit !== null) lines.push("", ...misfitLines(result.misfit, options));
  if (result.findings.length > 0)
    lines.push("", paint("Findings", "bold", options), ...findingLines(withoutTraces(result), "tick", options));
  for (const text of result.notes) lines.push("", ...wrap(escapeTerminal(text), options.width));
  const values = Object.entries(result.shared).map(([name, value]) => escapeTerminal(`${name} = ${showValue(value)}`));
  if (!options.quiet && values.length > 0)
    lines.push("", ...wrap(`shared at the end: ${values.join(", ")}`, options.width));
  return `${lines.join("\n")}\n`;
}

function withoutTraces(result: ReplayResult): ReplayResult["findings"] {
  return result.findings.map(({ trace: _, schedule: __, ...finding }) => finding);
}

function statusLine(result: ReplayResult): string {
  const steps = counted(result.steps.length, "step");
  switch (result.status) {
    case "finished":
      return `played ${steps}; nothing is violated, and everything has ended`;
    case "stopped":
      return `played ${steps}; nothing is violated. The schedule ends here, though somebody could go on`;
    case "deadlock":
      return `played ${steps}, and ends in a deadlock`;
    case "violated":
      return `played ${steps}: ${counted(result.findings.length, "problem")} (${escapeTerminal([...new Set(result.findings.map(shortName))].join(", "))})`;
    case "misfit":
      return `the schedule no longer fits this scenario`;
  }
}

/** "data_race on x" */
function shortName({ kind, name }: ReplayResult["findings"][number]): string {
  return kind === name ? kind : `${kind} '${name}'`;
}

function misfitLines(misfit: NonNullable<ReplayResult["misfit"]>, options: ReportOptions): string[] {
  return wrap(
    `entry ${misfit.entry} ('${escapeTerminal(misfit.text)}') does not fit: ${escapeTerminal(misfit.message)}`,
    options.width,
  ).map((line) => paint(line, "red", options));
}

/** What a step did, in words. */
export function stepEffect(step: ReplayStep): string {
  const values = (of: Record<string, unknown>): string =>
    Object.entries(of)
      .map(([name, value]) => `${name} = ${showValue(value)}`)
      .join(", ");
  const { note = "", locals = {}, ended = "normally" } = step;
  const parts = [
    note,
    Object.keys(step.reads).length > 0 ? `reads ${values(step.reads)}` : "",
    Object.keys(step.writes).length > 0 ? `writes ${values(step.writes)}` : "",
    Object.keys(locals).length > 0 ? `sets ${values(locals)}` : "",
    ...(step.output ?? []).map((text) => `prints ${JSON.stringify(text)}`),
    ended.startsWith("by ") && step.violations.length === 0 ? `ends ${ended}` : "",
    ...step.violations.map((violation) => `!! ${violation.message}`),
  ];
  return parts.filter((part) => part !== "").join("; ");
}

function stepTable(result: ReplayResult, options: ReportOptions): string[] {
  const ellipsis = options.ascii ? "..." : "…";
  const cells = result.steps.map((step, at) => {
    const same = at > 0 && result.steps[at - 1]!.process === step.process;
    return [
      String(at + 1),
      same ? "" : escapeTerminal(step.process),
      String(step.line),
      cut(escapeTerminal(step.text), Math.min(30, options.width >> 2), ellipsis),
    ];
  });
  // what a step did has the room that the other columns leave, on as many lines as it needs
  const others = COLUMNS.slice(0, -1).map(({ heading }, k) =>
    cells.reduce((most, row) => Math.max(most, displayWidth(row[k]!)), heading.length),
  );
  const room = Math.max(12, options.width - others.reduce((sum, width) => sum + width + 2, 2));
  const rows = cells.flatMap((row, at) =>
    wrap(escapeTerminal(stepEffect(result.steps[at]!)), room).map((line, k) => [
      ...(k === 0 ? row : row.map(() => "")),
      cut(line, room, ellipsis),
    ]),
  );
  return table(COLUMNS, rows);
}
