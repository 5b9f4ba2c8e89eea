/** `functions:`. */
import type { Function as FunctionDeclaration, Variable } from "./ast.ts";
import type { Context, Mutable, World } from "./context.ts";
import { checkName, find } from "./definition.ts";
import { baseContext, checkVariableName, declareVariables, refuseKeys } from "./process.ts";
import { isNull } from "./simple.ts";
import { readBlock, upcomingNames } from "./statement.ts";
import { describe, type Entry, type MapNode, type Node } from "./tree.ts";
import { readInitial } from "./values.ts";

/** Functions with their parameters declared; bodies come in `completeFunction`. */
export interface PendingFunction {
  readonly draft: Mutable<FunctionDeclaration>;
  readonly map: MapNode;
  readonly frame: Map<string, Variable>;
}

export function declareFunction(world: World, entry: Entry): PendingFunction | null {
  const { problems } = world;
  if (!checkName(problems, entry, "a function")) return null;
  if (entry.value.type !== "map") {
    problems.error(
      "wrong-type",
      entry.value.span,
      `a function is a map with 'params:' and 'do:', not ${describe(entry.value)}`,
    );
    return null;
  }
  const map = entry.value;
  refuseKeys(problems, map, ["params", "vars", "do", "about"], "a function");
  const frame = new Map<string, Variable>();
  const parameters = readParameters(world, find(map, "params"), frame);
  const vars = find(map, "vars");
  const locals = vars === null ? [] : declareVariables(world, vars, "parameter", null, frame);
  return { draft: { name: entry.key, parameters, locals, body: [], span: entry.keyNode.span }, map, frame };
}

function readParameters(world: World, node: Node | null, frame: Map<string, Variable>): readonly Variable[] {
  if (node === null || isNull(node)) return [];
  const entries: Entry[] = [];
  const required = new Set<Entry>();
  if (node.type === "map") entries.push(...node.entries);
  for (const item of node.type === "sequence" ? node.items : []) {
    if (item.type !== "scalar") {
      world.problems.error("wrong-type", item.span, "the name of a parameter is expected here");
      continue;
    }
    const entry: Entry = { key: item.text.value, keyNode: item, value: item };
    required.add(entry);
    entries.push(entry);
  }
  if (node.type === "scalar")
    world.problems.error("wrong-type", node.span, "'params' is a list of names", "write params: [a, b]");
  const list: Variable[] = [];
  for (const entry of entries) {
    if (!checkVariableName(world.problems, entry)) continue;
    if (frame.has(entry.key)) {
      world.problems.error(
        "duplicate-name",
        entry.keyNode.span,
        `the parameter '${entry.key}' is there twice`,
        "rename one of them",
      );
      continue;
    }
    const initial = required.has(entry) ? null : readInitial(world.problems, entry.value);
    const variable: Variable = {
      name: entry.key,
      storage: "parameter",
      initial,
      initialExpression: null,
      span: entry.keyNode.span,
    };
    list.push(variable);
    frame.set(entry.key, variable);
  }
  return list;
}

export function completeFunction(world: World, pending: PendingFunction): void {
  const { draft, map, frame } = pending;
  const body: Node | null = find(map, "do");
  if (body === null) {
    world.problems.error("missing-key", draft.span, `the function '${draft.name}' needs 'do:'`);
    return;
  }
  const context: Context = {
    ...baseContext(world),
    place: "function",
    frames: [frame],
    inFunction: true,
    upcoming: upcomingNames({ world }, body),
    declare: (name, span) => {
      const variable: Variable = {
        name,
        storage: "parameter",
        initial: { type: "scalar", value: null },
        initialExpression: null,
        span,
      };
      frame.set(name, variable);
      (draft.locals as Variable[]).push(variable);
      return variable;
    },
  };
  draft.body = readBlock(context, body);
}
