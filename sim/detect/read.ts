/** Reads variables out of a machine for people: values, not codes. */
import { readContainer } from "../machine/evaluate.ts";
import type { Machine } from "../machine/machine.ts";
import type { Layout, Place } from "../program/program.ts";
import { jsonValue } from "../program/values.ts";
import type { Value } from "../scenario/ast.ts";

export type { Value };

/** The value at a place with a fixed address: a scalar, or a container as a tuple. */
export function valueAt(machine: Machine, place: Place): Value {
  return readContainer(machine, place.layout, place.base, "all");
}

/** A scalar as a list of one; a container's items, keys for a map. */
export function valuesAt(machine: Machine, place: Place): readonly Value[] {
  const value = readContainer(machine, place.layout, place.base, place.layout.type === "map" ? "keys" : "all");
  return Array.isArray(value) ? (value as readonly Value[]) : [value];
}

/** The value as `--json` prints it: arrays and lists as arrays, maps as objects. */
export function jsonAt(machine: Machine, place: Place): unknown {
  return shaped(valueAt(machine, place), place.layout);
}

function shaped(value: Value, layout: Layout): unknown {
  if (layout.type === "array" && Array.isArray(value)) return value.map((item: Value) => shaped(item, layout.item));
  if (layout.type === "map" && Array.isArray(value)) {
    const object: Record<string, unknown> = Object.create(null);
    for (const pair of value as readonly (readonly [Value, Value])[])
      object[String(jsonValue(pair[0]))] = jsonValue(pair[1]);
    return object;
  }
  return jsonValue(value);
}

/** All shared variables with their values, in the order of the file. */
export function sharedValues(machine: Machine): Record<string, unknown> {
  const shared: Record<string, unknown> = Object.create(null);
  for (const place of machine.program.shared) shared[place.name] = jsonAt(machine, place);
  return shared;
}
