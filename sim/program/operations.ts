/**
 * Operations of resources are filled in where they are called: the kind's own statements, over the fields of the
 * instance, as one atomic step (or one for each element of `steps:`).
 */
import type { Kind, Operation, Statement } from "../scenario/ast.ts";
import { type BoundResource, type Builder, fixed } from "./builder.ts";
import { protect } from "./control.ts";
import { constant, direct, lowerValue } from "./expressions.ts";
import type { Linker } from "./linker.ts";
import type { Expr, Place, WaitsFor } from "./program.ts";
import { lowerBlock, use } from "./statements.ts";
import { FALSE, NULL, TRUE } from "./values.ts";
import { finishWait, planWait, waitStep } from "./waiting.ts";

type Operate = Statement & { kind: "operate" };

export function operate(builder: Builder, linker: Linker, statement: Operate): void {
  const held: number[] = [];
  const index = statement.resource.index === null ? null : hold(builder, linker, statement.resource.index, held);
  const bound = linker.bind(builder, statement.resource, index);
  const parameters = statement.operation.parameters.map((parameter) => {
    const argument = statement.arguments.get(parameter);
    if (argument !== undefined) return { parameter, value: hold(builder, linker, argument, held) };
    const initial = parameter.initial?.type === "scalar" ? parameter.initial.value : null;
    return { parameter, value: constant(builder.memory.values.encode(initial)) };
  });
  const plan = planWait(builder, linker, statement);
  const gives = givesValue(statement.operation);
  const missCode = gives ? NULL : FALSE;
  const timed = timedSteps(statement.operation);
  const missedAll = builder.label();
  const locals = statement.operation.locals.map((local) => ({ local, slot: builder.temporary() }));
  // who gives its lock back first must not find out then that its timeout is none
  if (statement.operation.steps.length > 1 && plan.timeout !== null) mustBeTime(builder, plan.timeout);
  builder.insideOperation += 1;
  for (const step of statement.operation.steps) {
    linker.within(builder, linker.kindOf(bound), bound, () => {
      for (const { parameter, value } of parameters) builder.bindings.set(parameter, { type: "value", value });
      for (const { local, slot } of locals)
        builder.bindings.set(local, { type: "place", place: privatePlace(slot, local.name) });
      bindEnd(builder, linker.kindOf(bound), statement.resource.end);
      if (step.time !== null) takeTime(builder, linker, step.time);
      const result = plan.result === -1 ? null : privatePlace(plan.result, "result");
      waitStep(builder, plan, {
        test: step.when === null ? null : simplify(builder, direct(builder, linker, step.when)),
        timed: timed.has(step),
        waits: waitsFor(linker, bound, statement.operation.name),
        body: () => {
          if (result !== null && step === statement.operation.steps[0]) {
            builder.emit({ op: "set", to: fixed(plan.result), value: constant(TRUE) });
          }
          asFunction(builder, result, () => lowerBlock(builder, linker, step.body));
        },
        missed: () => asFunction(builder, null, () => lowerBlock(builder, linker, step.missed)),
        miss: missCode,
        afterMiss: step.continues ? null : missedAll,
      });
    });
  }
  builder.insideOperation -= 1;
  builder.place(missedAll);
  if (locals.length > 0)
    builder.emit(
      { op: "nothing" },
      false,
      locals.map(({ slot }) => slot),
    );
  for (const { slot } of locals) builder.release(slot);
  finishWait(builder, linker, plan, missCode, statement.operation.miss);
  if (held.length > 0) builder.emit({ op: "nothing" }, false, held);
  for (const slot of held) builder.release(slot);
}

/** Raises where a length of time is negative or no number. */
function mustBeTime(builder: Builder, time: Expr): void {
  if (time.op === "constant") return;
  if (time.op === "random") {
    for (const argument of time.arguments) mustBeTime(builder, argument);
    return;
  }
  const [negative, fine] = [builder.label(), builder.label()];
  const test: Expr = { op: "binary", operator: "<", left: time, right: constant(0), span: builder.span };
  builder.emit({ op: "branch", test, yes: negative, no: fine });
  builder.place(negative);
  builder.emit({ op: "raise", name: "ValueError", message: "a time cannot be negative", from: -1 });
  builder.place(fine);
}

function privatePlace(slot: number, name: string): Place {
  return { base: slot, offset: null, layout: { type: "scalar" }, visible: false, name };
}

/** `p.a` and `p.b`: the kind's code asks which end it is used at. */
function bindEnd(builder: Builder, kind: Kind, end: string | null): void {
  if (kind.end === null) return;
  builder.bindings.set(kind.end, { type: "value", value: constant(Math.max(0, kind.ends.indexOf(end ?? ""))) });
}

/** A guard that is always true is no guard. */
function simplify(builder: Builder, test: Expr): Expr | null {
  return test.op === "constant" && builder.memory.values.truthy(test.code) ? null : test;
}

/** An argument's value: constants and private memory as they are, what others can see through a temporary. */
function hold(builder: Builder, linker: Linker, argument: Parameters<typeof lowerValue>[2], held: number[]): Expr {
  const lowered = lowerValue(builder, linker, argument, false);
  held.push(...lowered.temporaries);
  return lowered.value;
}

/** `return` inside an operation gives the operation's value. */
function asFunction(builder: Builder, into: Place | null, body: () => void): void {
  const returnTo = builder.label();
  builder.exits.push({ type: "function", returnTo, into });
  body();
  builder.exits.pop();
  builder.place(returnTo);
}

function takeTime(builder: Builder, linker: Linker, time: Parameters<typeof lowerValue>[2]): void {
  const lowered = use(builder, lowerValue(builder, linker, time, false));
  if (lowered.value.op === "constant" && (lowered.value.code === 0 || lowered.value.code === NULL)) return;
  builder.emit(
    { op: "delay", kind: "io", time: lowered.value, device: null, cooperative: true },
    true,
    lowered.temporaries,
  );
}

function givesValue(operation: Operation): boolean {
  const returns = (statements: readonly Statement[]): boolean =>
    statements.some((statement) => {
      if (statement.kind === "return") return statement.value !== null;
      if (statement.kind === "if") return returns(statement.then) || returns(statement.else);
      if ("body" in statement && Array.isArray(statement.body)) return returns(statement.body);
      return false;
    });
  return operation.steps.some((step) => returns(step.body));
}

/** A timeout ends any wait of the operation up to the first after which it goes on all the same. */
function timedSteps(operation: Operation): Set<Operation["steps"][number]> {
  const last = operation.steps.findIndex((step) => step.continues);
  const first = last < 0 ? operation.steps : operation.steps.slice(0, last + 1);
  return new Set(first.filter((step) => step.when !== null));
}

function waitsFor(linker: Linker, bound: BoundResource, operation: string): WaitsFor {
  return {
    what: linker.nameOf(bound),
    resource: { first: bound.first, index: bound.index },
    tasks: [],
    any: false,
    operation,
  };
}

/** `with:` enters, runs its body and leaves, also when the body raises, breaks or returns. */
export function withResource(builder: Builder, linker: Linker, statement: Statement & { kind: "with" }): void {
  const part = (name: string): Operate => ({
    kind: "operate",
    span: statement.span,
    operation: kindOf(linker, builder, statement).operations.get(name)!,
    resource: statement.resource,
    arguments: new Map(),
    timeout: null,
    block: null,
    into: null,
  });
  operate(builder, linker, part(statement.enter));
  protect(
    builder,
    () => lowerBlock(builder, linker, statement.body),
    [],
    () => {
      const outer = builder.span;
      builder.span = statement.span;
      operate(builder, linker, part(statement.leave));
      builder.span = outer;
    },
  );
}

function kindOf(linker: Linker, builder: Builder, statement: Statement & { kind: "with" }) {
  return linker.kindOf(linker.bind(builder, statement.resource, null));
}
