/**
 * Which of several tasks that are on their way to a core are interchangeable in a timed run: exchanging the two changes
 * nothing but names, so it is enough to try one of them. The families are those of the untimed search
 * (program/symmetry.ts); here the times, the attributes and what the driver keeps must be equal as well.
 */
import type { Machine } from "../machine/machine.ts";
import { slotsRead } from "../program/footprint.ts";
import type { Expr, Instruction, Program, Task } from "../program/program.ts";
import { type Family, findFamilies } from "../program/symmetry.ts";
import { STATUS, type TaskState } from "../run/task-state.ts";

interface Member {
  readonly family: Family;
  /** the task's own slots, in the order that all members share */
  readonly slots: readonly number[];
  /** the code of its name */
  readonly name: number;
  /** all its times in one text; null if they are not fixed */
  readonly times: string | null;
}

export class Alike {
  private readonly members: readonly (Member | null)[];

  /** `watched`: slots that the properties read before the end. */
  constructor(program: Program, watched: readonly number[]) {
    const slots = program.tasks.map((): number[] => []);
    program.slots.forEach(({ task }, slot) => {
      if (task >= 0) slots[task]!.push(slot);
    });
    const members: (Member | null)[] = program.tasks.map(() => null);
    const lifeSlots = program.tasks.map((task) => task.lifeSlot);
    for (const family of findFamilies(program, watched)) {
      family.tasks.forEach((id, k) => {
        const times = timesOf(program.tasks[id]!, lifeSlots);
        members[id] = { family, slots: slots[id]!, name: family.names[k]!, times };
      });
    }
    this.members = members;
  }

  /** The indices of those tasks of which none is like an earlier one. */
  representatives(tasks: readonly TaskState[], machine: Machine): number[] {
    const found: number[] = [];
    tasks.forEach((task, k) => {
      if (!found.some((other) => this.alike(tasks[other]!, task, machine))) found.push(k);
    });
    return found;
  }

  private alike(a: TaskState, b: TaskState, machine: Machine): boolean {
    const one = this.members[a.id] ?? null;
    const other = this.members[b.id] ?? null;
    if (one === null || other === null || one.family !== other.family) return false;
    if (one.times === null || one.times !== other.times) return false;
    const { state } = machine;
    if (one.family.references.some((slot) => state[slot] === one.name || state[slot] === other.name)) return false;
    if (one.slots.some((slot, k) => state[slot] !== state[other.slots[k]!])) return false;
    return sameToTheDriver(a, b);
  }
}

/** A running task has a core and part of a quantum that only the policy knows: it is like no other. */
function sameToTheDriver(a: TaskState, b: TaskState): boolean {
  return (
    a.status === b.status &&
    a.status !== STATUS.running &&
    a.status !== STATUS.switching &&
    a.task.type === "process" &&
    a.cause === b.cause &&
    a.paid === b.paid &&
    FIELDS.every((field) => a[field] === b[field])
  );
}

const FIELDS = [
  ...(["readySince", "arrival", "release", "current", "usedOfBurst", "cpuUsed", "waiting"] as const),
  ...(["basePriority", "priority", "nice", "tickets", "weight", "queue", "period", "relativeDeadline"] as const),
] satisfies readonly (keyof TaskState)[];

/** The lengths of all its delays and timeouts, and the devices; null if one of them is not a constant. */
function timesOf(task: Task, lifeSlots: readonly number[]): string | null {
  const times: unknown[] = [];
  for (const instruction of task.code) {
    for (const time of timesIn(instruction)) {
      if (time === null) times.push(null);
      else if (time.op === "constant" && slotsRead(time, lifeSlots).length === 0) times.push(time.code);
      else return null;
    }
    if (instruction.op === "delay") times.push(instruction.kind, instruction.device);
  }
  return JSON.stringify(times);
}

function timesIn(instruction: Instruction): (Expr | null)[] {
  if (instruction.op === "delay") return [instruction.time];
  return instruction.op === "when" ? [instruction.timeout] : [];
}
