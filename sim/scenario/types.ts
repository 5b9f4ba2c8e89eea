/**
 * Types, where they are certain. Variables have no declared types: each may hold what it starts with and whatever some
 * statement assigns to it, found by repeating until nothing is added. An operation that fails for all of these is reported.
 */
import { Decimal } from "../base/decimal.ts";
import type {
  Expression,
  Function as FunctionDeclaration,
  Kind,
  Process,
  Scenario,
  Statement,
  Value,
  Variable,
} from "./ast.ts";
import type { World } from "./context.ts";
import { printExpression } from "./print.ts";
import type { Problems } from "./problem.ts";
import { blocksOf, eachStatement, expressionsOf, partsOf, targetsOf } from "./visit.ts";

/** What something may be: one bit for each. */
const NUMBER = 1;
const TRUTH = 2;
const TEXT = 4;
const NULL = 8;
const TUPLE = 16;
const ARRAY = 32;
const LIST = 64;
const MAP = 128;
const ANY = 255;
const CONTAINER = ARRAY | LIST | MAP;
const SEQUENCE = TUPLE | ARRAY | LIST;
const NAMES: readonly (readonly [number, string])[] = [
  [NUMBER, "a number"],
  [TRUTH, "true or false"],
  [TEXT, "a text"],
  [NULL, "null"],
  [TUPLE, "a list of values"],
  [ARRAY, "an array"],
  [LIST, "a list"],
  [MAP, "a map"],
];

const ROUNDS_MAX = 30;

function nameOf(type: number): string {
  if ((type & ~CONTAINER) === (ANY & ~CONTAINER)) return "a single value";
  return NAMES.filter(([bit]) => (type & bit) !== 0)
    .map(([, name]) => name)
    .join(" or ");
}

/** Reports operations whose operands are certainly of the wrong type, division by a constant 0, and constant indices out of range. */
export function checkTypes(
  world: World,
  scenario: Scenario,
  functions: readonly FunctionDeclaration[],
  kinds: readonly Kind[],
): void {
  new TypeChecker(world).check(scenario, functions, kinds);
}

class TypeChecker {
  readonly #problems: Problems;
  readonly #unknown: WeakSet<object>;
  #certain: boolean;
  readonly #types = new Map<Variable, number>();
  #changed = false;

  constructor(world: World) {
    this.#problems = world.problems;
    this.#unknown = world.notes.unknown;
    this.#certain = !world.notes.uncertain;
  }

  check(scenario: Scenario, functions: readonly FunctionDeclaration[], kinds: readonly Kind[]): void {
    const tasks = scenario.processes.flatMap(withInner);
    const bodies = [...tasks.map((task) => task.body), ...functions.map((one) => one.body)];
    for (const variable of [...scenario.shared, ...scenario.atomics]) this.#declare(variable);
    for (const task of tasks) for (const variable of task.variables) this.#declare(variable);
    for (const one of functions) {
      for (const variable of one.locals) this.#declare(variable);
      for (const parameter of one.parameters) this.#types.set(parameter, ANY);
    }
    // a long chain of assignments is not followed to its end: then nothing is certain
    let rounds = 0;
    do {
      rounds += 1;
      this.#changed = false;
      for (const body of bodies) eachStatement(body, (statement) => this.#learn(statement));
    } while (this.#changed && rounds < ROUNDS_MAX);
    if (this.#changed) this.#certain = false;
    for (const body of bodies) this.#block(body, false);
    const own = kinds.filter((kind) => kind.source === this.#problems.source);
    for (const kind of own) this.#kind(kind);
    const { always, finally: last, eventually, reachable } = scenario.check;
    for (const property of [...always, ...last, ...eventually, ...reachable]) this.#expression(property.test);
    for (const task of tasks)
      for (const expression of [task.arrival, ...task.attributes.values()]) this.#expression(expression);
  }

  #kind(kind: Kind): void {
    for (const field of kind.fields)
      if (field.initial !== null && field.initial.type !== "scalar") this.#declare(field);
    for (const operation of kind.operations.values()) {
      for (const step of operation.steps) {
        if (step.when !== null) this.#expression(step.when);
        this.#block([...step.body, ...step.missed], false);
      }
    }
    for (const view of kind.views.values()) this.#expression(view.value);
  }

  #declare(variable: Variable): void {
    const initial = variable.initial;
    if (initial === null || (initial.type === "scalar" && variable.initialExpression !== null))
      this.#types.set(variable, ANY);
    else if (initial.type === "scalar") this.#types.set(variable, typeOfValue(initial.value));
    else this.#types.set(variable, { array: ARRAY, list: LIST, map: MAP }[initial.type]);
  }

  #add(variable: Variable, type: number): void {
    const known = this.#types.get(variable);
    // what declares a container stays one
    if (known === undefined || (known & CONTAINER) !== 0) return;
    if ((known | type) === known) return;
    this.#types.set(variable, known | type);
    this.#changed = true;
  }

  #learn(statement: Statement): void {
    if (statement.kind === "start")
      for (const [variable, value] of statement.arguments) this.#add(variable, this.#type(value));
    const values = statement.kind === "assign" ? statement.values.map((value) => this.#type(value)) : null;
    targetsOf(statement).forEach((target, place) => {
      if (target.indices.length > 0) return;
      let type = ANY;
      if (values !== null) type = values[place] ?? ANY;
      else if (statement.kind === "augment")
        type = this.#arithmetic(
          statement.operator,
          this.#types.get(target.variable) ?? ANY,
          this.#type(statement.value),
        );
      else if (statement.kind === "choose")
        type = statement.options.reduce((sum, option) => sum | this.#type(option), 0);
      else if (statement.kind === "for" && statement.over.type === "range") type = NUMBER;
      else if (statement.kind === "for" && statement.over.type === "items")
        type = statement.over.items.reduce((sum, item) => sum | this.#type(item), 0);
      else if (statement.kind === "mutate" && target === statement.target) return;
      this.#add(target.variable, type & ~CONTAINER);
    });
  }

  #type(expression: Expression): number {
    if (this.#unknown.has(expression)) return ANY;
    switch (expression.kind) {
      case "constant":
        return typeOfValue(expression.value);
      case "variable":
      case "remote": {
        const type = this.#types.get(expression.variable) ?? ANY;
        return this.#certain || (type & CONTAINER) !== 0 ? type : ANY;
      }
      case "self":
        return expression.name === "me" ? TEXT : expression.name === "ppid" ? NUMBER | NULL : NUMBER;
      case "tuple":
        return TUPLE;
      case "unary":
        return expression.operator === "not" ? TRUTH : NUMBER;
      case "binary":
        return this.#arithmetic(expression.operator, this.#type(expression.left), this.#type(expression.right));
      case "logic":
        return this.#type(expression.left) | this.#type(expression.right);
      case "conditional":
        return this.#type(expression.then) | this.#type(expression.else);
      case "builtin":
        return { len: NUMBER, abs: NUMBER, sum: ANY, min: ANY, max: ANY, str: TEXT, keys: ANY, values: ANY }[
          expression.name
        ];
      case "task":
        return expression.question === "state" || expression.question === "name_of"
          ? TEXT
          : expression.question === "alive"
            ? TRUTH
            : NUMBER | NULL;
      case "count":
      case "random":
        return expression.kind === "count" ? NUMBER : ANY;
      case "index":
      case "view":
        return ANY;
    }
  }

  #arithmetic(operator: string, left: number, right: number): number {
    if (operator === "-" || operator === "//" || operator === "%") return NUMBER;
    if (operator === "*") return NUMBER | (left & TEXT) | (right & TEXT);
    if (operator === "+") {
      const numbers = (left & (NUMBER | TRUTH)) !== 0 && (right & (NUMBER | TRUTH)) !== 0 ? NUMBER : 0;
      return numbers | (left & right & (TEXT | TUPLE)) || ANY;
    }
    return TRUTH;
  }

  /** Checks a list of statements; `guarded`: inside a `try:` whose catches may be there to show just such an error. */
  #block(block: readonly Statement[], guarded: boolean): void {
    for (const statement of block) {
      if (!guarded) {
        this.#statement(statement);
        for (const expression of expressionsOf(statement)) this.#expression(expression);
      }
      for (const inner of blocksOf(statement)) {
        const catches = statement.kind === "try" && inner === statement.body && statement.catches.length > 0;
        this.#block(inner, guarded || catches);
      }
    }
  }

  #statement(statement: Statement): void {
    if (this.#unknown.has(statement)) return;
    for (const target of targetsOf(statement)) this.#target(target.variable, target.indices);
    switch (statement.kind) {
      case "assign":
        statement.targets.forEach((target, place) => {
          const value = statement.values[place];
          if (value === undefined || target.indices.length > 0) return;
          const kept = (this.#types.get(target.variable) ?? 0) & CONTAINER;
          if (kept === 0 || kept === CONTAINER || (this.#type(value) & (SEQUENCE | MAP)) !== 0) return;
          this.#wrong(
            target,
            `'${target.variable.name}' is ${nameOf(kept)} and cannot become ${nameOf(this.#type(value))}`,
            `assign its elements: ${target.variable.name}[0] = …`,
          );
        });
        return;
      case "augment": {
        const { target, value, operator } = statement;
        const left = target.indices.length > 0 ? ANY : this.#variable(target.variable);
        this.#operands({ operator, left, right: this.#type(value), span: statement.span, divisor: value });
        return;
      }
      case "mutate":
        this.#mutation(statement);
        return;
      case "cpu":
      case "sleep":
      case "io":
        if (statement.time.kind !== "constant" && (this.#type(statement.time) & NUMBER) === 0)
          this.#wrong(statement.time, `a time must be a number, not ${nameOf(this.#type(statement.time))}`);
        return;
      case "repeat":
        if (statement.times.kind !== "constant" && (this.#type(statement.times) & NUMBER) === 0)
          this.#wrong(statement.times, `'repeat' needs a number, not ${nameOf(this.#type(statement.times))}`);
        return;
      case "for":
        if (statement.over.type === "elements" && (this.#type(statement.over.of) & (SEQUENCE | MAP | TEXT)) === 0) {
          this.#wrong(
            statement.over.of,
            `'for' runs through an array or a list, not ${nameOf(this.#type(statement.over.of))}`,
            "write a range such as 0..4",
          );
        }
        return;
      default:
    }
  }

  #variable(variable: Variable): number {
    const type = this.#types.get(variable) ?? ANY;
    return this.#certain || (type & CONTAINER) !== 0 ? type : ANY;
  }

  #target(variable: Variable, indices: readonly Expression[]): void {
    const [first] = indices;
    if (first === undefined) return;
    const type = this.#variable(variable);
    if ((type & CONTAINER) === 0)
      this.#wrong(
        { span: first.span },
        `'${variable.name}' is ${nameOf(type)} and has no elements to assign`,
        "declare an array, a list or a map",
      );
    this.#range(variable, first);
  }

  #mutation(statement: Statement & { readonly kind: "mutate" }): void {
    const { target, method } = statement;
    const { name } = target.variable;
    if (target.indices.length > 0) return;
    const type = this.#variable(target.variable);
    const fits = {
      append: LIST,
      insert: LIST,
      extend: LIST,
      remove: LIST,
      pop: LIST | MAP,
      clear: LIST | MAP,
      delete: LIST | MAP,
    }[method];
    if ((type & fits) !== 0) return;
    const hint =
      (type & ARRAY) !== 0
        ? `an array has a fixed length: declare ${name}: list(max: 8)`
        : `declare ${name}: ${fits === LIST ? "list(max: 8)" : "list(max: 8) or map(max: 8)"}`;
    this.#wrong(target, `'${name}' is ${nameOf(type)} and has no '${method}'`, hint);
  }

  #expression(expression: Expression): void {
    if (this.#unknown.has(expression)) return;
    for (const part of partsOf(expression)) this.#expression(part);
    switch (expression.kind) {
      case "binary":
        this.#operands({
          operator: expression.operator,
          left: this.#type(expression.left),
          right: this.#type(expression.right),
          span: expression.span,
          divisor: expression.right,
        });
        return;
      case "unary":
        if (expression.operator === "-" && (this.#type(expression.operand) & (NUMBER | TRUTH)) === 0)
          this.#wrong(expression, `'-' needs a number, not ${nameOf(this.#type(expression.operand))}`);
        return;
      case "index": {
        const type = this.#type(expression.target);
        if ((type & (CONTAINER | TUPLE | TEXT)) === 0)
          this.#wrong(
            expression,
            `'${printExpression(expression.target)}' is ${nameOf(type)} and has no elements`,
            "declare an array, a list or a map",
          );
        if (expression.target.kind === "variable") this.#range(expression.target.variable, expression.index);
        if (expression.target.kind === "tuple")
          this.#inRange(expression.index, expression.target.items.length, "the list");
        return;
      }
      case "builtin":
        this.#builtin(expression);
        return;
      default:
    }
  }

  #builtin(expression: Expression & { readonly kind: "builtin" }): void {
    const { name } = expression;
    const [first] = expression.arguments;
    if (first === undefined || name === "str") return;
    const type = this.#type(first);
    const several = expression.arguments.length > 1;
    const wanted = {
      len: SEQUENCE | MAP | TEXT,
      sum: SEQUENCE | MAP,
      min: several ? ANY : SEQUENCE | MAP | TEXT,
      max: several ? ANY : SEQUENCE | MAP | TEXT,
      abs: NUMBER | TRUTH,
      keys: MAP,
      values: MAP,
    }[name];
    if ((type & wanted) === 0) this.#wrong(first, `${name}() cannot be taken of ${nameOf(type)}`);
  }

  #operands(operation: {
    operator: string;
    left: number;
    right: number;
    span: Expression["span"];
    divisor: Expression;
  }): void {
    const { operator, left, right, span, divisor } = operation;
    const number = NUMBER | TRUTH;
    const both = (mask: number) => (left & mask) !== 0 && (right & mask) !== 0;
    let fits: boolean;
    switch (operator) {
      case "==":
      case "!=":
        return;
      case "in":
      case "not in":
        if ((right & (SEQUENCE | MAP | TEXT)) === 0)
          this.#wrong(
            { span },
            `'${operator}' looks into a list, an array, a map or a text, not into ${nameOf(right)}`,
          );
        return;
      case "+":
        fits = both(number) || both(TEXT) || both(SEQUENCE);
        break;
      case "*":
        fits =
          both(number) ||
          ((left & (TEXT | SEQUENCE)) !== 0 && (right & number) !== 0) ||
          ((right & (TEXT | SEQUENCE)) !== 0 && (left & number) !== 0);
        break;
      case "-":
      case "//":
      case "%":
        fits = both(number);
        break;
      default:
        fits = both(number) || both(TEXT) || both(SEQUENCE);
    }
    if (!fits) {
      const isText = operator === "+" && ((left | right) & TEXT) !== 0;
      this.#wrong(
        { span },
        `'${operator}' cannot take ${nameOf(left)} and ${nameOf(right)}`,
        isText ? "make the other one a text with str()" : null,
      );
    } else if ((operator === "//" || operator === "%") && divisor.kind === "constant" && divisor.value === 0) {
      this.#problems.error("division-by-zero", divisor.span, "this divides by 0");
    }
  }

  #range(variable: Variable, index: Expression): void {
    const initial = variable.initial;
    if (initial?.type === "array" && variable.initialExpression === null)
      this.#inRange(index, initial.items.length, `'${variable.name}'`);
  }

  #inRange(index: Expression, length: number, name: string): void {
    if (index.kind !== "constant" || typeof index.value !== "number" || this.#unknown.has(index)) return;
    if (index.value >= -length && index.value < length) return;
    this.#problems.error(
      "index-range",
      index.span,
      `${name} has ${length} element${length === 1 ? "" : "s"}: there is no [${index.value}]`,
      length === 0 ? null : `the last one is [${length - 1}]`,
    );
  }

  #wrong(at: { readonly span: Expression["span"] }, message: string, hint: string | null = null): void {
    this.#problems.error("wrong-type", at.span, message, hint);
  }
}

function typeOfValue(value: Value): number {
  if (value === null) return NULL;
  if (typeof value === "number" || value instanceof Decimal) return NUMBER;
  if (typeof value === "boolean") return TRUTH;
  return typeof value === "string" ? TEXT : TUPLE;
}

/** A task and the threads and coroutines inside it. */
export function withInner(task: Process): readonly Process[] {
  return [task, ...task.threads.flatMap(withInner), ...task.coroutines.flatMap(withInner)];
}
