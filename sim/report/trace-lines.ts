/** The scheduler's decisions as a table: when, what happened, who was ready with which key, and why. */
import type { Decision, RunResult } from "../run/result.ts";
import { type Column, cut, table } from "./columns.ts";
import { escapeTerminal } from "./escape.ts";
import { figure, showValue } from "./numbers.ts";
import type { ReportOptions } from "./report.ts";

const COLUMNS: readonly Column[] = [
  { heading: "time", align: "right" },
  { heading: "core", align: "right" },
  { heading: "process", align: "left" },
  { heading: "event", align: "left" },
  { heading: "ready", align: "left" },
  { heading: "why", align: "left" },
];

/** The table; only the list of the ready is ever cut, since the others decide what the reader is after. */
export function traceLines(result: RunResult, trace: readonly Decision[], options: ReportOptions): string[] {
  if (trace.length === 0) return ["  nothing was decided"];
  const cores = result.cores > 1;
  const columns = COLUMNS.filter((column) => cores || column.heading !== "core");
  const ellipsis = options.ascii ? "..." : "…";
  const rows = trace.map((decision) => {
    const ready = decision.ready.length === 0 ? "-" : escapeTerminal(decision.ready.join(", "));
    return [
      figure(decision.time),
      ...(cores ? [decision.core === null ? "-" : String(decision.core)] : []),
      decision.process === null ? "-" : escapeTerminal(decision.process),
      escapeTerminal(decision.event),
      cut(ready, Math.max(30, Math.floor(options.width / 2)), ellipsis),
      why(decision),
    ];
  });
  return table(columns, rows);
}

function why(decision: Decision): string {
  const parts = decision.reason === "" ? [] : [decision.reason];
  if (decision.text !== undefined) {
    parts.push(decision.line === undefined ? decision.text : `line ${decision.line}: ${decision.text}`);
  }
  const changes: readonly (readonly [string, Record<string, unknown> | undefined])[] = [
    ["reads", decision.reads],
    ["writes", decision.writes],
  ];
  for (const [word, values] of changes) {
    const list = Object.entries(values ?? {}).map(([name, value]) => `${name} = ${showValue(value)}`);
    if (list.length > 0) parts.push(`${word} ${list.join(", ")}`);
  }
  return escapeTerminal(parts.join("; "));
}
