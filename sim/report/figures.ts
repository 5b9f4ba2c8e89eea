/** The figures of a run: the table per process, the averages and the other measures, as cells and lines. */
import type { ProcessRow, RunResult } from "../run/result.ts";
import { type Column, cut, table, wrap } from "./columns.ts";
import { escapeTerminal } from "./escape.ts";
import { counted, exactFigure, figure, percent, showValue, withUnit } from "./numbers.ts";

interface Figure extends Column {
  cell(row: ProcessRow, result: RunResult): string;
  /** left out where no process has anything to show in it */
  needed(result: RunResult): boolean;
}

const always = (): boolean => true;
const time = (
  heading: keyof ProcessRow & ("arrival" | "start" | "finish" | "turnaround" | "waiting" | "response" | "cpu"),
): Figure => ({
  heading,
  align: "right",
  cell: (row) => figure(row[heading]),
  needed: always,
});

const FIGURES: readonly Figure[] = [
  { heading: "process", align: "left", cell: (row) => escapeTerminal(row.name), needed: always },
  time("arrival"),
  time("start"),
  time("finish"),
  time("turnaround"),
  time("waiting"),
  time("response"),
  time("cpu"),
  {
    heading: "blocked",
    align: "right",
    cell: (row) => figure(row.blocked),
    needed: always,
  },
  {
    heading: "switching",
    align: "right",
    cell: (row) => figure(row.switching),
    needed: (result) => result.processes.some((row) => row.switching !== 0),
  },
  {
    heading: "state",
    align: "left",
    cell: (row) => row.state,
    needed: (result) => result.processes.some((row) => row.state !== "ended"),
  },
  {
    heading: "exit",
    align: "right",
    cell: (row) => (row.exit_code === null ? "-" : String(row.exit_code)),
    needed: (result) => result.processes.some((row) => row.exit_code !== null && row.exit_code !== 0),
  },
];

/** The columns and cells of the table per process; attributes that a scheduler read (priority, …) come last. */
export function processCells(result: RunResult): { readonly columns: readonly Column[]; readonly rows: string[][] } {
  const figures = FIGURES.filter((each) => each.needed(result));
  const attributes = [...new Set(result.processes.flatMap((row) => Object.keys(row.attributes)))];
  const columns: Column[] = [...figures, ...attributes.map((heading): Column => ({ heading, align: "right" }))];
  const rows = result.processes.map((row) => [
    ...figures.map((each) => each.cell(row, result)),
    ...attributes.map((name) => figure(row.attributes[name] ?? null)),
  ]);
  return { columns, rows };
}

/** The table per process as text. */
export function processTable(result: RunResult): string[] {
  if (result.processes.length === 0) return ["  no processes"];
  const { columns, rows } = processCells(result);
  return table(columns, rows);
}

/** The measures of the whole run, as pairs of name and value. Those that say nothing are left out. */
export function measures(result: RunResult): { readonly name: string; readonly value: string }[] {
  const { averages, unit } = result;
  const list: { name: string; value: string }[] = [];
  const own = result.processes.filter((row) => row.of_resource !== true);
  const finished = own.filter((row) => row.turnaround !== null).length;
  const others = result.processes.length - own.length;
  if (others > 0) {
    const what = `${counted(own.length, "process", "processes")}, without the ${others} of resources`;
    list.push({ name: "averages are of", value: what });
  }
  if (finished > 0) {
    const of = finished === own.length ? "" : `, of the ${finished} that finished`;
    for (const name of ["turnaround", "waiting", "response"] as const) {
      list.push({ name: `average ${name}`, value: `${exactFigure(result, `averages.${name}`, averages[name])}${of}` });
    }
  }
  list.push({
    name: "throughput",
    value: `${exactFigure(result, "throughput", result.throughput)} processes per ${unit}`,
  });
  const exact = result.exact.utilization;
  const cores = result.cores === 1 ? "of the core" : `of ${result.cores} cores`;
  list.push({
    name: "utilization",
    value: `${percent(result.utilization)}${exact === undefined ? "" : ` (${exact})`} ${cores}`,
  });
  const cost = result.context_switch === 0 ? "" : `, ${withUnit(result.context_switch, unit)} each`;
  list.push({ name: "context switches", value: `${result.context_switches}${cost}` });
  return list;
}

/** The last values of the shared variables, one a line: "tickets = 3". */
export function sharedLines(result: RunResult, width: number, ellipsis: string): string[] {
  return Object.entries(result.shared).map(([name, value]) =>
    cut(`${escapeTerminal(name)} = ${escapeTerminal(showValue(value))}`, width, ellipsis),
  );
}

/** One sentence for each missed deadline. */
export function missLines(result: RunResult): string[] {
  return result.deadline_misses.map(({ process, due, finish }) => {
    const late =
      finish === null ? "was not finished when the run ended" : `finished at ${withUnit(finish, result.unit)}`;
    return `${escapeTerminal(process)} was due at ${withUnit(due, result.unit)} and ${late}`;
  });
}

/** How the run ended, as a sentence without its full stop. */
export function statusWords(result: RunResult): string {
  const at = `at ${result.unit === "tick" ? "time " : ""}${withUnit(result.end, result.unit)}`;
  const left = result.processes.filter((row) => row.finish === null).length;
  const unfinished = left === 0 ? "" : `, ${counted(left, "process", "processes")} not finished`;
  switch (result.status) {
    case "finished":
      return `finished ${at}${unfinished}`;
    case "deadlock":
      return `deadlock ${at}${unfinished}`;
    case "violated":
      return `violated, ended ${at}${unfinished}`;
    case "limit":
      return `stopped ${at} by a limit${unfinished}`;
  }
}

/** Warnings and what was cut, wrapped to a width. */
export function warningLines(result: RunResult, width: number): string[] {
  const warnings = [...result.warnings];
  if (result.truncated.length > 0) {
    warnings.push(`cut to keep memory bounded, so this report lacks a part of: ${result.truncated.join(", ")}`);
  }
  return warnings.flatMap((warning) => {
    // a command stands on a line of its own, so that it can be copied
    const at = warning.indexOf(" npx sim ");
    if (at < 0) return wrap(escapeTerminal(warning), width);
    return [...wrap(escapeTerminal(warning.slice(0, at)), width), `  ${escapeTerminal(warning.slice(at + 1))}`];
  });
}
