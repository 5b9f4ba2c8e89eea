/**
 * Breadth first over states: the paths it finds have the fewest steps (with reductions: the fewest runs of steps).
 *
 * The states lie in the order in which they were found, so the set is the queue.
 */
import { type Chunk, type Crew, type CrewOptions, NOBODY, openCrew, usualCrew } from "./crew.ts";
import { expand, JUDGE, makeRow, type Successors } from "./expand.ts";
import { inThread } from "./memory.ts";
import { type Layout, unpackAs } from "./pack.ts";
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
  pauses: true,
  explore: (exploration) =>
    breadthFirst(exploration, exploration.reduction ? makeReductions(exploration) : NO_REDUCTION),
};

/** The search with the given reductions. */
export function breadthFirst(
  exploration: Exploration,
  reductions: Reductions,
  crewOptions: CrewOptions | null = usualCrew(),
): StrategyResult {
  const space = new Space(exploration, true, reductions);
  const search = new Search(space);
  return proceed(new BreadthFirst(space, search, crewOptions), search);
}

function proceed(breadthFirst: BreadthFirst, search: Search): StrategyResult {
  let complete = false;
  try {
    complete = breadthFirst.run();
  } catch (problem) {
    if (!(problem instanceof MemoryExceeded)) throw problem;
    search.stopped ??= "memory";
  } finally {
    breadthFirst.close();
  }
  const result = search.result(complete);
  if (result.complete) return { ...result, space: breadthFirst.space };
  if (search.stopped !== "states" && search.stopped !== "paused") return result;
  const resume = (exploration: Exploration): StrategyResult => {
    search.goOn(exploration);
    return proceed(breadthFirst, search);
  };
  return { ...result, resume };
}

/** States and transitions of a row: so many that what is fetched for them stays in the processor's caches. */
const ROW_STATES = 256;
const ROW_TRANSITIONS = 1024;
const FETCHED = 1024;
/** States between looks at whether too much is remembered of steps. */
const TRIM = 1024;

/** The search itself, over a space that keeps parents. */
export class BreadthFirst {
  readonly space: Space;
  private readonly search: Search;
  private readonly enabled: Uint8Array;
  private readonly tried: Uint8Array;
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
  private crewOptions: CrewOptions | null;
  private crew: Crew | null = null;
  /** the state at which steps were last forgotten */
  private forgotten = -1;
  private readonly rowNumbers: Int32Array;

  constructor(space: Space, search: Search, crewOptions: CrewOptions | null = null) {
    this.space = space;
    this.crewOptions = space.exploration.workers > 1 ? crewOptions : null;
    this.rowNumbers = new Int32Array(space.start.length);
    this.row = makeRow(ROW_STATES, ROW_TRANSITIONS, space.packing.layout.words, inThread);
    this.search = search;
    const tasks = space.exploration.program.tasks.length;
    this.enabled = new Uint8Array(tasks);
    this.tried = new Uint8Array(tasks);
    this.numbers = space.start.slice();
    this.next = space.start.slice();
  }

  /** Begins, or goes on where it was stopped; whether every state was expanded. */
  run(): boolean {
    const { space, search } = this;
    const { visited } = space;
    if (visited.count === 0) space.add(search.begin(), -1);
    this.dismiss();
    while (this.current < visited.count) {
      this.hire();
      const chunk = this.crew?.next(this.current) ?? (space.isReduced ? null : this.expandRow());
      if (!(chunk === null ? this.takeOne() : this.takeRow(chunk))) return false;
    }
    return true;
  }

  /** Expands one state; false if it must not be. */
  private takeOne(): boolean {
    const { layout } = this.space.packing;
    this.forget();
    if (!this.enter() || !this.expandHere()) return false;
    this.current += 1;
    if (this.space.packing.layout === layout) this.crew?.passOver(this.current);
    else this.crew?.startAnew(this.current, null);
    return true;
  }

  /** Forgets steps if they are too many: always at the same states, so that what is learnt again is always the same. */
  private forget(): boolean {
    if (this.current % TRIM !== 0 || this.current === this.forgotten || !this.space.steps.trim()) return false;
    this.forgotten = this.current;
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

  /** Takes what a row of states leads to; false if it had to stop. */
  private takeRow(chunk: Chunk): boolean {
    const { space, search, crew } = this;
    const { visited } = space;
    const { layout } = space.packing;
    const { row, from, to } = chunk;
    let at = 0;
    let located = 0;
    while (this.current < to) {
      if (this.forget()) {
        crew?.startAnew(this.current, chunk);
        return true;
      }
      if (!this.enter()) return false;
      const place = this.current - from;
      const transitions = row.transitions[place]!;
      if (transitions <= 0) {
        // an end, or steps that have to be looked at one by one
        if (!this.expandHere()) return false;
      } else {
        if (!this.mayGoDeeper()) return false;
        search.counters.transitions += transitions;
        let open = row.highest[place]! > this.current;
        for (const end = row.ends[place]!; at < end; at++) {
          if (at === located) {
            located = Math.min(at + FETCHED, row.ends[to - from - 1]!);
            visited.locate(row, at, located);
          }
          // to show a path may have changed what words mean
          const state =
            space.packing.layout === layout
              ? visited.insertLocated(row, at, this.current)
              : this.addAnew(row, at, layout);
          if (state >= 0 && (row.moves[at]! & JUDGE) !== 0) this.judgeEntry(row, at, layout);
          if (state >= 0 || -1 - state > this.current) open = true;
        }
        if (row.partial[place] === 1 && !open) this.tryOthers();
      }
      this.current += 1;
      if (space.packing.layout === layout) continue;
      // the rest of the row is in words that no longer mean the same
      crew?.startAnew(this.current, chunk);
      return true;
    }
    crew?.giveBack(chunk);
    return true;
  }

  /** Brings `next` to where an entry of a row in that layout leads, and `moves` to the steps beyond the first. */
  private follow(row: Successors, at: number, layout: Layout): void {
    const { space, numbers, next, moves } = this;
    if (!space.isReduced) return unpackAs(layout, row.words, at * layout.words, next);
    const task = row.moves[at]! >> 1;
    space.read(this.current, numbers);
    next.set(numbers);
    space.steps.apply(space.steps.find(task, row.choices[at]!, numbers), next);
    moves.length = 0;
    space.reductions.settle(next, task, moves);
  }

  private addAnew(row: Successors, at: number, layout: Layout): number {
    this.follow(row, at, layout);
    return this.space.add(this.next, this.current);
  }

  private judgeEntry(row: Successors, at: number, layout: Layout): void {
    this.follow(row, at, layout);
    this.search.judgeState(this.next, row.moves[at]! >> 1, row.choices[at]!, this.moves, this.path);
  }

  /** Those tasks that are enough lead only back: others are tried as well. */
  private tryOthers(): void {
    const { enabled, numbers, tried } = this;
    this.look();
    tried.set(this.space.reductions.enough(numbers, this.current, enabled, null)!);
    // steps that violate something are not in rows
    this.wentWrong = false;
    this.tryMore();
  }

  /**
   * After `tried` led only back: other sets of tasks that are enough, until one of them leads on, else all who can move.
   * (Any set that is enough will do, as long as it leads on.)
   */
  private tryMore(): void {
    const { enabled, numbers, tried } = this;
    for (;;) {
      const more = this.space.reductions.enough(numbers, this.current, enabled, tried);
      let open = false;
      for (let task = 0; task < enabled.length; task++) {
        if (enabled[task] === 0 || tried[task] === 1 || more?.[task] === 0) continue;
        tried[task] = 1;
        if (this.tryTask(task)) open = true;
      }
      if (more === null || (open && !this.wentWrong)) return;
    }
  }

  /** Expands as many states as there is room for, up to those that somebody else is at. */
  private expandRow(): Chunk {
    const { space, row, current, crew } = this;
    const { visited, packing } = space;
    row.fit(packing.layout.words);
    const most = Math.min(visited.count, current + ROW_STATES, crew?.begun ?? Number.POSITIVE_INFINITY);
    const to = expand(space.steps, packing.layout, visited.store, current, most, this.rowNumbers, row);
    crew?.passOver(to);
    return { row, from: current, to, slot: NOBODY };
  }

  /** Lets others help once there is enough to do. */
  private hire(): void {
    const { space, crewOptions } = this;
    if (this.crew !== null || crewOptions === null || space.visited.count < crewOptions.from) return;
    this.crew = openCrew(space, crewOptions, space.exploration.workers - 1);
    if (this.crew === null) this.crewOptions = null;
  }

  /** Nobody helps any more, and somebody may be asked again. */
  private dismiss(): void {
    this.crew = null;
  }

  /** How many rows others have expanded. */
  get helped(): number {
    return this.crew?.helped ?? 0;
  }

  /** To be called at the end. */
  close(): void {
    this.crew?.close();
  }

  /** Who can move. */
  private look(): boolean {
    const { space, enabled, numbers } = this;
    const { steps } = space;
    space.read(this.current, numbers);
    let any = false;
    for (let task = 0; task < enabled.length; task++) {
      // rows are expanded with effects alone (expand.ts), so that of a task which cannot move has to be known as well
      const can = space.isReduced ? steps.canMove(task, numbers) : steps.isEnabled(steps.find(task, 0, numbers));
      enabled[task] = can ? 1 : 0;
      any ||= can;
    }
    return any;
  }

  private expand(): void {
    this.tried.fill(0);
    this.wentWrong = false;
    this.tryMore();
  }

  /** All alternatives of the task's step; whether one leads to a state that is still to be expanded. */
  private tryTask(task: number): boolean {
    const { space, search, moves, numbers, next } = this;
    const { steps } = space;
    let open = false;
    for (let choice = 0, most = 1; choice < most; choice++) {
      const effect = steps.find(task, choice, numbers);
      most = Math.max(most, steps.alternatives(effect));
      search.counters.transitions += 1;
      if (steps.isWrong(effect)) {
        this.wentWrong = true;
        search.judgeStep(numbers, task, choice, this.path);
      }
      if (!space.isReduced) {
        const state = space.addNext(effect, this.current, this.current);
        if (state < 0 || !steps.concerns(effect)) continue;
        next.set(numbers);
        steps.apply(effect, next);
        search.judgeState(next, task, choice, moves, this.path);
        continue;
      }
      next.set(numbers);
      steps.apply(effect, next);
      if (moves.length > 0) moves.length = 0;
      space.reductions.settleAfter(effect, numbers, this.current, next, task, moves);
      search.counters.transitions += moves.length;
      const state = space.add(next, this.current);
      if (state >= 0 && (moves.length > 0 || steps.concerns(effect)))
        search.judgeState(next, task, choice, moves, this.path);
      if (state >= 0 || -1 - state > this.current) open = true;
    }
    return open;
  }

  /** The states from the first to the one being expanded. */
  private readonly path = (): number[] => {
    const path: number[] = [];
    for (let at = this.current; at > 0; at = this.parentOf(at)) path.push(at);
    path.push(0);
    return path.reverse();
  };

  /** The first state that leads to this one. Ways to different ends have most of their states in common. */
  private parentOf(state: number): number {
    const known = this.parents.get(state);
    if (known !== undefined) return known;
    const [first, last] = this.space.visited.parentsOf(state, this.current);
    let parent = first;
    while (parent < last && !this.search.leads(parent, state)) parent += 1;
    this.parents.set(state, parent);
    return parent;
  }
  private readonly parents = new Map<number, number>();
}
