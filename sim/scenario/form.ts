/** What a statement's form is, and the small readers that all forms share. */
import type { Expression, Span, Statement, Target, Waiting } from "./ast.ts";
import { type Context, findVariable, hintForName, RESERVED } from "./context.ts";
import { expressionSyntax, isFailure, readExpression, reportFailure, resolve } from "./expression.ts";
import { checkIndex } from "./reference.ts";
import { didYouMean, listAll } from "./suggest.ts";
import { parseExpression, type Syntax } from "./syntax.ts";
import { readTime } from "./time.ts";
import { describe, type Entry, type MapNode, type Node } from "./tree.ts";

/** One statement of the file on its way to being checked. */
export interface Input {
  readonly context: Context;
  /** the statement's word: `sleep`, `if`, `put` */
  readonly word: string;
  readonly wordSpan: Span;
  /** what stands after the word */
  readonly value: Node;
  /** the keys beside it, by name */
  readonly siblings: ReadonlyMap<string, Entry>;
  /** the whole statement */
  readonly span: Span;
  /** reads a list of statements */
  block(context: Context, node: Node): readonly Statement[];
}

/** A statement of the language: one entry of the registry. */
export interface StatementForm {
  readonly word: string;
  /** keys that may stand beside the word */
  readonly siblings: readonly string[];
  /** one line for editors and documentation */
  readonly about: string;
  /** may stand without a value, as a bare word */
  readonly bare?: boolean;
  /** may stand in the operations of a kind */
  readonly inKinds?: boolean;
  /** null: could not be understood (reported) */
  build(input: Input): Statement | readonly Statement[] | null;
}

/** Something given by name: as a YAML node or inside a call. */
export interface Given {
  readonly name: string;
  readonly nameSpan: Span;
  readonly value: Node | Syntax;
}

export function isNode(value: Node | Syntax): value is Node {
  return "type" in value;
}

export function givenEntries(entries: Iterable<Entry>): Given[] {
  return [...entries].map((entry) => ({ name: entry.key, nameSpan: entry.keyNode.span, value: entry.value }));
}

export function readGiven(context: Context, given: Node | Syntax): Expression {
  return isNode(given) ? readExpression(context, given) : resolve(context, given);
}

/** `timeout`, `block` and `into` out of what was given. */
export function readWaiting(context: Context, given: readonly Given[]): Waiting {
  const find = (name: string) => given.find((one) => one.name === name)?.value;
  const timeout = find("timeout");
  const block = find("block");
  const into = find("into");
  return {
    timeout:
      timeout === undefined || isNothing(timeout)
        ? null
        : isNode(timeout)
          ? readTime(context, timeout)
          : resolve(context, timeout, true),
    block: block === undefined || isNothing(block) ? null : readGiven(context, block),
    into: into === undefined ? null : readInto(context, into),
  };
}

function isNothing(given: Node | Syntax): boolean {
  if (isNode(given)) return given.type === "scalar" && given.value === null;
  return given.kind === "constant" && given.value === null;
}

/** The target of `into:`, which may be a new variable of the task. */
export function readInto(context: Context, given: Node | Syntax): Target | null {
  const syntax = isNode(given) ? expressionSyntax(context.problems, given) : given;
  if (syntax === null) return null;
  const isNew = syntax.kind === "name" && context.place !== "kind" && context.upcoming.has(syntax.name);
  const target = resolveTarget(context, syntax, true);
  if (isNew && target !== null && (target.variable.storage === "task" || target.variable.storage === "parameter"))
    context.world.notes.made.add(target.variable);
  return target;
}

/** Resolves what is assigned to; reports and gives null if it is nothing that can be. `make`: an unknown name is made. */
export function resolveTarget(context: Context, syntax: Syntax, make = false): Target | null {
  const { problems } = context;
  const indices: Expression[] = [];
  let base = syntax;
  while (base.kind === "index") {
    indices.unshift(resolve(context, base.index));
    base = base.target;
  }
  if (base.kind === "attribute") {
    problems.error(
      "misplaced",
      syntax.span,
      "the memory of another process cannot be written",
      "put what both need into 'shared:'",
    );
    return null;
  }
  if (base.kind !== "name") {
    problems.error(
      "wrong-type",
      syntax.span,
      "this cannot be assigned to",
      "a variable or an element such as xs[0] is expected",
    );
    return null;
  }
  const name = base.name;
  const known = findVariable(context, name, base.span);
  if (known === null && (RESERVED.has(name) || (name === "i" && context.selves.includes("i")))) {
    problems.error("reserved-name", base.span, `'${name}' cannot be assigned to`, "choose another name");
    return null;
  }
  const isResource = context.world.resources.has(name) && context.shared;
  if (known === null && isResource) {
    problems.error("wrong-type", base.span, `'${name}' is a resource and cannot be assigned to`, "use its operations");
    return null;
  }
  const local = context.operation || make;
  const variable =
    known ?? (local && indices.length === 0 && context.declare !== null ? context.declare(name, base.span) : null);
  if (variable === null) {
    problems.error("unknown-name", base.span, `'${name}' is not a variable here`, hintForName(context, name));
    return null;
  }
  if (variable.storage === "option") {
    problems.error("wrong-type", base.span, `the option '${name}' cannot change`, "keep what changes in 'fields:'");
    return null;
  }
  if (indices.length > 0) context.world.notes.reads.add(variable);
  const initial = variable.initial;
  const [first] = indices;
  if (initial?.type === "array" && variable.initialExpression === null && first !== undefined)
    checkIndex(context, first, initial.items.length, name, true);
  return { variable, indices, span: syntax.span };
}

/** The variable that `for:` or `choose:` runs through: declared, or made as a variable of the task. */
export function loopTarget(context: Context, entry: Entry): Target | null {
  const parsed = parseExpression(entry.keyNode.text);
  if (isFailure(parsed)) {
    reportFailure(context.problems, parsed);
    return null;
  }
  return resolveTarget({ ...context, operation: false }, parsed, true);
}

/** The one entry of `for: { k: … }`; null with the problem reported. */
export function singleEntry(input: Input, example: string): Entry | null {
  const { value, context } = input;
  if (value.type === "map" && value.entries.length === 1) return value.entries[0] ?? null;
  context.problems.error("wrong-type", value.span, `'${input.word}' needs a map with one variable`, `write ${example}`);
  return null;
}

/** Reports the entries whose keys are not among the known ones. */
export function refuseUnknownKeys(
  context: Context,
  entries: readonly Entry[],
  known: readonly string[],
  of: string,
): void {
  for (const entry of entries) {
    if (known.includes(entry.key)) continue;
    const hint = didYouMean(entry.key, known, known.length === 0 ? null : `known here: ${listAll(known)}`);
    context.problems.error("unknown-key", entry.keyNode.span, `'${entry.key}' is not a key of ${of}`, hint);
  }
}

/** The value of a key, or null with `missing-key` reported at the map. */
export function requiredEntry(context: Context, map: MapNode, key: string, of: string): Node | null {
  const found = map.entries.find((entry) => entry.key === key);
  if (found !== undefined) return found.value;
  context.problems.error("missing-key", firstSpan(map), `${of} needs '${key}:'`);
  return null;
}

/** The first key of a map: a short span to point at. */
export function firstSpan(map: MapNode): Span {
  return map.entries[0]?.keyNode.span ?? map.span;
}

/** A boolean constant; `otherwise` with the problem reported. */
export function readBoolean(context: Pick<Context, "problems">, node: Node, otherwise: boolean): boolean {
  if (node.type === "scalar" && typeof node.value === "boolean") return node.value;
  context.problems.error("wrong-type", node.span, `true or false is expected here, not ${describe(node)}`);
  return otherwise;
}

/** The list of statements beside the word, under one of the keys; empty and reported if it is not there. */
export function siblingBlock(input: Input, key: string, context: Context): readonly Statement[] {
  const entry = input.siblings.get(key);
  if (entry !== undefined) return input.block(context, entry.value);
  input.context.problems.error(
    "missing-key",
    input.wordSpan,
    `'${input.word}' needs '${key}:' beside it`,
    `write '${key}:' at the same indentation as '${input.word}:'`,
  );
  return [];
}
