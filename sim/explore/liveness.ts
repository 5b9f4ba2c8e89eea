/**
 * Liveness: runs that go on for ever and leave something undone. An `eventually` that never comes; livelock, in which all
 * keep busy and nobody gets on; starvation, in which one does not get on while others do.
 *
 * Looked for in the strongly connected components of the whole graph of states (Lichtenstein, Pnueli, POPL 1985): one
 * in which the obligation stays open and which a fair run can stay in. Weakly fair: whoever can move all the time moves
 * some time. Strongly fair (an option): whoever can move again and again moves some time. A task gets on when it leaves a
 * loop that has an exit, when it goes once more round a loop that has none, and with every step outside of loops; one
 * that waits in one place for ever does not. Reductions and symmetry are not sound here, so none is used.
 */
import { describeDeadlock, stuckTasks, waitName } from "../detect/deadlock.ts";
import { waitingTasks } from "../detect/waiting.ts";
import { LIFE, type Program, type ProgramProperty } from "../program/program.ts";
import type { FindingKind, Scenario, Span } from "../scenario/ast.ts";
import { locate, sourceText } from "../scenario/load.ts";
import { listAll } from "../scenario/suggest.ts";
import { isAcyclic } from "./acyclic.ts";
import { mayRunForEver } from "./auto.ts";
import type { Budget } from "./budget.ts";
import { cheapestWay } from "./cheapest-way.ts";
import { StateGraph } from "./graph.ts";
import { loopHead, progressOf } from "./loops.ts";
import { loopAround } from "./statements.ts";
import type { Exploration, Found, Move } from "./strategy.ts";

export interface Endless {
  readonly found: readonly Found[];
  /** false: not everything could be looked at */
  readonly complete: boolean;
  readonly note: string | null;
  /** absent where there was nothing to look for */
  readonly states: { states: number; complete: boolean } | undefined;
}

export interface EndlessOptions {
  readonly budget: Budget;
  readonly strong: boolean;
  /** most states to look at */
  readonly states: number;
  /** bytes */
  readonly memory: number;
  /** what the reduced search was given, to see on the reduced graph whether anything can run for ever */
  readonly exploration: Exploration;
  /** it is known that no run is endless */
  readonly ended: boolean;
}

/** What the graph takes at most by default: liveness is decided on plain states, which are many. */
const STATES = 250_000;

/** Looks for endless runs that leave something undone, where the scenario can have any. */
export function searchEndless(program: Program, scenario: Scenario, options: EndlessOptions): Endless {
  const allowed = new Set<FindingKind>(scenario.check.allow);
  const eventually = allowed.has("eventually") ? [] : program.properties.eventually;
  const wanted = mayRunForEver(program) && !(allowed.has("livelock") && allowed.has("starvation"));
  const endless = wanted && !options.ended && !isAcyclic(options.exploration);
  if (eventually.length === 0 && !endless) return { found: [], complete: true, note: null, states: undefined };
  const search = new Search(program, scenario, options, eventually);
  search.build();
  const { graph } = search;
  if (!graph.complete) {
    const what =
      eventually.length > 0
        ? "'eventually' and runs that never end were"
        : "runs that never end (livelock, starvation) were";
    const why = search.timeIsUp
      ? "the time was up first"
      : `that needs all states without reductions, and there are more than ${graph.size}`;
    return {
      found: [],
      complete: false,
      note: `${what} not looked at: ${why}`,
      states: { states: graph.size, complete: false },
    };
  }
  const found: Found[] = eventually.flatMap((property, k) => search.never(property, k) ?? []);
  if (endless) {
    const livelock = allowed.has("livelock") ? null : search.livelock();
    if (livelock !== null) found.push(livelock);
    if (!allowed.has("starvation")) found.push(...search.starvation(livelock !== null));
  }
  return { found, complete: true, note: null, states: { states: graph.size, complete: true } };
}

/** A part of the graph in which a fair run can go on for ever. */
interface Part {
  readonly states: ReadonlySet<number>;
  readonly edges: (edge: number) => boolean;
}

class Search {
  readonly graph: StateGraph;
  private readonly program: Program;
  private readonly scenario: Scenario;
  private readonly options: EndlessOptions;
  private readonly tests: readonly (() => boolean)[];
  /** for each `eventually` the states in which it is true */
  private readonly holds: number[][];
  private readonly truths: Uint8Array[] = [];
  private readonly progress: readonly ((from: number, to: number) => boolean)[];
  /** per state and task: the position, and whether it is alive */
  private readonly positions: number[] = [];

  constructor(program: Program, scenario: Scenario, options: EndlessOptions, eventually: readonly ProgramProperty[]) {
    this.program = program;
    this.scenario = scenario;
    this.options = options;
    this.graph = new StateGraph(program);
    this.tests = eventually.map((property) => this.graph.machine.test(property.test));
    this.holds = eventually.map(() => []);
    this.progress = program.tasks.map(progressOf);
  }

  timeIsUp = false;

  build(): void {
    const share = this.options.budget.share(0.5);
    const limits = {
      states: Math.min(this.options.states, STATES),
      memory: Math.min(this.options.memory, 256 << 20),
      stopRequested: () => share.stopRequested(),
    };
    this.graph.build(limits, (state, machine) => {
      this.tests.forEach((test, k) => {
        if (test()) this.holds[k]!.push(state);
      });
      for (const { pcSlot, lifeSlot } of this.program.tasks) {
        const alive = machine.state[lifeSlot] === LIFE.alive || machine.state[lifeSlot] === LIFE.dying;
        this.positions.push(alive ? machine.state[pcSlot]! : -1);
      }
    });
    this.timeIsUp = !this.graph.complete && share.stopRequested() !== null;
    for (const states of this.holds) {
      const truth = new Uint8Array(this.graph.size);
      for (const state of states) truth[state] = 1;
      this.truths.push(truth);
    }
  }

  /** Where a task stands in a state; −1 if it is not alive. */
  private position(state: number, task: number): number {
    return this.positions[state * this.program.tasks.length + task]!;
  }

  private getsOn(edge: number): boolean {
    const { graph } = this;
    const task = graph.task[edge]!;
    const from = this.position(graph.origin(edge), task);
    const to = this.position(graph.target[edge]!, task);
    return to < 0 || from < 0 || this.progress[task]!(from, to);
  }

  // ------------------------------------------------------------------------------------------------------ eventually

  /** A run on which the property is never true: one that ends, or a fair one that does not. */
  never(property: ProgramProperty, k: number): Found | null {
    const { graph } = this;
    const truth = this.truths[k]!;
    // reached without ever passing a state in which it is true
    const reached = new Uint8Array(graph.size);
    const order: number[] = [];
    if (truth[0] === 0) {
      reached[0] = 1;
      order.push(0);
    }
    for (let at = 0; at < order.length; at++) {
      const state = order[at]!;
      for (let edge = graph.first[state]!; edge < graph.first[state + 1]!; edge++) {
        const to = graph.target[edge]!;
        if (truth[to] === 1 || reached[to] === 1) continue;
        reached[to] = 1;
        order.push(to);
      }
    }
    const within = (edge: number): boolean => truth[graph.target[edge]!] === 0;
    const text = `${property.name} (${sourceText(this.scenario.source, property.span)})`;
    const finding = { kind: "eventually", name: property.name, tasks: [] as number[], span: property.span } as const;
    const isEnd = (state: number): boolean => graph.first[state] === graph.first[state + 1];
    if (order.some(isEnd)) {
      const { path, state } = this.stem(within, isEnd);
      graph.states.restore(state);
      const { machine } = graph;
      const deadlock = describeDeadlock(
        machine,
        stuckTasks(machine, () => false),
      );
      return {
        ...finding,
        tasks: deadlock?.tasks.map((each) => each.task) ?? [],
        message:
          deadlock === null
            ? `${text} never comes true: this order ends without it`
            : `${text} never comes true in this order, in which nobody can go on in the end: ${deadlock.message}`,
        path,
        loopFrom: path.length,
      };
    }
    const part = this.fairPart(
      (state) => reached[state] === 1,
      () => true,
      () => true,
    );
    if (part === null) return null;
    const { path, loopFrom } = this.lasso(part, within);
    return { ...finding, message: `${text} never comes true: this order goes on for ever without it`, path, loopFrom };
  }

  // --------------------------------------------------------------------------------------------- livelock, starvation

  /** A fair endless run in which tasks keep busy and none of those alive gets on. */
  livelock(): Found | null {
    const part = this.fairPart(
      () => true,
      (edge) => !this.getsOn(edge),
      (part) => this.movers(part).some((task) => !this.program.tasks[task]!.daemon),
    );
    if (part === null) return null;
    const { path, loopFrom } = this.lasso(part);
    const busy = [...new Set(path.slice(loopFrom).map((move) => move.task))].sort((a, b) => a - b);
    const names = this.names(busy);
    const [state] = part.states;
    const span = this.spanOf(busy[0]!, state!);
    const where = this.loopLines(busy, state!);
    const over = this.passedOver(part);
    const message =
      busy.length > 1
        ? `${names} keep taking steps for ever, and none of them gets out of its loop (${where})`
        : this.mayChoose(part, busy[0]!)
          ? `${names} can go round the loop in ${where} for ever: what it chooses may keep it there`
          : over === ""
            ? `${names} goes round the loop in ${where} for ever: nothing will ever let it out`
            : `${names} goes round the loop in ${where} for ever: ${over} could move now and then, and never does (--fairness strong rules that out)`;
    return { kind: "livelock", name: "livelock", message, tasks: busy, span, path, loopFrom };
  }

  /** Where the loops are in which tasks are: "line 7", "lines 7 and 19". */
  private loopLines(tasks: readonly number[], state: number): string {
    const lines = tasks.map((task) => {
      const loop = loopAround(this.scenario, this.spanOf(task, state));
      return locate(this.scenario.source, loop.start).line;
    });
    const different = [...new Set(lines)].sort((a, b) => a - b);
    return `${different.length === 1 ? "line" : "lines"} ${listAll(different.map(String))}`;
  }

  /** Whether another alternative of a step of the task leads out of the part. */
  private mayChoose(part: Part, task: number): boolean {
    const { graph } = this;
    return [...part.states].some((state) => {
      const own: number[] = [];
      for (let edge = graph.first[state]!; edge < graph.first[state + 1]!; edge++)
        if (graph.task[edge] === task) own.push(edge);
      return own.length > 1 && own.some((edge) => !part.states.has(graph.target[edge]!));
    });
  }

  /** Those who can move in some states of the part, but do not in it; empty if there are none. */
  private passedOver(part: Part): string {
    const movers = new Set(this.movers(part));
    const over = this.program.tasks.filter(
      ({ id, daemon }) => !daemon && !movers.has(id) && [...part.states].some((state) => this.graph.enabled(state, id)),
    );
    return this.names(over.map(({ id }) => id));
  }

  /** For the first task of each array: a fair endless run in which it does not get on, though others do. */
  starvation(alsoLivelock: boolean): Found[] {
    const found: Found[] = [];
    const done = new Set<number>();
    for (const task of this.program.tasks) {
      if (task.daemon || done.has(task.template)) continue;
      const part = this.fairPart(
        (state) => this.position(state, task.id) >= 0,
        (edge) => this.graph.task[edge] !== task.id || !this.getsOn(edge),
        (part) => this.isStarving(part, task.id, alsoLivelock),
      );
      if (part === null) continue;
      done.add(task.template);
      found.push(this.starved(part, task.id));
    }
    return found;
  }

  /** Not where it is in a deadlock, which is reported as such, and not where nobody else gets on. */
  private isStarving(part: Part, task: number, alsoLivelock: boolean): boolean {
    const { graph } = this;
    const [state] = part.states;
    graph.states.restore(state!);
    const { machine } = graph;
    const stuck = stuckTasks(machine, (other) => machine.enabled(other));
    if (stuck.some((each) => each.task === task && each.by !== null)) return false;
    if (!alsoLivelock) return true;
    return this.someEdge(part, (edge) => this.getsOn(edge));
  }

  private starved(part: Part, task: number): Found {
    const { path, loopFrom } = this.lasso(part);
    const self = this.program.tasks[task]!;
    const [state] = part.states;
    const spins = path.slice(loopFrom).some((move) => move.task === task);
    const span = this.spanOf(task, state!);
    const others = this.names(
      [...new Set(path.slice(loopFrom).map((move) => move.task))].filter((each) => each !== task).sort((a, b) => a - b),
    );
    const { line } = locate(this.scenario.source, span.start);
    const waits = spins
      ? `goes round the loop in line ${line}`
      : `waits for ${this.waitsFor(task, part)} in line ${line}`;
    return {
      kind: "starvation",
      name: self.name,
      message: `${self.name} ${waits} for ever while ${others === "" ? "time passes" : `${others} ${others.includes(" and ") ? "go" : "goes"} on`}`,
      tasks: [task],
      span,
      path,
      loopFrom,
    };
  }

  private waitsFor(task: number, part: Part): string {
    const { machine, states } = this.graph;
    for (const state of part.states) {
      states.restore(state);
      const waiting = waitingTasks(machine).find((each) => each.task === task);
      if (waiting !== undefined) return waitName(machine, waiting);
    }
    return "its turn";
  }

  private names(tasks: readonly number[]): string {
    const names = tasks.map((task) => this.program.tasks[task]!.name);
    if (names.length > 4) return `${names.slice(0, 3).join(", ")} and ${names.length - 3} others`;
    return listAll(names);
  }

  private spanOf(task: number, state: number): Span {
    const self = this.program.tasks[task]!;
    const at = this.position(state, task);
    const head = loopHead(self, at);
    const instruction = self.code[at];
    if (instruction?.op === "when") return instruction.span;
    return self.code[head]?.span ?? instruction?.span ?? self.span;
  }

  // ---------------------------------------------------------------------------------------------------------- fairness

  /** A component of the part of the graph in which a fair run can stay, and which `wanted` accepts; null if none. */
  private fairPart(
    states: (state: number) => boolean,
    edges: (edge: number) => boolean,
    wanted: (part: Part) => boolean,
  ): Part | null {
    const { graph } = this;
    const components = graph
      .components(states, edges)
      .sort((a, b) => Math.min(...a.slice(0, 1)) - Math.min(...b.slice(0, 1)));
    for (const component of components) {
      const inside = new Set(component.sort((a, b) => a - b));
      const part: Part = { states: inside, edges: (edge) => edges(edge) && inside.has(graph.target[edge]!) };
      if (!this.someEdge(part, () => true)) continue;
      const fair = this.fairWithin(part, states, edges);
      if (fair !== null && wanted(fair)) return fair;
    }
    return null;
  }

  /** The part itself if a weakly fair run can stay in it; for strong fairness, what is left without those in the way. */
  private fairWithin(part: Part, states: (state: number) => boolean, edges: (edge: number) => boolean): Part | null {
    const { graph } = this;
    const movers = new Set(this.movers(part));
    for (const task of this.program.tasks) {
      if (movers.has(task.id)) continue;
      const able = [...part.states].filter((state) => graph.enabled(state, task.id));
      if (!this.options.strong) {
        if (able.length === part.states.size) return null;
        continue;
      }
      if (able.length === 0) continue;
      const without = new Set(able);
      return this.fairPart(
        (state) => part.states.has(state) && !without.has(state) && states(state),
        edges,
        () => true,
      );
    }
    return part;
  }

  private someEdge(part: Part, is: (edge: number) => boolean): boolean {
    const { graph } = this;
    for (const state of part.states) {
      for (let edge = graph.first[state]!; edge < graph.first[state + 1]!; edge++)
        if (part.edges(edge) && is(edge)) return true;
    }
    return false;
  }

  /** The tasks that move inside the part. */
  private movers(part: Part): number[] {
    const { graph } = this;
    const movers = new Set<number>();
    for (const state of part.states) {
      for (let edge = graph.first[state]!; edge < graph.first[state + 1]!; edge++)
        if (part.edges(edge)) movers.add(graph.task[edge]!);
    }
    return [...movers].sort((a, b) => a - b);
  }

  /** A way into the part, and a round in it after which every task has moved or could not. */
  private lasso(part: Part, within: (edge: number) => boolean = () => true): { path: Move[]; loopFrom: number } {
    const { graph } = this;
    const { path, state: start } = this.stem(within, (state) => part.states.has(state));
    let last = path.at(-1)?.task ?? -1;
    const way = (from: number, arrived: (state: number, edge: number) => boolean): number[] | null =>
      cheapestWay(graph, { from, last, edges: part.edges, arrived });
    const open = new Set(this.program.tasks.map((task) => task.id));
    const movers = new Set(this.movers(part));
    // under strong fairness it is not enough that somebody who moves in this part cannot move for once
    const isDone = (task: number, state: number): boolean =>
      !(this.options.strong && movers.has(task)) && !graph.enabled(state, task);
    const settle = (state: number): void => {
      for (const task of [...open]) if (isDone(task, state)) open.delete(task);
    };
    const round: number[] = [];
    let at = start;
    settle(at);
    while (open.size > 0) {
      const next = way(
        at,
        (state, edge) => open.has(graph.task[edge]!) || [...open].some((task) => isDone(task, state)),
      );
      if (next === null) break;
      for (const edge of next) {
        last = graph.task[edge]!;
        open.delete(last);
        at = graph.target[edge]!;
        settle(at);
        round.push(edge);
      }
    }
    const back = at === start && round.length > 0 ? [] : way(at, (state) => state === start);
    const loop = [...round, ...(back ?? [])].map((edge) => graph.move(edge));
    return { path: [...path, ...loop], loopFrom: path.length };
  }

  /** A way from the start to one of these states over edges that may be taken. There is one. */
  private stem(edges: (edge: number) => boolean, arrived: (state: number) => boolean): { path: Move[]; state: number } {
    const { graph } = this;
    if (arrived(0)) return { path: [], state: 0 };
    const way = cheapestWay(graph, { from: 0, last: -1, edges, arrived })!;
    return { path: way.map((edge) => graph.move(edge)), state: graph.target[way.at(-1)!]! };
  }
}
