/** Expressions and one-line statements as written: parsed, names not yet looked up. */
import { Decimal } from "../base/decimal.ts";
import type { BinaryOperator, Span, Value } from "./ast.ts";
import { SyntaxProblem, type Token, tokenize } from "./lexer.ts";
import type { Text } from "./tree.ts";

export interface NamedArgument {
  readonly name: string;
  readonly nameSpan: Span;
  readonly value: Syntax;
}

export type Syntax = { readonly span: Span } & (
  | { readonly kind: "constant"; readonly value: Value }
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "index"; readonly target: Syntax; readonly index: Syntax }
  | { readonly kind: "attribute"; readonly target: Syntax; readonly name: string; readonly nameSpan: Span }
  | {
      readonly kind: "call";
      readonly callee: Syntax;
      readonly arguments: readonly Syntax[];
      readonly named: readonly NamedArgument[];
    }
  | { readonly kind: "tuple"; readonly items: readonly Syntax[] }
  | { readonly kind: "unary"; readonly operator: "-" | "not"; readonly operand: Syntax }
  | { readonly kind: "binary"; readonly operator: BinaryOperator; readonly left: Syntax; readonly right: Syntax }
  | { readonly kind: "logic"; readonly operator: "and" | "or"; readonly left: Syntax; readonly right: Syntax }
  | { readonly kind: "conditional"; readonly test: Syntax; readonly then: Syntax; readonly else: Syntax }
  /** `0..4`; only where a range is expected */
  | { readonly kind: "range"; readonly from: Syntax; readonly to: Syntax }
);

export type AssignOperator = "=" | "+=" | "-=" | "*=" | "//=" | "%=";

/** A statement written as a string. */
export type Line = { readonly span: Span } & (
  | {
      readonly kind: "assign";
      readonly targets: readonly Syntax[];
      readonly operator: AssignOperator;
      readonly values: readonly Syntax[];
    }
  | { readonly kind: "delete"; readonly target: Syntax }
  | { readonly kind: "expression"; readonly value: Syntax }
);

const DEPTH_MAX = 48;
const COMPARISONS: readonly string[] = ["==", "!=", "<", "<=", ">", ">="];
const ASSIGNMENTS: readonly string[] = ["=", "+=", "-=", "*=", "//=", "%="];
const CONSTANTS: ReadonlyMap<string, Value> = new Map<string, Value>([
  ["true", true],
  ["false", false],
  ["null", null],
  ["True", true],
  ["False", false],
  ["None", null],
]);
/** Words that are part of the expression language and no names. */
export const EXPRESSION_WORDS: ReadonlySet<string> = new Set([
  ...CONSTANTS.keys(),
  "and",
  "or",
  "not",
  "in",
  "if",
  "else",
]);

class Parser {
  readonly #text: Text;
  readonly #tokens: readonly Token[];
  #next = 0;
  #depth = 0;

  constructor(text: Text) {
    this.#text = text;
    this.#tokens = tokenize(text.value);
  }

  #peek(ahead = 0): Token {
    return this.#tokens[Math.min(this.#next + ahead, this.#tokens.length - 1)]!;
  }

  #is(text: string): boolean {
    const token = this.#peek();
    return (token.type === "operator" || token.type === "name") && token.text === text;
  }

  #take(text: string): boolean {
    if (!this.#is(text)) return false;
    this.#next += 1;
    return true;
  }

  #expect(text: string, why: string): void {
    if (this.#take(text)) return;
    throw this.#unexpected(why);
  }

  #unexpected(expected: string): SyntaxProblem {
    const token = this.#peek();
    if (token.type === "end") {
      const end = Math.max(1, this.#text.value.trimEnd().length);
      return new SyntaxProblem(end - 1, end, `the expression ends too early: ${expected}`);
    }
    const hint = token.text === "=" ? "write '==' to compare" : null;
    return new SyntaxProblem(token.start, token.end, `'${token.text}' does not fit here: ${expected}`, hint);
  }

  /** The file's span of tokens from index `from` up to the one before the next. */
  #span(from: number): Span {
    const first = this.#tokens[from]!;
    const last = this.#tokens[Math.max(from, this.#next - 1)]!;
    return this.#range(first.start, last.end);
  }

  #range(start: number, end: number): Span {
    return spanOf(this.#text, start, end);
  }

  finish(): void {
    if (this.#peek().type !== "end") throw this.#unexpected("the expression should have ended");
  }

  line(): Line {
    if (this.#is("del") && this.#peek(1).type === "name") {
      this.#next += 1;
      const target = this.postfix();
      this.finish();
      return { kind: "delete", target, span: this.#span(0) };
    }
    const first = this.expression();
    const targets = [first];
    while (this.#take(",")) targets.push(this.expression());
    const operator = this.#peek();
    if (operator.type !== "operator" || !ASSIGNMENTS.includes(operator.text)) {
      if (targets.length > 1) throw this.#unexpected("'=' is expected after several targets");
      this.finish();
      return { kind: "expression", value: first, span: this.#span(0) };
    }
    this.#next += 1;
    const values = [this.expression()];
    while (this.#take(",")) values.push(this.expression());
    if (this.#is("="))
      throw new SyntaxProblem(
        this.#peek().start,
        this.#peek().end,
        "one statement assigns once",
        "write '==' to compare, or two statements",
      );
    this.finish();
    return { kind: "assign", targets, operator: operator.text as AssignOperator, values, span: this.#span(0) };
  }

  /** `0..4` or an expression. */
  range(): Syntax {
    const start = this.#next;
    const from = this.expression();
    if (!this.#take("..")) return from;
    const to = this.expression();
    return { kind: "range", from, to, span: this.#span(start) };
  }

  expression(): Syntax {
    this.#depth += 1;
    if (this.#depth > DEPTH_MAX) {
      throw new SyntaxProblem(
        this.#peek().start,
        this.#peek().end,
        "the expression is nested too deep",
        "split it into several statements",
        "too-deep",
      );
    }
    const start = this.#next;
    const value = this.#or();
    let result: Syntax = value;
    if (this.#take("if")) {
      const test = this.#or();
      this.#expect("else", "'else' is expected: x if condition else y");
      const otherwise = this.expression();
      result = { kind: "conditional", test, then: value, else: otherwise, span: this.#span(start) };
    }
    this.#depth -= 1;
    return result;
  }

  #or(): Syntax {
    const start = this.#next;
    let left = this.#and();
    while (this.#take("or")) {
      const right = this.#and();
      left = { kind: "logic", operator: "or", left, right, span: this.#span(start) };
    }
    return left;
  }

  #and(): Syntax {
    const start = this.#next;
    let left = this.#not();
    while (this.#take("and")) {
      const right = this.#not();
      left = { kind: "logic", operator: "and", left, right, span: this.#span(start) };
    }
    return left;
  }

  #not(): Syntax {
    const start = this.#next;
    let count = 0;
    while (this.#is("not")) {
      this.#next += 1;
      count += 1;
    }
    let operand = this.#comparison();
    for (; count > 0; count -= 1) {
      const from = start + count - 1;
      operand = { kind: "unary", operator: "not", operand, span: this.#span(from) };
    }
    return operand;
  }

  #comparison(): Syntax {
    const start = this.#next;
    let left = this.#sum();
    let chain: Syntax | null = null;
    for (;;) {
      const operator = this.#comparisonOperator();
      if (operator === null) return chain ?? left;
      const right = this.#sum();
      const test: Syntax = {
        kind: "binary",
        operator,
        left,
        right,
        span: { start: left.span.start, end: right.span.end },
      };
      chain =
        chain === null ? test : { kind: "logic", operator: "and", left: chain, right: test, span: this.#span(start) };
      left = right;
    }
  }

  #comparisonOperator(): BinaryOperator | null {
    const token = this.#peek();
    if (token.type === "operator" && COMPARISONS.includes(token.text)) {
      this.#next += 1;
      return token.text as BinaryOperator;
    }
    if (this.#take("in")) return "in";
    if (this.#is("not") && this.#peek(1).text === "in") {
      this.#next += 2;
      return "not in";
    }
    if (this.#is("is")) throw new SyntaxProblem(token.start, token.end, "there is no 'is' here", "write '=='");
    return null;
  }

  #sum(): Syntax {
    const start = this.#next;
    let left = this.#product();
    for (;;) {
      const operator = this.#is("+") ? "+" : this.#is("-") ? "-" : null;
      if (operator === null) return left;
      this.#next += 1;
      const right = this.#product();
      left = { kind: "binary", operator, left, right, span: this.#span(start) };
    }
  }

  #product(): Syntax {
    const start = this.#next;
    let left = this.#unary();
    for (;;) {
      const operator = this.#is("*") ? "*" : this.#is("//") ? "//" : this.#is("%") ? "%" : null;
      if (operator === null) return left;
      this.#next += 1;
      const right = this.#unary();
      left = { kind: "binary", operator, left, right, span: this.#span(start) };
    }
  }

  #unary(): Syntax {
    const start = this.#next;
    let minus = 0;
    for (;;) {
      if (this.#take("-")) minus += 1;
      else if (!this.#take("+")) break;
    }
    let operand = this.postfix();
    for (; minus > 0; minus -= 1) {
      const span = this.#span(start);
      const value = operand.kind === "constant" ? negated(operand.value) : null;
      operand = value !== null ? { kind: "constant", value, span } : { kind: "unary", operator: "-", operand, span };
    }
    return operand;
  }

  postfix(): Syntax {
    const start = this.#next;
    let target = this.#primary();
    for (;;) {
      if (this.#take("[")) {
        const index = this.expression();
        this.#expect("]", "']' is expected");
        target = { kind: "index", target, index, span: this.#span(start) };
      } else if (this.#take(".")) {
        const name = this.#peek();
        if (name.type !== "name") throw this.#unexpected("a name is expected after '.'");
        this.#next += 1;
        target = {
          kind: "attribute",
          target,
          name: name.text,
          nameSpan: this.#range(name.start, name.end),
          span: this.#span(start),
        };
      } else if (this.#is("(") && (target.kind === "name" || target.kind === "attribute")) {
        this.#next += 1;
        target = this.#call(target, start);
      } else return target;
    }
  }

  #call(callee: Syntax, start: number): Syntax {
    const list: Syntax[] = [];
    const named: NamedArgument[] = [];
    while (!this.#is(")")) {
      const token = this.#peek();
      if (token.type === "name" && this.#peek(1).text === "=" && this.#peek(1).type === "operator") {
        this.#next += 2;
        named.push({ name: token.text, nameSpan: this.#range(token.start, token.end), value: this.expression() });
      } else if (named.length > 0) throw this.#unexpected("named arguments come last");
      else list.push(this.expression());
      if (!this.#take(",")) break;
    }
    this.#expect(")", "')' or ',' is expected");
    return { kind: "call", callee, arguments: list, named, span: this.#span(start) };
  }

  #primary(): Syntax {
    const start = this.#next;
    const token = this.#peek();
    if (token.type === "number" || token.type === "string") {
      this.#next += 1;
      return { kind: "constant", value: token.value, span: this.#span(start) };
    }
    if (token.type === "name") {
      const constant = CONSTANTS.get(token.text);
      if (constant !== undefined) {
        this.#next += 1;
        return { kind: "constant", value: constant, span: this.#span(start) };
      }
      if (EXPRESSION_WORDS.has(token.text)) throw this.#unexpected("a value is expected");
      this.#next += 1;
      return { kind: "name", name: token.text, span: this.#span(start) };
    }
    if (this.#take("(")) {
      const inner = this.expression();
      if (this.#is(",")) {
        const items = [inner, ...this.#rest(")")];
        return { kind: "tuple", items, span: this.#span(start) };
      }
      this.#expect(")", "')' is expected");
      return inner;
    }
    if (this.#take("[")) {
      if (this.#take("]")) return { kind: "tuple", items: [], span: this.#span(start) };
      const items = [this.expression(), ...this.#rest("]")];
      return { kind: "tuple", items, span: this.#span(start) };
    }
    throw this.#unexpected("a value is expected");
  }

  #rest(close: string): Syntax[] {
    const items: Syntax[] = [];
    while (this.#take(",")) {
      if (this.#is(close)) break;
      items.push(this.expression());
    }
    this.#expect(close, `'${close}' or ',' is expected`);
    return items;
  }
}

/** The stretch of the file that characters [start, end) of a text came from. */
export function spanOf(text: Text, start: number, end: number): Span {
  return {
    start: text.at(start),
    end: end > start ? Math.max(text.at(end - 1) + 1, text.at(start) + 1) : text.at(end),
  };
}

function negated(value: Value): Value {
  if (typeof value === "number") return value === 0 ? 0 : -value;
  if (value !== null && typeof value === "object" && value instanceof Decimal)
    return Decimal.of(-value.digits, value.scale);
  return null;
}

export type ParseFailure = {
  readonly failure: {
    readonly span: Span;
    readonly message: string;
    readonly hint: string | null;
    readonly code: SyntaxProblem["code"];
  };
};

function attempt<T>(text: Text, read: (parser: Parser) => T): T | ParseFailure {
  try {
    const parser = new Parser(text);
    const result = read(parser);
    parser.finish();
    return result;
  } catch (error) {
    if (!(error instanceof SyntaxProblem)) throw error;
    return {
      failure: {
        span: spanOf(text, error.start, error.end),
        message: error.message,
        hint: error.hint,
        code: error.code,
      },
    };
  }
}

/** Parses an expression; never throws. */
export function parseExpression(text: Text): Syntax | ParseFailure {
  return attempt(text, (parser) => parser.expression());
}

/** Parses an expression or a range `a..b`. */
export function parseRange(text: Text): Syntax | ParseFailure {
  return attempt(text, (parser) => parser.range());
}

/** Parses a statement written as a string: an assignment, `del`, or an expression (a call). */
export function parseLine(text: Text): Line | ParseFailure {
  return attempt(text, (parser) => parser.line());
}

/** A text that stands in no file (for `--set` and tests). */
export function plainText(value: string, base = 0): Text {
  return { value, at: (index) => base + index };
}
