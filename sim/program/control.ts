/** Control flow that leaves where it is: functions, break, continue, return, exceptions. */
import type { Statement, Variable } from "../scenario/ast.ts";
import { type Builder, type Exit, fixed, slotValue } from "./builder.ts";
import { constant, lowerValue } from "./expressions.ts";
import type { Linker } from "./linker.ts";
import { NOTHING } from "./memory.ts";
import type { Expr, Place } from "./program.ts";
import { lowerBlock, store, use } from "./statements.ts";
import { NULL } from "./values.ts";

/** Gives a loop variable or `into:` name its slot when it first appears. */
export function ensureVariable(builder: Builder, variable: Variable): void {
  if (builder.bindings.has(variable)) return;
  const place = builder.memory.place(`${builder.taskName}.${variable.name}`, NOTHING, builder.task, "local", false);
  builder.bindings.set(variable, { type: "place", place });
}

/** Runs the clean-ups (finally, with) of all exits from `depth` on, innermost first. */
export function runExits(builder: Builder, depth: number): void {
  for (let k = builder.exits.length - 1; k >= depth; k--) {
    const exit: Exit = builder.exits[k]!;
    if (exit.type === "cleanup") builder.outside(k, exit.run);
  }
}

export function leave(builder: Builder, kind: "break" | "continue"): void {
  const depth = builder.exits.findLastIndex((exit) => exit.type === "loop");
  const exit = builder.exits[depth];
  if (exit?.type !== "loop") throw new Error(`${kind} outside a loop`);
  runExits(builder, depth + 1);
  builder.jump(kind === "break" ? exit.breakTo : exit.continueTo);
}

/** How deep calls are filled in before sim gives up; cycles of functions are refused earlier, by the checker. */
const INLINE_LIMIT = 200_000;

/** A call is filled in where it stands: parameters and locals get slots of their own, cleared when it returns. */
export function lowerCall(builder: Builder, linker: Linker, statement: Statement & { kind: "call" }): void {
  const callee = statement.function;
  if (builder.instructions.length > INLINE_LIMIT) throw new CodeTooLarge();
  const frame: { variable: Variable; place: Place }[] = [];
  const held = callee.parameters.map((parameter, k) => {
    const argument = statement.arguments[k];
    const initial = parameter.initial?.type === "scalar" ? parameter.initial.value : null;
    const slot = builder.temporary();
    if (argument === undefined)
      builder.emit({ op: "set", to: fixed(slot), value: constant(builder.memory.values.encode(initial)) });
    else {
      const value = use(builder, lowerValue(builder, linker, argument, true));
      builder.emit({ op: "set", to: fixed(slot), value: value.value }, value.visible, value.temporaries);
    }
    return { variable: parameter, slot };
  });
  const saved = new Map(builder.bindings);
  const slots: number[] = [];
  for (const { variable, slot } of held) {
    const place: Place = { base: slot, offset: null, layout: { type: "scalar" }, visible: false, name: variable.name };
    builder.bindings.set(variable, { type: "place", place });
    slots.push(slot);
  }
  for (const local of callee.locals) {
    const place = builder.memory.place(
      `${builder.taskName}.${callee.name}.${local.name}`,
      local.initial ?? NOTHING,
      builder.task,
      "local",
      false,
    );
    frame.push({ variable: local, place });
    builder.bindings.set(local, { type: "place", place });
  }
  const result = statement.into === null ? null : builder.temporary();
  const returnTo = builder.label();
  const into: Place | null =
    result === null
      ? null
      : { base: result, offset: null, layout: { type: "scalar" }, visible: false, name: callee.name };
  if (result !== null) builder.emit({ op: "set", to: fixed(result), value: constant(NULL) });
  builder.exits.push({ type: "function", returnTo, into });
  lowerBlock(builder, linker, callee.body);
  builder.exits.pop();
  builder.place(returnTo);
  // a second call must find the locals as the first did
  for (const { place } of frame) resetPlace(builder, place);
  builder.emit({ op: "nothing" }, false, slots);
  for (const slot of slots) builder.release(slot);
  restoreBindings(builder, saved);
  if (statement.into !== null && result !== null) {
    ensureVariable(builder, statement.into.variable);
    store(builder, linker, statement.into, { value: slotValue(result), visible: false, temporaries: [result] });
  }
}

function restoreBindings(
  builder: Builder,
  saved: ReadonlyMap<Variable, ReturnType<Builder["bindings"]["get"]> & object>,
): void {
  builder.bindings.clear();
  for (const [variable, binding] of saved) builder.bindings.set(variable, binding);
}

function resetPlace(builder: Builder, place: Place): void {
  if (place.layout.type === "list" || place.layout.type === "map") {
    builder.emit({ op: "clear", place });
    return;
  }
  for (
    let slot = place.base;
    slot < builder.memory.slots.length && builder.memory.slots[slot]!.name.startsWith(place.name);
    slot++
  ) {
    builder.emit({ op: "set", to: fixed(slot), value: constant(builder.memory.slots[slot]!.initial) });
  }
}

/** Thrown when filling in calls makes the code larger than sim handles. */
export class CodeTooLarge extends Error {}

/**
 * try / catch / finally. The handler of every instruction is known statically, so exceptions need no stack: `finally`
 * is written out on each way that leaves.
 */
export function lowerTry(builder: Builder, linker: Linker, statement: Statement & { kind: "try" }): void {
  protect(
    builder,
    () => lowerBlock(builder, linker, statement.body),
    statement.catches.map((each) => ({ name: each.name, body: () => lowerBlock(builder, linker, each.body) })),
    statement.finally.length === 0 ? null : () => lowerBlock(builder, linker, statement.finally),
  );
}

/** The general form of try: also used by `with:`. */
export function protect(
  builder: Builder,
  body: () => void,
  catches: readonly { name: string | null; body: () => void }[],
  cleanup: (() => void) | null,
): void {
  const slot = builder.temporary();
  const done = builder.label();
  const guard = (guarded: () => void, label: number): void => {
    builder.exits.push({ type: "cleanup", run: cleanup ?? (() => {}) });
    builder.guarded(label, slot, guarded);
    builder.exits.pop();
  };
  const handler = builder.label();
  guard(body, handler);
  cleanup?.();
  builder.jump(done);

  builder.place(handler);
  const afterCatch = cleanup === null ? null : builder.label();
  const thrown = slotValue(slot);
  const span = builder.span;
  let catchesAll = false;
  for (const each of catches) {
    const next = builder.label();
    if (each.name === null) catchesAll = true;
    else {
      const go = builder.label();
      const test: Expr = {
        op: "binary",
        operator: "==",
        left: thrown,
        right: constant(builder.memory.values.encode(each.name)),
        span,
      };
      builder.emit({ op: "branch", test, yes: go, no: next });
      builder.place(go);
    }
    builder.caught.push(slot);
    if (afterCatch === null) each.body();
    else guard(each.body, afterCatch);
    builder.caught.pop();
    cleanup?.();
    builder.emit({ op: "nothing", next: done }, false, [slot]);
    builder.place(next);
    if (catchesAll) break;
  }
  if (!catchesAll) {
    cleanup?.();
    builder.emit({ op: "raise", name: null, message: "", from: slot });
  }
  if (afterCatch !== null && catches.length > 0) {
    builder.place(afterCatch);
    cleanup?.();
    builder.emit({ op: "raise", name: null, message: "", from: slot });
  }
  builder.place(done);
  builder.release(slot);
}
