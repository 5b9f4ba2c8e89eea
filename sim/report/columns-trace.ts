/**
 * A counterexample as columns: one for each process that takes part, time downwards, each step with its source line,
 * the values read and written, and an arrow where control changes hands.
 *
 * What a process does alone from its first step to its end is folded into one line, so that the reader sees those who
 * come into each other's way (`trace-rows.ts`).
 */
import type { Finding, TraceStep } from "../machine/finding.ts";
import { cutMiddle, displayWidth, padRight, wrapWithin } from "./columns.ts";
import { escapeTerminal } from "./escape.ts";
import { showValue, withUnit } from "./numbers.ts";
import { paint, processStyle } from "./paint.ts";
import type { ReportOptions } from "./report.ts";
import { cellLines } from "./step-lines.ts";
import { type Numbered, type Row, shownProcesses, traceRows } from "./trace-rows.ts";

/** Narrower columns cannot be read: with more processes the steps stand one below the other. */
const NARROWEST = 24;
/** Wider columns put what belongs together too far apart. */
const WIDEST = 60;
/** Of a name in front of its steps, where they stand one below the other. */
const WIDEST_NAME = 24;
const GAP = "  ";

interface Signs {
  readonly line: string;
  readonly right: string;
  readonly left: string;
  readonly bar: string;
  readonly corner: string;
  readonly mark: string;
  readonly ellipsis: string;
}

const SIGNS: { readonly [K in "unicode" | "ascii"]: Signs } = {
  unicode: { line: "─", right: "►", left: "◄", bar: "│", corner: "└", mark: "✗", ellipsis: "…" },
  ascii: { line: "-", right: ">", left: "<", bar: "|", corner: "+", mark: "X", ellipsis: "..." },
};

/**
 * The lines of the trace; the last step is marked, since it is the one that breaks something. `unit` is that of the
 * times, if the steps have any.
 */
export function traceColumns(
  finding: Finding,
  trace: readonly TraceStep[],
  options: ReportOptions,
  indent: string,
  unit = "tick",
): string[] {
  const signs = options.ascii ? SIGNS.ascii : SIGNS.unicode;
  const rows = withoutMarked(traceRows(finding, trace), finding, trace.length);
  const mark = {
    finding,
    lines: new Map(trace.map(({ process, line }) => [process, line])),
    place: MARKS_STATEMENT.has(finding.kind) ? trace.at(-1)?.ended_in : undefined,
  };
  const shown = shownProcesses(rows);
  const room = options.width - displayWidth(indent);
  const gutter = String(trace.length).length + 2;
  const width = Math.floor((room - gutter - GAP.length * (shown.length - 1)) / Math.max(1, shown.length));
  const lines =
    width < NARROWEST && shown.length > 1
      ? listed(rows, mark, options, signs, room, unit)
      : inColumns(rows, shown, mark, options, signs, { gutter, width: columnWidth(width, shown.length) }, unit);
  return lines.map((line) => (indent + line).trimEnd());
}

function columnWidth(room: number, columns: number): number {
  return columns === 1 ? room : Math.min(room, WIDEST);
}

/** Findings whose mark names the statement, if the last step began with another one. */
const MARKS_STATEMENT: ReadonlySet<Finding["kind"]> = new Set(["assertion", "exception", "misuse"]);

/** The last step says nothing of what the mark below it says. */
function withoutMarked(rows: readonly Row[], finding: Finding, last: number): readonly Row[] {
  if (!MARKS_STATEMENT.has(finding.kind)) return rows;
  return rows.map((row) => {
    if (row.type !== "step" || row.numbered.number !== last) return row;
    const { ended, ended_in: _, ...step } = row.numbered.step;
    const named = finding.kind === "exception" && ended !== undefined ? { ...step, ended } : step;
    return { type: "step", numbered: { step: named, number: last } };
  });
}

interface Sizes {
  readonly gutter: number;
  readonly width: number;
}

/** What stands below the last step. */
interface Mark {
  readonly finding: Finding;
  /** by process: the line of its last step */
  readonly lines: ReadonlyMap<string, number>;
  /** the statement where it happened, if it is not that of the last step */
  readonly place: string | undefined;
}

function inColumns(
  rows: readonly Row[],
  shown: readonly string[],
  mark: Mark,
  options: ReportOptions,
  signs: Signs,
  sizes: Sizes,
  unit: string,
): string[] {
  const { gutter, width } = sizes;
  const blank = " ".repeat(gutter);
  const place = (cells: readonly string[]): string => cells.map((cell) => padRight(cell, width)).join(GAP);
  const rule = shown.map(() => signs.line.repeat(width)).join(GAP);
  const lines = [...headings(shown, width, options).map((line) => blank + line), blank + rule];
  let last = NOBODY;
  for (const row of rows) {
    if (row.type === "loop") {
      lines.push(...loopLine(signs, blank.length + rule.length));
      continue;
    }
    if (row.type === "fold") {
      lines.push(...foldLines(row.numbered, options.width - 4, signs));
      last = FOLD;
      continue;
    }
    if (row.type === "time") {
      lines.push(timeLine(row.time, unit));
      continue;
    }
    const { step, number } = row.numbered;
    const column = shown.indexOf(step.process);
    if (last === FOLD) lines.push(returnArrow(gutter, column, width, signs));
    else if (last !== NOBODY && column !== last) lines.push(blank + arrow(last, column, width, signs));
    last = column;
    cellLines(step, width).forEach((text, k) => {
      const cells = shown.map((_, at) => (at === column ? text : ""));
      lines.push(`${k === 0 ? `${String(number).padStart(gutter - 2)}  ` : blank}${place(cells)}`);
    });
  }
  return [...lines, ...verdictLines(mark, signs, options, blank)];
}

/** In the place of the column that took the last step: none has taken one, or a folded process has. */
const NOBODY = -1;
const FOLD = -2;

/** The names of the processes above their columns, whole, on as many lines as they need. */
function headings(shown: readonly string[], width: number, options: ReportOptions): string[] {
  const wrapped = shown.map((name) => wrapWithin(escapeTerminal(name), width, ""));
  const height = wrapped.reduce((most, lines) => Math.max(most, lines.length), 1);
  return Array.from({ length: height }, (_, k) =>
    wrapped
      .map((lines, column) => {
        const text = lines[k] ?? "";
        // colours take no room
        return paint(text, processStyle(column), options) + " ".repeat(Math.max(0, width - displayWidth(text)));
      })
      .join(GAP),
  );
}

/** From the middle of one column to the middle of another. */
function arrow(from: number, to: number, width: number, signs: Signs): string {
  const step = width + GAP.length;
  const start = Math.min(from, to) * step + 4;
  const end = Math.max(from, to) * step + 4;
  const line = signs.line.repeat(end - start - 1);
  return " ".repeat(start) + (from < to ? line + signs.right : signs.left + line);
}

/** From the margin, where folded processes stand, to a column. */
function returnArrow(gutter: number, column: number, width: number, signs: Signs): string {
  return signs.corner + signs.line.repeat(gutter + column * (width + GAP.length) + 2) + signs.right;
}

function foldLines(numbered: readonly Numbered[], width: number, signs: Signs): string[] {
  const [first] = numbered;
  const last = numbered[numbered.length - 1]!;
  const written = new Map<string, unknown>();
  for (const { step } of numbered) for (const [name, value] of Object.entries(step.writes)) written.set(name, value);
  const values = [...written].map(([name, value]) => escapeTerminal(`${name} = ${showValue(value)}`)).join(", ");
  const text = `${first!.number}-${last.number}  ${escapeTerminal(first!.step.process)} runs alone to its end${values === "" ? "" : `, writing ${values}`}`;
  return wrapWithin(text, width - 4, "    ").map((line) => `${signs.bar} ${line}`);
}

function timeLine(time: number, unit: string): string {
  return `at ${unit === "tick" ? "time " : ""}${withUnit(time, unit)}`;
}

function loopLine(signs: Signs, width: number): string[] {
  const text = " from here on it repeats for ever ";
  const rest = Math.max(2, Math.floor((Math.min(width, 76) - text.length) / 2));
  return [signs.line.repeat(rest) + text + signs.line.repeat(rest)];
}

function verdictLines(mark: Mark, signs: Signs, options: ReportOptions, blank: string): string[] {
  const { finding, place } = mark;
  const text =
    finding.loop_from !== undefined
      ? "and so on for ever"
      : finding.kind === "deadlock" && finding.processes.length > 1
        ? "here none of them can go on any more"
        : (VERDICT[finding.kind] ?? "here it goes wrong");
  const waiting = waitingLines(mark, options.width - 4 - blank.length);
  const where = place === undefined ? "" : `${escapeTerminal(place)}: `;
  const marked = wrapWithin(`${signs.mark} ${where}${text}`, options.width - 4 - blank.length, "  ");
  return [...waiting.map((line) => blank + line), ...marked.map((line) => blank + paint(line, "red", options))];
}

/** "writer waits for table (line 13)": those who cannot go on, where no step above shows it, alike ones on one line. */
function waitingLines({ finding, lines }: Mark, width: number): string[] {
  const alike = new Map<string, string[]>();
  for (const { process, waits_for, line } of finding.waiting ?? []) {
    // the step by which it began to wait
    if (lines.get(process) === line) continue;
    const what = `for ${escapeTerminal(waits_for)} (line ${line})`;
    alike.set(what, [...(alike.get(what) ?? []), escapeTerminal(process)]);
  }
  return [...alike].flatMap(([what, names]) =>
    wrapWithin(`${names.join(", ")} ${names.length === 1 ? "waits" : "wait"} ${what}`, width, "  "),
  );
}

const VERDICT: { readonly [K in Finding["kind"]]?: string } = {
  invariant: "here the property is broken",
  final: "here everything has ended, and the property does not hold",
  deadlock: "here it cannot go on any more",
  assertion: "here the assertion fails",
  exception: "here the exception ends the process",
  data_race: "these last two steps race: nothing says which comes first",
  misuse: "here the resource is misused",
  lost_wakeup: "here it waits for ever",
  eventually: "here nothing happens any more, and it never came true",
};

/** With many processes: one step below the other, each with its process in front, and an arrow where it changes. */
function listed(
  rows: readonly Row[],
  mark: Mark,
  options: ReportOptions,
  signs: Signs,
  room: number,
  unit: string,
): string[] {
  const names = rows.flatMap((row) => (row.type === "step" ? [escapeTerminal(row.numbered.step.process)] : []));
  const widest = Math.min(
    WIDEST_NAME,
    names.reduce((most, name) => Math.max(most, displayWidth(name)), 0),
  );
  const lines: string[] = [];
  let last = "";
  for (const row of rows) {
    if (row.type === "loop") lines.push(...loopLine(signs, room));
    else if (row.type === "fold") {
      lines.push(...foldLines(row.numbered, options.width - 4, signs));
      last = FOLDED;
    } else if (row.type === "time") lines.push(timeLine(row.time, unit));
    else {
      const { step, number } = row.numbered;
      const changed = step.process !== last;
      const name = changed ? cutMiddle(escapeTerminal(step.process), widest, signs.ellipsis) : "";
      const head = `${String(number).padStart(3)} ${changed && last !== "" ? signs.right : " "} ${padRight(name, widest)}  `;
      cellLines(step, room - displayWidth(head)).forEach((text, k) => {
        lines.push((k === 0 ? head : " ".repeat(displayWidth(head))) + text);
      });
      last = step.process;
    }
  }
  return [...lines, ...verdictLines(mark, signs, options, "     ")];
}

/** In the place of the name of the last process; no process is called so. */
const FOLDED = " ";
