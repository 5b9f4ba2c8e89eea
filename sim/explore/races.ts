/**
 * Finds the races of a complete order, and from each the order to try instead.
 *
 * Source: Abdulla, Aronis, Jonsson, Sagonas (see dpor.ts). With operations that block:
 * - A race of step e with a later step of task p can be reversed only if, after everything behind e that does not
 *   depend on e, p's step is enabled. Deviation: a guard over several objects may be false because of several steps
 *   that do not depend on each other; then they are put behind p's step together.
 * - A step that cannot be reversed orders what comes after it but does not hide the races before it.
 * - What a task would have done that waits at the end, or whose life was ended by another, races like a step.
 *
 * A race is found when its later step is new, but whether an order with it reversed is known already depends on all
 * that follows. So it is asked again after every complete order, until the answer can no longer change.
 */
import { isAlive } from "../detect/deadlock.ts";
import { LIFE } from "../program/program.ts";
import { type Dependence, PRIVATE } from "./dependence.ts";
import type { Order } from "./order.ts";
import { PLACE, Plan, type PlannedStep, type WakeupNode } from "./wakeup-tree.ts";

interface Race {
  /** the earlier step */
  readonly at: number;
  /** the later one: of a task at its position; `step` is −1 if it was never taken */
  readonly task: number;
  readonly choice: number;
  readonly step: number;
  /** further steps, which nothing orders with the earlier one, that must come after the later one too */
  readonly others: readonly number[];
  /** what the later step (of a choice: its other alternative) touches where it is; −1 if it was never taken */
  readonly before: number;
  /** what the later step touches when it comes first, once that is known for good */
  footprint: number;
}

const UNKNOWN = -1;
const NONE: readonly number[] = [];
/** More sets of steps than this that a guard over several objects might wait for: the search is then not complete. */
const MOST_SETS = 2000;

/** Steps between two looks at whether to stop: each is compared with all before it. */
const PATIENCE = 32;
export class RaceFinder {
  private readonly order: Order;
  private readonly dependence: Dependence;
  private readonly width: number;
  /** row k: how many steps of each task happen before step k or are it */
  private clocks: Int32Array;
  private readonly clock: Int32Array;
  /** like `clock`, without what orders but cannot be reversed */
  private readonly hiding: Int32Array;
  /** of `enabledWithout`: what has to be there of each task, and the steps to be played, last first */
  private readonly needed: Int32Array;
  private readonly played: number[] = [];
  /** by their later step, those not settled */
  private readonly races: Race[][] = [];
  /** of the state before each step: what was tried, what is to be tried */
  private readonly sleep: readonly (readonly PlannedStep[])[];
  private readonly tree: (WakeupNode[] | null)[];
  private readonly plan: Plan;
  /** of the task whose races are looked for */
  private life: number = LIFE.alive;
  /** whether some sets of steps were not looked at because there were too many */
  incomplete = false;

  constructor(order: Order, sleep: readonly (readonly PlannedStep[])[], tree: (WakeupNode[] | null)[]) {
    this.order = order;
    this.sleep = sleep;
    this.tree = tree;
    this.plan = new Plan(order.dependence);
    this.dependence = order.dependence;
    this.width = order.tasks;
    this.clocks = new Int32Array(this.width * 64);
    this.clock = new Int32Array(this.width);
    this.hiding = new Int32Array(this.width);
    this.needed = new Int32Array(this.width);
  }

  /**
   * Plans the reversals of all races of the order; the steps before `from` were there in the order before. `mustStop` is
   * asked every few steps, since a long order takes long; false: it said so, and the rest is missing.
   */
  analyse(from: number, mustStop: () => boolean): boolean {
    const { order } = this;
    // now the machine stands at the end; later it would have to be brought back there
    const alive = this.aliveNow();
    for (let step = from; step < order.length; step++) {
      if (step % PATIENCE === 0 && mustStop()) return false;
      this.life = order.dying[step]! ? LIFE.dying : LIFE.alive;
      const races = this.racesOf(order.task[step]!, order.footprint[step]!, order.previous[step]!, step, step);
      this.keepClock(step);
      if (order.alternatives[step]! > 1) this.otherChoices(step, races);
      this.races[step] = races;
    }
    for (let step = 0; step < order.length; step++) {
      const races = this.races[step]!;
      if (step % PATIENCE === 0 && mustStop()) return false;
      let kept = 0;
      for (let k = 0; k < races.length; k++) if (!this.settle(races[k]!)) races[kept++] = races[k]!;
      races.length = kept;
    }
    if (this.dependence.sociable) this.endedByOthers();
    this.waiting(alive);
    order.machine.violations.length = 0;
    return true;
  }

  /** What tasks would have done that wait at the end, or that were cut off. */
  private waiting(alive: readonly number[]): void {
    const { order } = this;
    for (const task of alive) {
      order.goTo(order.length);
      this.would(task, order.last[task]!, order.length);
    }
  }

  private aliveNow(): number[] {
    const { machine } = this.order;
    this.order.goTo(this.order.length);
    return machine.program.tasks.map(({ id }) => id).filter((task) => isAlive(machine, task));
  }

  /** What tasks would have done whose lives were ended by others. */
  private endedByOthers(): void {
    const { order } = this;
    for (let step = 0; step < order.length; step++) {
      const killed = order.killed[step]!;
      if (killed === null) continue;
      for (const task of killed) {
        let previous = step - 1;
        while (previous >= 0 && order.task[previous] !== task) previous -= 1;
        order.goTo(step);
        this.would(task, previous, step + 1);
      }
    }
  }

  private would(task: number, previous: number, limit: number): void {
    const { order } = this;
    const { machine } = order;
    this.life = machine.state[machine.program.tasks[task]!.lifeSlot]!;
    const footprint = order.wasEnabled(order.position, task) ? this.touched(task) : this.dependence.ofGuard(task);
    for (const race of this.racesOf(task, footprint, previous, limit, -1)) this.settle(race);
  }

  /** The footprint of the next step of a task, which is taken and taken back. */
  private touched(task: number): number {
    const { machine } = this.order;
    const mark = machine.trailSize;
    const footprint = this.dependence.take(task, 0);
    machine.undo(mark);
    return footprint;
  }

  /** The alternatives of a step exclude each other: each is tried in the place of the one that was taken. */
  private otherChoices(step: number, races: Race[]): void {
    const { order } = this;
    const task = order.task[step]!;
    for (let choice = 0; choice < order.alternatives[step]!; choice++) {
      if (choice !== order.choice[step])
        races.push({
          at: step,
          task,
          choice,
          step: -1,
          others: NONE,
          before: order.footprint[step]!,
          footprint: UNKNOWN,
        });
    }
  }

  /**
   * The races of a step (or would-be step) of `task` with those before position `limit`. Leaves the step's clock,
   * without itself, in `clock`.
   */
  private racesOf(task: number, footprint: number, previous: number, limit: number, step: number): Race[] {
    const { order, clock, hiding, dependence } = this;
    const races: Race[] = [];
    this.startWith(clock, previous);
    hiding.set(clock);
    if (footprint === PRIVATE) return races;
    const taken = step >= 0;
    const mayBlock = !taken || dependence.sociable || order.guard[step] !== UNKNOWN;
    const known = taken && dependence.isFixed(task, order.pc[step]!) ? footprint : UNKNOWN;
    for (let k = limit - 1; k >= 0; k--) {
      const touched = order.footprint[k]!;
      if (touched === PRIVATE) continue;
      const other = order.task[k]!;
      const ordinal = order.ordinal[k]!;
      const hidden = hiding[other]! >= ordinal;
      if (hidden && clock[other]! >= ordinal) continue;
      if (other === task || !dependence.conflict(touched, footprint)) continue;
      this.raise(clock, k);
      if (hidden) continue;
      // a task dies after what told it to; what it would have done instead is looked at by itself
      const death = taken && order.killed[k]?.includes(task) === true;
      // what was never taken may be let go on, or be kept, by all that follows
      if (mayBlock && !death && !this.reversible(k, task, footprint, previous, taken ? limit : order.length, step))
        continue;
      this.raise(hiding, k);
      if (death) continue;
      races.push({
        at: k,
        task,
        choice: taken ? order.choice[step]! : 0,
        step,
        others: NONE,
        before: taken ? footprint : UNKNOWN,
        footprint: known,
      });
    }
    const guard = taken ? order.guard[step]! : footprint;
    if (guard !== UNKNOWN && dependence.breadth(guard) > 1) this.togetherWith(races, task, guard, previous, step);
    return races;
  }

  /**
   * Adds the sets of two and more steps, not ordered among each other, all of which must come later for the task to be
   * enabled: its guard reads several objects.
   */
  private togetherWith(races: Race[], task: number, guard: number, previous: number, step: number): void {
    const { order, dependence, clocks, width } = this;
    const end = step < 0 ? order.length : step;
    const writers: number[] = [];
    for (let k = 0; k < end; k++) {
      const other = order.task[k]!;
      if (other === task || !dependence.writes(order.footprint[k]!) || !dependence.conflict(order.footprint[k]!, guard))
        continue;
      if (previous < 0 || clocks[previous * width + other]! < order.ordinal[k]!) writers.push(k);
    }
    let sets = 0;
    const extend = (set: readonly number[], from: number): void => {
      for (let k = from; k < writers.length && sets < MOST_SETS; k++) {
        const writer = writers[k]!;
        if (set.some((each) => this.dependsOn(writer, each))) continue;
        const larger = [...set, writer];
        if (larger.length > 1) {
          sets += 1;
          const [at, ...others] = larger;
          if (this.enabledWithout(at!, others, task, guard, previous, end)) {
            races.push({
              at: at!,
              task,
              choice: step < 0 ? 0 : order.choice[step]!,
              step,
              others,
              before: step < 0 ? UNKNOWN : order.footprint[step]!,
              footprint: UNKNOWN,
            });
          }
        }
        extend(larger, k + 1);
      }
    };
    extend(NONE, 0);
    if (sets >= MOST_SETS) this.incomplete = true;
  }

  /** Makes the clock that of a step; −1: of nothing. */
  private startWith(clock: Int32Array, step: number): void {
    clock.fill(0);
    if (step >= 0) this.raise(clock, step);
  }

  /** Adds to a clock what happened before a step, and the step. */
  private raise(clock: Int32Array, step: number): void {
    const { clocks, width } = this;
    for (let each = 0, at = step * width; each < width; each++, at++)
      if (clocks[at]! > clock[each]!) clock[each] = clocks[at]!;
  }

  private keepClock(step: number): void {
    const { width, order } = this;
    if ((step + 1) * width > this.clocks.length) {
      const grown = new Int32Array(this.clocks.length * 2);
      grown.set(this.clocks);
      this.clocks = grown;
    }
    this.clocks.set(this.clock, step * width);
    this.clocks[step * width + order.task[step]!] = order.ordinal[step]!;
  }

  private dependsOn(step: number, at: number): boolean {
    return this.clocks[step * this.width + this.order.task[at]!]! >= this.order.ordinal[at]!;
  }

  /** Whether the task is enabled after all steps before `limit` that do not depend on step `at`. */
  private reversible(
    at: number,
    task: number,
    footprint: number,
    previous: number,
    limit: number,
    step: number,
  ): boolean {
    const { order, dependence } = this;
    let replay = previous > at || (step >= 0 && order.dying[step]!);
    for (let k = at + 1; k < limit && !replay; k++) {
      const other = order.footprint[k]!;
      replay = dependence.conflict(other, footprint) && !this.dependsOn(k, at) && dependence.writes(other);
    }
    return replay ? this.enabledWithout(at, NONE, task, footprint, previous, limit) : order.wasEnabled(at, task);
  }

  /**
   * The same, without the steps that depend on any of several, of which `at` is the first: found out by playing those that
   * happened before the task's last step, those that write what its next one touches, and what happened before them.
   */
  private enabledWithout(
    at: number,
    others: readonly number[],
    task: number,
    footprint: number,
    previous: number,
    limit: number,
  ): boolean {
    const { order, dependence, needed, played } = this;
    const { machine } = order;
    this.startWith(needed, previous);
    let count = 0;
    for (let k = limit - 1; k > at; k--) {
      const other = order.task[k]!;
      const isKnown = needed[other]! >= order.ordinal[k]!;
      if (!isKnown) {
        const touched = order.footprint[k]!;
        if (!dependence.writes(touched) || !dependence.conflict(touched, footprint)) continue;
      }
      if (this.dependsOn(k, at) || this.dependsOnAny(k, others)) continue;
      played[count++] = k;
      if (!isKnown) this.raise(needed, k);
    }
    order.goTo(at);
    while (count > 0) {
      const k = played[--count]!;
      machine.step(order.task[k]!, order.choice[k]!);
    }
    // a task that was told to end meanwhile could only die
    const enabled = machine.state[machine.program.tasks[task]!.lifeSlot] === this.life && machine.enabled(task);
    machine.undo(order.mark[at]!);
    return enabled;
  }

  private dependsOnAny(step: number, others: readonly number[]): boolean {
    for (const at of others) if (step >= at && this.dependsOn(step, at)) return true;
    return false;
  }

  /** Sees to it that an order with the race reversed is tried. Returns whether that is settled for good. */
  private settle(race: Race): boolean {
    const { at } = race;
    const { plan } = this;
    this.reversed(race);
    for (const step of this.sleep[at]!) {
      const place = plan.canBegin(step);
      if (place !== PLACE.none) return place === PLACE.lasting;
    }
    const tree = this.tree[at] ?? [];
    this.tree[at] = tree;
    return plan.insertInto(tree);
  }

  /** Plans the order to try from the state before the race's earlier step. */
  private reversed(race: Race): void {
    const { order, plan } = this;
    const { at, task, others } = race;
    const lasting = race.step < 0 ? at : race.step;
    plan.clear();
    for (let k = at + 1; k < order.length; k++) {
      if (this.dependsOn(k, at) || (others.length > 0 && this.dependsOnAny(k, others))) continue;
      plan.add(order.task[k]!, order.choice[k]!, order.footprint[k]!, k < lasting);
    }
    const { choice, footprint } = race;
    if (footprint !== UNKNOWN) plan.add(task, choice, footprint, true);
    else this.tryOut(race);
  }

  /**
   * Ends the plan with the later step, which may touch something else, or have fewer alternatives, when it comes first.
   * If it touches the same, nothing behind it that does not depend on it can change that.
   */
  private tryOut(race: Race): void {
    const { order, dependence, plan } = this;
    const { machine } = order;
    order.goTo(race.at);
    for (let k = 0; k < plan.length; k++) machine.step(plan.task[k]!, plan.choice[k]!);
    const mark = machine.trailSize;
    let { choice } = race;
    let footprint = dependence.take(race.task, choice);
    if (choice >= machine.alternatives) {
      machine.undo(mark);
      choice = 0;
      footprint = dependence.take(race.task, 0);
    }
    machine.undo(order.mark[race.at]!);
    const same = choice === race.choice && footprint === race.before;
    if (same) race.footprint = footprint;
    plan.add(race.task, choice, footprint, same);
  }
}
