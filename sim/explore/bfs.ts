/**
 * Breadth first over states: the paths it finds have the fewest steps (with reductions: the fewest runs of steps).
 *
 * The states lie in the order in which they were found, so the set is the queue.
 */
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

  constructor(space: Space, search: Search) {
    this.space = space;
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
    const { depth } = space.exploration.limits;
    space.add(search.begin(), -1);
    let levelEnd = 1;
    let level = 0;
    for (this.current = 0; this.current < visited.count; this.current++) {
      if (this.current === levelEnd) {
        levelEnd = visited.count;
        level += 1;
        search.counters.depth = level;
      }
      if (search.mustStop(visited.count - this.current)) return false;
      const any = this.look();
      if (!any) search.judgeEnd(this.numbers, this.path);
      else if (level < depth) this.expand();
      else {
        search.stopped = "depth";
        return false;
      }
    }
    return true;
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
        const state = space.addNext(effect, numbers, this.current, this.current);
        if (state < 0) continue;
        next.set(numbers);
        steps.apply(effect, next);
        search.judgeState(next, task, choice, moves, this.path);
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
