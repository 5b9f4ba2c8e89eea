/**
 * Plain accesses: which steps touch memory that other tasks see without any synchronisation, and which variables.
 *
 * Accesses inside `atomic` and in a `when`, to `atomics:` and to the fields of resources are synchronisation by the
 * language's own rules, so they are never part of a data race.
 */
import { compileAddress } from "../machine/evaluate.ts";
import type { Machine } from "../machine/machine.ts";
import { Raise, raises } from "../program/arithmetic.ts";
import { eachRead, eachReadOfOffset, type Reads } from "../program/footprint.ts";
import {
  type Address,
  type Expr,
  type Instruction,
  type Place,
  type Program,
  sizeOf,
  type Task,
} from "../program/program.ts";
import { mayRaise } from "../program/raises.ts";
import type { Process, Span, Statement } from "../scenario/ast.ts";

/** The slots that the next step of a task will touch; each list ascending by first slot, as [first, count] pairs. */
export interface Access {
  readonly reads: readonly Range[];
  readonly writes: readonly Range[];
  /** whether the step touches all of that in the machine's state; false: maybe not (see touched.ts) */
  readonly certain: () => boolean;
}

interface Range {
  /** gives the first slot; −1 where the index makes no sense (the step will raise) */
  readonly first: () => number;
  readonly count: number;
}

interface Part {
  readonly at: Address;
  readonly count: number;
  readonly write: boolean;
}

/** For each slot whether a plain access to it can be part of a data race: shared variables, and those that threads share. */
export function raceableSlots(program: Program): Uint8Array {
  const raceable = new Uint8Array(program.slots.length);
  program.slots.forEach((slot, k) => {
    if (slot.role === "shared") raceable[k] = 1;
  });
  for (const task of program.tasks) {
    for (const place of task.variables) {
      if (!place.visible) continue;
      for (let k = 0; k < sizeOf(place.layout); k++) raceable[place.base + k] = 1;
    }
  }
  return raceable;
}

/** The plain accesses of each step of each task, by task and position; null where a step makes none. */
export function plainAccesses(machine: Machine): (Access | null)[][] {
  const raceable = raceableSlots(machine.program);
  const plain = plainSteps(machine.program);
  return machine.program.tasks.map((task) =>
    task.code.map((_, at) => (plain(task, at) ? accessAt(machine, task, at, raceable) : null)),
  );
}

function accessAt(machine: Machine, task: Task, at: number, raceable: Uint8Array): Access | null {
  const instruction = task.code[at]!;
  const parts: Part[] = [];
  instructionParts(instruction, parts);
  const kept = parts.filter((part) => reaches(part, raceable));
  if (kept.length === 0) return null;
  const range = (part: Part): Range => ({ first: guarded(compileAddress(machine, part.at)), count: part.count });
  return {
    reads: kept.filter((part) => !part.write).map(range),
    writes: kept.filter((part) => part.write).map(range),
    certain: certainty(machine, instruction),
  };
}

/** What an assignment or a branch touches is certain unless it raises, or evaluates a part of its expression only at times. */
function certainty(machine: Machine, instruction: Instruction): () => boolean {
  const value = instruction.op === "set" ? instruction.value : instruction.op === "branch" ? instruction.test : null;
  const offset = instruction.op === "set" ? instruction.to.offset : null;
  if (value === null || !isAlwaysEvaluated(value) || (offset !== null && !isAlwaysEvaluated(offset)))
    return () => false;
  const evaluators = [value, ...(offset === null ? [] : [offset])]
    .filter(mayRaise)
    .map((expr) => machine.evaluator(expr));
  return () => !evaluators.some(raises);
}

/** Whether all of the expression is evaluated whenever it is. */
function isAlwaysEvaluated(expr: Expr): boolean {
  switch (expr.op) {
    case "constant":
      return true;
    case "load":
      return expr.at.offset === null || isAlwaysEvaluated(expr.at.offset);
    case "offset":
      return isAlwaysEvaluated(expr.index) && (expr.rest === null || isAlwaysEvaluated(expr.rest));
    case "negate":
    case "not":
      return isAlwaysEvaluated(expr.operand);
    case "binary":
      return isAlwaysEvaluated(expr.left) && isAlwaysEvaluated(expr.right);
    default:
      return false;
  }
}

/** Says of a position of a task whether a step begins there that is neither a wait nor an atomic step. */
export function plainSteps(program: Program): (task: Task, at: number) => boolean {
  const atomic = atomicSpans(program);
  return (task, at) => {
    const instruction = task.code[at]!;
    if (instruction.grain !== "stop" || instruction.op === "when" || atomic.has(key(instruction.span))) return false;
    return successors(instruction).every((next) => task.code[next]?.grain !== "inner");
  };
}

const key = (span: Span): string => `${span.start} ${span.end}`;

/** The statements inside `atomic`: a step of one instruction looks like any other, but for where it stands. */
function atomicSpans(program: Program): Set<string> {
  const spans = new Set<string>();
  const seen = new Set<unknown>();
  const visit = (value: unknown, inside: boolean): void => {
    if (value === null || typeof value !== "object") return;
    if (Array.isArray(value)) {
      for (const item of value) visit(item, inside);
      return;
    }
    if (!("kind" in value) || !("span" in value) || (seen.has(value) && !inside)) return;
    seen.add(value);
    const statement = value as Statement;
    if (inside) spans.add(key(statement.span));
    const within = inside || statement.kind === "atomic";
    for (const part of ["then", "else", "body", "finally"] as const)
      if (part in statement) visit((statement as unknown as Record<string, unknown>)[part], within);
    if (statement.kind === "try") for (const each of statement.catches) visit(each.body, within);
    if (statement.kind === "call" && !within) visit(statement.function.body, false);
  };
  const process = (each: Process): void => {
    visit(each.body, false);
    for (const inner of [...each.threads, ...each.coroutines]) process(inner);
  };
  program.scenario.processes.forEach(process);
  return spans;
}

function successors(instruction: Instruction): number[] {
  if (instruction.op === "branch") return [instruction.yes, instruction.no];
  return "next" in instruction ? [instruction.next] : [];
}

function guarded(address: () => number): () => number {
  return () => {
    try {
      return address();
    } catch (problem) {
      if (problem instanceof Raise) return -1;
      throw problem;
    }
  };
}

/** An address with a computed offset may reach any slot of its array. */
function reaches(part: Part, raceable: Uint8Array): boolean {
  let extent = part.count;
  for (let offset = part.at.offset; offset !== null && offset.op === "offset"; offset = offset.rest)
    extent += (offset.length - 1) * offset.stride;
  for (let k = 0; k < extent; k++) if (raceable[part.at.base + k] === 1) return true;
  return false;
}

function instructionParts(instruction: Instruction, parts: Part[]): void {
  const value = (expr: Expr | null): void => {
    if (expr !== null) exprParts(expr, parts);
  };
  const write = (at: Address | null, count = 1): void => {
    if (at === null) return;
    offsetParts(at, parts);
    parts.push({ at, count, write: true });
  };
  const container = (place: Place): void => write(place, sizeOf(place.layout));
  switch (instruction.op) {
    case "set":
      value(instruction.value);
      return write(instruction.to);
    case "branch":
      return value(instruction.test);
    case "print":
      for (const part of instruction.parts) if (typeof part !== "string") value(part);
      return;
    case "fail":
      for (const part of instruction.message) if (typeof part !== "string") value(part);
      return;
    case "delay":
      return value(instruction.time);
    case "choose":
      instruction.options.forEach(value);
      return write(instruction.to);
    case "pick":
      value(instruction.count);
      return write(instruction.to);
    case "append":
      value(instruction.value);
      value(instruction.at);
      return container(instruction.place);
    case "extend":
    case "remove":
    case "fill":
      value(instruction.value);
      return container(instruction.place);
    case "pop":
      value(instruction.key);
      write(instruction.to);
      return container(instruction.place);
    case "clear":
      return container(instruction.place);
    case "put":
      value(instruction.key);
      value(instruction.value);
      return container(instruction.place);
    case "end":
      return value(instruction.code);
    default:
      return;
  }
}

function offsetParts(at: Address, parts: Part[]): void {
  eachReadOfOffset(at, readsInto(parts));
}

function exprParts(expr: Expr, parts: Part[]): void {
  eachRead(expr, readsInto(parts));
}

function readsInto(parts: Part[]): Reads {
  return { slots: (at, count) => parts.push({ at, count, write: false }) };
}

/** The first slot on which two accesses conflict (one of them writes it); −1 if there is none. */
export function conflict(one: Access, other: Access): number {
  const both = meet(one.writes, other.writes);
  if (both >= 0) return both;
  const first = meet(one.writes, other.reads);
  return first >= 0 ? first : meet(one.reads, other.writes);
}

function meet(some: readonly Range[], others: readonly Range[]): number {
  for (const a of some) {
    const from = a.first();
    if (from < 0) continue;
    for (const b of others) {
      const start = b.first();
      if (start < 0) continue;
      const low = Math.max(from, start);
      if (low < Math.min(from + a.count, start + b.count)) return low;
    }
  }
  return -1;
}
