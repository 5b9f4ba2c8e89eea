/**
 * Lowers expressions. Outside atomic code each read of something that others can see becomes a step of its own: the
 * value goes into a temporary, and what is left reads private memory only. The last read may stay in the instruction
 * that uses the value, if that does not touch visible memory itself (`keepLast`).
 */
import type { Expression, Span, TaskReference, Variable } from "../scenario/ast.ts";
import { applyBinary, applyBuiltin, elementOf, negate, Raise } from "./arithmetic.ts";
import { type Builder, bindingOf, fixed, slotValue } from "./builder.ts";
import type { Linker } from "./linker.ts";
import { type Address, type Expr, type Layout, LIFE, type Place, sizeOf } from "./program.ts";
import { NULL, truth } from "./values.ts";

export interface Lowered {
  readonly value: Expr;
  /** whether evaluating `value` reads visible memory */
  readonly visible: boolean;
  /** temporaries to clear once the value is used */
  readonly temporaries: readonly number[];
}

/** Whether evaluating the expression reads anything that other tasks can see. */
export function readsVisible(builder: Builder, linker: Linker, expression: Expression): boolean {
  const visits = (each: Expression): boolean => readsVisible(builder, linker, each);
  switch (expression.kind) {
    case "constant":
    case "random":
      return false;
    case "self":
      return expression.name === "ppid";
    case "variable": {
      const binding = bindingOf(builder, expression.variable);
      return binding.type === "place" && binding.place.visible;
    }
    case "index":
      return visits(expression.target) || visits(expression.index);
    case "tuple":
      return expression.items.some(visits);
    case "unary":
      return visits(expression.operand);
    case "binary":
    case "logic":
      return visits(expression.left) || visits(expression.right);
    case "conditional":
      return visits(expression.test) || visits(expression.then) || visits(expression.else);
    case "builtin":
      return expression.arguments.some(visits);
    case "count":
      return expression.what === "alive";
    case "view":
    case "task":
    case "remote":
      return true;
  }
}

/** Lowers an expression where it is used, emitting the reads that are steps of their own. */
export function lowerValue(builder: Builder, linker: Linker, expression: Expression, keepLast: boolean): Lowered {
  const temporaries: number[] = [];
  if (builder.atomic) return { value: direct(builder, linker, expression), visible: true, temporaries };
  const value = new Hoister(builder, linker, temporaries).hoist(expression, keepLast);
  return { value: value.value, visible: value.visible, temporaries };
}

class Hoister {
  private readonly builder: Builder;
  private readonly linker: Linker;
  private readonly temporaries: number[];
  constructor(builder: Builder, linker: Linker, temporaries: number[]) {
    this.builder = builder;
    this.linker = linker;
    this.temporaries = temporaries;
  }

  hoist(expression: Expression, keepLast: boolean): { value: Expr; visible: boolean } {
    const { builder, linker } = this;
    if (!readsVisible(builder, linker, expression))
      return { value: direct(builder, linker, expression), visible: false };
    switch (expression.kind) {
      case "index": {
        const root = rootOf(expression);
        if (root !== null && !this.isVisible(root.variable)) break;
        if (root === null) break;
        const indices = root.indices.map((index) => this.hoist(index, false).value);
        return this.leaf(element(builder, root.variable, indices, expression.span), keepLast);
      }
      case "logic":
        if (this.reads(expression.right)) return this.shortCircuit(expression);
        break;
      case "conditional":
        if (this.reads(expression.then) || this.reads(expression.else)) return this.choose(expression);
        break;
      case "builtin": {
        const only = expression.arguments[0];
        if (only !== undefined && expression.arguments.length === 1 && only.kind === "variable") {
          return this.leaf(direct(builder, linker, expression), keepLast);
        }
        break;
      }
      case "binary":
        if (
          isContainer(builder, expression.right) &&
          (expression.operator === "in" || expression.operator === "not in")
        ) {
          const item = this.hoist(expression.left, false).value;
          return this.leaf(membership(builder, expression, item), keepLast);
        }
        break;
      case "view": {
        const parameters = expression.arguments.map((argument) => this.hoist(argument, false).value);
        const index = expression.resource.index === null ? null : this.hoist(expression.resource.index, false).value;
        return this.leaf(linker.view(builder, expression, index, parameters), keepLast);
      }
      case "variable":
      case "self":
      case "task":
      case "count":
      case "remote":
        return this.leaf(direct(builder, linker, expression), keepLast);
    }
    return this.parts(expression, keepLast);
  }

  /** One visible read: kept in place, or moved into a temporary by a step of its own. */
  private leaf(value: Expr, keepLast: boolean): { value: Expr; visible: boolean } {
    if (keepLast) return { value, visible: true };
    const slot = this.temporary();
    this.builder.emit({ op: "set", to: fixed(slot), value }, true);
    return { value: slotValue(slot), visible: false };
  }

  /** Operators without short circuit: their operands in order; only the last operand that reads may keep its read. */
  private parts(expression: Expression, keepLast: boolean): { value: Expr; visible: boolean } {
    const operands = operandsOf(expression);
    const lastReader = operands.reduce((last, operand, k) => (this.reads(operand) ? k : last), -1);
    let visible = false;
    const lowered = operands.map((operand, k) => {
      const part = this.hoist(operand, keepLast && k === lastReader);
      visible ||= part.visible;
      return part.value;
    });
    return { value: combine(this.builder, expression, lowered), visible };
  }

  private shortCircuit(expression: Expression & { kind: "logic" }): { value: Expr; visible: boolean } {
    const { builder } = this;
    const slot = this.temporary();
    const right = builder.label();
    const done = builder.label();
    const left = this.hoist(expression.left, true);
    builder.emit({ op: "set", to: fixed(slot), value: left.value }, left.visible);
    const [yes, no] = expression.operator === "and" ? [right, done] : [done, right];
    builder.emit({ op: "branch", test: slotValue(slot), yes, no });
    builder.place(right);
    const second = this.hoist(expression.right, true);
    builder.emit({ op: "set", to: fixed(slot), value: second.value }, second.visible);
    builder.place(done);
    return { value: slotValue(slot), visible: false };
  }

  private choose(expression: Expression & { kind: "conditional" }): { value: Expr; visible: boolean } {
    const { builder } = this;
    const slot = this.temporary();
    const [yes, no, done] = [builder.label(), builder.label(), builder.label()];
    const test = this.hoist(expression.test, true);
    builder.emit({ op: "branch", test: test.value, yes, no }, test.visible);
    builder.place(yes);
    const then = this.hoist(expression.then, true);
    builder.emit({ op: "set", to: fixed(slot), value: then.value, next: done }, then.visible);
    builder.place(no);
    const otherwise = this.hoist(expression.else, true);
    builder.emit({ op: "set", to: fixed(slot), value: otherwise.value }, otherwise.visible);
    builder.place(done);
    return { value: slotValue(slot), visible: false };
  }

  private temporary(): number {
    const slot = this.builder.temporary();
    this.temporaries.push(slot);
    return slot;
  }

  private reads(expression: Expression): boolean {
    return readsVisible(this.builder, this.linker, expression);
  }

  private isVisible(variable: Variable): boolean {
    const binding = bindingOf(this.builder, variable);
    return binding.type === "place" && binding.place.visible;
  }
}

function operandsOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case "index":
      return [expression.target, expression.index];
    case "tuple":
      return expression.items;
    case "unary":
      return [expression.operand];
    case "binary":
    case "logic":
      return [expression.left, expression.right];
    case "conditional":
      return [expression.test, expression.then, expression.else];
    case "builtin":
      return expression.arguments;
    default:
      return [];
  }
}

/** Puts lowered operands back together, folding constants. */
function combine(builder: Builder, expression: Expression, operands: readonly Expr[]): Expr {
  const [first, second, third] = operands as [Expr, Expr, Expr];
  const span = expression.span;
  switch (expression.kind) {
    case "index":
      return (
        foldable(builder, [first, second], () => {
          const { values } = builder.memory;
          const [value, index] = [first, second].map((each) => values.decode((each as { code: number }).code));
          return values.encode(elementOf(value!, index!));
        }) ?? { op: "at", value: first, index: second, span }
      );
    case "tuple": {
      const { values } = builder.memory;
      if (operands.every((item) => item.op === "constant"))
        return constant(values.encode(operands.map((item) => values.decode((item as { code: number }).code))));
      return { op: "tuple", items: operands };
    }
    case "unary":
      if (expression.operator === "not") {
        if (first.op === "constant") return constant(truth(!builder.memory.values.truthy(first.code)));
        return { op: "not", operand: first };
      }
      return (
        foldable(builder, [first], () => negate(builder.memory.values, (first as { code: number }).code)) ?? {
          op: "negate",
          operand: first,
          span,
        }
      );
    case "binary":
      return (
        foldable(builder, [first, second], () =>
          applyBinary(
            builder.memory.values,
            expression.operator,
            (first as { code: number }).code,
            (second as { code: number }).code,
          ),
        ) ?? {
          op: "binary",
          operator: expression.operator,
          left: first,
          right: second,
          span,
        }
      );
    case "logic":
      if (first.op === "constant") {
        const decided = builder.memory.values.truthy(first.code) === (expression.operator === "or");
        return decided ? first : second;
      }
      return { op: expression.operator, left: first, right: second };
    case "conditional":
      if (first.op === "constant") return builder.memory.values.truthy(first.code) ? second : third;
      return { op: "if", test: first, then: second, else: third };
    case "builtin":
      return (
        foldable(builder, operands, () =>
          applyBuiltin(
            builder.memory.values,
            expression.name,
            operands.map((operand) => (operand as { code: number }).code),
          ),
        ) ?? { op: "builtin", name: expression.name, arguments: operands, span }
      );
    default:
      throw new Error(`cannot combine a ${expression.kind}`);
  }
}

/** Folds what is constant; what would raise is left to raise at run time, with its line. */
function foldable(builder: Builder, operands: readonly Expr[], compute: () => number): Expr | null {
  if (!operands.every((operand) => operand.op === "constant")) return null;
  try {
    return constant(compute());
  } catch (problem) {
    if (!(problem instanceof Raise)) throw problem;
    builder.raised = problem;
    return null;
  }
}

/** Lowers an expression as it stands, every read in place. */
export function direct(builder: Builder, linker: Linker, expression: Expression): Expr {
  const recur = (each: Expression): Expr => direct(builder, linker, each);
  switch (expression.kind) {
    case "constant":
      return constant(builder.memory.values.encode(expression.value));
    case "self":
      return self(builder, linker, expression.name);
    case "variable": {
      const binding = bindingOf(builder, expression.variable);
      if (binding.type === "value") return binding.value;
      if (binding.type === "resource") throw new Error(`${expression.variable.name} is a resource, not a value`);
      return load(binding.place);
    }
    case "index": {
      const root = rootOf(expression);
      if (root === null) break;
      return element(builder, root.variable, root.indices.map(recur), expression.span);
    }
    case "binary":
      if (
        (expression.operator === "in" || expression.operator === "not in") &&
        isContainer(builder, expression.right)
      ) {
        return membership(builder, expression, recur(expression.left));
      }
      break;
    case "builtin": {
      const place = expression.arguments.length === 1 ? containerOf(builder, expression.arguments[0]!) : null;
      if (place !== null) {
        if (expression.name === "len") return { op: "length", place };
        if (expression.name === "keys" || expression.name === "values")
          return { op: "snapshot", place, part: expression.name };
      }
      break;
    }
    case "view":
      return linker.view(
        builder,
        expression,
        expression.resource.index === null ? null : recur(expression.resource.index),
        expression.arguments.map(recur),
      );
    case "task":
      return overTasks(
        builder,
        linker,
        expression.task,
        (task) => linker.question(expression.question, task),
        expression.span,
      );
    case "count":
      return linker.count(builder, expression);
    case "remote":
      return overTasks(
        builder,
        linker,
        expression.task,
        (task) => load(linker.variableOf(task, expression.variable)),
        expression.span,
      );
    case "random":
      return {
        op: "random",
        distribution: expression.distribution,
        arguments: expression.arguments.map(recur),
        span: expression.span,
      };
  }
  return combine(builder, expression, operandsOf(expression).map(recur));
}

function self(builder: Builder, linker: Linker, name: "me" | "i" | "pid" | "ppid" | "now"): Expr {
  const { values } = builder.memory;
  switch (name) {
    case "me":
      return constant(values.encode(builder.taskName));
    case "i":
      return constant(values.encode(builder.index));
    case "pid":
      return constant(values.encode(linker.pid(builder.task)));
    case "ppid":
      return linker.parentPid(builder.task);
    case "now":
      return { op: "now" };
  }
}

/** `xs[a][b]` as a variable and its indices; null if what is indexed is no variable in memory. */
export function rootOf(expression: Expression): { variable: Variable; indices: Expression[] } | null {
  if (expression.kind === "variable") return { variable: expression.variable, indices: [] };
  if (expression.kind !== "index") return null;
  const inner = rootOf(expression.target);
  return inner === null ? null : { variable: inner.variable, indices: [...inner.indices, expression.index] };
}

/** The element of a variable at the given indices, as a value. */
function element(builder: Builder, variable: Variable, indices: readonly Expr[], span: Span): Expr {
  const binding = bindingOf(builder, variable);
  let value: Expr;
  let rest = indices;
  if (binding.type === "place") {
    const inner = narrow(builder, binding.place, indices, span);
    rest = inner.rest;
    value = inner.value;
  } else if (binding.type === "value") value = binding.value;
  else throw new Error(`${variable.name} is a resource, not a value`);
  for (const index of rest) value = { op: "at", value, index, span };
  return value;
}

function narrow(
  builder: Builder,
  place: Place,
  indices: readonly Expr[],
  span: Span,
): { value: Expr; rest: readonly Expr[] } {
  let current = place;
  for (let k = 0; k < indices.length; k++) {
    const index = indices[k]!;
    if (current.layout.type === "array") current = elementPlace(builder, current, index, span);
    else if (current.layout.type === "scalar") return { value: load(current), rest: indices.slice(k) };
    else return { value: { op: "item", place: current, index, span }, rest: indices.slice(k + 1) };
  }
  return { value: load(current), rest: [] };
}

/** The place of `place[index]` in an array. */
export function elementPlace(builder: Builder, place: Place, index: Expr, span: Span): Place {
  const layout = place.layout as Layout & { type: "array" };
  const { base, offset } = shifted(builder, place, index, layout.length, sizeOf(layout.item), span);
  return { ...place, base, offset, layout: layout.item };
}

/** An address moved by index · stride; the index is checked now where it is known, else at run time. */
export function shifted(
  builder: Builder,
  at: Address,
  index: Expr,
  length: number,
  stride: number,
  span: Span,
): Address {
  if (index.op === "constant") {
    const value = builder.memory.values.decode(index.code);
    if (typeof value === "number" && value >= -length && value < length) {
      return { base: at.base + (value < 0 ? value + length : value) * stride, offset: at.offset };
    }
  }
  return { base: at.base, offset: { op: "offset", index, length, stride, rest: at.offset, span } };
}

/** The value of a place: a scalar's value, or a container as a tuple. */
export function load(place: Place): Expr {
  if (place.layout.type === "scalar") return { op: "load", at: { base: place.base, offset: place.offset } };
  return { op: "snapshot", place, part: "all" };
}

function containerOf(builder: Builder, expression: Expression): Place | null {
  const root = rootOf(expression);
  if (root === null || root.indices.length > 0) return null;
  const binding = bindingOf(builder, root.variable);
  return binding.type === "place" && binding.place.layout.type !== "scalar" ? binding.place : null;
}

function isContainer(builder: Builder, expression: Expression): boolean {
  return containerOf(builder, expression) !== null;
}

function membership(builder: Builder, expression: Expression & { kind: "binary" }, item: Expr): Expr {
  const member: Expr = { op: "member", place: containerOf(builder, expression.right)!, value: item };
  return expression.operator === "in" ? member : { op: "not", operand: member };
}

/** A question about one task of an array whose index is known only at run time becomes a chain of conditions. */
export function overTasks(
  builder: Builder,
  linker: Linker,
  reference: TaskReference,
  answer: (task: number) => Expr,
  span: Span,
): Expr {
  const tasks = linker.tasksOf(builder, reference.process);
  if (reference.index === null) return answer(tasks[0]!);
  const index = direct(builder, linker, reference.index);
  if (index.op === "constant") {
    const task = tasks[index.code];
    if (task !== undefined) return answer(task);
  }
  const checked: Expr = { op: "offset", index, length: tasks.length, stride: 1, rest: null, span };
  return tasks.reduceRight<Expr>(
    (otherwise, task, k) =>
      k === tasks.length - 1
        ? answer(task)
        : {
            op: "if",
            test: { op: "binary", operator: "==", left: checked, right: constant(k), span },
            then: answer(task),
            else: otherwise,
          },
    constant(NULL),
  );
}

export function constant(code: number): Expr {
  return { op: "constant", code };
}

/** Whether a life slot says that the task is alive (running, or told to end but not ended yet). */
export function aliveTest(lifeSlot: number, span: Span): Expr {
  const is = (life: number): Expr => ({
    op: "binary",
    operator: "==",
    left: slotValue(lifeSlot),
    right: constant(life),
    span,
  });
  return { op: "or", left: is(LIFE.alive), right: is(LIFE.dying) };
}
