/**
 * Breadth first over states: the paths it finds have the fewest steps (with reductions: the fewest runs of steps).
 *
 * The states lie in the order in which they were found, so the set is the queue.
 */
import { expand, JUDGE, Successors } from "./expand.ts";
import { makeReductions } from "./reduce.ts";
import { NO_REDUCTION, type Reductions } from "./reductions.ts";
import { Search } from "./search.ts";
import { Space } from "./space.ts";
import type { Exploration, Move, StrategyResult, StrategySpecification } from "./strategy.ts";
import { MemoryExceeded } from "./visited.ts";

export const bfs: StrategySpecification = {
  name: "bfs",
  about: "breadth first over states: shortest paths, every state stored",
  source:
    "breadth-first search over packed states; Bosnacki, Holzmann, Improving Spin's partial-order reduction for breadth-first search (SPIN 2005)",
  guarantee: "exhaustive",
  explore: (exploration) =>
    breadthFirst(exploration, exploration.reduction ? makeReductions(exploration) : NO_REDUCTION),
};

/** The search with the given reductions. */
export function breadthFirst(exploration: Exploration, reductions: Reductions): StrategyResult {
  const space = new Space(exploration, true, reductions);
  const search = new Search(space);
  let complete = false;
  try {
    complete = new BreadthFirst(space, search).run();
  } catch (problem) {
    if (!(problem instanceof MemoryExceeded)) throw problem;
    search.stopped ??= "memory";
  }
  return search.result(complete);
}

/** States and transitions of a row: so many that what is fetched for them stays in the processor's caches. */
const ROW_STATES = 256;
const ROW_TRANSITIONS = 1024;

const NO_MOVES: readonly Move[] = [];

/** The search itself, over a space that keeps parents. */
export class BreadthFirst {
  private readonly space: Space;
  private readonly search: Search;
  private readonly enabled: Uint8Array;
  /** by task: the effect of its first alternative */
  private readonly effects: Int32Array;
  /** the state being expanded */
  private current = 0;
  private readonly numbers: Int32Array;
  private readonly next: Int32Array;
  private readonly moves: Move[] = [];
  /** a step violated something: it may have ended its task, which the reduction did not reckon with */
  private wentWrong = false;
  /** number of the first state of the next level */
  private levelEnd = 1;
  private readonly row: Successors;
  private readonly rowNumbers: Int32Array;

  constructor(space: Space, search: Search) {
    this.space = space;
    this.rowNumbers = new Int32Array(space.start.length);
    this.row = new Successors(ROW_STATES, ROW_TRANSITIONS, space.packing.layout.words);
    this.search = search;
    const tasks = space.exploration.program.tasks.length;
    this.enabled = new Uint8Array(tasks);
    this.effects = new Int32Array(tasks);
    this.numbers = space.start.slice();
    this.next = space.start.slice();
  }

  /** Whether every state was expanded. */
  run(): boolean {
    const { space, search } = this;
    const { visited } = space;
    space.add(search.begin(), -1);
    while (this.current < visited.count) {
      if (!space.isReduced) {
        if (!this.takeRow()) return false;
        continue;
      }
      if (!this.enter() || !this.expandHere()) return false;
      this.current += 1;
    }
    return true;
  }

  /** At a state that is to be expanded: false if it must not be. */
  private enter(): boolean {
    const { search, current } = this;
    const { count } = this.space.visited;
    if (current === this.levelEnd) {
      this.levelEnd = count;
      search.counters.depth += 1;
    }
    return !search.mustStop(count - current);
  }

  /** Expands the state; false if paths are too long. */
  private expandHere(): boolean {
    if (!this.look()) this.search.judgeEnd(this.numbers, this.path);
    else if (this.mayGoDeeper()) this.expand();
    else return false;
    return true;
  }

  private mayGoDeeper(): boolean {
    const { search, space } = this;
    if (search.counters.depth < space.exploration.limits.depth) return true;
    search.stopped = "depth";
    return false;
  }

  /** Without reductions: expands as many states at once as there is room for; false if it had to stop. */
  private takeRow(): boolean {
    const { space, search, row } = this;
    const { visited, steps, packing } = space;
    const { layout } = packing;
    steps.trim();
    row.fit(layout.words);
    const from = this.current;
    const to = expand(
      steps,
      layout,
      visited.store,
      from,
      Math.min(visited.count, from + ROW_STATES),
      this.rowNumbers,
      row,
    );
    visited.locate(row);
    let at = 0;
    for (; this.current < to; this.current++) {
      if (!this.enter()) return false;
      const transitions = row.transitions[this.current - from]!;
      if (transitions <= 0) {
        // an end, or steps that have to be looked at one by one
        if (!this.expandHere()) return false;
        // the rest of the row is in words that no longer mean the same
        if (packing.layout !== layout) {
          this.current += 1;
          return true;
        }
        continue;
      }
      if (!this.mayGoDeeper()) return false;
      search.counters.transitions += transitions;
      for (const end = at + transitions; at < end; at++) {
        const state = visited.insertLocated(row, at, this.current);
        if (state >= 0 && (row.moves[at]! & JUDGE) !== 0) this.judge(state, row.moves[at]! >> 1, row.choices[at]!);
      }
    }
    return true;
  }

  private judge(state: number, task: number, choice: number): void {
    this.space.read(state, this.next);
    this.search.judgeState(this.next, task, choice, NO_MOVES, this.path);
  }

  /** Who can move. */
  private look(): boolean {
    const { space, enabled, effects, numbers } = this;
    const { steps } = space;
    space.read(this.current, numbers);
    steps.trim();
    let any = false;
    for (let task = 0; task < enabled.length; task++) {
      const effect = steps.find(task, 0, numbers);
      const can = steps.isEnabled(effect);
      effects[task] = effect;
      enabled[task] = can ? 1 : 0;
      any ||= can;
    }
    return any;
  }

  private expand(): void {
    const { enabled } = this;
    const enough = this.space.reductions.enough(this.numbers, enabled);
    if (enough !== null) {
      let open = false;
      this.wentWrong = false;
      for (let task = 0; task < enabled.length; task++)
        if (enabled[task] === 1 && enough[task] === 1 && this.tryTask(task)) open = true;
      if (open && !this.wentWrong) return;
    }
    for (let task = 0; task < enabled.length; task++)
      if (enabled[task] === 1 && enough?.[task] !== 1) this.tryTask(task);
  }

  /** All alternatives of the task's step; whether one leads to a state that is still to be expanded. */
  private tryTask(task: number): boolean {
    const { space, search, moves, numbers, next } = this;
    const { steps } = space;
    let open = false;
    for (let choice = 0, most = 1; choice < most; choice++) {
      const effect = choice === 0 ? this.effects[task]! : steps.find(task, choice, numbers);
      most = Math.max(most, steps.alternatives(effect));
      search.counters.transitions += 1;
      if (steps.isWrong(effect)) {
        this.wentWrong = true;
        search.judgeStep(numbers, task, choice, this.path);
      }
      if (!space.isReduced) {
        const state = space.addNext(effect, this.current, this.current);
        if (state >= 0 && steps.concerns(effect)) this.judge(state, task, choice);
        continue;
      }
      next.set(numbers);
      steps.apply(effect, next);
      if (moves.length > 0) moves.length = 0;
      space.reductions.settle(next, task, moves);
      search.counters.transitions += moves.length;
      const state = space.add(next, this.current);
      if (state >= 0) search.judgeState(next, task, choice, moves, this.path);
      if (state >= 0 || -1 - state > this.current) open = true;
    }
    return open;
  }

  /** The states from the first to the one being expanded. */
  private readonly path = (): number[] => {
    const { parents } = this.space.visited;
    const path: number[] = [];
    for (let at = this.current; at >= 0; at = parents[at]!) path.push(at);
    return path.reverse();
  };
}
