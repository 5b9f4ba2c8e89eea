/**
 * Which steps depend on each other.
 *
 * What a step touched is its footprint: two sets of objects, read and written, kept as bits. An object is a slot, or a
 * whole list or map. Two steps of different tasks are dependent when their footprints share an object that not both
 * only read. Footprints are few, so each distinct one is kept once and known by its number; 0 is the empty one.
 *
 * Not objects: slots that only one task can touch, and the life of tasks in programs in which nobody asks about it.
 * Properties that read several slots add an object of their own, written by each step that writes one of them, so that
 * the states that they can tell apart are not reduced away.
 */
import type { Machine } from "../machine/machine.ts";
import { asksForPositions, slotsEverRead, slotsRead } from "../program/footprint.ts";
import {
  type Expr,
  type Instruction,
  type Layout,
  type Place,
  type Program,
  type ProgramProperty,
  sizeOf,
} from "../program/program.ts";
import { raisingParts } from "../program/raises.ts";

/** The footprint of a step that touches nothing that others can see. */
export const PRIVATE = 0;

/** Up to this many footprints, whether two conflict is looked up in a table. */
const TABLE_LIMIT = 1024;

export class Dependence {
  /** whether tasks start, end or watch each other; if not, nobody but its owner touches a task's life */
  readonly sociable: boolean;
  private readonly machine: Machine;
  /** slot → object; −1 for private slots */
  private readonly objectOf: Int32Array;
  /** slot → the objects of properties that read it together with others */
  private readonly groupsOf: (readonly number[] | undefined)[];
  /** 32 objects each; a footprint is twice as many: reads, then writes */
  private readonly words: number;
  private readonly scratch: Int32Array;
  private masks: Int32Array;
  private count = 0;
  private table = new Int32Array(256);
  private conflicts = new Int8Array(0);
  private stride = 0;
  private readonly objectLists: (readonly number[] | undefined)[] = [];
  /** by task and position: what a guard may read although this time it stopped before (null: it always reads all) */
  private readonly guards: (Int32Array | null | undefined)[][];
  private readonly steady: (boolean | undefined)[][];

  /** @param watched slots that the judge looks at after every step */
  constructor(machine: Machine, watched: readonly number[]) {
    const { program } = machine;
    this.machine = machine;
    this.sociable = isSociable(program);
    this.objectOf = new Int32Array(program.slots.length).fill(-1);
    let objects = this.nameObjects(program);
    this.groupsOf = new Array(program.slots.length).fill(undefined);
    for (const group of propertyGroups(program, watched)) {
      for (const slot of group) this.groupsOf[slot] = [...(this.groupsOf[slot] ?? []), objects];
      objects += 1;
    }
    this.words = Math.max(1, Math.ceil(objects / 32));
    this.scratch = new Int32Array(2 * this.words);
    this.masks = new Int32Array(2 * this.words * 64);
    this.guards = program.tasks.map(() => []);
    this.steady = program.tasks.map(() => []);
    this.intern();
  }

  private nameObjects(program: Program): number {
    const { objectOf } = this;
    let objects = 0;
    const whole = (place: Place, base: number, layout: Layout): void => {
      if (layout.type === "array") {
        for (let k = 0; k < layout.length; k++) whole(place, base + k * sizeOf(layout.item), layout.item);
        return;
      }
      objectOf.fill(objects, base, base + sizeOf(layout));
      objects += 1;
    };
    const owners = new Set(program.tasks.map((task) => task.owner));
    for (const place of program.shared) whole(place, place.base, place.layout);
    for (const resource of program.resources)
      for (const place of resource.fields) whole(place, place.base, place.layout);
    for (const task of program.tasks) {
      if (owners.has(task.id)) for (const place of task.variables) whole(place, place.base, place.layout);
    }
    const positions = asksForPositions(program);
    program.slots.forEach((slot, at) => {
      const { role } = slot;
      const known = objectOf[at]! >= 0 || (role === "pc" && !positions) || role === "temporary";
      const life = role === "life" || role === "exit" || role === "parent";
      if (known || (life && !this.sociable) || (role === "local" && !owners.has(slot.task))) return;
      objectOf[at] = objects;
      objects += 1;
    });
    return objects;
  }

  /** Takes a step and gives its footprint. */
  take(task: number, choice: number): number {
    const { machine } = this;
    const { pcSlot, lifeSlot } = machine.program.tasks[task]!;
    const pc = machine.state[pcSlot]!;
    machine.clearFootprint();
    // only who is alive can take a step
    if (this.sociable) machine.reads.push(lifeSlot);
    machine.step(task, choice);
    return this.collect(this.guardObjects(task, pc));
  }

  /** What the guard at which the task stands reads, and its life: the footprint of a step that is not taken. */
  ofGuard(task: number): number {
    const { machine } = this;
    const pc = machine.state[machine.program.tasks[task]!.pcSlot]!;
    machine.clearFootprint();
    machine.ready(task);
    return this.collect(this.guardObjects(task, pc));
  }

  private collect(guard: Int32Array | null): number {
    const { scratch, words, objectOf, groupsOf, machine } = this;
    scratch.fill(0);
    const { reads, writes } = machine;
    for (let k = 0; k < reads.length; k++) {
      const object = objectOf[reads[k]!]!;
      if (object >= 0) scratch[object >> 5]! |= 1 << (object & 31);
    }
    for (let k = 0; k < writes.length; k++) {
      const slot = writes[k]!;
      const object = objectOf[slot]!;
      if (object >= 0) scratch[words + (object >> 5)]! |= 1 << (object & 31);
      const groups = groupsOf[slot];
      if (groups !== undefined) for (const group of groups) scratch[words + (group >> 5)]! |= 1 << (group & 31);
    }
    if (guard !== null) for (let k = 0; k < words; k++) scratch[k]! |= guard[k]!;
    return this.intern();
  }

  /** The number of the footprint in `scratch`. */
  private intern(): number {
    const { scratch } = this;
    const width = scratch.length;
    let hash = 0;
    for (let k = 0; k < width; k++) {
      hash = Math.imul(hash ^ scratch[k]!, 0x9e3779b1);
      hash ^= hash >>> 15;
    }
    const mask = this.table.length - 1;
    let at = hash & mask;
    for (;;) {
      const id = this.table[at]! - 1;
      if (id < 0) return this.add(at);
      let k = 0;
      while (k < width && this.masks[id * width + k] === scratch[k]) k += 1;
      if (k === width) return id;
      at = (at + 1) & mask;
    }
  }

  private add(at: number): number {
    const width = this.scratch.length;
    const id = this.count++;
    if (this.count * width > this.masks.length) {
      const grown = new Int32Array(this.masks.length * 2);
      grown.set(this.masks);
      this.masks = grown;
    }
    this.masks.set(this.scratch, id * width);
    this.table[at] = id + 1;
    if (this.count * 2 > this.table.length) this.rehash(width);
    if (this.count > this.stride && this.count <= TABLE_LIMIT) {
      this.stride = Math.max(32, this.stride * 2);
      this.conflicts = new Int8Array(this.stride * this.stride).fill(-1);
    }
    return id;
  }

  private rehash(width: number): void {
    const table = new Int32Array(this.table.length * 4);
    for (let id = 0; id < this.count; id++) {
      let hash = 0;
      for (let k = 0; k < width; k++) {
        hash = Math.imul(hash ^ this.masks[id * width + k]!, 0x9e3779b1);
        hash ^= hash >>> 15;
      }
      let at = hash & (table.length - 1);
      while (table[at] !== 0) at = (at + 1) & (table.length - 1);
      table[at] = id + 1;
    }
    this.table = table;
  }

  /** Whether steps of different tasks with these footprints are dependent. */
  conflict(a: number, b: number): boolean {
    if (a === PRIVATE || b === PRIVATE) return false;
    if (a >= this.stride || b >= this.stride) return this.meet(a, b);
    const at = a * this.stride + b;
    const known = this.conflicts[at]!;
    if (known >= 0) return known === 1;
    const result = this.meet(a, b);
    this.conflicts[at] = result ? 1 : 0;
    return result;
  }

  private meet(a: number, b: number): boolean {
    const { masks, words } = this;
    for (let k = 0, x = a * 2 * words, y = b * 2 * words; k < words; k++, x++, y++) {
      const writeA = masks[x + words]!;
      const writeB = masks[y + words]!;
      if ((writeA & (masks[y]! | writeB)) !== 0 || (masks[x]! & writeB) !== 0) return true;
    }
    return false;
  }

  /** The objects of a footprint, by number. */
  objectsOf(footprint: number): readonly number[] {
    const known = this.objectLists[footprint];
    if (known !== undefined) return known;
    const { masks, words } = this;
    const objects: number[] = [];
    for (let object = 0; object < words * 32; object++) {
      const at = 2 * footprint * words + (object >> 5);
      if (((masks[at]! | masks[at + words]!) & (1 << (object & 31))) !== 0) objects.push(object);
    }
    this.objectLists[footprint] = objects;
    return objects;
  }

  /** How many objects a footprint has. */
  breadth(footprint: number): number {
    const { masks, words } = this;
    let count = 0;
    for (let k = 0; k < words; k++) {
      let objects = masks[2 * footprint * words + k]! | masks[(2 * footprint + 1) * words + k]!;
      for (; objects !== 0; objects &= objects - 1) count += 1;
    }
    return count;
  }

  /** Whether a wait without timeout stands at this position. */
  isWait(task: number, pc: number): boolean {
    const instruction = this.machine.program.tasks[task]!.code[pc];
    return instruction?.op === "when" && instruction.timeout === null;
  }

  /** Whether the step may write what others can see. */
  writes(footprint: number): boolean {
    const { masks, words } = this;
    for (let k = 0; k < words; k++) if (masks[(2 * footprint + 1) * words + k] !== 0) return true;
    return false;
  }

  /**
   * A guard that stops early (`or`, `and`) or looks where another variable says reads different slots in different
   * states. Whether such a guard was true before must not be missed, so all that it may read counts.
   */
  private guardObjects(task: number, pc: number): Int32Array | null {
    const known = this.guards[task]![pc];
    if (known !== undefined) return known;
    const { program } = this.machine;
    const instruction = program.tasks[task]!.code[pc];
    let objects: Int32Array | null = null;
    if (instruction?.op === "when" && instruction.timeout === null && !this.isSteady(instruction.test)) {
      objects = new Int32Array(this.words);
      const lifeSlots = program.tasks.map((each) => each.lifeSlot);
      for (const slot of slotsEverRead(program, instruction.test, lifeSlots)) {
        const object = this.objectOf[slot]!;
        if (object >= 0) objects[object >> 5]! |= 1 << (object & 31);
      }
    }
    this.guards[task]![pc] = objects;
    return objects;
  }

  /**
   * Whether the step at this position touches the same objects whatever the others have done, so that its footprint
   * need not be found out again. Says no where that would need more than a look.
   */
  isFixed(task: number, pc: number): boolean {
    const known = this.steady[task]![pc];
    if (known !== undefined) return known;
    const result = !this.sociable && this.staysFixed(task, pc);
    this.steady[task]![pc] = result;
    return result;
  }

  private staysFixed(task: number, start: number): boolean {
    const { code } = this.machine.program.tasks[task]!;
    let at = start;
    for (let k = 0; k < 16; k++) {
      const instruction = code[at];
      if (instruction === undefined) return true;
      if (k > 0 && instruction.grain !== "inner") return true;
      if (!this.isPlain(instruction)) return false;
      if (instruction.op === "branch") {
        const targets = [code[instruction.yes], code[instruction.no]];
        return targets.every((target) => target === undefined || target.grain !== "inner");
      }
      at = (instruction as { next: number }).next;
    }
    return false;
  }

  private isPlain(instruction: Instruction): boolean {
    switch (instruction.op) {
      case "nothing":
        return true;
      case "delay":
        return raisingParts(instruction, this.machine.program).every((time) => this.isSteady(time));
      case "branch":
        return this.isSteady(instruction.test);
      case "when":
        return instruction.timeout === null && this.isSteady(instruction.test);
      case "set": {
        const { to, value } = instruction;
        const fixedTarget = to.offset === null || this.readsPrivate(to.offset);
        // a value that cannot be computed leaves the target alone
        return fixedTarget && this.isSteady(value) && (this.readsPrivate(value) || this.objectOf[to.base]! < 0);
      }
      default:
        return false;
    }
  }

  /** Whether evaluating reads the same objects in all states. */
  private isSteady(expr: Expr): boolean {
    switch (expr.op) {
      case "constant":
        return true;
      case "load":
        return expr.at.offset === null || this.readsPrivate(expr.at.offset);
      case "negate":
      case "not":
        return this.isSteady(expr.operand);
      case "binary":
        return this.isSteady(expr.left) && this.isSteady(expr.right);
      case "length":
        return expr.place.offset === null;
      case "member":
        return expr.place.offset === null && expr.place.layout.type !== "array" && this.isSteady(expr.value);
      default:
        return this.readsPrivate(expr);
    }
  }

  private readsPrivate(expr: Expr): boolean {
    const { program } = this.machine;
    const lifeSlots = program.tasks.map((each) => each.lifeSlot);
    return slotsRead(expr, lifeSlots).every((slot) => this.objectOf[slot]! < 0);
  }
}

/** Whether any task touches or asks about the life of another, or could. */
function isSociable(program: Program): boolean {
  if (program.tasks.some((task) => task.manual || task.daemon || task.owner >= 0)) return true;
  const social = new Set(program.tasks.flatMap((task) => [task.lifeSlot, task.exitSlot, task.parentSlot]));
  const mentions = (value: unknown): boolean => {
    if (Array.isArray(value)) return value.some(mentions);
    if (value === null || typeof value !== "object") return false;
    const node = value as Record<string, unknown>;
    if (
      node["op"] === "state" ||
      node["op"] === "terminate" ||
      (typeof node["base"] === "number" && social.has(node["base"]))
    )
      return true;
    // not Object.entries: this goes through all code of all tasks
    for (const key in node) if (key !== "span" && mentions(node[key])) return true;
    return false;
  };
  return program.tasks.some((task) => mentions(task.code));
}

/** Sets of slots whose changes must not be reordered among each other, because something looks at them together. */
function propertyGroups(program: Program, watched: readonly number[]): (readonly number[])[] {
  const { always, eventually, reachable } = program.properties;
  const lifeSlots = program.tasks.map((task) => task.lifeSlot);
  const readBy = ({ test }: ProgramProperty): readonly number[] => slotsEverRead(program, test, lifeSlots);
  const groups = [...always, ...eventually, ...reachable].map(readBy);
  // with daemons about, the state in which all others have ended need not be the last
  if (program.tasks.some((task) => task.daemon)) {
    for (const property of program.properties.finally) groups.push([...readBy(property), ...lifeSlots]);
  }
  const covered = new Set(groups.flat());
  groups.push(watched.filter((slot) => !covered.has(slot)));
  return groups.filter((group) => group.length > 1);
}
