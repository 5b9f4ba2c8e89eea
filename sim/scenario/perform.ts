/**
 * Functions as values, as far as resources with tasks of their own (pools) need them: operations take `call: square(3)` or
 * the bare name of a function, and the resource's tasks `perform:` what they were given.
 *
 * There are no function values in the language: what is handed over is the function's name with its arguments, and
 * performing it is a choice between the calls of all functions that the scenario hands to this resource.
 */
import type {
  Expression,
  Function as FunctionDeclaration,
  FunctionParameter,
  Operation,
  Resource,
  ResourceReference,
  Span,
  Statement,
  Target,
  Variable,
} from "./ast.ts";
import { type Context, unknownExpression } from "./context.ts";
import { expressionSyntax, isFailure, readExpression, resolve } from "./expression.ts";
import { isNode, readGiven, readInto, type StatementForm } from "./form.ts";
import { didYouMean } from "./suggest.ts";
import { parseRange, type Syntax } from "./syntax.ts";
import { buildFunctionCall } from "./tasks.ts";
import type { Node } from "./tree.ts";

interface Place {
  readonly operation: Operation;
  readonly parameter: Variable;
  readonly resource: ResourceReference;
  readonly word: string;
}

/** The value of an operation's parameter: an expression, or what stands for a function where the kind says so. */
export function readArgument(context: Context, place: Place, given: Node | Syntax): Expression {
  const role = place.operation.functions.get(place.parameter);
  if (role === undefined) return isNode(given) ? readList(context, given) : readGiven(context, given);
  const syntax = isNode(given) ? expressionSyntax(context.problems, given) : given;
  if (syntax === null) return unknownExpression(context.world, given.span);
  if (syntax.kind === "constant" && syntax.value === null) return { kind: "constant", value: null, span: syntax.span };
  return role.type === "call" ? readCall(context, place, syntax) : readFunctionName(context, place, role, syntax);
}

/** An expression, or `0..3` with constant ends for [0, 1, 2, 3]. */
function readList(context: Context, node: Node): Expression {
  if (node.type === "scalar" && typeof node.value === "string" && node.value.includes("..")) {
    const range = parseRange(node.text);
    if (!isFailure(range) && range.kind === "range") {
      const [from, to] = [resolve(context, range.from), resolve(context, range.to)];
      const ends = [from, to].map((end) => (end.kind === "constant" ? end.value : null));
      const [first, last] = ends;
      if (typeof first === "number" && typeof last === "number" && last - first < RANGE_MAX) {
        const values = Array.from({ length: Math.max(0, last - first + 1) }, (_, k) => first + k);
        return { kind: "constant", value: values, span: node.span };
      }
      context.problems.error(
        "wrong-type",
        node.span,
        "the ends of this range must be constants, not too far apart",
        "use a list",
      );
      return unknownExpression(context.world, node.span);
    }
  }
  return readExpression(context, node);
}

const RANGE_MAX = 1000;

function readCall(context: Context, place: Place, syntax: Syntax): Expression {
  const { span } = syntax;
  const isCall = syntax.kind === "call";
  if (!isCall && syntax.kind !== "name") {
    context.problems.error(
      "wrong-type",
      span,
      `'${place.word}' needs a call`,
      `write ${place.parameter.name}: f or ${place.parameter.name}: f(1, 2)`,
    );
    return unknownExpression(context.world, span);
  }
  const callee = isCall ? syntax.callee : syntax;
  const call = buildFunctionCall(context, callee, isCall ? syntax.arguments : [], isCall ? syntax.named : [], span);
  if (call === null) return unknownExpression(context.world, span);
  remember(context, place, call.function);
  const name: Expression = { kind: "constant", value: call.function.name, span: callee.span };
  return { kind: "tuple", items: [name, ...call.arguments], span };
}

function readFunctionName(
  context: Context,
  place: Place,
  role: FunctionParameter & { readonly type: "name" },
  syntax: Syntax,
): Expression {
  const { world, problems } = context;
  const { span } = syntax;
  const name = syntax.kind === "name" ? syntax.name : null;
  const found = name === null ? undefined : world.functions.get(name);
  if (found === undefined) {
    const hint = didYouMean(name ?? "", world.functions.keys(), "declare it under 'functions:'");
    if (name === null)
      problems.error(
        "wrong-type",
        span,
        `'${place.parameter.name}' takes the bare name of a function`,
        `write ${place.parameter.name}: f`,
      );
    else problems.error("unknown-name", span, `'${name}' is not a function here`, hint);
    return unknownExpression(world, span);
  }
  const needed = found.parameters.filter((parameter) => parameter.initial === null).length;
  if (needed > role.arguments || found.parameters.length < role.arguments) {
    problems.error(
      "argument-count",
      span,
      `'${found.name}' gets ${role.arguments} value${role.arguments === 1 ? "" : "s"} here, but takes ${found.parameters.length}`,
      `it is declared as ${found.name}(${found.parameters.map((parameter) => parameter.name).join(", ")})`,
    );
    return unknownExpression(world, span);
  }
  remember(context, place, found);
  return { kind: "constant", value: found.name, span };
}

function remember(context: Context, place: Place, called: FunctionDeclaration): void {
  const { resource } = place.resource;
  if (!("kind" in resource)) return;
  const { performed } = context.world.notes;
  const byParameter = performed.get(resource) ?? new Map<string, Set<FunctionDeclaration>>();
  performed.set(resource, byParameter);
  const { name } = place.parameter;
  byParameter.set(name, (byParameter.get(name) ?? new Set()).add(called));
}

/** `raise: { named: e }`: the exception whose name is a value, one branch for each that there may be. */
export function raiseNamed(context: Context, named: Expression, span: Span): readonly Statement[] {
  const each = context.world.exceptions.map((name): Statement => {
    const raised: Statement = name === "Misuse" ? misuse(span) : { kind: "raise", name, span };
    return { kind: "if", test: equals(named, name, span), then: [raised], else: [], span };
  });
  return [...each, { kind: "raise", name: "Exception", span }];
}

/** What broke a rule of a resource is told where it happened, in words that this place does not have. */
function misuse(span: Span): Statement {
  const that: Expression = { kind: "constant", value: false, span };
  return {
    kind: "require",
    that,
    message: [{ kind: "self", name: "me", span }, " gets the misuse of a resource that its job ended with"],
    span,
  };
}

function equals(left: Expression, value: string, span: Span): Expression {
  return { kind: "binary", operator: "==", left, right: { kind: "constant", value, span }, span };
}

/**
 * `perform: job[1]` with `functions: call`: calls what was given for the parameter `call` of the resource's operations.
 * `into:` gets what it returns; with `error:` beside it, exceptions end here and their name (else null) goes there.
 */
export const PERFORM: StatementForm = {
  word: "perform",
  siblings: ["functions", "into", "error"],
  about: "in the tasks of a kind: calls a function that was given to an operation",
  inKinds: true,
  build(input) {
    const { context, span, siblings } = input;
    if (context.crew === null) {
      context.problems.error(
        "misplaced",
        input.wordSpan,
        "'perform' belongs into the tasks of a kind",
        "write 'call:'",
      );
      return null;
    }
    const call = readExpression(context, input.value);
    const parameter = siblings.get("functions")?.value;
    if (parameter?.type !== "scalar") {
      context.problems.error("missing-key", input.wordSpan, "'perform' needs 'functions:', the name of a parameter");
      return null;
    }
    const target = (key: string): Target | null => {
      const entry = siblings.get(key);
      return entry === undefined ? null : readInto(context, entry.value);
    };
    const [into, error] = [target("into"), target("error")];
    const functions = performedBy(context, context.crew, parameter.text.value);
    const choice = functions.reduceRight<readonly Statement[]>(
      (otherwise, one) => [
        {
          kind: "if",
          test: equals(item(call, 0, span), one.name, span),
          then: [{ kind: "call", function: one, arguments: argumentsOf(one, call, span), into, span }],
          else: otherwise,
          span,
        },
      ],
      [],
    );
    const before = [into, error].flatMap((one) => (one === null ? [] : [set(one, null, span)]));
    if (error === null) return [...before, ...choice];
    const catches = context.world.exceptions.map((name) => ({ name, body: [set(error, name, span)] }));
    const rest = { name: null, body: [set(error, "Exception", span)] };
    return [...before, { kind: "try", body: choice, catches: [...catches, rest], finally: [], span }];
  },
};

function performedBy(context: Context, resource: Resource, parameter: string): readonly FunctionDeclaration[] {
  return [...(context.world.notes.performed.get(resource)?.get(parameter) ?? [])];
}

function item(target: Expression, index: number, span: Span): Expression {
  return { kind: "index", target, index: { kind: "constant", value: index, span }, span };
}

/** The k-th argument is the tuple's element k + 1, or the default where it is too short for that. */
function argumentsOf(one: FunctionDeclaration, call: Expression, span: Span): readonly Expression[] {
  return one.parameters.map((parameter, k): Expression => {
    const value = item(call, k + 1, span);
    if (parameter.initial?.type !== "scalar") return value;
    const length: Expression = { kind: "builtin", name: "len", arguments: [call], span };
    const isThere: Expression = {
      kind: "binary",
      operator: ">",
      left: length,
      right: { kind: "constant", value: k + 1, span },
      span,
    };
    const initial: Expression = { kind: "constant", value: parameter.initial.value, span };
    return { kind: "conditional", test: isThere, then: value, else: initial, span };
  });
}

function set(target: Target, value: string | null, span: Span): Statement {
  return { kind: "assign", targets: [target], values: [{ kind: "constant", value, span }], span };
}
