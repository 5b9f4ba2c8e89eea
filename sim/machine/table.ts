/**
 * The commonest instructions and guards as rows of numbers: loop counters, jumps, assignments of constants, a slot
 * compared with a constant. A run of a million steps consists mostly of those; read from a table they need no calls, and
 * the rows of a hundred like processes fit into the cache where as many closures do not. Every row has its closure, too,
 * which does the same and also takes over where a row's numbers do not suffice.
 */

import type { Expr, Instruction, Program } from "../program/program.ts";
import { mayRaise } from "../program/raises.ts";
import { SPECIAL } from "../program/values.ts";
import { Lengths } from "./delays.ts";
import { EFFECT } from "./effect.ts";
import { plainSlot } from "./evaluate.ts";

/** Columns of a row. */
export const COLUMN = { op: 0, slot: 1, constant: 2, next: 3, otherwise: 4 } as const;
export const COLUMNS = 5;

/**
 * call: only the closure will do; go: on to `next`; set: slot = constant; add: slot += constant; the others compare
 * slot and constant and go on at `next` or `otherwise`. delay: `slot` is the effect, `constant` the number of the length
 * (see delays.ts), `otherwise` 1 if it is co-operative.
 */
export const ROW = { call: 0, go: 1, set: 2, add: 3, equal: 4, greater: 5, less: 6, delay: 7 } as const;

/** How the guard of a position is tested: not at all, by its row's slot and constant, or by its closure. */
export const GUARD = { none: 0, equal: 1, greater: 2, less: 3, call: 4 } as const;

export interface Table {
  /** of each task, its first row; position p of a task is row first + p. One row more stands for the end of its code */
  readonly first: Int32Array;
  readonly rows: Int32Array;
  readonly guards: Uint8Array;
  readonly lengths: Lengths;
  readonly size: number;
}

/** The table of a program. `closures`: everything is left to the closures, as where reads have to be recorded. */
export function makeTable(program: Program, closures: boolean, grainsPerUnit: number): Table {
  const lengths = new Lengths(program.values, grainsPerUnit);
  const first = new Int32Array(program.tasks.length);
  let size = 0;
  for (const task of program.tasks) {
    first[task.id] = size;
    size += task.code.length + 1;
  }
  const rows = new Int32Array(size * COLUMNS);
  const guards = new Uint8Array(size);
  for (const task of program.tasks) {
    task.code.forEach((instruction, position) => {
      const at = first[task.id]! + position;
      if (instruction.op === "when") guards[at] = GUARD.call;
      if (!closures) fill(rows.subarray(at * COLUMNS, (at + 1) * COLUMNS), guards, at, instruction, lengths);
    });
  }
  return { first, rows, guards, lengths, size };
}

function fill(row: Int32Array, guards: Uint8Array, at: number, instruction: Instruction, lengths: Lengths): void {
  const { op, clear } = instruction;
  if (op === "nothing" && clear.length === 1) return write(row, ROW.set, clear[0]!, 0, instruction.next);
  if (clear.length > 0) return;
  if (op === "nothing") return write(row, ROW.go, 0, 0, instruction.next);
  if (op === "when") {
    if (mayRaise(instruction.test)) return;
    const test = comparison(instruction.test);
    write(row, ROW.go, test?.slot ?? 0, test?.constant ?? 0, instruction.next);
    if (test !== null) guards[at] = GUARD[test.name];
    return;
  }
  if (op === "branch") {
    const test = comparison(instruction.test);
    if (test !== null) write(row, ROW[test.name], test.slot, test.constant, instruction.yes, instruction.no);
    return;
  }
  if (op === "delay") {
    const length = instruction.time === null || instruction.device !== null ? -1 : lengths.of(instruction.time);
    if (length >= 0 && (instruction.kind === "sleep" || instruction.kind === "cpu"))
      write(row, ROW.delay, EFFECT[instruction.kind], length, instruction.next, instruction.cooperative ? 1 : 0);
    return;
  }
  if (op !== "set" || instruction.to.offset !== null) return;
  const { to, value, next } = instruction;
  if (value.op === "constant") return write(row, ROW.set, to.base, value.code, next);
  if (value.op !== "binary" || plainSlot(value.left) !== to.base || value.right.op !== "constant") return;
  const { code } = value.right;
  if (code >= SPECIAL || code < -SPECIAL || (value.operator !== "+" && value.operator !== "-")) return;
  write(row, ROW.add, to.base, value.operator === "+" ? code : -code, next);
}

function write(row: Int32Array, op: number, slot: number, constant: number, next: number, otherwise = 0): void {
  row[COLUMN.op] = op;
  row[COLUMN.slot] = slot;
  row[COLUMN.constant] = constant;
  row[COLUMN.next] = next;
  row[COLUMN.otherwise] = otherwise;
}

function comparison(test: Expr): { name: "equal" | "greater" | "less"; slot: number; constant: number } | null {
  if (test.op !== "binary" || test.right.op !== "constant") return null;
  const slot = plainSlot(test.left);
  const constant = test.right.code;
  if (slot < 0) return null;
  if (test.operator === "==") return { name: "equal", slot, constant };
  if (constant >= SPECIAL || (test.operator !== ">" && test.operator !== "<")) return null;
  return { name: test.operator === ">" ? "greater" : "less", slot, constant };
}

/** Stands in the place of an instruction behind the last one. */
export function offTheEnd(): number {
  throw new Error("no instruction stands behind the end of a task's code");
}
