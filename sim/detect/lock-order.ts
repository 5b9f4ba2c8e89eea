/**
 * Deadlocks that one run did not have but another may: cycles in the order in which tasks take locks (Goodlock: Havelund,
 * SPIN 2000; Bensalem, Havelund, HVC 2005). A cycle counts only among different tasks, with no gate lock that all hold
 * around it, and where the acquisitions are not ordered by the starting and joining of tasks.
 */
import { type Program, type ResourceInstance, sizeOf } from "../program/program.ts";

/** A task took `taken` while it held `held`. */
export interface LockEdge {
  readonly task: number;
  readonly held: string;
  readonly taken: string;
  /** all locks held then, `held` among them */
  readonly gates: ReadonlySet<string>;
  /** index of the event in which it took `taken` */
  readonly event: number;
}

export interface LockEvent {
  readonly task: number;
  readonly writes: readonly number[];
  /** codes of the state after the step, for the owner slots written */
  readonly owner: (slot: number) => number;
}

/** Kinds that one task owns at a time. */
export function ownedResources(program: Program): ResourceInstance[] {
  return program.resources.filter(
    (resource) =>
      resource.holder !== null && resource.holder.layout.type === "scalar" && sizeOf(resource.holder.layout) === 1,
  );
}

/** The edges of the lock-order graph of a run, each once for a task. */
export function lockEdges(program: Program, events: Iterable<LockEvent>): LockEdge[] {
  const owned = new Map(ownedResources(program).map((resource) => [resource.holder!.base, resource.name] as const));
  const held = program.tasks.map(() => new Set<string>());
  const edges = new Map<string, LockEdge>();
  const names = program.tasks.map((task) => program.values.encode(task.name));
  let index = -1;
  for (const { task, writes, owner } of events) {
    index += 1;
    for (const slot of writes) {
      const lock = owned.get(slot);
      if (lock === undefined) continue;
      const mine = held[task]!;
      if (owner(slot) !== names[task]) {
        for (const each of held) each.delete(lock);
        continue;
      }
      if (mine.has(lock)) continue;
      for (const before of mine) {
        const key = JSON.stringify([task, before, lock]);
        if (!edges.has(key)) edges.set(key, { task, held: before, taken: lock, gates: new Set(mine), event: index });
      }
      mine.add(lock);
    }
  }
  return [...edges.values()];
}

/** Cycles of at most `longest` edges: different tasks, pairwise no gate lock in common. Each once. */
export function lockCycles(edges: readonly LockEdge[], longest = 5): LockEdge[][] {
  const cycles: LockEdge[][] = [];
  const seen = new Set<string>();
  const extend = (path: LockEdge[]): void => {
    const last = path[path.length - 1]!;
    for (const next of edges) {
      if (next.held !== last.taken) continue;
      if (path.some((each) => each.task === next.task || sharesGate(each, next))) continue;
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
