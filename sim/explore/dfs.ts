/**
 * Depth first over states, going back by undo. The stack is the path, so no parents are kept; it reaches deep states
 * early, and its paths are long.
 */
import { makeReductions } from "./reduce.ts";
import { NO_REDUCTION, type Reductions } from "./reductions.ts";
import { Search } from "./search.ts";
import { Space } from "./space.ts";
import type { Exploration, Move, StrategyResult, StrategySpecification } from "./strategy.ts";
import { MemoryExceeded } from "./visited.ts";

export const dfs: StrategySpecification = {
  name: "dfs",
  about: "depth first over states, going back by undo: deep states early, long paths",
  source: "Tarjan's search over packed states; Holzmann, Peled, An improvement in formal verification (FORTE 1994)",
  guarantee: "exhaustive",
  explore,
};

function explore(exploration: Exploration): StrategyResult {
  return depthFirst(exploration, exploration.reduction ? makeReductions(exploration) : NO_REDUCTION);
}

/** The search with the given reductions. */
export function depthFirst(exploration: Exploration, reductions: Reductions): StrategyResult {
  const space = new Space(exploration, false, reductions);
  const search = new Search(space);
  let complete = false;
  try {
    complete = new DepthFirst(space, search).run();
  } catch (problem) {
    if (!(problem instanceof MemoryExceeded)) throw problem;
    search.stopped ??= "memory";
  }
  return search.result(complete);
}

/** What a state on the stack has still to try. */
interface Frame {
  /** number of the state */
  number: number;
  /** size of the trail when the machine was in it */
  mark: number;
  task: number;
  choice: number;
  most: number;
  /** 0: tasks that are enough; 1: the others */
  phase: 0 | 1;
  readonly enabled: Uint8Array;
  /** null: all that are enabled */
  enough: Uint8Array | null;
  /** a step of those that are enough led to a state that is not on the stack */
  open: boolean;
  /** a step violated something: it may have ended its task, which the reduction did not reckon with */
  wentWrong: boolean;
}

class DepthFirst {
  private readonly space: Space;
  private readonly search: Search;
  private readonly frames: Frame[] = [];
  private depth = 0;
  /** 1 for states on the stack */
  private onStack = new Uint8Array(1024);
  private readonly moves: Move[] = [];
  private cut = false;

  constructor(space: Space, search: Search) {
    this.space = space;
    this.search = search;
  }

  /** Whether every state was expanded. */
  run(): boolean {
    const { space, search } = this;
    search.begin();
    space.visited.insert(space.words, -1);
    this.keepWords();
    this.push(0);
    while (this.depth > 0) {
      if (search.mustStop(this.depth)) return false;
      const frame = this.frames[this.depth - 1]!;
      if (this.advance(frame)) this.step(frame);
      else this.pop(frame);
    }
    if (this.cut) search.stopped ??= "depth";
    return !this.cut;
  }

  /** The state that the machine is in becomes the top of the stack; its words are kept already. */
  private push(number: number): void {
    const { space, search } = this;
    const { machine } = space;
    const { tasks } = machine.program;
    const frame = (this.frames[this.depth] ??= {
      number: 0,
      mark: 0,
      task: 0,
      choice: 0,
      most: 1,
      phase: 0,
      enabled: new Uint8Array(tasks.length),
      enough: null,
      open: false,
      wentWrong: false,
    });
    this.depth += 1;
    search.counters.depth = Math.max(search.counters.depth, this.depth - 1);
    Object.assign(frame, { number, mark: machine.trailSize, task: -1, choice: 0, most: 0, phase: 0, enough: null, open: false, wentWrong: false });
    this.markOnStack(number, 1);
    let any = false;
    for (let task = 0; task < tasks.length; task++) {
      const can = machine.enabled(task);
      frame.enabled[task] = can ? 1 : 0;
      any ||= can;
    }
    if (!any) search.atEnd(this.path);
    else if (this.depth > space.exploration.limits.depth) {
      this.cut = true;
      frame.enabled.fill(0);
    } else frame.enough = space.reductions.enough(machine, frame.enabled)?.slice() ?? null;
    frame.phase = frame.enough === null ? 1 : 0;
  }

  /** Keeps the concrete words of the machine's state for the steps from it. */
  private keepWords(): void {
    const { space } = this;
    const width = space.packing.words;
    if ((this.depth + 1) * width > space.keep.words.length) {
      const grown = new Int32Array(Math.max(64, space.keep.words.length * 2, (this.depth + 1) * width * 2));
      grown.set(space.keep.words);
      space.keep.words = grown;
    }
    space.keep.words.set(space.concrete, this.depth * width);
    space.keep.count = this.depth + 1;
  }

  private markOnStack(number: number, value: 0 | 1): void {
    if (number >= this.onStack.length) {
      const grown = new Uint8Array(Math.max(number + 1, this.onStack.length * 2));
      grown.set(this.onStack);
      this.onStack = grown;
    }
    this.onStack[number] = value;
  }

  /** Moves on to the next step to try; false if there is none left. */
  private advance(frame: Frame): boolean {
    frame.choice += 1;
    if (frame.choice < frame.most) return true;
    frame.choice = 0;
    frame.most = 1;
    for (;;) {
      frame.task += 1;
      if (frame.task >= frame.enabled.length) {
        if (frame.phase === 1 || (frame.open && !frame.wentWrong)) return false;
        frame.phase = 1;
        frame.task = -1;
        continue;
      }
      if (frame.enabled[frame.task] === 0) continue;
      const isEnough = frame.enough?.[frame.task] === 1;
      if (frame.phase === 0 ? isEnough : !isEnough) return true;
    }
  }

  private step(frame: Frame): void {
    const { space, search, moves } = this;
    const { machine, visited } = space;
    const { task, choice } = frame;
    machine.step(task, choice);
    frame.most = Math.max(frame.most, machine.alternatives);
    search.counters.transitions += 1;
    if (machine.violations.length > 0) frame.wentWrong = true;
    if (machine.violations.length > 0) search.judgeStep(task, choice, this.path);
    moves.length = 0;
    search.counters.transitions += search.settle(task, moves);
    space.packChanges(space.keep.words, (this.depth - 1) * space.packing.words, frame.mark);
    const number = visited.insert(space.words, -1);
    if (number < 0) {
      if (this.onStack[-1 - number] !== 1) frame.open = true;
      machine.undo(frame.mark);
      return;
    }
    frame.open = true;
    // before anything else is packed
    this.keepWords();
    search.judgeMovers(task, moves, this.path, choice);
    this.push(number);
  }

  private pop(frame: Frame): void {
    this.onStack[frame.number] = 0;
    this.depth -= 1;
    this.space.keep.count = this.depth;
    if (this.depth > 0) this.space.machine.undo(this.frames[this.depth - 1]!.mark);
  }

  private readonly path = (): number[] => this.frames.slice(0, this.depth).map((frame) => frame.number);
}
