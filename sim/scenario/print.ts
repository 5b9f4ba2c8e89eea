/** Expressions as text, such that parsing the text gives the expression again. */
import { Decimal } from "../base/decimal.ts";
import type { BinaryOperator, Expression, ResourceReference, TaskReference, Value } from "./ast.ts";

/** Binding strength, loosest first. */
const STRENGTH = {
  conditional: 0,
  or: 1,
  and: 2,
  not: 3,
  comparison: 4,
  sum: 5,
  product: 6,
  minus: 7,
  postfix: 8,
} as const;

const COMPARISONS: readonly BinaryOperator[] = ["==", "!=", "<", "<=", ">", ">=", "in", "not in"];

/** An expression in the language's own syntax, with the parentheses it needs and no others. */
export function printExpression(expression: Expression): string {
  return print(expression, STRENGTH.conditional);
}

function wrap(text: string, own: number, needed: number): string {
  return own < needed ? `(${text})` : text;
}

function print(expression: Expression, needed: number): string {
  switch (expression.kind) {
    case "constant": {
      const isNegative =
        (typeof expression.value === "number" && expression.value < 0) ||
        (expression.value instanceof Decimal && expression.value.digits < 0);
      return wrap(printValue(expression.value), isNegative ? STRENGTH.minus : STRENGTH.postfix, needed);
    }
    case "variable":
      return expression.variable.name;
    case "self":
      return expression.name;
    case "index":
      return `${print(expression.target, STRENGTH.postfix)}[${print(expression.index, 0)}]`;
    case "tuple":
      return `[${expression.items.map((item) => print(item, 0)).join(", ")}]`;
    case "unary": {
      const strength = expression.operator === "not" ? STRENGTH.not : STRENGTH.minus;
      const operand = print(expression.operand, strength);
      // "--" is no operator, and "-3" would be read as a constant
      const apart = expression.operator === "not" ? " " : /^[-\d.]/.test(operand) ? "(" : "";
      return wrap(`${expression.operator}${apart}${operand}${apart === "(" ? ")" : ""}`, strength, needed);
    }
    case "binary":
      return printBinary(expression, needed);
    case "logic": {
      const strength = expression.operator === "or" ? STRENGTH.or : STRENGTH.and;
      return wrap(
        `${print(expression.left, strength)} ${expression.operator} ${print(expression.right, strength + 1)}`,
        strength,
        needed,
      );
    }
    case "conditional": {
      const text = `${print(expression.then, STRENGTH.or)} if ${print(expression.test, STRENGTH.or)} else ${print(expression.else, STRENGTH.conditional)}`;
      return wrap(text, STRENGTH.conditional, needed);
    }
    case "builtin":
      return printCall(expression.name, expression.arguments);
    case "random":
      return printCall(expression.distribution, expression.arguments);
    case "view":
      return `${expression.view}(${[printResource(expression.resource), ...expression.arguments.map((value) => print(value, 0))].join(", ")})`;
    case "task":
      return `${expression.question}(${printTask(expression.task)})`;
    case "count":
      return expression.task === null ? "active_count()" : `count_of(${printTask(expression.task)})`;
    case "remote":
      return `${printTask(expression.task)}.${expression.variable.name}`;
  }
}

function printBinary(expression: Expression & { readonly kind: "binary" }, needed: number): string {
  const { operator } = expression;
  const isComparison = COMPARISONS.includes(operator);
  const strength = isComparison
    ? STRENGTH.comparison
    : operator === "+" || operator === "-"
      ? STRENGTH.sum
      : STRENGTH.product;
  const left = print(expression.left, isComparison ? strength + 1 : strength);
  const right = print(expression.right, strength + 1);
  return wrap(`${left} ${operator} ${right}`, strength, needed);
}

function printCall(name: string, values: readonly Expression[]): string {
  return `${name}(${values.map((value) => print(value, 0)).join(", ")})`;
}

/** A value as the language writes it. */
export function printValue(value: Value): string {
  if (value === null) return "null";
  if (typeof value === "string") return quote(value);
  if (Array.isArray(value)) return `[${(value as readonly Value[]).map(printValue).join(", ")}]`;
  return String(value);
}

function quote(text: string): string {
  const escaped = text
    .replace(/\\/g, "\\\\")
    .replace(/"/g, '\\"')
    .replace(/\n/g, "\\n")
    .replace(/\t/g, "\\t")
    .replace(/\r/g, "\\r")
    .replace(/\0/g, "\\0");
  return `"${escaped}"`;
}

/** `forks[i]`, `p.a` */
export function printResource(reference: ResourceReference): string {
  const index = reference.index === null ? "" : `[${printExpression(reference.index)}]`;
  return `${reference.resource.name}${index}${reference.end === null ? "" : `.${reference.end}`}`;
}

/** `person[2]`, `server.worker` */
export function printTask(reference: TaskReference): string {
  const owner = reference.process.owner === null ? "" : `${reference.process.owner.name}.`;
  return `${owner}${reference.process.name}${reference.index === null ? "" : `[${printExpression(reference.index)}]`}`;
}
