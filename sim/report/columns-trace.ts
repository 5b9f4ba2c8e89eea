/**
 * A counterexample as columns: one for each process that takes part, time downwards, each step with its source line,
 * the values read and written, and an arrow where control changes hands.
 *
 * What a process does alone from its first step to its last is folded into one line, so that the reader sees those who
 * come into each other's way.
 */
import type { Finding, TraceStep } from "../machine/finding.ts";
import { cut, displayWidth, padRight, wrap } from "./columns.ts";
import { escapeTerminal } from "./escape.ts";
import { showValue, withUnit } from "./numbers.ts";
import { paint, processStyle } from "./paint.ts";
import type { ReportOptions } from "./report.ts";

/** Narrower columns cannot be read: with more processes the steps stand one below the other. */
const NARROWEST = 24;
const GAP = "  ";

interface Signs {
  readonly line: string;
  readonly right: string;
  readonly left: string;
  readonly bar: string;
  readonly mark: string;
  readonly ellipsis: string;
}

const SIGNS: { readonly [K in "unicode" | "ascii"]: Signs } = {
  unicode: { line: "─", right: "►", left: "◄", bar: "│", mark: "✗", ellipsis: "…" },
  ascii: { line: "-", right: ">", left: "<", bar: "|", mark: "X", ellipsis: "..." },
};

interface Numbered {
  readonly step: TraceStep;
  /** from 1 */
  readonly number: number;
}

type Row =
  | { readonly type: "step"; readonly numbered: Numbered }
  | { readonly type: "fold"; readonly numbered: readonly Numbered[] }
  /** in a timed run: the steps from here on are taken at this time */
  | { readonly type: "time"; readonly time: number }
  | { readonly type: "loop" };

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
  const rows = withTimes(foldRows(finding, trace));
  const shown = [...new Set(rows.flatMap((row) => (row.type === "step" ? [row.numbered.step.process] : [])))];
  const room = options.width - displayWidth(indent);
  const gutter = String(trace.length).length + 2;
  const width = Math.floor((room - gutter - GAP.length * (shown.length - 1)) / Math.max(1, shown.length));
  const lines =
    width < NARROWEST && shown.length > 1
      ? listed(rows, finding, options, signs, room, unit)
      : inColumns(rows, shown, finding, options, signs, { gutter, width: Math.min(width, 44) }, unit);
  return lines.map((line) => (indent + line).trimEnd());
}

/** Whole lives of processes that are not part of what went wrong, each in one row. */
function foldRows(finding: Finding, trace: readonly TraceStep[]): Row[] {
  const rows: Row[] = [];
  const numbered = trace.map((step, at) => ({ step, number: at + 1 }));
  const concerned = new Set(finding.processes);
  for (let at = 0; at < numbered.length; ) {
    if (finding.loop_from === at) rows.push({ type: "loop" });
    const { process } = numbered[at]!.step;
    let end = at;
    while (end < numbered.length && numbered[end]!.step.process === process) end += 1;
    const block = numbered.slice(at, end);
    const alone = !trace.some((step, k) => step.process === process && (k < at || k >= end));
    if (
      alone &&
      !concerned.has(process) &&
      block.length > 2 &&
      finding.loop_from === undefined &&
      end < numbered.length
    )
      rows.push({ type: "fold", numbered: block });
    else {
      for (const each of block) {
        if (finding.loop_from === each.number - 1 && each !== block[0]) rows.push({ type: "loop" });
        rows.push({ type: "step", numbered: each });
      }
    }
    at = end;
  }
  return rows;
}

/** A row of its own wherever time has passed. */
function withTimes(rows: readonly Row[]): Row[] {
  let last: number | undefined;
  return rows.flatMap((row): Row[] => {
    if (row.type !== "step" && row.type !== "fold") return [row];
    const first = row.type === "step" ? row.numbered : row.numbered[0]!;
    const { time } = first.step;
    if (time === undefined || time === last) return [row];
    last = time;
    return [{ type: "time", time }, row];
  });
}

interface Sizes {
  readonly gutter: number;
  readonly width: number;
}

function inColumns(
  rows: readonly Row[],
  shown: readonly string[],
  finding: Finding,
  options: ReportOptions,
  signs: Signs,
  sizes: Sizes,
  unit: string,
): string[] {
  const { gutter, width } = sizes;
  const blank = " ".repeat(gutter);
  const place = (cells: readonly string[]): string => cells.map((cell) => padRight(cell, width)).join(GAP);
  const head = shown.map((name, k) => paintIn(cut(escapeTerminal(name), width, signs.ellipsis), k, options));
  const rule = shown.map(() => signs.line.repeat(width)).join(GAP);
  const lines = [
    blank +
      pad(
        head,
        shown.map((name) => cut(escapeTerminal(name), width, signs.ellipsis)),
        width,
      ),
    blank + rule,
  ];
  let last = -1;
  for (const row of rows) {
    if (row.type === "loop") {
      lines.push(...loopLine(signs, blank.length + rule.length));
      continue;
    }
    if (row.type === "fold") {
      lines.push(...foldLines(row.numbered, options.width - 4, signs));
      last = -1;
      continue;
    }
    if (row.type === "time") {
      lines.push(timeLine(row.time, unit));
      continue;
    }
    const { step, number } = row.numbered;
    const column = shown.indexOf(step.process);
    if (last >= 0 && column !== last) lines.push(blank + arrow(last, column, width, signs));
    last = column;
    cellLines(step, width).forEach((text, k) => {
      const cells = shown.map((_, at) => (at === column ? text : at < column ? "" : ""));
      lines.push(`${k === 0 ? `${String(number).padStart(gutter - 2)}  ` : blank}${place(cells)}`);
    });
  }
  return [...lines, ...verdictLines(finding, signs, options, blank)];
}

/** Columns padded by what is seen, not by what is written (colours take no room). */
function pad(painted: readonly string[], plain: readonly string[], width: number): string {
  return painted.map((text, k) => text + " ".repeat(Math.max(0, width - displayWidth(plain[k]!)))).join(GAP);
}

function paintIn(text: string, column: number, options: ReportOptions): string {
  return paint(text, processStyle(column), options);
}

/** From the middle of one column to the middle of another. */
function arrow(from: number, to: number, width: number, signs: Signs): string {
  const step = width + GAP.length;
  const start = Math.min(from, to) * step + 4;
  const end = Math.max(from, to) * step + 4;
  const line = signs.line.repeat(end - start - 1);
  return " ".repeat(start) + (from < to ? line + signs.right : signs.left + line);
}

/** "12 seen = tickets", then what it read, wrote and printed. */
function cellLines(step: TraceStep, width: number): string[] {
  const label = `${step.line} `;
  const inset = " ".repeat(Math.min(label.length, 4));
  const lines = wrapHard(label + escapeTerminal(step.text), width, " ".repeat(label.length));
  for (const text of effects(step)) lines.push(...wrapHard(inset + text, width, `${inset}  `));
  return lines;
}

/** What a step did, one line for each kind of thing. A variable read and written in one step shows both values. */
function effects(step: TraceStep): string[] {
  const show = (entries: readonly (readonly [string, unknown])[]): string =>
    entries.map(([name, value]) => escapeTerminal(`${name} = ${showValue(value)}`)).join(", ");
  const writes = Object.entries(step.writes);
  const reads = Object.entries(step.reads).filter(([name]) => !Object.hasOwn(step.writes, name));
  const changed = writes.filter(([name]) => Object.hasOwn(step.reads, name));
  const written = writes.filter(([name]) => !Object.hasOwn(step.reads, name));
  return [
    ...(reads.length > 0 ? [`reads ${show(reads)}`] : []),
    ...(written.length > 0 ? [`writes ${show(written)}`] : []),
    ...changed.map(([name, value]) => escapeTerminal(`${name}: ${showValue(step.reads[name])} -> ${showValue(value)}`)),
    ...(step.output ?? []).map((text) => `prints ${escapeTerminal(JSON.stringify(text))}`),
  ];
}

/** Wrapped at spaces, and words that are too long in the middle. */
function wrapHard(text: string, width: number, inset: string): string[] {
  const lead = /^ */.exec(text)![0];
  const words = wrap(text.slice(lead.length), Math.max(8, width - inset.length));
  return words.flatMap((line, k) => {
    const pieces: string[] = [];
    let rest = (k === 0 ? lead : inset) + line;
    while (displayWidth(rest) > width) {
      pieces.push(rest.slice(0, width));
      rest = inset + rest.slice(width);
    }
    return [...pieces, rest];
  });
}

function foldLines(numbered: readonly Numbered[], width: number, signs: Signs): string[] {
  const [first] = numbered;
  const last = numbered[numbered.length - 1]!;
  const written = new Map<string, unknown>();
  for (const { step } of numbered) for (const [name, value] of Object.entries(step.writes)) written.set(name, value);
  const values = [...written].map(([name, value]) => escapeTerminal(`${name} = ${showValue(value)}`)).join(", ");
  const text = `${first!.number}-${last.number}  ${escapeTerminal(first!.step.process)} runs alone to its end${values === "" ? "" : `, writing ${values}`}`;
  return wrap(text, width - 4).map((line, k) => `${k === 0 ? `${signs.bar} ` : `${signs.bar}     `}${line}`);
}

function timeLine(time: number, unit: string): string {
  return `at ${unit === "tick" ? "time " : ""}${withUnit(time, unit)}`;
}

function loopLine(signs: Signs, width: number): string[] {
  const text = " from here on it repeats for ever ";
  const rest = Math.max(2, Math.floor((Math.min(width, 76) - text.length) / 2));
  return [signs.line.repeat(rest) + text + signs.line.repeat(rest)];
}

function verdictLines(finding: Finding, signs: Signs, options: ReportOptions, blank: string): string[] {
  const text =
    finding.loop_from !== undefined
      ? "and so on for ever"
      : finding.kind === "deadlock" && finding.processes.length > 1
        ? "here none of them can go on any more"
        : (VERDICT[finding.kind] ?? "here it goes wrong");
  return [`${blank}${paint(`${signs.mark} ${text}`, "red", options)}`];
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
  eventually: "here everything has ended, and it never came true",
};

/** With many processes: one step below the other, each with its process in front, and an arrow where it changes. */
function listed(
  rows: readonly Row[],
  finding: Finding,
  options: ReportOptions,
  signs: Signs,
  room: number,
  unit: string,
): string[] {
  const names = rows.flatMap((row) => (row.type === "step" ? [escapeTerminal(row.numbered.step.process)] : []));
  const widest = Math.min(
    20,
    names.reduce((most, name) => Math.max(most, displayWidth(name)), 0),
  );
  const lines: string[] = [];
  let last = "";
  for (const row of rows) {
    if (row.type === "loop") lines.push(...loopLine(signs, room));
    else if (row.type === "fold") {
      lines.push(...foldLines(row.numbered, options.width - 4, signs));
      last = "";
    } else if (row.type === "time") lines.push(timeLine(row.time, unit));
    else {
      const { step, number } = row.numbered;
      const changed = step.process !== last;
      const name = changed ? cut(escapeTerminal(step.process), widest, signs.ellipsis) : "";
      const head = `${String(number).padStart(3)} ${changed && last !== "" ? signs.right : " "} ${padRight(name, widest)}  `;
      cellLines(step, room - displayWidth(head)).forEach((text, k) => {
        lines.push((k === 0 ? head : " ".repeat(displayWidth(head))) + text);
      });
      last = step.process;
    }
  }
  return [...lines, ...verdictLines(finding, signs, options, "     ")];
}
