/** Walking over checked statements and expressions. */
import type { Expression, Statement, Target, TextPart } from "./ast.ts";

/** The expressions directly inside an expression. */
export function partsOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case "constant":
    case "variable":
    case "self":
      return [];
    case "index":
      return [expression.target, expression.index];
    case "tuple":
      return expression.items;
    case "unary":
      return [expression.operand];
    case "binary":
    case "logic":
      return [expression.left, expression.right];
    case "conditional":
      return [expression.test, expression.then, expression.else];
    case "builtin":
    case "random":
      return expression.arguments;
    case "view":
      return [...(expression.resource.index === null ? [] : [expression.resource.index]), ...expression.arguments];
    case "task":
    case "remote":
      return expression.task.index === null ? [] : [expression.task.index];
    case "count":
      return expression.task?.index == null ? [] : [expression.task.index];
  }
}

/** Calls `visit` with the expression and everything inside it. */
export function eachExpression(expression: Expression, visit: (part: Expression) => void): void {
  visit(expression);
  for (const part of partsOf(expression)) eachExpression(part, visit);
}

/** The lists of statements directly inside a statement. */
export function blocksOf(statement: Statement): readonly (readonly Statement[])[] {
  switch (statement.kind) {
    case "if":
      return [statement.then, statement.else];
    case "while":
    case "repeat":
    case "for":
    case "loop":
    case "with":
    case "atomic":
      return [statement.body];
    case "try":
      return [statement.body, ...statement.catches.map((one) => one.body), statement.finally];
    default:
      return [];
  }
}

/** Calls `visit` with every statement of the block, at every depth. */
export function eachStatement(block: readonly Statement[], visit: (statement: Statement) => void): void {
  for (const statement of block) {
    visit(statement);
    for (const inner of blocksOf(statement)) eachStatement(inner, visit);
  }
}

/** What the statement itself (not the statements inside it) assigns to. */
export function targetsOf(statement: Statement): readonly Target[] {
  switch (statement.kind) {
    case "assign":
      return statement.targets;
    case "augment":
    case "choose":
    case "pick":
      return [statement.target];
    case "mutate":
      return [statement.target, ...some(statement.into)];
    case "when":
    case "operate":
    case "join":
    case "wait_any":
    case "call":
      return some(statement.into);
    case "for":
      return [{ variable: statement.variable, indices: [], span: statement.span }];
    default:
      return [];
  }
}

/** The expressions of the statement itself, those inside its targets included. */
export function expressionsOf(statement: Statement): readonly Expression[] {
  return [...targetsOf(statement).flatMap((target) => target.indices), ...ownExpressions(statement)];
}

function ownExpressions(statement: Statement): readonly Expression[] {
  switch (statement.kind) {
    case "assign":
      return statement.values;
    case "augment":
      return [statement.value];
    case "mutate":
    case "call":
      return statement.arguments;
    case "cpu":
    case "sleep":
    case "io":
      return [statement.time];
    case "print":
      return ofText(statement.text);
    case "assert":
    case "require":
      return [statement.that, ...ofText(statement.message)];
    case "if":
    case "while":
      return [statement.test];
    case "repeat":
      return [statement.times];
    case "for":
      if (statement.over.type === "items") return statement.over.items;
      return statement.over.type === "range" ? [statement.over.from, statement.over.to] : [statement.over.of];
    case "when":
      return [statement.test, ...some(statement.timeout), ...some(statement.block)];
    case "operate":
      return [
        ...some(statement.resource.index),
        ...statement.arguments.values(),
        ...some(statement.timeout),
        ...some(statement.block),
      ];
    case "with":
      return some(statement.resource.index);
    case "start":
      return [...statement.tasks.flatMap((task) => some(task.index)), ...statement.arguments.values()];
    case "join":
    case "wait_any":
      return [
        ...statement.tasks.flatMap((task) => some(task.index)),
        ...some(statement.timeout),
        ...some(statement.block),
      ];
    case "terminate":
      return statement.tasks.flatMap((task) => some(task.index));
    case "switch":
      return some(statement.task.index);
    case "return":
      return some(statement.value);
    case "choose":
      return statement.options;
    case "pick":
      return [statement.count];
    case "exit":
      return some(statement.code);
    default:
      return [];
  }
}

function some<T>(value: T | null): readonly T[] {
  return value === null ? [] : [value];
}

function ofText(parts: readonly TextPart[] | null): readonly Expression[] {
  return (parts ?? []).filter((part) => typeof part !== "string");
}
