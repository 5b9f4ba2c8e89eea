/**
 * Who waits for what, and who is woken by a write.
 *
 * Blocked tasks are grouped by their guard: tasks whose guards are the same expression over the same slots (all that
 * wait for one lock, say) form one class, first come first served, so that a release tests one guard and not a hundred.
 */
import type { Machine } from "../machine/machine.ts";
import { slotsRead } from "../program/footprint.ts";
import type { TaskState } from "./task-state.ts";

interface WaitClass {
  readonly number: number;
  readonly slots: readonly number[];
  /** the first and the last to have begun to wait; −1: nobody waits */
  head: number;
  tail: number;
  count: number;
  dirty: boolean;
  /** of whoever came first, in the machine: its row and it; the guards of the others are the same */
  readonly task: number;
  readonly row: number;
  /** coroutines: whether a task may go on depends on it, too */
  readonly threaded: boolean;
}

const NOBODY = -1;
enum LINK {
  group,
  before,
  after,
}
const LINKS = 3;

/**
 * The lists are of numbers, not of objects: tasks come and go by the million, and each reference that is stored makes the
 * garbage collector take note.
 */
export class Waiters {
  private readonly machine: Machine;
  private readonly tasks: readonly TaskState[];
  private readonly classes = new Map<string, number>();
  private readonly groups: WaitClass[] = [];
  /** by row of the machine (a position of a task): the number of its class */
  private readonly classAt: Int32Array;
  /** by slot: the classes that wait for it */
  private readonly watching: (WaitClass[] | undefined)[];
  /** a row for each task: the class in which it waits, who began before it and after it there */
  private readonly links: Int32Array;
  /** by task: when it began to wait */
  private readonly order: Float64Array;
  private sequence = 0;
  /** the first `dirtyCount` are to be looked at; an array that is emptied again and again would give its memory back */
  private readonly dirty: number[] = [];
  private dirtyCount = 0;
  private readonly lifeSlots: number[];

  constructor(machine: Machine, states: readonly TaskState[]) {
    this.machine = machine;
    this.tasks = states;
    const { tasks, slots } = machine.program;
    this.classAt = new Int32Array(machine.rows).fill(NOBODY);
    this.watching = new Array(slots.length);
    this.links = new Int32Array(LINKS * tasks.length).fill(NOBODY);
    this.order = new Float64Array(tasks.length);
    this.lifeSlots = tasks.map((task) => task.lifeSlot);
  }

  /** The task begins to wait where it stands: at that row of the machine. */
  add(task: number, row: number): void {
    let number = this.classAt[row]!;
    if (number === NOBODY) number = this.makeClass(task, row);
    const { links } = this;
    const group = this.groups[number]!;
    const { tail } = group;
    const at = LINKS * task;
    links[at + LINK.group] = number;
    links[at + LINK.before] = tail;
    links[at + LINK.after] = NOBODY;
    this.order[task] = this.sequence++;
    if (tail === NOBODY) group.head = task;
    else links[LINKS * tail + LINK.after] = task;
    group.tail = task;
    group.count += 1;
  }

  /** The task waits no longer: granted, timed out or ended. */
  remove(task: number): void {
    const { links } = this;
    const at = LINKS * task;
    const number = links[at + LINK.group]!;
    if (number === NOBODY) return;
    const group = this.groups[number]!;
    const before = links[at + LINK.before]!;
    const after = links[at + LINK.after]!;
    links[at + LINK.group] = NOBODY;
    if (before === NOBODY) group.head = after;
    else links[LINKS * before + LINK.after] = after;
    if (after === NOBODY) group.tail = before;
    else links[LINKS * after + LINK.before] = before;
    group.count -= 1;
  }

  /** A slot was written: those who wait for it will be looked at by `next`. */
  touched(slot: number): void {
    const classes = this.watching[slot];
    if (classes === undefined) return;
    for (let k = 0; k < classes.length; k++) {
      const group = classes[k]!;
      if (group.count > 0 && group.dirty === false) {
        group.dirty = true;
        this.dirty[this.dirtyCount++] = group.number;
      }
    }
  }

  /** Whether `next` has anything to look at. */
  get pending(): boolean {
    return this.dirtyCount > 0;
  }

  /**
   * The task that has waited longest among those whose wait is over now, −1 if there is none; `prefer` may choose another
   * of its group.
   */
  next(prefer: ((group: readonly TaskState[]) => TaskState) | null): number {
    let best = NOBODY;
    for (let k = 0; k < this.dirtyCount; k++) {
      const group = this.groups[this.dirty[k]!]!;
      if (group.count === 0 || !this.isOver(group)) {
        group.dirty = false;
        this.dirtyCount -= 1;
        this.dirty[k] = this.dirty[this.dirtyCount]!;
        k -= 1;
        continue;
      }
      const candidate = prefer === null || group.count === 1 ? group.head : prefer(this.waitersOf(group)).id;
      if (best === NOBODY || this.order[candidate]! < this.order[best]!) best = candidate;
    }
    return best;
  }

  private waitersOf(group: WaitClass): TaskState[] {
    const waiters: TaskState[] = [];
    for (let task = group.head; task !== NOBODY; task = this.links[LINKS * task + LINK.after]!)
      waiters.push(this.tasks[task]!);
    return waiters;
  }

  /** Lets the machine note every slot that anybody may ever wait for. */
  noteAll(): void {
    const { tasks } = this.machine.program;
    const seen = new Set<number>();
    for (const task of tasks) {
      for (const instruction of task.code) {
        if (instruction.op !== "when") continue;
        for (const slot of slotsRead(instruction.test, this.lifeSlots)) seen.add(slot);
      }
      if (task.threadSlot >= 0) seen.add(task.threadSlot);
    }
    for (const slot of seen) this.machine.noted[slot] = 1;
  }

  /** Whether what the group waits for is there. Only the living wait, so that the guard alone decides. */
  private isOver(group: WaitClass): boolean {
    return group.threaded === true ? this.machine.ready(group.head) : this.machine.holds(group.task, group.row);
  }

  /** The number of the class of those who wait for the same as the task, which stands at that row. */
  private makeClass(task: number, row: number): number {
    const { code, pcSlot } = this.machine.program.tasks[task]!;
    const instruction = code[this.machine.state[pcSlot]!]!;
    if (instruction.op !== "when") throw new Error("only a wait can block");
    const { threadSlot } = this.machine.program.tasks[task]!;
    const test = JSON.stringify(instruction.test, (name, value) => (name === "span" ? undefined : value));
    // a coroutine goes on only when its thread is free, too
    const key = `${threadSlot} ${test}`;
    let number = this.classes.get(key);
    if (number === undefined) {
      number = this.groups.length;
      const group: WaitClass = {
        number,
        slots: [...slotsRead(instruction.test, this.lifeSlots), ...(threadSlot < 0 ? [] : [threadSlot])],
        head: NOBODY,
        tail: NOBODY,
        count: 0,
        dirty: false,
        task,
        row,
        threaded: threadSlot >= 0,
      };
      this.groups.push(group);
      this.classes.set(key, number);
      for (const slot of group.slots) {
        this.watching[slot] ??= [];
        this.watching[slot].push(group);
        this.machine.noted[slot] = 1;
      }
    }
    this.classAt[row] = number;
    return number;
  }
}
