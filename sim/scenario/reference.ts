/** References to resources and tasks: `gate`, `forks[i]`, `p.a`, `person[2]`, `server.worker[0]`. */
import type { Expression, Kind, Process, ResourceReference, TaskReference, Variable } from "./ast.ts";
import { type Context, findTask, findVariable, taskNames } from "./context.ts";
import { resolve } from "./expression.ts";
import { didYouMean, listAll, listNames, withArticle } from "./suggest.ts";
import type { Syntax } from "./syntax.ts";

/** The kind of what a reference means. */
export function kindOf(context: Context, reference: ResourceReference): Kind {
  const resource = reference.resource;
  if ("kind" in resource) return resource.kind;
  return context.optionKinds.get(resource)!;
}

/** Whether a name stands for a resource here. */
export function isResourceName(context: Context, name: string): boolean {
  if (context.place === "kind") return [...context.optionKinds.keys()].some((variable) => variable.name === name);
  return context.world.resources.has(name) || context.world.notes.failed.has(name);
}

/** Names that stand for resources here, for hints. */
export function resourceNames(context: Context): string[] {
  const options = [...context.optionKinds.keys()].map((variable) => variable.name);
  return context.place === "kind" ? options : [...context.world.resources.keys(), ...context.world.notes.failed];
}

/** Whether the expression is the name of a resource (or an element or end of one), without reporting anything. */
export function looksLikeResource(context: Context, syntax: Syntax): boolean {
  let base = syntax;
  while (base.kind === "index" || base.kind === "attribute") base = base.target;
  if (base.kind !== "name") return false;
  if (context.place === "kind")
    return [...context.optionKinds.keys()].some((variable) => variable.name === (base as { name: string }).name);
  const name = base.name;
  const isKnown = context.world.resources.has(name) || context.world.notes.failed.has(name);
  return context.shared && isKnown && !context.frames.some((frame) => frame.has(name));
}

/** Resolves a resource; reports and gives null if it is none. `whole` allows an array without an index. */
export function resolveResource(context: Context, syntax: Syntax, whole = false): ResourceReference | null {
  const { problems } = context;
  let end: string | null = null;
  let base = syntax;
  if (base.kind === "attribute") {
    end = base.name;
    base = base.target;
  }
  let index: Syntax | null = null;
  if (base.kind === "index") {
    index = base.index;
    base = base.target;
  }
  if (base.kind !== "name") {
    problems.error("wrong-type", syntax.span, "the name of a resource is expected here");
    return null;
  }
  const name = base.name;
  const option =
    context.place === "kind" ? [...context.optionKinds.keys()].find((variable) => variable.name === name) : undefined;
  const resource = option ?? (context.place === "kind" ? undefined : context.world.resources.get(name));
  if (resource === undefined && context.world.notes.failed.has(name)) return null;
  if (resource === undefined) {
    const variable = findVariable(context, name, base.span);
    const hint = didYouMean(
      name,
      resourceNames(context),
      context.place === "kind" ? null : "declare it under 'resources:'",
    );
    if (variable !== null) problems.error("wrong-type", base.span, `'${name}' is a variable, not a resource`, hint);
    else if (findTask(context, name) !== null)
      problems.error("wrong-type", base.span, `'${name}' is a process, not a resource`, hint);
    else problems.error("unknown-name", base.span, `'${name}' is not a resource here`, hint);
    return null;
  }
  const count = "kind" in resource ? resource.count : null;
  const kind = "kind" in resource ? resource.kind : context.optionKinds.get(resource)!;
  const indexExpression = index === null ? null : resolve(context, index);
  if (index !== null && count === null) {
    problems.error(
      "wrong-type",
      syntax.span,
      `'${name}' is a single ${kind.name}, not an array of them`,
      `write '${name}', or give it a 'count:'`,
    );
    return null;
  }
  if (index === null && count !== null && !whole) {
    problems.error(
      "wrong-type",
      syntax.span,
      `'${name}' is an array of ${count}: say which one`,
      `write '${name}[0]' or '${name}[i]'`,
    );
    return null;
  }
  if (indexExpression !== null && count !== null) checkIndex(context, indexExpression, count, name);
  if (end !== null && !kind.ends.includes(end)) {
    const hint =
      kind.ends.length === 0 ? null : `its ends are ${listAll(kind.ends.map((known) => `${name}.${known}`))}`;
    problems.error("unknown-name", syntax.span, `${withArticle(kind.name)} has no '${end}'`, hint);
    return null;
  }
  if (end === null && kind.ends.length > 0 && !whole) {
    problems.error(
      "wrong-type",
      syntax.span,
      `say which end of the ${kind.name} '${name}' is meant`,
      `write ${listNames(kind.ends.map((known) => `${name}.${known}`))}`,
    );
    return null;
  }
  return { resource, index: indexExpression, end, span: syntax.span };
}

/** Reports a constant index that no element has. */
export function checkIndex(context: Context, index: Expression, length: number, name: string, negative = false): void {
  if (index.kind !== "constant" || typeof index.value !== "number" || context.world.notes.unknown.has(index)) return;
  if (index.value >= (negative ? -length : 0) && index.value < length) return;
  context.problems.error(
    "index-range",
    index.span,
    `'${name}' has ${length} elements: there is no [${index.value}]`,
    `the last one is ${name}[${length - 1}]`,
  );
}

/** Whether the expression starts with the name of a task that can be named here. */
export function looksLikeTask(context: Context, syntax: Syntax): boolean {
  let base = syntax;
  while (base.kind === "index" || base.kind === "attribute") base = base.target;
  return base.kind === "name" && findTask(context, base.name) !== null;
}

/**
 * Resolves a process, thread or coroutine; reports and gives null if it is none.
 * `single`: an array needs its index; otherwise its bare name means all of them.
 */
export function resolveTask(context: Context, syntax: Syntax, single: boolean): TaskReference | null {
  const { problems } = context;
  let base = syntax;
  let index: Syntax | null = null;
  if (base.kind === "index") {
    index = base.index;
    base = base.target;
  }
  let process: Process | null = null;
  if (base.kind === "name") process = findTask(context, base.name);
  else if (base.kind === "attribute") process = innerTask(context, base);
  else {
    problems.error("wrong-type", syntax.span, "the name of a process, thread or coroutine is expected here");
    return null;
  }
  if (process === null) {
    const name = base.name;
    const known: Variable | null =
      base.kind === "name" ? findVariable({ ...context, upcoming: new Set() }, name, base.span) : null;
    const isResource = base.kind === "name" && context.world.resources.has(name);
    const what = known !== null ? "is a variable" : isResource ? "is a resource" : null;
    if (what !== null)
      problems.error("wrong-type", base.span, `'${name}' ${what}, not a process`, didYouMean(name, taskNames(context)));
    else
      problems.error(
        "unknown-name",
        base.span,
        `'${name}' is not a process, thread or coroutine here`,
        didYouMean(name, taskNames(context), "declare it under 'processes:'"),
      );
    return null;
  }
  const expression = index === null ? null : resolve(context, index);
  if (expression !== null && process.count === null) {
    problems.error(
      "wrong-type",
      syntax.span,
      `'${process.name}' is a single ${process.type}, not an array of them`,
      `write '${process.name}', or give it a 'count:'`,
    );
    return null;
  }
  if (expression === null && process.count !== null && single) {
    problems.error(
      "wrong-type",
      syntax.span,
      `'${process.name}' is an array of ${process.count}: say which one`,
      `write '${process.name}[0]'`,
    );
    return null;
  }
  if (expression !== null && process.count !== null) checkIndex(context, expression, process.count, process.name);
  return { process, index: expression, span: syntax.span };
}

/** `server.worker`: a thread or coroutine of a process. An index on the owner is not kept: its threads are named alike. */
function innerTask(context: Context, syntax: Syntax & { readonly kind: "attribute" }): Process | null {
  const target = syntax.target;
  if (target.kind !== "name") return null;
  const owner = findTask(context, target.name);
  if (owner === null) return null;
  return [...owner.threads, ...owner.coroutines].find((task) => task.name === syntax.name) ?? null;
}
