/**
 * Optimal dynamic partial-order reduction: one order of each class of equivalent orders, none twice, no states stored.
 *
 * Source: Abdulla, Aronis, Jonsson, Sagonas, "Optimal Dynamic Partial Order Reduction" (POPL 2014) and "Source Sets: A
 * Foundation for Optimal Dynamic Partial Order Reduction" (JACM 64(4), 2017): sleep sets and wakeup trees. How races
 * are found where operations block is in races.ts. Deviations: a step that chooses is one event for each alternative
 * (the alternatives exclude each other like a race that is always reversible).
 *
 * Programs that can go round for ever are cut at the depth limit; the answer is then incomplete.
 */
import { Machine } from "../machine/machine.ts";
import { LIFE } from "../program/program.ts";
import { Findings } from "./collect.ts";
import { Dependence } from "./dependence.ts";
import { Ends } from "./ends.ts";
import { Order } from "./order.ts";
import { RaceFinder } from "./races.ts";
import type { Counters, Exploration, StopReason, StrategyResult, StrategySpecification } from "./strategy.ts";
import type { PlannedStep, WakeupNode } from "./wakeup-tree.ts";

const NONE: readonly PlannedStep[] = [];

/** What `explore` found, and how many orders were begun in vain: 0 if it is optimal. */
export interface DporResult extends StrategyResult {
  readonly redundant: number;
}

export function explore(exploration: Exploration): DporResult {
  return new Explorer(exploration).run();
}

class Explorer {
  private readonly exploration: Exploration;
  private readonly machine: Machine;
  private readonly dependence: Dependence;
  private readonly order: Order;
  private readonly races: RaceFinder;
  private readonly findings: Findings;
  private readonly ends: Ends;
  private readonly visits: number;
  private readonly counters: Counters = {
    states: 1,
    transitions: 0,
    executions: 0,
    deadlocked: 0,
    depth: 0,
    queued: 0,
  };
  /** of the state before each step: steps whose orders were all tried, and orders still to try */
  private readonly sleep: (readonly PlannedStep[])[] = [NONE];
  private readonly tree: (WakeupNode[] | null)[] = [null];
  /** how many steps were tried before the present one */
  private readonly tried: number[] = [];
  /** steps whose races have been found */
  private analysed = 0;
  private redundant = 0;
  private turns = 0;
  private stopped: StopReason | null = null;
  /** orders cut at the depth limit */
  private cut = 0;

  constructor(exploration: Exploration) {
    this.exploration = exploration;
    this.visits = exploration.limits.visits ?? Number.POSITIVE_INFINITY;
    this.machine = new Machine(exploration.program, { recording: true });
    this.dependence = new Dependence(this.machine, exploration.judge.watched);
    this.order = new Order(this.machine, this.dependence);
    this.races = new RaceFinder(this.order, this.sleep, this.tree);
    this.findings = new Findings(exploration.all);
    this.ends = new Ends();
  }

  run(): DporResult {
    const { order, exploration } = this;
    this.findings.take(exploration.judge.atStart(this.machine), () => []);
    do {
      this.goOn();
      if (this.stopped !== null) break;
      if (!this.races.analyse(this.analysed, () => this.isTimeUp())) break;
      this.analysed = order.length;
      const { expected } = exploration.limits;
      if (expected !== undefined && this.expected() > expected) this.stopped = "runs";
      // a program without a step, or a full stop
    } while (this.back() && !this.mustStop());
    return {
      found: this.findings.found,
      outcomes: this.ends.sorted(),
      counters: this.counters,
      complete: this.stopped === null && this.cut === 0 && !this.races.incomplete,
      stopped: this.stopped ?? (this.cut > 0 ? "depth" : null),
      reductions: ["partial-order"],
      redundant: this.redundant,
    };
  }

  /** Takes steps until none is left to take. */
  private goOn(): void {
    const { order, counters, exploration } = this;
    for (;;) {
      const enabled = order.look();
      if (enabled === 0) return this.atEnd();
      if (order.length >= exploration.limits.depth) {
        this.cut += 1;
        if (exploration.limits.endsAtDepth === true) this.stopped = "depth";
        return;
      }
      const at = order.length;
      const next = this.tree[at]?.shift() ?? this.pick(at);
      if (next === null) {
        this.redundant += 1;
        return;
      }
      if (at === this.tried.length) this.tried.push(0);
      const footprint = order.push(next.task, next.choice);
      counters.transitions += 1;
      counters.states += 1;
      if (order.length > counters.depth) counters.depth = order.length;
      if (counters.states > this.visits) this.stopped = "states";
      this.sleep[at + 1] = this.asleepAfter(this.sleep[at]!, next.task, footprint);
      this.tree[at + 1] = next.children.length > 0 ? next.children : null;
      const verdicts = exploration.judge.afterStep(this.machine, next.task);
      this.machine.violations.length = 0;
      if (verdicts.length > 0) this.findings.take(verdicts, () => order.path());
      if (this.stopped !== null || ((counters.transitions & 4095) === 0 && this.isTimeUp())) return;
    }
  }

  private mustStop(): boolean {
    if (this.stopped !== null) return true;
    const orders = this.counters.executions! + this.cut;
    if (orders >= this.exploration.limits.runs) this.stopped = "runs";
    return this.stopped !== null || (++this.turns % 16 === 0 && this.isTimeUp());
  }

  private isTimeUp(): boolean {
    this.exploration.onProgress(this.counters);
    this.stopped ??= this.exploration.stopRequested();
    return this.stopped !== null;
  }

  /**
   * How many orders there will be if the rest of the tree is like what has been seen of it: those tried, by the share of the
   * tree that they are (D. E. Knuth, "Estimating the efficiency of backtrack programs", 1975).
   */
  private expected(): number {
    let share = 1;
    let tried = 0;
    for (let at = 0; at < this.order.length; at++) {
      const before = this.tried[at]!;
      const ways = before + 1 + (this.tree[at]?.length ?? 0);
      tried += (share * before) / ways;
      share /= ways;
    }
    return (this.counters.executions! + this.redundant) / (tried + share);
  }

  private asleepAfter(sleep: readonly PlannedStep[], task: number, footprint: number): readonly PlannedStep[] {
    if (sleep.length === 0) return NONE;
    return sleep.filter((each) => each.task !== task && !this.dependence.conflict(each.footprint, footprint));
  }

  /** Any step that is not asleep: of the task that moved last if possible, so that orders switch little. */
  private pick(at: number): WakeupNode | null {
    const { order } = this;
    const sleep = this.sleep[at]!;
    const first = at > 0 ? order.task[at - 1]! : 0;
    for (let k = 0; k < order.tasks; k++) {
      const task = (first + k) % order.tasks;
      if (!order.wasEnabled(at, task)) continue;
      if (!sleep.some((each) => each.task === task)) return { task, choice: 0, footprint: 0, children: [] };
    }
    for (let task = 0; task < order.tasks; task++) {
      if (!order.wasEnabled(at, task)) continue;
      const choice = this.freeChoice(task, sleep);
      if (choice >= 0) return { task, choice, footprint: 0, children: [] };
    }
    return null;
  }

  /** The first alternative of the task's step that is not asleep, or −1. */
  private freeChoice(task: number, sleep: readonly PlannedStep[]): number {
    const mark = this.machine.trailSize;
    for (let choice = 0; ; choice++) {
      this.machine.step(task, choice);
      const { alternatives } = this.machine;
      this.machine.undo(mark);
      this.machine.violations.length = 0;
      if (choice >= alternatives) return -1;
      if (!sleep.some((each) => each.task === task && each.choice === choice)) return choice;
    }
  }

  private atEnd(): void {
    const { machine, order, counters, exploration } = this;
    counters.executions! += 1;
    const deadlock = isDeadlocked(machine);
    if (deadlock) counters.deadlocked! += 1;
    const path = () => order.path();
    const verdicts = exploration.judge.atEnd(machine);
    if (verdicts.length > 0) this.findings.take(verdicts, path);
    this.ends.take(machine, deadlock, path);
  }

  /** Back to the last state with an order still to try; false if there is none. */
  private back(): boolean {
    const { order } = this;
    for (let at = order.length - 1; at >= 0; at--) {
      const tree = this.tree[at];
      if (tree === null || tree === undefined || tree.length === 0) continue;
      const done = { task: order.task[at]!, choice: order.choice[at]!, footprint: order.footprint[at]! };
      this.sleep[at] = [...this.sleep[at]!, done];
      order.cut(at);
      this.tried.length = at + 1;
      this.tried[at]! += 1;
      this.machine.violations.length = 0;
      this.analysed = Math.min(this.analysed, at);
      return true;
    }
    return false;
  }
}

/** Whether somebody who is no daemon is left waiting in a state in which nobody can move. */
export function isDeadlocked(machine: Machine): boolean {
  return machine.program.tasks.some((task) => !task.daemon && machine.state[task.lifeSlot] === LIFE.alive);
}

export const dpor: StrategySpecification = {
  name: "dpor",
  about: "one order of each class of equivalent orders; stores no states",
  source: "Abdulla, Aronis, Jonsson, Sagonas, POPL 2014 and JACM 64(4), 2017",
  guarantee: "exhaustive",
  explore,
};
