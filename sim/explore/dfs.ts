/**
 * Depth first over states. The stack is the path, as numbers of states in the set, from which the state before is read
 * on the way back; so no parents are kept. It reaches deep states early, and its paths are long.
 */
import { makeReductions } from "./reduce.ts";
import { NO_REDUCTION, type Reductions } from "./reductions.ts";
import { Search } from "./search.ts";
import { Space } from "./space.ts";
import type { Exploration, Move, StrategyResult, StrategySpecification } from "./strategy.ts";
import { MemoryExceeded } from "./visited.ts";

export const dfs: StrategySpecification = {
  name: "dfs",
  about: "depth first over states: deep states early, long paths, least memory a state",
  source: "depth-first search over packed states; Holzmann, Peled, An improvement in formal verification (FORTE 1994)",
  guarantee: "exhaustive",
  explore: (exploration) => depthFirst(exploration, exploration.reduction ? makeReductions(exploration) : NO_REDUCTION),
};

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
  const result = search.result(complete);
  return result.complete ? { ...result, space } : result;
}

const OPEN = 1;
const WENT_WRONG = 2;
const HAS_ENOUGH = 4;
/** Those that are enough have been tried; now the others. */
const OTHERS = 8;

/** The states on the stack and what is still to be tried from each, in typed arrays that grow with its depth. */
class Stack {
  depth = 0;
  /** number of the state in the set */
  state = new Int32Array(64);
  task = new Int32Array(64);
  choice = new Int32Array(64);
  /** alternatives of the task's step */
  most = new Int32Array(64);
  flags = new Uint8Array(64);
  /** `tasks` for each state: 1 for tasks that are enough, 2 for those that were, but led only back */
  enough: Uint8Array;
  private readonly tasks: number;

  constructor(tasks: number) {
    this.tasks = tasks;
    this.enough = new Uint8Array(64 * tasks);
  }

  get bytes(): number {
    return this.state.length * (17 + this.tasks);
  }

  push(state: number): void {
    if (this.depth === this.state.length) {
      this.state = doubled(this.state);
      this.task = doubled(this.task);
      this.choice = doubled(this.choice);
      this.most = doubled(this.most);
      this.flags = doubled(this.flags);
      this.enough = doubled(this.enough);
    }
    const at = this.depth;
    this.depth += 1;
    this.state[at] = state;
    this.task[at] = -1;
    this.choice[at] = 0;
    this.most[at] = 0;
    this.flags[at] = OTHERS;
  }

  setEnough(enough: Uint8Array): void {
    this.flags[this.depth - 1] = HAS_ENOUGH;
    this.enough.set(enough, (this.depth - 1) * this.tasks);
  }
}

function doubled<T extends Int32Array | Uint8Array>(from: T): T {
  const to = new (from.constructor as new (length: number) => T)(from.length * 2);
  to.set(from);
  return to;
}

class DepthFirst {
  private readonly space: Space;
  private readonly search: Search;
  private readonly taskCount: number;
  private readonly stack: Stack;
  /** 1 for states on the stack */
  private onStack = new Uint8Array(1024);
  /** the state at the top of the stack */
  private readonly numbers: Int32Array;
  private readonly next: Int32Array;
  private readonly enabled: Uint8Array;
  private readonly moves: Move[] = [];
  private cut = false;

  constructor(space: Space, search: Search) {
    this.space = space;
    this.search = search;
    this.taskCount = space.exploration.program.tasks.length;
    this.stack = new Stack(this.taskCount);
    this.numbers = space.start.slice();
    this.next = space.start.slice();
    this.enabled = new Uint8Array(this.taskCount);
  }

  /** Whether every state was expanded. */
  run(): boolean {
    const { space, search, stack } = this;
    this.push(space.add(search.begin(), -1));
    while (stack.depth > 0) {
      if (search.mustStop(stack.depth)) return false;
      if (search.isTooMuch(stack.bytes + this.onStack.length)) return false;
      if (this.advance()) {
        this.step();
        continue;
      }
      this.onStack[stack.state[stack.depth - 1]!] = 0;
      stack.depth -= 1;
      if (stack.depth > 0) space.read(stack.state[stack.depth - 1]!, this.numbers);
    }
    if (this.cut) search.stopped ??= "depth";
    return !this.cut;
  }

  /** A new state becomes the top of the stack. */
  private push(state: number): void {
    const { space, search, stack, numbers, enabled } = this;
    const { steps } = space;
    // as it is in the set: with interchangeable tasks in a fixed order
    space.read(state, numbers);
    steps.trim();
    stack.push(state);
    search.counters.depth = Math.max(search.counters.depth, stack.depth - 1);
    this.markOnStack(state);
    let any = false;
    for (let task = 0; task < this.taskCount; task++) {
      const can = steps.canMove(task, numbers);
      enabled[task] = can ? 1 : 0;
      any ||= can;
    }
    if (!any) search.judgeEnd(numbers, this.path);
    else if (stack.depth > space.exploration.limits.depth) {
      this.cut = true;
      stack.task[stack.depth - 1] = this.taskCount;
    } else {
      const enough = space.reductions.enough(numbers, state, enabled, null);
      if (enough !== null) stack.setEnough(enough);
    }
  }

  private markOnStack(state: number): void {
    while (state >= this.onStack.length) this.onStack = doubled(this.onStack);
    this.onStack[state] = 1;
  }

  /** Moves on to the next step to try from the top; false if there is none left. */
  private advance(): boolean {
    const { stack, taskCount, numbers } = this;
    const { steps } = this.space;
    const top = stack.depth - 1;
    stack.choice[top]! += 1;
    if (stack.choice[top]! < stack.most[top]!) return true;
    stack.choice[top] = 0;
    stack.most[top] = 1;
    for (let task = stack.task[top]! + 1; ; task++) {
      const flags = stack.flags[top]!;
      if (task >= taskCount) {
        const done = (flags & OTHERS) !== 0 || ((flags & OPEN) !== 0 && (flags & WENT_WRONG) === 0);
        stack.task[top] = taskCount;
        if (done) return false;
        this.tryMore();
        task = -1;
        continue;
      }
      const whether = (flags & HAS_ENOUGH) !== 0 ? stack.enough[top * taskCount + task]! : 0;
      if (whether !== ((flags & OTHERS) === 0 ? 1 : 0) || !steps.canMove(task, numbers)) continue;
      stack.task[top] = task;
      return true;
    }
  }

  /** What was tried from the top led only back: another set of tasks that are enough, or all the others. */
  private tryMore(): void {
    const { enabled, numbers, space, stack, taskCount } = this;
    const top = stack.depth - 1;
    const tried = stack.enough.subarray(top * taskCount, stack.depth * taskCount);
    for (let task = 0; task < taskCount; task++) {
      enabled[task] = space.steps.canMove(task, numbers) ? 1 : 0;
      if (tried[task] === 2) tried[task] = 1;
    }
    const more = space.reductions.enough(numbers, stack.state[top]!, enabled, tried);
    if (more === null) stack.flags[top]! |= OTHERS;
    for (let task = 0; task < taskCount; task++) tried[task] = tried[task] === 1 ? 2 : (more?.[task] ?? 0);
  }

  private step(): void {
    const { space, search, stack, moves, next, numbers } = this;
    const { steps } = space;
    const top = stack.depth - 1;
    const task = stack.task[top]!;
    const choice = stack.choice[top]!;
    const effect = steps.find(task, choice, numbers);
    stack.most[top] = Math.max(stack.most[top]!, steps.alternatives(effect));
    search.counters.transitions += 1;
    if (steps.isWrong(effect)) {
      stack.flags[top]! |= WENT_WRONG;
      search.judgeStep(numbers, task, choice, this.path);
    }
    if (moves.length > 0) moves.length = 0;
    let state: number;
    if (space.isReduced) {
      next.set(numbers);
      steps.apply(effect, next);
      space.reductions.settleAfter(effect, numbers, stack.state[top]!, next, task, moves);
      search.counters.transitions += moves.length;
      state = space.add(next, -1);
    } else {
      state = space.addNext(effect, stack.state[top]!, -1);
      if (state >= 0) {
        next.set(numbers);
        steps.apply(effect, next);
      }
    }
    if (state < 0) {
      if (this.onStack[-1 - state] !== 1) stack.flags[top]! |= OPEN;
      return;
    }
    stack.flags[top]! |= OPEN;
    if (moves.length > 0 || steps.concerns(effect)) search.judgeState(next, task, choice, moves, this.path);
    this.push(state);
  }

  private readonly path = (): number[] => [...this.stack.state.subarray(0, this.stack.depth)];
}
