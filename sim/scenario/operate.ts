/** Operations on resources in all their forms, and `with:`. */
import type { Expression, Kind, ResourceReference, Span, Statement, Variable } from "./ast.ts";
import type { Context } from "./context.ts";
import { expressionSyntax } from "./expression.ts";
import { type Given, givenEntries, type Input, readWaiting, type StatementForm, siblingBlock } from "./form.ts";
import { readArgument } from "./perform.ts";
import { isResourceName, kindOf, resolveResource } from "./reference.ts";
import { didYouMean, listAll, listNames, withArticle } from "./suggest.ts";
import type { Syntax } from "./syntax.ts";
import { describe, type MapNode, type Node } from "./tree.ts";

/** Keys under which the map form names its resource, beside the name of the kind. */
const RESOURCE_KEYS: readonly string[] = ["of", "on", "to", "from", "resource"];
const WAITING_KEYS: readonly string[] = ["timeout", "block", "into"];

/** Parses the name of a resource or task; names that are no words (`web-server`) are taken whole. */
export function referenceSyntax(context: Context, node: Node, isKnown: (name: string) => boolean): Syntax | null {
  if (node.type === "scalar" && node.value !== null && isKnown(node.text.value.trim())) {
    return { kind: "name", name: node.text.value.trim(), span: node.span };
  }
  if (node.type !== "scalar" || typeof node.value !== "string") {
    context.problems.error("wrong-type", node.span, `a name is expected here, not ${describe(node)}`);
    return null;
  }
  return expressionSyntax(context.problems, node);
}

function resourceSyntax(context: Context, node: Node): Syntax | null {
  return referenceSyntax(context, node, (name) => isResourceName(context, name));
}

/** Whether `word: value` is an operation on a resource and not the statement of that name (`join: q`). */
export function isOperationOn(context: Context, word: string, value: Node): boolean {
  if (!context.world.kinds.operations.has(word)) return false;
  let named: Node | undefined = value;
  if (value.type === "sequence") named = value.items[0];
  else if (value.type === "map") named = resourceEntry(context, value)?.value;
  if (named === undefined || named.type !== "scalar" || typeof named.value !== "string") return false;
  const root = /^\s*([\p{L}_][\p{L}\p{N}_-]*)/u.exec(named.value)?.[1] ?? "";
  return isResourceName(context, root);
}

function resourceEntry(context: Context, map: MapNode) {
  const kinds = context.world.kinds.names;
  return (
    map.entries.find((entry) => RESOURCE_KEYS.includes(entry.key)) ??
    map.entries.find((entry) => kinds.includes(entry.key))
  );
}

/** `acquire: gate`, `put: { queue: q, value: x }`, `put: [q, x]`, with parameters beside the word. */
export function buildOperation(input: Input): Statement | null {
  const { context, value, word, wordSpan } = input;
  const beside = givenEntries(input.siblings.values());
  if (value.type === "map") {
    const entry = resourceEntry(context, value);
    if (entry === undefined) {
      const kinds = context.world.kinds.operations.get(word) ?? [];
      context.problems.error(
        "missing-key",
        value.span,
        `'${word}' does not say on which resource`,
        `write ${word}: { ${kinds[0] ?? "on"}: name, … }`,
      );
      return null;
    }
    const syntax = resourceSyntax(context, entry.value);
    const given = [...givenEntries(value.entries.filter((other) => other !== entry)), ...beside];
    return syntax === null ? null : operate({ context, word, wordSpan, span: input.span }, syntax, [], given);
  }
  const [first, ...rest] = value.type === "sequence" ? value.items : [value];
  if (first === undefined || (first.type === "scalar" && first.value === null)) {
    context.problems.error("missing-key", wordSpan, `'${word}' does not say on which resource`, `write ${word}: name`);
    return null;
  }
  const syntax = resourceSyntax(context, first);
  return syntax === null ? null : operate({ context, word, wordSpan, span: input.span }, syntax, rest, beside);
}

interface Call {
  readonly context: Context;
  readonly word: string;
  readonly wordSpan: Span;
  readonly span: Span;
}

/** `orders.put(x, timeout=3)`; `into` is the target of an assignment around it. */
export function buildCall(
  call: Call,
  target: Syntax,
  positional: readonly Syntax[],
  given: readonly Given[],
): Statement | null {
  return operate(call, target, positional, given);
}

function operate(
  call: Call,
  target: Syntax,
  positional: readonly (Node | Syntax)[],
  given: readonly Given[],
): Statement | null {
  const { context, word, wordSpan, span } = call;
  const { problems } = context;
  const resource = resolveResource(context, target);
  if (resource === null) return null;
  const kind = kindOf(context, resource);
  const operation = kind.operations.get(word);
  if (operation === undefined || (operation.internal && context.place !== "kind" && context.crew === null)) {
    reportOperation(context, kind, resource, word, wordSpan);
    return null;
  }
  const values = new Map<Variable, Expression>();
  const argument = (parameter: Variable, value: Node | Syntax): Expression =>
    readArgument(context, { operation, parameter, resource, word }, value);
  positional.forEach((value, place) => {
    const parameter = operation.parameters[place];
    if (parameter !== undefined) values.set(parameter, argument(parameter, value));
    else
      problems.error(
        "argument-count",
        value.span,
        `'${word}' of ${withArticle(kind.name)} takes ${operation.parameters.length} value${operation.parameters.length === 1 ? "" : "s"}`,
      );
  });
  const waiting: Given[] = [];
  for (const one of given) {
    if (WAITING_KEYS.includes(one.name)) {
      waiting.push(one);
      continue;
    }
    const parameter = operation.parameters.find(
      (known) => known.name === one.name || operation.aliases.get(one.name) === known,
    );
    if (parameter === undefined) {
      const known = [...operation.parameters.map((each) => each.name), ...WAITING_KEYS];
      problems.error(
        "unknown-key",
        one.nameSpan,
        `'${one.name}' is not a parameter of '${word}' of ${withArticle(kind.name)}`,
        didYouMean(one.name, known, `known here: ${listAll(known)}`),
      );
    } else if (values.has(parameter)) {
      problems.error("duplicate-key", one.nameSpan, `'${one.name}' is given twice`, "remove one of the two");
    } else values.set(parameter, argument(parameter, one.value));
  }
  for (const parameter of operation.parameters) {
    if (values.has(parameter)) continue;
    const initial = parameter.initial;
    if (initial?.type === "scalar") values.set(parameter, { kind: "constant", value: initial.value, span });
    else
      problems.error(
        "missing-key",
        wordSpan,
        `'${word}' of ${withArticle(kind.name)} needs '${parameter.name}'`,
        `write '${parameter.name}: …' beside it, or ${word}: [${resource.resource.name}, …]`,
      );
  }
  return { kind: "operate", operation, resource, arguments: values, ...readWaiting(context, waiting), span };
}

function publicOperations(kind: Kind): string[] {
  return [...kind.operations.values()].filter((operation) => !operation.internal).map((operation) => operation.name);
}

function reportOperation(context: Context, kind: Kind, resource: ResourceReference, word: string, span: Span): void {
  const own = publicOperations(kind);
  const elsewhere = context.world.kinds.internal.has(word) ? undefined : context.world.kinds.operations.get(word);
  const name = resource.resource.name;
  const missing = kind.absent.get(word);
  if (missing !== undefined) {
    context.problems.error(
      "wrong-operation",
      span,
      `the ${kind.name} '${name}' has no '${word}' as it is declared`,
      `its option must say so: ${missing}`,
    );
  } else if (elsewhere !== undefined) {
    context.problems.error(
      "wrong-operation",
      span,
      `'${name}' is ${withArticle(kind.name)} and has no '${word}', which is an operation of ${withArticle(listNames(elsewhere))}`,
      didYouMean(word, own, `its operations are ${listAll(own)}`),
    );
  } else {
    context.problems.error(
      "unknown-operation",
      span,
      `no resource has an operation '${word}'`,
      didYouMean(word, own, `${withArticle(kind.name)} has ${listNames(own)}`),
    );
  }
}

export const WITH: StatementForm = {
  word: "with",
  siblings: ["do"],
  about: "acquire, body, release, also when the body raises",
  build(input) {
    const { context, value } = input;
    const body = siblingBlock(input, "do", context);
    const nodes = value.type === "sequence" ? value.items : [value];
    let inner: readonly Statement[] = body;
    for (const node of [...nodes].reverse()) {
      const statement = buildWith(input, node, inner);
      if (statement === null) return null;
      inner = [statement];
    }
    return inner[0] ?? null;
  },
};

function buildWith(input: Input, node: Node, body: readonly Statement[]): Statement | null {
  const { context } = input;
  const { problems } = context;
  let named = node;
  let enter: string | null = null;
  if (node.type === "map") {
    const [entry] = node.entries;
    if (entry === undefined || node.entries.length > 1) {
      problems.error("wrong-type", node.span, "'with' needs the name of one resource", "write with: gate");
      return null;
    }
    named = entry.value;
    if (!RESOURCE_KEYS.includes(entry.key) && !context.world.kinds.names.includes(entry.key)) enter = entry.key;
  }
  const syntax = resourceSyntax(context, named);
  const resource = syntax === null ? null : resolveResource(context, syntax);
  if (resource === null) return null;
  const kind = kindOf(context, resource);
  if (kind.with === null) {
    problems.error(
      "wrong-operation",
      node.span,
      `${withArticle(kind.name)} cannot be used with 'with'`,
      `its operations are ${listAll(publicOperations(kind))}`,
    );
    return null;
  }
  if (enter !== null && !kind.operations.has(enter)) {
    problems.error(
      "wrong-operation",
      node.span,
      `${withArticle(kind.name)} has no '${enter}'`,
      didYouMean(enter, kind.operations.keys()),
    );
    return null;
  }
  return { kind: "with", resource, enter: enter ?? kind.with.enter, leave: kind.with.leave, body, span: input.span };
}
