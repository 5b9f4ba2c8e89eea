/**
 * What is wrong with a scenario: problems with stable codes and positions, collected and never thrown, and the shape in
 * which a person reads them.
 */
import type { Source, Span } from "./ast.ts";

/** Every code a problem can have. They are part of the interface: rename none. */
export const PROBLEM_CODES = [
  "alias",
  "argument-count",
  "bad-name",
  "blocks-inside-atomic",
  "code-too-large",
  "conflicting-keys",
  "control-character",
  "count-range",
  "daemon-starts",
  "division-by-zero",
  "duplicate-key",
  "duplicate-name",
  "endless-loop",
  "function-cycle",
  "index-range",
  "inexact-number",
  "merge-key",
  "misplaced",
  "missing-key",
  "negative-time",
  "not-manual",
  "out-of-range",
  "reserved-name",
  "self-join",
  "shadowed-name",
  "syntax",
  "tag",
  "too-deep",
  "too-large",
  "unit-of-time",
  "unknown-key",
  "unknown-name",
  "unknown-operation",
  "unknown-set",
  "unknown-statement",
  "unknown-value",
  "unreachable-code",
  "unused-variable",
  "wrong-operation",
  "wrong-type",
  "yaml-syntax",
] as const;

export type ProblemCode = (typeof PROBLEM_CODES)[number];

/** Lines and columns count from 1, columns in characters (code points); the end is exclusive. */
export interface Problem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly code: ProblemCode;
  readonly message: string;
  readonly hint?: string;
  readonly severity: "error" | "warning";
}

const lineStarts = new WeakMap<Source, readonly number[]>();

function startsOf(source: Source): readonly number[] {
  const known = lineStarts.get(source);
  if (known !== undefined) return known;
  const starts = [0];
  for (let at = source.text.indexOf("\n"); at >= 0; at = source.text.indexOf("\n", at + 1)) starts.push(at + 1);
  lineStarts.set(source, starts);
  return starts;
}

/** Line and column (from 1, columns in code points) of an offset into the text; offsets past the end mean the end. */
export function locate(source: Source, offset: number): { line: number; column: number } {
  const starts = startsOf(source);
  const at = Math.max(0, Math.min(offset, source.text.length));
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= at) low = middle;
    else high = middle - 1;
  }
  const before = source.text.slice(starts[low], at);
  return { line: low + 1, column: [...before].length + 1 };
}

/** The text of a line (from 1) without its line break; "" for a line that is not there. */
export function lineText(source: Source, line: number): string {
  const starts = startsOf(source);
  const start = starts[line - 1];
  if (start === undefined) return "";
  const end = starts[line];
  return source.text.slice(start, end === undefined ? undefined : end - 1).replace(/\r$/, "");
}

/** The statement or expression at `span` as the file has it: trimmed, its first line only. For traces. */
export function sourceText(source: Source, span: Span): string {
  const text = source.text.slice(span.start, span.end).trim();
  const end = text.search(/[\r\n]/);
  const line = end < 0 ? text : text.slice(0, end);
  return line.replace(/\s+#.*$/, "").trimEnd();
}

/** Makes control characters and bidirectional overrides of a text visible, so that a terminal obeys none of them. */
export function visible(text: string): string {
  let result = "";
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    const hidden =
      code < 0x20 ||
      (code >= 0x7f && code < 0xa0) ||
      code === 0x61c ||
      (code >= 0x200b && code <= 0x200f) ||
      (code >= 0x2028 && code <= 0x202e) ||
      (code >= 0x2060 && code <= 0x206f) ||
      code === 0xfeff ||
      (code >= 0xd800 && code <= 0xdfff);
    result += hidden ? `\\u${code.toString(16).padStart(4, "0")}` : character;
  }
  return result;
}

const LINE_LENGTH_MAX = 140;

/** The problem as a person reads it: place, severity, code and message; the line with a caret; the hint. */
export function formatProblem(problem: Problem, source: Source): string {
  const head = `${visible(problem.file)}:${problem.line}:${problem.column}  ${problem.severity}  ${problem.code}  ${visible(problem.message)}`;
  const gutter = `  ${problem.line}`;
  const blank = " ".repeat(gutter.length);
  const characters = [...lineText(source, problem.line)];
  let start = problem.column - 1;
  let end = problem.endLine === problem.line ? problem.endColumn - 1 : characters.length;
  let shown = characters;
  let cut = "";
  if (characters.length > LINE_LENGTH_MAX) {
    const from = Math.max(0, Math.min(start - 40, characters.length - LINE_LENGTH_MAX));
    shown = characters.slice(from, from + LINE_LENGTH_MAX);
    start -= from;
    end = Math.min(end - from, LINE_LENGTH_MAX);
    if (from > 0) {
      cut = "…";
      start += 1;
      end += 1;
    }
  }
  const cells = [...cut, ...shown].map((character) => visible(character === "\t" ? " " : character));
  const width = (to: number) => cells.slice(0, to).reduce((sum, cell) => sum + [...cell].length, 0);
  const caret = " ".repeat(width(start)) + "^".repeat(Math.max(1, width(end) - width(start)));
  const lines = [head, `${gutter} | ${cells.join("")}`.trimEnd(), `${blank} | ${caret}`];
  if (problem.hint !== undefined) lines.push(`${blank} hint: ${visible(problem.hint)}`);
  return lines.join("\n");
}

const PROBLEMS_MAX = 200;

/** Ends the checking of a text with so many errors that more of them help nobody; caught by `buildScenario`. */
export class TooManyProblems extends Error {}

/** Collects the problems of one source text. */
export class Problems {
  readonly source: Source;
  readonly #found: { start: number; order: number; problem: Problem }[] = [];
  readonly #seen = new Set<string>();
  #errors = 0;

  constructor(source: Source) {
    this.source = source;
  }

  error(code: ProblemCode, span: Span, message: string, hint?: string | null): void {
    this.#add("error", code, span, message, hint);
  }

  warn(code: ProblemCode, span: Span, message: string, hint?: string | null): void {
    this.#add("warning", code, span, message, hint);
  }

  /** Number of errors (warnings not counted). */
  get errors(): number {
    return this.#errors;
  }

  /** Sorted by position; at equal positions in the order found. */
  list(): Problem[] {
    return [...this.#found].sort((a, b) => a.start - b.start || a.order - b.order).map((entry) => entry.problem);
  }

  #add(severity: "error" | "warning", code: ProblemCode, span: Span, message: string, hint?: string | null): void {
    if (severity === "error") this.#errors += 1;
    const key = `${severity} ${code} ${span.start} ${span.end} ${message}`;
    if (this.#seen.has(key)) return;
    if (this.#found.length >= PROBLEMS_MAX) {
      if (severity === "warning") return;
      throw new TooManyProblems();
    }
    this.#seen.add(key);
    const from = locate(this.source, span.start);
    const to = locate(this.source, Math.max(span.start, span.end));
    const problem: Problem = {
      file: this.source.file,
      line: from.line,
      column: from.column,
      endLine: to.line,
      endColumn: to.column,
      code,
      message,
      ...(hint === undefined || hint === null || hint === "" ? {} : { hint }),
      severity,
    };
    this.#found.push({ start: span.start, order: this.#found.length, problem });
  }
}
