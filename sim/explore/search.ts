/**
 * What a search over states reports: verdicts, ends and counters, with concrete paths.
 *
 * The search itself keeps no paths. One is made only when there is something to show: the states on the way are known
 * (parents or the stack), and a second machine looks in each for the move that leads to the next.
 */
import { Machine } from "../machine/machine.ts";
import { Findings } from "./collect.ts";
import { Ends } from "./ends.ts";
import type { Space } from "./space.ts";
import type { Counters, Exploration, Judge, Move, StopReason, StrategyResult, Verdict } from "./strategy.ts";

/** So many expansions between two looks at the clock. */
const PATIENCE = 1024;

export class Search {
  readonly space: Space;
  readonly findings: Findings;
  readonly ends = new Ends();
  readonly counters: Counters = { states: 0, transitions: 0, executions: null, deadlocked: 0, depth: 0, queued: 0 };
  stopped: StopReason | null = null;
  private readonly exploration: Exploration;
  private readonly judge: Judge;
  private expansions = 0;
  private replayer: Machine | null = null;

  constructor(space: Space) {
    this.space = space;
    this.exploration = space.exploration;
    this.judge = space.exploration.judge;
    this.findings = new Findings(this.exploration.all);
  }

  /** Puts the machine at the first state and packs it. */
  begin(): void {
    const { space, findings, judge } = this;
    const { machine } = space;
    findings.take(judge.atStart(machine), () => []);
    this.counters.transitions += this.settle(-1, space.prelude);
    if (space.prelude.length > 0) this.judgeMovers(-1, space.prelude, () => []);
    machine.trailSize = 0;
    space.packWhole(machine);
  }

  /** Counts the steps made. */
  settle(mover: number, moves: Move[]): number {
    const before = moves.length;
    this.space.reductions.settle(this.space.machine, mover, moves);
    return moves.length - before;
  }

  /** Whether to stop now; asked before each expansion. */
  mustStop(queued: number): boolean {
    this.expansions += 1;
    if (this.expansions % PATIENCE !== 0) return this.stopped !== null;
    this.counters.states = this.space.visited.count;
    this.counters.queued = queued;
    this.exploration.onProgress(this.counters);
    this.stopped ??= this.exploration.stopRequested();
    if (this.space.visited.count > this.exploration.limits.states) this.stopped ??= "states";
    if (this.space.bytes > this.exploration.limits.memory) this.stopped ??= "memory";
    return this.stopped !== null;
  }

  /** After a step that noted violations. `path` gives the states on the way to the one before it, first to last. */
  judgeStep(task: number, choice: number, path: () => readonly number[]): void {
    const verdicts = this.judge.afterStep(this.space.machine, task);
    if (verdicts.length > 0) this.report(verdicts, { task, choice }, path);
  }

  /** In a new state: asks about everyone who has moved since the state before. */
  judgeMovers(mover: number, moves: readonly Move[], path: () => readonly number[], choice = 0): void {
    const { machine } = this.space;
    const movers = new Set(moves.map((move) => move.task));
    if (mover >= 0) movers.add(mover);
    for (const task of movers) {
      const verdicts = this.judge.afterStep(machine, task);
      if (verdicts.length > 0) this.report(verdicts, mover < 0 ? null : { task: mover, choice }, path);
    }
  }

  /** In a state in which nobody can move. */
  atEnd(path: () => readonly number[]): void {
    const { machine } = this.space;
    const verdicts = this.judge.atEnd(machine);
    const deadlock = this.isDeadlock();
    if (deadlock) this.counters.deadlocked! += 1;
    this.ends.take(machine, deadlock, () => this.follow(path()));
    if (verdicts.length > 0) this.report(verdicts, null, path);
  }

  /** Whether somebody other than a daemon is left waiting. */
  private isDeadlock(): boolean {
    const { state, program } = this.space.machine;
    return program.tasks.some((task) => !task.daemon && state[task.lifeSlot] === 1);
  }

  private report(verdicts: readonly Verdict[], move: Move | null, path: () => readonly number[]): void {
    const fresh = verdicts.filter((verdict) => !this.findings.knows(verdict));
    if (fresh.length === 0) return;
    const states = path();
    for (const verdict of fresh) {
      const { shown, moves } = this.show(verdict, move, states);
      this.findings.take([shown], () => moves);
    }
  }

  /** The verdict as it is on a concrete path, where tasks have the names that they have there. */
  private show(verdict: Verdict, move: Move | null, states: readonly number[]): { shown: Verdict; moves: readonly Move[] } {
    const prefix = this.follow(states);
    const machine = this.replayer!;
    const same = (list: readonly Verdict[]): Verdict | undefined => list.find((each) => each.kind === verdict.kind && each.name === verdict.name);
    if (move === null) {
      const found = same(this.judge.atEnd(machine)) ?? this.along(machine, prefix, same);
      return { shown: found ?? verdict, moves: prefix };
    }
    const start = machine.trailSize;
    for (const first of this.candidates(machine, move)) {
      machine.violations = [];
      machine.step(first.task, first.choice);
      const now = same(this.judge.afterStep(machine, first.task));
      if (now !== undefined) return { shown: now, moves: [...prefix, first] };
      const more: Move[] = [];
      const here = machine.trailSize;
      this.space.reductions.settle(machine, first.task, more);
      for (const task of new Set([first.task, ...more.map((each) => each.task)])) {
        const later = same(this.judge.afterStep(machine, task));
        if (later === undefined) continue;
        // as few of the further steps as show it
        machine.undo(here);
        for (let k = 0; k < more.length; k++) {
          machine.step(more[k]!.task, more[k]!.choice);
          const early = same(this.judge.afterStep(machine, more[k]!.task));
          if (early !== undefined) return { shown: early, moves: [...prefix, first, ...more.slice(0, k + 1)] };
        }
        return { shown: later, moves: [...prefix, first, ...more] };
      }
      machine.undo(start);
    }
    throw new Error(`cannot show ${verdict.kind} ${verdict.name} on a path of its own`);
  }

  /** A verdict on the way there: plays the path again. */
  private along(machine: Machine, moves: readonly Move[], same: (list: readonly Verdict[]) => Verdict | undefined): Verdict | undefined {
    this.space.restart(machine);
    for (const { task, choice } of moves) {
      machine.step(task, choice);
      const found = same(this.judge.afterStep(machine, task));
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** All moves from the machine's state, the given one first. */
  private candidates(machine: Machine, first: Move): Move[] {
    const moves: Move[] = [];
    const mark = machine.trailSize;
    for (let task = 0; task < machine.program.tasks.length; task++) {
      if (!machine.enabled(task)) continue;
      for (let choice = 0, most = 1; choice < most; choice++) {
        machine.step(task, choice);
        most = Math.max(most, machine.alternatives);
        machine.undo(mark);
        moves.push({ task, choice });
      }
    }
    machine.violations = [];
    const isFirst = (move: Move): boolean => move.task === first.task && move.choice === first.choice;
    return [...moves.filter(isFirst), ...moves.filter((move) => !isFirst(move))];
  }

  /** Moves through the given states (numbers in the set; the first is the start), left done on the second machine. */
  follow(states: readonly number[]): Move[] {
    const { space } = this;
    this.replayer ??= new Machine(this.exploration.program);
    const machine = this.replayer;
    space.restart(machine);
    const moves: Move[] = [];
    space.reductions.settle(machine, -1, moves);
    for (let k = 1; k < states.length; k++) moves.push(...this.findMove(machine, states[k]!));
    return moves;
  }

  private findMove(machine: Machine, to: number): Move[] {
    const { space } = this;
    const start = machine.trailSize;
    for (const first of this.candidates(machine, NOWHERE)) {
      const moves = [first];
      machine.step(first.task, first.choice);
      space.reductions.settle(machine, first.task, moves);
      space.packWhole(machine);
      if (space.visited.find(space.words) === to) {
        machine.violations = [];
        return moves;
      }
      machine.undo(start);
    }
    throw new Error(`no move leads to state ${to}`);
  }

  result(complete: boolean): StrategyResult {
    this.counters.states = this.space.visited.count;
    return {
      found: this.findings.found,
      outcomes: this.ends.sorted(),
      counters: this.counters,
      complete: complete && this.stopped === null,
      stopped: this.stopped,
      reductions: this.space.reductions.names,
      collisionProbability: 0,
    };
  }
}

const NOWHERE: Move = { task: -1, choice: 0 };
