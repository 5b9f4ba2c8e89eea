/** From parsed expressions to checked ones: every name is looked up, every call is given its meaning. */
import type { Builtin, Distribution, Expression, Span, TaskQuestion } from "./ast.ts";
import { type Context, findTask, findVariable, hintForName, unknownExpression } from "./context.ts";
import type { Problems } from "./problem.ts";
import { kindOf, looksLikeResource, looksLikeTask, resolveResource, resolveTask } from "./reference.ts";
import { didYouMean, listAll, listNames, withArticle } from "./suggest.ts";
import { type ParseFailure, parseExpression, type Syntax } from "./syntax.ts";
import type { Node } from "./tree.ts";

/** Builtin functions, each with its least and greatest number of arguments. */
export const BUILTINS: ReadonlyMap<Builtin, readonly [number, number]> = new Map<Builtin, readonly [number, number]>([
  ["len", [1, 1]],
  ["min", [1, 100]],
  ["max", [1, 100]],
  ["abs", [1, 1]],
  ["str", [1, 1]],
  ["sum", [1, 1]],
  ["keys", [1, 1]],
  ["values", [1, 1]],
]);
export const TASK_QUESTIONS: readonly TaskQuestion[] = ["alive", "state", "exitcode", "pid_of", "name_of"];
export const DISTRIBUTIONS: ReadonlyMap<Distribution, readonly [number, number]> = new Map<
  Distribution,
  readonly [number, number]
>([
  ["uniform", [2, 2]],
  ["exponential", [1, 1]],
  ["normal", [2, 2]],
  ["choice", [1, 100]],
  ["randint", [2, 2]],
]);

export function isFailure(parsed: object): parsed is ParseFailure {
  return "failure" in parsed;
}

/** Reports a failure of the expression parser. */
export function reportFailure(problems: Problems, parsed: ParseFailure): void {
  const { code, span, message, hint } = parsed.failure;
  problems.error(code, span, message, hint);
}

/** Parses the node's text as an expression, or makes a constant of it; null (reported) if it is neither. */
export function expressionSyntax(problems: Problems, node: Node): Syntax | null {
  if (node.type === "sequence") {
    const items = node.items.map((item) => expressionSyntax(problems, item));
    if (items.includes(null)) return null;
    return { kind: "tuple", items: items as Syntax[], span: node.span };
  }
  if (node.type === "map") {
    const braces =
      node.entries.length === 1 && node.entries[0]?.value.type === "scalar" && node.entries[0].value.value === null;
    problems.error(
      "wrong-type",
      node.span,
      "an expression is expected here, not a map",
      braces ? "no braces around names here; put texts with braces in quotes" : null,
    );
    return null;
  }
  if (typeof node.value !== "string") return { kind: "constant", value: node.value, span: node.span };
  if (node.value.trim() === "") {
    // what is left of a text that starts with a tag, which is reported already
    if (node.plain) return null;
    problems.error(
      "wrong-type",
      node.span,
      "an expression is expected here, not an empty text",
      `write "''" for an empty text`,
    );
    return null;
  }
  const parsed = parseExpression(node.text);
  if (!isFailure(parsed)) return parsed;
  reportFailure(problems, parsed);
  return null;
}

/** The checked expression of a node; a stand-in (with the problem reported) if there is none. */
export function readExpression(context: Context, node: Node, options: { readonly random?: boolean } = {}): Expression {
  const syntax = expressionSyntax(context.problems, node);
  if (syntax === null) return unknownExpression(context.world, node.span);
  return resolve(context, syntax, options.random === true);
}

/** Looks up every name in a parsed expression. Never fails: what is wrong is reported and stands as an unknown. */
export function resolve(context: Context, syntax: Syntax, random = false): Expression {
  return new Resolver(context).resolve(syntax, random);
}

class Resolver {
  readonly #context: Context;
  /** `a < b < c` shares b: it is one expression, read once */
  readonly #done = new Map<Syntax, Expression>();

  constructor(context: Context) {
    this.#context = context;
  }

  resolve(syntax: Syntax, random = false): Expression {
    const known = this.#done.get(syntax);
    if (known !== undefined) return known;
    const expression = this.#resolve(syntax, random);
    this.#done.set(syntax, expression);
    return expression;
  }

  #unknown(span: Span): Expression {
    return unknownExpression(this.#context.world, span);
  }

  #resolve(syntax: Syntax, random: boolean): Expression {
    const { span } = syntax;
    switch (syntax.kind) {
      case "constant":
        return { kind: "constant", value: syntax.value, span };
      case "name":
        return this.#name(syntax.name, span);
      case "index":
        return { kind: "index", target: this.resolve(syntax.target), index: this.resolve(syntax.index), span };
      case "tuple":
        return { kind: "tuple", items: syntax.items.map((item) => this.resolve(item)), span };
      case "unary":
        return { kind: "unary", operator: syntax.operator, operand: this.resolve(syntax.operand), span };
      case "binary":
        return {
          kind: "binary",
          operator: syntax.operator,
          left: this.resolve(syntax.left),
          right: this.resolve(syntax.right),
          span,
        };
      case "logic":
        return {
          kind: "logic",
          operator: syntax.operator,
          left: this.resolve(syntax.left),
          right: this.resolve(syntax.right),
          span,
        };
      case "conditional":
        return {
          kind: "conditional",
          test: this.resolve(syntax.test),
          then: this.resolve(syntax.then),
          else: this.resolve(syntax.else),
          span,
        };
      case "attribute":
        return this.#attribute(syntax);
      case "call":
        return this.#call(syntax, random);
      case "range":
        this.#context.problems.error(
          "syntax",
          span,
          "a range has no place here",
          "ranges stand in 'for:' and 'choose:'",
        );
        return this.#unknown(span);
    }
  }

  #name(name: string, span: Span): Expression {
    const context = this.#context;
    const variable = findVariable(context, name, span);
    if (variable !== null) {
      if ([...context.optionKinds.keys()].includes(variable)) {
        context.problems.error(
          "wrong-type",
          span,
          `'${name}' is a resource, not a value`,
          "use its operations or its views",
        );
        return this.#unknown(span);
      }
      context.world.notes.reads.add(variable);
      return { kind: "variable", variable, span };
    }
    if (name === "me" || name === "i" || name === "pid" || name === "ppid" || name === "now") {
      if (context.selves.includes(name)) return { kind: "self", name, span };
      const where = context.place === "check" ? "in 'check:', which looks at all processes from outside" : "here";
      context.problems.error(
        "unknown-name",
        span,
        `'${name}' has no meaning ${where}`,
        context.place === "check" ? "name the process: P1.x, person[0].x" : null,
      );
      return this.#unknown(span);
    }
    const isResource = context.place !== "kind" && context.world.resources.has(name);
    if (isResource || findTask(context, name) !== null) {
      const resource = context.world.resources.get(name);
      const what = resource === undefined ? "a process" : `${withArticle(resource.kind.name)}`;
      const views =
        resource === undefined ? "" : [...resource.kind.views.keys()].map((view) => `${view}(${name})`).join(", ");
      const hint =
        resource === undefined
          ? `ask alive(${name}), state(${name}) or exitcode(${name})`
          : views === ""
            ? null
            : `ask ${views}`;
      context.problems.error("wrong-type", span, `'${name}' is ${what}, not a value`, hint);
      return this.#unknown(span);
    }
    if (context.world.notes.failed.has(name)) return this.#unknown(span);
    context.problems.error("unknown-name", span, `'${name}' is not a variable here`, hintForName(context, name));
    return this.#unknown(span);
  }

  #attribute(syntax: Syntax & { readonly kind: "attribute" }): Expression {
    const context = this.#context;
    const { span } = syntax;
    if (looksLikeResource(context, syntax.target)) {
      const reference = resolveResource(context, syntax.target);
      const views = reference === null ? [] : [...kindOf(context, reference).views.keys()];
      if (reference !== null) {
        const hint =
          views.length === 0
            ? null
            : views.includes(syntax.name)
              ? `write ${syntax.name}(…)`
              : `its views are ${listAll(views)}`;
        context.problems.error(
          "unknown-name",
          syntax.nameSpan,
          `${withArticle(kindOf(context, reference).name)} has no value '${syntax.name}'`,
          hint,
        );
      }
      return this.#unknown(span);
    }
    if (looksLikeTask(context, syntax.target)) {
      if (context.place !== "check") {
        context.problems.error(
          "misplaced",
          span,
          "the memory of another process can be seen in 'check:' only",
          "put what both need into 'shared:'",
        );
        return this.#unknown(span);
      }
      const task = resolveTask(context, syntax.target, true);
      if (task === null) return this.#unknown(span);
      const own = task.process.variables;
      const variable =
        own.find((known) => known.name === syntax.name) ??
        task.process.owner?.variables.find((known) => known.name === syntax.name && known.storage === "process");
      if (variable === undefined) {
        context.problems.error(
          "unknown-name",
          syntax.nameSpan,
          `'${task.process.name}' has no variable '${syntax.name}'`,
          didYouMean(
            syntax.name,
            own.map((known) => known.name),
          ),
        );
        return this.#unknown(span);
      }
      context.world.notes.reads.add(variable);
      return { kind: "remote", task, variable, span };
    }
    this.resolve(syntax.target);
    context.problems.error(
      "syntax",
      syntax.nameSpan,
      `'.${syntax.name}' has no meaning here`,
      "values have no attributes; use an index",
    );
    return this.#unknown(span);
  }

  #call(syntax: Syntax & { readonly kind: "call" }, random: boolean): Expression {
    const context = this.#context;
    const { callee, span } = syntax;
    const named = syntax.named[0];
    if (callee.kind === "attribute") {
      if (looksLikeResource(context, callee.target))
        return this.#view(callee.name, callee.nameSpan, callee.target, syntax.arguments, span);
      this.resolve(callee.target);
      const mutation = /^(append|insert|pop|remove|clear|extend)$/.test(callee.name);
      context.problems.error(
        "syntax",
        callee.nameSpan,
        `'.${callee.name}()' has no place inside an expression`,
        mutation ? "make it a statement of its own: x = xs.pop()" : null,
      );
      return this.#unknown(span);
    }
    if (callee.kind !== "name") return this.#unknown(span);
    if (named !== undefined) {
      context.problems.error("syntax", named.nameSpan, `'${callee.name}' takes no named arguments`);
      return this.#unknown(span);
    }
    const name = callee.name;
    const builtin = BUILTINS.get(name as Builtin);
    if (builtin !== undefined) {
      if (name === "len" && syntax.arguments[0] !== undefined && looksLikeResource(context, syntax.arguments[0])) {
        context.problems.error(
          "wrong-type",
          syntax.arguments[0].span,
          "len() is for texts, arrays, lists and maps, not for resources",
          "a queue's length is size(q)",
        );
        return this.#unknown(span);
      }
      const values = syntax.arguments.map((argument) => this.resolve(argument));
      return this.#arity(name, span, values, builtin)
        ? { kind: "builtin", name: name as Builtin, arguments: values, span }
        : this.#unknown(span);
    }
    if (DISTRIBUTIONS.has(name as Distribution)) return this.#random(name as Distribution, syntax, random);
    if (TASK_QUESTIONS.includes(name as TaskQuestion)) return this.#question(name as TaskQuestion, syntax);
    if (name === "count_of" || name === "active_count") return this.#count(name, syntax);
    const first = syntax.arguments[0];
    if (first !== undefined && looksLikeResource(context, first))
      return this.#view(name, callee.span, first, syntax.arguments.slice(1), span);
    for (const argument of syntax.arguments) this.resolve(argument);
    if (context.world.functions.has(name)) {
      context.problems.error(
        "misplaced",
        span,
        `the function '${name}' cannot be called inside an expression`,
        `assign it first: x = ${name}(…)`,
      );
    } else if (context.world.kinds.views.has(name)) {
      const kinds = context.world.kinds.views.get(name) ?? [];
      context.problems.error(
        "wrong-type",
        first?.span ?? span,
        `${name}() asks about ${withArticle(listNames(kinds))}`,
        `write ${name}(name of the ${kinds[0] ?? "resource"})`,
      );
    } else {
      const known = [
        ...BUILTINS.keys(),
        ...DISTRIBUTIONS.keys(),
        ...TASK_QUESTIONS,
        "count_of",
        ...context.world.kinds.views.keys(),
        ...context.world.functions.keys(),
      ];
      context.problems.error("unknown-name", callee.span, `'${name}' is not a function here`, didYouMean(name, known));
    }
    return this.#unknown(span);
  }

  #arity(name: string, span: Span, values: readonly unknown[], [least, most]: readonly [number, number]): boolean {
    if (values.length >= least && values.length <= most) return true;
    const wanted = least === most ? `${least}` : `at least ${least}`;
    this.#context.problems.error(
      "argument-count",
      span,
      `${name}() takes ${wanted} argument${wanted === "1" ? "" : "s"}, not ${values.length}`,
    );
    return false;
  }

  #random(name: Distribution, syntax: Syntax & { readonly kind: "call" }, random: boolean): Expression {
    const values = syntax.arguments.map((argument) => this.resolve(argument));
    if (!random) {
      this.#context.problems.error(
        "misplaced",
        syntax.span,
        `random ${name}() stands only where a time is expected`,
        "use 'choose:' for a random value",
      );
      return this.#unknown(syntax.span);
    }
    if (!this.#arity(name, syntax.span, values, DISTRIBUTIONS.get(name)!)) return this.#unknown(syntax.span);
    return { kind: "random", distribution: name, arguments: values, span: syntax.span };
  }

  #question(question: TaskQuestion, syntax: Syntax & { readonly kind: "call" }): Expression {
    const target = syntax.arguments[0];
    if (target === undefined || syntax.arguments.length > 1) {
      this.#arity(question, syntax.span, syntax.arguments, [1, 1]);
      return this.#unknown(syntax.span);
    }
    const task = resolveTask(this.#context, target, true);
    return task === null ? this.#unknown(syntax.span) : { kind: "task", question, task, span: syntax.span };
  }

  #count(name: "count_of" | "active_count", syntax: Syntax & { readonly kind: "call" }): Expression {
    const target = syntax.arguments[0];
    if (name === "active_count") {
      if (!this.#arity(name, syntax.span, syntax.arguments, [0, 1])) return this.#unknown(syntax.span);
      const among = target === undefined ? null : resolveTask(this.#context, target, false);
      if (target !== undefined && among === null) return this.#unknown(syntax.span);
      return { kind: "count", what: "alive", task: among, span: syntax.span };
    }
    if (target === undefined || syntax.arguments.length > 1) {
      this.#arity(name, syntax.span, syntax.arguments, [1, 1]);
      return this.#unknown(syntax.span);
    }
    const task = resolveTask(this.#context, target, false);
    return task === null ? this.#unknown(syntax.span) : { kind: "count", what: "declared", task, span: syntax.span };
  }

  #view(name: string, nameSpan: Span, target: Syntax, list: readonly Syntax[], span: Span): Expression {
    const context = this.#context;
    const reference = resolveResource(context, target);
    const values = list.map((argument) => this.resolve(argument));
    if (reference === null) return this.#unknown(span);
    const kind = kindOf(context, reference);
    const view = kind.views.get(name);
    if (view === undefined) {
      const views = [...kind.views.keys()];
      const isOperation = kind.operations.has(name);
      const hint = isOperation
        ? `'${name}' is an operation: make it a statement, x = …`
        : didYouMean(name, views, views.length === 0 ? null : `its views are ${listAll(views)}`);
      context.problems.error(
        isOperation ? "misplaced" : "wrong-operation",
        nameSpan,
        isOperation
          ? `the operation '${name}' has no place inside an expression`
          : `${withArticle(kind.name)} has no view '${name}'`,
        hint,
      );
      return this.#unknown(span);
    }
    if (!this.#arity(name, span, values, [view.parameters.length, view.parameters.length])) return this.#unknown(span);
    return { kind: "view", view: name, resource: reference, arguments: values, span };
  }
}
