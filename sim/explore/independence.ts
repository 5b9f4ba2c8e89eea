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
import type { PositionFootprint } from "../program/step-footprint.ts";
import { ABSENT, type Steps } from "./steps.ts";

/** More pairs of positions than this are not tabulated. */
const TABLE_LIMIT = 1 << 23;

const UNKNOWN = 0;
const NO = 1;

export class Independence {
  private readonly tasks: number;
  private readonly footprints: readonly PositionFootprint[];
  /** by task: the number of its first position */
  private readonly first: Int32Array;
  private readonly steps: Steps;
  /** by task: told to die */
  private readonly dying: Uint8Array;
  /** by position: the step has no alternatives and no property sees it */
  private readonly quiet: Uint8Array;
  private readonly invisible: Uint8Array;
  private readonly positions: number;
  private readonly conflicts: Uint8Array;
  private readonly opens: Uint8Array;
  /** 1: can move, 0: cannot, −1: not asked yet */
  private readonly can: Int8Array;
  private readonly at: Int32Array;
  private readonly acting: Uint8Array;
  private readonly inSet: Uint8Array;
  /** tasks from which no small enough set was found */
  private readonly excluded: Uint8Array;
  private readonly queue: Int32Array;
  private readonly waiting: Int32Array;

  constructor(
    program: Program,
    watched: readonly number[],
    steps: Steps,
    byTask: readonly (readonly PositionFootprint[])[],
  ) {
    this.steps = steps;
    this.tasks = program.tasks.length;
    this.footprints = byTask.flat();
    this.positions = this.footprints.length;
    this.first = new Int32Array(this.tasks);
    for (let task = 1; task < this.tasks; task++) this.first[task] = this.first[task - 1]! + byTask[task - 1]!.length;
    this.dying = new Uint8Array(this.tasks);
    const seen = new Bits(program.slots.length);
    for (const slot of watched) seen.add(slot);
    // with daemons about, "all others have ended" is something that properties of the end see
    if (program.tasks.some((task) => task.daemon) && program.properties.finally.length > 0)
      for (const task of program.tasks) seen.add(task.lifeSlot);
    this.invisible = Uint8Array.from(this.footprints, ({ step }) => (step.writes.meets(seen) ? 0 : 1));
    this.quiet = this.invisible.map((invisible, k) => (invisible === 1 && !this.footprints[k]!.chooses ? 1 : 0));
    const size = this.positions * this.positions <= TABLE_LIMIT ? this.positions * this.positions : 0;
    this.conflicts = new Uint8Array(size);
    this.opens = new Uint8Array(size);
    this.can = new Int8Array(this.tasks);
    this.at = new Int32Array(this.tasks);
    this.acting = new Uint8Array(this.tasks);
    this.inSet = new Uint8Array(this.tasks);
    this.excluded = new Uint8Array(this.tasks);
    this.queue = new Int32Array(this.tasks);
    this.waiting = new Int32Array(this.tasks);
  }

  /** Takes note of where everybody is; to be called before `isFree` whenever the state has changed. */
  look(numbers: Int32Array): void {
    const { at, can, dying, first, steps } = this;
    for (let task = 0; task < this.tasks; task++) {
      const position = steps.position(task, numbers);
      // a task that somebody may yet start counts through those who may start it
      const alive = position !== ABSENT;
      can[task] = alive ? -1 : 0;
      at[task] = alive ? first[task]! + (position >> 1) : -1;
      dying[task] = alive ? position & 1 : 0;
    }
  }

  private canMove(task: number, numbers: Int32Array): boolean {
    if (this.can[task] === -1) this.can[task] = this.steps.isEnabled(this.steps.find(task, 0, numbers)) ? 1 : 0;
    return this.can[task] === 1;
  }

  /** Whether the task can move and its next step, which has no alternatives, is enough to try. */
  isFree(numbers: Int32Array, task: number): boolean {
    const { at } = this;
    const here = at[task]!;
    if (here < 0 || this.quiet[here] === 0 || this.dying[task] === 1) return false;
    let waiting = false;
    for (let other = 0; other < this.tasks; other++) {
      const there = at[other]!;
      if (other === task || there < 0 || !this.conflict(here, there)) continue;
      if (this.canMove(other, numbers)) return false;
      waiting = true;
    }
    if (!this.canMove(task, numbers)) return false;
    if (!waiting) return true;
    // those in the way wait: is there anybody who could set them going first?
    this.inSet.fill(0);
    this.inSet[task] = 1;
    this.findActing(numbers);
    for (let other = 0; other < this.tasks; other++)
      if (this.acting[other] === 1 && this.conflict(here, at[other]!)) return false;
    return true;
  }

  /** Which tasks outside `inSet` can move before one of `inSet` does. */
  private findActing(numbers: Int32Array): void {
    const { acting, at, inSet, tasks, waiting } = this;
    let count = 0;
    for (let task = 0; task < tasks; task++) {
      const moves = this.canMove(task, numbers);
      acting[task] = inSet[task] === 0 && moves ? 1 : 0;
      if (inSet[task] === 0 && !moves && at[task]! >= 0) waiting[count++] = task;
    }
    for (let changed = count > 0; changed; ) {
      changed = false;
      for (let k = 0; k < count; k++) {
        const task = waiting[k]!;
        if (!this.mayBeSetGoing(task)) continue;
        acting[task] = 1;
        count -= 1;
        waiting[k] = waiting[count]!;
        k -= 1;
        changed = true;
      }
    }
  }

  private mayBeSetGoing(task: number): boolean {
    const { acting, at, tasks } = this;
    for (let other = 0; other < tasks; other++)
      if (acting[other] === 1 && this.open(at[other]!, at[task]!)) return true;
    return false;
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
    const { acting, at, can, excluded, inSet, tasks } = this;
    inSet.fill(0);
    if (!this.admit(from)) return limit;
    // those that conflict and can move come in at once
    let size = 1;
    const queue = this.queue;
    queue[0] = from;
    let members = 1;
    for (let next = 0; next < members; ) {
      const inside = at[queue[next]!]!;
      next += 1;
      for (let outside = 0; outside < tasks; outside++) {
        if (inSet[outside] === 1 || can[outside] !== 1 || !this.conflict(inside, at[outside]!)) continue;
        if (excluded[outside] === 1 || !this.admit(outside)) return limit;
        size += 1;
        if (size >= limit) return limit;
        queue[members++] = outside;
      }
      if (next < members) continue;
      // then those that wait, if somebody outside could set them going
      this.findActing(numbers);
      for (let outside = 0; outside < tasks; outside++) {
        if (acting[outside] === 0 || can[outside] === 1 || !this.disturbs(outside)) continue;
        if (!this.admit(outside)) return limit;
        queue[members++] = outside;
        break;
      }
    }
    return size;
  }

  /** Whether what the task may do meets the next step of one of the set. */
  private disturbs(outside: number): boolean {
    const { at, inSet, tasks } = this;
    for (let inside = 0; inside < tasks; inside++)
      if (inSet[inside] === 1 && this.conflict(at[inside]!, at[outside]!)) return true;
    return false;
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
    const { step } = this.footprints[position]!;
    const { future } = this.footprints[later]!;
    return step.writes.meets(future.reads) || step.writes.meets(future.writes) || step.reads.meets(future.writes);
  }

  /** Whether anything from one position on may change the guard of the step at another. */
  private open(future: number, step: number): boolean {
    const { guard } = this.footprints[step]!;
    if (guard === null) return true;
    const { opens } = this;
    if (opens.length === 0) return guard.meets(this.footprints[future]!.future.writes);
    const cell = future * this.positions + step;
    if (opens[cell] === UNKNOWN) opens[cell] = guard.meets(this.footprints[future]!.future.writes) ? 2 : NO;
    return opens[cell] !== NO;
  }
}
