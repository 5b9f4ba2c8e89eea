/**
 * What the timed driver keeps, and how tasks change places: into the ready queue, off a core, from one status to another.
 * The driver itself is in three layers, which are one object: this, the steps of tasks (steps.ts), the moments (driver.ts).
 */

import { EventHeap } from "../base/heap.ts";
import type { Machine, Violation } from "../machine/machine.ts";
import type { Span } from "../scenario/ast.ts";
import type { Policy, ReadyCause, StopCause } from "../schedulers/policy.ts";
import { readAttributes } from "./attributes.ts";
import { type Gate, makeGates } from "./gate.ts";
import { given } from "./given.ts";
import { Inheritance } from "./inheritance.ts";
import { Lookahead } from "./lookahead.ts";
import type { Recorder } from "./recorder.ts";
import { COLUMN, REASON, Reasons, STATUS, TaskState, taskTimes } from "./task-state.ts";
import type { Tracer } from "./tracer.ts";
import { Waiters } from "./waiters.ts";

/** Decides what the scheduler and the scenario's timing leave open; `check --under scheduler` tries every answer. */
export interface Oracle {
  /** one of 0 … count − 1 */
  choose(count: number): number;
  /** which of these tasks goes first: an index; 0 is whom the run would take by itself */
  pick(tasks: readonly TaskState[], machine: Machine): number;
  /** a run begins (once more, if it needed more room) */
  begin(): void;
  /** a random value was drawn from the seed after all, because it has too many values to try them all */
  drawn(): void;
  /** a property of `reachable:` is true now */
  reached(name: string): void;
}

export interface DriverOptions {
  /** decides the order in which tasks of one kind enter the ready queue at one moment; null: as they come */
  readonly oracle: Oracle | null;
  readonly cores: number;
  readonly policy: Policy;
  readonly tie: "arrival_first" | "preempted_first" | "index";
  readonly lowFirst: boolean;
  /** grains */
  readonly contextSwitch: number;
  readonly stepCost: number;
  readonly until: number;
  readonly recorder: Recorder;
  readonly tracer: Tracer | null;
  /** told of violations as they happen, with the time */
  readonly onViolation: (violation: Violation, now: number) => void;
  /** called after every step that wrote one of `watched` */
  readonly onChange: (task: TaskState, now: number) => void;
  readonly watched: readonly number[];
}

/** The kinds of events. */
export enum EVENT {
  core,
  arrive,
  wake,
  timeout,
  tick,
  kill,
}
export const KIND_BITS = 3;
export const KINDS = 1 << KIND_BITS;
/** Order of events of one moment: what ends comes before what begins. */
export enum RANK {
  core,
  tick,
  /** arrivals, too */
  wake,
  timeout,
  kill,
}

/** What a slot is besides something to wait for: a part of a property, or the life of a task (`Stage.lifeOwner`). */
export enum USE {
  watched = 1,
  life = 2,
}

export interface Core {
  task: TaskState | null;
  /** the last task that ran here (−1: none): going on with it costs no switch */
  last: number;
  /** when the switch under way ends; −1 if none is */
  switchUntil: number;
  /** the last task that used time here: changes between tasks that need none are no context switches to speak of */
  counted: TaskState | null;
  /** up to when its task has been charged */
  chargedAt: number;
  /** when the next event of this core is due; −1 if none */
  due: number;
}

export interface Miss {
  readonly task: TaskState;
  readonly due: number;
  readonly finish: number | null;
}

export class Stage {
  readonly machine: Machine;
  readonly tasks: TaskState[];
  /** their rows of numbers, which the commonest paths read directly */
  protected readonly times: Float64Array;
  readonly misses: Miss[] = [];
  now = 0;
  contextSwitches = 0;
  /** whether a choice of the scheduler ever depended on a tie rule */
  ties = new Set<string>();
  limited = false;
  /** the run was ended because it went on and on, not because anybody asked */
  cutShort = false;
  /** when something last happened to a task */
  protected lastActive = 0;

  protected readonly options: DriverOptions;
  protected readonly policy: Policy;
  protected readonly recorder: Recorder;
  /** guards need not be tested twice, but a trace wants to see what a step's guard read */
  protected readonly known: boolean;
  protected readonly tracer: Tracer | null;
  protected readonly heap = new EventHeap();
  protected readonly cores: Core[];
  protected readonly firstCore: Core;
  protected readonly reasons = new Reasons();
  protected readonly waiters: Waiters;
  /** where each task stood before its last step */
  protected readonly stoodAt: Int32Array;
  protected readonly inheritance: Inheritance;
  protected readonly inherits: boolean;
  /** nothing is set that most scenarios do without: then the steps, which are most of a run's work, take a shorter way */
  protected readonly plain: boolean;
  /** plain, and the policy takes those who enter an empty queue in their order: see `Driver.goStraightOn` */
  protected readonly inOrder: boolean;
  /** who of a group of waiters goes first, where it is not the one who came first */
  protected readonly prefer: ((group: readonly TaskState[]) => TaskState) | null;
  protected readonly gates: (Gate | null)[];
  protected readonly devices = new Map<string, number>();
  protected readonly lifeOwner: Int32Array;
  /** by slot: what a write of it leads to besides ended waits, as bits of `USE` */
  protected readonly uses: Uint8Array;
  protected tickDue = -1;
  /** who becomes ready at this moment, each with its cause in `TaskState.cause` */
  protected readonly entering: TaskState[] = [];
  /** of `entering`: the next that will go straight on; −1 if the queue is entered in the ordinary way */
  protected straight = -1;
  /** whether the policy may have somebody ready */
  protected queued = false;
  /** how many cores have a task: most moments of a run without `cpu:` begin and end with none, and then most of the work falls away */
  protected occupied = 0;
  /** filled afresh by each `runningTasks()` */
  protected readonly running: TaskState[] = [];

  constructor(machine: Machine, options: DriverOptions) {
    this.machine = machine;
    this.options = options;
    this.policy = options.policy;
    this.recorder = options.recorder;
    this.known = !machine.recording;
    this.tracer = options.tracer;
    this.times = taskTimes(machine.program.tasks.length);
    this.tasks = machine.program.tasks.map((task) => new TaskState(task, this.times, this.reasons));
    this.cores = Array.from({ length: options.cores }, () => ({
      task: null,
      last: -1,
      switchUntil: -1,
      counted: null,
      chargedAt: 0,
      due: -1,
    }));
    this.firstCore = this.cores[0]!;
    this.waiters = new Waiters(machine, this.tasks);
    this.stoodAt = new Int32Array(this.tasks.length).fill(-1);
    this.lifeOwner = new Int32Array(machine.program.slots.length).fill(-1);
    this.uses = new Uint8Array(machine.program.slots.length);
    // nothing is ever taken back here: without a trace only those slots need a trail whose change leads to something
    if (options.tracer === null) {
      machine.noted.fill(0);
      machine.beforeHeat = () => this.waiters.noteAll();
    }
    for (const slot of options.watched) {
      this.uses[slot]! |= USE.watched;
      machine.noted[slot] = 1;
    }
    const lookahead = new Lookahead(machine);
    for (const task of this.tasks) {
      this.lifeOwner[task.task.lifeSlot] = task.id;
      this.uses[task.task.lifeSlot]! |= USE.life;
      machine.noted[task.task.lifeSlot] = 1;
      task.ahead = () => lookahead.of(task.id);
      task.clock = () => this.now;
      readAttributes(machine, task);
    }
    this.gates = makeGates(machine, this.tasks);
    this.inheritance = new Inheritance(machine, this.tasks, options.lowFirst);
    this.inherits = this.inheritance.active;
    const { inheritance } = this;
    this.plain =
      options.tracer === null &&
      options.oracle === null &&
      options.stepCost === 0 &&
      options.contextSwitch === 0 &&
      !machine.recording &&
      !this.inherits &&
      this.gates.every((gate) => gate === null);
    this.inOrder = this.plain && options.policy.inOrder !== undefined;
    this.prefer = this.inherits
      ? (group) => (inheritance.byPriority(group[0]!) ? inheritance.best(group) : group[0]!)
      : null;
    machine.timed = true;
    machine.describeState = (task) =>
      STATUS[this.tasks[task]!.status].replace("io", "blocked").replace("switching", "ready");
    machine.onPrint = (task, text) => options.recorder.print(this.now, this.tasks[task]!.name, text);
  }

  // -------------------------------------------------------------------------------------------------- where tasks are

  protected makeReady(task: TaskState, cause: ReadyCause): void {
    if (task.status === STATUS.ended) return;
    task.cause = cause;
    this.becomesReady(task);
    if (this.straight >= 0) {
      this.entering.push(task);
      return;
    }
    const gate = this.gates[task.id]!;
    if (gate !== null && !gate.enter(this.machine, task, cause)) {
      task.why = "waits for its thread";
      this.tracer?.record(this, task, null, cause === "arrival" ? "arrives" : cause, task.why);
      return;
    }
    this.enqueue(task, cause);
    if (cause !== "preempted") this.tracer?.record(this, task, null, cause === "arrival" ? "arrives" : cause, "");
  }

  private enqueue(task: TaskState, cause: ReadyCause): void {
    this.queued = true;
    this.policy.add(task, cause, this.now);
  }

  protected becomesReady(task: TaskState): void {
    const { times, now } = this;
    const { at, cause } = task;
    if (cause === "arrival" || cause === "wake") times[at + COLUMN.usedOfBurst] = 0;
    this.lastActive = now;
    if (times[at + COLUMN.since] !== now) this.settleNow(task);
    task.status = STATUS.ready;
    task.reason = REASON.none;
    times[at + COLUMN.readySince] = now;
  }

  /** Off the core and back into the ready queue. */
  protected release(core: Core, cause: "preempted" | "expired" | "yield"): void {
    const task = core.task!;
    this.leaveCore(core, cause);
    this.makeReady(task, cause);
  }

  protected leaveCore(core: Core, cause: StopCause): void {
    const task = core.task!;
    if (core.switchUntil >= 0 && core.chargedAt < this.now) {
      this.recorder.ran(task.core, task.name, core.chargedAt, this.now, "switch");
    }
    core.task = null;
    this.occupied -= 1;
    core.switchUntil = -1;
    core.due = -1;
    task.core = -1;
    this.policy.stopped(task, cause, this.now);
    const gate = this.gates[task.id]!;
    if (gate !== null && cause !== "preempted" && cause !== "expired" && !gate.keeps(this.machine, task))
      this.openGate(gate);
  }

  /** The next of a gate's tasks comes through. */
  protected openGate(gate: Gate): void {
    const next = gate.next(this.machine);
    if (next === null) return;
    gate.pass(next.task);
    next.task.why = "";
    this.enqueue(next.task, next.cause);
    this.tracer?.record(this, next.task, null, "turn", "has its thread now");
  }

  /** Changes a task's status, booking the time it spent in the old one. */
  protected become(task: TaskState, status: STATUS, reason: number): void {
    this.lastActive = this.now;
    if (this.times[task.at + COLUMN.since] !== this.now) this.settleNow(task);
    task.status = status;
    task.reason = reason;
  }

  /** Books the time that the task has spent in its status up to now. (A time as an argument is a number on the heap.) */
  protected settleNow(task: TaskState): void {
    const { times, now } = this;
    const { at, status } = task;
    const since = times[at + COLUMN.since]!;
    const spent = now - since;
    times[at + COLUMN.since] = now;
    if (spent <= 0) return;
    if (status === STATUS.blocked || status === STATUS.sleeping || status === STATUS.io)
      times[at + COLUMN.blocked]! += spent;
    else if (status === STATUS.ready) times[at + COLUMN.waiting]! += spent;
    else if (status === STATUS.switching) times[at + COLUMN.switching]! += spent;
    if (this.recorder.statesFull === false) this.recordState(task, since, now);
  }

  /** Queueing for a device and the transfer are two things. */
  private recordState(task: TaskState, from: number, to: number): void {
    const { recorder } = this;
    if (task.status !== STATUS.io || task.transferAt <= from) return recorder.wasIn(task, from, to);
    const begin = Math.min(task.transferAt, to);
    recorder.wasIn(task, from, begin, STATUS.blocked, `waits for ${task.why}`);
    recorder.wasIn(task, begin, to);
  }

  /** Those who have not gone straight on are put into the queue after all: somebody comes behind them. */
  protected enterOrdinarily(): void {
    const { entering, straight } = this;
    if (straight < 0) return;
    this.straight = -1;
    for (let k = straight; k < entering.length; k++) {
      const task = entering[k]!;
      if (task.status !== STATUS.ended) this.enqueue(task, task.cause);
    }
  }

  protected reportViolations(): void {
    const found = this.machine.violations;
    this.machine.violations = [];
    for (const violation of found) this.options.onViolation(violation, this.now);
  }

  protected schedule(task: TaskState, at: number): void {
    task.since = at;
    task.firstArrival = at;
    this.wakeAt(task, at, EVENT.arrive);
  }

  protected wakeAt(task: TaskState, time: number, kind: number): void {
    this.times[task.at + COLUMN.wakeAt] = time;
    this.heap.push(time, RANK.wake, task.id * KINDS + kind);
  }

  /** Threads and coroutines arrive with their process, or that much later. */
  protected arrivalOf(task: TaskState): number {
    const own = given(this.machine, task.task, "arrival", this.machine.timeEvaluator(task.task.arrival));
    return task.task.owner < 0 ? own : own + this.arrivalOf(this.tasks[task.task.owner]!);
  }

  /** Whether the task could take a step without anybody's help: it is on its way, or time alone will wake it. */
  canStillMove(task: number): boolean {
    return this.tasks[task]!.status !== STATUS.blocked && this.tasks[task]!.status !== STATUS.ended;
  }

  /** The statement of the step that the task took last. */
  lastSpan(task: TaskState): Span {
    return task.task.code[this.stoodAt[task.id]!]?.span ?? task.task.span;
  }
}
