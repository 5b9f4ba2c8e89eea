/** What a slot is called in messages: the variable that it belongs to, as the file names it. */
import { type Layout, type Place, type Program, sizeOf } from "../program/program.ts";

/** A variable, or the part of one that has a name of its own: `tickets`, `cells[1]`, `orders.items`. */
export interface NamedPlace {
  /** as traces print it */
  readonly name: string;
  /** of the whole variable: `cells` for `cells[1]` */
  readonly root: string;
  readonly role: "shared" | "atomic" | "resource" | "local";
  readonly place: Place;
}

/** For each slot the part of a variable it belongs to; undefined for what is no variable (positions, temporaries). */
export function namedPlaces(program: Program): readonly (NamedPlace | undefined)[] {
  const named: (NamedPlace | undefined)[] = new Array(program.slots.length);
  const add = (
    place: Place,
    layout: Layout,
    base: number,
    name: string,
    root: string,
    role: NamedPlace["role"],
  ): void => {
    if (layout.type === "array") {
      const size = sizeOf(layout.item);
      for (let k = 0; k < layout.length; k++) add(place, layout.item, base + k * size, `${name}[${k}]`, root, role);
      return;
    }
    const part: NamedPlace = { name, root, role, place: { ...place, base, offset: null, layout, name } };
    for (let k = 0; k < sizeOf(layout); k++) named[base + k] = part;
  };
  for (const place of program.shared) {
    const role = program.slots[place.base]?.role === "atomic" ? "atomic" : "shared";
    add(place, place.layout, place.base, place.name, place.name, role);
  }
  for (const resource of program.resources) {
    for (const field of resource.fields) add(field, field.layout, field.base, field.name, resource.name, "resource");
  }
  for (const task of program.tasks) {
    for (const place of task.variables) add(place, place.layout, place.base, place.name, place.name, "local");
  }
  return named;
}
