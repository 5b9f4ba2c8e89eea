/** A kind of resource as its text defines it: options and the names of what it offers, before its bodies are compiled. */
import { Decimal } from "../base/decimal.ts";
import type { Source, Span, Value } from "./ast.ts";
import { expressionSyntax } from "./expression.ts";
import { readBoolean } from "./form.ts";
import { Problems } from "./problem.ts";
import { didYouMean } from "./suggest.ts";
import type { Syntax } from "./syntax.ts";
import { describe, type Entry, hasControl, type MapNode, type Node, readTree } from "./tree.ts";
import { constantNode } from "./values.ts";

export interface OptionDefinition {
  readonly name: string;
  /** undefined: it must be given */
  readonly default: Value | undefined;
  readonly choices: readonly Value[] | null;
  readonly min: number | null;
  readonly about: string;
  /** kinds of the resource it names; null for a plain value. Left out, a resource of the first kind is made. */
  readonly resource: readonly string[] | null;
  readonly span: Span;
}

export interface KindDefinition {
  readonly name: string;
  readonly about: string;
  readonly problems: Problems;
  readonly map: MapNode;
  readonly options: readonly OptionDefinition[];
  readonly operations: readonly {
    readonly name: string;
    readonly internal: boolean;
    readonly about: string;
    readonly parameters: readonly string[];
  }[];
  readonly views: readonly string[];
  /** tasks that come with every resource of this kind */
  readonly tasks: readonly Entry[];
  /** options that decide which parts exist (`only:`) */
  readonly deciding: readonly string[];
  readonly example: string;
}

const KEYS = [
  "kind",
  "about",
  "options",
  "fields",
  "operations",
  "views",
  "with",
  "holder",
  "ends",
  "example",
  "rule",
  "misuse",
  "tasks",
];
const TASK_KEYS = ["about", "only", "count", "thread", "for", "do"];
const OPTION_KEYS = ["default", "choices", "about", "required", "resource", "min"];

/** Reads a kind's own file of the prelude; null if its text is no map. */
export function readDefinition(name: string, source: Source): KindDefinition | null {
  const problems = new Problems(source);
  const root = readTree(problems, true);
  return root === null ? null : definitionOf(name, root, problems);
}

/** The definition in a node: a file of the prelude, or an entry of `kinds:`. */
export function definitionOf(name: string, node: Node, problems: Problems): KindDefinition | null {
  if (node.type !== "map") {
    problems.error("wrong-type", node.span, `a kind is a map with 'fields:' and 'operations:', not ${describe(node)}`);
    return null;
  }
  for (const entry of node.entries) {
    if (!KEYS.includes(entry.key))
      problems.error(
        "unknown-key",
        entry.keyNode.span,
        `'${entry.key}' is not a key of a kind`,
        didYouMean(entry.key, KEYS),
      );
  }
  const options = mapEntries(problems, node, "options").map((entry) => optionOf(problems, entry));
  const tasks = mapEntries(problems, node, "tasks");
  for (const task of tasks) {
    checkName(problems, task, "a task");
    if (task.value.type !== "map")
      problems.error("wrong-type", task.value.span, `a task is a map with 'do:', not ${describe(task.value)}`);
    else
      for (const one of task.value.entries)
        if (!TASK_KEYS.includes(one.key))
          problems.error(
            "unknown-key",
            one.keyNode.span,
            `'${one.key}' is not a key of a task of a kind`,
            didYouMean(one.key, TASK_KEYS),
          );
  }
  const deciding = new Set<string>();
  collectOnly(problems, node, deciding);
  return {
    name,
    about: textOf(node, "about"),
    problems,
    map: node,
    options,
    operations: mapEntries(problems, node, "operations").map((entry) => ({
      name: entry.key,
      internal: entry.value.type === "map" && isInternal(entry.value),
      about: entry.value.type === "map" ? textOf(entry.value, "about") : "",
      parameters: entry.value.type === "map" ? parameterNames(entry.value) : [],
    })),
    views: mapEntries(problems, node, "views").map((entry) => entry.key),
    tasks,
    deciding: [...deciding],
    example: textOf(node, "example"),
  };
}

function parameterNames(operation: MapNode): string[] {
  const node = find(operation, "params");
  if (node?.type === "sequence") return node.items.flatMap((item) => (item.type === "scalar" ? [item.text.value] : []));
  return node?.type === "map" ? node.entries.map((entry) => entry.key) : [];
}

/** Whether an operation is only for the operations of other kinds. */
export function isInternal(operation: MapNode): boolean {
  const node = find(operation, "internal");
  return node?.type === "scalar" && node.value === true;
}

export function find(map: MapNode, key: string): Node | null {
  return map.entries.find((entry) => entry.key === key)?.value ?? null;
}

export function textOf(map: MapNode, key: string): string {
  const node = find(map, key);
  return node?.type === "scalar" ? node.text.value.trim() : "";
}

/** The entries of the map under a key; none (reported unless it is empty) if it is no map. */
export function mapEntries(problems: Problems, map: MapNode, key: string): readonly Entry[] {
  const node = find(map, key);
  if (node === null || (node.type === "scalar" && node.value === null)) return [];
  if (node.type === "map") return node.entries;
  problems.error("wrong-type", node.span, `'${key}' is a map from names to what they are, not ${describe(node)}`);
  return [];
}

function optionOf(problems: Problems, entry: Entry): OptionDefinition {
  const { key: name, value, keyNode } = entry;
  const base = { name, choices: null, min: null, about: "", resource: null, span: keyNode.span };
  checkName(problems, entry, "an option");
  if (value.type !== "map") return { ...base, default: constantNode(problems, value) ?? null };
  for (const one of value.entries) {
    if (!OPTION_KEYS.includes(one.key))
      problems.error(
        "unknown-key",
        one.keyNode.span,
        `'${one.key}' is not a key of an option`,
        didYouMean(one.key, OPTION_KEYS),
      );
  }
  const choices = find(value, "choices");
  const required = find(value, "required");
  const resource = find(value, "resource");
  const min = find(value, "min");
  const initial = find(value, "default");
  const names = resource === null ? null : constantNode(problems, resource);
  return {
    ...base,
    default:
      required !== null && readBoolean({ problems }, required, true)
        ? undefined
        : initial === null
          ? null
          : (constantNode(problems, initial) ?? null),
    choices: choices?.type === "sequence" ? choices.items.map((item) => constantNode(problems, item) ?? null) : null,
    min: min?.type === "scalar" && typeof min.value === "number" ? min.value : null,
    about: textOf(value, "about"),
    resource: names === null || names === undefined ? null : (Array.isArray(names) ? names : [names]).map(String),
  };
}

function collectOnly(problems: Problems, node: Node, names: Set<string>): void {
  if (node.type === "sequence") for (const item of node.items) collectOnly(problems, item, names);
  if (node.type !== "map") return;
  for (const entry of node.entries) {
    if (entry.key !== "only") collectOnly(problems, entry.value, names);
    else {
      const syntax = expressionSyntax(problems, entry.value);
      if (syntax !== null) namesIn(syntax, names);
    }
  }
}

function namesIn(syntax: Syntax, names: Set<string>): void {
  if (syntax.kind === "name") names.add(syntax.name);
  if (syntax.kind === "unary") namesIn(syntax.operand, names);
  if (syntax.kind === "binary" || syntax.kind === "logic") {
    namesIn(syntax.left, names);
    namesIn(syntax.right, names);
  }
}

/** Reports a declared name that is none; `loose` names may hold dashes and start with a digit. */
export function checkName(problems: Problems, entry: Entry, what: string, loose = false): boolean {
  const { key, keyNode } = entry;
  if (hasControl(key)) {
    problems.error("control-character", keyNode.span, "a name contains a control character", "remove it");
    return false;
  }
  // patterns of all letters take long to build, and most names do without
  if (/^[A-Za-z_][A-Za-z0-9_]{0,99}$/.test(key)) return true;
  const pattern = loose ? /^[\p{L}\p{N}_][\p{L}\p{N}_-]*$/u : /^[\p{L}_][\p{L}\p{N}_]*$/u;
  if (pattern.test(key) && key.length <= 100) return true;
  const allowed = loose ? "letters, digits, '_' and '-'" : "letters, digits and '_', a letter first";
  problems.error("bad-name", keyNode.span, `'${key}' is no name for ${what}`, `names have ${allowed}`);
  return false;
}

/** The value of an `only:` expression over the options; undefined where it is not made of options and constants. */
export function decide(syntax: Syntax, options: ReadonlyMap<string, Value>): Value | undefined {
  switch (syntax.kind) {
    case "constant":
      return syntax.value;
    case "name":
      return options.get(syntax.name);
    case "unary": {
      const operand = decide(syntax.operand, options);
      return operand === undefined || syntax.operator === "-" ? undefined : !isTrue(operand);
    }
    case "logic": {
      const left = decide(syntax.left, options);
      if (left === undefined) return undefined;
      return isTrue(left) === (syntax.operator === "or") ? left : decide(syntax.right, options);
    }
    case "binary": {
      const left = decide(syntax.left, options);
      const right = decide(syntax.right, options);
      if (left === undefined || right === undefined) return undefined;
      if (syntax.operator === "==") return left === right;
      if (syntax.operator === "!=") return left !== right;
      if (typeof left !== "number" || typeof right !== "number") return undefined;
      return { "<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right }[syntax.operator as "<"];
    }
    default:
      return undefined;
  }
}

/** Truth as in Python: 0, "", null, false and what is empty are false. */
export function isTrue(value: Value): boolean {
  if (Array.isArray(value)) return value.length > 0;
  if (value instanceof Decimal) return value.digits !== 0;
  return Boolean(value);
}
