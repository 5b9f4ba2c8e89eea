/**
 * What a search over states reports: verdicts, ends and counters, with concrete paths.
 *
 * The search itself keeps no paths. One is made only when there is something to show: the states on the way are known
 * (parents or the stack), and in each the move is looked for that leads to the next. With symmetry the tasks have other
 * names on that path than in the stored states, so what is reported is asked for again at its end.
 */
import { Findings } from "./collect.ts";
import { Ends } from "./ends.ts";
import type { Space } from "./space.ts";
import type { Counters, Exploration, Judge, Move, StopReason, StrategyResult, Verdict } from "./strategy.ts";

/** So many expansions between two looks at the clock. */
const PATIENCE = 1024;

/** Gives the states on the way to the one being expanded, first to last. */
export type Path = () => readonly number[];

export class Search {
  readonly counters: Counters = { states: 0, transitions: 0, executions: null, deadlocked: 0, depth: 0, queued: 0 };
  stopped: StopReason | null = null;
  private readonly space: Space;
  private readonly findings: Findings;
  private readonly ends = new Ends();
  exploration: Exploration;
  private readonly judge: Judge;
  private readonly taskCount: number;
  private expansions = 0;

  constructor(space: Space) {
    this.space = space;
    this.exploration = space.exploration;
    this.judge = space.exploration.judge;
    this.findings = new Findings(this.exploration.all);
    this.taskCount = this.exploration.program.tasks.length;
  }

  /** The numbers of the first state. */
  begin(): Int32Array {
    const { space, findings, judge } = this;
    const numbers = space.start.slice();
    findings.take(judge.atStart(space.show(numbers)), () => []);
    const before = numbers.slice();
    const moves: Move[] = [];
    space.reductions.settle(numbers, -1, moves);
    this.counters.transitions += moves.length;
    moves.forEach((move, k) => {
      this.apply(before, move);
      findings.take(judge.afterStep(space.show(before), move.task), () => moves.slice(0, k + 1));
    });
    return numbers;
  }

  /** Whether to stop now; asked before each expansion. */
  mustStop(queued: number): boolean {
    this.expansions += 1;
    const { limits } = this.exploration;
    if (this.space.visited.count > limits.states) this.stopped ??= "states";
    if (this.expansions % PATIENCE !== 0) return this.stopped !== null;
    this.counters.states = this.space.visited.count;
    this.counters.queued = queued;
    this.counters.bytes = this.space.bytes;
    this.exploration.onProgress(this.counters);
    this.stopped ??= this.exploration.stopRequested();
    return this.isTooMuch(0) || this.stopped !== null;
  }

  /** Whether the memory in use, and so many bytes of the strategy's own, exceed the limit. */
  isTooMuch(own: number): boolean {
    if (this.expansions % PATIENCE === 0 && this.space.bytes + own > this.exploration.limits.memory)
      this.stopped ??= "memory";
    return this.stopped !== null;
  }

  /** A step that violates something: lets the machine say what. `numbers` is the state before it. */
  judgeStep(numbers: Int32Array, task: number, choice: number, path: Path): void {
    this.report(this.takeStep(numbers, task, choice), { task, choice }, path);
  }

  private takeStep(numbers: Int32Array, task: number, choice: number): readonly Verdict[] {
    const machine = this.space.show(numbers);
    machine.violations = [];
    machine.step(task, choice);
    const verdicts = this.judge.afterStep(machine, task);
    machine.violations = [];
    machine.undo(0);
    return verdicts;
  }

  /** In a new state: asks about everyone who has moved since the state before. */
  judgeState(numbers: Int32Array, mover: number, choice: number, moves: readonly Move[], path: Path): void {
    const machine = this.space.show(numbers);
    const verdicts = this.judge.afterStep(machine, mover);
    if (verdicts.length > 0) this.report(verdicts, { task: mover, choice }, path);
    if (moves.length === 0) return;
    for (const task of new Set(moves.map((move) => move.task))) {
      if (task !== mover)
        this.report(this.judge.afterStep(this.space.show(numbers), task), { task: mover, choice }, path);
    }
  }

  /** In a state in which nobody can move. */
  judgeEnd(numbers: Int32Array, path: Path): void {
    const machine = this.space.show(numbers);
    const { state, program } = machine;
    const verdicts = this.judge.atEnd(machine);
    const deadlock = program.tasks.some((task) => !task.daemon && state[task.lifeSlot] === 1);
    if (deadlock) this.counters.deadlocked! += 1;
    this.ends.take(machine, deadlock, () => this.follow(path()).moves);
    this.report(verdicts, null, path);
  }

  private report(verdicts: readonly Verdict[], move: Move | null, path: Path): void {
    if (verdicts.length === 0) return;
    const fresh = verdicts.filter((verdict) => !this.findings.knows(verdict));
    if (fresh.length === 0) return;
    const states = path();
    for (const verdict of fresh) {
      const { shown, moves } = this.demonstrate(verdict, move, states);
      this.findings.take([shown], () => moves);
    }
  }

  /** The verdict as it is on a concrete path. `move` leads from the last of the states to it; null: it is of that state. */
  private demonstrate(
    verdict: Verdict,
    move: Move | null,
    states: readonly number[],
  ): { shown: Verdict; moves: readonly Move[] } {
    const { numbers, moves } = this.follow(states);
    const same = (list: readonly Verdict[]): Verdict | undefined =>
      list.find((each) => each.kind === verdict.kind && each.name === verdict.name);
    if (move === null) return { shown: same(this.judge.atEnd(this.space.show(numbers))) ?? verdict, moves };
    for (const first of this.candidates(numbers, move)) {
      const shown = same(this.takeStep(numbers, first.task, first.choice));
      if (shown !== undefined) return { shown, moves: [...moves, first] };
      const more: Move[] = [];
      const after = numbers.slice();
      this.apply(after, first);
      const between = after.slice();
      this.space.reductions.settle(after, first.task, more);
      const movers = new Set([first.task, ...more.map((each) => each.task)]);
      const last = [...movers]
        .map((task) => same(this.judge.afterStep(this.space.show(after), task)))
        .find((each) => each !== undefined);
      if (last === undefined) continue;
      // as few of the further steps as show it
      for (let k = 0; k < more.length; k++) {
        this.apply(between, more[k]!);
        const early = same(this.judge.afterStep(this.space.show(between), more[k]!.task));
        if (early !== undefined) return { shown: early, moves: [...moves, first, ...more.slice(0, k + 1)] };
      }
      return { shown: last, moves: [...moves, first, ...more] };
    }
    throw new Error(`cannot show ${verdict.kind} ${verdict.name} on a path of its own`);
  }

  private apply(numbers: Int32Array, move: Move): void {
    const { steps } = this.space;
    steps.apply(steps.find(move.task, move.choice, numbers), numbers);
  }

  /** All moves from a state, the given one first. */
  private candidates(numbers: Int32Array, first: Move): Move[] {
    const { steps } = this.space;
    const moves: Move[] = [];
    for (let task = 0; task < this.taskCount; task++) {
      for (let choice = 0, most = 1; choice < most; choice++) {
        const effect = steps.find(task, choice, numbers);
        if (!steps.isEnabled(effect)) break;
        most = Math.max(most, steps.alternatives(effect));
        moves.push({ task, choice });
      }
    }
    const isFirst = (move: Move): boolean => move.task === first.task && move.choice === first.choice;
    return [...moves.filter(isFirst), ...moves.filter((move) => !isFirst(move))];
  }

  /** Moves through the given states of the set (the first is the first state), and the state to which they lead. */
  private follow(states: readonly number[]): { numbers: Int32Array; moves: Move[] } {
    const { space } = this;
    let numbers: Int32Array = space.start.slice();
    const moves: Move[] = [];
    space.reductions.settle(numbers, -1, moves);
    for (let k = 1; k < states.length; k++) {
      const next = this.moveTo(numbers, states[k]!);
      moves.push(...next.moves);
      numbers = next.numbers;
    }
    return { numbers, moves };
  }

  /** Whether some move leads from one state of the set to another. */
  leads(from: number, to: number): boolean {
    const numbers = this.space.start.slice();
    this.space.read(from, numbers);
    return this.tryToMove(numbers, to) !== null;
  }

  private moveTo(numbers: Int32Array, to: number): { numbers: Int32Array; moves: Move[] } {
    const next = this.tryToMove(numbers, to);
    if (next === null) throw new Error(`no move leads to state ${to}`);
    return next;
  }

  private tryToMove(numbers: Int32Array, to: number): { numbers: Int32Array; moves: Move[] } | null {
    const { space, taskCount } = this;
    const { steps } = space;
    const after = numbers.slice();
    const more: Move[] = [];
    for (let task = 0; task < taskCount; task++) {
      for (let choice = 0, most = 1; choice < most; choice++) {
        const effect = steps.find(task, choice, numbers);
        if (!steps.isEnabled(effect)) break;
        most = Math.max(most, steps.alternatives(effect));
        after.set(numbers);
        steps.apply(effect, after);
        more.length = 0;
        space.reductions.settle(after, task, more);
        if (space.find(after) === to) return { numbers: after, moves: [{ task, choice }, ...more] };
      }
    }
    return null;
  }

  /** After the limit of states: goes on with other limits. */
  goOn(exploration: Exploration): void {
    this.exploration = exploration;
    this.stopped = null;
    // the question that ended it is asked once more
    this.expansions -= 1;
  }

  result(complete: boolean): StrategyResult {
    this.counters.states = this.space.visited.count;
    this.counters.bytes = this.space.bytes;
    this.counters.queued = complete ? 0 : this.counters.queued;
    return {
      found: [...this.findings.found],
      outcomes: this.ends.sorted(),
      counters: { ...this.counters },
      complete: complete && this.stopped === null,
      stopped: this.stopped,
      reductions: this.space.reductions.names,
      collisionProbability: 0,
    };
  }
}
