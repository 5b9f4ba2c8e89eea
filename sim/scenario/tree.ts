/** The positioned tree: YAML maps, sequences and scalars, each with the stretch of text it came from. */
import { isMap, isScalar, isSeq, type ParsedNode, parseDocument, type Scalar } from "yaml";
import { Decimal } from "../base/decimal.ts";
import { alignScalar } from "./align.ts";
import type { Span } from "./ast.ts";
import { passesGate } from "./gate.ts";
import { type Problems, visible } from "./problem.ts";

/** A text whose characters know where in the file they stand. */
export interface Text {
  readonly value: string;
  /** offset into the file of character `index` of `value` */
  at(index: number): number;
}

export interface ScalarNode {
  readonly type: "scalar";
  readonly span: Span;
  readonly value: number | boolean | string | null | Decimal;
  /** written without quotes, on one or more lines */
  readonly plain: boolean;
  /** the scalar as a string, also where its value is a number */
  readonly text: Text;
}
export interface Entry {
  readonly key: string;
  readonly keyNode: ScalarNode;
  readonly value: Node;
}
export interface MapNode {
  readonly type: "map";
  readonly span: Span;
  readonly entries: readonly Entry[];
}
export interface SequenceNode {
  readonly type: "sequence";
  readonly span: Span;
  readonly items: readonly Node[];
}
export type Node = ScalarNode | MapNode | SequenceNode;

/**
 * Reads the text into a tree; null if it is no YAML or is refused. Problems go to `problems`.
 *
 * @param ours a text of the prelude, which nobody has to be protected from
 */
export function readTree(problems: Problems, ours = false): Node | null {
  if (!ours && !passesGate(problems)) return null;
  const text = problems.source.text;
  let document = parse(text);
  if (document.errors.length > 0) {
    // `log: list(max: 8)` is how the language is written, but YAML sees a second ": " on the line: read it as `max= 8`.
    const mended = parse(text.split("\n").map(mendLine).join("\n"));
    if (mended.errors.length < document.errors.length) document = mended;
  }
  // The errors after the first are nearly always its consequences, and so is what the rest would then be taken for.
  const [error] = document.errors;
  if (error !== undefined) {
    const [start, end] = error.pos;
    const message = error.message.replace(/ at line \d+[\s\S]*$/, "").replace(/:?\s*$/, "");
    problems.error(
      "yaml-syntax",
      { start, end: Math.max(start + 1, end) },
      `YAML: ${lowerFirst(message)}`,
      hintFor(error.code, text, start),
    );
    return null;
  }
  const root = document.contents as ParsedNode | null;
  if (root === null) {
    if (problems.errors === 0)
      problems.error("missing-key", { start: 0, end: 0 }, "the file is empty", "a scenario has at least 'processes:'");
    return null;
  }
  return convert(root, { problems, text });
}

function mendLine(line: string): string {
  if (line.length > 400 || !line.includes("(max:")) return line;
  return line.replace(/^[^"'#]*$|^[^"'#]*(?=["'#])/, (unquoted) =>
    unquoted.replace(/(:\s+(?:list|map)\(max): /g, "$1= "),
  );
}

function parse(text: string) {
  return parseDocument(text, {
    version: "1.2",
    schema: "core",
    strict: true,
    // A set finds duplicates in linear time (in `convert`); yaml's own search is quadratic.
    uniqueKeys: false,
    stringKeys: true,
    merge: false,
    resolveKnownTags: false,
    intAsBigInt: true,
    logLevel: "silent",
    prettyErrors: false,
  });
}

function lowerFirst(text: string): string {
  return text.slice(0, 1).toLowerCase() + text.slice(1);
}

function hintFor(code: string, text: string, start: number): string | null {
  if (code === "TAB_AS_INDENT") return "indent with spaces";
  if (code === "BLOCK_IN_FLOW")
    return "inside { … } and [ … ], put a comma between entries, and text with ': ' in quotes";
  if (code === "MULTIPLE_DOCS") return "one file holds one scenario: remove the '---'";
  if (code === "NON_STRING_KEY") return "put text that starts with { or [ in quotes";
  if (text[start] === "[" && /[\p{L}\p{N}_\])] ?$/u.test(text.slice(Math.max(0, start - 2), start)))
    return "inside { … } and [ … ], put a text with an index, such as 'forks[i]', in quotes";
  const line = text.slice(text.lastIndexOf("\n", start - 1) + 1).split("\n", 1)[0] ?? "";
  if (/:\s+[^"'\s].*:\s/.test(line) || /[{}[\]]/.test(line))
    return "put a text that contains ': ', '{', '}', '[' or ']' in quotes";
  return "check the indentation and the quotes";
}

interface Source {
  readonly problems: Problems;
  readonly text: string;
}

function spanOf(node: ParsedNode, text: string): Span {
  const [start, end] = node.range;
  let trimmed = end;
  while (trimmed > start && /\s/.test(text[trimmed - 1] ?? "")) trimmed -= 1;
  return { start, end: trimmed };
}

function convert(node: ParsedNode | null, source: Source, fallback: Span = { start: 0, end: 0 }): Node {
  if (node === null) return nothing(fallback);
  const span = spanOf(node, source.text);
  if (isMap(node)) {
    const entries: Entry[] = [];
    const seen = new Set<string>();
    for (const pair of node.items) {
      const keyNode = convert(pair.key as ParsedNode | null, source, span);
      if (keyNode.type !== "scalar") {
        source.problems.error(
          "wrong-type",
          keyNode.span,
          `a key must be a name, not a ${keyNode.type}`,
          "put text that starts with { or [ in quotes",
        );
        continue;
      }
      const key = keyNode.text.value;
      const value = convert(pair.value as ParsedNode | null, source, {
        start: keyNode.span.end,
        end: keyNode.span.end,
      });
      if (key === "<<" && keyNode.plain) {
        source.problems.error(
          "merge-key",
          keyNode.span,
          "YAML merge keys ('<<') are not used in scenarios",
          "write the keys out",
        );
        continue;
      }
      if (hasControl(key)) {
        source.problems.error("control-character", keyNode.span, "a name contains a control character", "remove it");
        continue;
      }
      if (seen.has(key)) {
        source.problems.error(
          "duplicate-key",
          keyNode.span,
          `the key '${key}' is there twice`,
          "remove one of the two",
        );
        continue;
      }
      seen.add(key);
      entries.push({ key, keyNode, value });
    }
    return { type: "map", span, entries };
  }
  if (isSeq(node)) {
    return {
      type: "sequence",
      span,
      items: node.items.map((item) => convert(item as ParsedNode | null, source, span)),
    };
  }
  if (isScalar(node)) return convertScalar(node, source, span);
  return nothing(span);
}

/** Control characters and bidirectional overrides, which names must not contain. */
export function hasControl(name: string): boolean {
  return visible(name) !== name;
}

function nothing(span: Span): ScalarNode {
  return { type: "scalar", span, value: null, plain: true, text: { value: "", at: () => span.start } };
}

function convertScalar(node: Scalar.Parsed, source: Source, span: Span): ScalarNode {
  const plain = node.type === "PLAIN" || node.type === undefined;
  const written = plain ? (node.source ?? "") : typeof node.value === "string" ? node.value : String(node.value);
  const raw = source.text.slice(node.range[0], node.range[1]);
  let offsets: readonly number[] | null = null;
  const text: Text = {
    value: typeof node.value === "string" ? node.value : written,
    at(index) {
      if (raw.startsWith(this.value)) return span.start + Math.min(index, this.value.length);
      offsets ??= alignScalar(raw, this.value, node.type ?? "PLAIN");
      return span.start + (offsets[Math.min(index, offsets.length - 1)] ?? 0);
    },
  };
  return { type: "scalar", span, value: exactValue(node, written, source, span), plain, text };
}

function exactValue(node: Scalar.Parsed, written: string, source: Source, span: Span): ScalarNode["value"] {
  const value = node.value as unknown;
  if (typeof value === "bigint") {
    const number = Number(value);
    if (Number.isSafeInteger(number)) return number;
    source.problems.error(
      "inexact-number",
      span,
      `${written} is too large to be exact`,
      "integers go up to 9007199254740991",
    );
    return 0;
  }
  if (typeof value === "number") {
    const decimal = Decimal.parse(written);
    if (decimal !== null) return decimal.scale === 0 ? decimal.digits : decimal;
    source.problems.error(
      "inexact-number",
      span,
      `${written} is not an exact number`,
      "at most 15 digits after the point and 16 in all",
    );
    return 0;
  }
  if (typeof value === "string" || typeof value === "boolean" || value === null) return value;
  return written;
}

/** What a node is, in words: "a text", "a map", … */
export function describe(node: Node): string {
  if (node.type === "map") return "a map";
  if (node.type === "sequence") return "a list";
  if (node.value === null) return "nothing";
  if (typeof node.value === "string") return "a text";
  if (typeof node.value === "boolean") return "true or false";
  return "a number";
}
