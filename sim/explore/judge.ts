/**
 * The judge: what is wrong with a state or with the step that led to it.
 *
 * Invariants are looked at after every step; `finally` in every state in which all but daemons have ended; a deadlock
 * where somebody begins to wait (partial) or nobody can move (whole).
 *
 * Data races: two tasks whose next steps are plain accesses to one variable, one of them a write, both possible in one
 * state. Under sequential consistency a program has a race by happens-before in some order exactly if it has such a
 * state in some order (Adve, Hill, ISCA 1990, and later proofs of the DRF guarantee), so over all orders this is exact
 * and needs no clocks. Plain accesses have no guard, so a task that stands at one can always take it; reductions that
 * keep dependent steps apart keep such a state.
 */
import { conflict, plainAccesses } from "../detect/access.ts";
import { describeDeadlock, stuckTasks } from "../detect/deadlock.ts";
import { partialDeadlocks } from "../detect/deadlock-step.ts";
import { type NamedPlace, namedPlaces } from "../detect/names.ts";
import { falseOrRaised, propertyValues } from "../detect/property-values.ts";
import { Touched } from "../detect/touched.ts";
import type { WaitingTask } from "../detect/waiting.ts";
import type { Machine, Violation } from "../machine/machine.ts";
import { asksForState, slotsRead } from "../program/footprint.ts";
import { LIFE, type Program, type ProgramProperty, type Task } from "../program/program.ts";
import { NULL } from "../program/values.ts";
import type { FindingKind, Scenario } from "../scenario/ast.ts";
import { sourceText } from "../scenario/load.ts";
import type { Judge, Verdict } from "./strategy.ts";

/** A judge that also knows which `reachable:` properties have been true in a state it saw. */
export interface WatchfulJudge extends Judge {
  /** names; it only grows */
  readonly reached: ReadonlySet<string>;
}

const NONE: readonly Verdict[] = [];

/**
 * The judge of a program. It may be asked about any machine of that program; `check.allow` is respected.
 *
 * @param detailed whether messages name the values at hand. Without, as a search asks, verdicts are made once and given
 *   again and again; `check` plays the path of what was found and asks a detailed judge.
 */
export function makeJudge(program: Program, scenario: Scenario, detailed = false): WatchfulJudge {
  const allowed = new Set<FindingKind>(scenario.check.allow);
  const reached = new Set<string>();
  let bound: Bound | null = null;
  const bind = (machine: Machine): Bound => {
    if (bound === null || bound.machine !== machine) bound = new Bound(machine, scenario, allowed, reached, detailed);
    return bound;
  };
  return {
    watched: watchedSlots(program),
    reached,
    concerns: (task, position, life) => bound?.concerns(task, position, life) ?? true,
    afterStep: (machine, task) => bind(machine).afterStep(task),
    atStart: (machine) => bind(machine).atStart(),
    atEnd: (machine) => bind(machine).atEnd(),
  };
}

/** The slots that a property reads which is looked at in more than the last states. */
function watchedSlots(program: Program): number[] {
  const { always, eventually, reachable } = program.properties;
  const lifeSlots = program.tasks.map((task) => task.lifeSlot);
  // with daemons about, a state in which all others have ended need not be the last
  const final = program.tasks.some((task) => task.daemon) ? program.properties.finally : [];
  const slots = [...always, ...eventually, ...reachable, ...final].flatMap((property) =>
    slotsRead(property.test, lifeSlots),
  );
  return [...new Set(slots)].sort((a, b) => a - b);
}

interface Watched {
  readonly property: ProgramProperty;
  readonly test: () => boolean;
}

/** The judge's knowledge compiled for one machine. */
class Bound {
  readonly machine: Machine;
  private readonly scenario: Scenario;
  private readonly allowed: ReadonlySet<FindingKind>;
  private readonly reached: Set<string>;
  private readonly always: readonly Watched[];
  private readonly final: readonly Watched[];
  private readonly reachable: readonly Watched[];
  private readonly accesses: ReturnType<typeof plainAccesses> | null;
  /** made where accesses meet of which the code does not tell whether they take place: few programs need it */
  private touched: Touched | null = null;
  private readonly stuckAfter: ((task: number) => readonly WaitingTask[]) | null;
  private readonly names: ReturnType<typeof namedPlaces>;
  /** whether a step of one task may bring another to an access: by starting it, or by letting go of its thread */
  private readonly othersMayCome: boolean;
  private readonly daemon: readonly boolean[];
  /** a property asks for `state(P)`, which more decides than what is watched */
  private readonly asksForStates: boolean;
  private readonly detailed: boolean;
  /** verdicts made before, where details do not matter */
  private readonly made = new Map<unknown, Verdict>();

  constructor(
    machine: Machine,
    scenario: Scenario,
    allowed: ReadonlySet<FindingKind>,
    reached: Set<string>,
    detailed: boolean,
  ) {
    const { program } = machine;
    this.machine = machine;
    this.scenario = scenario;
    this.allowed = allowed;
    this.reached = reached;
    this.detailed = detailed;
    const watch = (properties: readonly ProgramProperty[]): Watched[] =>
      properties.map((property) => ({ property, test: machine.test(property.test) }));
    this.always = allowed.has("invariant") ? [] : watch(program.properties.always);
    this.final = allowed.has("final") ? [] : watch(program.properties.finally);
    this.reachable = watch(program.properties.reachable);
    const accesses = allowed.has("data_race") ? null : plainAccesses(machine);
    this.accesses = accesses?.some((list) => list.some((each) => each !== null)) ? accesses : null;
    this.stuckAfter = allowed.has("deadlock") ? null : partialDeadlocks(machine);
    this.names = namedPlaces(program);
    this.othersMayCome = program.tasks.some((task) => task.manual || task.threadSlot >= 0);
    this.daemon = program.tasks.map((task) => task.daemon);
    const { always, reachable } = program.properties;
    this.asksForStates = [...always, ...reachable].some((property) => asksForState(property.test));
  }

  /** See `Judge`. */
  concerns(task: number, position: number, life: number): boolean {
    if (life !== LIFE.alive) return this.final.length > 0 || this.stuckAfter !== null || this.othersMayCome;
    if (this.asksForStates || (this.daemon[task] && this.final.length > 0)) return true;
    if (this.accesses !== null && (this.othersMayCome || this.accesses[task]![position] != null)) return true;
    return this.stuckAfter !== null && this.machine.program.tasks[task]!.code[position]?.op === "when";
  }

  afterStep(task: number): readonly Verdict[] {
    const { machine } = this;
    let verdicts: Verdict[] | null = null;
    const add = (verdict: Verdict): void => {
      verdicts ??= [];
      verdicts.push(verdict);
    };
    if (machine.violations.length > 0) this.takeViolations(add);
    for (const each of this.always) if (!each.test()) add(this.broken("invariant", each.property, task));
    if (this.reachable.length > 0) this.noteReached();
    if (this.final.length > 0) this.lookAtFinal(task, add);
    if (this.accesses !== null) this.lookForRaces(task, add);
    if (this.stuckAfter !== null) {
      const stuck = this.stuckAfter(task);
      if (stuck.length > 0) this.addDeadlock(stuck, add);
    }
    return verdicts ?? NONE;
  }

  atStart(): readonly Verdict[] {
    const verdicts: Verdict[] = [];
    const add = (verdict: Verdict): void => {
      verdicts.push(verdict);
    };
    this.machine.violations = [];
    for (const each of this.always) if (!each.test()) add(this.broken("invariant", each.property, -1));
    this.noteReached();
    if (this.final.length > 0 && this.othersEnded()) this.addFinal(add);
    if (this.accesses !== null) this.allRaces(add);
    return verdicts;
  }

  atEnd(): readonly Verdict[] {
    const verdicts: Verdict[] = [];
    if (!this.allowed.has("deadlock") || !this.allowed.has("lost_wakeup")) {
      const stuck = stuckTasks(this.machine, (task) => this.machine.enabled(task));
      this.addDeadlock(stuck, (verdict) => verdicts.push(verdict));
      this.addLostWakeups(stuck, (verdict) => verdicts.push(verdict));
    }
    return verdicts.filter((verdict) => !this.allowed.has(verdict.kind));
  }

  private takeViolations(add: (verdict: Verdict) => void): void {
    const found = this.machine.violations;
    this.machine.violations = [];
    for (const violation of found) if (!this.allowed.has(violation.kind)) add(ofViolation(violation));
  }

  private noteReached(): void {
    for (const each of this.reachable)
      if (!this.reached.has(each.property.name) && each.test()) this.reached.add(each.property.name);
  }

  /** The verdict about something: made anew if details matter, else the one made before. */
  private once(about: unknown, make: () => Verdict): Verdict {
    if (this.detailed) return make();
    let verdict = this.made.get(about);
    if (verdict === undefined) {
      verdict = make();
      this.made.set(about, verdict);
    }
    return verdict;
  }

  private broken(kind: "invariant" | "final", property: ProgramProperty, task: number): Verdict {
    return this.once(property, () => this.describeBroken(kind, property, task));
  }

  /** "name (text) does not hold: x = 5" */
  private describeBroken(kind: "invariant" | "final", property: ProgramProperty, task: number): Verdict {
    const when = kind === "final" ? "at the end" : task < 0 ? "at the start" : "";
    const values = propertyValues(this.machine, property, this.names);
    const text = sourceText(this.scenario.source, property.span);
    const what = falseOrRaised(this.machine, property, "does not hold");
    const message = `${property.name} (${text}) ${what}${when === "" ? "" : ` ${when}`}${values === "" ? "" : `: ${values}`}`;
    return { kind, name: property.name, message, tasks: task < 0 ? [] : [task], span: property.span };
  }

  private lookAtFinal(task: number, add: (verdict: Verdict) => void): void {
    const life = this.machine.state[this.machine.program.tasks[task]!.lifeSlot]!;
    if (life === LIFE.alive && !this.daemon[task]) return;
    if (this.othersEnded()) this.addFinal(add);
  }

  private addFinal(add: (verdict: Verdict) => void): void {
    for (const each of this.final) if (!each.test()) add(this.broken("final", each.property, -1));
  }

  /** Whether nobody but daemons is alive. A task that was never started does not count. */
  private othersEnded(): boolean {
    const { state, program } = this.machine;
    for (const task of program.tasks) {
      if (task.daemon) continue;
      const life = state[task.lifeSlot]!;
      if (life === LIFE.alive || life === LIFE.dying) return false;
    }
    return true;
  }

  private lookForRaces(task: number, add: (verdict: Verdict) => void): void {
    if (this.othersMayCome) return this.allRaces(add);
    this.racesOf(task, 0, add);
  }

  private allRaces(add: (verdict: Verdict) => void): void {
    for (let task = 1; task < this.daemon.length; task++) this.racesOf(task, -task, add);
  }

  /** Races of the next step of `task` with those of all others, or (`others` negative) with those of lower numbers. */
  private racesOf(task: number, others: number, add: (verdict: Verdict) => void): void {
    const { state, program } = this.machine;
    const { tasks } = program;
    const self = tasks[task]!;
    const mine = this.accesses![task]![state[self.pcSlot]!];
    if (mine === null || mine === undefined || !this.isAtIt(self)) return;
    const last = others < 0 ? -others : tasks.length;
    for (let other = 0; other < last; other++) {
      if (other === task) continue;
      const them = tasks[other]!;
      const theirs = this.accesses![other]![state[them.pcSlot]!];
      if (theirs === null || theirs === undefined || !this.isAtIt(them)) continue;
      const likely = conflict(mine, theirs);
      if (likely < 0 || this.takeTurns(task, other)) continue;
      const slot = mine.certain() && theirs.certain() ? likely : this.reallyMeet(task, other, likely);
      if (slot < 0) continue;
      const named = this.names[slot]!;
      add(this.once(named.root, () => this.race(task, other, named)));
    }
  }

  private reallyMeet(task: number, other: number, likely: number): number {
    const { program, state } = this.machine;
    this.touched ??= new Touched(program);
    return this.touched.conflict(state, task, other, likely);
  }

  /** Whether the task may take its next step, an access, at once: of the coroutines of a thread one at a time may. */
  private isAtIt(task: Task): boolean {
    const { state } = this.machine;
    if (state[task.lifeSlot] !== LIFE.alive) return false;
    if (task.threadSlot < 0) return true;
    const holder = state[task.threadSlot]!;
    return holder === task.id || holder === NULL;
  }

  private race(task: number, other: number, named: NamedPlace): Verdict {
    const { state, program } = this.machine;
    const [self, them] = [program.tasks[task]!, program.tasks[other]!];
    return {
      kind: "data_race",
      name: named.root,
      message: `${self.name} and ${them.name} access ${named.name} at the same time, and one of them writes it: nothing orders them`,
      tasks: [task, other],
      span: self.code[state[self.pcSlot]!]!.span,
    };
  }

  /** Coroutines of one thread change over only where they say so: they cannot race with each other. */
  private takeTurns(one: number, other: number): boolean {
    const { tasks } = this.machine.program;
    const [a, b] = [tasks[one]!, tasks[other]!];
    const thread = (task: typeof a): number => (task.type === "coroutine" ? task.owner : task.id);
    return (a.type === "coroutine" || b.type === "coroutine") && thread(a) === thread(b);
  }

  private addDeadlock(stuck: readonly WaitingTask[], add: (verdict: Verdict) => void): void {
    const deadlock = describeDeadlock(this.machine, stuck);
    if (deadlock === null) return;
    const [first] = deadlock.tasks;
    add({
      kind: "deadlock",
      name: "deadlock",
      message: deadlock.message,
      tasks: deadlock.tasks.map((each) => each.task),
      span: first!.instruction.span,
    });
  }

  /**
   * Tasks that will wait for ever for an event or a condition. Whether the signal came before the wait is a matter of
   * the path, so `check` looks at that path and drops those where it did not.
   */
  private addLostWakeups(stuck: readonly WaitingTask[], add: (verdict: Verdict) => void): void {
    const { tasks, resources } = this.machine.program;
    for (const each of stuck) {
      const resource = resources[each.resource];
      if (resource === undefined || tasks[each.task]!.daemon || !SIGNALLED.has(resource.kind)) continue;
      if (each.instruction.waits.operation !== "wait") continue;
      add({
        kind: "lost_wakeup",
        name: resource.name,
        message: `${tasks[each.task]!.name} waits for ${resource.name} for ever`,
        tasks: [each.task],
        span: each.instruction.span,
      });
    }
  }
}

/** Kinds whose `wait` is ended by a signal that leaves nothing behind for those who come later. */
export const SIGNALLED: ReadonlySet<string> = new Set(["event", "condition"]);

function ofViolation(violation: Violation): Verdict {
  const { kind, name, message, task, span } = violation;
  return { kind, name, message, tasks: [task], span };
}
