/**
 * The model's names: one variable for each slot, or an array where an index known only at run time may mean several; and
 * a name for each value that is no small number.
 */

import { startsOf } from "../program/footprint.ts";
import { type Expr, LIFE, type Place, type Program, sizeOf } from "../program/program.ts";
import { FALSE, NULL, SPECIAL, showValue, TRUE } from "../program/values.ts";

/** Slots that are one variable of the model. */
interface Region {
  readonly name: string;
  readonly base: number;
  readonly size: number;
}

/** Words of Promela, of C, and macros that SPIN's generated C uses. */
const RESERVED = new Set(
  (
    "active assert atomic bit bool break byte chan d_step D_proctype do else empty enabled end eval false fi for full goto hidden if in init inline int " +
    "len ltl mtype nempty never nfull notrace np_ od of pc_value pid printf printm priority proctype provided return run select set_priority " +
    "get_priority short show skip step timeout trace true typedef unless unsigned xr xs always eventually until weakuntil stronguntil release " +
    "implies equivalent next auto case char const continue default double enum extern float long register signed sizeof static struct switch " +
    "union void volatile while main now this errors depth Alive Created Ended Reaped Dying Null True False check"
  ).split(" "),
);

/** SPIN takes no minus sign in a list of start values, but takes numbers for an `int` modulo this. */
const TWO_TO_THE_32 = 0x100000000;

/** Scratch variables and parameters of the model's inlines. */
const SCRATCH = [..."ajksv", "at", "item", "key"]
  .map((letter) => `${letter}_`)
  .concat(
    [
      "code_",
      "list_append",
      "list_insert",
      "list_erase",
      "list_clear",
      "list_find",
      "map_find",
      "map_erase",
      "map_clear",
      "map_put",
      "end_over",
      "end_loop",
    ],
    ["h_0"],
  );

/** Makes names that neither language reserves, each once. */
export class Names {
  private readonly taken = new Set<string>(SCRATCH);

  make(wanted: string): string {
    let name = wanted
      .replace(/[^A-Za-z0-9_]+/g, "_")
      .replace(/_+$/, "")
      .slice(0, 60);
    if (!/^[A-Za-z]/.test(name)) name = `v${name}`;
    // words in capitals may be macros of the generated program
    if (RESERVED.has(name) || /^[A-Z0-9_]+$/.test(name) || /^(T|P|Q|Z|t)\d*$/.test(name)) name += "_";
    let free = name;
    for (let k = 2; this.taken.has(free); k++) free = `${name}${name.endsWith("_") ? "" : "_"}${k}`;
    this.taken.add(free);
    return free;
  }
}

/** Variables of a program. */
export class Variables {
  private readonly program: Program;
  private readonly regionOf: Region[];
  private readonly regions: Region[] = [];
  private readonly used = new Set<Region>();

  constructor(program: Program, names: Names) {
    this.program = program;
    const { slots } = program;
    const joined = joinedSlots(program);
    this.regionOf = new Array(slots.length);
    for (let base = 0; base < slots.length; ) {
      let end = base + 1;
      while (end < slots.length && joined[end - 1]) end += 1;
      const region = {
        name: names.make(regionName(slots.slice(base, end).map((slot) => slot.name))),
        base,
        size: end - base,
      };
      for (let slot = base; slot < end; slot++) this.regionOf[slot] = region;
      this.regions.push(region);
      base = end;
    }
  }

  /** The cell `offset` (the text of an expression, "" for none) behind a slot. */
  cell(slot: number, offset = ""): string {
    const region = this.regionOf[slot]!;
    this.used.add(region);
    if (region.size === 1) return region.name;
    const start = slot - region.base;
    return `${region.name}[${offset === "" ? start : start === 0 ? offset : `${offset} + ${start}`}]`;
  }

  /** An array's name and the index of a slot in it: for the list operations. */
  array(slot: number, offset: string): { name: string; start: string } {
    const region = this.regionOf[slot]!;
    this.used.add(region);
    const start = slot - region.base;
    return {
      name: region.name,
      start: offset === "" ? String(start) : start === 0 ? offset : `(${offset} + ${start})`,
    };
  }

  /** Declarations of the variables used so far; the bytes they take. */
  declarations(start: ArrayLike<number>, code: (code: number) => string): { text: string[]; bytes: number } {
    const text: string[] = [];
    let bytes = 0;
    for (const region of this.regions) {
      if (!this.used.has(region)) continue;
      bytes += 4 * region.size;
      const values = Array.from({ length: region.size }, (_, k) => start[region.base + k]!);
      const first = values[0]!;
      const { role } = this.program.slots[region.base]!;
      const show = (value: number): string => (role === "life" ? (LIFE_NAMES[value] ?? String(value)) : code(value));
      if (region.size === 1) text.push(`int ${region.name} = ${show(first)};`);
      else if (values.every((value) => value === first))
        text.push(`int ${region.name}[${region.size}]${first === 0 ? "" : ` = ${show(first)}`};`);
      else
        text.push(
          `int ${region.name}[${region.size}] = { ${values.map((value) => (value < 0 ? `${value + TWO_TO_THE_32} /* ${value} */` : show(value))).join(", ")} };`,
        );
    }
    return { text, bytes };
  }
}

export const LIFE_NAMES: readonly string[] = Object.entries({
  Created: LIFE.created,
  Alive: LIFE.alive,
  Ended: LIFE.ended,
  Reaped: LIFE.reaped,
  Dying: LIFE.dying,
})
  .sort((a, b) => a[1] - b[1])
  .map(([name]) => name);

/** "forks[0].owner", "forks[1].owner" → forks_owner; "q.items.length", "q.items[]" → q_items; otherwise the first name. */
function regionName(names: readonly string[]): string {
  const [first = ""] = names;
  if (names.length === 1) return first.replace(/\]/g, "");
  const stems = new Set(names.map((name) => name.replace(/\[\d*\]|\{(key|value)\}|\.length$/g, "")));
  if (stems.size === 1) return [...stems][0]!;
  return first.replace(/\[\d*\].*|\{.*|\.length$/, "");
}

/** For each slot whether it is in one variable with the next: some address or container reaches over both. */
function joinedSlots(program: Program): boolean[] {
  const joined = new Array<boolean>(program.slots.length).fill(false);
  const reach = (slots: readonly number[], size: number): void => {
    const first = Math.min(...slots);
    const last = Math.max(...slots) + size - 1;
    for (let slot = first; slot < last; slot++) joined[slot] = true;
  };
  const visit = (part: unknown): void => {
    if (Array.isArray(part)) return part.forEach(visit);
    if (part === null || typeof part !== "object" || part instanceof Map) return;
    const { base, offset, layout } = part as { base?: unknown; offset?: Expr | null; layout?: Place["layout"] };
    if (typeof base === "number" && offset !== undefined)
      reach(startsOf({ base, offset }), layout === undefined ? 1 : sizeOf(layout));
    for (const [key, each] of Object.entries(part)) if (key !== "span" && key !== "layout") visit(each);
  };
  for (const place of program.shared) visit(place);
  for (const { fields } of program.resources) visit(fields);
  for (const task of program.tasks) {
    visit(task.code);
    visit(task.variables);
  }
  visit(program.properties);
  return joined;
}

/** Values that are no small numbers: each that the model mentions gets a name. */
export class Codes {
  private readonly program: Program;
  private readonly names: Names;
  private readonly named = new Map<number, string>();

  constructor(program: Program, names: Names) {
    this.program = program;
    this.names = names;
  }

  /** A value as the model writes it. */
  show(code: number): string {
    if (code < SPECIAL) return code < 0 ? `(${code})` : String(code);
    if (code === NULL) return "Null";
    if (code === FALSE) return "False";
    if (code === TRUE) return "True";
    let name = this.named.get(code);
    if (name === undefined) {
      const value = this.program.values.decode(code);
      name = this.names.make(typeof value === "string" ? `s_${value}` : `v_${showValue(value, true)}`);
      this.named.set(code, name);
    }
    return name;
  }

  definitions(): string[] {
    return [...this.named]
      .sort(([a], [b]) => a - b)
      .map(
        ([code, name]) => `#define ${name} ${code} /* ${comment(showValue(this.program.values.decode(code), true))} */`,
      );
  }
}

/** Text that may stand in a comment. */
export function comment(text: string): string {
  return text
    .replace(/\s+/g, " ")
    .replace(/\*\//g, "* /")
    .replace(/\/\*/g, "/ *")
    .replace(/[^\x20-\x7e]/g, "?")
    .replace(/\\$/, "\\ ");
}
