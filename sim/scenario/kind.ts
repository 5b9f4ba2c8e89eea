/**
 * Compiles a kind of resource: its fields, operations and views with all names looked up.
 *
 * Options that decide which parts exist (`only: fair`) and the kinds of the resources it is given are settled here, so a
 * kind may be compiled several times; what later stages see has exactly the fields and steps it needs.
 */
import type {
  Expression,
  Function as FunctionDeclaration,
  FunctionParameter,
  Initial,
  Kind,
  Operation,
  OperationStep,
  Process,
  Resource,
  Span,
  Value,
  Variable,
} from "./ast.ts";
import type { Context, Mutable, World } from "./context.ts";
import { checkName, decide, find, isInternal, isTrue, type KindDefinition, mapEntries, textOf } from "./definition.ts";
import { expressionSyntax, readExpression, resolve } from "./expression.ts";
import { refuseUnknownKeys } from "./form.ts";
import { isNull } from "./simple.ts";
import { readBlock, upcomingNames } from "./statement.ts";
import { didYouMean } from "./suggest.ts";
import { describe, type Entry, type MapNode, type Node } from "./tree.ts";
import { constantNode, constantValue, containerForm } from "./values.ts";

const OPERATION_KEYS = [
  "about",
  "params",
  "steps",
  "miss",
  "only",
  "when",
  "do",
  "time",
  "missed",
  "continues",
  "internal",
];
const STEP_KEYS = ["when", "do", "time", "missed", "only", "continues"];

/**
 * Compiles `definition` for these values of its deciding options and these kinds of its resource options. `tasks` are those
 * that come with the resource, which its operations may name.
 */
export function compileKind(
  world: World,
  definition: KindDefinition,
  values: ReadonlyMap<string, Value>,
  resources: ReadonlyMap<string, Kind>,
  tasks: ReadonlyMap<string, Mutable<Process>> = new Map(),
): Kind {
  return new Compiler(world, definition, values, resources, tasks).compile();
}

class Compiler {
  readonly #world: World;
  readonly #definition: KindDefinition;
  readonly #values: ReadonlyMap<string, Value>;
  readonly #options: Variable[] = [];
  readonly #fields: Variable[] = [];
  readonly #optionKinds = new Map<Variable, Kind>();
  readonly #views = new Map<string, { parameters: readonly Variable[]; value: Expression }>();
  #end: Variable | null = null;

  constructor(
    world: World,
    definition: KindDefinition,
    values: ReadonlyMap<string, Value>,
    resources: ReadonlyMap<string, Kind>,
    tasks: ReadonlyMap<string, Mutable<Process>>,
  ) {
    // Inside a kind nothing of the scenario is in sight.
    const processes = new Map(tasks);
    const functions = new Map<string, Mutable<FunctionDeclaration>>();
    this.#world = {
      ...world,
      problems: definition.problems,
      shared: new Map(),
      resources: new Map<string, Resource>(),
      processes,
      functions,
      notes: world.notes,
    };
    this.#definition = definition;
    this.#values = values;
    for (const option of definition.options) {
      const initial: Initial | null = option.default === undefined ? null : { type: "scalar", value: option.default };
      const variable: Variable = {
        name: option.name,
        storage: "option",
        initial,
        initialExpression: null,
        span: option.span,
      };
      this.#options.push(variable);
      const kind = resources.get(option.name);
      if (kind !== undefined) this.#optionKinds.set(variable, kind);
    }
  }

  compile(): Kind {
    const { map, problems, name } = this.#definition;
    for (const entry of mapEntries(problems, map, "fields")) this.#field(entry);
    const ends = this.#ends();
    if (ends.length > 0) this.#end = variableOf("end", "argument", null, map.span);
    for (const entry of mapEntries(problems, map, "views")) this.#view(entry);
    const operations = new Map<string, Operation>();
    const absent = new Map<string, string>();
    for (const entry of mapEntries(problems, map, "operations")) {
      const operation = this.#operation(entry, absent);
      if (operation !== null) operations.set(entry.key, operation);
    }
    if (operations.size + absent.size === 0)
      problems.error(
        "missing-key",
        map.entries[0]?.keyNode.span ?? map.span,
        `the kind '${name}' has no operations`,
        "write operations: { … }",
      );
    return {
      name,
      about: this.#definition.about,
      options: this.#options,
      fields: this.#fields,
      operations,
      absent,
      views: this.#views,
      with: this.#with(operations, absent),
      holder: this.#holder(),
      ends,
      end: this.#end,
      source: problems.source,
      span: map.span,
    };
  }

  #context(
    frame: Map<string, Variable>,
    operation: boolean,
    locals: Variable[] | null,
    upcoming: ReadonlySet<string>,
  ): Context {
    const frames: ReadonlyMap<string, Variable>[] = [frame, byName(this.#fields), byName(this.#options)];
    if (this.#end !== null) frame.set("end", this.#end);
    return {
      world: this.#world,
      problems: this.#definition.problems,
      place: "kind",
      frames,
      shared: false,
      declare:
        locals === null
          ? null
          : (name, span) => {
              const local = variableOf(name, "argument", null, span);
              locals.push(local);
              frame.set(name, local);
              return local;
            },
      upcoming,
      task: null,
      selves: operation ? ["me", "pid"] : [],
      optionKinds: this.#optionKinds,
      decided: this.#values,
      inLoop: false,
      inFunction: true,
      inCatch: false,
      operation,
      crew: null,
    };
  }

  /** Whether the part exists with these options. */
  #exists(map: MapNode): boolean {
    const node = find(map, "only");
    if (node === null) return true;
    const syntax = expressionSyntax(this.#definition.problems, node);
    const value = syntax === null ? undefined : decide(syntax, this.#values);
    if (value !== undefined) return isTrue(value);
    if (syntax !== null)
      this.#definition.problems.error("wrong-type", node.span, "'only' must be decided by the options alone");
    return true;
  }

  #field(entry: Entry): void {
    const { problems } = this.#definition;
    if (!checkName(problems, entry, "a field")) return;
    if (this.#options.some((option) => option.name === entry.key)) {
      problems.error(
        "duplicate-name",
        entry.keyNode.span,
        `'${entry.key}' is an option and a field`,
        "rename one of them",
      );
      return;
    }
    let node: Node = entry.value;
    if (node.type === "map" && node.entries.some((one) => one.key === "start" || one.key === "only")) {
      for (const one of node.entries) {
        if (one.key !== "start" && one.key !== "only")
          problems.error(
            "unknown-key",
            one.keyNode.span,
            `'${one.key}' is not a key of a field`,
            didYouMean(one.key, ["start", "only"]),
          );
      }
      if (!this.#exists(node)) return;
      node = find(node, "start") ?? { ...node, type: "sequence", items: [] };
    }
    this.#fields.push({ name: entry.key, storage: "field", span: entry.keyNode.span, ...this.#start(node) });
  }

  #start(node: Node): Pick<Variable, "initial" | "initialExpression"> {
    const { problems } = this.#definition;
    const context = this.#context(new Map(), false, null, new Set());
    if (node.type !== "scalar") {
      if (node.type === "sequence" && node.items.length === 0)
        return { initial: { type: "list", max: null, items: [] }, initialExpression: null };
      problems.error(
        "wrong-type",
        node.span,
        `a field starts with a single value, list(), map() or array(), not ${describe(node)}`,
      );
      return { initial: { type: "scalar", value: null }, initialExpression: null };
    }
    const form = containerForm(problems, node);
    if (form === undefined) return { initial: { type: "scalar", value: null }, initialExpression: null };
    if (form === null) {
      if (typeof node.value !== "string")
        return { initial: { type: "scalar", value: node.value }, initialExpression: null };
      const expression = readExpression(context, node);
      if (expression.kind === "constant")
        return { initial: { type: "scalar", value: expression.value }, initialExpression: null };
      return { initial: { type: "scalar", value: null }, initialExpression: expression };
    }
    const size = form.size === null ? null : resolve(context, form.size);
    const constant = form.size === null ? null : constantValue(form.size);
    const content = form.content === null ? [] : constantValue(form.content);
    if (content === undefined)
      problems.error("wrong-type", form.content?.span ?? node.span, "start values must be constants");
    const max = typeof constant === "number" && constant > 0 ? constant : null;
    const initialExpression = constant === undefined ? size : null;
    if (form.type === "map") return { initial: { type: "map", max: max ?? 0, entries: [] }, initialExpression };
    if (form.type === "list")
      return {
        initial: { type: "list", max, items: Array.isArray(content) ? (content as Value[]) : [] },
        initialExpression,
      };
    const item: Initial = { type: "scalar", value: content ?? null };
    const items = initialExpression === null ? Array.from({ length: max ?? 0 }, () => item) : [item];
    return { initial: { type: "array", items }, initialExpression };
  }

  #view(entry: Entry): void {
    const { problems } = this.#definition;
    if (!checkName(problems, entry, "a view")) return;
    let node: Node = entry.value;
    const parameters: Variable[] = [];
    if (node.type === "map") {
      for (const one of node.entries)
        if (!["params", "value", "about", "only"].includes(one.key))
          problems.error("unknown-key", one.keyNode.span, `'${one.key}' is not a key of a view`);
      if (!this.#exists(node)) return;
      parameters.push(...this.#parameters(find(node, "params")).list);
      const value = find(node, "value");
      if (value === null) {
        problems.error("missing-key", entry.keyNode.span, `the view '${entry.key}' needs 'value:'`);
        return;
      }
      node = value;
    }
    this.#views.set(entry.key, {
      parameters,
      value: readExpression(this.#context(byName(parameters), false, null, new Set()), node),
    });
  }

  #parameters(node: Node | null): {
    list: Variable[];
    aliases: Map<string, Variable>;
    functions: Map<Variable, FunctionParameter>;
  } {
    const { problems } = this.#definition;
    const list: Variable[] = [];
    const aliases = new Map<string, Variable>();
    const functions = new Map<Variable, FunctionParameter>();
    if (node === null) return { list, aliases, functions };
    if (node.type === "sequence") {
      for (const item of node.items) {
        if (item.type === "scalar") list.push(variableOf(item.text.value, "argument", null, item.span));
        else problems.error("wrong-type", item.span, "the name of a parameter is expected here");
      }
    } else if (node.type === "map") {
      for (const entry of node.entries) {
        const specification = entry.value.type === "map" ? entry.value : null;
        const given = specification === null ? entry.value : find(specification, "default");
        const value = given === null ? undefined : constantNode(problems, given);
        const variable = variableOf(
          entry.key,
          "argument",
          value === undefined ? null : { type: "scalar", value },
          entry.keyNode.span,
        );
        list.push(variable);
        const role = specification === null ? null : functionParameter(specification);
        if (role !== null) functions.set(variable, role);
        const others = specification === null ? null : find(specification, "aliases");
        if (others?.type === "sequence")
          for (const item of others.items) if (item.type === "scalar") aliases.set(item.text.value, variable);
      }
    } else problems.error("wrong-type", node.span, "parameters are a list of names, or a map from names to defaults");
    return { list, aliases, functions };
  }

  #operation(entry: Entry, absent: Map<string, string>): Operation | null {
    const { problems } = this.#definition;
    const { value, keyNode, key: name } = entry;
    if (!checkName(problems, entry, "an operation")) return null;
    if (value.type !== "map") {
      problems.error("wrong-type", value.span, `an operation is a map with 'when:' and 'do:', not ${describe(value)}`);
      return null;
    }
    for (const one of value.entries) {
      if (!OPERATION_KEYS.includes(one.key))
        problems.error(
          "unknown-key",
          one.keyNode.span,
          `'${one.key}' is not a key of an operation`,
          didYouMean(one.key, OPERATION_KEYS),
        );
    }
    if (!this.#exists(value)) {
      const only = find(value, "only");
      absent.set(name, only?.type === "scalar" ? only.text.value : "");
      return null;
    }
    const { list, aliases, functions } = this.#parameters(find(value, "params"));
    const locals: Variable[] = [];
    const frame = byName(list);
    const context = this.#context(frame, true, locals, upcomingNames({ world: this.#world }, value));
    const stepsNode = find(value, "steps");
    const single = value.entries.find((one) => STEP_KEYS.includes(one.key) && one.key !== "only");
    if (stepsNode !== null && single !== undefined)
      problems.error(
        "conflicting-keys",
        single.keyNode.span,
        `'${single.key}' stands beside 'steps'`,
        "write it inside a step",
      );
    const nodes = stepsNode === null ? [value] : stepsNode.type === "sequence" ? stepsNode.items : [];
    if (stepsNode !== null && stepsNode.type !== "sequence")
      problems.error("wrong-type", stepsNode.span, "'steps' is a list of steps");
    const steps = nodes.flatMap((node) => this.#step(context, node, node === value));
    return {
      name,
      parameters: list,
      aliases,
      functions,
      locals,
      steps,
      miss: textOf(value, "miss") || "Timeout",
      internal: isInternal(value),
      about: textOf(value, "about"),
      span: keyNode.span,
    };
  }

  #step(context: Context, node: Node, whole: boolean): OperationStep[] {
    if (node.type !== "map") {
      context.problems.error("wrong-type", node.span, `a step is a map with 'when:' and 'do:', not ${describe(node)}`);
      return [];
    }
    if (!whole) refuseUnknownKeys(context, node.entries, STEP_KEYS, "a step");
    if (!whole && !this.#exists(node)) return [];
    const part = (key: string) => find(node, key);
    const when = part("when");
    const time = part("time");
    const body = part("do");
    const missed = part("missed");
    const continues = part("continues");
    return [
      {
        time: time === null || isNull(time) ? null : readExpression(context, time),
        when: when === null || isNull(when) ? null : readExpression(context, when),
        body: body === null ? [] : readBlock(context, body),
        missed: missed === null ? [] : readBlock(context, missed),
        continues: continues?.type === "scalar" && continues.value === true,
      },
    ];
  }

  #ends(): readonly string[] {
    const node = find(this.#definition.map, "ends");
    return node?.type === "sequence"
      ? node.items.flatMap((item) => (item.type === "scalar" ? [item.text.value] : []))
      : [];
  }

  #with(operations: ReadonlyMap<string, Operation>, absent: ReadonlyMap<string, string>): Kind["with"] {
    const { problems } = this.#definition;
    const node = find(this.#definition.map, "with");
    if (node === null || isNull(node)) return null;
    const names =
      node.type === "sequence" ? node.items.map((item) => (item.type === "scalar" ? item.text.value : "")) : [];
    const [enter, leave] = names;
    if (enter === undefined || leave === undefined || names.length > 2) {
      problems.error("wrong-type", node.span, "'with' names two operations", "write with: [acquire, release]");
      return null;
    }
    for (const name of names) {
      if (!operations.has(name) && !absent.has(name))
        problems.error(
          "unknown-name",
          node.span,
          `'${name}' is not an operation of this kind`,
          didYouMean(name, operations.keys()),
        );
    }
    return { enter, leave };
  }

  #holder(): Variable | null {
    const node = find(this.#definition.map, "holder");
    if (node === null || node.type !== "scalar" || node.value === null) return null;
    const name = node.text.value;
    const field = this.#fields.find((known) => known.name === name);
    if (field === undefined)
      this.#definition.problems.error(
        "unknown-name",
        node.span,
        `'${name}' is not a field of this kind`,
        didYouMean(
          name,
          this.#fields.map((known) => known.name),
        ),
      );
    return field ?? null;
  }
}

/** `{ call: true }` takes a call, `{ function: 1 }` the name of a function of one argument. */
function functionParameter(specification: MapNode): FunctionParameter | null {
  const named = find(specification, "function");
  if (named?.type === "scalar" && typeof named.value === "number") return { type: "name", arguments: named.value };
  const call = find(specification, "call");
  return call?.type === "scalar" && call.value === true ? { type: "call" } : null;
}

function byName(variables: readonly Variable[]): Map<string, Variable> {
  return new Map(variables.map((variable) => [variable.name, variable]));
}

function variableOf(name: string, storage: Variable["storage"], initial: Initial | null, span: Span): Variable {
  return { name, storage, initial, initialExpression: null, span };
}
