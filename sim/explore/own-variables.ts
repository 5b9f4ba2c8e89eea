/** Which slots are variables that a task has for itself: `vars:`, what `into:` and `choose` name, the locals of functions. */
import type { NamedPlace } from "../detect/names.ts";
import type { Place, Program } from "../program/program.ts";
import { sourceText } from "../scenario/load.ts";

export interface OwnVariable {
  readonly task: number;
  /** as the task's own code has it */
  readonly name: string;
  readonly place: Place;
  /** a function's: it gets its first value again when the function returns */
  readonly resets: boolean;
}

/** A function from a slot to the task's own variable there; null where there is none that a reader would ask for. */
export function ownVariables(
  program: Program,
  named: readonly (NamedPlace | undefined)[],
): (slot: number) => OwnVariable | null {
  const found = new Map<number, OwnVariable | null>();
  let counters: ReadonlySet<number> | null = null;
  const find = (slot: number): OwnVariable | null => {
    const { role, task, name } = program.slots[slot]!;
    if (role !== "local" || task < 0) return null;
    const known = named[slot];
    const full = known?.name ?? name;
    // containers of a function have no name of their own in the program
    if (known === undefined && /[[{]|\.length$/.test(full.slice(program.tasks[task]!.name.length))) return null;
    counters ??= loopCounters(program);
    if (counters.has(slot)) return null;
    const path = full.slice(program.tasks[task]!.name.length + 1).split(".");
    const place = known?.place ?? { base: slot, offset: null, layout: { type: "scalar" }, visible: false, name: full };
    return { task, name: path.at(-1)!, place, resets: known === undefined && path.length > 1 };
  };
  return (slot) => {
    let own = found.get(slot);
    if (own === undefined) {
      own = find(slot);
      found.set(slot, own);
    }
    return own;
  };
}

/** The variables of `for`: they change together with the step before, where they would only puzzle the reader. */
function loopCounters(program: Program): ReadonlySet<number> {
  const counters = new Set<number>();
  for (const { code } of program.tasks)
    for (const instruction of code)
      if (instruction.op === "set" && instruction.to.offset === null && isFor(program, instruction.span))
        counters.add(instruction.to.base);
  return counters;
}

function isFor(program: Program, span: Parameters<typeof sourceText>[1]): boolean {
  return /^\{?\s*for:/.test(sourceText(program.scenario.source, span));
}
