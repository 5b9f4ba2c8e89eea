import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Decimal } from "../base/decimal.ts";
import type { BinaryOperator, Expression, Span, Value, Variable } from "./ast.ts";
import type { Context, World } from "./context.ts";
import { isFailure, resolve } from "./expression.ts";
import { printExpression } from "./print.ts";
import { Problems } from "./problem.ts";
import { parseExpression, parseLine, plainText, type Syntax } from "./syntax.ts";

const NOWHERE: Span = { start: 0, end: 0 };
const NAMES = ["a", "b", "tickets", "größe", "x_1"];
const variables = new Map<string, Variable>(
  NAMES.map((name) => [
    name,
    { name, storage: "shared", initial: { type: "scalar", value: 0 }, initialExpression: null, span: NOWHERE },
  ]),
);
const problems = new Problems({ file: "test.yaml", text: "" });
const world: World = {
  problems,
  unit: "tick",
  kinds: { names: [], operations: new Map(), views: new Map(), internal: new Set() },
  shared: variables,
  resources: new Map(),
  processes: new Map(),
  functions: new Map(),
  exceptions: [],
  notes: {
    unknown: new WeakSet(),
    uncertain: false,
    failed: new Set(),
    reads: new Set(),
    made: new Set(),
    performed: new Map(),
    crews: [],
  },
};
const context: Context = {
  world,
  problems,
  place: "task",
  frames: [],
  shared: true,
  declare: null,
  upcoming: new Set(),
  task: null,
  selves: ["me", "i", "pid", "ppid", "now"],
  optionKinds: new Map(),
  decided: new Map(),
  inLoop: false,
  inFunction: false,
  inCatch: false,
  operation: false,
  crew: null,
};

function parse(text: string): Syntax {
  const parsed = parseExpression(plainText(text));
  if (isFailure(parsed)) throw new Error(`${text}: ${parsed.failure.message} at ${parsed.failure.span.start}`);
  return parsed;
}

function check(text: string): Expression {
  return resolve(context, parse(text));
}

/** The expression without its positions, for comparison. */
function shape(expression: Expression): unknown {
  return JSON.parse(JSON.stringify(expression, (key, value: unknown) => (key === "span" ? undefined : value)));
}

const value: fc.Arbitrary<Value> = fc.oneof(
  fc.integer({ min: -1000, max: 1000 }),
  fc.maxSafeNat(),
  fc.boolean(),
  fc.constant(null),
  fc.string({ maxLength: 6 }),
  fc.constantFrom("it's", '"', "\\", "a\nb", "\t", "{x}"),
  fc.tuple(fc.integer({ min: -99999, max: 99999 }), fc.integer({ min: 1, max: 5 })).map(([digits, scale]) => {
    const decimal = Decimal.of(digits, scale)!;
    return decimal.scale === 0 ? decimal.digits : decimal;
  }),
);

const COMPARISONS: readonly BinaryOperator[] = ["==", "!=", "<", "<=", ">", ">=", "in", "not in"];
const ARITHMETIC: readonly BinaryOperator[] = ["+", "-", "*", "//", "%"];

const { expression } = fc.letrec<{ expression: Expression }>((tie) => ({
  expression: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    value.map((constant): Expression => ({ kind: "constant", value: constant, span: NOWHERE })),
    fc
      .constantFrom(...variables.values())
      .map((variable): Expression => ({ kind: "variable", variable, span: NOWHERE })),
    fc
      .constantFrom("me" as const, "i" as const, "pid" as const, "now" as const)
      .map((name): Expression => ({ kind: "self", name, span: NOWHERE })),
    fc
      .tuple(tie("expression"), tie("expression"))
      .map(([target, index]): Expression => ({ kind: "index", target, index, span: NOWHERE })),
    fc.array(tie("expression"), { maxLength: 3 }).map((items): Expression => ({ kind: "tuple", items, span: NOWHERE })),
    fc
      .tuple(fc.constantFrom("-" as const, "not" as const), tie("expression"))
      .map(([operator, operand]): Expression => ({ kind: "unary", operator, operand, span: NOWHERE })),
    fc
      .tuple(fc.constantFrom(...COMPARISONS, ...ARITHMETIC), tie("expression"), tie("expression"))
      .map(([operator, left, right]): Expression => ({ kind: "binary", operator, left, right, span: NOWHERE })),
    fc
      .tuple(fc.constantFrom("and" as const, "or" as const), tie("expression"), tie("expression"))
      .map(([operator, left, right]): Expression => ({ kind: "logic", operator, left, right, span: NOWHERE })),
    fc
      .tuple(tie("expression"), tie("expression"), tie("expression"))
      .map(([t, a, b]): Expression => ({ kind: "conditional", test: t, then: a, else: b, span: NOWHERE })),
    fc
      .tuple(
        fc.constantFrom("min" as const, "max" as const),
        fc.array(tie("expression"), { minLength: 1, maxLength: 3 }),
      )
      .map(([name, list]): Expression => ({ kind: "builtin", name, arguments: list, span: NOWHERE })),
  ),
}));

/** `-3` is read as a constant, so a minus before a positive constant is that constant. */
function folded(part: Expression): Expression {
  if (part.kind !== "unary" || part.operator !== "-" || part.operand.kind !== "constant") return part;
  const operand = part.operand.value;
  if (typeof operand === "number") return { kind: "constant", value: operand === 0 ? 0 : -operand, span: NOWHERE };
  return operand instanceof Decimal
    ? { kind: "constant", value: Decimal.of(-operand.digits, operand.scale)!, span: NOWHERE }
    : part;
}

function foldAll(whole: Expression): Expression {
  const entries = Object.entries(whole).map(([key, part]) => {
    if (Array.isArray(part)) return [key, part.map((item: unknown) => (isExpression(item) ? foldAll(item) : item))];
    return [key, isExpression(part) ? foldAll(part) : part];
  });
  return folded(Object.fromEntries(entries) as Expression);
}

function isExpression(part: unknown): part is Expression {
  return typeof part === "object" && part !== null && "kind" in part && "span" in part;
}

describe("expressions", () => {
  test("printing and parsing gives the same expression again", () => {
    fc.assert(
      fc.property(expression, (original) => {
        const text = printExpression(original);
        expect(shape(foldAll(check(text)))).toEqual(shape(foldAll(original)));
      }),
      { numRuns: 500 },
    );
  });

  test("any text is parsed or refused at a place inside it, and nothing is thrown", () => {
    const word = fc.constantFrom(
      "a",
      "1",
      "0.5",
      "+",
      "-",
      "*",
      "//",
      "%",
      "(",
      ")",
      "[",
      "]",
      ",",
      ".",
      "..",
      "not",
      "in",
      "and",
      "or",
      "if",
      "else",
      "'x'",
      "==",
      "<",
      "=",
      " ",
      "{",
      "$",
      "del",
    );
    const text = fc.oneof(
      fc.array(word, { maxLength: 12 }).map((words) => words.join("")),
      fc.string(),
    );
    fc.assert(
      fc.property(text, (source) => {
        for (const read of [parseExpression, parseLine]) {
          const parsed = read(plainText(source));
          if (!isFailure(parsed)) continue;
          const { start, end } = parsed.failure.span;
          expect(start).toBeGreaterThanOrEqual(0);
          expect(start).toBeLessThanOrEqual(source.length);
          expect(end).toBeGreaterThanOrEqual(start);
          expect(end).toBeLessThanOrEqual(Math.max(1, source.length));
        }
      }),
      { numRuns: 500, examples: [['"\\']] },
    );
  });

  test.each([
    ["a + b * 2", "a + (b * 2)"],
    ["a - b - 1", "(a - b) - 1"],
    ["not a == b", "not (a == b)"],
    ["a or b and not a", "a or (b and (not a))"],
    ["a if b else x_1 if a else b", "a if b else (x_1 if a else b)"],
    ["-a // b", "(-a) // b"],
    ["0 <= a < 5", "(0 <= a) and (a < 5)"],
    ["a not in [1, b]", "a not in (1, b)"],
    ["True and None", "true and null"],
    ["a - -1", "a - (-1)"],
  ])("%s means %s", (text, explicit) => {
    expect(shape(check(text))).toEqual(shape(check(explicit)));
  });

  test("the middle of a chain of comparisons is one expression, read once", () => {
    const chain = check("0 <= a < 5");
    if (chain.kind !== "logic" || chain.left.kind !== "binary" || chain.right.kind !== "binary")
      throw new Error("no chain");
    expect(chain.left.right).toBe(chain.right.left);
  });

  test("0.1 stays exact and 5.0 is an integer", () => {
    expect(check("0.1")).toMatchObject({ value: Decimal.of(1, 1) });
    expect(check("5.0")).toMatchObject({ value: 5 });
  });
});
