/** Statements about processes, threads, coroutines and functions. */
import type { Expression, Function as FunctionDeclaration, Statement, TaskReference, Variable } from "./ast.ts";
import { type Context, findTask, taskNames } from "./context.ts";
import { isFailure, reportFailure, resolve } from "./expression.ts";
import {
  type Given,
  givenEntries,
  type Input,
  isNode,
  readGiven,
  readInto,
  readWaiting,
  refuseUnknownKeys,
  type StatementForm,
} from "./form.ts";
import { referenceSyntax } from "./operate.ts";
import { resolveTask } from "./reference.ts";
import { didYouMean, listAll, listNames } from "./suggest.ts";
import { parseExpression, type Syntax } from "./syntax.ts";
import type { Entry, Node } from "./tree.ts";

const TASK_KEYS: readonly string[] = ["process", "thread", "coroutine", "task", "of"];

interface Named {
  readonly tasks: readonly TaskReference[];
  /** what else the map form holds */
  readonly rest: readonly Entry[];
}

function readTasks(input: Input, node: Node): Named | null {
  const { context } = input;
  if (node.type === "map") {
    const entry = node.entries.find((one) => TASK_KEYS.includes(one.key));
    if (entry === undefined) {
      context.problems.error(
        "missing-key",
        node.span,
        `'${input.word}' does not say which process`,
        `write ${input.word}: name`,
      );
      return null;
    }
    const named = readTasks(input, entry.value);
    return named === null ? null : { tasks: named.tasks, rest: node.entries.filter((one) => one !== entry) };
  }
  const nodes = node.type === "sequence" ? node.items : [node];
  if (nodes.length === 0 || (node.type === "scalar" && node.value === null)) {
    context.problems.error(
      "missing-key",
      input.wordSpan,
      `'${input.word}' does not say which process`,
      `write ${input.word}: name`,
    );
    return null;
  }
  const tasks = nodes.map((item) => {
    const syntax = referenceSyntax(context, item, (name) => findTask(context, name) !== null);
    return syntax === null ? null : resolveTask(context, syntax, false);
  });
  return tasks.includes(null) ? null : { tasks: tasks as TaskReference[], rest: [] };
}

const START: StatementForm = {
  word: "start",
  siblings: ["args"],
  about: "starts processes and threads declared with start: manual",
  build(input) {
    const { context, span } = input;
    const named = readTasks(input, input.value);
    if (named === null) return null;
    refuseUnknownKeys(context, named.rest, ["args"], "'start'");
    for (const task of named.tasks) checkStart(context, task);
    const args = named.rest.find((entry) => entry.key === "args") ?? input.siblings.get("args");
    return {
      kind: "start",
      tasks: named.tasks,
      arguments: args === undefined ? new Map() : startArguments(context, args.value, named.tasks),
      span,
    };
  },
};

function checkStart(context: Context, task: TaskReference): void {
  const { process, span } = task;
  const starter = context.task;
  if (process.start !== "manual") {
    context.problems.error("not-manual", span, `'${process.name}' starts by itself`, `add 'start: manual' to it`);
  }
  const main = starter === null ? null : (starter.owner ?? starter);
  if (main?.daemon === true && process.type === "process") {
    context.problems.error(
      "daemon-starts",
      span,
      `'${main.name}' is a daemon and may not start processes`,
      "remove 'daemon: true', or start it elsewhere",
    );
  }
}

function startArguments(
  context: Context,
  node: Node,
  tasks: readonly TaskReference[],
): ReadonlyMap<Variable, Expression> {
  const values = new Map<Variable, Expression>();
  if (node.type !== "map") {
    context.problems.error(
      "wrong-type",
      node.span,
      "'args' is a map from the started process's variables to values",
      "write args: { n: 1 }",
    );
    return values;
  }
  for (const entry of node.entries) {
    const value = readGiven(context, entry.value);
    for (const { process } of tasks) {
      const variable = process.variables.find((known) => known.name === entry.key);
      if (variable !== undefined) values.set(variable, value);
      else {
        const known = process.variables.map((one) => one.name);
        context.problems.error(
          "unknown-name",
          entry.keyNode.span,
          `'${process.name}' has no variable '${entry.key}'`,
          didYouMean(entry.key, known, "declare it in its 'vars:'"),
        );
      }
    }
  }
  return values;
}

function waitingFor(kind: "join" | "wait_any", about: string): StatementForm {
  return {
    word: kind,
    siblings: ["timeout", "into", "block"],
    about,
    build(input) {
      const { context, span } = input;
      const named = readTasks(input, input.value);
      if (named === null) return null;
      refuseUnknownKeys(context, named.rest, ["timeout", "into", "block"], `'${kind}'`);
      for (const task of named.tasks) checkSelfJoin(context, task, kind);
      const given = [...givenEntries(named.rest), ...givenEntries(input.siblings.values())];
      return { kind, tasks: named.tasks, ...readWaiting(context, given), span };
    },
  };
}

/** Waiting for one's own end never ends; certain for a single process, for `name[i]`, and for a whole array one is in. */
function checkSelfJoin(context: Context, task: TaskReference, kind: "join" | "wait_any"): void {
  const { process, index } = task;
  const isMain = context.task !== null && context.task.owner === process;
  if (context.task !== process && !isMain) return;
  const own =
    process.count === null || (index?.kind === "self" && index.name === "i") || (index === null && kind === "join");
  if (!own) return;
  if (isMain && kind === "wait_any") return;
  context.problems.error(
    "self-join",
    task.span,
    `'${process.name}' would wait for its own end, for ever`,
    process.count === null ? "name another process" : "wait for the others one by one",
  );
}

const TERMINATE: StatementForm = {
  word: "terminate",
  siblings: [],
  inKinds: true,
  about: "ends another process at once",
  build(input) {
    const named = readTasks(input, input.value);
    if (named === null) return null;
    refuseUnknownKeys(input.context, named.rest, [], "'terminate'");
    return { kind: "terminate", tasks: named.tasks, span: input.span };
  },
};

const SWITCH: StatementForm = {
  word: "switch",
  siblings: [],
  about: "hands control to that coroutine of the same thread",
  build(input) {
    const { context, value, span } = input;
    const syntax = referenceSyntax(context, value, (name) => findTask(context, name) !== null);
    const task = syntax === null ? null : resolveTask(context, syntax, true);
    if (task === null) return null;
    if (task.process.type !== "coroutine" && task.process !== context.task?.owner) {
      const coroutines = taskNames(context).filter((name) => findTask(context, name)?.type === "coroutine");
      context.problems.error(
        "wrong-type",
        task.span,
        `'${task.process.name}' is a ${task.process.type}, not a coroutine`,
        coroutines.length === 0 ? "declare it under 'coroutines:'" : `coroutines here: ${listNames(coroutines)}`,
      );
      return null;
    }
    return { kind: "switch", task, span };
  },
};

const CALL: StatementForm = {
  word: "call",
  siblings: ["args", "into"],
  about: "calls a function; into: takes the value it returns",
  build(input) {
    const { context, value, span } = input;
    if (value.type !== "scalar" || typeof value.value !== "string") {
      context.problems.error(
        "wrong-type",
        value.span,
        "the name of a function is expected here",
        "write call: f or call: f(1, 2)",
      );
      return null;
    }
    const parsed = parseExpression(value.text);
    if (isFailure(parsed)) {
      reportFailure(context.problems, parsed);
      return null;
    }
    const into = input.siblings.get("into");
    const target = into === undefined ? null : into.value;
    const args = input.siblings.get("args")?.value;
    let positional: readonly (Node | Syntax)[] = [];
    let given: readonly Given[] = [];
    let name: Syntax = parsed;
    if (parsed.kind === "call") {
      name = parsed.callee;
      positional = parsed.arguments;
      given = parsed.named;
    }
    if (args?.type === "sequence") positional = [...positional, ...args.items];
    else if (args?.type === "map") given = [...given, ...givenEntries(args.entries)];
    else if (args !== undefined) positional = [...positional, args];
    const call = buildFunctionCall(context, name, positional, given, span);
    return call === null ? null : { ...call, into: target === null ? null : readInto(context, target) };
  },
};

/** `f(1, b=2)` as a statement; null with the problem reported. */
export function buildFunctionCall(
  context: Context,
  callee: Syntax,
  positional: readonly (Node | Syntax)[],
  given: readonly Given[],
  span: Statement["span"],
): (Statement & { readonly kind: "call" }) | null {
  const { problems, world } = context;
  const called: FunctionDeclaration | undefined = callee.kind === "name" ? world.functions.get(callee.name) : undefined;
  if (called === undefined) {
    const name = callee.kind === "name" ? callee.name : "this";
    problems.error(
      "unknown-name",
      callee.span,
      `'${name}' is not a function here`,
      didYouMean(name, world.functions.keys(), "declare it under 'functions:'"),
    );
    return null;
  }
  const values = new Map<Variable, Expression>();
  positional.forEach((value, place) => {
    const parameter = called.parameters[place];
    const expression = isNode(value) ? readGiven(context, value) : resolve(context, value);
    if (parameter !== undefined) values.set(parameter, expression);
  });
  let fits = true;
  for (const one of given) {
    const parameter = called.parameters.find((known) => known.name === one.name);
    if (parameter === undefined) {
      fits = false;
      const names = called.parameters.map((known) => known.name);
      problems.error(
        "unknown-key",
        one.nameSpan,
        `'${one.name}' is not a parameter of '${called.name}'`,
        didYouMean(one.name, names, names.length === 0 ? null : `known here: ${listAll(names)}`),
      );
    } else if (values.has(parameter))
      problems.error("duplicate-key", one.nameSpan, `'${one.name}' is given twice`, "remove one of the two");
    else values.set(parameter, readGiven(context, one.value));
  }
  const missing = called.parameters.filter((parameter) => !values.has(parameter) && parameter.initial === null);
  if (!fits) return null;
  if (missing.length > 0 || positional.length > called.parameters.length) {
    const wanted = called.parameters.length;
    const names = called.parameters.map((parameter) => parameter.name).join(", ");
    problems.error(
      "argument-count",
      span,
      `'${called.name}' takes ${wanted} argument${wanted === 1 ? "" : "s"}, not ${positional.length + given.length}`,
      `it is declared as ${called.name}(${names})`,
    );
    return null;
  }
  const list = called.parameters.map((parameter): Expression => {
    const initial = parameter.initial;
    return (
      values.get(parameter) ?? { kind: "constant", value: initial?.type === "scalar" ? initial.value : null, span }
    );
  });
  return { kind: "call", function: called, arguments: list, into: null, span };
}

export const TASKS: readonly StatementForm[] = [
  START,
  waitingFor("join", "waits until they have ended; a list or an array's bare name means all of them"),
  waitingFor("wait_any", "waits until one of them has ended; into: takes its name"),
  TERMINATE,
  SWITCH,
  CALL,
];
