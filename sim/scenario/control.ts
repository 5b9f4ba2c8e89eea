/** Statements that hold other statements. */
import type { Catch, ForRange, Statement } from "./ast.ts";
import type { Context } from "./context.ts";
import { decide, isTrue } from "./definition.ts";
import { exceptionHint } from "./exception.ts";
import { expressionSyntax, isFailure, readExpression, reportFailure, resolve } from "./expression.ts";
import {
  givenEntries,
  type Input,
  loopTarget,
  readWaiting,
  type StatementForm,
  siblingBlock,
  singleEntry,
} from "./form.ts";
import { isNull } from "./simple.ts";
import { parseRange } from "./syntax.ts";
import type { Node } from "./tree.ts";

function looped(context: Context): Context {
  return { ...context, inLoop: true };
}

const IF: StatementForm = {
  word: "if",
  siblings: ["then", "else"],
  about: "then: where it is true, else: where it is not",
  inKinds: true,
  build(input) {
    const test = readExpression(input.context, input.value);
    const then = siblingBlock(input, "then", input.context);
    const otherwise = input.siblings.get("else");
    return {
      kind: "if",
      test,
      then,
      else: otherwise === undefined ? [] : input.block(input.context, otherwise.value),
      span: input.span,
    };
  },
};

const WHILE: StatementForm = {
  word: "while",
  siblings: ["do"],
  about: "repeats as long as it is true",
  inKinds: true,
  build(input) {
    const test = readExpression(input.context, input.value);
    return { kind: "while", test, body: siblingBlock(input, "do", looped(input.context)), span: input.span };
  },
};

const REPEAT: StatementForm = {
  word: "repeat",
  siblings: ["do"],
  about: "repeats that many times",
  inKinds: true,
  build(input) {
    const { context } = input;
    const times = readExpression(context, input.value);
    const wrong =
      times.kind === "constant" &&
      !context.world.notes.unknown.has(times) &&
      (typeof times.value !== "number" || times.value < 0);
    if (wrong) context.problems.error("wrong-type", times.span, "'repeat' needs a whole number of times, 0 or more");
    return { kind: "repeat", times, body: siblingBlock(input, "do", looped(context)), span: input.span };
  },
};

const FOR: StatementForm = {
  word: "for",
  siblings: ["do"],
  about: "once for each: { k: 0..4 } (both ends included), { k: [a, b] } or { k: xs }",
  inKinds: true,
  build(input) {
    const { context } = input;
    const entry = singleEntry(input, "for: { k: 0..4 }");
    const target = entry === null ? null : loopTarget(context, entry);
    const over = entry === null ? null : forRange(context, entry.value);
    const body = siblingBlock(input, "do", looped(context));
    if (target === null || over === null) return null;
    if (target.indices.length > 0) {
      context.problems.error("wrong-type", target.span, "'for' runs through a variable, not an element");
      return null;
    }
    return { kind: "for", variable: target.variable, over, body, span: input.span };
  },
};

function forRange(context: Context, node: Node): ForRange | null {
  if (node.type === "sequence")
    return { type: "items", items: node.items.map((item) => readExpression(context, item)) };
  if (node.type !== "scalar" || typeof node.value !== "string") {
    const hint =
      node.type === "scalar" && typeof node.value === "number"
        ? `write 0..${node.value - 1} for ${node.value} rounds`
        : null;
    context.problems.error("wrong-type", node.span, "a range, a list of values or an array is expected here", hint);
    return null;
  }
  const parsed = parseRange(node.text);
  if (isFailure(parsed)) {
    reportFailure(context.problems, parsed);
    return null;
  }
  if (parsed.kind === "range")
    return { type: "range", from: resolve(context, parsed.from), to: resolve(context, parsed.to) };
  if (parsed.kind === "tuple") return { type: "items", items: parsed.items.map((item) => resolve(context, item)) };
  return { type: "elements", of: resolve(context, parsed) };
}

const LOOP: StatementForm = {
  word: "loop",
  siblings: ["do"],
  about: "for ever",
  build(input) {
    const { context, value, span } = input;
    const beside = input.siblings.get("do");
    if (beside === undefined && isNull(value)) {
      context.problems.error(
        "missing-key",
        input.wordSpan,
        "'loop' needs statements",
        "write them as a list under 'loop:'",
      );
      return null;
    }
    if (beside !== undefined && !isNull(value)) {
      context.problems.error(
        "conflicting-keys",
        beside.keyNode.span,
        "'loop' has its statements twice",
        "write them under 'loop:' only",
      );
    }
    return {
      kind: "loop",
      body: input.block(looped(context), isNull(value) && beside !== undefined ? beside.value : value),
      span,
    };
  },
};

const WHEN: StatementForm = {
  word: "when",
  siblings: ["timeout", "into", "block"],
  about: "blocks until it is true; testing it and going on are one step",
  build(input) {
    const test = readExpression(input.context, input.value);
    return {
      kind: "when",
      test,
      ...readWaiting(input.context, givenEntries(input.siblings.values())),
      span: input.span,
    };
  },
};

const ATOMIC: StatementForm = {
  word: "atomic",
  siblings: [],
  about: "one step; its first statement may block, nothing after it may",
  build: (input) => ({ kind: "atomic", body: input.block(input.context, input.value), span: input.span }),
};

const TRY: StatementForm = {
  word: "try",
  siblings: ["catch", "finally"],
  about: "catch: { Empty: […], any: […] } runs where one is raised, finally: in every case",
  build(input) {
    const { context } = input;
    const body = input.block(context, input.value);
    const catches = input.siblings.get("catch");
    const last = input.siblings.get("finally");
    if (catches === undefined && last === undefined) {
      context.problems.error("missing-key", input.wordSpan, "'try' needs 'catch:' or 'finally:' beside it");
      return null;
    }
    return {
      kind: "try",
      body,
      catches: catches === undefined ? [] : readCatches(input, catches.value),
      finally: last === undefined ? [] : input.block(context, last.value),
      span: input.span,
    };
  },
};

function readCatches(input: Input, node: Node): readonly Catch[] {
  const { context } = input;
  if (node.type !== "map") {
    context.problems.error(
      "wrong-type",
      node.span,
      "'catch' needs a map from exceptions to statements",
      "write catch: { Empty: [ … ], any: [ … ] }",
    );
    return [];
  }
  return node.entries.map((entry) => {
    if (!/^[\p{L}_][\p{L}\p{N}_]*$/u.test(entry.key))
      context.problems.error("bad-name", entry.keyNode.span, `'${entry.key}' is no name of an exception`);
    else if (entry.key !== "any" && !context.world.exceptions.includes(entry.key))
      context.problems.warn(
        "unknown-name",
        entry.keyNode.span,
        `nothing here raises '${entry.key}'`,
        exceptionHint(entry.key, context.world.exceptions),
      );
    const body: readonly Statement[] = input.block({ ...context, inCatch: true }, entry.value);
    return { name: entry.key === "any" ? null : entry.key, body };
  });
}

const ONLY: StatementForm = {
  word: "only",
  siblings: ["do"],
  about: "in operations of a kind: statements that exist only with these options",
  inKinds: true,
  build(input) {
    const { context } = input;
    if (context.place !== "kind" && context.crew === null) {
      context.problems.error(
        "misplaced",
        input.wordSpan,
        "'only' belongs into the operations of a kind",
        "write 'if:' and 'then:'",
      );
      return null;
    }
    const syntax = expressionSyntax(context.problems, input.value);
    const value = syntax === null ? undefined : decide(syntax, context.decided);
    if (value === undefined && syntax !== null)
      context.problems.error("wrong-type", input.value.span, "'only' must be decided by the options alone");
    return value === undefined || isTrue(value) ? siblingBlock(input, "do", context) : [];
  },
};

export const CONTROL: readonly StatementForm[] = [IF, WHILE, REPEAT, FOR, LOOP, WHEN, ATOMIC, TRY, ONLY];
