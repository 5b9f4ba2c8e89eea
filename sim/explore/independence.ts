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
 * Sources: Godefroid, "Partial-Order Methods for the Verification of Concurrent Systems" (1996), persistent sets;
 * Valmari's stubborn sets for the treatment of disabled tasks.
 */
import { Bits } from "../base/bits.ts";
import type { Program } from "../program/program.ts";
import { disturb, type PositionFootprint } from "../program/step-footprint.ts";
import { ABSENT, type Effects } from "./effects.ts";
import { NotKnown } from "./memory.ts";

/** More pairs of positions than this are not tabulated. */
const TABLE_LIMIT = 1 << 23;

const UNKNOWN = 0;
const NO = 1;

/** What of positions matters here, as plain numbers that threads can share. */
export interface Relations {
  readonly tasks: number;
  /** by task: the number of its first position; positions are numbered through */
  readonly first: Int32Array;
  /** by position: the step has no alternatives and no property sees it */
  readonly quiet: Uint8Array;
  readonly invisible: Uint8Array;
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
  const pairs = footprints.length * footprints.length;
  const size = pairs <= TABLE_LIMIT ? pairs : 0;
  return { tasks, first, quiet, invisible, conflicts: new Uint8Array(size), opens: new Uint8Array(size) };
}

export class Independence {
  private readonly tasks: number;
  /** null: another thread has them */
  private readonly footprints: readonly PositionFootprint[] | null;
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
  /** by task: the number of its contents for which `at` and `dying` were looked up */
  private readonly seen: Int32Array;
  private readonly inSet: Uint8Array;
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
  private readonly openers: (Int32Array | undefined)[];

  constructor(relations: Relations, steps: Effects, footprints: readonly PositionFootprint[] | null) {
    this.steps = steps;
    this.tasks = relations.tasks;
    this.footprints = footprints;
    this.first = relations.first;
    this.quiet = relations.quiet;
    this.invisible = relations.invisible;
    this.positions = relations.quiet.length;
    this.conflicts = relations.conflicts;
    this.opens = relations.opens;
    this.dying = new Uint8Array(this.tasks);
    this.can = new Int8Array(this.tasks);
    this.at = new Int32Array(this.tasks);
    this.seen = new Int32Array(this.tasks).fill(-1);
    this.inSet = new Uint8Array(this.tasks);
    this.excluded = new Uint8Array(this.tasks);
    this.asked = new Uint8Array(this.tasks);
    this.queue = new Int32Array(this.tasks);
    this.gathered = new Int32Array(this.tasks);
    this.meets = new Uint8Array(this.tasks);
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
    const { tasks, first, quiet, invisible, conflicts, opens } = this;
    return { tasks, first, quiet, invisible, conflicts, opens };
  }

  /** Takes note of where everybody is; to be called before `isFree` whenever the state has changed. */
  look(numbers: Int32Array): void {
    const { at, can, dying, first, seen, steps } = this;
    const { own } = steps;
    for (let task = 0; task < this.tasks; task++) {
      const number = numbers[own[task]!]!;
      if (number !== seen[task]) {
        const position = steps.position(task, numbers);
        // a task that somebody may yet start counts through those who may start it
        const alive = position !== ABSENT;
        at[task] = alive ? first[task]! + (position >> 1) : -1;
        dying[task] = alive ? position & 1 : 0;
        seen[task] = number;
      }
      can[task] = at[task]! >= 0 ? -1 : 0;
    }
  }

  private canMove(task: number, numbers: Int32Array): boolean {
    if (this.can[task] === -1) this.can[task] = this.steps.isEnabled(this.steps.find(task, 0, numbers)) ? 1 : 0;
    return this.can[task] === 1;
  }

  /** Whether the task can move and its next step, which has no alternatives, is enough to try. */
  isFree(numbers: Int32Array, task: number): boolean {
    const { asked, at, can, conflicts, gathered } = this;
    const here = at[task]!;
    if (can[task] === 0 || this.quiet[here] === 0 || this.dying[task] === 1) return false;
    let waiting = 0;
    const row = here * this.positions;
    const rivals = this.rivals[here] ?? this.findRivals(task, here);
    for (let k = 0; k < rivals.length; k++) {
      const other = rivals[k]!;
      const there = at[other]!;
      // most of these answers are in the table, and a call for each would take longer than all the rest
      if (there < 0 || conflicts[row + there] === NO || !this.conflict(here, there)) continue;
      if (can[other] === 1 || this.canMove(other, numbers)) return false;
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
    const rivals = this.others(task, (other) => this.conflict(position, this.first[other]!));
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
   * `enabled[task]` is 1 for those that can move.
   */
  enough(numbers: Int32Array, enabled: Uint8Array): Uint8Array | null {
    this.look(numbers);
    const { can, tasks, excluded } = this;
    let total = 0;
    for (let task = 0; task < tasks; task++) {
      if (this.at[task]! >= 0) can[task] = enabled[task] as 0 | 1;
      total += enabled[task]!;
    }
    if (total < 2) return null;
    let best: Uint8Array | null = null;
    let fewest = total;
    excluded.fill(0);
    for (let task = 0; task < tasks && fewest > 1; task++) {
      if (enabled[task] === 0) continue;
      const size = this.close(numbers, task, fewest);
      // a set that needs this task needs what this one needs
      if (size >= fewest) {
        excluded[task] = 1;
        continue;
      }
      fewest = size;
      best = this.inSet.slice();
    }
    return best;
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

  /** Whether anything from one position on may touch what the step at another touches. */
  private conflict(step: number, future: number): boolean {
    const { conflicts } = this;
    if (conflicts.length === 0) return this.meet(step, future);
    const cell = step * this.positions + future;
    if (conflicts[cell] === UNKNOWN) conflicts[cell] = this.meet(step, future) ? 2 : NO;
    return conflicts[cell] !== NO;
  }

  private meet(position: number, later: number): boolean {
    const { footprints } = this;
    if (footprints === null) throw new NotKnown();
    return disturb(footprints[position]!.step, footprints[later]!.future);
  }

  /** Whether anything from one position on may change the guard of the step at another. */
  private open(future: number, step: number): boolean {
    const { opens } = this;
    if (opens.length === 0) return this.mayOpen(future, step);
    const cell = future * this.positions + step;
    if (opens[cell] === UNKNOWN) opens[cell] = this.mayOpen(future, step) ? 2 : NO;
    return opens[cell] !== NO;
  }

  private mayOpen(future: number, step: number): boolean {
    const { footprints } = this;
    if (footprints === null) throw new NotKnown();
    const { guard } = footprints[step]!;
    return guard === null || guard.meets(footprints[future]!.future.writes);
  }
}
