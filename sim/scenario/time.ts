/** Times (with units, random or computed) and texts with `{expressions}` in them. */
import { Decimal, Ratio } from "../base/decimal.ts";
import type { Expression, TextPart, Unit } from "./ast.ts";
import { type Context, unknownExpression } from "./context.ts";
import { isFailure, readExpression, reportFailure, resolve } from "./expression.ts";
import type { Problems } from "./problem.ts";
import { parseExpression, spanOf } from "./syntax.ts";
import { describe, type Node, type ScalarNode, type Text } from "./tree.ts";

export const UNITS: readonly Unit[] = ["tick", "us", "ms", "s", "min"];
const MICROSECONDS: { readonly [name: string]: bigint } = { us: 1n, ms: 1000n, s: 1_000_000n, min: 60_000_000n };

/** A number with a unit ("200 ms") in the scenario's unit; undefined if the node is none, null (reported) if it is a wrong one. */
function timeWithUnit(problems: Problems, node: ScalarNode, unit: Unit): Decimal | null | undefined {
  if (typeof node.value !== "string") return undefined;
  const match = /^\s*(\d+(?:\.\d+)?|\.\d+)\s*(us|\u00b5s|ms|s|sec|min|h)\s*$/.exec(node.value);
  if (match === null) return undefined;
  const number = Decimal.parse(match[1] ?? "");
  const name = match[2] === "\u00b5s" ? "us" : match[2] === "sec" ? "s" : (match[2] ?? "");
  const from = name === "h" ? 3_600_000_000n : (MICROSECONDS[name] ?? 1n);
  const to = MICROSECONDS[unit];
  if (to === undefined) {
    problems.error(
      "unit-of-time",
      node.span,
      `'${node.value.trim()}' has a unit, but this scenario counts in ticks`,
      `add 'unit: ${name === "h" ? "min" : name}' at the top, or write a bare number`,
    );
    return null;
  }
  const exact =
    number === null ? null : exactDecimal(new Ratio(BigInt(number.digits) * from, tenTo(number.scale) * to));
  if (exact === null)
    problems.error(
      "inexact-number",
      node.span,
      `'${node.value.trim()}' has no exact value in ${unit}`,
      "choose a smaller 'unit:'",
    );
  return exact;
}

function tenTo(exponent: number): bigint {
  return BigInt(`1${"0".repeat(exponent)}`);
}

function exactDecimal(ratio: Ratio): Decimal | null {
  if (!ratio.isDecimal()) return null;
  for (let scale = 0; scale <= 15; scale += 1) {
    const scaled = ratio.numerator * tenTo(scale);
    if (scaled % ratio.denominator !== 0n) continue;
    const digits = Number(scaled / ratio.denominator);
    return Number.isSafeInteger(digits) ? Decimal.of(digits, scale) : null;
  }
  return null;
}

/** A time as an expression: number, decimal, "200 ms", an expression, or (with `random`) a random distribution. */
export function readTime(
  context: Context,
  node: Node,
  options: { readonly random?: boolean } = { random: true },
): Expression {
  const { problems } = context;
  if (node.type === "scalar") {
    const withUnit = timeWithUnit(problems, node, context.world.unit);
    if (withUnit === null) return unknownExpression(context.world, node.span);
    if (withUnit !== undefined)
      return { kind: "constant", value: withUnit.scale === 0 ? withUnit.digits : withUnit, span: node.span };
    if (node.value === null || typeof node.value === "boolean") {
      problems.error("wrong-type", node.span, `a time is expected here, not ${describe(node)}`);
      return unknownExpression(context.world, node.span);
    }
  } else {
    problems.error("wrong-type", node.span, `a time is expected here, not ${describe(node)}`);
    return unknownExpression(context.world, node.span);
  }
  const expression = readExpression(context, node, options);
  checkTime(context, expression);
  return expression;
}

function checkTime(context: Context, expression: Expression): void {
  if (expression.kind !== "constant" || context.world.notes.unknown.has(expression)) return;
  const value = expression.value;
  const number = value instanceof Decimal ? value.digits : value;
  if (typeof number !== "number") context.problems.error("wrong-type", expression.span, "a time must be a number");
  else if (number < 0) context.problems.error("negative-time", expression.span, "a time cannot be negative");
}

/** A constant time; null with the problem reported if it is none. */
export function constantTime(problems: Problems, node: Node, unit: Unit): Decimal | null {
  if (node.type === "scalar") {
    const withUnit = timeWithUnit(problems, node, unit);
    if (withUnit !== undefined) return withUnit;
    const value = typeof node.value === "number" ? Decimal.of(node.value) : node.value;
    if (value instanceof Decimal) {
      if (value.digits >= 0) return value;
      problems.error("negative-time", node.span, "a time cannot be negative");
      return null;
    }
  }
  problems.error(
    "wrong-type",
    node.span,
    `a time is expected here, not ${describe(node)}`,
    "write a number, or one with a unit such as 200 ms",
  );
  return null;
}

/** A text with `{expressions}`; `{{` and `}}` are literal braces. Scalars that are no texts are taken as written. */
export function readText(context: Context, node: Node): readonly TextPart[] {
  if (node.type !== "scalar") {
    const braces =
      node.type === "map" ? "put the text in quotes: YAML reads { as the start of a map" : "put the text in quotes";
    context.problems.error("wrong-type", node.span, `a text is expected here, not ${describe(node)}`, braces);
    return [];
  }
  if (typeof node.value !== "string") return node.value === null ? [""] : [node.text.value];
  return splitText(context, node.text);
}

function splitText(context: Context, text: Text): readonly TextPart[] {
  const parts: TextPart[] = [];
  const { value } = text;
  let literal = "";
  let at = 0;
  while (at < value.length) {
    const character = value[at] ?? "";
    if ((character === "{" || character === "}") && value[at + 1] === character) {
      literal += character;
      at += 2;
    } else if (character === "}") {
      context.problems.error(
        "syntax",
        spanOf(text, at, at + 1),
        "a '}' without its '{'",
        "write '}}' for a brace in the text",
      );
      at += 1;
    } else if (character === "{") {
      const end = closingBrace(value, at);
      if (end < 0) {
        context.problems.error(
          "syntax",
          spanOf(text, at, at + 1),
          "a '{' without its '}'",
          "write '{{' for a brace in the text",
        );
        return parts;
      }
      if (literal !== "") parts.push(literal);
      literal = "";
      parts.push(readPart(context, text, at + 1, end));
      at = end + 1;
    } else {
      literal += character;
      at += 1;
    }
  }
  if (literal !== "" || parts.length === 0) parts.push(literal);
  return parts;
}

function closingBrace(value: string, open: number): number {
  let quote = "";
  for (let at = open + 1; at < value.length; at += 1) {
    const character = value[at] ?? "";
    if (quote !== "") {
      if (character === "\\") at += 1;
      else if (character === quote) quote = "";
    } else if (character === "'" || character === '"') quote = character;
    else if (character === "}") return at;
    else if (character === "{") return -1;
  }
  return -1;
}

function readPart(context: Context, text: Text, start: number, end: number): Expression {
  const inner: Text = { value: text.value.slice(start, end), at: (index) => text.at(start + index) };
  const span = spanOf(text, start - 1, end + 1);
  if (inner.value.trim() === "") {
    context.problems.error("syntax", span, "nothing stands between the braces", "write '{{}}' for braces in the text");
    return unknownExpression(context.world, span);
  }
  const parsed = parseExpression(inner);
  if (!isFailure(parsed)) return resolve(context, parsed);
  reportFailure(context.problems, parsed);
  return unknownExpression(context.world, span);
}
