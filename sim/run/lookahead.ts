/**
 * The CPU time that lies ahead of a position, for schedulers that go by the length of bursts (sjf, srtf, …).
 *
 * Read off the program along its straight line: up to the next wait (the burst) or to the end (the total), stopping at
 * the first branch, since what comes after it depends on the run. A random burst is drawn when it is first asked for.
 */
import type { Machine } from "../machine/machine.ts";
import type { Instruction } from "../program/program.ts";

export interface Ahead {
  readonly burst: number;
  readonly total: number;
}

const NOTHING_AHEAD: Ahead = { burst: 0, total: 0 };

export class Lookahead {
  private readonly machine: Machine;
  private readonly known: Map<number, Ahead>[];

  constructor(machine: Machine) {
    this.machine = machine;
    this.known = machine.program.tasks.map(() => new Map());
  }

  /** What lies ahead of the task where it stands. */
  of(task: number): Ahead {
    const { code, pcSlot } = this.machine.program.tasks[task]!;
    const pc = this.machine.state[pcSlot]!;
    const instruction = code[pc];
    if (instruction?.op === "delay" && instruction.kind === "cpu" && instruction.time?.op !== "constant") {
      const drawn = this.machine.peekDelay(task);
      const rest = this.from(task, instruction.next);
      return { burst: drawn + rest.burst, total: drawn + rest.total };
    }
    return this.from(task, pc);
  }

  private from(task: number, start: number): Ahead {
    const known = this.known[task]!.get(start);
    if (known !== undefined) return known;
    const { code } = this.machine.program.tasks[task]!;
    let burst = 0;
    let total = 0;
    let inBurst = true;
    let pc = start;
    const seen = new Set<number>();
    while (!seen.has(pc)) {
      seen.add(pc);
      const instruction: Instruction | undefined = code[pc];
      if (instruction === undefined || !("next" in instruction)) break;
      if (instruction.op === "delay") {
        const time = this.constantTime(instruction);
        if (instruction.kind === "cpu") {
          total += time;
          if (inBurst) burst += time;
        } else if (instruction.kind !== "yield") inBurst = false;
        if (instruction.kind === "period") break;
      } else if (instruction.op === "when" || instruction.op === "choose") inBurst = false;
      pc = instruction.next;
    }
    const ahead = total === 0 ? NOTHING_AHEAD : { burst, total };
    this.known[task]!.set(start, ahead);
    return ahead;
  }

  private constantTime(instruction: Instruction & { op: "delay" }): number {
    if (instruction.time?.op !== "constant") return 0;
    return this.machine.timeEvaluator(instruction.time)();
  }
}
