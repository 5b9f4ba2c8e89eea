/** Statements written as strings: assignments, calls, list methods, bare words. */
import type { Mutation, Span, Statement, Target } from "./ast.ts";
import { type Context, findVariable } from "./context.ts";
import { isFailure, reportFailure, resolve } from "./expression.ts";
import { type Given, readInto, resolveTarget } from "./form.ts";
import { buildCall } from "./operate.ts";
import { looksLikeResource } from "./reference.ts";
import { didYouMean } from "./suggest.ts";
import { type Line, parseLine, type Syntax } from "./syntax.ts";
import { buildFunctionCall } from "./tasks.ts";
import type { ScalarNode } from "./tree.ts";

/** List methods, each with its least and greatest number of arguments. */
const MUTATIONS: ReadonlyMap<string, readonly [number, number]> = new Map([
  ["append", [1, 1]],
  ["insert", [2, 2]],
  ["pop", [0, 1]],
  ["remove", [1, 1]],
  ["clear", [0, 0]],
  ["extend", [1, 1]],
]);

/** Builds a statement from its one line; null if it could not be understood (reported). */
export function buildLine(context: Context, node: ScalarNode, words: readonly string[]): Statement | null {
  const parsed = parseLine(node.text);
  if (isFailure(parsed)) {
    if (!reportWord(context, node, words)) reportFailure(context.problems, parsed);
    return null;
  }
  // The whole scalar, so that a trace shows the line as written.
  const span = node.span;
  switch (parsed.kind) {
    case "delete":
      return buildDelete(context, parsed.target, span);
    case "expression":
      return buildExpression(context, parsed.value, span, node, words);
    case "assign":
      return buildAssign(context, parsed, span);
  }
}

/** `sleep 3`, `sleep:3`, `acquire gate`: a statement's word without its colon. */
function reportWord(context: Context, node: ScalarNode, words: readonly string[]): boolean {
  const match = /^\s*([\p{L}_]+)(\s+|:)(\S.*)$/su.exec(node.text.value);
  const word = match?.[1];
  const rest = match?.[3]?.split("\n")[0] ?? "";
  if (
    word === undefined ||
    match?.[2] === undefined ||
    /^(=|\+=|-=|\*=|%=|\/|\(|\[|\.|,|==|and\b|or\b|not\b|in\b|if\b)/.test(rest)
  )
    return false;
  const isOurs = words.includes(word);
  const suggestion = isOurs ? `write '${word}: ${rest}'` : didYouMean(word, words);
  if (!isOurs && suggestion === null && match[2] !== ":") return false;
  const start = node.text.at(node.text.value.indexOf(word));
  const message = isOurs ? `'${word}' needs a colon and a space` : `'${word}' is not a statement`;
  context.problems.error("unknown-statement", { start, end: start + word.length }, message, suggestion);
  return true;
}

function buildDelete(context: Context, syntax: Syntax, span: Span): Statement | null {
  if (syntax.kind !== "index") {
    context.problems.error("wrong-type", syntax.span, "'del' removes an element", "write del d[k]");
    return null;
  }
  const target = resolveTarget(context, syntax.target);
  if (target === null) return null;
  return { kind: "mutate", target, method: "delete", arguments: [resolve(context, syntax.index)], into: null, span };
}

function buildExpression(
  context: Context,
  syntax: Syntax,
  span: Span,
  node: ScalarNode,
  words: readonly string[],
): Statement | null {
  const { problems } = context;
  if (syntax.kind === "call") {
    const call = buildValueCall(context, syntax, null, span);
    if (call !== undefined) return call;
    const name = syntax.callee.kind === "name" ? syntax.callee.name : "";
    const hint = words.includes(name)
      ? `write '${name}: …'`
      : didYouMean(name, [...context.world.functions.keys(), ...words], "declare it under 'functions:'");
    problems.error("unknown-statement", syntax.callee.span, `'${name}' is not a function of this scenario`, hint);
    return null;
  }
  if (syntax.kind === "name") {
    const isOurs = words.includes(syntax.name);
    const isVariable = !isOurs && findVariable({ ...context, upcoming: new Set() }, syntax.name, span) !== null;
    if (isVariable)
      problems.error("unknown-statement", span, `'${syntax.name}' alone does nothing`, `write '${syntax.name} = …'`);
    else if (isOurs) problems.error("missing-key", span, `'${syntax.name}' needs a value`, `write '${syntax.name}: …'`);
    else
      problems.error("unknown-statement", span, `'${syntax.name}' is not a statement`, didYouMean(syntax.name, words));
    return null;
  }
  const compares = syntax.kind === "binary" && syntax.operator === "==";
  problems.error(
    "unknown-statement",
    node.span,
    "an expression alone does nothing",
    compares ? "write '=' to assign" : "assign it, print it, or assert it",
  );
  return null;
}

/** A call that is a statement: of a function, an operation, a list method. Undefined: none of these. */
function buildValueCall(
  context: Context,
  syntax: Syntax & { readonly kind: "call" },
  into: Syntax | null,
  span: Span,
): Statement | null | undefined {
  const { callee } = syntax;
  const intoGiven: Given[] = into === null ? [] : [{ name: "into", nameSpan: into.span, value: into }];
  const given: Given[] = [...syntax.named, ...intoGiven];
  if (callee.kind === "name") {
    if (!context.world.functions.has(callee.name)) return undefined;
    const call = buildFunctionCall(context, callee, syntax.arguments, syntax.named, span);
    return call === null ? null : { ...call, into: into === null ? null : readInto(context, into) };
  }
  if (callee.kind !== "attribute") return undefined;
  if (looksLikeResource(context, callee.target)) {
    return buildCall(
      { context, word: callee.name, wordSpan: callee.nameSpan, span },
      callee.target,
      syntax.arguments,
      given,
    );
  }
  const arity = MUTATIONS.get(callee.name);
  if (arity === undefined) {
    const root = callee.target.kind === "name" ? callee.target.name : "";
    const isVariable = root !== "" && findVariable({ ...context, upcoming: new Set() }, root, span) !== null;
    if (isVariable) {
      context.problems.error(
        "unknown-operation",
        callee.nameSpan,
        `a list has no '${callee.name}'`,
        didYouMean(callee.name, MUTATIONS.keys(), `lists have ${[...MUTATIONS.keys()].join(", ")}`),
      );
    } else {
      context.problems.error(
        "unknown-name",
        callee.target.span,
        `'${root}' is neither a resource nor a list here`,
        didYouMean(root, context.world.resources.keys()),
      );
    }
    return null;
  }
  const target = resolveTarget(context, callee.target);
  const values = syntax.arguments.map((argument) => resolve(context, argument));
  if (target === null) return null;
  if (values.length < arity[0] || values.length > arity[1] || syntax.named.length > 0) {
    const wanted = arity[0] === arity[1] ? `${arity[0]}` : `${arity[0]} or ${arity[1]}`;
    context.problems.error(
      "argument-count",
      syntax.span,
      `'${callee.name}' takes ${wanted} argument${wanted === "1" ? "" : "s"}, not ${values.length}`,
    );
    return null;
  }
  context.world.notes.reads.add(target.variable);
  if (into !== null && callee.name !== "pop") {
    context.problems.error("wrong-type", syntax.span, `'${callee.name}' gives no value`, "only 'pop' does");
    return null;
  }
  return {
    kind: "mutate",
    target,
    method: callee.name as Mutation,
    arguments: values,
    into: into === null ? null : resolveTarget(context, into),
    span,
  };
}

function buildAssign(context: Context, line: Line & { readonly kind: "assign" }, span: Span): Statement | null {
  const { targets, operator, values } = line;
  const [target] = targets;
  const [value] = values;
  if (target === undefined || value === undefined) return null;
  if (targets.length === 1 && values.length === 1 && operator === "=" && value.kind === "call") {
    const call = buildValueCall(context, value, target, span);
    if (call !== undefined) return call;
  }
  if (operator !== "=") {
    if (targets.length > 1 || values.length > 1) {
      context.problems.error(
        "syntax",
        span,
        `'${operator}' changes one variable by one value`,
        "write one statement for each",
      );
      return null;
    }
    const resolved = resolveTarget(context, target);
    const by = resolve(context, value);
    if (resolved === null) return null;
    return {
      kind: "augment",
      target: resolved,
      operator: operator.slice(0, -1) as "+" | "-" | "*" | "//" | "%",
      value: by,
      span,
    };
  }
  const sources =
    values.length === 1 && value.kind === "tuple" && value.items.length === targets.length && targets.length > 1
      ? value.items
      : values;
  const expressions = sources.map((source) => resolve(context, source));
  const resolved = targets.map((one) => resolveTarget(context, one));
  if (sources.length !== targets.length) {
    const hint =
      targets.length === 1
        ? "write [a, b] for one value made of several"
        : "write a, b = t[0], t[1] to take a value apart";
    context.problems.error(
      "argument-count",
      span,
      `${targets.length} target${targets.length === 1 ? "" : "s"} but ${sources.length} value${sources.length === 1 ? "" : "s"}`,
      hint,
    );
    return null;
  }
  if (resolved.includes(null)) return null;
  return { kind: "assign", targets: resolved as Target[], values: expressions, span };
}
