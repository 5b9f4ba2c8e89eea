/**
 * Knows where everything lies: the tasks with their slots, the resource instances with their fields, and how names that
 * reach across tasks (views of resources, questions about processes) become expressions over slots.
 */
import type {
  Expression,
  Kind,
  Process,
  Resource,
  ResourceReference,
  TaskQuestion,
  Variable,
} from "../scenario/ast.ts";
import type { BoundResource, Builder } from "./builder.ts";
import { slotValue } from "./builder.ts";
import { aliveTest, constant, direct, shifted } from "./expressions.ts";
import type { Memory } from "./memory.ts";
import type { Address, Expr, Place } from "./program.ts";
import { NULL } from "./values.ts";

/** What is known of a task before its code is lowered. */
export interface TaskFrame {
  readonly id: number;
  readonly process: Process;
  readonly name: string;
  readonly index: number;
  readonly template: number;
  /** the frame of the process that a thread or coroutine belongs to */
  readonly owner: TaskFrame | null;
  readonly lifeSlot: number;
  readonly exitSlot: number;
  readonly pcSlot: number;
  /** −1 for tasks that start by themselves */
  readonly parentSlot: number;
  /** shared by a process and its coroutines; −1 where there are none */
  readonly threadSlot: number;
  readonly variables: Map<Variable, Place>;
}

/** The instances of one declared resource. */
export interface ResourceFrame {
  readonly resource: Resource;
  /** index of its first instance in `Program.resources` */
  readonly first: number;
  /** fields of the first instance; the k-th lies k · stride slots further */
  readonly fields: ReadonlyMap<Variable, Place>;
  readonly stride: number;
}

/** pid of the scenario itself, the parent of all processes that start by themselves. */
const SCENARIO_PID = 100;
const INIT_PID = 1;

export class Linker {
  readonly memory: Memory;
  readonly frames: TaskFrame[] = [];
  readonly resources = new Map<Resource, ResourceFrame>();
  /** tasks whose life some expression asks for */
  readonly asked = new Set<number>();
  /** where the shared variables lie; they mean the same in every task */
  readonly shared = new Map<Variable, Place>();

  constructor(memory: Memory) {
    this.memory = memory;
  }

  /** The task ids of a process, thread or coroutine as seen from the task being lowered. */
  tasksOf(builder: Builder | null, process: Process): number[] {
    const all = this.frames.filter((frame) => frame.process === process);
    if (process.owner === null || builder === null || builder.task < 0) return all.map((frame) => frame.id);
    const here = this.frames[builder.task]!;
    const home = here.owner ?? here;
    const siblings = all.filter((frame) => frame.owner === home);
    return (siblings.length > 0 ? siblings : all).map((frame) => frame.id);
  }

  /** The resource instance(s) a reference means, its index lowered by the caller. */
  bind(builder: Builder, reference: ResourceReference, index: Expr | null): BoundResource {
    if ("storage" in reference.resource) {
      const binding = builder.bindings.get(reference.resource);
      if (binding?.type !== "resource") throw new Error(`option ${reference.resource.name} is bound to no resource`);
      return binding.resource;
    }
    const frame = this.frameOf(reference.resource);
    const count = reference.resource.count ?? 1;
    if (index === null) return { first: frame.first, count: 1, index: null };
    if (index.op === "constant" && index.code >= 0 && index.code < count)
      return { first: frame.first + index.code, count: 1, index: null };
    return { first: frame.first, count, index };
  }

  /** Binds fields, options and resource options of a bound resource for the duration of `body`. */
  within(builder: Builder, kind: Kind, bound: BoundResource, body: () => void): void {
    const { frame, base } = this.locate(bound);
    const saved = new Map(builder.bindings);
    for (const [field, place] of frame.fields) {
      const start: Address = { base: place.base + base * frame.stride, offset: null };
      const at =
        bound.index === null ? start : shifted(builder, start, bound.index, bound.count, frame.stride, builder.span);
      builder.bindings.set(field, { type: "place", place: { ...place, ...at } });
    }
    for (const option of kind.options) {
      const value = frame.resource.options.get(option);
      if (value !== null && typeof value === "object" && "kind" in value) {
        const target = this.frameOf(value as Resource);
        builder.bindings.set(option, { type: "resource", resource: { first: target.first, count: 1, index: null } });
      } else builder.bindings.set(option, { type: "value", value: constant(this.memory.values.encode(value ?? null)) });
    }
    body();
    builder.bindings.clear();
    for (const [variable, binding] of saved) builder.bindings.set(variable, binding);
  }

  kindOf(bound: BoundResource): Kind {
    return this.locate(bound).frame.resource.kind;
  }

  /** The name of a bound resource: "gate", "forks[2]", or "forks[…]" where the index is not known yet. */
  nameOf(bound: BoundResource): string {
    const { frame, base } = this.locate(bound);
    if (frame.resource.count === null) return frame.resource.name;
    return bound.index === null ? `${frame.resource.name}[${base}]` : `${frame.resource.name}[…]`;
  }

  private locate(bound: BoundResource): { frame: ResourceFrame; base: number } {
    for (const frame of this.resources.values()) {
      const base = bound.first - frame.first;
      if (base >= 0 && base < (frame.resource.count ?? 1)) return { frame, base };
    }
    throw new Error(`no resource instance ${bound.first}`);
  }

  private frameOf(resource: Resource): ResourceFrame {
    const frame = this.resources.get(resource);
    if (frame === undefined) throw new Error(`resource ${resource.name} has no slots`);
    return frame;
  }

  /** `size(q)`: the kind's expression over the resource's fields. */
  view(
    builder: Builder,
    expression: Expression & { kind: "view" },
    index: Expr | null,
    parameters: readonly Expr[],
  ): Expr {
    const bound = this.bind(builder, expression.resource, index);
    const kind = this.kindOf(bound);
    const view = kind.views.get(expression.view)!;
    let value: Expr = constant(NULL);
    this.within(builder, kind, bound, () => {
      view.parameters.forEach((parameter, k) => {
        builder.bindings.set(parameter, { type: "value", value: parameters[k] ?? constant(NULL) });
      });
      if (kind.end !== null) {
        const end = Math.max(0, kind.ends.indexOf(expression.resource.end ?? ""));
        builder.bindings.set(kind.end, { type: "value", value: constant(end) });
      }
      value = direct(builder, this, view.value);
    });
    return value;
  }

  question(question: TaskQuestion, task: number): Expr {
    const frame = this.frames[task]!;
    if (question !== "pid_of" && question !== "name_of") this.asked.add(task);
    switch (question) {
      case "alive":
        return aliveTest(frame.lifeSlot, frame.process.span);
      case "state":
        return { op: "state", task };
      case "exitcode":
        return slotValue(frame.exitSlot);
      case "pid_of":
        return constant(this.pid(task));
      case "name_of":
        return constant(this.memory.values.encode(frame.name));
    }
  }

  count(builder: Builder, expression: Expression & { kind: "count" }): Expr {
    const among =
      expression.task === null
        ? this.threadsOf(builder)
        : this.tasksOf(builder, expression.task.process).map((id) => this.frames[id]!);
    if (expression.what === "declared") return constant(among.length);
    for (const { id } of among) this.asked.add(id);
    return among.reduce<Expr>((sum, frame) => {
      const one: Expr = {
        op: "if",
        test: aliveTest(frame.lifeSlot, expression.span),
        then: constant(1),
        else: constant(0),
      };
      return { op: "binary", operator: "+", left: sum, right: one, span: expression.span };
    }, constant(0));
  }

  /** The threads of the process at hand, its main thread first; everything, seen from outside. */
  private threadsOf(builder: Builder): TaskFrame[] {
    if (builder.task < 0) return this.frames;
    const here = this.frames[builder.task]!;
    const home = here.owner ?? here;
    return this.frames.filter((frame) => frame === home || (frame.owner === home && frame.process.type === "thread"));
  }

  variableOf(task: number, variable: Variable): Place {
    const place = this.frames[task]!.variables.get(variable);
    if (place === undefined) throw new Error(`${this.frames[task]!.name} has no variable ${variable.name}`);
    return place;
  }

  /** Threads and coroutines have their process's pid. */
  pid(task: number): number {
    return SCENARIO_PID + 1 + (this.frames[task]!.owner?.id ?? task);
  }

  /** The parent's pid: the scenario's for what starts by itself, init's for an orphan. */
  parentPid(task: number): Expr {
    const frame = this.frames[task]!.owner ?? this.frames[task]!;
    if (frame.parentSlot < 0) return constant(SCENARIO_PID);
    const span = frame.process.span;
    return this.frames.reduce<Expr>(
      (otherwise, parent) => ({
        op: "if",
        test: { op: "binary", operator: "==", left: slotValue(frame.parentSlot), right: constant(parent.id), span },
        then: {
          op: "if",
          test: aliveTest(parent.lifeSlot, span),
          then: constant(this.pid(parent.id)),
          else: constant(INIT_PID),
        },
        else: otherwise,
      }),
      constant(INIT_PID),
    );
  }
}
