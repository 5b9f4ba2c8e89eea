/**
 * Builds the code of one task: emits instructions, marks where steps begin, patches labels, hands out temporaries.
 *
 * Labels are numbers below −1 until `finish` replaces them; −1 never appears as a target.
 */

import type { Span, Variable } from "../scenario/ast.ts";
import type { Raise } from "./arithmetic.ts";
import type { Memory } from "./memory.ts";
import type { Address, Expr, Grain, Instruction, Place } from "./program.ts";

export type Label = number;

/** What a name of the scenario stands for while one task is lowered. */
export type Binding =
  | { readonly type: "place"; readonly place: Place }
  | { readonly type: "value"; readonly value: Expr }
  | { readonly type: "resource"; readonly resource: BoundResource };

/** One resource instance, or an element of an array of them chosen at run time. */
export interface BoundResource {
  readonly first: number;
  readonly count: number;
  /** null when `count` is 1 or the index is known (then `first` is that instance) */
  readonly index: Expr | null;
}

/** Everything an instruction needs except what the builder fills in. */
type Draft = Instruction extends infer I
  ? I extends Instruction
    ? Omit<I, "grain" | "clear" | "handler" | "exception" | "span" | "next"> & { next?: number }
    : never
  : never;

/** An instruction under construction; every kind has a next one here, if only to fall through to. */
type Step<I = Instruction> = I extends Instruction ? { -readonly [K in keyof I]: I[K] } & { next: Label } : never;
const NO_SLOTS: readonly number[] = [];

interface Handler {
  readonly label: Label;
  readonly slot: number;
}

/** What `break`, `continue` and `return` must do on their way out. */
export type Exit =
  | { readonly type: "loop"; readonly breakTo: Label; readonly continueTo: Label }
  | { readonly type: "function"; readonly returnTo: Label; readonly into: Place | null }
  | { readonly type: "cleanup"; readonly run: () => void };

export class Builder {
  readonly memory: Memory;
  readonly task: number;
  readonly taskName: string;
  /** i */
  readonly index: number;
  readonly instructions: Step[] = [];
  readonly bindings = new Map<Variable, Binding>();
  exits: Exit[] = [];
  /** the exception slots of the enclosing catch bodies, for a bare `raise` */
  caught: number[] = [];
  span: Span;
  /** more than 0 inside an operation: its code belongs to the statement that called it, whose text the reader knows */
  insideOperation = 0;
  /** where a process waits for its own threads before it ends; null if it has none */
  epilogue: { readonly label: Label; readonly exitSlot: number } | null = null;
  /** what the last expression of constants raised that was lowered */
  raised: Raise | null = null;
  private handlers: Handler[] = [];
  private readonly labels: (number | null)[] = [];
  private atomicDepth = 0;
  private atStart = false;
  private readonly free: number[] = [];

  constructor(memory: Memory, task: number, taskName: string, index: number, span: Span) {
    this.memory = memory;
    this.task = task;
    this.taskName = taskName;
    this.index = index;
    this.span = span;
  }

  get atomic(): boolean {
    return this.atomicDepth > 0;
  }

  /** Emits `body` as one step: its first instruction begins a step, the others belong to it. */
  atomically(body: () => void): void {
    if (this.atomicDepth === 0) this.atStart = true;
    this.atomicDepth += 1;
    body();
    this.atomicDepth -= 1;
    this.atStart = false;
  }

  /** Whether the next instruction will be the first of an atomic step. */
  get beginsStep(): boolean {
    return this.atStart;
  }

  /** Adds an instruction; `visible` says that it touches what others can see, so that a step begins with it. */
  emit(draft: Draft, visible = false, clear: readonly number[] = []): void {
    let grain: Grain = visible ? "stop" : "ride";
    if (this.atomicDepth > 0) grain = this.atStart ? "stop" : "inner";
    this.atStart = false;
    const handler = this.handlers[this.handlers.length - 1];
    // a draft is the caller's own no more: to add to it is much cheaper than to copy it
    const instruction = draft as Step;
    instruction.next = draft.next ?? this.instructions.length + 1;
    instruction.grain = grain;
    instruction.clear = clear.length === 0 ? NO_SLOTS : [...clear];
    instruction.handler = handler?.label ?? -1;
    instruction.exception = handler?.slot ?? -1;
    instruction.span = this.span;
    this.instructions.push(instruction);
  }

  label(): Label {
    this.labels.push(null);
    return -1 - this.labels.length;
  }

  /** The label now means the next instruction. */
  place(label: Label): void {
    this.labels[-label - 2] = this.instructions.length;
  }

  /** Ends the task; a process with threads goes to where it waits for them. */
  end(code: Expr | null, visible = false, clear: readonly number[] = []): void {
    if (this.epilogue === null) {
      this.emit({ op: "end", code }, visible, clear);
      return;
    }
    const { label, exitSlot } = this.epilogue;
    if (code === null) this.jump(label);
    else this.emit({ op: "set", to: fixed(exitSlot), value: code, next: label }, visible, clear);
  }

  jump(label: Label): void {
    this.emit({ op: "nothing", next: label });
  }

  /** Exceptions raised inside `body` go to `label`, with their name in `slot`. */
  guarded(label: Label, slot: number, body: () => void): void {
    this.handlers.push({ label, slot });
    body();
    this.handlers.pop();
  }

  /** Runs `body` as if outside the innermost handler and outside `exits` beyond `keep` (for code that leaves a try). */
  outside(keep: number, body: () => void): void {
    const handlers = this.handlers;
    const exits = this.exits;
    const cleanups = exits.slice(keep).filter((exit) => exit.type === "cleanup").length;
    this.handlers = handlers.slice(0, handlers.length - cleanups);
    this.exits = exits.slice(0, keep);
    body();
    this.handlers = handlers;
    this.exits = exits;
  }

  /** A slot for an intermediate value: 0 whenever it is not in use. */
  temporary(): number {
    return this.free.pop() ?? this.memory.slot(`${this.taskName}.temporary`, 0, this.task, "temporary");
  }

  release(slot: number): void {
    this.free.push(slot);
  }

  /** Replaces labels by addresses, and jumps to jumps by jumps to where they lead. */
  finish(): Instruction[] {
    const resolve = (target: number): number => {
      let at = target < -1 ? this.labels[-target - 2]! : target;
      for (let hops = 0; hops < 1000; hops++) {
        const instruction = this.instructions[at];
        if (
          instruction === undefined ||
          instruction.op !== "nothing" ||
          instruction.grain === "stop" ||
          instruction.clear.length > 0
        )
          break;
        at = instruction.next < -1 ? this.labels[-instruction.next - 2]! : instruction.next;
      }
      return at;
    };
    // `resolve` follows these, so none is replaced before all are found
    const nexts = this.instructions.map((instruction) => resolve(instruction.next));
    this.instructions.forEach((instruction, at) => {
      instruction.next = nexts[at]!;
      if (instruction.handler !== -1) instruction.handler = resolve(instruction.handler);
      if (instruction.op === "branch") {
        instruction.yes = resolve(instruction.yes);
        instruction.no = resolve(instruction.no);
      }
      if (instruction.op === "when" && instruction.missed !== -1) instruction.missed = resolve(instruction.missed);
    });
    return this.instructions;
  }
}

/** The value in a fixed slot. */
export function slotValue(slot: number): Expr {
  return { op: "load", at: { base: slot, offset: null } };
}

export function fixed(slot: number): Address {
  return { base: slot, offset: null };
}

/** Looks up what a variable stands for; it is a bug in sim if it stands for nothing. */
export function bindingOf(builder: Builder, variable: Variable): Binding {
  const binding = builder.bindings.get(variable);
  if (binding === undefined) throw new Error(`no binding for ${variable.storage} variable ${variable.name}`);
  return binding;
}
