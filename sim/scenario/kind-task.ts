/**
 * Tasks that come with a resource: the workers of a pool. A kind declares them under `tasks:`; here they become ordinary
 * daemon processes (or daemon threads of the processes that use the resource), in whose code the resource is `self`.
 */
import type {
  Expression,
  Function as FunctionDeclaration,
  Process,
  Resource,
  Span,
  Statement,
  Value,
  Variable,
} from "./ast.ts";
import type { Context, Crew, Mutable, World } from "./context.ts";
import { decide, find, isTrue, type KindDefinition } from "./definition.ts";
import { expressionSyntax } from "./expression.ts";
import { baseContext } from "./process.ts";
import { COUNT_MAX } from "./resource.ts";
import { readBlock, upcomingNames } from "./statement.ts";
import { listNames, withArticle } from "./suggest.ts";
import type { MapNode, Node, ScalarNode } from "./tree.ts";
import { eachStatement } from "./visit.ts";

type Draft = Mutable<Process>;

/** The tasks of a resource with these options, so far without their code. */
export function draftTasks(
  world: World,
  definition: KindDefinition,
  values: ReadonlyMap<string, Value>,
  resource: string,
  span: Span,
): ReadonlyMap<string, Draft> {
  const drafts = new Map<string, Draft>();
  for (const { key, value } of definition.tasks) {
    if (value.type !== "map" || !holds(definition, value, "only", values, true)) continue;
    const count = decided(definition, value, "count", values) ?? null;
    const fits = count === null || (typeof count === "number" && count >= 1 && count <= COUNT_MAX);
    if (!fits)
      world.problems.error(
        "count-range",
        span,
        `${withArticle(definition.name)} has from 1 to ${COUNT_MAX} tasks '${key}', not ${String(count)}`,
      );
    drafts.set(key, draft(`${resource}.${key}`, fits ? (count as number | null) : 1, span));
  }
  return drafts;
}

function draft(name: string, count: number | null, span: Span): Draft {
  return {
    name,
    type: "process",
    owner: null,
    count,
    arrival: { kind: "constant", value: 0, span },
    start: "auto",
    daemon: true,
    ofResource: true,
    memory: "spawn",
    variables: [],
    threads: [],
    coroutines: [],
    body: [],
    period: null,
    deadline: null,
    gil: null,
    attributes: new Map(),
    span,
  };
}

function decided(
  definition: KindDefinition,
  map: MapNode,
  key: string,
  values: ReadonlyMap<string, Value>,
): Value | undefined {
  const node = find(map, key);
  const syntax = node === null ? null : expressionSyntax(definition.problems, node);
  return syntax === null ? undefined : decide(syntax, values);
}

function holds(
  definition: KindDefinition,
  map: MapNode,
  key: string,
  values: ReadonlyMap<string, Value>,
  otherwise: boolean,
): boolean {
  const value = decided(definition, map, key, values);
  return value === undefined ? otherwise : isTrue(value);
}

/**
 * Reads the code of the tasks of all resources, once everything else has been read, and puts threads into the processes
 * that they belong to. Gives the tasks that are processes of their own.
 */
export function completeCrews(world: World, processes: readonly Draft[]): readonly Process[] {
  const made: Draft[] = [];
  const drafts = (crew: Crew, inCallers: boolean): [MapNode, Draft][] =>
    crew.definition.tasks.flatMap(({ key, value }): [MapNode, Draft][] => {
      const task = crew.tasks.get(key);
      if (task === undefined || value.type !== "map" || (find(value, "for") !== null) !== inCallers) return [];
      return [[value, task]];
    });
  for (const crew of world.notes.crews) {
    for (const [map, task] of drafts(crew, false)) {
      if (!holds(crew.definition, map, "thread", crew.values, false)) made.push(task);
      else {
        const home = homeOf(world, crew, processes);
        if (home === null) continue;
        adopt(home, task);
      }
      task.body = readBody(world, crew, map, task);
    }
  }
  for (const crew of world.notes.crews) {
    for (const [map, model] of drafts(crew, true)) {
      const name = find(map, "for");
      const parameter = name?.type === "scalar" ? name.text.value : "";
      for (const process of [...processes, ...made]) {
        if (!usesOf(process, crew.resource).some((use) => isGiven(use, parameter))) continue;
        const task = draft(model.name, model.count, model.span);
        adopt(process, task);
        task.body = readBody(world, crew, map, task);
      }
    }
  }
  return made;
}

function adopt(home: Draft, task: Draft): void {
  task.type = "thread";
  task.owner = home;
  home.threads = [...home.threads, task];
}

/** The one process whose threads a resource's threads are; null if nobody uses it, or (reported) several do. */
function homeOf(world: World, crew: Crew, processes: readonly Draft[]): Draft | null {
  const users = processes.filter((process) => usesOf(process, crew.resource).length > 0);
  const [home] = users;
  if (home !== undefined && (users.length > 1 || home.count !== null)) {
    const names = users.map((user) => user.name);
    world.problems.error(
      "wrong-type",
      crew.resource.span,
      `the threads of '${crew.resource.name}' belong to one process, but ${users.length > 1 ? listNames(names) : `each ${home.name}`} would use them`,
      "threads are not shared by processes: give each its own, or use kind: process",
    );
    return null;
  }
  return home ?? null;
}

type Operate = Statement & { readonly kind: "operate" };

/** The operations on a resource in the code of a process, its threads and coroutines, and the functions that these call. */
function usesOf(process: Process, resource: Resource): readonly Operate[] {
  const uses: Operate[] = [];
  const seen = new Set<FunctionDeclaration>();
  const visit = (block: readonly Statement[]): void =>
    eachStatement(block, (statement) => {
      if (statement.kind === "operate" && statement.resource.resource === resource) uses.push(statement);
      if (statement.kind !== "call" || seen.has(statement.function)) return;
      seen.add(statement.function);
      visit(statement.function.body);
    });
  const inner = (task: Process): void => {
    visit(task.body);
    for (const one of [...task.threads, ...task.coroutines]) inner(one);
  };
  inner(process);
  return uses;
}

function isGiven(use: Operate, parameter: string): boolean {
  const given: Expression | undefined = [...use.arguments].find(([variable]) => variable.name === parameter)?.[1];
  return given !== undefined && !(given.kind === "constant" && given.value === null);
}

function readBody(world: World, crew: Crew, map: MapNode, task: Draft): readonly Statement[] {
  const node = find(map, "do");
  if (node === null) return [];
  // its text is the kind's: what is said of it points to the resource in the scenario
  const code = relocate(node, crew.resource.span);
  const frame = new Map<string, Variable>();
  const resources = new Map(world.resources).set("self", crew.resource);
  const context: Context = {
    ...baseContext({ ...world, resources }),
    frames: [frame],
    task,
    crew: crew.resource,
    decided: crew.values,
    upcoming: upcomingNames({ world }, code),
    declare: (name, span) => {
      const variable: Variable = {
        name,
        storage: "task",
        initial: { type: "scalar", value: null },
        initialExpression: null,
        span,
      };
      frame.set(name, variable);
      (task.variables as Variable[]).push(variable);
      return variable;
    },
  };
  return readBlock(context, code);
}

/** The same tree, all of it at one place of another text. */
function relocate(node: Node, span: Span): Node {
  if (node.type === "scalar") return relocateScalar(node, span);
  if (node.type === "sequence") return { ...node, span, items: node.items.map((item) => relocate(item, span)) };
  const entries = node.entries.map((entry) => ({
    ...entry,
    keyNode: relocateScalar(entry.keyNode, span),
    value: relocate(entry.value, span),
  }));
  return { ...node, span, entries };
}

function relocateScalar(node: ScalarNode, span: Span): ScalarNode {
  return { ...node, span, text: { value: node.text.value, at: (index) => (index === 0 ? span.start : span.end) } };
}
