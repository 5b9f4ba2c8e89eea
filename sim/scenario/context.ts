/** What is known while names are looked up: the whole scenario's declarations, and where in it we are. */
import type {
  Expression,
  Function as FunctionDeclaration,
  Kind,
  Process,
  Resource,
  Span,
  Unit,
  Value,
  Variable,
} from "./ast.ts";
import type { KindDefinition } from "./definition.ts";
import type { Problems } from "./problem.ts";
import { didYouMean } from "./suggest.ts";

export type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** A kind as far as the statements that use it need to know it before its bodies are compiled. */
export interface KindTable {
  readonly names: readonly string[];
  /** every operation name of every kind in sight, with the kinds that have it */
  readonly operations: ReadonlyMap<string, readonly string[]>;
  readonly views: ReadonlyMap<string, readonly string[]>;
  /** operations that only the operations of other kinds may use */
  readonly internal: ReadonlySet<string>;
}

/** What belongs to the scenario as a whole. */
export interface World {
  readonly problems: Problems;
  readonly unit: Unit;
  readonly kinds: KindTable;
  /** `shared:` and `atomics:` */
  readonly shared: ReadonlyMap<string, Variable>;
  readonly resources: ReadonlyMap<string, Resource>;
  /** processes at the top, without their threads and coroutines */
  readonly processes: ReadonlyMap<string, Mutable<Process>>;
  readonly functions: ReadonlyMap<string, Mutable<FunctionDeclaration>>;
  /** names of exceptions that something in the scenario may raise */
  readonly exceptions: readonly string[];
  readonly notes: Notes;
}

/** What later passes want to know about the building of the tree. */
export interface Notes {
  /** stand-ins for what could not be understood */
  readonly unknown: WeakSet<object>;
  /** set when a whole statement could not be understood: what variables hold is then uncertain */
  uncertain: boolean;
  /** names of resources that are declared, but wrongly: reported once, at their declaration */
  readonly failed: Set<string>;
  readonly reads: Set<Variable>;
  /** task variables made by `into:` */
  readonly made: Set<Variable>;
  /** functions that tasks of a resource perform: for each resource, by the parameter under which they are given */
  readonly performed: Map<Resource, Map<string, Set<FunctionDeclaration>>>;
  /** resources whose kind has tasks of its own, whose code is read last */
  readonly crews: Crew[];
}

/** A resource with tasks of its own (the workers of a pool). */
export interface Crew {
  readonly resource: Resource;
  readonly definition: KindDefinition;
  readonly values: ReadonlyMap<string, Value>;
  /** by their names in the kind */
  readonly tasks: ReadonlyMap<string, Mutable<Process>>;
}

export type Place = "task" | "function" | "check" | "kind" | "declaration";
export type Self = "me" | "i" | "pid" | "ppid" | "now";

export interface Context {
  readonly world: World;
  /** problems of the text at hand: a kind of the prelude has a text of its own */
  readonly problems: Problems;
  readonly place: Place;
  /** innermost first; not the shared memory */
  readonly frames: readonly ReadonlyMap<string, Variable>[];
  /** shared memory is in sight */
  readonly shared: boolean;
  /** makes a variable of the task, function or operation at hand; null where none can be made */
  readonly declare: ((name: string, span: Span) => Variable) | null;
  /** names that `into:`, `for:` and the like will make somewhere in this body */
  readonly upcoming: ReadonlySet<string>;
  readonly task: Process | null;
  readonly selves: readonly Self[];
  /** resource options of the kind whose operation this is, with the kind each stands for */
  readonly optionKinds: ReadonlyMap<Variable, Kind>;
  /** values of the options that decide which parts of the kind exist; empty outside kinds */
  readonly decided: ReadonlyMap<string, Value>;
  readonly inLoop: boolean;
  readonly inFunction: boolean;
  readonly inCatch: boolean;
  /** this is an operation (not a view) of a kind */
  readonly operation: boolean;
  /** in the tasks of a kind: the resource they belong to, here under the name `self` */
  readonly crew: Resource | null;
}

/** Names that no variable may have. */
export const RESERVED: ReadonlySet<string> = new Set([
  ...["true", "false", "null", "True", "False", "None", "and", "or", "not", "in", "if", "else", "is"],
  ...["me", "pid", "ppid", "now", "del"],
]);

/** Looks a variable up; names that `into:` makes further down come into being here. */
export function findVariable(context: Context, name: string, span: Span): Variable | null {
  for (const frame of context.frames) {
    const found = frame.get(name);
    if (found !== undefined) return found;
  }
  if (context.upcoming.has(name) && context.declare !== null && !(context.shared && context.world.shared.has(name))) {
    return context.declare(name, span);
  }
  return (context.shared ? context.world.shared.get(name) : undefined) ?? null;
}

/** Every variable name in sight, for hints. */
export function variableNames(context: Context): string[] {
  const names = new Set<string>();
  for (const frame of context.frames) for (const name of frame.keys()) names.add(name);
  if (context.shared) for (const name of context.world.shared.keys()) names.add(name);
  for (const name of context.upcoming) names.add(name);
  for (const name of context.selves) names.add(name);
  return [...names];
}

/** The processes, threads and coroutines that can be named here: its own ones first. */
export function findTask(context: Context, name: string): Process | null {
  const owner = context.task === null ? null : (context.task.owner ?? context.task);
  for (const inner of owner === null ? [] : [...owner.threads, ...owner.coroutines])
    if (inner.name === name) return inner;
  const outer = context.world.processes.get(name);
  if (outer !== undefined) return outer;
  if (context.place !== "check") return null;
  const inside = [...context.world.processes.values()].flatMap((process) => [
    ...process.threads,
    ...process.coroutines,
  ]);
  const matches = inside.filter((inner) => inner.name === name);
  return matches.length === 1 ? (matches[0] ?? null) : null;
}

export function taskNames(context: Context): string[] {
  const owner = context.task === null ? null : (context.task.owner ?? context.task);
  const inner = owner === null ? [] : [...owner.threads, ...owner.coroutines].map((task) => task.name);
  return [...inner, ...context.world.processes.keys()];
}

/** What a name that is no variable is instead, or the nearest name: the hint for `unknown-name`. */
export function hintForName(context: Context, name: string): string | null {
  if (context.world.resources.has(name) && context.shared)
    return `'${name}' is a resource: use its operations, or a view such as size(${name})`;
  const suggestion = didYouMean(name, variableNames(context));
  if (suggestion !== null) return suggestion;
  if (context.place === "check") {
    for (const process of context.world.processes.values()) {
      if (process.variables.some((variable) => variable.name === name)) {
        return `a process's variable is written ${process.name}${process.count === null ? "" : "[0]"}.${name} here`;
      }
    }
  }
  if (/^(new|ready|running|blocked|sleeping|ended|zombie|orphan)$/.test(name)) return `put a text in quotes: "${name}"`;
  const other = didYouMean(name, [
    ...context.world.resources.keys(),
    ...context.world.functions.keys(),
    ...context.world.processes.keys(),
  ]);
  return other ?? "declare it under 'shared:' or 'vars:', or put a text in quotes";
}

/** A stand-in for an expression that could not be understood. */
export function unknownExpression(world: World, span: Span): Expression {
  const expression: Expression = { kind: "constant", value: null, span };
  world.notes.unknown.add(expression);
  return expression;
}
