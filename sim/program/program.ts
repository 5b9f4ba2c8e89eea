/**
 * The program: what a scenario is compiled to, and all that the machine knows.
 *
 * Memory is one vector of slots. Every task (a process, thread or coroutine instance) has its own code with all
 * addresses, `i` and resource instances filled in, so a step's footprint can be read off it. Plain data: it can be
 * printed, sent to a worker or exported.
 */

import type { Decimal } from "../base/decimal.ts";
import type { BinaryOperator, Builtin, Distribution, FindingKind, Scenario, Span } from "../scenario/ast.ts";
import type { Values } from "./values.ts";

/** How a variable lies in memory. A list is its length and then its items; a map its size and then key, value pairs. */
export type Layout =
  | { readonly type: "scalar" }
  | { readonly type: "array"; readonly length: number; readonly item: Layout }
  | { readonly type: "list"; readonly max: number; readonly unbounded: boolean }
  | { readonly type: "map"; readonly max: number };

/** An address: a fixed slot, plus a computed offset where an index is not known before the run. */
export interface Address {
  readonly base: number;
  /** yields a plain number of slots, already checked against the bounds */
  readonly offset: Expr | null;
}

/** A variable (or a part of one) in memory. */
export interface Place extends Address {
  readonly layout: Layout;
  /** whether other tasks can see it, so that each access is a step of its own */
  readonly visible: boolean;
  readonly name: string;
}

export type Expr =
  | { readonly op: "constant"; readonly code: number }
  | { readonly op: "load"; readonly at: Address }
  /** index · stride (+ rest), after checking 0 ≤ index < length */
  | {
      readonly op: "offset";
      readonly index: Expr;
      readonly length: number;
      readonly stride: number;
      readonly rest: Expr | null;
      readonly span: Span;
    }
  | { readonly op: "negate"; readonly operand: Expr; readonly span: Span }
  | { readonly op: "not"; readonly operand: Expr }
  | {
      readonly op: "binary";
      readonly operator: BinaryOperator;
      readonly left: Expr;
      readonly right: Expr;
      readonly span: Span;
    }
  | { readonly op: "and" | "or"; readonly left: Expr; readonly right: Expr }
  | { readonly op: "if"; readonly test: Expr; readonly then: Expr; readonly else: Expr }
  | { readonly op: "tuple"; readonly items: readonly Expr[] }
  /** an element of a tuple or string value */
  | { readonly op: "at"; readonly value: Expr; readonly index: Expr; readonly span: Span }
  /** a whole container as a tuple value; keys or values of a map */
  | { readonly op: "snapshot"; readonly place: Place; readonly part: "all" | "keys" | "values" }
  | { readonly op: "length"; readonly place: Place }
  | { readonly op: "member"; readonly place: Place; readonly value: Expr }
  | { readonly op: "item"; readonly place: Place; readonly index: Expr; readonly span: Span }
  | { readonly op: "builtin"; readonly name: Builtin; readonly arguments: readonly Expr[]; readonly span: Span }
  | { readonly op: "now" }
  | { readonly op: "state"; readonly task: number }
  | {
      readonly op: "random";
      readonly distribution: Distribution;
      readonly arguments: readonly Expr[];
      readonly span: Span;
    };

/**
 * What an instruction is to the step that contains it. `stop`: a step begins here. `inner`: part of the step before it
 * whatever it touches (atomic, operations). `ride`: local work that rides along with the step before it.
 */
export type Grain = "stop" | "inner" | "ride";

/** What a blocked task waits for, for messages, wait-for graphs and priority inheritance. */
export interface WaitsFor {
  /** "gate", "child[1]", "the condition x > 0" */
  readonly what: string;
  /** the resource instance, as an index into `Program.resources`; null: none, or known only at run time (see `resource`) */
  readonly resource: { readonly first: number; readonly index: Expr | null } | null;
  /** tasks whose end is awaited */
  readonly tasks: readonly number[];
  /** whether the first of `tasks` to end is enough */
  readonly any: boolean;
  /** the resource operation, if it is one */
  readonly operation: string | null;
}

export type Instruction = {
  readonly grain: Grain;
  /** temporary slots that nothing reads after this instruction; set to 0 so that equal states are equal */
  clear: readonly number[];
  /** where an exception goes; −1 ends the task */
  readonly handler: number;
  /** the slot that receives the exception's name */
  readonly exception: number;
  /** the statement, for traces and messages */
  readonly span: Span;
} & (
  | { readonly op: "nothing"; next: number }
  | { readonly op: "set"; readonly to: Address; readonly value: Expr; next: number }
  | { readonly op: "branch"; readonly test: Expr; yes: number; no: number }
  /** blocks until `test` is true; a timeout goes to `missed` */
  | {
      readonly op: "when";
      readonly test: Expr;
      readonly timeout: Expr | null;
      missed: number;
      readonly waits: WaitsFor;
      next: number;
    }
  | { readonly op: "print"; readonly parts: readonly (string | Expr)[]; next: number }
  | {
      readonly op: "delay";
      readonly kind: "cpu" | "sleep" | "io" | "yield" | "period";
      readonly time: Expr | null;
      readonly device: string | null;
      readonly cooperative: boolean;
      next: number;
    }
  | { readonly op: "choose"; readonly to: Address; readonly options: readonly Expr[]; next: number }
  | { readonly op: "pick"; readonly to: Address; readonly count: Expr; next: number }
  | { readonly op: "append"; readonly place: Place; readonly at: Expr | null; readonly value: Expr; next: number }
  | { readonly op: "extend"; readonly place: Place; readonly value: Expr; next: number }
  /** list: by index (default last); map: by key. `to` receives what was removed */
  | { readonly op: "pop"; readonly place: Place; readonly key: Expr | null; readonly to: Address | null; next: number }
  | { readonly op: "remove"; readonly place: Place; readonly value: Expr; next: number }
  | { readonly op: "clear"; readonly place: Place; next: number }
  | { readonly op: "put"; readonly place: Place; readonly key: Expr; readonly value: Expr; next: number }
  | { readonly op: "fill"; readonly place: Place; readonly value: Expr; next: number }
  | {
      readonly op: "start";
      readonly task: number;
      readonly copies: readonly { readonly from: Place; readonly to: Place }[];
      readonly values: readonly { readonly to: Address; readonly value: Expr }[];
      next: number;
    }
  | { readonly op: "reap"; readonly tasks: readonly number[]; next: number }
  | { readonly op: "terminate"; readonly tasks: readonly number[]; next: number }
  | {
      readonly op: "fail";
      readonly kind: FindingKind;
      readonly name: string;
      readonly message: readonly (string | Expr)[];
    }
  | { readonly op: "raise"; readonly name: string | null; readonly message: string; readonly from: number }
  /** hands the thread to another coroutine of the process (or its main code), starting it if need be */
  | { readonly op: "switch"; readonly task: number; next: number }
  | { readonly op: "end"; readonly code: Expr | null }
);

/** `life` of a task. */
export enum LIFE {
  created,
  alive,
  ended,
  reaped,
  dying,
}

export interface Task {
  readonly id: number;
  readonly name: string;
  readonly type: "process" | "thread" | "coroutine";
  /** index into `Scenario.processes` tree order: tasks of one array share it */
  readonly template: number;
  /** i */
  readonly index: number;
  /** the task a thread or coroutine belongs to, else −1 */
  readonly owner: number;
  readonly daemon: boolean;
  /** it comes with a resource (a pool's worker, …), not with the scenario's own processes */
  readonly ofResource: boolean;
  /** a process that comes with a resource: it ends when no process is left that is no daemon */
  readonly worker: boolean;
  readonly manual: boolean;
  readonly pcSlot: number;
  readonly lifeSlot: number;
  readonly exitSlot: number;
  /** who started it: a task id, or null for the scenario; only manual tasks have one, else −1 */
  readonly parentSlot: number;
  readonly arrival: Expr;
  readonly period: Expr | null;
  readonly deadline: Expr | null;
  readonly attributes: ReadonlyMap<string, Expr>;
  readonly code: readonly Instruction[];
  /** its own variables, for traces and `person[0].seen` */
  readonly variables: readonly Place[];
  /**
   * The slot that says which coroutine of this task's process has the thread: a task number, or null while it is free
   * (whoever is ready may take it). −1 for tasks without coroutines beside them.
   */
  readonly threadSlot: number;
  /** who gets the thread when this coroutine ends: a task that switched by hand, or −1: whoever is ready */
  readonly returnsTo: number;
  /** where the code begins that waits for the process's own threads and coroutines before it ends; −1 if there are none */
  readonly epilogue: number;
  /** only one thread of this process at a time is on a CPU */
  readonly gil: { readonly switchInterval: Decimal | null } | null;
  readonly span: Span;
}

export interface ResourceInstance {
  readonly name: string;
  readonly kind: string;
  readonly fields: readonly Place[];
  /** the field that holds the task (or tasks) who can end a wait */
  readonly holder: Place | null;
  readonly options: ReadonlyMap<string, unknown>;
}

export interface ProgramProperty {
  readonly name: string;
  readonly test: Expr;
  readonly span: Span;
}

export interface Slot {
  readonly name: string;
  readonly initial: number;
  /** the task that owns it, or −1 */
  readonly task: number;
  readonly role:
    | "shared"
    | "atomic"
    | "resource"
    | "pc"
    | "life"
    | "exit"
    | "parent"
    | "thread"
    | "local"
    | "temporary";
}

export interface Program {
  readonly scenario: Scenario;
  /** the table that gives the codes in this program their meaning */
  readonly values: Values;
  readonly slots: readonly Slot[];
  readonly tasks: readonly Task[];
  readonly shared: readonly Place[];
  readonly resources: readonly ResourceInstance[];
  readonly properties: {
    readonly always: readonly ProgramProperty[];
    readonly finally: readonly ProgramProperty[];
    readonly eventually: readonly ProgramProperty[];
    readonly reachable: readonly ProgramProperty[];
  };
}

/** How many slots a layout takes. */
export function sizeOf(layout: Layout): number {
  switch (layout.type) {
    case "scalar":
      return 1;
    case "array":
      return layout.length * sizeOf(layout.item);
    case "list":
      return 1 + layout.max;
    case "map":
      return 1 + 2 * layout.max;
  }
}
