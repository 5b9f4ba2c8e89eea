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
  source: "Dijkstra's search over packed states; Bosnacki, Holzmann, Improving Spin's partial-order reduction for breadth-first search (SPIN 2005)",
  guarantee: "exhaustive",
  explore,
};

function explore(exploration: Exploration): StrategyResult {
  return breadthFirst(exploration, exploration.reduction ? makeReductions(exploration) : NO_REDUCTION);
}

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

class BreadthFirst {
  private readonly space: Space;
  private readonly search: Search;
  private readonly enabled: Uint8Array;
  /** the state being expanded */
  private current = 0;
  private readonly moves: Move[] = [];
  /** a step violated something: it may have ended its task, which the reduction did not reckon with */
  private wentWrong = false;

  constructor(space: Space, search: Search) {
    this.space = space;
    this.search = search;
    this.enabled = new Uint8Array(space.machine.program.tasks.length);
  }

  /** Whether every state was expanded. */
  run(): boolean {
    const { space, search } = this;
    const { visited } = space;
    const { depth } = space.exploration.limits;
    search.begin();
    visited.insert(space.words, -1);
    let levelEnd = 1;
    let level = 0;
    for (this.current = 0; this.current < visited.count; this.current++) {
      if (this.current === levelEnd) {
        levelEnd = visited.count;
        level += 1;
        search.counters.depth = level;
      }
      if (search.mustStop(visited.count - this.current)) return false;
      if (level >= depth && this.anyEnabled()) {
        search.stopped = "depth";
        return false;
      }
      this.expand();
    }
    return true;
  }

  private anyEnabled(): boolean {
    const { machine } = this.space;
    this.space.load(this.current);
    return machine.program.tasks.some((task) => machine.enabled(task.id));
  }

  private expand(): void {
    const { space, enabled, search } = this;
    const { machine } = space;
    space.load(this.current);
    let any = false;
    for (let task = 0; task < enabled.length; task++) {
      const can = machine.enabled(task);
      enabled[task] = can ? 1 : 0;
      any ||= can;
    }
    if (!any) {
      search.atEnd(() => this.path());
      return;
    }
    const enough = space.reductions.enough(machine, enabled);
    let open = false;
    if (enough !== null) {
      this.wentWrong = false;
      for (let task = 0; task < enabled.length; task++) if (enabled[task] === 1 && enough[task] === 1 && this.tryTask(task)) open = true;
      if (open && !this.wentWrong) return;
    }
    for (let task = 0; task < enabled.length; task++) if (enabled[task] === 1 && enough?.[task] !== 1) this.tryTask(task);
  }

  /** All alternatives of the task's step; whether one leads to a state that is still to be expanded. */
  private tryTask(task: number): boolean {
    const { space, search, moves } = this;
    const { machine, visited } = space;
    let open = false;
    for (let choice = 0, most = 1; choice < most; choice++) {
      machine.step(task, choice);
      most = Math.max(most, machine.alternatives);
      search.counters.transitions += 1;
      if (machine.violations.length > 0) this.wentWrong = true;
      if (machine.violations.length > 0) search.judgeStep(task, choice, this.path);
      moves.length = 0;
      search.counters.transitions += search.settle(task, moves);
      space.packChanges(visited.store, this.current * visited.words, 0);
      const number = visited.insert(space.words, this.current);
      if (number >= 0) search.judgeMovers(task, moves, this.path, choice);
      open ||= number >= 0 || -1 - number > this.current;
      machine.undo(0);
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
