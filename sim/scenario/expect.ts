/** `check:` and `expect:`. */
import type { Decimal } from "../base/decimal.ts";
import type { Expectation, FindingKind, Property, Scenario, Span } from "./ast.ts";
import type { Context, World } from "./context.ts";
import { checkName } from "./definition.ts";
import { readExpression } from "./expression.ts";
import { readBoolean } from "./form.ts";
import { checkContext, refuseKeys } from "./process.ts";
import { isNull } from "./simple.ts";
import { didYouMean, listAll, listNames } from "./suggest.ts";
import { constantTime } from "./time.ts";
import { describe, type MapNode, type Node } from "./tree.ts";
import { plainValue } from "./values.ts";

export const FINDING_KINDS: readonly FindingKind[] = [
  ...(["invariant", "final", "eventually", "unreachable", "assertion", "exception", "deadlock", "data_race"] as const),
  ...(["misuse", "livelock", "starvation", "lost_wakeup", "zombie"] as const),
];
const PROPERTY_GROUPS = ["always", "finally", "eventually", "reachable"] as const;
export const CHECK_KEYS: readonly string[] = [...PROPERTY_GROUPS, "allow"];
export const EXPECT_KEYS: readonly string[] = [
  "holds",
  "violates",
  "deadlock",
  "race",
  "output",
  "ends",
  "outcomes",
  "finish",
  "average",
  "misses",
  "finds",
];
const AVERAGES = ["turnaround", "waiting", "response"] as const;

export function readCheck(world: World, node: Node | null): Scenario["check"] {
  const found: { [group in (typeof PROPERTY_GROUPS)[number]]: Property[] } = {
    always: [],
    finally: [],
    eventually: [],
    reachable: [],
  };
  const nothing = { ...found, allow: [] as readonly FindingKind[] };
  if (node === null || isNull(node)) return nothing;
  if (node.type !== "map") {
    world.problems.error(
      "wrong-type",
      node.span,
      `'check' is a map, not ${describe(node)}`,
      "write check: { always: { name: condition } }",
    );
    return nothing;
  }
  refuseKeys(world.problems, node, CHECK_KEYS, "'check'");
  const context = checkContext(world);
  const names = new Set<string>();
  for (const entry of node.entries) {
    const group = PROPERTY_GROUPS.find((known) => known === entry.key);
    if (group !== undefined) found[group] = readProperties(context, entry.value, group, names);
  }
  const allow = node.entries.find((entry) => entry.key === "allow");
  return { ...found, allow: allow === undefined ? [] : readKinds(world, allow.value, "allow") };
}

function readProperties(context: Context, node: Node, group: string, names: Set<string>): Property[] {
  if (isNull(node)) return [];
  if (node.type !== "map") {
    context.problems.error(
      "wrong-type",
      node.span,
      `'${group}' is a map from names to conditions, not ${describe(node)}`,
      `write ${group}: { name: condition }`,
    );
    return [];
  }
  return node.entries.map((entry) => {
    checkName(context.problems, entry, "a property", true);
    if (names.has(entry.key))
      context.problems.error(
        "duplicate-name",
        entry.keyNode.span,
        `there are two properties '${entry.key}'`,
        "rename one of them",
      );
    names.add(entry.key);
    return { name: entry.key, test: readExpression(context, entry.value) };
  });
}

function texts(world: World, node: Node, what: string): readonly { readonly text: string; readonly span: Span }[] {
  const items = node.type === "sequence" ? node.items : [node];
  return items.flatMap((item) => {
    if (item.type === "scalar" && item.value !== null) return [{ text: item.text.value, span: item.span }];
    world.problems.error("wrong-type", item.span, `${what} is expected here, not ${describe(item)}`);
    return [];
  });
}

function readKinds(world: World, node: Node, key: string): readonly FindingKind[] {
  return texts(world, node, "the kind of a finding").flatMap(({ text, span }) => {
    const kind = FINDING_KINDS.find((known) => known === text);
    if (kind !== undefined) return [kind];
    world.problems.error(
      "unknown-value",
      span,
      `'${text}' is not a kind of finding`,
      didYouMean(text, FINDING_KINDS, `'${key}' takes ${listNames(FINDING_KINDS, 20)}`),
    );
    return [];
  });
}

export function readExpect(world: World, node: Node | null, check: Scenario["check"]): Expectation | null {
  if (node === null || isNull(node)) return null;
  if (node.type !== "map") {
    world.problems.error(
      "wrong-type",
      node.span,
      `'expect' is a map, not ${describe(node)}`,
      "write expect: { holds: true }",
    );
    return null;
  }
  refuseKeys(world.problems, node, EXPECT_KEYS, "'expect'");
  const get = (key: string) => node.entries.find((entry) => entry.key === key)?.value ?? null;
  const part = <T>(key: string, read: (value: Node) => T): T | null => {
    const value = get(key);
    return value === null ? null : read(value);
  };
  const holds = node.entries.find((entry) => entry.key === "holds");
  const violates = node.entries.find((entry) => entry.key === "violates");
  if (violates !== undefined && holds?.value.type === "scalar" && holds.value.value === true) {
    world.problems.error(
      "conflicting-keys",
      violates.keyNode.span,
      "'holds: true' and 'violates' exclude each other",
      "keep one of them",
    );
  }
  return {
    holds: part("holds", (value) => readBoolean(world, value, true)),
    violates: part("violates", (value) => readViolates(world, value, check)) ?? [],
    deadlock: part("deadlock", (value) => readBoolean(world, value, true)),
    race: part("race", (value) => readRace(world, value)) ?? [],
    output: part("output", (value) =>
      isNull(value) ? [] : texts(world, value, "a line of output").map((one) => one.text),
    ),
    ends: part("ends", (value) => readEnds(world, value)),
    outcomes: part("outcomes", (value) => readOutcomes(world, value)),
    finish: part("finish", (value) => readFinish(world, value)),
    average: part("average", (value) => readAverage(world, value)),
    misses: part("misses", (value) => readMisses(world, value)),
    finds: part("finds", (value) => readKinds(world, value, "finds")) ?? [],
    span: node.span,
  };
}

function readViolates(world: World, node: Node, check: Scenario["check"]): readonly string[] {
  const names = PROPERTY_GROUPS.flatMap((group) => check[group].map((property) => property.name));
  return texts(world, node, "the name of a property").map(({ text, span }) => {
    const isKnown = names.includes(text) || FINDING_KINDS.some((kind) => kind === text);
    if (!isKnown)
      world.problems.error(
        "unknown-name",
        span,
        `'${text}' is not a property of 'check:'`,
        didYouMean(text, names, names.length === 0 ? "declare it under 'check:'" : `properties are ${listAll(names)}`),
      );
    return text;
  });
}

function readRace(world: World, node: Node): readonly string[] {
  const own = [...world.processes.values()].flatMap((process) =>
    process.variables.flatMap((variable) => [variable.name, `${process.name}.${variable.name}`]),
  );
  const known = new Set([...world.shared.keys(), ...own]);
  return texts(world, node, "the name of a variable").map(({ text, span }) => {
    const root = text.replace(/\[.*$/s, "");
    if (!known.has(text) && !known.has(root))
      world.problems.error("unknown-name", span, `'${text}' is not a variable here`, didYouMean(text, known));
    return text;
  });
}

function mapOf(world: World, node: Node, key: string): MapNode | null {
  if (node.type === "map") return node;
  world.problems.error("wrong-type", node.span, `'${key}' is a map, not ${describe(node)}`);
  return null;
}

function readEnds(world: World, node: Node): ReadonlyMap<string, unknown> {
  const values = new Map<string, unknown>();
  for (const entry of mapOf(world, node, "ends")?.entries ?? []) {
    if (!world.shared.has(entry.key))
      world.problems.error(
        "unknown-name",
        entry.keyNode.span,
        `'${entry.key}' is not a shared variable`,
        didYouMean(entry.key, world.shared.keys()),
      );
    values.set(entry.key, toPlain(entry.value));
  }
  return values;
}

function readOutcomes(world: World, node: Node): readonly ReadonlyMap<string, unknown>[] {
  if (node.type === "sequence") return node.items.map((item) => readEnds(world, item));
  world.problems.error(
    "wrong-type",
    node.span,
    `'outcomes' is a list of maps, not ${describe(node)}`,
    "write outcomes: [ { x: 1 }, { x: 2 } ]",
  );
  return [];
}

/** Plain data as JSON shows it; maps without a prototype. */
function toPlain(node: Node): unknown {
  if (node.type === "scalar") return plainValue(node.value);
  if (node.type === "sequence") return node.items.map(toPlain);
  const result: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const entry of node.entries) result[entry.key] = toPlain(entry.value);
  return result;
}

function readFinish(world: World, node: Node): ReadonlyMap<string, Decimal> {
  const values = new Map<string, Decimal>();
  const checkTask = taskNames(world);
  for (const entry of mapOf(world, node, "finish")?.entries ?? []) {
    checkTask(entry);
    const time = constantTime(world.problems, entry.value, world.unit);
    if (time !== null) values.set(entry.key, time);
  }
  return values;
}

function readMisses(world: World, node: Node): ReadonlyMap<string, readonly Decimal[]> {
  const values = new Map<string, readonly Decimal[]>();
  if (isNull(node)) return values;
  const checkTask = taskNames(world);
  for (const entry of mapOf(world, node, "misses")?.entries ?? []) {
    checkTask(entry);
    const items = entry.value.type === "sequence" ? entry.value.items : [entry.value];
    const times = items.map((item) => constantTime(world.problems, item, world.unit));
    values.set(
      entry.key,
      times.filter((time) => time !== null),
    );
  }
  return values;
}

/** A function that refuses a key which names no process, thread or coroutine, with its index where there are several. */
function taskNames(world: World): (entry: MapNode["entries"][number]) => void {
  const tasks = [...world.processes.values()].flatMap((process) => [
    { name: process.name, count: process.count },
    ...[...process.threads, ...process.coroutines].flatMap((inner) => [
      { name: inner.name, count: inner.count },
      { name: `${process.name}.${inner.name}`, count: inner.count },
    ]),
  ]);
  return (entry) => {
    const match = /^(.*?)(?:\[(\d+)\])?$/s.exec(entry.key);
    const owner = /^(.+?)\[\d+\]\.(.+)$/s.exec(match?.[1] ?? "");
    const name = owner === null ? (match?.[1] ?? "") : `${owner[1]}.${owner[2]}`;
    const task = tasks.find((one) => one.name === name);
    const names = tasks.map((one) => (one.count === null ? one.name : `${one.name}[0]`));
    const index = match?.[2] === undefined ? null : Number(match[2]);
    const fits = task !== undefined && (task.count === null ? index === null : index !== null && index < task.count);
    if (!fits)
      world.problems.error(
        "unknown-name",
        entry.keyNode.span,
        `'${entry.key}' is not a process here`,
        didYouMean(entry.key, names, `processes are ${listAll(names)}`),
      );
  };
}

function readAverage(world: World, node: Node): ReadonlyMap<(typeof AVERAGES)[number], Decimal> {
  const values = new Map<(typeof AVERAGES)[number], Decimal>();
  const map = mapOf(world, node, "average");
  if (map === null) return values;
  refuseKeys(world.problems, map, AVERAGES, "'average'");
  for (const entry of map.entries) {
    const name = AVERAGES.find((known) => known === entry.key);
    const time = name === undefined ? null : constantTime(world.problems, entry.value, world.unit);
    if (name !== undefined && time !== null) values.set(name, time);
  }
  return values;
}
