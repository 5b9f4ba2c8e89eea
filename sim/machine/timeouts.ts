/** How long waits last at most: by row of the machine's code. */
import { raises } from "../program/arithmetic.ts";
import type { Instruction } from "../program/program.ts";
import { raisingParts } from "../program/raises.ts";
import { compileTime, compileTimeCheck } from "./evaluate.ts";
import type { Machine } from "./machine.ts";

export class Timeouts {
  private readonly lengths: (() => number)[] = [];
  private readonly checks: (() => void)[] = [];

  add(machine: Machine, row: number, instruction: Instruction & { op: "when" }): void {
    if (instruction.timeout === null) return;
    this.lengths[row] = compileTime(machine, instruction.timeout);
    const [raising] = raisingParts(instruction, machine.program);
    if (raising !== undefined) this.checks[row] = compileTimeCheck(machine, raising);
  }

  has(row: number): boolean {
    return this.lengths[row] !== undefined;
  }

  /** In grains; −1 without one. Where evaluating it raises the wait is over at once: giving up raises then. */
  of(row: number): number {
    const length = this.lengths[row];
    if (length === undefined) return -1;
    return this.raises(row) ? 0 : length();
  }

  /** Whether evaluating it raises. */
  raises(row: number): boolean {
    const check = this.checks[row];
    return check !== undefined && raises(check);
  }
}
