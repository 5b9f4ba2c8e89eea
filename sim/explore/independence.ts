/**
 * Partial-order reduction: which tasks' steps are enough to try from a state.
 *
 * A set of tasks is enough (persistent) if nothing that the others can do before one of the set moves can touch what
 * the set's next steps touch. What the others can do: everything from their positions on, for those that can move now
 * and for those that these may set going. A single such task whose step has no alternatives is simply moved on; sets of
 * several are used where a state is expanded.
 *
 * No step of a proper subset may be seen by a property. Since all that comes later counts, and not only the next steps,
 * states in which two dependent steps are both possible are kept as well (what the judge of data races looks for).
 *
 * From one state to the next little changes, so what is known of a task is kept until a step concerns it.
 *
 * Sources: Godefroid, "Partial-Order Methods for the Verification of Concurrent Systems" (1996), persistent sets;
 * Valmari's stubborn sets for the treatment of disabled tasks.
 */
import { Bits } from "../base/bits.ts";
import type { Holding } from "../program/holding.ts";
import type { Program } from "../program/program.ts";
import { disturb, type PositionFootprint } from "../program/step-footprint.ts";
import { ABSENT, CHANGE, EFFECT, type Effects, FROM, TO } from "./effects.ts";
import { NotKnown } from "./memory.ts";

/** More pairs of positions than this are not tabulated. */
const TABLE_LIMIT = 1 << 23;

const UNKNOWN = 0;
const NO = 1;
const YES = 2;
/** Of a conflict: there would be one, but for something that the task of the step holds as long as it does not move. */
const KEPT_OUT = 3;

/** What is kept of a task: its position, whether it was told to die, whether it can move. */
const KEPT = 3;

/** What of positions matters here, as plain numbers that threads can share. */
export interface Relations {
  readonly tasks: number;
  /** by task: the number of its first position; positions are numbered through */
  readonly first: Int32Array;
  /** by position: the step has no alternatives and no property sees it */
  readonly quiet: Uint8Array;
  readonly invisible: Uint8Array;
  /** by task: the slots that may decide whether it can go on, wherever it is */
  readonly waits: readonly Int32Array[];
  /** by two positions, filled in as they are asked for; empty if they are too many */
  readonly conflicts: Uint8Array;
  readonly opens: Uint8Array;
}

/** The relations of a program's positions, none of those between two of them filled in. */
export function relate(
  program: Program,
  watched: readonly number[],
  byTask: readonly (readonly PositionFootprint[])[],
): Relations {
  const tasks = program.tasks.length;
  const footprints = byTask.flat();
  const first = new Int32Array(tasks);
  for (let task = 1; task < tasks; task++) first[task] = first[task - 1]! + byTask[task - 1]!.length;
  const seen = new Bits(program.slots.length);
  for (const slot of watched) seen.add(slot);
  // with daemons about, "all others have ended" is something that properties of the end see
  if (program.tasks.some((task) => task.daemon) && program.properties.finally.length > 0)
    for (const task of program.tasks) seen.add(task.lifeSlot);
  const invisible = Uint8Array.from(footprints, ({ step }) => (step.writes.meets(seen) ? 0 : 1));
  const quiet = invisible.map((each, k) => (each === 1 && !footprints[k]!.chooses ? 1 : 0));
  const waits = byTask.map((positions) => {
    const slots = new Bits(program.slots.length);
    for (const { guard } of positions) if (guard !== null) slots.addAll(guard);
    return Int32Array.from(slots.members());
  });
  const pairs = footprints.length * footprints.length;
  const size = pairs <= TABLE_LIMIT ? pairs : 0;
  return { tasks, first, quiet, invisible, waits, conflicts: new Uint8Array(size), opens: new Uint8Array(size) };
}

export class Independence {
  private readonly tasks: number;
  /** null: another thread has them */
  private readonly footprints: readonly PositionFootprint[] | null;
  private readonly holding: Holding | null;
  /** by position: the task */
  private readonly taskOf: Int32Array;
  private readonly first: Int32Array;
  private readonly steps: Effects;
  /** by task: told to die */
  private readonly dying: Uint8Array;
  private readonly quiet: Uint8Array;
  private readonly invisible: Uint8Array;
  private readonly positions: number;
  private conflicts: Uint8Array;
  private opens: Uint8Array;
  /** 1: can move, 0: cannot, −1: not asked yet */
  private readonly can: Int8Array;
  private readonly at: Int32Array;
  private readonly waits: readonly Int32Array[];
  /** the state that was looked at, and its number in the set; −1: none of the set */
  private readonly seen: Int32Array;
  private state = -1;
  /** by component: the task whose position it holds, −1 if none's, and those which may wait for it */
  private readonly owner: Int32Array;
  private readonly waiters: readonly Int32Array[];
  /** the tasks that steps since the state looked at have concerned, and what was known of each before */
  private readonly changed: Int32Array;
  private changes = 0;
  private readonly isChanged: Uint8Array;
  private readonly before: Int32Array;
  private readonly inSet: Uint8Array;
  /** the answer of `enough` */
  private readonly smallest: Uint8Array;
  /** tasks from which no small enough set was found */
  private readonly excluded: Uint8Array;
  /** of one search: see `maySetGoing` */
  private readonly asked: Uint8Array;
  private readonly queue: Int32Array;
  /** those in the way of a step, or those of a set that grows, and who meets one of the set */
  private readonly gathered: Int32Array;
  private readonly meets: Uint8Array;
  /** by position, once asked for: see `findRivals`, `findOpeners`; what a task can do is what it can do from its start */
  private readonly rivals: (Int32Array | undefined)[];
  /** by position: for whose sake the step there was last not enough; −1: nobody's yet */
  private readonly refusers: Int32Array;
  private readonly openers: (Int32Array | undefined)[];

  constructor(
    relations: Relations,
    steps: Effects,
    footprints: readonly PositionFootprint[] | null,
    holding: Holding | null,
  ) {
    this.steps = steps;
    this.tasks = relations.tasks;
    this.footprints = footprints;
    this.holding = holding;
    this.first = relations.first;
    this.taskOf = new Int32Array(relations.quiet.length);
    for (let task = 0; task < this.tasks; task++) this.taskOf.fill(task, relations.first[task]!);
    this.quiet = relations.quiet;
    this.invisible = relations.invisible;
    this.positions = relations.quiet.length;
    this.conflicts = relations.conflicts;
    this.opens = relations.opens;
    this.dying = new Uint8Array(this.tasks);
    this.can = new Int8Array(this.tasks);
    this.at = new Int32Array(this.tasks);
    this.waits = relations.waits;
    this.seen = new Int32Array(steps.packing.components.length).fill(-1);
    this.owner = new Int32Array(steps.packing.components.length).fill(-1);
    for (let task = 0; task < this.tasks; task++) this.owner[steps.own[task]!] = task;
    this.waiters = waitersOf(steps, relations.waits);
    this.changed = new Int32Array(this.tasks);
    this.isChanged = new Uint8Array(this.tasks);
    this.before = new Int32Array(this.tasks * KEPT);
    this.inSet = new Uint8Array(this.tasks);
    this.smallest = new Uint8Array(this.tasks);
    this.excluded = new Uint8Array(this.tasks);
    this.asked = new Uint8Array(this.tasks);
    this.queue = new Int32Array(this.tasks);
    this.gathered = new Int32Array(this.tasks);
    this.meets = new Uint8Array(this.tasks);
    this.refusers = new Int32Array(this.positions).fill(-1);
    this.rivals = new Array(this.positions).fill(undefined);
    this.openers = new Array(this.positions).fill(undefined);
  }

  /** What another thread needs to read along in what is filled in here. */
  share(): Relations {
    const shared = (from: Uint8Array): Uint8Array => {
      const to = new Uint8Array(new SharedArrayBuffer(from.length));
      to.set(from);
      return to;
    };
    this.conflicts = shared(this.conflicts);
    this.opens = shared(this.opens);
    const { tasks, first, quiet, invisible, waits, conflicts, opens } = this;
    return { tasks, first, quiet, invisible, waits, conflicts, opens };
  }

  /** Takes note of where everybody is; `state` is the number of the state if it is one of the set. */
  look(numbers: Int32Array, state = -1): void {
    if (this.changes > 0) this.back();
    if (state >= 0 && state === this.state) return;
    this.state = state;
    const { at, can, owner, seen, waiters } = this;
    for (let component = 0; component < seen.length; component++) {
      if (numbers[component] === seen[component]) continue;
      seen[component] = numbers[component]!;
      if (owner[component]! >= 0) this.lookAt(numbers, owner[component]!);
      const tasks = waiters[component]!;
      for (let k = 0; k < tasks.length; k++) can[tasks[k]!] = at[tasks[k]!]! >= 0 ? -1 : 0;
    }
  }

  private lookAt(numbers: Int32Array, task: number): void {
    const position = this.steps.position(task, numbers);
    // a task that somebody may yet start counts through those who may start it
    const alive = position !== ABSENT;
    this.at[task] = alive ? this.first[task]! + (position >> 1) : -1;
    this.dying[task] = alive ? position & 1 : 0;
    this.can[task] = alive ? -1 : 0;
  }

  /** Takes note of what a step has made of the state looked at, or of what earlier steps have made of it, until the next look. */
  follow(effect: number, numbers: Int32Array): void {
    const { at, can, isChanged, owner, steps, waiters } = this;
    const { changes, heads } = steps;
    const end = heads[effect * EFFECT + TO]!;
    for (let change = heads[effect * EFFECT + FROM]!; change < end; change += CHANGE) {
      const component = changes[change]!;
      const mover = owner[component]!;
      if (mover >= 0) {
        if (isChanged[mover] === 0) this.keep(mover);
        this.lookAt(numbers, mover);
      }
      const tasks = waiters[component]!;
      for (let k = 0; k < tasks.length; k++) {
        const task = tasks[k]!;
        if (isChanged[task] === 0) this.keep(task);
        can[task] = at[task]! >= 0 ? -1 : 0;
      }
    }
  }

  private keep(task: number): void {
    const { before, changes } = this;
    this.isChanged[task] = 1;
    this.changed[changes] = task;
    before[changes * KEPT] = this.at[task]!;
    before[changes * KEPT + 1] = this.dying[task]!;
    before[changes * KEPT + 2] = this.can[task]!;
    this.changes = changes + 1;
  }

  /** Goes back to the state looked at. */
  private back(): void {
    const { before, changed, changes } = this;
    for (let k = 0; k < changes; k++) {
      const task = changed[k]!;
      this.isChanged[task] = 0;
      this.at[task] = before[k * KEPT]!;
      this.dying[task] = before[k * KEPT + 1]!;
      this.can[task] = before[k * KEPT + 2]!;
    }
    this.changes = 0;
  }

  private canMove(task: number, numbers: Int32Array): boolean {
    if (this.can[task] === -1) this.can[task] = this.steps.canMove(task, numbers) ? 1 : 0;
    return this.can[task] === 1;
  }

  /**
   * A task that can move and whose next step, which has no alternatives, is enough to try: `first` if it is one, else that
   * with the lowest number; −1 if there is none. Those marked in `barred` are left out.
   */
  findFree(numbers: Int32Array, first: number, barred: Uint8Array): number {
    const { at, can, dying, quiet, tasks } = this;
    for (let k = first < 0 ? 0 : -1; k < tasks; k++) {
      const task = k < 0 ? first : k;
      const here = at[task]!;
      if (here < 0 || can[task] === 0 || quiet[here] === 0 || dying[task] === 1 || barred[task] === 1) continue;
      if ((k < 0 || task !== first) && this.isFree(numbers, task, here)) return task;
    }
    return -1;
  }

  /** Whether the task, whose step has no alternatives and is seen by no property, can move and is enough to try. */
  private isFree(numbers: Int32Array, task: number, here: number): boolean {
    const { asked, at, can, conflicts, gathered, refusers } = this;
    // most are refused for the sake of the same other one as last time
    const refuser = refusers[here]!;
    if (refuser >= 0 && can[refuser] === 1 && this.conflict(here, at[refuser]!)) return false;
    let waiting = 0;
    const row = here * this.positions;
    const rivals = this.rivals[here] ?? this.findRivals(task, here);
    for (let k = 0; k < rivals.length; k++) {
      const other = rivals[k]!;
      const there = at[other]!;
      // most of these answers are in the table, and a call for each would take longer than all the rest
      if (there < 0 || (conflicts[row + there]! & 1) === 1 || !this.conflict(here, there)) continue;
      if (can[other] === 1 || this.canMove(other, numbers)) {
        refusers[here] = other;
        return false;
      }
      gathered[waiting++] = other;
    }
    if (!this.canMove(task, numbers)) return false;
    if (waiting === 0) return true;
    // those in the way wait: is there anybody who could set them going first?
    asked.fill(0);
    asked[task] = 1;
    for (let k = 0; k < waiting; k++) if (this.maySetGoing(numbers, gathered[k]!)) return false;
    return true;
  }

  /**
   * Whether anybody can set the task going that waits: somebody who can move, or who waits and may be set going as well.
   * Those marked in `asked` do not count: they stay where they are, or were asked already and nobody was found.
   */
  private maySetGoing(numbers: Int32Array, task: number): boolean {
    const { asked, at, queue } = this;
    if (asked[task] === 1) return false;
    asked[task] = 1;
    queue[0] = task;
    for (let k = 0, members = 1; k < members; k++) {
      const waiter = queue[k]!;
      const there = at[waiter]!;
      const openers = this.openers[there] ?? this.findOpeners(waiter, there);
      for (let n = 0; n < openers.length; n++) {
        const other = openers[n]!;
        if (asked[other] === 1 || at[other]! < 0 || !this.open(at[other]!, there)) continue;
        if (this.canMove(other, numbers)) return true;
        asked[other] = 1;
        queue[members++] = other;
      }
    }
    return false;
  }

  /** The tasks of which anything, wherever they are, may touch what the step at the task's position touches. */
  private findRivals(task: number, position: number): Int32Array {
    const rivals = this.others(task, (other) => this.relation(position, this.first[other]!) !== NO);
    this.rivals[position] = rivals;
    return rivals;
  }

  /** The tasks of which anything, wherever they are, may change the guard at the task's position. */
  private findOpeners(task: number, position: number): Int32Array {
    const openers = this.others(task, (other) => this.open(this.first[other]!, position));
    this.openers[position] = openers;
    return openers;
  }

  /** Those but the task for which something is true. */
  private others(task: number, test: (other: number) => boolean): Int32Array {
    const all = Array.from({ length: this.tasks }, (_, other) => other);
    return Int32Array.from(all.filter((other) => other !== task && test(other)));
  }

  /**
   * A smallest set of tasks that is enough, as 1s in an array that the next call overwrites; null if it takes all.
   * `enabled[task]` is 1 for those that can move, `tried[task]` for those of them that have been tried: the set has somebody
   * else. To be asked of the state looked at.
   */
  enough(numbers: Int32Array, enabled: Uint8Array, tried: Uint8Array | null): Uint8Array | null {
    const { can, tasks, excluded, smallest } = this;
    let total = 0;
    for (let task = 0; task < tasks; task++) {
      if (this.at[task]! >= 0) can[task] = enabled[task] as 0 | 1;
      total += enabled[task]!;
    }
    if (total < 2) return null;
    let fewest = total;
    excluded.fill(0);
    for (let task = 0; task < tasks && fewest > 1; task++) {
      if (enabled[task] === 0 || tried?.[task] === 1) continue;
      const size = this.close(numbers, task, fewest);
      // a set that needs this task needs what this one needs
      if (size >= fewest) {
        excluded[task] = 1;
        continue;
      }
      fewest = size;
      smallest.set(this.inSet);
    }
    return fewest < total ? smallest : null;
  }

  /** Grows `inSet` from one task until nobody outside can disturb it; how many of it can move (`limit`: too many). */
  private close(numbers: Int32Array, from: number, limit: number): number {
    const { at, can, excluded, gathered, inSet } = this;
    inSet.fill(0);
    if (!this.admit(from)) return limit;
    // those that conflict and can move come in at once
    let size = 1;
    gathered[0] = from;
    let members = 1;
    for (let next = 0; next < members; ) {
      const inside = gathered[next]!;
      const here = at[inside]!;
      const rivals = this.rivals[here] ?? this.findRivals(inside, here);
      next += 1;
      for (let k = 0; k < rivals.length; k++) {
        const outside = rivals[k]!;
        if (inSet[outside] === 1 || can[outside] !== 1 || !this.conflict(here, at[outside]!)) continue;
        if (excluded[outside] === 1 || !this.admit(outside)) return limit;
        size += 1;
        if (size >= limit) return limit;
        gathered[members++] = outside;
      }
      if (next < members) continue;
      // then those that wait, if somebody outside could set them going
      const outside = this.nextWaiting(numbers, members);
      if (outside < 0) continue;
      if (!this.admit(outside)) return limit;
      gathered[members++] = outside;
    }
    return size;
  }

  /** The first task outside that waits, may be set going, and may then meet the next step of one of the set; −1: none. */
  private nextWaiting(numbers: Int32Array, members: number): number {
    const { asked, at, can, gathered, inSet, meets } = this;
    meets.fill(0);
    for (let member = 0; member < members; member++) {
      const here = at[gathered[member]!]!;
      const rivals = this.rivals[here]!;
      for (let k = 0; k < rivals.length; k++) {
        const other = rivals[k]!;
        if (inSet[other] === 1 || can[other] === 1 || at[other]! < 0 || !this.conflict(here, at[other]!)) continue;
        meets[other] = 1;
      }
    }
    asked.set(inSet);
    for (let other = 0; other < this.tasks; other++)
      if (meets[other] === 1 && this.maySetGoing(numbers, other)) return other;
    return -1;
  }

  private admit(task: number): boolean {
    if (this.dying[task] === 1 || this.invisible[this.at[task]!] === 0) return false;
    this.inSet[task] = 1;
    return true;
  }

  /** Whether anything from one position on may touch what the step at another touches before that is taken. */
  private conflict(step: number, future: number): boolean {
    return this.relation(step, future) === YES;
  }

  private relation(step: number, future: number): number {
    const { conflicts } = this;
    if (conflicts.length === 0) return this.meet(step, future);
    const cell = step * this.positions + future;
    if (conflicts[cell] === UNKNOWN) conflicts[cell] = this.meet(step, future);
    return conflicts[cell]!;
  }

  private meet(position: number, later: number): number {
    const { footprints, holding, first, taskOf } = this;
    if (footprints === null) throw new NotKnown();
    const { step } = footprints[position]!;
    if (!disturb(step, footprints[later]!.future)) return NO;
    if (holding === null || this.conflicts.length === 0) return YES;
    const task = taskOf[position]!;
    const other = taskOf[later]!;
    const isKeptOut = (slot: number): boolean =>
      !disturb(step, holding.futureWhile(slot, other, later - first[other]!));
    return holding.heldAt(task, position - first[task]!).some(isKeptOut) ? KEPT_OUT : YES;
  }

  /** Whether anything from one position on may change the guard of the step at another. */
  private open(future: number, step: number): boolean {
    const { opens } = this;
    if (opens.length === 0) return this.mayOpen(future, step);
    const cell = future * this.positions + step;
    if (opens[cell] === UNKNOWN) opens[cell] = this.mayOpen(future, step) ? YES : NO;
    return opens[cell] !== NO;
  }

  private mayOpen(future: number, step: number): boolean {
    const { footprints } = this;
    if (footprints === null) throw new NotKnown();
    const { guard } = footprints[step]!;
    return guard === null || guard.meets(footprints[future]!.future.writes);
  }
}

/** By component: the tasks that may wait for it. */
function waitersOf({ own, packing }: Effects, waits: readonly Int32Array[]): Int32Array[] {
  const tasks = packing.components.map(() => new Set<number>());
  own.forEach((_, task) => {
    for (const slot of waits[task]!) tasks[packing.componentOf[slot]!]!.add(task);
  });
  return tasks.map((each) => Int32Array.from(each));
}
