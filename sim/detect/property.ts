/** A property that does not hold, in words: its text and the values it looked at. */
import type { Machine } from "../machine/machine.ts";
import { slotsRead } from "../program/footprint.ts";
import type { ProgramProperty } from "../program/program.ts";
import { showValue } from "../program/values.ts";
import { sourceText } from "../scenario/load.ts";

/** More variables than this are not listed. */
const LISTED_MOST = 6;

/** "sold <= 4 is false, with sold = 5" */
export function describeProperty(machine: Machine, property: ProgramProperty): string {
  const { program, state } = machine;
  const text = sourceText(program.scenario.source, property.span);
  const values = slotsRead(
    property.test,
    program.tasks.map((task) => task.lifeSlot),
  )
    .filter((slot) => ["shared", "atomic", "local"].includes(program.slots[slot]!.role))
    .map((slot) => `${program.slots[slot]!.name} = ${showValue(program.values.decode(state[slot]!), true)}`);
  const listed = values.length === 0 || values.length > LISTED_MOST ? "" : `, with ${values.join(", ")}`;
  return `${text} is false${listed}`;
}
