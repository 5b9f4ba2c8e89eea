/** `kinds:` and `resources:`: which kinds are in sight, and the resources made of them. */
import type { Kind, Process, Resource, Span, Value, Variable } from "./ast.ts";
import type { KindTable, Mutable, World } from "./context.ts";
import { checkName, definitionOf, type KindDefinition, readDefinition } from "./definition.ts";
import { compileKind } from "./kind.ts";
import { draftTasks } from "./kind-task.ts";
import { type KindWords, wordsOf, wordsOfPrelude } from "./kind-words.ts";
import type { ParseOptions } from "./load.ts";
import type { Problem, Problems } from "./problem.ts";
import { didYouMean, listAll, listNames, withArticle } from "./suggest.ts";
import { describe, type Entry, type Node } from "./tree.ts";
import { constantNode } from "./values.ts";

/** Greatest `count` of processes and of resources. */
export const COUNT_MAX = 1000;

/** Greatest length of a chain of resources made of each other. */
const CHAIN_MAX = 8;

/** A text of the prelude: its words, and the definition once it is asked for. It is the same for every scenario. */
class PreludeKind {
  readonly words: KindWords;
  readonly #name: string;
  readonly #text: string;
  #definition: KindDefinition | null | undefined = undefined;

  constructor(name: string, text: string) {
    this.#name = name;
    this.#text = text;
    this.words = wordsOfPrelude(text);
  }

  get definition(): KindDefinition | null {
    if (this.#definition === undefined)
      this.#definition = readDefinition(this.#name, { file: `prelude/${this.#name}.yaml`, text: this.#text });
    return this.#definition;
  }
}

const preludeCache = new Map<string, PreludeKind>();

function preludeKind(name: string, text: string): PreludeKind {
  const key = `${name}\n${text}`;
  let kind = preludeCache.get(key);
  if (kind === undefined) {
    kind = new PreludeKind(name, text);
    preludeCache.set(key, kind);
  }
  return kind;
}

/** The kinds of the prelude and of the scenario, read and compiled when they are used. */
export class Kinds implements KindTable {
  readonly names: readonly string[];
  readonly operations = new Map<string, string[]>();
  readonly views = new Map<string, string[]>();
  readonly internal = new Set<string>();
  readonly #prelude = new Map<string, PreludeKind>();
  /** those of the scenario, and those of the prelude that were asked for */
  readonly #definitions = new Map<string, KindDefinition>();
  readonly #own = new Set<KindDefinition>();
  readonly #compiled = new Map<string, Kind>();
  readonly #used = new Set<string>();

  constructor(options: Pick<ParseOptions, "kindText" | "kindNames">, problems: Problems, own: readonly Entry[]) {
    const words = new Map<string, KindWords>();
    for (const name of options.kindNames) {
      const text = options.kindText(name);
      if (text === null) continue;
      const kind = preludeKind(name, text);
      this.#prelude.set(name, kind);
      words.set(name, kind.words);
    }
    for (const entry of own) {
      if (!checkName(problems, entry, "a kind")) continue;
      const definition = definitionOf(entry.key, entry.value, problems);
      if (definition === null) continue;
      this.#definitions.set(entry.key, definition);
      this.#own.add(definition);
      words.set(entry.key, wordsOf(definition));
    }
    this.names = [...words.keys()];
    for (const [kind, { operations, views }] of words) {
      for (const { name, internal } of operations) {
        if (internal) this.internal.add(name);
        this.operations.set(name, [...(this.operations.get(name) ?? []), kind]);
      }
      for (const name of views) this.views.set(name, [...(this.views.get(name) ?? []), kind]);
    }
  }

  definition(name: string): KindDefinition | null {
    const known = this.#definitions.get(name);
    if (known !== undefined) return known;
    const definition = this.#prelude.get(name)?.definition ?? null;
    if (definition !== null) this.#definitions.set(name, definition);
    return definition;
  }

  /** The kind for these values of its deciding options and these kinds of its resource options. */
  kind(
    world: World,
    definition: KindDefinition,
    values: ReadonlyMap<string, Value>,
    resources: ReadonlyMap<string, Kind>,
    own: { readonly name: string; readonly tasks: ReadonlyMap<string, Mutable<Process>> } | null = null,
  ): Kind {
    const decided = definition.deciding.map((name) => `${name}=${JSON.stringify(values.get(name) ?? null)}`);
    const given = [...resources].map(([name, kind]) => `${name}=${this.#keyOf(kind)}`);
    // operations that name tasks of their resource are compiled for each resource
    const key = [definition.name, ...decided, ...given, ...(own === null ? [] : [`@${own.name}`])].join("|");
    const known = this.#compiled.get(key);
    if (known !== undefined) return known;
    this.#used.add(definition.name);
    const kind = compileKind(world, definition, values, resources, own?.tasks);
    this.#compiled.set(key, kind);
    return kind;
  }

  #keyOf(kind: Kind): string {
    for (const [key, known] of this.#compiled) if (known === kind) return `(${key})`;
    return kind.name;
  }

  /** Compiles a kind with its defaults: for kinds of the scenario that no resource uses, and for resource options left out. */
  plain(world: World, definition: KindDefinition, depth = 0): Kind {
    const values = new Map(definition.options.map((option) => [option.name, option.default ?? null]));
    const resources = new Map<string, Kind>();
    for (const option of definition.options) {
      const inner = option.resource === null ? null : this.definition(option.resource[0] ?? "");
      if (inner !== null && depth < 4) resources.set(option.name, this.plain(world, inner, depth + 1));
    }
    const tasks = draftTasks(world, definition, values, definition.name, definition.map.span);
    return this.kind(world, definition, values, resources, { name: definition.name, tasks });
  }

  /** Compiles the scenario's own kinds that nothing uses, so that their mistakes show. */
  compileOwn(world: World): void {
    for (const definition of this.#own) {
      if (!this.#used.has(definition.name)) this.plain(world, definition);
    }
  }

  get compiled(): readonly Kind[] {
    return [...this.#compiled.values()];
  }

  /** Problems in the texts of the prelude itself: bugs of sim, never of the scenario. */
  preludeProblems(): readonly Problem[] {
    return [...this.#definitions.values()]
      .filter((definition) => !this.#own.has(definition))
      .flatMap((definition) => definition.problems.list());
  }
}

/** Makes the resources of `resources:`, each after those that its options name. */
export class ResourceBuilder {
  readonly #world: World;
  readonly #kinds: Kinds;
  readonly #entries: ReadonlyMap<string, Entry>;
  readonly #made: Map<string, Resource>;
  readonly #all: Resource[] = [];
  readonly #busy = new Set<string>();
  #depth = 0;

  /** `made` is the world's map of resources, filled here. */
  constructor(world: World, kinds: Kinds, entries: readonly Entry[], made: Map<string, Resource>) {
    this.#world = world;
    this.#kinds = kinds;
    this.#entries = new Map(entries.map((entry) => [entry.key, entry]));
    this.#made = made;
  }

  build(): readonly Resource[] {
    for (const entry of this.#entries.values()) this.#make(entry);
    return this.#all;
  }

  #make(entry: Entry): Resource | null {
    const known = this.#made.get(entry.key);
    if (known !== undefined) return known;
    const { problems } = this.#world;
    if (this.#depth >= CHAIN_MAX) {
      problems.error(
        "too-deep",
        entry.keyNode.span,
        `resources are made of each other more than ${CHAIN_MAX} deep here`,
      );
      return null;
    }
    if (this.#busy.has(entry.key)) {
      problems.error("wrong-type", entry.keyNode.span, `the resource '${entry.key}' is made of itself`);
      return null;
    }
    this.#busy.add(entry.key);
    this.#depth += 1;
    const resource = this.#build(entry);
    this.#depth -= 1;
    if (resource !== null) {
      this.#made.set(entry.key, resource);
      this.#all.push(resource);
    } else this.#world.notes.failed.add(entry.key);
    return resource;
  }

  #build(entry: Entry): Resource | null {
    const { problems } = this.#world;
    const { value, key: name, keyNode } = entry;
    checkName(problems, entry, "a resource", true);
    const typeNode = value.type === "map" ? value.entries.find((one) => one.key === "type")?.value : value;
    if (value.type === "map" && typeNode === undefined) {
      problems.error(
        "missing-key",
        keyNode.span,
        `the resource '${name}' needs 'type:'`,
        `kinds are ${listAll(this.#kinds.names, 20)}`,
      );
      return null;
    }
    if (typeNode?.type !== "scalar" || typeof typeNode.value !== "string") {
      problems.error(
        "wrong-type",
        typeNode?.span ?? value.span,
        `the name of a kind is expected here, not ${describe(typeNode ?? value)}`,
        `kinds are ${listAll(this.#kinds.names, 20)}`,
      );
      return null;
    }
    const definition = this.#kinds.definition(typeNode.value);
    if (definition === null) {
      problems.error(
        "unknown-value",
        typeNode.span,
        `'${typeNode.value}' is not a kind of resource`,
        didYouMean(typeNode.value, this.#kinds.names, `kinds are ${listAll(this.#kinds.names, 20)}`),
      );
      return null;
    }
    const given = value.type === "map" ? value.entries.filter((one) => one.key !== "type") : [];
    const countEntry = given.find((one) => one.key === "count");
    const count = countEntry === undefined ? null : readCount(problems, countEntry.value, `the count of '${name}'`);
    return this.#withOptions(
      entry,
      definition,
      given.filter((one) => one !== countEntry),
      count,
    );
  }

  #withOptions(
    entry: Entry,
    definition: KindDefinition,
    given: readonly Entry[],
    count: number | null,
  ): Resource | null {
    const { problems } = this.#world;
    const { key: name, keyNode } = entry;
    const known = [...definition.options.map((option) => option.name), "type", "count"];
    for (const one of given) {
      if (!known.includes(one.key))
        problems.error(
          "unknown-key",
          one.keyNode.span,
          `'${one.key}' is not an option of ${withArticle(definition.name)}`,
          didYouMean(one.key, known, `its options are ${listAll(known)}`),
        );
    }
    const values = new Map<string, Value>();
    const resources = new Map<string, Resource>();
    let complete = true;
    for (const option of definition.options) {
      const one = given.find((each) => each.key === option.name);
      if (option.resource !== null) {
        const resource =
          one === undefined || isNothing(one.value)
            ? this.#own(entry, option.name, option.resource, count)
            : this.#named(one.value, option.resource, count, name);
        if (resource === null) complete = false;
        else resources.set(option.name, resource);
      } else
        values.set(
          option.name,
          one === undefined
            ? this.#missing(definition, entry, option.name, option.default)
            : optionValue(problems, one.value, definition, option.name),
        );
    }
    if (!complete) return null;
    const tasks = this.#tasks(definition, values, name, keyNode.span, count);
    const kind = this.#kinds.kind(
      this.#world,
      definition,
      values,
      new Map([...resources].map(([key, resource]) => [key, resource.kind])),
      definition.tasks.length === 0 ? null : { name, tasks },
    );
    const options = new Map<Variable, Value | Resource>();
    for (const variable of kind.options)
      options.set(variable, resources.get(variable.name) ?? values.get(variable.name) ?? null);
    const resource: Resource = { name, kind, options, count, span: keyNode.span };
    if (definition.tasks.length > 0 && count === null)
      this.#world.notes.crews.push({ resource, definition, values, tasks });
    return resource;
  }

  /** The tasks that come with the resource, so far without their code. */
  #tasks(
    definition: KindDefinition,
    values: ReadonlyMap<string, Value>,
    name: string,
    span: Span,
    count: number | null,
  ): ReadonlyMap<string, Mutable<Process>> {
    if (definition.tasks.length === 0) return new Map();
    if (count !== null)
      this.#world.problems.error(
        "wrong-type",
        span,
        `there is no array of the kind '${definition.name}', which has tasks of its own`,
        "declare each by itself",
      );
    return draftTasks(this.#world, definition, values, name, span);
  }

  #missing(definition: KindDefinition, entry: Entry, option: string, initial: Value | undefined): Value {
    if (initial !== undefined) return initial;
    this.#world.problems.error(
      "missing-key",
      entry.keyNode.span,
      `the ${definition.name} '${entry.key}' needs '${option}:'`,
      `write ${entry.key}: { type: ${definition.name}, ${option}: … }`,
    );
    return null;
  }

  #own(entry: Entry, option: string, kinds: readonly string[], count: number | null): Resource | null {
    const definition = this.#kinds.definition(kinds[0] ?? "");
    if (definition === null) return null;
    if (entry.key.split(".").length > CHAIN_MAX) {
      this.#world.problems.error(
        "too-deep",
        entry.keyNode.span,
        `the kind '${definition.name}' is made of itself`,
        "give its option a resource",
      );
      return null;
    }
    const inner = this.#withOptions({ ...entry, key: `${entry.key}.${option}` }, definition, [], count);
    if (inner !== null) this.#all.push(inner);
    return inner;
  }

  #named(node: Node, kinds: readonly string[], count: number | null, user: string): Resource | null {
    const { problems } = this.#world;
    const name = node.type === "scalar" && node.value !== null ? node.text.value : null;
    const entry = name === null ? undefined : this.#entries.get(name);
    if (name === null)
      problems.error(
        "wrong-type",
        node.span,
        `the name of ${withArticle(listNames(kinds))} is expected here, not ${describe(node)}`,
      );
    else if (entry === undefined)
      problems.error(
        "unknown-name",
        node.span,
        `'${name}' is not a resource here`,
        didYouMean(name, this.#entries.keys(), "declare it under 'resources:'"),
      );
    // one that is wrong itself is reported where it is declared
    const resource = entry === undefined ? null : this.#make(entry);
    if (resource === null) return null;
    if (!kinds.includes(resource.kind.name)) {
      problems.error(
        "wrong-type",
        node.span,
        `'${resource.name}' is ${withArticle(resource.kind.name)}, but ${withArticle(listNames(kinds))} is needed here`,
      );
      return null;
    }
    if (resource.count !== null && resource.count !== count) {
      problems.error(
        "wrong-type",
        node.span,
        `'${resource.name}' is an array of ${resource.count}, but '${user}' is ${count === null ? "single" : `an array of ${count}`}`,
        "an array of resources is shared element by element",
      );
      return null;
    }
    return resource;
  }
}

function isNothing(node: Node): boolean {
  return node.type === "scalar" && node.value === null;
}

function optionValue(problems: Problems, node: Node, definition: KindDefinition, name: string): Value {
  const option = definition.options.find((known) => known.name === name)!;
  const value = constantNode(problems, node);
  if (value === undefined) return null;
  const fallback = option.default ?? null;
  if (option.choices !== null && !option.choices.some((choice) => choice === value)) {
    const choices = option.choices.map(String);
    problems.error(
      "unknown-value",
      node.span,
      `'${String(value)}' is not a value of '${name}'`,
      didYouMean(String(value), choices, `write ${listNames(choices)}`),
    );
    return fallback;
  }
  const wanted =
    typeof fallback === "boolean" || typeof fallback === "number"
      ? typeof fallback
      : option.min !== null
        ? "number"
        : null;
  if (wanted === "number" && typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  if (wanted !== null && typeof value !== wanted) {
    problems.error(
      "wrong-type",
      node.span,
      `'${name}' must be ${wanted === "boolean" ? "true or false" : "a number"}, not ${describe(node)}`,
    );
    return fallback;
  }
  if (option.min !== null && typeof value === "number" && value < option.min) {
    problems.error("out-of-range", node.span, `'${name}' must be at least ${option.min}`);
    return fallback;
  }
  return value;
}

/** A `count`: a whole number from 1 to the greatest; 1 with the problem reported if it is none. */
export function readCount(problems: Problems, node: Node, what: string): number {
  if (node.type === "scalar" && typeof node.value === "number") {
    if (node.value >= 1 && node.value <= COUNT_MAX) return node.value;
    problems.error("count-range", node.span, `${what} must be from 1 to ${COUNT_MAX}`);
    return 1;
  }
  problems.error("wrong-type", node.span, `${what} must be a whole number, not ${describe(node)}`);
  return 1;
}
