/**
 * Deadlocks that one run did not have but another may: cycles in the order in which tasks take locks (Goodlock: Havelund,
 * SPIN 2000). A cycle counts only among different tasks, with no gate lock that two of them hold around it, and only if
 * no two of its acquisitions are ordered by the starting and joining of tasks (Agarwal, Wang, Stoller, HVC 2005;
 * Bensalem, Havelund, HVC 2005).
 *
 * Where those papers number the segments between starts and joins and keep a graph of them, here each task has a vector
 * clock that only starts and joins move: two acquisitions are in ordered segments exactly if their clocks are ordered.
 * Compared are the inner acquisitions: in the deadlock all tasks stand right before theirs, so none may have to be over
 * before another. That covers the papers' case (the inner one before another's outer one) and one more: a task that
 * takes its inner lock only after it has joined another of the cycle.
 */
import { type Instruction, LIFE, type Program, type ResourceInstance, sizeOf } from "../program/program.ts";

/** A task took `taken` while it held `held`. */
export interface LockEdge {
  readonly task: number;
  readonly held: string;
  readonly taken: string;
  /** all locks held then, `held` among them */
  readonly gates: ReadonlySet<string>;
  /** index of the event in which it took `taken` */
  readonly event: number;
  /** by task: how many of its segments are over before this; of its own: which segment this is in */
  readonly clock: Int32Array;
}

export interface LockEvent {
  readonly task: number;
  /** the instruction with which the step began; undefined for the death of a task */
  readonly instruction: Instruction | undefined;
  readonly writes: readonly number[];
  /** the code in a slot after the step, for the slots written */
  readonly after: (slot: number) => number;
}

/** Kinds that one task owns at a time. */
export function ownedResources(program: Program): ResourceInstance[] {
  return program.resources.filter(
    (resource) =>
      resource.holder !== null && resource.holder.layout.type === "scalar" && sizeOf(resource.holder.layout) === 1,
  );
}

/** The edges of the lock-order graph of a run: each once for a task, a set of gate locks and a segment. */
export function lockEdges(program: Program, events: Iterable<LockEvent>): LockEdge[] {
  const owned = new Map(ownedResources(program).map((resource) => [resource.holder!.base, resource.name] as const));
  const held = program.tasks.map(() => new Set<string>());
  const edges = new Map<string, LockEdge>();
  const names = program.tasks.map((task) => program.values.encode(task.name));
  const segments = new Segments(program);
  let index = -1;
  for (const event of events) {
    const { task, instruction, writes, after } = event;
    index += 1;
    segments.joins(task, instruction);
    for (const slot of writes) {
      const lock = owned.get(slot);
      if (lock === undefined) continue;
      const mine = held[task]!;
      if (after(slot) !== names[task]) {
        for (const each of held) each.delete(lock);
        continue;
      }
      if (mine.has(lock)) continue;
      // whoever would give up waiting stays in no deadlock
      if (instruction?.op === "when" && instruction.timeout === null) {
        const clock = segments.clockOf(task);
        for (const before of mine) {
          const key = JSON.stringify([task, before, lock, [...mine].sort(), [...clock]]);
          if (!edges.has(key))
            edges.set(key, { task, held: before, taken: lock, gates: new Set(mine), event: index, clock });
        }
      }
      mine.add(lock);
    }
    segments.starts(event);
  }
  return [...edges.values()];
}

/** Vector clocks that only starts and joins move. */
class Segments {
  private readonly program: Program;
  private readonly clocks: Int32Array[];
  private readonly lifeOwner: ReadonlyMap<number, number>;

  constructor(program: Program) {
    this.program = program;
    this.lifeOwner = new Map(program.tasks.map((task) => [task.lifeSlot, task.id] as const));
    this.clocks = program.tasks.map((task) => {
      const clock = new Int32Array(program.tasks.length);
      clock[task.id] = 1;
      return clock;
    });
  }

  /** The clock as it is now; it will not change under the hands of who asks. */
  clockOf(task: number): Int32Array {
    return this.clocks[task]!.slice();
  }

  /** A step that waited until other tasks had ended comes after all they did. A join that may give up orders nothing. */
  joins(task: number, instruction: Instruction | undefined): void {
    if (instruction?.op !== "when" || instruction.timeout !== null) return;
    const { tasks, any } = instruction.waits;
    if (any && tasks.length > 1) return;
    for (const ended of tasks) this.comesAfter(task, ended);
  }

  /** A step that brings tasks to life comes before all they do. */
  starts({ task, writes, after }: LockEvent): void {
    let starts = false;
    for (const slot of writes) {
      const started = this.lifeOwner.get(slot);
      if (started === undefined || started === task || after(slot) !== LIFE.alive) continue;
      raise(this.clocks[started]!, this.clocks[task]!);
      starts = true;
    }
    if (starts) this.clocks[task]![task]! += 1;
  }

  /** A process has ended only when its threads have, daemons aside. */
  private comesAfter(task: number, ended: number): void {
    raise(this.clocks[task]!, this.clocks[ended]!);
    for (const each of this.program.tasks)
      if (each.owner === ended && each.id !== task && !each.daemon) this.comesAfter(task, each.id);
  }
}

function raise(clock: Int32Array, to: Int32Array): void {
  for (let k = 0; k < clock.length; k++) if (to[k]! > clock[k]!) clock[k] = to[k]!;
}

/** So many steps of the search for cycles are enough for any scenario that a person has written. */
const CYCLE_STEPS = 200_000;

/** Cycles of at most `longest` edges: different tasks, no gate lock in common, nothing ordered. Each set of locks once. */
export function lockCycles(edges: readonly LockEdge[], longest = 5): LockEdge[][] {
  const cycles: LockEdge[][] = [];
  const seen = new Set<string>();
  let steps = 0;
  const extend = (path: LockEdge[]): void => {
    const last = path[path.length - 1]!;
    for (const next of edges) {
      steps += 1;
      if (steps > CYCLE_STEPS) return;
      if (next.held !== last.taken) continue;
      if (path.some((each) => each.task === next.task || sharesGate(each, next) || areOrdered(each, next))) continue;
      const cycle = [...path, next];
      if (next.taken === path[0]!.held) {
        const key = cycle
          .map((each) => `${each.held} ${each.taken}`)
          .sort()
          .join(",");
        if (!seen.has(key)) {
          seen.add(key);
          cycles.push(cycle);
        }
      } else if (cycle.length < longest) extend(cycle);
    }
  };
  for (const edge of edges) extend([edge]);
  return cycles;
}

function sharesGate(one: LockEdge, other: LockEdge): boolean {
  for (const gate of one.gates) if (other.gates.has(gate)) return true;
  return false;
}

/** Whether one acquisition is over before the other in every order: its segment is, by starts and joins. */
function areOrdered(one: LockEdge, other: LockEdge): boolean {
  return one.clock[one.task]! <= other.clock[one.task]! || other.clock[other.task]! <= one.clock[other.task]!;
}
