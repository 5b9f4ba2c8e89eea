/**
 * The loops of a task's code, and which steps get it on: out of a loop that has an exit, or once more round a loop that
 * has none. `while` and `break` make exits; a bare `loop:` is meant to go on for ever.
 */
import type { Instruction, Task } from "../program/program.ts";

interface Loop {
  readonly body: ReadonlySet<number>;
  readonly hasExit: boolean;
}

/** Whether a step of the task from one position to another gets it on. */
export function progressOf(task: Task): (from: number, to: number) => boolean {
  const next = task.code.map(successors);
  const loops = findLoops(next, task.code, new Set(next.keys()));
  const of = (at: number): Loop[] => loops.filter((loop) => loop.body.has(at));
  return (from, to) => {
    const inside = of(from);
    if (inside.length === 0) return true;
    if (inside.some((loop) => loop.hasExit && !loop.body.has(to))) return true;
    const both = inside.filter((loop) => loop.body.has(to));
    // the innermost loop that holds both ends of the step decides what going backwards means
    const inner = both.reduce<Loop | null>(
      (least, loop) => (least === null || loop.body.size < least.body.size ? loop : least),
      null,
    );
    return inner === null || (!inner.hasExit && to <= from);
  };
}

/** The line-wise first position of the innermost loop with an exit around a position; −1 if there is none. */
export function loopHead(task: Task, at: number): number {
  const next = task.code.map(successors);
  const loops = findLoops(next, task.code, new Set(next.keys())).filter((loop) => loop.hasExit && loop.body.has(at));
  const inner = loops.reduce<Loop | null>(
    (least, loop) => (least === null || loop.body.size < least.body.size ? loop : least),
    null,
  );
  return inner === null ? -1 : Math.min(...inner.body);
}

function successors(instruction: Instruction): number[] {
  if (instruction.op === "branch") return [instruction.yes, instruction.no];
  if (instruction.op === "when" && instruction.missed >= 0) return [instruction.next, instruction.missed];
  return "next" in instruction ? [instruction.next] : [];
}

/** Strongly connected parts of the control flow, and those that are left of each when its first position is taken out. */
function findLoops(
  next: readonly (readonly number[])[],
  code: readonly Instruction[],
  within: ReadonlySet<number>,
): Loop[] {
  const loops: Loop[] = [];
  for (const body of components(next, within)) {
    const [only] = body;
    if (body.size === 1 && !next[only!]!.includes(only!)) continue;
    let hasExit = false;
    for (const at of body) for (const to of next[at]!) if (!body.has(to) && code[to]?.op !== "fail") hasExit = true;
    loops.push({ body, hasExit });
    const rest = new Set(body);
    rest.delete(Math.min(...body));
    if (rest.size > 0) loops.push(...findLoops(next, code, rest));
  }
  return loops;
}

/** Strongly connected components by reachability both ways; code is short. */
function components(next: readonly (readonly number[])[], within: ReadonlySet<number>): Set<number>[] {
  const reach = new Map<number, Set<number>>();
  for (const start of within) {
    const seen = new Set<number>();
    const todo = [start];
    for (let at = todo.pop(); at !== undefined; at = todo.pop()) {
      for (const to of next[at]!) {
        if (!within.has(to) || seen.has(to)) continue;
        seen.add(to);
        todo.push(to);
      }
    }
    reach.set(start, seen);
  }
  const done = new Set<number>();
  const found: Set<number>[] = [];
  for (const start of within) {
    if (done.has(start)) continue;
    const component = new Set([start]);
    for (const other of reach.get(start)!) if (reach.get(other)!.has(start)) component.add(other);
    for (const each of component) done.add(each);
    found.push(component);
  }
  return found;
}
