/** What tasks wait for where they stand, for those who read a counterexample in which they take no step. */
import type { WaitEntry } from "../machine/finding.ts";
import type { Machine } from "../machine/machine.ts";
import { LIFE } from "../program/program.ts";
import { locate } from "../scenario/load.ts";

/** Those of the tasks that stand at a wait, as a part of a finding; nothing if none of them does. */
export function waitsOf(machine: Machine, tasks: readonly number[]): { waiting?: WaitEntry[] } {
  const waiting = tasks.map((task) => waitOf(machine, task)).filter((entry) => entry !== null);
  return waiting.length === 0 ? {} : { waiting };
}

function waitOf(machine: Machine, task: number): WaitEntry | null {
  const { program, state } = machine;
  const self = program.tasks[task]!;
  const instruction = self.code[state[self.pcSlot]!];
  if (state[self.lifeSlot] !== LIFE.alive || instruction?.op !== "when") return null;
  const { resource, what } = instruction.waits;
  const at =
    resource === null ? -1 : resource.first + (resource.index === null ? 0 : machine.evaluator(resource.index)());
  return {
    process: self.name,
    waits_for: program.resources[at]?.name ?? (what === "" ? "a condition" : what),
    line: locate(program.scenario.source, instruction.span.start).line,
  };
}
