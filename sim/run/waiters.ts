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
  readonly slots: readonly number[];
  /** in the order in which they began to wait; holes where a task left early */
  waiters: (TaskState | null)[];
  head: number;
  count: number;
  dirty: boolean;
  /** of whoever came first, in the machine: its row and it; the guards of the others are the same */
  readonly task: number;
  readonly row: number;
  /** coroutines: whether a task may go on depends on it, too */
  readonly threaded: boolean;
}

export class Waiters {
  private readonly machine: Machine;
  private readonly classes = new Map<string, WaitClass>();
  /** by row of the machine (a position of a task) */
  private readonly classAt: (WaitClass | undefined)[];
  private readonly watching: (WaitClass[] | undefined)[];
  private readonly of: (WaitClass | null)[];
  private readonly order: number[];
  private sequence = 0;
  /** the first `dirtyCount` are to be looked at; an array that is emptied again and again would give its memory back */
  private readonly dirty: WaitClass[] = [];
  private dirtyCount = 0;
  private readonly lifeSlots: number[];

  constructor(machine: Machine) {
    this.machine = machine;
    const { tasks, slots } = machine.program;
    this.classAt = new Array(machine.rows);
    this.watching = new Array(slots.length);
    this.of = tasks.map(() => null);
    this.order = tasks.map(() => 0);
    this.lifeSlots = tasks.map((task) => task.lifeSlot);
  }

  /** The task begins to wait where it stands: at that row of the machine. */
  add(task: TaskState, row: number): void {
    const group = this.classAt[row] ?? this.makeClass(task.id, row);
    group.waiters.push(task);
    group.count += 1;
    this.of[task.id] = group;
    this.order[task.id] = this.sequence++;
  }

  /** The task waits no longer: granted, timed out or ended. */
  remove(task: TaskState): void {
    const group = this.of[task.id];
    if (group === null || group === undefined) return;
    this.of[task.id] = null;
    group.count -= 1;
    if (group.waiters[group.head] === task) group.head += 1;
    else group.waiters[group.waiters.indexOf(task, group.head)] = null;
    if (group.head > 32 && group.head * 2 > group.waiters.length) {
      group.waiters = group.waiters.slice(group.head);
      group.head = 0;
    }
  }

  /** A slot was written: those who wait for it will be looked at by `next`. */
  touched(slot: number): void {
    const classes = this.watching[slot];
    if (classes === undefined) return;
    for (let k = 0; k < classes.length; k++) {
      const group = classes[k]!;
      if (group.count > 0 && !group.dirty) {
        group.dirty = true;
        this.dirty[this.dirtyCount++] = group;
      }
    }
  }

  /** Whether `next` has anything to look at. */
  get pending(): boolean {
    return this.dirtyCount > 0;
  }

  /** The task that has waited longest among those whose wait is over now; `prefer` may choose another of its group. */
  next(prefer: ((group: readonly TaskState[]) => TaskState) | null): TaskState | null {
    const only = this.dirtyCount === 1 && prefer === null ? this.first(this.dirty[0]!) : null;
    if (only !== null && this.isOver(this.dirty[0]!, only)) return only;
    let best: TaskState | null = null;
    for (let k = 0; k < this.dirtyCount; k++) {
      const group = this.dirty[k]!;
      const first = this.first(group);
      if (first === null || !this.isOver(group, first)) {
        group.dirty = false;
        this.dirtyCount -= 1;
        this.dirty[k] = this.dirty[this.dirtyCount]!;
        k -= 1;
        continue;
      }
      const candidate =
        prefer === null || group.count === 1
          ? first
          : prefer(group.waiters.slice(group.head).filter((each) => each !== null));
      if (best === null || this.order[candidate.id]! < this.order[best.id]!) best = candidate;
    }
    return best;
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
  private isOver(group: WaitClass, first: TaskState): boolean {
    return group.threaded ? this.machine.ready(first.id) : this.machine.holds(group.task, group.row);
  }

  private first(group: WaitClass): TaskState | null {
    if (group.count === 0) return null;
    while (group.waiters[group.head] === null) group.head += 1;
    return group.waiters[group.head]!;
  }

  private makeClass(task: number, row: number): WaitClass {
    const { code, pcSlot } = this.machine.program.tasks[task]!;
    const instruction = code[this.machine.state[pcSlot]!]!;
    if (instruction.op !== "when") throw new Error("only a wait can block");
    const { threadSlot } = this.machine.program.tasks[task]!;
    const test = JSON.stringify(instruction.test, (name, value) => (name === "span" ? undefined : value));
    // a coroutine goes on only when its thread is free, too
    const key = `${threadSlot} ${test}`;
    let group = this.classes.get(key);
    if (group === undefined) {
      group = {
        slots: [...slotsRead(instruction.test, this.lifeSlots), ...(threadSlot < 0 ? [] : [threadSlot])],
        waiters: [],
        head: 0,
        count: 0,
        dirty: false,
        task,
        row,
        threaded: threadSlot >= 0,
      };
      this.classes.set(key, group);
      for (const slot of group.slots) {
        this.watching[slot] ??= [];
        this.watching[slot].push(group);
        this.machine.noted[slot] = 1;
      }
    }
    this.classAt[row] = group;
    return group;
  }
}
