/**
 * Finds tasks that are interchangeable: exchanging two of them in a state changes nothing but names.
 *
 * Two tasks of one array are so if their code is the same but for their own slots and their own name, if nobody else's
 * code (and no property) mentions either, and if the name goes nowhere but into fields of resources, where it is only
 * compared (owners, those who wait). Anything else that tells them apart, such as `i` as an index or in a sum, shows as
 * a difference of the code. Printed texts and times that cannot raise decide nothing in untimed exploration and are not
 * compared.
 *
 * Sources: Ip, Dill, "Better verification through symmetry" (1996), scalar sets; here the condition is checked, not
 * declared.
 */
import { Bits } from "../base/bits.ts";
import { slotsRead } from "./footprint.ts";
import type { Address, Expr, Instruction, Place, Program, Task } from "./program.ts";
import { raisingParts } from "./raises.ts";
import { type PositionFootprint, stepFootprints } from "./step-footprint.ts";

/** Interchangeable tasks. */
export interface Family {
  readonly tasks: readonly number[];
  /** the codes of their names */
  readonly names: readonly number[];
  /** slots that may hold such a name; they belong to resources */
  readonly references: readonly number[];
}

/** The families of two or more; none if a property asks for what happens eventually (unsound there). */
export function findFamilies(program: Program, watched: readonly number[]): readonly Family[] {
  const key = watched.join();
  const before = known.get(program);
  if (before?.key === key) return before.families;
  const families = familiesOf(program, watched);
  known.set(program, { key, families });
  return families;
}

/** Of a program, for those of its slots that properties see: asked by whoever searches, counts and shortens. */
const known = new WeakMap<Program, { readonly key: string; readonly families: readonly Family[] }>();

function familiesOf(program: Program, watched: readonly number[]): Family[] {
  if (program.properties.eventually.length > 0) return [];
  const footprints = stepFootprints(program);
  const candidates = classes(program).filter((tasks) => tasks.length > 1);
  if (candidates.length === 0) return [];
  const touched = slotsTouched(program, footprints);
  return candidates.flatMap((tasks) => {
    const family = confirm(program, tasks, touched, watched);
    return family === null ? [] : [family];
  });
}

/** Tasks of one array with the same code, array by array. */
function classes(program: Program): number[][] {
  const slotsOf = program.tasks.map((): number[] => []);
  program.slots.forEach(({ task }, slot) => {
    if (task >= 0) slotsOf[task]!.push(slot);
  });
  const found: number[][] = [];
  for (const task of program.tasks) {
    if (!isPlain(program, task)) continue;
    const same = found.find(([first]) => {
      const other = program.tasks[first!]!;
      return (
        other.template === task.template &&
        other.owner === task.owner &&
        isSame(program, other, task, slotsOf[other.id]!, slotsOf[task.id]!)
      );
    });
    if (same === undefined) found.push([task.id]);
    else same.push(task.id);
  }
  return found;
}

/** Whether the task starts by itself, has no tasks of its own and meddles with no task's life. */
function isPlain(program: Program, task: Task): boolean {
  if (task.manual || task.threadSlot >= 0 || program.tasks.some((other) => other.owner === task.id)) return false;
  return !task.code.some(({ op }) => op === "start" || op === "switch" || op === "terminate" || op === "reap");
}

/** Fields that decide nothing in untimed exploration, or say nothing but where a thing stands. */
const IGNORED: ReadonlySet<string> = new Set([
  "span",
  "waits",
  "parts",
  "message",
  "time",
  "timeout",
  "name",
  "device",
]);
const SLOT_FIELDS: ReadonlySet<string> = new Set(["base", "clear", "exception", "from"]);

function isSame(program: Program, a: Task, b: Task, slotsA: readonly number[], slotsB: readonly number[]): boolean {
  if (a.code.length !== b.code.length || slotsA.length !== slotsB.length || a.daemon !== b.daemon) return false;
  const counterpart = new Map<number, number>();
  for (let k = 0; k < slotsA.length; k++) {
    const [one, two] = [program.slots[slotsA[k]!]!, program.slots[slotsB[k]!]!];
    if (one.role !== two.role || one.initial !== two.initial) return false;
    counterpart.set(slotsA[k]!, slotsB[k]!);
  }
  const [nameA, nameB] = [program.values.encode(a.name), program.values.encode(b.name)];
  const same = (x: unknown, y: unknown, field: string): boolean => {
    if (typeof x === "number" && typeof y === "number") {
      if (SLOT_FIELDS.has(field)) return (counterpart.get(x) ?? x) === y;
      if (field === "code" && (x === nameA || y === nameB)) return x === nameA && y === nameB;
      return x === y;
    }
    if (Array.isArray(x))
      return Array.isArray(y) && x.length === y.length && x.every((item, k) => same(item, y[k], field));
    if (x === null || y === null || typeof x !== "object" || typeof y !== "object") return x === y;
    const [left, right] = [x as Record<string, unknown>, y as Record<string, unknown>];
    if (left["op"] === "raise" && left["name"] !== right["name"]) return false;
    if (left["op"] === "builtin" && left["name"] !== right["name"]) return false;
    if ((left["timeout"] === null) !== (right["timeout"] === null)) return false;
    if ("grain" in left) {
      const [mine, theirs] = [left, right].map((each) => raisingParts(each as unknown as Instruction, program));
      if (!same(mine, theirs, "")) return false;
    }
    return Object.keys(left).every((key) => IGNORED.has(key) || same(left[key], right[key], key));
  };
  return same(a.code, b.code, "");
}

/** All slots that a task's code may touch. */
function slotsTouched(program: Program, footprints: readonly (readonly PositionFootprint[])[]): Bits[] {
  return footprints.map((positions) => {
    const all = new Bits(program.slots.length);
    for (const { step } of positions) {
      all.addAll(step.reads);
      all.addAll(step.writes);
    }
    return all;
  });
}

function confirm(
  program: Program,
  tasks: readonly number[],
  touched: readonly Bits[],
  watched: readonly number[],
): Family | null {
  const names = tasks.map((task) => program.values.encode(program.tasks[task]!.name));
  const members = new Set(tasks);
  const own = new Bits(program.slots.length);
  program.slots.forEach(({ task }, slot) => {
    if (members.has(task)) own.add(slot);
  });
  if (program.slots.some(({ initial }) => names.includes(initial))) return null;
  for (const task of program.tasks) {
    const foreign = own.copy();
    if (members.has(task.id)) {
      program.slots.forEach((slot, k) => {
        if (slot.task === task.id) foreign.delete(k);
      });
    }
    if (touched[task.id]!.meets(foreign)) return null;
    const mine = members.has(task.id) ? program.values.encode(task.name) : -1;
    if (
      mentions(
        task.code,
        names.filter((name) => name !== mine),
      )
    )
      return null;
  }
  const references = new Flow(program, new Set(names)).run();
  if (references === null || references.some((slot) => program.slots[slot]!.role !== "resource")) return null;
  const lifeSlots = program.tasks.map((task) => task.lifeSlot);
  const { always, finally: final, reachable } = program.properties;
  const secret = own;
  for (const slot of references) secret.add(slot);
  for (const property of [...always, ...final, ...reachable]) {
    if (mentions(property.test, names) || slotsRead(property.test, lifeSlots).some((slot) => secret.has(slot)))
      return null;
  }
  return watched.some((slot) => secret.has(slot)) ? null : { tasks, names, references };
}

/** Whether one of the codes appears as a constant. */
function mentions(value: unknown, codes: readonly number[]): boolean {
  if (value === null || typeof value !== "object") return false;
  if (Array.isArray(value)) return value.some((item) => mentions(item, codes));
  const node = value as Record<string, unknown>;
  if (node["op"] === "constant") return codes.includes(node["code"] as number);
  return Object.entries(node).some(([key, part]) => !IGNORED.has(key) && mentions(part, codes));
}

/** Thrown where a name is used for more than to be kept and compared. */
class Told extends Error {}

/** Follows names through memory until nothing new is reached. */
class Flow {
  private readonly program: Program;
  private readonly names: ReadonlySet<number>;
  private readonly reached = new Set<number>();
  private grown = false;

  constructor(program: Program, names: ReadonlySet<number>) {
    this.program = program;
    this.names = names;
  }

  /** The slots that names may reach; null if a name is used for more than to be kept and compared. */
  run(): number[] | null {
    try {
      do {
        this.grown = false;
        for (const task of this.program.tasks) for (const instruction of task.code) this.follow(instruction);
      } while (this.grown);
    } catch (problem) {
      if (!(problem instanceof Told)) throw problem;
      return null;
    }
    return [...this.reached].sort((a, b) => a - b);
  }

  private follow(instruction: Instruction): void {
    for (const part of raisingParts(instruction, this.program)) this.plain(part);
    switch (instruction.op) {
      case "set":
        return this.give(instruction.to, this.value(instruction.value));
      case "branch":
      case "when":
        this.value(instruction.test);
        return;
      case "choose":
        this.give(instruction.to, instruction.options.map((option) => this.value(option)).includes(true));
        return;
      case "pick":
        this.plain(instruction.count);
        return;
      case "append":
        this.plain(instruction.at);
        this.give(instruction.place, this.value(instruction.value), instruction.place);
        return;
      case "extend": {
        const { value, place } = instruction;
        if (value.op === "snapshot") this.give(place, this.holds(value.place), place);
        else this.plain(value);
        return;
      }
      case "pop":
        this.key(instruction.place, instruction.key);
        if (instruction.to !== null) this.give(instruction.to, this.holds(instruction.place));
        return;
      case "remove":
        this.value(instruction.value);
        return;
      case "put": {
        this.key(instruction.place, instruction.key);
        const named = this.value(instruction.value);
        this.give(instruction.place, named || this.value(instruction.key), instruction.place);
        return;
      }
      case "fill":
        return this.plain(instruction.value);
      case "start":
        for (const { to, value } of instruction.values) this.give(to, this.value(value));
        for (const { from } of instruction.copies) if (this.holds(from)) throw new Told();
        return;
      case "end":
        return this.plain(instruction.code);
      default:
        return;
    }
  }

  /** An index into a list must be no name; a key of a map may be. */
  private key(place: Place, key: Expr | null): void {
    if (key !== null && this.value(key) && place.layout.type !== "map") throw new Told();
  }

  private plain(expr: Expr | null): void {
    if (expr !== null && this.value(expr)) throw new Told();
  }

  private give(at: Address, named: boolean, place: Place | null = null): void {
    if (at.offset !== null) this.plain(at.offset);
    if (!named) return;
    const slots = place === null ? slotsRead({ op: "load", at }, []) : itemsOf(place);
    for (const slot of slots) {
      if (this.reached.has(slot)) continue;
      this.reached.add(slot);
      this.grown = true;
    }
  }

  private holds(place: Place): boolean {
    return itemsOf(place).some((slot) => this.reached.has(slot));
  }

  /** Whether the value may be a name. */
  private value(expr: Expr): boolean {
    switch (expr.op) {
      case "constant":
        return this.names.has(expr.code);
      case "load":
        if (expr.at.offset !== null) this.plain(expr.at.offset);
        return slotsRead({ op: "load", at: expr.at }, []).some((slot) => this.reached.has(slot));
      case "offset":
        this.plain(expr.index);
        this.plain(expr.rest);
        return false;
      case "negate":
        this.plain(expr.operand);
        return false;
      case "not":
        this.value(expr.operand);
        return false;
      case "binary": {
        const named = [this.value(expr.left), this.value(expr.right)].includes(true);
        if (named && expr.operator !== "==" && expr.operator !== "!=") throw new Told();
        return false;
      }
      case "and":
      case "or":
        return [this.value(expr.left), this.value(expr.right)].includes(true);
      case "if":
        this.value(expr.test);
        return [this.value(expr.then), this.value(expr.else)].includes(true);
      case "tuple":
        for (const item of expr.items) this.plain(item);
        return false;
      case "at":
        this.plain(expr.value);
        this.plain(expr.index);
        return false;
      case "snapshot":
        if (this.holds(expr.place)) throw new Told();
        return false;
      case "length":
        return false;
      case "member":
        this.value(expr.value);
        return false;
      case "item":
        this.key(expr.place, expr.index);
        return this.holds(expr.place);
      case "builtin":
      case "random":
        for (const argument of expr.arguments) this.plain(argument);
        return false;
      default:
        return false;
    }
  }
}

/** The cells of a place that hold contents: not the length of a list or map. */
function itemsOf(place: Place): number[] {
  const container = place.layout.type === "list" || place.layout.type === "map";
  const slots = slotsRead({ op: "snapshot", place, part: "all" }, []);
  if (!container) return slots;
  const lengths = new Set(slotsRead({ op: "load", at: place }, []));
  return slots.filter((slot) => !lengths.has(slot));
}
