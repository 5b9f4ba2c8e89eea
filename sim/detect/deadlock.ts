/**
 * Deadlock: tasks that can never go on. With a cycle where the wait-for graph has one (who holds what, who waits for
 * it), without where they wait for something that nobody is left to do.
 *
 * The graph has AND edges (all of a join's tasks) and OR edges (any of those who could release): a task is stuck if one
 * of what it needs is stuck, or if all of those who could help are.
 */
import type { CycleEdge, FindingKind } from "../machine/finding.ts";
import type { Machine, Violation } from "../machine/machine.ts";
import { LIFE, type Program } from "../program/program.ts";
import { locate } from "../scenario/load.ts";
import { listAll } from "../scenario/suggest.ts";
import { heldBy, type WaitingTask, waitingTasks } from "./waiting.ts";

export interface Deadlock {
  /** the tasks of the cycle, or all that are stuck where there is none */
  readonly tasks: readonly WaitingTask[];
  readonly cycle: readonly CycleEdge[];
  readonly message: string;
}

/** The tasks that can never take another step, provided that only the given others still can. */
export function stuckTasks(machine: Machine, canMove: (task: number) => boolean): WaitingTask[] {
  let stuck = waitingTasks(machine).filter((each) => !canMove(each.task));
  for (;;) {
    const ids = new Set(stuck.map((each) => each.task));
    const still = stuck.filter((each) => {
      if (each.by === null) return nobodyMoves(machine, ids, canMove);
      const helpless = (task: number): boolean => ids.has(task) || !isAlive(machine, task);
      // a holder that has ended gives nothing back; a task that has ended is what a join waits for
      return each.any || each.resource >= 0 ? each.by.every(helpless) : each.by.some((task) => ids.has(task));
    });
    if (still.length === stuck.length) return stuck;
    stuck = still;
  }
}

/** Whether the task has begun and not ended. */
export function isAlive(machine: Machine, task: number): boolean {
  const life = machine.state[machine.program.tasks[task]!.lifeSlot]!;
  return life === LIFE.alive || life === LIFE.dying;
}

function nobodyMoves(machine: Machine, stuck: ReadonlySet<number>, canMove: (task: number) => boolean): boolean {
  return machine.program.tasks.every((task) => !isAlive(machine, task.id) || (stuck.has(task.id) && !canMove(task.id)));
}

/** What only those know who have seen how the machine came to its state. */
export interface Told {
  /** who can still move; left out: whoever is enabled */
  readonly canMove?: (task: number) => boolean;
  /** by task: how it ended, where that was by an exception: "ended by Boom (line 5)" */
  readonly endings?: ReadonlyMap<number, string>;
}

/** Describes the deadlock among stuck tasks; daemons alone are none. Null if nobody is stuck. */
export function describeDeadlock(machine: Machine, stuck: readonly WaitingTask[], told: Told = {}): Deadlock | null {
  const { tasks } = machine.program;
  if (!stuck.some((each) => !tasks[each.task]!.daemon)) return null;
  const cycle = findCycle(stuck);
  const among = cycle ?? stuck;
  const edges = among.map(
    (each): CycleEdge => ({
      process: tasks[each.task]!.name,
      holds: heldBy(machine, each.task),
      waits_for: waitName(machine, each),
    }),
  );
  const message =
    cycle === null
      ? withoutCycle(machine, stuck, edges, told)
      : [cycleSentence(machine, cycle, edges), ...besides(machine, stuck, cycle)].join("; ");
  const ids = new Set(stuck.map((each) => each.task));
  const canMove = told.canMove ?? ((task) => machine.enabled(task));
  const others = tasks.some((task) => !task.daemon && !ids.has(task.id) && canMove(task.id));
  return {
    tasks: among,
    cycle: cycle === null ? [] : edges,
    message: others ? `${message}${OTHERS_GO_ON}` : message,
  };
}

/** What the message of a deadlock ends with that is not one of all. */
export const OTHERS_GO_ON = "; the others can still go on";

function cycleSentence(machine: Machine, cycle: readonly WaitingTask[], edges: readonly CycleEdge[]): string {
  const [edge] = edges;
  if (cycle.length > 1 || edge === undefined) return edges.map(edgeWords).join("; ");
  // who holds it for reading and wants to write waits for itself, and perhaps for others
  const { tasks } = machine.program;
  const holders = (cycle[0]!.by ?? []).filter((task) => task !== cycle[0]!.task).map((task) => tasks[task]!.name);
  const together = holders.length === 0 ? "" : ` together with ${namesOf(holders)}`;
  const rest = edge.holds.filter((name) => name !== edge.waits_for);
  return `${edgeWords({ ...edge, holds: rest })}, which it holds itself${together}`;
}

/** Those who wait for what somebody keeps from itself: it may wait behind them. */
function besides(machine: Machine, stuck: readonly WaitingTask[], cycle: readonly WaitingTask[]): string[] {
  const [self] = cycle;
  if (cycle.length > 1 || self === undefined) return [];
  const { tasks } = machine.program;
  const others = stuck.filter((each) => each.task !== self.task && each.resource === self.resource);
  if (others.length === 0) return [];
  const names = namesOf(others.map((each) => tasks[each.task]!.name));
  return [`${names} ${others.length === 1 ? "waits" : "wait"} for it as well`];
}

function edgeWords({ process, holds, waits_for }: CycleEdge): string {
  return `${process} ${holds.length > 0 ? `holds ${holds.join(", ")} and ` : ""}waits for ${waits_for}`;
}

/** Who waits for what, those who do the same together, and why nobody can help. */
function withoutCycle(
  machine: Machine,
  stuck: readonly WaitingTask[],
  edges: readonly CycleEdge[],
  told: Told,
): string {
  const { tasks } = machine.program;
  const groups = new Map<string, { readonly first: WaitingTask; readonly edge: CycleEdge; readonly names: string[] }>();
  stuck.forEach((first, k) => {
    const edge = edges[k]!;
    const key = JSON.stringify([edge.holds, edge.waits_for, first.instruction.waits.operation]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { first, edge, names: [edge.process] });
    else group.names.push(edge.process);
  });
  // whose ends are part of the story: those who took what others wait for with them, else all who were cut short
  const takers = (each: WaitingTask): number[] =>
    each.resource < 0 ? [] : (each.by ?? []).filter((task) => !isAlive(machine, task));
  const dead = new Set(stuck.flatMap(takers));
  const took = dead.size > 0;
  for (const task of tasks)
    if (!took && !task.daemon && !isAlive(machine, task.id) && wasCutShort(machine, task.id, told)) dead.add(task.id);
  const parts = [...groups.values()].map(({ first, edge, names }) => {
    const parties = partiesOf(machine, first);
    if (parties > names.length && edge.holds.length === 0)
      return `${names.length} of ${parties} parties wait at ${edge.waits_for} (${namesOf(names)})`;
    const holders = takers(first).map((task) => tasks[task]!.name);
    const held =
      holders.length === 0 ? "" : `, which ${namesOf(holders)} still ${holders.length === 1 ? "holds" : "hold"}`;
    if (names.length === 1) return edgeWords(edge) + held;
    const holds = edge.holds.length === 0 ? "" : `each hold ${edge.holds.join(", ")} and `;
    return `${namesOf(names)} ${holds}wait for ${edge.waits_for}${held}`;
  });
  const ends = [...dead].slice(0, ENDS_MOST).map((task) => `${tasks[task]!.name} ${endingOf(machine, task, told)}`);
  if (took) return [...parts, ...ends].join("; ");
  const onlyParties = groups.size === 1 && parts[0]!.includes(" parties wait at ");
  const nobody = onlyParties
    ? "nobody else can come"
    : `nobody is left who could let ${stuck.length === 1 ? "it" : "them"} go on`;
  return `${parts.join("; ")}: ${[nobody, ...ends].join("; ")}`;
}

/** More ends than these are not told. */
const ENDS_MOST = 3;

/** The exit code of a task that another has ended. */
const TERMINATED = -15;

function exitCode(machine: Machine, task: number): unknown {
  const { program, state } = machine;
  return program.values.decode(state[program.tasks[task]!.exitSlot]!);
}

function wasCutShort(machine: Machine, task: number, { endings }: Told): boolean {
  return (
    machine.state[machine.program.tasks[task]!.lifeSlot] !== LIFE.created &&
    (endings?.has(task) === true || exitCode(machine, task) === TERMINATED)
  );
}

function endingOf(machine: Machine, task: number, { endings }: Told): string {
  return endings?.get(task) ?? (exitCode(machine, task) === TERMINATED ? "was terminated" : "has ended");
}

/** How tasks ended, from the violations seen on the way. */
export function endingsOf(program: Program, violations: readonly Violation[]): Map<number, string> {
  const endings = new Map<number, string>();
  for (const { kind, name, task, span } of violations) {
    const by = kind === "exception" ? name : ENDED_BY[kind];
    if (by === undefined) continue;
    const { line } = locate(program.scenario.source, span.start);
    endings.set(task, `ended by ${by} (line ${line})`);
  }
  return endings;
}

const ENDED_BY: { readonly [K in FindingKind]?: string } = { misuse: "a misuse", assertion: "a failed assertion" };

/** How many must meet at the barrier that a task waits at; 0 if it waits for something else. */
function partiesOf(machine: Machine, each: WaitingTask): number {
  const resource = machine.program.resources[each.resource];
  if (resource?.kind !== "barrier" || each.instruction.waits.operation !== "wait") return 0;
  const parties = resource.options.get("parties");
  return typeof parties === "number" ? parties : 0;
}

/** "a, b and c", not too many of them. */
function namesOf(names: readonly string[]): string {
  if (names.length > 5) return `${names.slice(0, 4).join(", ")} and ${names.length - 4} others`;
  return listAll(names);
}

/** What a waiting task waits for, by name. */
export function waitName(machine: Machine, each: WaitingTask): string {
  if (each.resource >= 0) return machine.program.resources[each.resource]!.name;
  return each.instruction.waits.what === "" ? "a condition" : each.instruction.waits.what;
}

/** A shortest cycle in the graph of single helpers, starting with the lowest task number; null if there is none. */
function findCycle(stuck: readonly WaitingTask[]): readonly WaitingTask[] | null {
  const byTask = new Map(stuck.map((each) => [each.task, each] as const));
  let best: WaitingTask[] | null = null;
  for (const start of stuck) {
    const path: WaitingTask[] = [];
    let current: WaitingTask | undefined = start;
    while (current !== undefined && !path.includes(current)) {
      path.push(current);
      const next: number | undefined = current.by?.find((task) => byTask.has(task));
      current = next === undefined ? undefined : byTask.get(next);
    }
    if (current === undefined) continue;
    const cycle = path.slice(path.indexOf(current));
    if (best === null || cycle.length < best.length) best = cycle;
  }
  return best;
}
