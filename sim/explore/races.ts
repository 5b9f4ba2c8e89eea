/**
 * Finds the races of a complete order, and from each the order to try instead.
 *
 * Source: Abdulla, Aronis, Jonsson, Sagonas (see dpor.ts). With operations that block:
 * - A race of step e with a later step of task p can be reversed only if, after everything behind e that does not
 *   depend on e, p's step is enabled. Deviation: where it is not, but was so on the way (another step took it away
 *   again, as may happen with guards over several variables), the order is cut there instead of given up.
 * - A step that cannot be reversed orders what comes after it but does not hide the races before it.
 * - What a task would have done that waits at the end, or whose life was ended by another, races like a step.
 *
 * A race is found when its later step is new, but whether an order with it reversed is known already depends on all
 * that follows. So it is asked again after every complete order, until the answer can no longer change.
 */
import type { Dependence } from "./dependence.ts";
import type { Order } from "./order.ts";
import { PLACE, Plan, type PlannedStep, type WakeupNode } from "./wakeup-tree.ts";

interface Race {
  /** the earlier step */
  readonly at: number;
  /** the later one: of a task at its position; `step` is −1 if it was never taken */
  readonly task: number;
  choice: number;
  readonly step: number;
  /** how many of the steps that do not depend on the earlier one go before; −1: all */
  readonly prefix: number;
  /** what the later step touches when it comes first, once it is known */
  footprint: number;
}

const IMPOSSIBLE = -2;
const ALL = -1;
const UNKNOWN = -1;

export class RaceFinder {
  private readonly order: Order;
  private readonly dependence: Dependence;
  private readonly width: number;
  /** row k: how many steps of each task happen before step k or are it */
  private clocks: Int32Array;
  private readonly clock: Int32Array;
  /** like `clock`, without what orders but cannot be reversed */
  private readonly hiding: Int32Array;
  /** by their later step, those not settled */
  private readonly races: Race[][] = [];
  /** of the state before each step: what was tried, what is to be tried */
  private readonly sleep: readonly (readonly PlannedStep[])[];
  private readonly tree: (WakeupNode[] | null)[];
  private readonly plan: Plan;

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
  }

  /** Plans the reversals of all races of the order; the steps before `from` were there in the order before. */
  analyse(from: number): void {
    const { order } = this;
    for (let step = from; step < order.length; step++) {
      const races = this.racesOf(order.task[step]!, order.footprint[step]!, order.previous[step]!, step, step);
      this.keepClock(step);
      if (order.alternatives[step]! > 1) this.otherChoices(step, races);
      this.races[step] = races;
    }
    for (let step = 0; step < order.length; step++) {
      const races = this.races[step]!;
      let kept = 0;
      for (let k = 0; k < races.length; k++) if (!this.settle(races[k]!)) races[kept++] = races[k]!;
      races.length = kept;
    }
    if (this.dependence.sociable) this.endedByOthers();
    this.waiting();
    order.machine.violations.length = 0;
  }

  /** What tasks would have done that wait at the end. */
  private waiting(): void {
    const { order } = this;
    for (let task = 0; task < this.width; task++) {
      if (order.wasEnabled(order.length, task)) continue;
      order.goTo(order.length);
      if (order.machine.state[order.machine.program.tasks[task]!.lifeSlot] !== 1) continue;
      this.would(task, order.last[task]!, order.length);
    }
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
    const footprint = this.dependence.ofGuard(task);
    for (const race of this.racesOf(task, footprint, previous, limit, -1)) this.settle(race);
  }

  /** The alternatives of a step exclude each other: each is tried in the place of the one that was taken. */
  private otherChoices(step: number, races: Race[]): void {
    const { order } = this;
    const task = order.task[step]!;
    for (let choice = 0; choice < order.alternatives[step]!; choice++) {
      if (choice !== order.choice[step]) races.push({ at: step, task, choice, step: -1, prefix: ALL, footprint: UNKNOWN });
    }
  }

  /**
   * The races of a step (or would-be step) of `task` with those before position `limit`. Leaves the step's clock,
   * without itself, in `clock`.
   */
  private racesOf(task: number, footprint: number, previous: number, limit: number, step: number): Race[] {
    const { order, clock, hiding, clocks, width, dependence } = this;
    const races: Race[] = [];
    if (previous < 0) clock.fill(0);
    else for (let k = 0; k < width; k++) clock[k] = clocks[previous * width + k]!;
    hiding.set(clock);
    if (footprint === 0) return races;
    const taken = step >= 0;
    const mayBlock = !taken || dependence.sociable || this.isWait(task, order.pc[step]!);
    const known = taken && dependence.isFixed(task, order.pc[step]!) ? footprint : UNKNOWN;
    for (let k = limit - 1; k >= 0; k--) {
      const other = order.task[k]!;
      const ordinal = order.ordinal[k]!;
      const hidden = hiding[other]! >= ordinal;
      if (hidden && clock[other]! >= ordinal) continue;
      if (other === task || !dependence.conflict(order.footprint[k]!, footprint)) continue;
      const row = k * width;
      for (let each = 0; each < width; each++) if (clocks[row + each]! > clock[each]!) clock[each] = clocks[row + each]!;
      if (hidden) continue;
      // what was never taken may be let go on, or be kept, by all that follows
      const prefix = mayBlock ? this.reversible(k, task, footprint, previous, taken ? limit : order.length) : ALL;
      if (prefix === IMPOSSIBLE) continue;
      for (let each = 0; each < width; each++) if (clocks[row + each]! > hiding[each]!) hiding[each] = clocks[row + each]!;
      races.push({ at: k, task, choice: taken ? order.choice[step]! : 0, step, prefix, footprint: prefix === ALL ? known : UNKNOWN });
    }
    return races;
  }

  private isWait(task: number, pc: number): boolean {
    const instruction = this.order.machine.program.tasks[task]!.code[pc];
    return instruction?.op === "when" && instruction.timeout === null;
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

  /**
   * How many of the steps in (at, limit) that do not depend on step `at` can go before the step of `task`, so that it is
   * enabled then: all, or the most; `IMPOSSIBLE` if it never is.
   */
  private reversible(at: number, task: number, footprint: number, previous: number, limit: number): number {
    const { order, dependence } = this;
    let replay = previous > at;
    for (let k = at + 1; k < limit && !replay; k++) {
      const other = order.footprint[k]!;
      replay = dependence.conflict(other, footprint) && !this.dependsOn(k, at) && dependence.writes(other);
    }
    if (!replay) return order.wasEnabled(at, task) ? ALL : IMPOSSIBLE;
    const { machine } = order;
    order.goTo(at);
    let result = IMPOSSIBLE;
    let taken = 0;
    let enabled = false;
    for (let k = at + 1; k <= limit; k++) {
      // its own steps come first; whether it is enabled before them is another step's business
      if (k > previous) {
        enabled = machine.enabled(task);
        if (enabled) result = taken;
      }
      if (k === limit) break;
      if (this.dependsOn(k, at)) continue;
      machine.step(order.task[k]!, order.choice[k]!);
      taken += 1;
    }
    machine.undo(order.mark[at]!);
    return enabled ? ALL : result;
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
    const { at, task } = race;
    const lasting = race.step < 0 ? at : race.step;
    plan.clear();
    let room = race.prefix;
    for (let k = at + 1; k < order.length && room !== 0; k++) {
      if (this.dependsOn(k, at)) continue;
      plan.add(order.task[k]!, order.choice[k]!, order.footprint[k]!, k < lasting);
      room -= 1;
    }
    if (race.footprint === UNKNOWN) this.tryOut(race);
    plan.add(task, race.choice, race.footprint, race.prefix === ALL);
  }

  /** Finds out what the later step touches, and how many alternatives it has, when it comes first. */
  private tryOut(race: Race): void {
    const { order, dependence, plan } = this;
    const { machine } = order;
    order.goTo(race.at);
    for (let k = 0; k < plan.length; k++) machine.step(plan.task[k]!, plan.choice[k]!);
    const mark = machine.trailSize;
    race.footprint = dependence.take(race.task, race.choice);
    if (race.choice >= machine.alternatives) {
      machine.undo(mark);
      race.choice = 0;
      race.footprint = dependence.take(race.task, 0);
    }
    machine.undo(order.mark[race.at]!);
  }
}
