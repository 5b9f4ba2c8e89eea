/** What state a task is in, in words. */
import { asksForPositions } from "../program/footprint.ts";
import { LIFE } from "../program/program.ts";
import type { Machine } from "./machine.ts";

function get(machine: Machine, slot: number): number {
  return machine.recording ? machine.read(slot) : machine.state[slot]!;
}

/** The name of a task's state as `state(P)` gives it. */
export function stateName(machine: Machine, task: number): string {
  const life = get(machine, machine.program.tasks[task]!.lifeSlot);
  if (life === LIFE.reaped) return "ended";
  if (life === LIFE.ended) return isZombie(machine, task) ? "zombie" : "ended";
  if (machine.describeState !== null) return machine.describeState(task);
  if (life === LIFE.created) return "new";
  // who looks at nothing but life depends on nothing else
  if (!asksForPositions(machine.program)) return "ready";
  return isBlocked(machine, task) ? "blocked" : "ready";
}

/** Machines that find out whether somebody is blocked: who waits for the state of one that waits for its own does wait. */
const asking = new WeakSet<Machine>();

/** Whether it stands at a wait that is not over. */
function isBlocked(machine: Machine, task: number): boolean {
  const { code, pcSlot } = machine.program.tasks[task]!;
  if (code[get(machine, pcSlot)]?.op !== "when") return false;
  if (asking.has(machine)) return true;
  asking.add(machine);
  try {
    return !machine.ready(task);
  } finally {
    asking.delete(machine);
  }
}

/** Ended, started by a process that lives and has not joined it yet. */
export function isZombie(machine: Machine, task: number): boolean {
  const { parentSlot, lifeSlot, type } = machine.program.tasks[task]!;
  if (type !== "process" || parentSlot < 0 || get(machine, lifeSlot) !== LIFE.ended) return false;
  const parent = machine.program.tasks[get(machine, parentSlot)];
  if (parent === undefined) return false;
  const life = get(machine, parent.lifeSlot);
  return life === LIFE.alive || life === LIFE.dying;
}
