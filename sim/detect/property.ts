/** A property that does not hold, in words: its text and the values it looked at. */
import type { Machine } from "../machine/machine.ts";
import type { ProgramProperty } from "../program/program.ts";
import { sourceText } from "../scenario/load.ts";
import { namedPlaces } from "./names.ts";
import { falseOrRaised, propertyValues } from "./property-values.ts";

/** "sold <= 4 is false, with sold = 5" */
export function describeProperty(machine: Machine, property: ProgramProperty): string {
  const { program } = machine;
  const text = sourceText(program.scenario.source, property.span);
  const values = propertyValues(machine, property, namedPlaces(program));
  return `${text} ${falseOrRaised(machine, property, "is false")}${values === "" ? "" : `, with ${values}`}`;
}
