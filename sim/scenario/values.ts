/** Start values: plain YAML, and the container forms `array(n, v)`, `list(max: n)`, `map(max: n)`. */
import { Decimal } from "../base/decimal.ts";
import type { Initial, Value } from "./ast.ts";
import { isFailure, reportFailure } from "./expression.ts";
import type { Problems } from "./problem.ts";
import { parseExpression, type Syntax } from "./syntax.ts";
import { describe, type Node, type ScalarNode, type Text } from "./tree.ts";

/** Greatest number of cells of all arrays, lists and maps of a file together. */
export const CELLS_MAX = 100_000;
/** A YAML map as start value has this much room beyond its own keys. */
const MAP_ROOM = 8;

/** `array(…)`, `list(…)` or `map(…)` taken apart; the rest as written. */
export interface ContainerForm {
  readonly type: "array" | "list" | "map";
  /** the number: length of the array, `max` of the others; null where it is left out */
  readonly size: Syntax | null;
  /** the value of each element of an array, or the items a list starts with */
  readonly content: Syntax | null;
}

/** Reads a container form; null if the text is none; undefined (reported) if it is a wrong one. */
export function containerForm(problems: Problems, node: ScalarNode): ContainerForm | null | undefined {
  if (typeof node.value !== "string") return null;
  const head = /^\s*(array|list|map)\s*\(/.exec(node.value);
  if (head === null || !/\)\s*$/.test(node.value)) return null;
  const type = head[1] as ContainerForm["type"];
  // `max: 8` reads as the named argument `max= 8`; the offsets stay the same.
  const text: Text = {
    value: node.value.replace(/\(\s*max\s*:/, (match) => match.replace(":", "=")),
    at: (index) => node.text.at(index),
  };
  const parsed = parseExpression(text);
  if (isFailure(parsed)) {
    reportFailure(problems, parsed);
    return undefined;
  }
  if (parsed.kind !== "call" || parsed.callee.kind !== "name" || parsed.callee.name !== type) return null;
  const max = parsed.named.find((argument) => argument.name === "max")?.value ?? null;
  const wrong = parsed.named.find((argument) => argument.name !== "max" || type === "array");
  const [first = null, second = null] = parsed.arguments;
  const most = type === "array" ? 2 : type === "list" ? 1 : 0;
  if (wrong !== undefined || parsed.arguments.length > most || (type === "array" && parsed.arguments.length < 2)) {
    const forms = { array: "array(5, 0)", list: "list(max: 8) or list(max= 8, [1, 2])", map: "map(max: 8)" };
    problems.error("wrong-type", node.span, `this is no ${type}`, `write ${forms[type]}`);
    return undefined;
  }
  return type === "array" ? { type, size: first, content: second } : { type, size: max, content: first };
}

/** The value of an expression made of constants only (`3`, `-1`, `[1, 2]`, `2 * 4`); undefined for any other. */
export function constantValue(syntax: Syntax): Value | undefined {
  if (syntax.kind === "constant") return syntax.value;
  if (syntax.kind === "tuple") {
    const items = syntax.items.map(constantValue);
    return items.includes(undefined) ? undefined : (items as Value[]);
  }
  if (syntax.kind !== "binary") return undefined;
  const left = constantValue(syntax.left);
  const right = constantValue(syntax.right);
  if (typeof left !== "number" || typeof right !== "number") return undefined;
  const result = { "+": left + right, "-": left - right, "*": left * right }[syntax.operator as "+" | "-" | "*"];
  return result !== undefined && Number.isSafeInteger(result) ? result : undefined;
}

/** A size given by constants, from 0 to the greatest; null with the problem reported. */
function sizeOf(problems: Problems, syntax: Syntax, what: string): number | null {
  const value = constantValue(syntax);
  if (typeof value === "number" && value >= 0 && value <= CELLS_MAX) return value;
  if (typeof value === "number") problems.error("out-of-range", syntax.span, `${what} must be from 0 to ${CELLS_MAX}`);
  else problems.error("wrong-type", syntax.span, `${what} must be a whole number known in advance`);
  return null;
}

/** The start value that a node gives a variable; a scalar null with the problem reported where it gives none. */
export function readInitial(problems: Problems, node: Node): Initial {
  const nothing: Initial = { type: "scalar", value: null };
  if (node.type === "scalar") {
    const form = containerForm(problems, node);
    if (form === undefined) return nothing;
    return form === null ? { type: "scalar", value: node.value } : formInitial(problems, form, node);
  }
  if (node.type === "sequence") {
    const items = node.items.map((item) => readInitial(problems, item));
    const shapes = new Set(items.map(shape));
    if (shapes.size > 1)
      problems.error(
        "wrong-type",
        node.span,
        "the elements of an array must have one shape",
        "make all of them single values, or arrays of equal length",
      );
    const inner = items.find((item) => item.type === "list" || item.type === "map");
    if (inner !== undefined)
      problems.error("wrong-type", node.span, `an array cannot hold a ${inner.type}`, "declare several variables");
    return { type: "array", items };
  }
  const entries: (readonly [Value, Value])[] = [];
  for (const entry of node.entries) {
    const value = constantNode(problems, entry.value);
    if (value !== undefined) entries.push([keyValue(entry.keyNode), value]);
  }
  return { type: "map", max: entries.length + MAP_ROOM, entries };
}

/** Numbers written as keys without quotes are numbers: `{1: a}` has the key 1. */
function keyValue(node: ScalarNode): Value {
  const text = node.text.value;
  return node.plain && /^-?(0|[1-9]\d{0,14})$/.test(text) ? Number(text) : text;
}

/** A single value or a list of them; undefined with the problem reported. */
export function constantNode(problems: Problems, node: Node): Value | undefined {
  if (node.type === "scalar") return node.value;
  if (node.type === "sequence") {
    const items = node.items.map((item) => constantNode(problems, item));
    return items.includes(undefined) ? undefined : (items as Value[]);
  }
  problems.error("wrong-type", node.span, `a single value is expected here, not ${describe(node)}`);
  return undefined;
}

function shape(initial: Initial): string {
  return initial.type === "array"
    ? `[${initial.items.length}]${initial.items[0] === undefined ? "" : shape(initial.items[0])}`
    : "";
}

function formInitial(problems: Problems, form: ContainerForm, node: ScalarNode): Initial {
  const nothing: Initial = { type: "scalar", value: null };
  if (form.size === null) {
    if (form.type === "list") {
      problems.error(
        "missing-key",
        node.span,
        "a list of shared memory needs its greatest length",
        "write list(max: 8)",
      );
    } else
      problems.error("missing-key", node.span, "a map of shared memory needs its greatest size", "write map(max: 8)");
    return nothing;
  }
  const size = sizeOf(
    problems,
    form.size,
    form.type === "array" ? "the length of an array" : `the 'max' of a ${form.type}`,
  );
  if (size === null) return nothing;
  if (form.type === "map") return checkCells(problems, { type: "map", max: size, entries: [] }, node);
  const content = form.content === null ? [] : constantValue(form.content);
  if (content === undefined && form.type === "array" && form.content !== null) {
    const inner = nestedArray(problems, form.content, node);
    if (inner !== null)
      return checkCells(problems, { type: "array", items: Array.from({ length: size }, () => inner) }, node);
  }
  if (content === undefined) {
    problems.error("wrong-type", form.content?.span ?? node.span, "start values must be constants");
    return nothing;
  }
  if (form.type === "array") {
    const item = toInitial(content);
    return checkCells(problems, { type: "array", items: Array.from({ length: size }, () => item) }, node);
  }
  const items = Array.isArray(content) ? (content as Value[]) : null;
  if (items === null) {
    problems.error(
      "wrong-type",
      form.content?.span ?? node.span,
      "a list starts with a list of values",
      "write list(max= 8, [1, 2])",
    );
    return nothing;
  }
  if (items.length > size)
    problems.error("out-of-range", node.span, `the list starts with ${items.length} items but has room for ${size}`);
  return checkCells(problems, { type: "list", max: size, items }, node);
}

/** `array(3, array(3, 0))` */
function nestedArray(problems: Problems, syntax: Syntax, node: ScalarNode): Initial | null {
  if (
    syntax.kind !== "call" ||
    syntax.callee.kind !== "name" ||
    syntax.callee.name !== "array" ||
    syntax.arguments.length !== 2
  )
    return null;
  const [size = null, content = null] = syntax.arguments;
  const inner = formInitial(problems, { type: "array", size, content }, node);
  return inner.type === "array" ? inner : null;
}

/** A tuple becomes an array when it is the start value of an element. */
function toInitial(value: Value): Initial {
  if (Array.isArray(value)) return { type: "array", items: (value as readonly Value[]).map(toInitial) };
  return { type: "scalar", value };
}

function checkCells(problems: Problems, initial: Initial, node: Node): Initial {
  const total = (spent.get(problems) ?? 0) + cellsOf(initial);
  if (total <= CELLS_MAX) {
    spent.set(problems, total);
    return initial;
  }
  problems.error(
    "too-large",
    node.span,
    `arrays, lists and maps have more than ${CELLS_MAX} cells`,
    "make them smaller",
  );
  return { type: "scalar", value: null };
}

/** Cells declared so far in a text, so that many large arrays are refused as one larger one is. */
const spent = new WeakMap<Problems, number>();

/** Number of cells of memory that a start value takes (an unbounded list counts as one). */
export function cellsOf(initial: Initial): number {
  if (initial.type === "scalar") return 1;
  if (initial.type !== "array") return Math.max(1, initial.max ?? 1);
  const [first] = initial.items;
  return first === undefined ? 1 : initial.items.length * cellsOf(first);
}

/** The value as plain data: what JSON would show of it. */
export function plainValue(value: Value): unknown {
  if (value instanceof Decimal) return value.toNumber();
  return Array.isArray(value) ? value.map((item) => plainValue(item as Value)) : value;
}
