/** Lists of statements: which form each item has, and what its form makes of it. */
import { isPrintableAscii } from "../base/ascii.ts";
import type { Statement } from "./ast.ts";
import type { Context } from "./context.ts";
import { CONTROL } from "./control.ts";
import { type Input, refuseUnknownKeys, type StatementForm } from "./form.ts";
import { buildLine } from "./line.ts";
import { buildOperation, isOperationOn, WITH } from "./operate.ts";
import { inOurWords } from "./other-words.ts";
import { PERFORM } from "./perform.ts";
import { isNull, SIMPLE } from "./simple.ts";
import { didYouMean, listAll } from "./suggest.ts";
import { TASKS } from "./tasks.ts";
import { describe, type Entry, type MapNode, type Node, type ScalarNode } from "./tree.ts";

/** Every statement of the language, by its word. */
export const STATEMENTS: ReadonlyMap<string, StatementForm> = new Map(
  [...SIMPLE, ...CONTROL, WITH, ...TASKS, PERFORM].map((form) => [form.word, form]),
);

/** Reads a list of statements; a single one counts as a list of one. */
export function readBlock(context: Context, node: Node): readonly Statement[] {
  if (isNull(node)) {
    context.problems.error(
      "wrong-type",
      node.span,
      "a list of statements is expected here",
      "write 'pass' for nothing to do, or [] for none",
    );
    return [];
  }
  const items = node.type === "sequence" ? node.items : [node];
  return items.flatMap((item) => readStatement(context, item));
}

/** A stand-in for a statement that could not be understood: it may block, take time, or touch anything. */
function broken(context: Context, node: Node): readonly Statement[] {
  context.world.notes.uncertain = true;
  const statement: Statement = { kind: "yield", span: node.span };
  context.world.notes.unknown.add(statement);
  return [statement];
}

function readStatement(context: Context, node: Node): readonly Statement[] {
  if (node.type === "sequence") {
    context.problems.error(
      "unknown-statement",
      node.span,
      "a list is no statement",
      "write each statement as an item of the one list",
    );
    return broken(context, node);
  }
  const built = node.type === "map" ? readMap(context, node) : readScalar(context, node);
  if (built === null) return broken(context, node);
  return "kind" in built ? [built] : built;
}

function words(context: Context): string[] {
  return [...STATEMENTS.keys(), ...operationNames(context)];
}

function listOfStatements(context: Context): string {
  const here = [...STATEMENTS.keys()].filter((word) => context.place === "kind" || !KINDS_ONLY.has(word));
  return `statements are ${listAll(here, 40)}; and the operations of resources, such as acquire, release, put and get`;
}

/** Statements that only operations of a kind may have. */
export const KINDS_ONLY: ReadonlySet<string> = new Set(["require", "pick", "only", "perform"]);

/** Operations that may be written here. */
function operationNames(context: Context): string[] {
  const { operations, internal } = context.world.kinds;
  return [...operations.keys()].filter((name) => context.place === "kind" || !internal.has(name));
}

function readScalar(context: Context, node: ScalarNode): Statement | readonly Statement[] | null {
  if (typeof node.value !== "string") {
    context.problems.error(
      "unknown-statement",
      node.span,
      `${describe(node)} is no statement`,
      node.value === null ? "remove the empty item" : null,
    );
    return null;
  }
  const word = node.value.trim();
  const form = STATEMENTS.get(word);
  if (form?.bare === true) {
    if (!mayStand(context, form, node)) return null;
    const nothing: ScalarNode = { ...node, value: null };
    return form.build({
      context,
      word,
      wordSpan: node.span,
      value: nothing,
      siblings: new Map(),
      span: node.span,
      block: readBlock,
    });
  }
  return buildLine(context, node, words(context));
}

function mayStand(context: Context, form: StatementForm, node: Node): boolean {
  if (context.place !== "kind" || form.inKinds === true) return true;
  context.problems.error(
    "misplaced",
    node.span,
    `'${form.word}' has no place in the operations of a kind`,
    "block with the operation's 'when:', take time with the step's 'time:'",
  );
  return false;
}

function readMap(context: Context, node: MapNode): Statement | readonly Statement[] | null {
  const { operations } = context.world.kinds;
  const entry = statementEntry(context, node);
  if (entry === null) return null;
  const word = entry.key;
  const others = node.entries.filter((other) => other !== entry);
  const siblings = new Map(others.map((other) => [other.key, other]));
  const input: Input = {
    context,
    word,
    wordSpan: entry.keyNode.span,
    value: entry.value,
    siblings,
    span: node.span,
    block: readBlock,
  };
  const form = STATEMENTS.get(word);
  if (form === undefined || isOperationOn(context, word, entry.value)) {
    if (form === undefined || operations.has(word))
      return refuseStatements(
        context,
        // `apply: staff` with `call: square(3)` beside it
        others.filter((other) => other.key !== "call"),
        word,
      )
        ? buildOperation(input)
        : null;
  }
  if (form === undefined || !mayStand(context, form, entry.keyNode)) return null;
  if (
    !refuseStatements(
      context,
      others.filter((other) => !form.siblings.includes(other.key)),
      word,
    )
  )
    return null;
  refuseUnknownKeys(context, others, form.siblings, `'${word}'`);
  return form.build(input);
}

/** Two statements in one item: a `-` is missing. */
function refuseStatements(context: Context, others: readonly Entry[], word: string): boolean {
  const second = others.find((other) => STATEMENTS.has(other.key));
  if (second === undefined) return true;
  context.problems.error(
    "unknown-key",
    second.keyNode.span,
    `'${second.key}' is a statement of its own and cannot stand beside '${word}'`,
    `put a '-' before '${second.key}:'`,
  );
  return false;
}

function statementEntry(context: Context, node: MapNode): Entry | null {
  const { problems, world } = context;
  const found =
    node.entries.find((entry) => STATEMENTS.has(entry.key)) ??
    node.entries.find((entry) => world.kinds.operations.has(entry.key));
  const [first] = node.entries;
  // An operation written before a key that is also a statement's word: `put: q` with `with: …` beside it is the operation.
  if (
    found !== undefined &&
    first !== undefined &&
    first !== found &&
    world.kinds.operations.has(first.key) &&
    !isSibling(found, first)
  )
    return first;
  if (found !== undefined) return found;
  if (first === undefined) {
    problems.error("unknown-statement", node.span, "an empty map is no statement");
    return null;
  }
  const assignment = /^\s*[\p{L}_][\p{L}\p{N}_]*(\[.*\])?\s*(=|[-+*%]=|\/\/=)/u.test(first.key);
  const hint = assignment
    ? "put the whole statement in quotes: YAML reads ': ' as a key"
    : (inOurWords(first.key) ?? didYouMean(first.key, words(context), listOfStatements(context)));
  problems.error("unknown-statement", first.keyNode.span, `'${first.key}' is not a statement`, hint);
  return null;
}

/** Whether `other` is a key that the statement `found` has beside it. */
function isSibling(found: Entry, other: Entry): boolean {
  return STATEMENTS.get(found.key)?.siblings.includes(other.key) === true;
}

function isPerform(entry: Entry): boolean {
  return entry.key === "perform";
}

/** `x = r.operation(` or `x = f(`; V8 takes a hundred times as long to build the pattern for all letters there are. */
const CALL = /^\s*([A-Za-z_]\w*)\s*=\s*([A-Za-z_]\w*)(?:\[[^=]*\])?(?:\.[A-Za-z_]+)*\(/;
const CALL_IN_ANY_LETTERS =
  /^\s*([\p{L}_][\p{L}\p{N}_]*)\s*=\s*([\p{L}_][\p{L}\p{N}_]*)(?:\[[^=]*\])?(?:\.[\p{L}_]+)*\(/u;

/** Names that `into:`, `for:`, `choose:` and assignments of a call's value make somewhere in these statements. */
export function upcomingNames(context: Pick<Context, "world">, node: Node): ReadonlySet<string> {
  const names = new Set<string>();
  const add = (text: string) => {
    if (/^\s*[\p{L}_][\p{L}\p{N}_]*\s*$/u.test(text)) names.add(text.trim());
  };
  const visit = (part: Node): void => {
    if (part.type === "sequence") part.items.forEach(visit);
    else if (part.type === "map") {
      for (const entry of part.entries) {
        if (
          (entry.key === "into" || (entry.key === "error" && part.entries.some(isPerform))) &&
          entry.value.type === "scalar"
        )
          add(entry.value.text.value);
        if ((entry.key === "for" || entry.key === "choose" || entry.key === "pick") && entry.value.type === "map")
          for (const one of entry.value.entries) add(one.key);
        visit(entry.value);
      }
    } else if (typeof part.value === "string" && part.value.includes("(")) {
      const match = (isPrintableAscii(part.value) ? CALL : CALL_IN_ANY_LETTERS).exec(part.value);
      const root = match?.[2] ?? "";
      if (match?.[1] !== undefined && (context.world.resources.has(root) || context.world.functions.has(root)))
        names.add(match[1]);
    }
  };
  visit(node);
  return names;
}
