/** Lowers statements to instructions, one short function for each. */
import type { Expression, Statement, Target, TextPart } from "../scenario/ast.ts";
import { type Builder, bindingOf, fixed, slotValue } from "./builder.ts";
import { ensureVariable, leave, lowerCall, lowerTry, runExits } from "./control.ts";
import { constant, elementPlace, type Lowered, load, lowerValue } from "./expressions.ts";
import type { Linker } from "./linker.ts";
import { operate, withResource } from "./operations.ts";
import type { Address, Expr, Place } from "./program.ts";
import { chooseStep, joinTasks, startTasks, switchTo, terminateTasks, waitAny } from "./tasks.ts";
import { when } from "./waiting.ts";

export function lowerBlock(builder: Builder, linker: Linker, statements: readonly Statement[]): void {
  for (const statement of statements) lowerStatement(builder, linker, statement);
}

export function lowerStatement(builder: Builder, linker: Linker, statement: Statement): void {
  const outer = builder.span;
  if (builder.insideOperation === 0) builder.span = statement.span;
  dispatch(builder, linker, statement);
  builder.span = outer;
}

function dispatch(builder: Builder, linker: Linker, statement: Statement): void {
  switch (statement.kind) {
    case "assign":
      return assign(builder, linker, statement);
    case "augment":
      return augment(builder, linker, statement);
    case "mutate":
      return mutate(builder, linker, statement);
    case "cpu":
    case "sleep":
    case "io":
      return delay(
        builder,
        linker,
        statement.kind,
        statement.time,
        statement.kind === "io" ? statement.device : null,
        statement.kind !== "sleep" || statement.cooperative,
      );
    case "yield":
      return builder.emit({ op: "delay", kind: "yield", time: null, device: null, cooperative: true }, true);
    case "switch":
      return switchTo(builder, linker, statement);
    case "print":
      return print(builder, linker, statement.text);
    case "assert":
      return demand(builder, linker, statement.that, "assertion", statement.message);
    case "require":
      return demand(builder, linker, statement.that, "misuse", statement.message);
    case "if":
      return branchTo(
        builder,
        linker,
        statement.test,
        () => lowerBlock(builder, linker, statement.then),
        () => lowerBlock(builder, linker, statement.else),
      );
    case "while":
      return loop(builder, (done) => {
        const go = builder.label();
        branch(builder, linker, statement.test, go, done);
        builder.place(go);
        lowerBlock(builder, linker, statement.body);
      });
    case "loop":
      return loop(builder, () => lowerBlock(builder, linker, statement.body));
    case "repeat":
      return repeat(builder, linker, statement.times, statement.body);
    case "for":
      return forLoop(builder, linker, statement);
    case "break":
    case "continue":
      return leave(builder, statement.kind);
    case "when":
      return when(builder, linker, statement);
    case "with":
      return withResource(builder, linker, statement);
    case "atomic":
      return atomic(builder, linker, statement.body);
    case "operate":
      return operate(builder, linker, statement);
    case "start":
      return startTasks(builder, linker, statement);
    case "join":
      return joinTasks(builder, linker, statement);
    case "terminate":
      return terminateTasks(builder, linker, statement);
    case "wait_any":
      return waitAny(builder, linker, statement);
    case "call":
      return lowerCall(builder, linker, statement);
    case "return":
      return giveBack(builder, linker, statement.value);
    case "try":
      return lowerTry(builder, linker, statement);
    case "raise":
      return builder.emit({
        op: "raise",
        name: statement.name,
        message: "",
        from: statement.name === null ? (builder.caught.at(-1) ?? -1) : -1,
      });
    case "choose":
      return chooseStep(builder, linker, statement);
    case "pick": {
      const count = use(builder, lowerValue(builder, linker, statement.count, true));
      const place = placeOf(builder, linker, statement.target);
      return builder.emit({ op: "pick", to: place, count: count.value }, true, count.temporaries);
    }
    case "exit": {
      const code = statement.code === null ? null : use(builder, lowerValue(builder, linker, statement.code, true));
      runExits(builder, 0);
      return builder.end(code?.value ?? null, code?.visible, code?.temporaries);
    }
  }
}

/** Gives the temporaries of a value back; they stay readable until the next temporary is taken. */
export function use(builder: Builder, lowered: Lowered): Lowered {
  for (const slot of lowered.temporaries) builder.release(slot);
  return lowered;
}

/** Where a target lies, its indices evaluated. Not for elements of lists and maps. */
export function placeOf(builder: Builder, linker: Linker, target: Target): Place {
  const binding = bindingOf(builder, target.variable);
  if (binding.type !== "place") throw new Error(`${target.variable.name} cannot be assigned to`);
  let place = binding.place;
  for (const index of target.indices) {
    const value = use(builder, lowerValue(builder, linker, index, false));
    place = elementPlace(builder, place, value.value, target.span);
  }
  return place;
}

/** A target split into the part with a place and the key of the list or map element, if it is one. */
function locateTarget(
  builder: Builder,
  linker: Linker,
  target: Target,
): { place: Place; key: Expr | null; temporaries: number[] } {
  const binding = bindingOf(builder, target.variable);
  if (binding.type !== "place") throw new Error(`${target.variable.name} cannot be assigned to`);
  let place = binding.place;
  const temporaries: number[] = [];
  for (const index of target.indices) {
    const value = lowerValue(builder, linker, index, false);
    temporaries.push(...value.temporaries);
    if (place.layout.type !== "array") return { place, key: value.value, temporaries };
    place = elementPlace(builder, place, value.value, target.span);
  }
  return { place, key: null, temporaries };
}

/** Writes a value to a target; the write is a step of its own where others can see it. */
export function store(builder: Builder, linker: Linker, target: Target, value: Lowered): void {
  const { place, key, temporaries } = locateTarget(builder, linker, target);
  const clear = [...value.temporaries, ...temporaries];
  for (const slot of clear) builder.release(slot);
  if (key !== null) builder.emit({ op: "put", place, key, value: value.value }, place.visible || value.visible, clear);
  else if (place.layout.type !== "scalar")
    builder.emit({ op: "fill", place, value: value.value }, place.visible || value.visible, clear);
  else builder.emit({ op: "set", to: address(place), value: value.value }, place.visible || value.visible, clear);
}

function address(place: Place): Address {
  return { base: place.base, offset: place.offset };
}

function targetIsVisible(builder: Builder, target: Target): boolean {
  const binding = bindingOf(builder, target.variable);
  return binding.type === "place" && binding.place.visible;
}

function assign(builder: Builder, linker: Linker, statement: Statement & { kind: "assign" }): void {
  const [target] = statement.targets;
  if (statement.targets.length === 1 && target !== undefined) {
    const value = lowerValue(builder, linker, statement.values[0]!, !targetIsVisible(builder, target));
    store(builder, linker, target, value);
    return;
  }
  // a, b = b, a: every value first (reads are steps), then the writes in order; one value is unpacked
  if (statement.values.length === 1) {
    const whole = builder.temporary();
    const tuple = lowerValue(builder, linker, statement.values[0]!, true);
    use(builder, tuple);
    builder.emit({ op: "set", to: fixed(whole), value: tuple.value }, tuple.visible, tuple.temporaries);
    statement.targets.forEach((each, k) => {
      const last = k === statement.targets.length - 1;
      const part: Expr = { op: "at", value: slotValue(whole), index: constant(k), span: statement.span };
      store(builder, linker, each, { value: part, visible: false, temporaries: last ? [whole] : [] });
    });
    return;
  }
  const held = statement.values.map((value) => {
    const slot = builder.temporary();
    const lowered = lowerValue(builder, linker, value, true);
    use(builder, lowered);
    builder.emit({ op: "set", to: fixed(slot), value: lowered.value }, lowered.visible, lowered.temporaries);
    return slot;
  });
  statement.targets.forEach((each, k) => {
    store(builder, linker, each, { value: slotValue(held[k]!), visible: false, temporaries: [held[k]!] });
  });
}

function augment(builder: Builder, linker: Linker, statement: Statement & { kind: "augment" }): void {
  const { place, key, temporaries } = locateTarget(builder, linker, statement.target);
  const old: Expr = key === null ? load(place) : { op: "item", place, index: key, span: statement.span };
  let left = old;
  if (place.visible && !builder.atomic) {
    const slot = builder.temporary();
    temporaries.push(slot);
    builder.emit({ op: "set", to: fixed(slot), value: old }, true);
    left = slotValue(slot);
  }
  const right = lowerValue(builder, linker, statement.value, !place.visible);
  const clear = [...temporaries, ...right.temporaries];
  for (const slot of clear) builder.release(slot);
  const value: Expr = { op: "binary", operator: statement.operator, left, right: right.value, span: statement.span };
  const visible = place.visible || right.visible;
  if (key !== null) builder.emit({ op: "put", place, key, value }, visible, clear);
  else builder.emit({ op: "set", to: address(place), value }, visible, clear);
}

function mutate(builder: Builder, linker: Linker, statement: Statement & { kind: "mutate" }): void {
  const { place, temporaries } = locateTarget(builder, linker, statement.target);
  const parameters = statement.arguments.map((argument) => lowerValue(builder, linker, argument, false));
  const clear = [...temporaries, ...parameters.flatMap((parameter) => parameter.temporaries)];
  const [first, second] = parameters.map((parameter) => parameter.value);
  for (const slot of clear) builder.release(slot);
  switch (statement.method) {
    case "append":
      return builder.emit({ op: "append", place, at: null, value: first! }, place.visible, clear);
    case "insert":
      return builder.emit({ op: "append", place, at: first!, value: second! }, place.visible, clear);
    case "extend":
      return builder.emit({ op: "extend", place, value: first! }, place.visible, clear);
    case "remove":
      return builder.emit({ op: "remove", place, value: first! }, place.visible, clear);
    case "clear":
      return builder.emit({ op: "clear", place }, place.visible, clear);
    case "delete":
    case "pop":
      if (statement.into === null)
        return builder.emit({ op: "pop", place, key: first ?? null, to: null }, place.visible, clear);
      return intoTarget(builder, linker, statement.into, (to) =>
        builder.emit({ op: "pop", place, key: first ?? null, to }, place.visible, clear),
      );
  }
}

/** Lets `emit` write a value straight into a private target, or through a temporary into one that others can see. */
export function intoTarget(builder: Builder, linker: Linker, target: Target, emit: (to: Address) => void): void {
  const binding = bindingOf(builder, target.variable);
  if (
    target.indices.length === 0 &&
    binding.type === "place" &&
    binding.place.layout.type === "scalar" &&
    (!binding.place.visible || builder.atomic)
  ) {
    emit(address(binding.place));
    return;
  }
  const slot = builder.temporary();
  emit(fixed(slot));
  store(builder, linker, target, { value: slotValue(slot), visible: false, temporaries: [slot] });
}

function delay(
  builder: Builder,
  linker: Linker,
  kind: "cpu" | "sleep" | "io",
  time: Expression,
  device: string | null,
  cooperative: boolean,
): void {
  const lowered = use(builder, lowerValue(builder, linker, time, false));
  builder.emit({ op: "delay", kind, time: lowered.value, device, cooperative }, true, lowered.temporaries);
}

/** Lowers a text: its parts, with the reads of visible memory as steps before it. */
export function lowerText(
  builder: Builder,
  linker: Linker,
  text: readonly TextPart[],
): { parts: (string | Expr)[]; visible: boolean; temporaries: number[] } {
  const temporaries: number[] = [];
  let visible = false;
  const lastExpression = text.findLastIndex((part) => typeof part !== "string");
  const parts = text.map((part, k) => {
    if (typeof part === "string") return part;
    const lowered = lowerValue(builder, linker, part, k === lastExpression);
    temporaries.push(...lowered.temporaries);
    visible ||= lowered.visible;
    return lowered.value;
  });
  for (const slot of temporaries) builder.release(slot);
  return { parts, visible, temporaries };
}

function print(builder: Builder, linker: Linker, text: readonly TextPart[]): void {
  const { parts, visible, temporaries } = lowerText(builder, linker, text);
  builder.emit({ op: "print", parts }, visible, temporaries);
}

/** `assert` and `require`: goes on if true, else fails with its message. */
function demand(
  builder: Builder,
  linker: Linker,
  that: Expression,
  kind: "assertion" | "misuse",
  message: readonly TextPart[] | null,
): void {
  const [fine, wrong] = [builder.label(), builder.label()];
  branch(builder, linker, that, fine, wrong);
  builder.place(wrong);
  const text = message === null ? { parts: [], visible: false, temporaries: [] } : lowerText(builder, linker, message);
  builder.emit({ op: "fail", kind, name: kind, message: text.parts }, text.visible, text.temporaries);
  builder.place(fine);
}

/** Evaluates a condition and goes to one of two labels. */
export function branch(builder: Builder, linker: Linker, test: Expression, yes: number, no: number): void {
  const lowered = use(builder, lowerValue(builder, linker, test, true));
  if (lowered.value.op === "constant" && !builder.beginsStep) {
    builder.jump(builder.memory.values.truthy(lowered.value.code) ? yes : no);
    return;
  }
  builder.emit({ op: "branch", test: lowered.value, yes, no }, lowered.visible, lowered.temporaries);
}

function branchTo(builder: Builder, linker: Linker, test: Expression, then: () => void, otherwise: () => void): void {
  const [yes, no, done] = [builder.label(), builder.label(), builder.label()];
  branch(builder, linker, test, yes, no);
  builder.place(yes);
  then();
  builder.jump(done);
  builder.place(no);
  otherwise();
  builder.place(done);
}

/** A loop whose body may `break` and `continue`; `body` receives the label behind it. */
function loop(builder: Builder, body: (done: number) => void, step: () => void = () => {}): void {
  const [again, next, done] = [builder.label(), builder.label(), builder.label()];
  if (builder.beginsStep) builder.emit({ op: "nothing" });
  builder.place(again);
  builder.exits.push({ type: "loop", breakTo: done, continueTo: next });
  body(done);
  builder.exits.pop();
  builder.place(next);
  step();
  builder.jump(again);
  builder.place(done);
}

function repeat(builder: Builder, linker: Linker, times: Expression, body: readonly Statement[]): void {
  const counter = builder.temporary();
  const count = use(builder, lowerValue(builder, linker, times, true));
  const span = builder.span;
  builder.emit({ op: "set", to: fixed(counter), value: count.value }, count.visible, count.temporaries);
  const left = slotValue(counter);
  loop(
    builder,
    (done) => {
      const go = builder.label();
      builder.emit({
        op: "branch",
        test: { op: "binary", operator: ">", left, right: constant(0), span },
        yes: go,
        no: done,
      });
      builder.place(go);
      lowerBlock(builder, linker, body);
    },
    () =>
      builder.emit({
        op: "set",
        to: fixed(counter),
        value: { op: "binary", operator: "-", left, right: constant(1), span },
      }),
  );
  builder.emit({ op: "nothing" }, false, [counter]);
  builder.release(counter);
}

function forLoop(builder: Builder, linker: Linker, statement: Statement & { kind: "for" }): void {
  const { over, span } = statement;
  const target: Target = { variable: statement.variable, indices: [], span };
  ensureVariable(builder, statement.variable);
  if (over.type === "items") {
    const done = builder.label();
    for (const item of over.items) {
      const next = builder.label();
      store(builder, linker, target, lowerValue(builder, linker, item, true));
      builder.exits.push({ type: "loop", breakTo: done, continueTo: next });
      lowerBlock(builder, linker, statement.body);
      builder.exits.pop();
      builder.place(next);
    }
    builder.place(done);
    return;
  }
  const position = builder.temporary();
  const limit = builder.temporary();
  const hold = (slot: number, value: Expression): void => {
    const lowered = use(builder, lowerValue(builder, linker, value, true));
    builder.emit({ op: "set", to: fixed(slot), value: lowered.value }, lowered.visible, lowered.temporaries);
  };
  if (over.type === "range") {
    hold(position, over.from);
    hold(limit, over.to);
  } else {
    hold(limit, over.of);
    builder.emit({ op: "set", to: fixed(position), value: constant(0) });
  }
  const at = slotValue(position);
  const end = slotValue(limit);
  const more: Expr =
    over.type === "range"
      ? { op: "binary", operator: "<=", left: at, right: end, span }
      : { op: "binary", operator: "<", left: at, right: { op: "builtin", name: "len", arguments: [end], span }, span };
  const current: Expr = over.type === "range" ? at : { op: "at", value: end, index: at, span };
  loop(
    builder,
    (done) => {
      const go = builder.label();
      builder.emit({ op: "branch", test: more, yes: go, no: done });
      builder.place(go);
      store(builder, linker, target, { value: current, visible: false, temporaries: [] });
      lowerBlock(builder, linker, statement.body);
    },
    () =>
      builder.emit({
        op: "set",
        to: fixed(position),
        value: { op: "binary", operator: "+", left: at, right: constant(1), span },
      }),
  );
  builder.emit({ op: "nothing" }, false, [position, limit]);
  builder.release(position);
  builder.release(limit);
}

function atomic(builder: Builder, linker: Linker, body: readonly Statement[]): void {
  const [first, ...rest] = body;
  builder.atomically(() => {
    if (first === undefined) return;
    lowerStatement(builder, linker, first);
    lowerBlock(builder, linker, rest);
  });
}

function giveBack(builder: Builder, linker: Linker, value: Expression | null): void {
  const depth = builder.exits.findLastIndex((exit) => exit.type === "function");
  const exit = builder.exits[depth];
  if (exit?.type !== "function") {
    runExits(builder, 0);
    builder.end(null);
    return;
  }
  if (value !== null) {
    const lowered = use(builder, lowerValue(builder, linker, value, true));
    if (exit.into !== null)
      builder.emit({ op: "set", to: address(exit.into), value: lowered.value }, lowered.visible, lowered.temporaries);
    else if (lowered.visible || lowered.temporaries.length > 0)
      builder.emit({ op: "nothing" }, lowered.visible, lowered.temporaries);
  }
  runExits(builder, depth + 1);
  builder.jump(exit.returnTo);
}
