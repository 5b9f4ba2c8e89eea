/**
 * Whether a program has any run that never ends, decided on the reduced graph of states.
 *
 * Persistent sets keep infinite runs (Valmari, A stubborn attack on state explosion, CAV 1990: the first step of the run
 * that is in the set can be taken first, and if none is, one of the set can be put in front), and a cycle of the whole
 * graph is a closed walk of its quotient under symmetry. So if the reduced graph has no cycle, every run ends; if it has
 * one, nothing is said.
 */
import { makeReductions } from "./reduce.ts";
import { Space } from "./space.ts";
import type { Exploration, Move } from "./strategy.ts";
import { MemoryExceeded } from "./visited.ts";

interface Frame {
  readonly state: number;
  readonly numbers: Int32Array;
  /** the tasks to be tried here, and where it is among them */
  tasks: number[];
  at: number;
  choice: number;
}

const FINISHED = 0;
const OPEN = 1;

/** Whether every run ends for sure: the reduced graph was seen whole, within the limits, and has no cycle. */
export function isAcyclic(exploration: Exploration): boolean {
  const reductions = makeReductions(exploration);
  const space = new Space(exploration, false, reductions);
  const { steps } = space;
  const { length: taskCount } = exploration.program.tasks;
  const status: number[] = [];
  const frames: Frame[] = [];
  const moves: Move[] = [];
  const enabled = new Uint8Array(taskCount);
  let work = 0;
  const push = (numbers: Int32Array, state: number): void => {
    status[state] = OPEN;
    for (let task = 0; task < taskCount; task++) enabled[task] = steps.canMove(task, numbers) ? 1 : 0;
    const enough = reductions.enough(numbers, -1, enabled, null);
    const all = [...enabled.keys()].filter((task) => enabled[task] === 1);
    const few = enough === null ? all : all.filter((task) => enough[task] === 1);
    // a step that violates something may end its task, which the reduction did not reckon with
    const wrong = few.some((task) => steps.isWrong(steps.find(task, 0, numbers)));
    frames.push({ state, numbers, tasks: wrong ? all : few, at: 0, choice: 0 });
  };
  try {
    const start = space.start.slice();
    reductions.settle(start, -1, moves);
    push(start, space.add(start, -1));
    for (let frame = frames[frames.length - 1]; frame !== undefined; frame = frames[frames.length - 1]) {
      const task = frame.tasks[frame.at];
      if (task === undefined) {
        status[frame.state] = FINISHED;
        frames.pop();
        continue;
      }
      work += 1;
      if (space.visited.count > exploration.limits.states || frames.length > exploration.limits.depth) return false;
      if (work % 1024 === 0 && exploration.stopRequested() !== null) return false;
      const effect = steps.find(task, frame.choice, frame.numbers);
      frame.choice += 1;
      if (frame.choice >= steps.alternatives(effect)) {
        frame.choice = 0;
        frame.at += 1;
      }
      const next = frame.numbers.slice();
      steps.apply(effect, next);
      moves.length = 0;
      reductions.settle(next, task, moves);
      const state = space.add(next, -1);
      if (state >= 0) push(next, state);
      else if (status[-1 - state] === OPEN) return false;
    }
    return true;
  } catch (problem) {
    if (problem instanceof MemoryExceeded) return false;
    throw problem;
  }
}
