/** Divides a program's slots into the components that are numbered together (see pack.ts). */
import { type Layout, type Place, type Program, sizeOf } from "../program/program.ts";

export interface Groups {
  readonly groups: readonly (readonly number[])[];
  /** for each group the first whose dictionary it shares (itself if none) */
  readonly alike: readonly number[];
  /** the group that holds a task's own slots, by task */
  readonly ofTask: readonly number[];
}

/** A task's containers of more slots than this are components of their own. */
const LARGE = 24;

/**
 * One group for each task (its position, life and own small variables), each resource instance, each shared scalar,
 * array element, list and map. `families`: tasks whose slots correspond one to one and share a dictionary.
 */
export function groupSlots(program: Program, families: readonly (readonly number[])[]): Groups {
  const groups: number[][] = [];
  const taken = new Uint8Array(program.slots.length);
  const add = (slots: readonly number[]): number => {
    const free = slots.filter((slot) => taken[slot] === 0);
    for (const slot of free) taken[slot] = 1;
    if (free.length > 0) groups.push(free);
    return groups.length - 1;
  };
  const inFamily = new Set(families.flat());
  for (const task of program.tasks) {
    if (inFamily.has(task.id)) continue;
    for (const place of task.variables)
      if (sizeOf(place.layout) > LARGE) for (const part of partsOf(place.layout, place.base)) add(part);
  }
  const own: number[][] = program.tasks.map(() => []);
  program.slots.forEach((slot, k) => {
    if (slot.task >= 0 && taken[k] === 0) own[slot.task]!.push(k);
  });
  const ofTask = own.map(add);
  for (const { fields } of program.resources) {
    if (fields.every((place) => place.layout.type !== "array")) add(fields.flatMap(slotsOf));
    else for (const place of fields) for (const part of partsOf(place.layout, place.base)) add(part);
  }
  for (const place of program.shared) for (const part of partsOf(place.layout, place.base)) add(part);
  program.slots.forEach((_, slot) => {
    add([slot]);
  });
  const alike = groups.map((_, k) => k);
  for (const [first, ...others] of families) for (const other of others) alike[ofTask[other]!] = ofTask[first!]!;
  return { groups, alike, ofTask };
}

function slotsOf(place: Place): number[] {
  return Array.from({ length: sizeOf(place.layout) }, (_, k) => place.base + k);
}

/** The elements of arrays apart; lists and maps whole. */
function partsOf(layout: Layout, base: number): number[][] {
  if (layout.type !== "array") return [Array.from({ length: sizeOf(layout) }, (_, k) => base + k)];
  const parts: number[][] = [];
  for (let k = 0; k < layout.length; k++) parts.push(...partsOf(layout.item, base + k * sizeOf(layout.item)));
  return parts;
}
