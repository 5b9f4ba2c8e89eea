/** Words of the expression language. */
import { Decimal } from "../base/decimal.ts";
import type { Value } from "./ast.ts";

export interface Token {
  readonly type: "name" | "number" | "string" | "operator" | "end";
  readonly text: string;
  /** of numbers and strings */
  readonly value: Value;
  /** indices into the text */
  readonly start: number;
  readonly end: number;
}

/** What is wrong with an expression, at indices into its text. Thrown inside the parser only; `parse…` catches it. */
export class SyntaxProblem extends Error {
  readonly start: number;
  readonly end: number;
  readonly hint: string | null;
  readonly code: "syntax" | "inexact-number" | "too-deep" | "too-large";
  constructor(
    start: number,
    end: number,
    message: string,
    hint: string | null = null,
    code: "syntax" | "inexact-number" | "too-deep" | "too-large" = "syntax",
  ) {
    super(message);
    this.start = start;
    this.end = end;
    this.hint = hint;
    this.code = code;
  }
}

/** Greatest number of words in one expression: keeps every later stage's recursion shallow. */
export const TOKENS_MAX = 600;

const OPERATORS = [
  "//=",
  "==",
  "!=",
  "<=",
  ">=",
  "..",
  "//",
  "+=",
  "-=",
  "*=",
  "%=",
  "<",
  ">",
  "+",
  "-",
  "*",
  "%",
  "(",
  ")",
  "[",
  "]",
  ",",
  ".",
  "=",
];

/** Operators of other languages, each with what it is called here. */
const FOREIGN: readonly (readonly [string, string])[] = [
  ["===", "write '=='"],
  ["!==", "write '!='"],
  ["**", "there is no power here: multiply"],
  ["&&", "write 'and'"],
  ["||", "write 'or'"],
  ["++", "write '+= 1'"],
  ["--", "write '-= 1'"],
  [":=", "write '='"],
  ["<>", "write '!='"],
  ["=>", "write '>='"],
  ["/=", "write '//=': division is whole-number division here"],
  ["/", "write '//': division is whole-number division here"],
  ["!", "write 'not'"],
  ["&", "write 'and'"],
  ["|", "write 'or'"],
  ["?", "write 'x if condition else y'"],
  [":", "write 'name=value' for a named argument"],
  [";", "write each statement as an item of its own"],
];

const ESCAPES: { readonly [letter: string]: string } = {
  n: "\n",
  t: "\t",
  r: "\r",
  "\\": "\\",
  "'": "'",
  '"': '"',
  "0": "\0",
};
const PLAIN = /[A-Za-z0-9_]*/y;
/** Slow to build, so it is asked only where there is a letter beyond ASCII. */
const NAME = /[\p{L}_][\p{L}\p{N}_]*/uy;
const NUMBER = /(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?/y;

/** Splits a text into words; throws `SyntaxProblem`. */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const character = text[at] ?? "";
    if (character === " " || character === "\t" || character === "\n" || character === "\r") {
      at += 1;
      continue;
    }
    if (tokens.length >= TOKENS_MAX)
      throw new SyntaxProblem(
        at,
        at + 1,
        "the expression is too long",
        "split it into several statements",
        "too-large",
      );
    const token = nextToken(text, at, tokens);
    tokens.push(token);
    at = token.end;
  }
  tokens.push({ type: "end", text: "", value: null, start: text.length, end: text.length });
  return tokens;
}

/** The name that begins there; null if none does. */
function nameAt(text: string, at: number): string | null {
  PLAIN.lastIndex = at;
  const plain = PLAIN.exec(text)?.[0] ?? "";
  const goesOn = text.charCodeAt(at + plain.length) > 127;
  if (!goesOn) return /^[A-Za-z_]/.test(plain) ? plain : null;
  NAME.lastIndex = at;
  return NAME.exec(text)?.[0] ?? null;
}

function nextToken(text: string, at: number, before: readonly Token[]): Token {
  const character = text[at] ?? "";
  const name = nameAt(text, at);
  if (name !== null) return { type: "name", text: name, value: name, start: at, end: at + name.length };
  NUMBER.lastIndex = at;
  const number = NUMBER.exec(text)?.[0];
  // after ".", as in `0..4`, a number starts afresh
  if (number !== undefined) return numberToken(text, number, at);
  if (character === "'" || character === '"') return stringToken(text, at);
  const operator = OPERATORS.find((candidate) => text.startsWith(candidate, at));
  const foreign = FOREIGN.find(([candidate]) => text.startsWith(candidate, at));
  if (foreign !== undefined && foreign[0].length >= (operator?.length ?? 0) && !isOurs(foreign[0], text, at, before)) {
    throw new SyntaxProblem(at, at + foreign[0].length, `'${foreign[0]}' is no operator here`, foreign[1]);
  }
  if (operator !== undefined)
    return { type: "operator", text: operator, value: null, start: at, end: at + operator.length };
  const shown = String.fromCodePoint(text.codePointAt(at) ?? 0);
  const hint = shown === "{" || shown === "}" ? "braces belong into the text of 'print' and 'message' only" : null;
  throw new SyntaxProblem(at, at + shown.length, `the character '${shown}' has no meaning here`, hint);
}

/** `a--b` and `- -b` are subtraction of a negative, as in Python; `//` is our own division. */
function isOurs(foreign: string, text: string, at: number, before: readonly Token[]): boolean {
  if (foreign === "/" || foreign === "/=") return text.startsWith("//", at);
  if (foreign === "--" || foreign === "++")
    return /\S/.test(text.slice(at + 2)) && (foreign === "--" || before.length > 0);
  return false;
}

function numberToken(text: string, number: string, at: number): Token {
  let end = at + number.length;
  if (/[\p{L}_]/u.test(text[end] ?? "")) {
    while (end < text.length && /[\p{L}\p{N}_]/u.test(text[end] ?? "")) end += 1;
    throw new SyntaxProblem(
      at,
      end,
      `'${text.slice(at, end)}' is neither a number nor a name`,
      "a name starts with a letter; put text in quotes",
    );
  }
  const decimal = Decimal.parse(number);
  if (decimal === null) {
    throw new SyntaxProblem(
      at,
      end,
      `${number} is not exact`,
      "integers go up to 9007199254740991, fractions to 15 digits",
      "inexact-number",
    );
  }
  return { type: "number", text: number, value: decimal.scale === 0 ? decimal.digits : decimal, start: at, end };
}

function stringToken(text: string, at: number): Token {
  const quote = text[at] ?? "";
  let value = "";
  for (let k = at + 1; k < text.length; k += 1) {
    const character = text[k] ?? "";
    if (character === quote) return { type: "string", text: text.slice(at, k + 1), value, start: at, end: k + 1 };
    if (character === "\\") {
      k += 1;
      if (k === text.length) break;
      const escaped = ESCAPES[text[k] ?? ""];
      if (escaped === undefined)
        throw new SyntaxProblem(
          k - 1,
          k + 1,
          `'\\${text[k] ?? ""}' is no escape here`,
          "escapes are \\n \\t \\\\ \\' \\\"",
        );
      value += escaped;
    } else value += character;
  }
  throw new SyntaxProblem(at, text.length, "the text is not closed", `add the closing ${quote}`);
}
