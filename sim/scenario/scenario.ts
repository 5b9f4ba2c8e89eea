/** The whole file: its top-level keys, in the order in which they need each other. */
import { isPrintableAscii } from "../base/ascii.ts";
import { Decimal } from "../base/decimal.ts";
import type {
  Function as FunctionDeclaration,
  Process,
  Resource,
  Scenario,
  SchedulerParameter,
  SchedulerSpecification,
  Source,
  Span,
  Unit,
  Variable,
} from "./ast.ts";
import type { Mutable, Notes, World } from "./context.ts";
import { find } from "./definition.ts";
import { exceptionNames } from "./exception.ts";
import { readCheck, readExpect } from "./expect.ts";
import { checkFlow } from "./flow.ts";
import { completeFunction, declareFunction, type PendingFunction } from "./function.ts";
import { completeCrews } from "./kind-task.ts";
import type { ParseOptions, ParseResult } from "./load.ts";
import { type Problem, Problems, TooManyProblems } from "./problem.ts";
import {
  checkVariableName,
  completeTask,
  type Draft,
  declareTask,
  type Pending,
  readChoice,
  refuseKeys,
} from "./process.ts";
import { Kinds, ResourceBuilder } from "./resource.ts";
import { applySettings } from "./set.ts";
import { isNull } from "./simple.ts";
import { checkSize } from "./size.ts";
import { constantTime, UNITS } from "./time.ts";
import { describe, type Entry, type MapNode, type Node, readTree } from "./tree.ts";
import { checkTypes } from "./types.ts";
import { CELLS_MAX, cellsOf, readInitial } from "./values.ts";

export const TOP_KEYS: readonly string[] = [
  ...["name", "about", "unit", "until", "cpu", "shared", "atomics", "resources", "kinds", "functions", "processes"],
  ...["check", "expect"],
];
export const CPU_KEYS: readonly string[] = ["cores", "scheduler", "context_switch", "step"];
const CORES_MAX = 64;
/** Greatest number of functions: later stages follow their calls by recursion. */
const FUNCTIONS_MAX = 500;
/** Greatest number of processes, threads and coroutines together. */
const TASKS_MAX = 10_000;

/** See `parseScenario` in load.ts. */
export function buildScenario(source: Source, options: ParseOptions): ParseResult {
  const problems = new Problems(source);
  const root = readWithin(problems);
  if (root === null) return { scenario: null, draft: null, problems: problems.list() };
  if (root.type !== "map") {
    problems.error("wrong-type", root.span, `a scenario is a map, not ${describe(root)}`, "start with 'processes:'");
    return { scenario: null, draft: null, problems: problems.list() };
  }
  const tree = applySettings(problems, root, (options.set ?? []).slice(0, SETTINGS_MAX));
  let draft: Scenario | null = null;
  let preludeProblems: readonly Problem[] = [];
  try {
    const builder = new Builder(problems, tree, options);
    draft = builder.build();
    preludeProblems = builder.preludeProblems();
  } catch (error) {
    if (!(error instanceof TooManyProblems)) throw error;
  }
  const all: Problem[] = [...problems.list(), ...preludeProblems];
  return { scenario: all.some((problem) => problem.severity === "error") ? null : draft, draft, problems: all };
}

const SETTINGS_MAX = 100;

/** The tree; null also if it has more problems than are worth telling. */
function readWithin(problems: Problems): Node | null {
  try {
    return readTree(problems);
  } catch (error) {
    if (error instanceof TooManyProblems) return null;
    throw error;
  }
}

class Builder {
  readonly #problems: Problems;
  readonly #root: MapNode;
  readonly #kinds: Kinds;
  readonly #shared = new Map<string, Variable>();
  readonly #resources = new Map<string, Resource>();
  readonly #processes = new Map<string, Draft>();
  readonly #functions = new Map<string, Mutable<FunctionDeclaration>>();
  readonly #notes: Notes = {
    unknown: new WeakSet(),
    uncertain: false,
    failed: new Set(),
    reads: new Set(),
    made: new Set(),
    performed: new Map(),
    crews: [],
  };
  readonly #world: World;
  readonly #settings: Scenario["set"];

  constructor(problems: Problems, root: MapNode, options: ParseOptions) {
    this.#settings = options.set ?? [];
    this.#problems = problems;
    this.#root = root;
    this.#kinds = new Kinds(options, problems, this.#entries("kinds"));
    this.#world = {
      problems,
      unit: readChoice<Unit>(problems, this.#get("unit"), "unit", UNITS, "tick"),
      kinds: this.#kinds,
      shared: this.#shared,
      resources: this.#resources,
      processes: this.#processes,
      functions: this.#functions,
      exceptions: exceptionNames(root),
      notes: this.#notes,
    };
  }

  preludeProblems(): readonly Problem[] {
    return this.#kinds.preludeProblems();
  }

  build(): Scenario {
    const problems = this.#problems;
    const before = problems.errors;
    refuseKeys(problems, this.#root, TOP_KEYS, "a scenario");
    const hasUnknownKeys = problems.errors > before;
    if (this.#get("processes") === null && !hasUnknownKeys) {
      problems.error(
        "missing-key",
        this.#root.entries[0]?.keyNode.span ?? this.#root.span,
        "the scenario has no 'processes:'",
        "write processes: { P1: { burst: 5 } }",
      );
    }
    const shared = this.#declareShared("shared");
    const atomics = this.#declareShared("atomics");
    const resources = this.#declareResources();
    const pendingFunctions = this.#declareFunctions();
    const pending = this.#declareProcesses();
    for (const one of pendingFunctions) completeFunction(this.#world, one);
    const drafts = new Map(pending.map((one) => [one.draft, one]));
    for (const one of pending) completeTask(this.#world, one, drafts);
    const crew = completeCrews(this.#world, [...this.#processes.values()]);
    this.#kinds.compileOwn(this.#world);
    const check = readCheck(this.#world, this.#get("check"));
    const cpu = this.#cpu();
    const scenario: Scenario = {
      name: this.#text("name") ?? baseName(problems.source.file),
      about: this.#text("about") ?? "",
      unit: this.#world.unit,
      until: this.#time(this.#get("until")),
      ...cpu,
      shared,
      atomics,
      resources,
      processes: [...this.#processes.values(), ...crew],
      check,
      expect: readExpect(this.#world, this.#get("expect"), check),
      source: problems.source,
      set: this.#settings,
    };
    const functions = [...this.#functions.values()];
    const kinds = this.#kinds.compiled;
    checkTypes(this.#world, scenario, functions, kinds);
    checkFlow(this.#world, scenario, functions, kinds);
    if (problems.errors === 0) checkSize(this.#world, scenario);
    return scenario;
  }

  /** Where a top-level key stands. */
  #key(key: string): Span {
    return this.#root.entries.find((entry) => entry.key === key)?.keyNode.span ?? this.#root.span;
  }

  #get(key: string): Node | null {
    return find(this.#root, key);
  }

  #entries(key: string): readonly Entry[] {
    const node = this.#get(key);
    if (node === null || isNull(node)) return [];
    if (node.type === "map") return node.entries;
    this.#problems.error(
      "wrong-type",
      node.span,
      `'${key}' is a map from names to what they are, not ${describe(node)}`,
    );
    return [];
  }

  #text(key: string): string | null {
    const node = this.#get(key);
    if (node === null || isNull(node)) return null;
    if (node.type === "scalar") {
      const text = node.text.value.trim();
      if (key === "name" && ((!isPrintableAscii(text) && /[\p{Cc}\p{Cf}]/u.test(text)) || text === "")) {
        this.#problems.error(
          "control-character",
          node.span,
          "the name contains a control character or nothing at all",
          "write it with letters, digits and '-'",
        );
      }
      return text;
    }
    this.#problems.error("wrong-type", node.span, `'${key}' is a text, not ${describe(node)}`, "put it in quotes");
    return null;
  }

  #time(node: Node | null): Decimal | null {
    return node === null || isNull(node) ? null : constantTime(this.#problems, node, this.#world.unit);
  }

  #declareShared(key: "shared" | "atomics"): readonly Variable[] {
    const list: Variable[] = [];
    for (const entry of this.#entries(key)) {
      if (!checkVariableName(this.#problems, entry)) continue;
      if (this.#shared.has(entry.key)) {
        this.#problems.error(
          "duplicate-name",
          entry.keyNode.span,
          `'${entry.key}' is already a shared variable`,
          "rename one of them",
        );
        continue;
      }
      const variable: Variable = {
        name: entry.key,
        storage: key === "shared" ? "shared" : "atomic",
        initial: readInitial(this.#problems, entry.value),
        initialExpression: null,
        span: entry.keyNode.span,
      };
      this.#shared.set(entry.key, variable);
      list.push(variable);
    }
    return list;
  }

  #declareResources(): readonly Resource[] {
    const entries = this.#entries("resources");
    for (const entry of entries) {
      if (this.#shared.has(entry.key))
        this.#problems.error(
          "duplicate-name",
          entry.keyNode.span,
          `'${entry.key}' is already a shared variable`,
          "rename one of them",
        );
    }
    return new ResourceBuilder(this.#world, this.#kinds, entries, this.#resources).build();
  }

  #declareFunctions(): readonly PendingFunction[] {
    const entries = this.#entries("functions");
    const [first] = entries;
    if (first !== undefined && entries.length > FUNCTIONS_MAX)
      this.#problems.error("too-large", first.keyNode.span, `there are more than ${FUNCTIONS_MAX} functions`);
    return entries.slice(0, FUNCTIONS_MAX).flatMap((entry) => {
      const pending = declareFunction(this.#world, entry);
      if (pending === null) return [];
      this.#functions.set(entry.key, pending.draft);
      return [pending];
    });
  }

  #declareProcesses(): readonly Pending[] {
    const pending: Pending[] = [];
    for (const entry of this.#entries("processes")) {
      if (this.#resources.has(entry.key)) {
        this.#problems.error(
          "duplicate-name",
          entry.keyNode.span,
          `'${entry.key}' is already a resource`,
          "rename one of them",
        );
        continue;
      }
      const draft = declareTask(this.#world, entry, "process", null, pending);
      if (draft !== null) this.#processes.set(entry.key, draft);
    }
    const node = this.#get("processes");
    if (node !== null && this.#processes.size === 0 && this.#problems.errors === 0) {
      this.#problems.error("missing-key", node.span, "there are no processes", "write processes: { P1: { burst: 5 } }");
    }
    const multiply = (draft: Process): number =>
      (draft.count ?? 1) * (draft.owner === null ? 1 : multiply(draft.owner));
    const total = pending.reduce((sum, one) => sum + multiply(one.draft), 0);
    const cells = pending.reduce((sum, { draft }) => {
      const own = draft.variables.reduce((one, { initial }) => one + (initial === null ? 1 : cellsOf(initial)), 0);
      return sum + own * multiply(draft);
    }, 0);
    if (node !== null && cells > CELLS_MAX)
      this.#problems.error(
        "too-large",
        this.#key("processes"),
        `the processes' variables have ${cells} cells, more than ${CELLS_MAX}`,
        "make their arrays smaller",
      );
    if (node !== null && total > TASKS_MAX)
      this.#problems.error(
        "too-large",
        this.#key("processes"),
        `there are ${total} processes, threads and coroutines, more than ${TASKS_MAX}`,
        "lower a 'count:'",
      );
    return pending;
  }

  #cpu(): Pick<Scenario, "cores" | "scheduler" | "contextSwitch" | "stepCost"> {
    const node = this.#get("cpu");
    const zero = Decimal.of(0)!;
    const fallback: SchedulerSpecification = {
      policy: "fcfs",
      parameters: new Map(),
      span: node?.span ?? this.#root.span,
    };
    const result = { cores: 1, scheduler: fallback, contextSwitch: zero, stepCost: zero };
    if (node === null || isNull(node)) return result;
    if (node.type !== "map") {
      this.#problems.error(
        "wrong-type",
        node.span,
        `'cpu' is a map, not ${describe(node)}`,
        "write cpu: { cores: 1, scheduler: rr }",
      );
      return result;
    }
    refuseKeys(this.#problems, node, CPU_KEYS, "'cpu'");
    const cores = find(node, "cores");
    if (cores !== null) {
      if (cores.type !== "scalar" || typeof cores.value !== "number")
        this.#problems.error("wrong-type", cores.span, `'cores' is a whole number, not ${describe(cores)}`);
      else if (cores.value < 1 || cores.value > CORES_MAX)
        this.#problems.error("out-of-range", cores.span, `'cores' must be from 1 to ${CORES_MAX}`);
      else result.cores = cores.value;
    }
    const scheduler = find(node, "scheduler");
    if (scheduler !== null) result.scheduler = this.#scheduler(scheduler) ?? fallback;
    result.contextSwitch = this.#time(find(node, "context_switch")) ?? zero;
    result.stepCost = this.#time(find(node, "step")) ?? zero;
    return result;
  }

  #scheduler(node: Node): SchedulerSpecification | null {
    if (node.type === "scalar" && typeof node.value === "string")
      return { policy: node.value.trim(), parameters: new Map(), span: node.span };
    if (node.type !== "map") {
      this.#problems.error(
        "wrong-type",
        node.span,
        `'scheduler' is a name or a map with 'policy:', not ${describe(node)}`,
        "write scheduler: rr or scheduler: { policy: rr, quantum: 4 }",
      );
      return null;
    }
    const policy = find(node, "policy");
    if (policy === null) {
      this.#problems.error(
        "missing-key",
        node.entries[0]?.keyNode.span ?? node.span,
        "the scheduler needs 'policy:'",
        "write scheduler: { policy: rr, quantum: 4 }",
      );
      return null;
    }
    if (policy.type !== "scalar" || typeof policy.value !== "string") {
      this.#problems.error("wrong-type", policy.span, `'policy' is a name, not ${describe(policy)}`);
      return null;
    }
    const parameters = new Map<string, SchedulerParameter>();
    for (const entry of node.entries) if (entry.key !== "policy") parameters.set(entry.key, parameterOf(entry.value));
    return { policy: policy.value.trim(), parameters, span: policy.span };
  }
}

function parameterOf(node: Node): SchedulerParameter {
  if (node.type === "scalar") return { value: node.value, span: node.span };
  if (node.type === "sequence") return { value: node.items.map(parameterOf), span: node.span };
  return { value: new Map(node.entries.map((entry) => [entry.key, parameterOf(entry.value)])), span: node.span };
}

/** The file's name without folders and without .yaml. */
function baseName(file: string): string {
  const last = file.split(/[\\/]/).pop() ?? "";
  return last.replace(/\.[^.]*$/, "") || "scenario";
}
