/**
 * Compiles a checked scenario to a program: slots for everything that decides the future, and for each task its code.
 */
import type {
  Initial,
  Process,
  Property,
  Resource,
  Scenario,
  Span,
  Statement,
  Value,
  Variable,
} from "../scenario/ast.ts";
import { OptionError } from "../scenario/option-error.ts";
import { Builder } from "./builder.ts";
import { withEnds } from "./ends.ts";
import { aliveTest, constant, direct } from "./expressions.ts";
import { Linker, type ResourceFrame, type TaskFrame } from "./linker.ts";
import { FIRST_LIST_ROOM, Memory, NOTHING } from "./memory.ts";
import {
  type Expr,
  LIFE,
  type Place,
  type Program,
  type ProgramProperty,
  type ResourceInstance,
  type Task,
} from "./program.ts";
import { lowerBlock } from "./statements.ts";
import { NULL, Values } from "./values.ts";

/**
 * Compiles a scenario.
 *
 * @param listRoom room for each list that has no greatest length (an unbounded queue)
 * @throws OptionError if the start value of a process's variable cannot be computed
 */
export function lower(scenario: Scenario, listRoom: number = FIRST_LIST_ROOM): Program {
  const values = new Values();
  const memory = new Memory(values, listRoom);
  const linker = new Linker(memory);
  const shared = [...scenario.shared, ...scenario.atomics].map((variable) => {
    const place = memory.place(
      variable.name,
      variable.initial ?? NOTHING,
      -1,
      variable.storage === "atomic" ? "atomic" : "shared",
      true,
    );
    linker.shared.set(variable, place);
    return place;
  });
  const resources = scenario.resources.flatMap((resource) => layResource(memory, linker, resource));
  makeFrames(memory, linker, scenario.processes);
  const tasks = linker.frames.map((frame) => lowerTask(memory, linker, frame));
  const properties = (list: readonly Property[]): ProgramProperty[] =>
    list.map((property) => ({
      name: property.name,
      test: direct(observer(memory, linker, property.test.span), linker, property.test),
      span: property.test.span,
    }));
  // the properties, too, may ask who is alive
  const checked = {
    always: properties(scenario.check.always),
    finally: properties(scenario.check.finally),
    eventually: properties(scenario.check.eventually),
    reachable: properties(scenario.check.reachable),
  };
  return {
    scenario,
    values,
    tasks: withEnds(tasks, linker.asked),
    shared,
    resources,
    properties: checked,
    slots: memory.slots,
  };
}

/** A builder for expressions that belong to no task: properties, options. */
function observer(memory: Memory, linker: Linker, span: Span): Builder {
  const builder = new Builder(memory, -1, "the scenario", 0, span);
  bindShared(builder, linker);
  return builder;
}

function bindShared(builder: Builder, linker: Linker): void {
  for (const [variable, place] of linker.shared) builder.bindings.set(variable, { type: "place", place });
}

function layResource(memory: Memory, linker: Linker, resource: Resource): ResourceInstance[] {
  const first = [...linker.resources.values()].reduce((sum, frame) => sum + (frame.resource.count ?? 1), 0);
  const start = memory.slots.length;
  const instances: ResourceInstance[] = [];
  let fields = new Map<Variable, Place>();
  for (let k = 0; k < (resource.count ?? 1); k++) {
    const name = resource.count === null ? resource.name : `${resource.name}[${k}]`;
    const placed = new Map<Variable, Place>();
    for (const field of resource.kind.fields) {
      placed.set(
        field,
        memory.place(`${name}.${field.name}`, fieldInitial(memory, linker, resource, field), -1, "resource", true),
      );
    }
    if (k === 0) fields = placed;
    const holder = resource.kind.holder === null ? null : (placed.get(resource.kind.holder) ?? null);
    const options = new Map([...resource.options].map(([option, value]) => [option.name, value] as const));
    instances.push({ name, kind: resource.kind.name, fields: [...placed.values()], holder, options });
  }
  const frame: ResourceFrame = {
    resource,
    first,
    fields,
    stride: (memory.slots.length - start) / (resource.count ?? 1),
  };
  linker.resources.set(resource, frame);
  return instances;
}

/** How a field starts in this resource: its value, or the room of its container, may depend on the options. */
function fieldInitial(memory: Memory, linker: Linker, resource: Resource, field: Variable): Initial {
  const { initial, initialExpression } = field;
  if (initialExpression === null) return initial ?? NOTHING;
  const builder = observer(memory, linker, resource.span);
  for (const option of resource.kind.options) {
    const value = resource.options.get(option) ?? null;
    const isResource = value !== null && typeof value === "object" && "kind" in value;
    builder.bindings.set(option, {
      type: "value",
      value: constant(isResource ? NULL : memory.values.encode(value as Value)),
    });
  }
  const lowered = direct(builder, linker, initialExpression);
  const value = lowered.op === "constant" ? memory.values.decode(lowered.code) : null;
  if (initial === null || initial.type === "scalar") return { type: "scalar", value };
  const room = typeof value === "number" ? value : 0;
  if (initial.type === "list") return { ...initial, max: room > 0 ? room : null };
  if (initial.type === "map") return { ...initial, max: room };
  return { type: "array", items: Array.from({ length: room }, () => initial.items[0] ?? NOTHING) };
}

function makeFrames(memory: Memory, linker: Linker, processes: readonly Process[]): void {
  let templates = 0;
  const add = (process: Process, owner: TaskFrame | null, template: number): void => {
    const base = process.count === null ? 1 : process.count;
    for (let index = 0; index < base; index++) {
      const short = process.count === null ? process.name : `${process.name}[${index}]`;
      const name = owner === null ? short : `${owner.name}.${short}`;
      const id = linker.frames.length;
      const manual = process.start === "manual";
      const frame: TaskFrame = {
        id,
        process,
        name,
        index,
        template,
        owner,
        pcSlot: memory.slot(`${name}.pc`, 0, id, "pc"),
        lifeSlot: memory.slot(`${name}.life`, manual ? LIFE.created : LIFE.alive, id, "life"),
        exitSlot: memory.slot(`${name}.exit`, NULL, id, "exit"),
        parentSlot: manual ? memory.slot(`${name}.parent`, NULL, id, "parent") : -1,
        threadSlot: threadSlotOf(memory, process, owner, name, id),
        variables: new Map(),
      };
      linker.frames.push(frame);
      const visible = process.threads.length > 0;
      for (const variable of process.variables) {
        frame.variables.set(variable, layVariable(memory, linker, variable, frame, visible));
      }
      children(process, frame);
    }
  };
  const children = (process: Process, frame: TaskFrame): void => {
    for (const child of [...process.threads, ...process.coroutines]) add(child, frame, templateOf(child));
  };
  const known = new Map<Process, number>();
  const templateOf = (process: Process): number => {
    if (!known.has(process)) known.set(process, templates++);
    return known.get(process)!;
  };
  for (const process of processes) add(process, null, templateOf(process));
}

/** A process with coroutines and the coroutines themselves share the slot that says who has the thread. */
function threadSlotOf(memory: Memory, process: Process, owner: TaskFrame | null, name: string, id: number): number {
  if (process.type === "coroutine") return owner!.threadSlot;
  if (process.coroutines.length === 0) return -1;
  return memory.slot(`${name}.thread`, id, id, "thread");
}

/** A variable of a task; its start may be an expression over `i`. */
function layVariable(memory: Memory, linker: Linker, variable: Variable, frame: TaskFrame, visible: boolean): Place {
  const name = `${frame.name}.${variable.name}`;
  if (variable.initialExpression !== null) {
    const builder = new Builder(memory, frame.id, frame.name, frame.index, variable.span);
    const value = direct(builder, linker, variable.initialExpression);
    // it is made of constants, so if it is none itself it raises
    if (value.op !== "constant") throw new OptionError(`the start value of ${name}: ${raisedIn(builder)}`);
    const initial: Initial = { type: "scalar", value: memory.values.decode(value.code) };
    return memory.place(name, initial, frame.id, "local", visible);
  }
  return memory.place(name, variable.initial ?? NOTHING, frame.id, "local", visible);
}

function raisedIn({ raised }: Builder): string {
  return raised === null ? "it has none" : `${raised.name}, ${raised.message}`;
}

function lowerTask(memory: Memory, linker: Linker, frame: TaskFrame): Task {
  const { process } = frame;
  const builder = new Builder(memory, frame.id, frame.name, frame.index, process.span);
  bindShared(builder, linker);
  for (const home of frame.owner === null ? [frame] : [frame.owner, frame]) {
    for (const [variable, place] of home.variables) builder.bindings.set(variable, { type: "place", place });
  }
  const own = ownTasks(linker, frame);
  if (own.length > 0) builder.epilogue = { label: builder.label(), exitSlot: frame.exitSlot };
  const attribute = (expression: Parameters<typeof direct>[2]): Expr => direct(builder, linker, expression);
  if (process.period === null) lowerBlock(builder, linker, process.body);
  else {
    const again = builder.label();
    builder.place(again);
    lowerBlock(builder, linker, process.body);
    builder.emit({ op: "delay", kind: "period", time: null, device: null, cooperative: true }, true);
    builder.jump(again);
  }
  builder.span = process.span;
  const epilogue = waitForOwn(builder, own, process.span);
  builder.emit({ op: "end", code: null });
  const code = builder.finish();
  return {
    id: frame.id,
    name: frame.name,
    type: process.type,
    template: frame.template,
    index: frame.index,
    owner: frame.owner?.id ?? -1,
    daemon: process.daemon,
    ofResource: process.ofResource === true,
    worker: process.ofResource === true && process.type === "process",
    manual: process.start === "manual",
    pcSlot: frame.pcSlot,
    lifeSlot: frame.lifeSlot,
    exitSlot: frame.exitSlot,
    parentSlot: frame.parentSlot,
    arrival: attribute(process.arrival),
    period: process.period === null ? null : attribute(process.period),
    deadline: process.deadline === null ? null : attribute(process.deadline),
    attributes: new Map([...process.attributes].map(([name, expression]) => [name, attribute(expression)] as const)),
    code,
    variables: [...frame.variables.values()],
    threadSlot: frame.threadSlot,
    returnsTo: process.type === "coroutine" && usesSwitch(process.owner!) ? frame.owner!.id : -1,
    epilogue,
    gil: process.gil,
    span: process.span,
  };
}

/**
 * A process ends when its threads have ended (daemons among them end with it), and the coroutines that started by
 * themselves. Those that were started or switched to by hand just stop, as in greenlet and gevent.
 */
function ownTasks(linker: Linker, frame: TaskFrame): TaskFrame[] {
  const { process } = frame;
  // a thousand processes without any need not look through a thousand others each
  if (process.threads.length + process.coroutines.length === 0) return [];
  return linker.frames.filter((other) => {
    if (other.owner !== frame || other.process.daemon) return false;
    return other.process.type === "thread" || other.process.start === "auto";
  });
}

function waitForOwn(builder: Builder, own: readonly TaskFrame[], span: Span): number {
  if (builder.epilogue === null) return -1;
  const at = builder.instructions.length;
  builder.place(builder.epilogue.label);
  const over = own.map((other): Expr => ({ op: "not", operand: aliveTest(other.lifeSlot, span) }));
  const test = over.reduce((all, one): Expr => ({ op: "and", left: all, right: one }));
  const waits = {
    what: "its threads",
    resource: null,
    tasks: own.map((other) => other.id),
    any: false,
    operation: "join",
  };
  builder.emit({ op: "when", test, timeout: null, missed: -1, waits }, true);
  return at;
}

/** Whether any code of the process or its coroutines hands over by `switch`. */
function usesSwitch(owner: Process): boolean {
  const inBlock = (statements: readonly Statement[]): boolean => statements.some(inStatement);
  const inStatement = (statement: Statement): boolean => {
    if (statement.kind === "switch") return true;
    return Object.values(statement).some(
      (part) => Array.isArray(part) && part.some((each) => isStatement(each) && inStatement(each)),
    );
  };
  return inBlock(owner.body) || owner.coroutines.some((coroutine) => inBlock(coroutine.body));
}

function isStatement(part: unknown): part is Statement {
  return typeof part === "object" && part !== null && "kind" in part && "span" in part;
}
