/** `processes:`, `threads:` and `coroutines:`. */
import { Decimal } from "../base/decimal.ts";
import type { Expression, Process, Statement, Variable } from "./ast.ts";
import type { Context, Mutable, World } from "./context.ts";
import { RESERVED } from "./context.ts";
import { checkName, find } from "./definition.ts";
import { isFailure, readExpression, reportFailure, resolve } from "./expression.ts";
import { readBoolean } from "./form.ts";
import type { Problems } from "./problem.ts";
import { readCount } from "./resource.ts";
import { isNull } from "./simple.ts";
import { readBlock, upcomingNames } from "./statement.ts";
import { didYouMean, listAll, listNames } from "./suggest.ts";
import { type ParseFailure, parseExpression, type Syntax } from "./syntax.ts";
import { constantTime, readTime } from "./time.ts";
import { describe, type Entry, type MapNode, type Node, type Text } from "./tree.ts";
import { readInitial } from "./values.ts";

export type Draft = Mutable<Process>;
const ATTRIBUTES = ["priority", "nice", "tickets", "weight", "queue"] as const;
const COMMON = ["count", "arrival", "start", "daemon", "vars", "do", "burst", "bursts", ...ATTRIBUTES];
/** The keys of each type of task. */
export const TASK_KEYS: { readonly [type in Process["type"]]: readonly string[] } = {
  process: [...COMMON, "about", "memory", "threads", "coroutines", "period", "deadline", "gil", "switch_interval"],
  thread: [...COMMON, "about", "coroutines", "period", "deadline"],
  coroutine: ["count", "arrival", "start", "daemon", "vars", "do", "about"],
};

/** A task on its way: what is declared at once, and the map that the rest is read from. */
export interface Pending {
  readonly draft: Draft;
  readonly map: MapNode | null;
  readonly variables: Map<string, Variable>;
}

/** Declares a process with its threads and coroutines: names, counts, variables. Bodies come later, in `completeTask`. */
export function declareTask(
  world: World,
  entry: Entry,
  type: Process["type"],
  owner: Draft | null,
  pending: Pending[],
): Draft | null {
  const { problems } = world;
  if (!checkName(problems, entry, `a ${type}`, true)) return null;
  const { value, keyNode, key: name } = entry;
  if (value.type !== "map" && !isNull(value)) {
    problems.error(
      "wrong-type",
      value.span,
      `a ${type} is a map with 'do:' or 'burst:', not ${describe(value)}`,
      "write { do: [ … ] }",
    );
  }
  const map = value.type === "map" ? value : null;
  const get = (key: string) => (map === null ? null : find(map, key));
  const count = get("count");
  const zero: Expression = { kind: "constant", value: 0, span: keyNode.span };
  const draft: Draft = {
    name,
    type,
    owner,
    count: count === null ? null : readCount(problems, count, `the count of '${name}'`),
    arrival: zero,
    start: readChoice(problems, get("start"), "start", ["auto", "manual"] as const, "auto"),
    daemon: get("daemon") === null ? false : readBoolean(world, get("daemon")!, false),
    memory: readChoice(problems, get("memory"), "memory", ["spawn", "fork"] as const, "spawn"),
    variables: [],
    threads: [],
    coroutines: [],
    body: [],
    period: null,
    deadline: null,
    gil: null,
    attributes: new Map(),
    span: keyNode.span,
  };
  if (map !== null) refuseKeys(problems, map, TASK_KEYS[type], `a ${type}`);
  const variables = new Map<string, Variable>();
  const vars = get("vars");
  if (vars !== null)
    draft.variables = declareVariables(world, vars, type === "process" ? "process" : "task", draft, variables);
  pending.push({ draft, map, variables });
  if (map !== null) {
    draft.threads = declareInner(world, map, "threads", draft, pending);
    draft.coroutines = declareInner(world, map, "coroutines", draft, pending);
  }
  return draft;
}

function declareInner(
  world: World,
  map: MapNode,
  key: "threads" | "coroutines",
  owner: Draft,
  pending: Pending[],
): readonly Draft[] {
  const node = find(map, key);
  if (node === null || isNull(node)) return [];
  if (node.type !== "map") {
    world.problems.error(
      "wrong-type",
      node.span,
      `'${key}' is a map from names to what they do, not ${describe(node)}`,
    );
    return [];
  }
  const type = key === "threads" ? "thread" : "coroutine";
  const list: Draft[] = [];
  for (const entry of node.entries) {
    if (owner.threads.some((known) => known.name === entry.key)) {
      world.problems.error(
        "duplicate-name",
        entry.keyNode.span,
        `'${entry.key}' is already a thread of '${owner.name}'`,
        "rename one of them",
      );
      continue;
    }
    const draft = declareTask(world, entry, type, owner, pending);
    if (draft !== null) list.push(draft);
  }
  return list;
}

export function refuseKeys(problems: Problems, map: MapNode, known: readonly string[], of: string): void {
  for (const entry of map.entries) {
    if (known.includes(entry.key)) continue;
    problems.error(
      "unknown-key",
      entry.keyNode.span,
      `'${entry.key}' is not a key of ${of}`,
      didYouMean(entry.key, known, `known here: ${listAll(known, 30)}`),
    );
  }
}

export function readChoice<T extends string>(
  problems: Problems,
  node: Node | null,
  key: string,
  choices: readonly T[],
  otherwise: T,
): T {
  if (node === null) return otherwise;
  const text = node.type === "scalar" && node.value !== null ? node.text.value : null;
  const found = choices.find((choice) => choice === text);
  if (found !== undefined) return found;
  if (text === null)
    problems.error("wrong-type", node.span, `'${key}' is ${listNames(choices)}, not ${describe(node)}`);
  else
    problems.error(
      "unknown-value",
      node.span,
      `'${text}' is not a value of '${key}'`,
      didYouMean(text, choices, `write ${listNames(choices)}`),
    );
  return otherwise;
}

/** Reads `vars:`; a text that starts with "=" is an expression over `i`. */
export function declareVariables(
  world: World,
  node: Node,
  storage: Variable["storage"],
  task: Draft | null,
  into: Map<string, Variable>,
): Variable[] {
  const { problems } = world;
  if (isNull(node)) return [];
  if (node.type !== "map") {
    problems.error(
      "wrong-type",
      node.span,
      `'vars' is a map from names to start values, not ${describe(node)}`,
      "write vars: { x: 0 }",
    );
    return [];
  }
  const list: Variable[] = [];
  for (const entry of node.entries) {
    if (!checkVariableName(problems, entry)) continue;
    if (world.shared.has(entry.key))
      problems.warn(
        "shadowed-name",
        entry.keyNode.span,
        `'${entry.key}' hides the shared variable of that name`,
        "rename one of them",
      );
    const variable: Variable = {
      name: entry.key,
      storage,
      ...startValue(world, entry.value, task),
      span: entry.keyNode.span,
    };
    list.push(variable);
    into.set(entry.key, variable);
  }
  return list;
}

function startValue(world: World, node: Node, task: Draft | null): Pick<Variable, "initial" | "initialExpression"> {
  const text = node.type === "scalar" && typeof node.value === "string" ? node.value : "";
  const equals = /^\s*=(?!=)/.exec(text)?.[0].length ?? 0;
  if (task === null || equals === 0 || node.type !== "scalar")
    return { initial: readInitial(world.problems, node), initialExpression: null };
  const inner: Text = { value: text.slice(equals), at: (index) => node.text.at(equals + index) };
  const parsed: Syntax | ParseFailure = parseExpression(inner);
  if (isFailure(parsed)) {
    reportFailure(world.problems, parsed);
    return { initial: { type: "scalar", value: null }, initialExpression: null };
  }
  return {
    initial: { type: "scalar", value: null },
    initialExpression: resolve(declarationContext(world), parsed),
  };
}

/** Names a variable may have. */
export function checkVariableName(problems: Problems, entry: Entry): boolean {
  if (RESERVED.has(entry.key)) {
    problems.error(
      "reserved-name",
      entry.keyNode.span,
      `'${entry.key}' has a meaning of its own and cannot be a variable`,
      "choose another name",
    );
    return false;
  }
  return checkName(problems, entry, "a variable");
}

/** Where nothing but `i` and constants may stand: arrivals, priorities, start values. */
function declarationContext(world: World): Context {
  return { ...baseContext(world), place: "declaration", shared: false, selves: ["i"] };
}

export function baseContext(world: World): Context {
  return {
    world,
    problems: world.problems,
    place: "task",
    frames: [],
    shared: true,
    declare: null,
    upcoming: new Set(),
    task: null,
    selves: ["me", "i", "pid", "ppid", "now"],
    optionKinds: new Map(),
    decided: new Map(),
    inLoop: false,
    inFunction: false,
    inCatch: false,
    operation: false,
    crew: null,
  };
}

/** Context of `check:`: everything from outside. */
export function checkContext(world: World): Context {
  return { ...baseContext(world), place: "check", selves: [] };
}

/** Reads what a declared task does. */
export function completeTask(world: World, pending: Pending, all: ReadonlyMap<Draft, Pending>): void {
  const { draft, map, variables } = pending;
  if (map === null) return;
  const declaration = declarationContext(world);
  const get = (key: string) => find(map, key);
  const arrival = get("arrival");
  if (arrival !== null) draft.arrival = readTime(declaration, arrival, {});
  const period = get("period");
  if (period !== null) draft.period = readTime(declaration, period, {});
  const deadline = get("deadline");
  if (deadline !== null) draft.deadline = readTime(declaration, deadline, {});
  draft.gil = readGil(world, map);
  const attributes = new Map<(typeof ATTRIBUTES)[number], Expression>();
  for (const name of ATTRIBUTES) {
    const node = get(name);
    if (node !== null) attributes.set(name, readAttribute(declaration, node, name));
  }
  draft.attributes = attributes;
  draft.body = readBody(world, pending, all, variables);
}

function readAttribute(context: Context, node: Node, name: string): Expression {
  // the name of a queue is a text
  if (name === "queue" && node.type === "scalar" && node.value !== null)
    return { kind: "constant", value: node.value, span: node.span };
  const expression = readExpression(context, node);
  const wrong =
    expression.kind === "tuple" ||
    (expression.kind === "constant" && typeof expression.value !== "number" && !(expression.value instanceof Decimal));
  if (wrong && !context.world.notes.unknown.has(expression))
    context.problems.error("wrong-type", node.span, `'${name}' must be a number, not ${describe(node)}`);
  const positive = name === "tickets" || name === "weight";
  if (
    positive &&
    expression.kind === "constant" &&
    typeof expression.value === "number" &&
    expression.value < 1 &&
    !context.world.notes.unknown.has(expression)
  ) {
    context.problems.error("out-of-range", node.span, `'${name}' must be at least 1`);
  }
  return expression;
}

function readGil(world: World, map: MapNode): Process["gil"] {
  const node = find(map, "gil");
  const interval = map.entries.find((entry) => entry.key === "switch_interval");
  if (node !== null && node.type === "map") {
    refuseKeys(world.problems, node, ["switch_interval"], "'gil'");
    const inside = find(node, "switch_interval");
    return { switchInterval: inside === null ? null : constantTime(world.problems, inside, world.unit) };
  }
  const isOn = node !== null && readBoolean(world, node, false);
  if (!isOn) {
    if (interval !== undefined)
      world.problems.error(
        "conflicting-keys",
        interval.keyNode.span,
        "'switch_interval' needs 'gil: true'",
        "add 'gil: true'",
      );
    return null;
  }
  return { switchInterval: interval === undefined ? null : constantTime(world.problems, interval.value, world.unit) };
}

function readBody(
  world: World,
  pending: Pending,
  all: ReadonlyMap<Draft, Pending>,
  variables: Map<string, Variable>,
): readonly Statement[] {
  const { draft, map } = pending;
  if (map === null) return [];
  const bodies = map.entries.filter((entry) => entry.key === "do" || entry.key === "burst" || entry.key === "bursts");
  const [first, second] = bodies;
  if (first === undefined) return [];
  if (second !== undefined) {
    world.problems.error(
      "conflicting-keys",
      second.keyNode.span,
      `'${draft.name}' has both '${first.key}' and '${second.key}'`,
      "keep one of them",
    );
  }
  if (first.key !== "do") return readBursts(world, first);
  const own = new Map(variables);
  const outer = draft.owner === null ? undefined : all.get(draft.owner as Draft)?.variables;
  const context: Context = {
    ...baseContext(world),
    frames: outer === undefined ? [own] : [own, outer],
    task: draft,
    upcoming: upcomingNames({ world }, first.value),
    declare: (name, span) => {
      const variable: Variable = {
        name,
        storage: "task",
        initial: { type: "scalar", value: null },
        initialExpression: null,
        span,
      };
      own.set(name, variable);
      // filled in place: a task may make thousands
      (draft.variables as Variable[]).push(variable);
      return variable;
    },
  };
  return readBlock(context, first.value);
}

/** `burst: 5` is one cpu statement; `bursts: [3, 5, 2]` alternates cpu and io. */
function readBursts(world: World, entry: Entry): readonly Statement[] {
  const context = declarationContext(world);
  const { value } = entry;
  if (value.type === "scalar" && entry.key === "burst")
    return [{ kind: "cpu", time: readTime(context, value), span: value.span }];
  if (value.type !== "sequence") {
    const hint = entry.key === "bursts" ? "write bursts: [3, 5, 2] for cpu 3, io 5, cpu 2" : "write burst: 5";
    world.problems.error(
      "wrong-type",
      value.span,
      `'${entry.key}' is ${entry.key === "burst" ? "one time" : "a list of times"}, not ${describe(value)}`,
      hint,
    );
    return [];
  }
  if (entry.key === "burst") {
    world.problems.error(
      "wrong-type",
      value.span,
      "'burst' is one time, not a list",
      "write bursts: [ … ] for cpu and io in turn",
    );
    return [];
  }
  return value.items.map((item, place): Statement => {
    const time = readTime(context, item);
    return place % 2 === 0
      ? { kind: "cpu", time, span: item.span }
      : { kind: "io", time, device: null, span: item.span };
  });
}
