/**
 * The timed driver: a clock, cores and a scheduler choose the next step of the machine.
 *
 * At each moment it charges the running tasks, lets finished bursts go on, puts those who arrive, wake or lose the CPU
 * into the ready queue in the order that the tie rule says, lets the scheduler pre-empt, and fills free cores. Steps
 * take no time of their own (unless `cpu.step` says so): a task on a core runs until it needs time or has to wait.
 *
 * A wait that becomes possible while its task is off the CPU is granted at that moment, longest wait first; the task
 * then goes to the ready queue and continues when it is scheduled.
 */
import { EventHeap } from "../base/heap.ts";
import { EFFECT, type Machine, type Violation } from "../machine/machine.ts";
import { LIFE } from "../program/program.ts";
import type { Span } from "../scenario/ast.ts";
import type { Policy, ReadyCause, StopCause } from "../schedulers/policy.ts";
import { type Gate, makeGates } from "./gate.ts";
import { Inheritance } from "./inheritance.ts";
import { Lookahead } from "./lookahead.ts";
import type { Recorder } from "./recorder.ts";
import { type Status, TaskState } from "./task-state.ts";
import type { Tracer } from "./tracer.ts";
import { Waiters } from "./waiters.ts";

/** Decides what the scheduler and the scenario's timing leave open: one of 0 … count − 1. */
export interface Oracle {
  choose(count: number): number;
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

const EVENT = { core: 0, arrive: 1, wake: 2, timeout: 3, tick: 4, kill: 5 } as const;
const KIND_BITS = 3;
const KINDS = 1 << KIND_BITS;
/** Order of events of one moment: what ends comes before what begins. */
const RANK = { core: 0, tick: 1, arrive: 2, wake: 2, timeout: 4, kill: 5 } as const;
/** So many steps of one task at one moment: it will never let time pass. */
/** After so many moments whoever waits for the run may end it. */
const MOMENTS_APIECE = 10_000;
/** A run without `until` ends after so many moments: it would go on for ever. */
const MOMENTS_MOST = 5_000_000;
const STEPS_AT_ONCE = 200_000;

interface Core {
  task: TaskState | null;
  /** the last task that ran here: going on with it costs no switch */
  last: TaskState | null;
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

export class Driver {
  readonly machine: Machine;
  readonly tasks: TaskState[];
  readonly misses: Miss[] = [];
  now = 0;
  contextSwitches = 0;
  /** whether a choice of the scheduler ever depended on a tie rule */
  ties = new Set<string>();
  limited = false;
  /** the run was ended because it went on and on, not because anybody asked */
  cutShort = false;
  /** when something last happened to a task */
  private lastActive = 0;

  private readonly options: DriverOptions;
  private readonly policy: Policy;
  private readonly recorder: Recorder;
  /** guards need not be tested twice, but a trace wants to see what a step's guard read */
  private readonly known: boolean;
  private readonly tracer: Tracer | null;
  private readonly heap = new EventHeap();
  private readonly cores: Core[];
  private readonly waiters: Waiters;
  /** where each task stood before its last step */
  private readonly stoodAt: Int32Array;
  private readonly inheritance: Inheritance;
  private readonly inherits: boolean;
  /** who of a group of waiters goes first, where it is not the one who came first */
  private readonly prefer: ((group: readonly TaskState[]) => TaskState) | null;
  private readonly gates: (Gate | null)[];
  private readonly devices = new Map<string, number>();
  private readonly lifeOwner: Int32Array;
  private readonly watched: Uint8Array;
  private readySequence = 0;
  private tickDue = -1;
  /** who becomes ready at this moment, each with its cause in `TaskState.cause` */
  private readonly entering: TaskState[] = [];
  /** how many cores have a task: most moments of a run without `cpu:` begin and end with none, and then most of the work falls away */
  private occupied = 0;
  /** filled afresh by each `runningTasks()` */
  private readonly running: TaskState[] = [];

  constructor(machine: Machine, options: DriverOptions) {
    this.machine = machine;
    this.options = options;
    this.policy = options.policy;
    this.recorder = options.recorder;
    this.known = !machine.recording;
    this.tracer = options.tracer;
    this.tasks = machine.program.tasks.map((task) => new TaskState(task));
    this.cores = Array.from({ length: options.cores }, () => ({
      task: null,
      last: null,
      switchUntil: -1,
      counted: null,
      chargedAt: 0,
      due: -1,
    }));
    this.waiters = new Waiters(machine);
    this.stoodAt = new Int32Array(this.tasks.length).fill(-1);
    this.lifeOwner = new Int32Array(machine.program.slots.length).fill(-1);
    this.watched = new Uint8Array(machine.program.slots.length);
    // nothing is ever taken back here: without a trace only those slots need a trail whose change leads to something
    if (options.tracer === null) machine.noted.fill(0);
    for (const slot of options.watched) {
      this.watched[slot] = 1;
      machine.noted[slot] = 1;
    }
    const lookahead = new Lookahead(machine);
    for (const task of this.tasks) {
      this.lifeOwner[task.task.lifeSlot] = task.id;
      machine.noted[task.task.lifeSlot] = 1;
      task.ahead = () => lookahead.of(task.id);
      task.clock = () => this.now;
      this.readAttributes(task);
    }
    this.gates = makeGates(machine, this.tasks);
    this.inheritance = new Inheritance(machine, this.tasks, options.lowFirst);
    this.inherits = this.inheritance.active;
    const { inheritance } = this;
    this.prefer = this.inherits
      ? (group) => (inheritance.byPriority(group[0]!) ? inheritance.best(group) : group[0]!)
      : null;
    machine.timed = true;
    machine.describeState = (task) => this.tasks[task]!.status.replace("io", "blocked").replace("switching", "ready");
    machine.onPrint = (task, text) => options.recorder.print(this.now, this.tasks[task]!.name, text);
  }

  /** Plays the scenario to its end, or to `until`; stops now and then, and for good if `true` is sent to it. */
  *run(): Generator<undefined, void, boolean> {
    const { until } = this.options;
    let moments = 0;
    for (const task of this.tasks) {
      if (this.machine.state[task.task.lifeSlot] === LIFE.alive) this.schedule(task, this.arrivalOf(task));
    }
    for (;;) {
      const time = this.heap.nextTime;
      if (time === Number.POSITIVE_INFINITY) break;
      if (time > until) {
        this.limited = true;
        this.advanceTo(until);
        break;
      }
      if (time === until) {
        // what ends at the very end of the time still ends; nothing begins any more
        this.limited = true;
        this.advanceTo(until);
        this.completions();
        break;
      }
      this.moment(time);
      if (this.machine.violations.length > 0) this.reportViolations();
      moments += 1;
      if (moments % MOMENTS_APIECE === 0 && ((yield) || moments >= MOMENTS_MOST)) {
        this.limited = true;
        this.cutShort = moments >= MOMENTS_MOST;
        break;
      }
    }
    // timers that nobody waits for any more do not count
    if (!this.limited) this.now = this.lastActive;
    for (const task of this.tasks) this.settle(task, this.now);
    for (const task of this.tasks) {
      if (
        task.period < Number.POSITIVE_INFINITY &&
        task.status !== "ended" &&
        !this.betweenJobs(task) &&
        task.deadline <= this.now
      ) {
        this.misses.push({ task, due: task.deadline, finish: null });
      }
    }
  }

  // ----------------------------------------------------------------------------------------------------- one moment

  private moment(time: number): void {
    this.advanceTo(time);
    let timeouts: TaskState[] | null = null;
    let kills: TaskState[] | null = null;
    let ticked = false;
    const { heap } = this;
    do {
      const payload = heap.pop();
      const kind = payload & (KINDS - 1);
      const index = payload >> KIND_BITS;
      if (kind === EVENT.core) {
        const core = this.cores[index]!;
        if (core.due === time) core.due = -1;
      } else if (kind === EVENT.tick) {
        if (this.tickDue === time) ticked = true;
      } else {
        const task = this.tasks[index]!;
        if (kind === EVENT.arrive || kind === EVENT.wake) {
          if (task.wakeAt === time) this.wakes(task, kind === EVENT.arrive ? "arrival" : "wake");
        } else if (kind === EVENT.timeout) {
          if (task.timeoutAt === time && task.status === "blocked") {
            timeouts ??= [];
            timeouts.push(task);
          }
        } else {
          kills ??= [];
          kills.push(task);
        }
      }
    } while (heap.nextTime === time);
    const alone = this.entering.length === 1 && !ticked && timeouts === null && kills === null;
    if (alone && this.goesStraightOn(this.entering[0]!)) this.entering.pop();
    else if (this.occupied > 0) {
      this.completions();
      this.changeQueue();
    } else this.enterAll();
    if (ticked) this.tick();
    if (timeouts !== null) for (const task of timeouts) this.timeOut(task);
    this.settleCores();
    if (kills !== null) {
      for (const task of kills) this.terminate(task);
      this.settleCores();
    }
    this.scheduleCores();
  }

  /** Lets time pass: running tasks are charged, ended switches become running. */
  private advanceTo(time: number): void {
    for (let k = 0; k < this.cores.length && this.occupied > 0; k++) {
      const core = this.cores[k]!;
      const { task } = core;
      if (task === null) continue;
      if (core.switchUntil >= 0) {
        if (core.switchUntil > time) continue;
        this.recorder.ran(k, task.name, core.chargedAt, core.switchUntil, "switch");
        core.chargedAt = core.switchUntil;
        core.switchUntil = -1;
        this.settle(task, core.chargedAt);
        task.status = "running";
      }
      const ran = time - core.chargedAt;
      if (ran > 0) {
        this.recorder.ran(k, task.name, core.chargedAt, time, "run");
        core.chargedAt = time;
        task.current -= ran;
        task.usedOfBurst += ran;
        task.cpuUsed += ran;
        this.lastActive = time;
        if (core.counted !== task) {
          if (core.counted !== null) this.contextSwitches += 1;
          core.counted = task;
        }
        const gate = this.gates[task.id]!;
        if (gate !== null) gate.used += ran;
        this.now = time;
        this.policy.charge(task, ran, time);
      }
    }
    this.now = time;
    this.machine.now = time;
    this.recorder.now = time;
  }

  private wakes(task: TaskState, cause: ReadyCause): void {
    task.wakeAt = -1;
    if (task.status === "ended") return;
    if (cause === "arrival" && task.status === "new") {
      task.arrival = this.now;
      task.release = this.now;
    }
    task.cause = cause;
    this.entering.push(task);
  }

  private enterAll(): void {
    const { entering } = this;
    if (entering.length === 0) return;
    if (this.options.tie === "index") entering.sort((a, b) => a.id - b.id);
    else if (this.options.oracle !== null && entering.length > 1) this.reorder(entering, this.options.oracle);
    for (let k = 0; k < entering.length; k++) this.makeReady(entering[k]!, entering[k]!.cause);
    // emptied by hand: setting `length` to 0 gives the memory back and costs more than the loop
    while (entering.length > 0) entering.pop();
  }

  /** Any order among those who arrive or wake at this moment, and among those who lost their cores; the tie rule keeps the two apart. */
  private reorder(entering: TaskState[], oracle: Oracle): void {
    const outside = (task: TaskState): boolean => task.cause === "arrival" || task.cause === "wake";
    for (let k = 0; k < entering.length; k++) {
      let end = k + 1;
      while (end < entering.length && outside(entering[end]!) === outside(entering[k]!)) end += 1;
      if (end - k > 1) entering.splice(k, 0, ...entering.splice(k + oracle.choose(end - k), 1));
    }
  }

  /** Those whose quantum is used up leave their cores; then they and those who arrive or wake enter, as the tie rule says. */
  private changeQueue(): void {
    let expired: TaskState[] | null = null;
    for (const core of this.cores) {
      if (!this.hasExpired(core)) continue;
      expired ??= [];
      core.task!.cause = "expired";
      expired.push(core.task!);
      this.leaveCore(core, "expired");
    }
    for (const core of this.cores) {
      const { task } = core;
      if (task === null || core.switchUntil >= 0 || task.current <= 0 || (this.gates[task.id]?.left() ?? 1) > 0)
        continue;
      // the interpreter lock goes to the next thread; this one queues for it again
      this.leaveCore(core, "blocked");
      this.makeReady(task, "wake");
    }
    if (expired === null) return this.enterAll();
    const { tie } = this.options;
    if (tie === "arrival_first") this.entering.push(...expired);
    else this.entering.unshift(...expired);
    this.enterAll();
  }

  private hasExpired(core: Core): boolean {
    return (
      core.task !== null &&
      core.switchUntil < 0 &&
      core.task.status === "running" &&
      core.task.current > 0 &&
      this.policy.sliceLeft(core.task, this.now) <= 0
    );
  }

  /**
   * The commonest moment by far: one task wakes, and nobody else is ready or on a core. What entering the queue, leaving
   * it and being dispatched come to is done in one go. False, and nothing is done, if it is any other moment.
   */
  private goesStraightOn(task: TaskState): boolean {
    const core = this.cores[0]!;
    const changes = core.last !== null && core.last !== task;
    if (
      this.occupied > 0 ||
      this.tracer !== null ||
      this.gates[task.id] !== null ||
      (changes && this.options.contextSwitch > 0)
    )
      return false;
    if (task.status === "ended" || this.policy.straight === undefined || !this.policy.straight(task, this.now))
      return false;
    task.usedOfBurst = 0;
    task.readySince = this.now;
    task.readySequence = this.readySequence++;
    core.task = task;
    core.last = task;
    core.chargedAt = this.now;
    task.core = 0;
    this.occupied = 1;
    this.become(task, "running", "");
    this.goOn(core, task);
    return true;
  }

  private tick(): void {
    this.tickDue = -1;
    this.policy.tick(this.now, this.runningTasks());
    this.tracer?.record(this, null, null, "tick", "the scheduler's own timer");
  }

  private timeOut(task: TaskState): void {
    if (task.status !== "blocked" || this.machine.ready(task.id)) return;
    this.waiters.remove(task);
    task.timeoutAt = -1;
    this.machine.act(task.id);
    this.tracer?.record(this, task, null, "timeout", "waited as long as it would");
    this.afterStep(task, "grant", 0);
    if (task.status === "blocked") this.makeReady(task, "wake");
  }

  /** Pre-empts and dispatches until nothing changes any more at this moment. */
  private settleCores(): void {
    for (;;) {
      this.enterAll();
      if (this.preemptOne()) continue;
      if (!this.dispatchOne()) return;
    }
  }

  private preemptOne(): boolean {
    if (this.occupied === 0) return false;
    const running = this.runningTasks();
    if (running.length === 0) return false;
    const decision = this.policy.preempt(running, this.now);
    if (decision === null) return false;
    const victim = decision.task as TaskState;
    this.tracer?.record(this, victim, victim.core, "preempt", decision.reason);
    this.release(this.cores[victim.core]!, "preempted");
    return true;
  }

  private runningTasks(): TaskState[] {
    const { running } = this;
    while (running.length > 0) running.pop();
    for (const core of this.cores) if (core.task !== null && core.switchUntil < 0) running.push(core.task);
    return running;
  }

  private dispatchOne(): boolean {
    for (let k = 0; k < this.cores.length; k++) {
      const core = this.cores[k]!;
      if (core.task !== null) continue;
      const choice = this.policy.next(k, this.now);
      if (choice === null) return false;
      const task = choice.task as TaskState;
      if (choice.tie !== null && choice.tie !== this.lastTie) this.notesTie(choice.tie);
      this.tracer?.record(
        this,
        task,
        k,
        "dispatch",
        choice.tie === null ? choice.reason : `${choice.reason}; tie broken by ${choice.tie}`,
      );
      core.task = task;
      this.occupied += 1;
      core.chargedAt = this.now;
      task.core = k;
      const changes = core.last !== null && core.last !== task;
      core.last = task;
      if (changes && this.options.contextSwitch > 0) {
        this.contextSwitches += 1;
        core.counted = task;
        this.become(task, "switching", "");
        core.switchUntil = this.now + this.options.contextSwitch;
      } else {
        this.become(task, "running", "");
        this.goOn(core, task);
      }
      return true;
    }
    return false;
  }

  /** A set only hears of a rule when it is another than the time before: ties come by the million. */
  private notesTie(rule: string): void {
    this.ties.add(rule);
    this.lastTie = rule;
  }
  private lastTie = "";

  /** Tasks whose burst is over (or whose switch is) take their next steps. */
  private completions(): void {
    for (const core of this.cores) {
      const { task } = core;
      if (task !== null && core.switchUntil < 0 && task.current <= 0) this.goOn(core, task);
    }
  }

  // ------------------------------------------------------------------------------------------------------- the steps

  /** The task on this core takes steps until it needs time, has to wait, or ends. */
  private goOn(core: Core, task: TaskState): void {
    const { machine } = this;
    const { stepCost } = this.options;
    if (task.start < 0) task.start = this.now;
    const { lifeSlot } = task.task;
    while (task.current <= 0) {
      if (core.task !== task) return;
      if (machine.state[lifeSlot] !== LIFE.alive && machine.state[lifeSlot] !== LIFE.dying)
        return this.ends(core, task);
      if (!machine.ready(task.id)) return this.blocks(core, task);
      if (stepCost > 0 && !task.paid && machine.atStop(task.id) && !this.atDelay(task)) {
        task.paid = true;
        task.current = stepCost;
        return;
      }
      task.paid = false;
      if (this.tooManySteps(task)) return;
      const kind = machine.atStop(task.id) ? "step" : "rest";
      const choice = this.step(task);
      const { effect, effectTime } = machine;
      this.afterStep(task, kind, choice);
      if (effect === EFFECT.none) continue;
      if (effect === EFFECT.cpu) {
        task.current = effectTime;
        continue;
      }
      if (core.task !== task) return;
      return this.perform(core, task, effect, effectTime);
    }
  }

  private step(task: TaskState): number {
    this.tracer?.beforeStep(this.machine, task);
    this.stoodAt[task.id] = this.machine.state[task.task.pcSlot]!;
    this.lastChoice = 0;
    this.machine.step(task.id, 0, this.known);
    this.tracer?.afterStep(this, task);
    return this.lastChoice;
  }
  lastChoice = 0;

  private atDelay(task: TaskState): boolean {
    return task.task.code[this.machine.state[task.task.pcSlot]!]?.op === "delay";
  }

  private tooManySteps(task: TaskState): boolean {
    if (task.stepsAt !== this.now) {
      task.stepsAt = this.now;
      task.stepsNow = 0;
    }
    task.stepsNow += 1;
    if (task.stepsNow <= STEPS_AT_ONCE) return false;
    const instruction = task.task.code[this.machine.state[task.task.pcSlot]!];
    this.machine.violate(
      "livelock",
      "endless loop",
      `${task.name} goes round for ever without letting time pass`,
      task.id,
      instruction?.span ?? task.task.span,
    );
    // it can never go on: take it out so that the others may
    this.machine.write(task.task.exitSlot, 1);
    this.machine.write(task.task.lifeSlot, LIFE.ended);
    this.machine.write(task.task.pcSlot, task.task.code.length);
    this.afterStep(task, "step", 0);
    this.ends(this.cores[task.core]!, task);
    return true;
  }

  /** A step asked for something other than the CPU. */
  private perform(core: Core, task: TaskState, effect: number, time: number): void {
    const { effectDevice } = this.machine;
    if (effect === EFFECT.yield) return this.release(core, "yield");
    if (effect === EFFECT.period) return this.endJob(core, task);
    if (effect === EFFECT.sleep && time === 0) return this.release(core, "yield");
    let until = this.now + time;
    let why = "sleeps";
    if (effect === EFFECT.io) {
      why = effectDevice ?? "its own device";
      if (effectDevice !== null) {
        until = Math.max(this.now, this.devices.get(effectDevice) ?? 0) + time;
        this.devices.set(effectDevice, until);
      }
    }
    this.leaveCore(core, "blocked");
    this.become(task, effect === EFFECT.io ? "io" : "sleeping", why);
    this.tracer?.record(this, task, null, effect === EFFECT.io ? "io" : "sleep", why);
    this.wakeAt(task, until, EVENT.wake);
  }

  private blocks(core: Core, task: TaskState): void {
    if (task.task.threadSlot >= 0 && this.machine.mustLetGo(task.id)) {
      this.machine.letGo(task.id);
      this.afterStep(task, "step", 0);
      // what happened meanwhile may have ended the wait
      if (this.machine.ready(task.id)) return this.goOn(core, task);
    }
    this.leaveCore(core, "blocked");
    const instruction = task.task.code[this.machine.state[task.task.pcSlot]!];
    this.become(
      task,
      "blocked",
      this.tracer === null && this.tasks.length > 64
        ? "waits"
        : `waits for ${instruction?.op === "when" ? this.describeWait(instruction.waits) : "something"}`,
    );
    this.tracer?.record(this, task, null, "block", task.why);
    this.waiters.add(task);
    const timeout = this.machine.timeoutOf(task.id);
    if (timeout >= 0) {
      task.timeoutAt = this.now + timeout;
      this.heap.push(task.timeoutAt, RANK.timeout, task.id * KINDS + EVENT.timeout);
    }
    if (this.inherits) this.inheritance.update();
  }

  /** What a wait is for, in words. */
  describeWait(waits: {
    readonly what: string;
    readonly resource: { readonly first: number; readonly index: Parameters<Machine["evaluator"]>[0] | null } | null;
  }): string {
    if (waits.resource !== null && waits.resource.index !== null) {
      return (
        this.machine.program.resources[waits.resource.first + this.machine.evaluator(waits.resource.index)()]?.name ??
        waits.what
      );
    }
    return waits.what === "" ? "a condition" : waits.what;
  }

  private ends(core: Core, task: TaskState): void {
    this.tracer?.record(this, task, task.core, "end", "");
    this.leaveCore(core, "ended");
    this.become(task, "ended", "");
    task.finish = this.now;
  }

  /** A periodic task has done its job: the next one begins at the next release, or at once if that is past. */
  private endJob(core: Core, task: TaskState): void {
    if (this.now > task.deadline) this.misses.push({ task, due: task.deadline, finish: this.now });
    const next = task.release + task.period;
    this.recorder.endsJob(task.core);
    this.leaveCore(core, "blocked");
    task.release = next;
    task.arrival = next;
    task.usedOfBurst = 0;
    if (next <= this.now) {
      this.become(task, "sleeping", "next job");
      this.makeReady(task, "arrival");
      return;
    }
    this.become(task, "sleeping", "waits for its next period");
    this.wakeAt(task, next, EVENT.arrive);
  }

  private betweenJobs(task: TaskState): boolean {
    return task.status === "sleeping" && task.wakeAt === task.release;
  }

  /** What a step (of a task on a core, or granted) led to: violations, ended and started tasks, waits that are over. */
  private afterStep(task: TaskState, kind: "step" | "grant" | "rest", choice: number): void {
    const { machine } = this;
    this.recorder.step(task, kind, choice, machine.state[task.task.pcSlot]!);
    if (machine.trailSize > 0) this.digest(task);
    while (this.waiters.pending) {
      const next = this.waiters.next(this.prefer);
      if (next === null) break;
      this.grant(next);
    }
    if (machine.violations.length > 0) this.reportViolations();
    if (this.inherits) this.inheritance.update();
  }

  /** Goes through what the step wrote. */
  private digest(task: TaskState): void {
    const { machine, lifeOwner, watched } = this;
    const { trail, trailSize } = machine;
    machine.trailSize = 0;
    let changed = false;
    for (let k = 0; k < trailSize; k += 2) {
      const slot = trail[k]!;
      this.waiters.touched(slot);
      if (watched[slot] === 1) changed = true;
      if (lifeOwner[slot]! >= 0) this.lifeChanged(this.tasks[lifeOwner[slot]!]!, task, trail[k + 1]!);
    }
    if (changed) this.options.onChange(task, this.now);
  }

  private grant(task: TaskState): void {
    this.waiters.remove(task);
    task.timeoutAt = -1;
    this.machine.act(task.id, this.known);
    this.recorder.step(task, "grant", 0, this.machine.state[task.task.pcSlot]!);
    this.tracer?.record(this, task, null, "wake", `${task.why}: granted`);
    if (this.machine.trailSize > 0) this.digest(task);
    if (task.status === "blocked") this.makeReady(task, "wake");
  }

  private lifeChanged(task: TaskState, by: TaskState, before: number): void {
    const life = this.machine.state[task.task.lifeSlot]!;
    if (before === LIFE.created && life === LIFE.alive) {
      task.arrival = this.now;
      task.firstArrival = this.now;
      task.release = this.now;
      this.makeReady(task, "arrival");
    } else if (life === LIFE.dying) this.heap.push(this.now, RANK.kill, task.id * KINDS + EVENT.kill);
    else if (life === LIFE.ended && task !== by) this.withdraw(task);
  }

  /** terminate takes effect once the task that asked for it has let go of the CPU. */
  private terminate(task: TaskState): void {
    if (this.machine.state[task.task.lifeSlot] !== LIFE.dying) return;
    this.machine.step(task.id);
    this.tracer?.record(this, task, null, "end", "terminated");
    this.withdraw(task);
    this.afterStep(task, "step", 0);
  }

  /** Takes a task that was ended by another from wherever it is. */
  private withdraw(task: TaskState): void {
    if (task.status === "ended") return;
    if (task.core >= 0) this.leaveCore(this.cores[task.core]!, "ended");
    else {
      if (task.status === "blocked") this.waiters.remove(task);
      const gate = this.gates[task.id]!;
      gate?.remove(task);
      if (gate !== null && gate.holder === task) this.openGate(gate);
      // a policy may keep something for a task that is away (uniprogrammed: the machine itself)
      this.policy.remove(task);
    }
    task.wakeAt = -1;
    task.timeoutAt = -1;
    if (task.status === "new") task.firstArrival = this.now;
    this.become(task, "ended", "");
    task.finish = this.now;
  }

  private reportViolations(): void {
    const found = this.machine.violations;
    this.machine.violations = [];
    for (const violation of found) this.options.onViolation(violation, this.now);
  }

  // -------------------------------------------------------------------------------------------------- where tasks are

  private makeReady(task: TaskState, cause: ReadyCause): void {
    if (task.status === "ended") return;
    if (cause === "arrival" || cause === "wake") task.usedOfBurst = 0;
    this.become(task, "ready", "");
    task.readySince = this.now;
    task.readySequence = this.readySequence++;
    const gate = this.gates[task.id]!;
    if (gate !== null && !gate.enter(this.machine, task, cause)) {
      task.why = "waits for its thread";
      this.tracer?.record(this, task, null, cause === "arrival" ? "arrives" : cause, task.why);
      return;
    }
    this.policy.add(task, cause, this.now);
    if (cause !== "preempted") this.tracer?.record(this, task, null, cause === "arrival" ? "arrives" : cause, "");
  }

  /** Off the core and back into the ready queue. */
  private release(core: Core, cause: "preempted" | "expired" | "yield"): void {
    const task = core.task!;
    this.leaveCore(core, cause);
    this.makeReady(task, cause);
  }

  private leaveCore(core: Core, cause: StopCause): void {
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
  private openGate(gate: Gate): void {
    const next = gate.next(this.machine);
    if (next === null) return;
    gate.pass(next.task);
    next.task.why = "";
    this.policy.add(next.task, next.cause, this.now);
    this.tracer?.record(this, next.task, null, "turn", "has its thread now");
  }

  /** Changes a task's status, booking the time it spent in the old one. */
  private become(task: TaskState, status: Status, why: string): void {
    this.lastActive = this.now;
    // a time handed over as an argument is a new number on the heap: what can be read from a field is
    if (task.since !== this.now) this.settle(task, this.now);
    task.status = status;
    task.why = why;
  }

  private settle(task: TaskState, at: number): void {
    const spent = at - task.since;
    if (spent > 0) {
      if (task.status === "ready") task.waiting += spent;
      else if (task.status === "switching") task.switching += spent;
      else if (task.status === "blocked" || task.status === "sleeping" || task.status === "io") task.blocked += spent;
      if (!this.recorder.statesFull) this.recorder.wasIn(task, task.since, at);
    }
    task.since = at;
  }

  // ----------------------------------------------------------------------------------------------------------- events

  private scheduleCores(): void {
    for (let k = 0; k < this.cores.length && this.occupied > 0; k++) {
      const core = this.cores[k]!;
      const { task } = core;
      if (task === null) continue;
      const due =
        core.switchUntil >= 0
          ? core.switchUntil
          : this.now +
            Math.min(
              task.current,
              Math.max(0, this.policy.sliceLeft(task, this.now)),
              this.gates[task.id]?.left() ?? task.current,
            );
      if (due === core.due) continue;
      core.due = due;
      this.heap.push(due, RANK.core, k * KINDS + EVENT.core);
    }
    const running = this.runningTasks();
    const tick = this.policy.nextTick(this.now, running);
    if (tick !== this.tickDue && tick < Number.POSITIVE_INFINITY && this.anybodyLeft()) {
      this.tickDue = tick;
      this.heap.push(tick, RANK.tick, EVENT.tick);
    }
  }

  /** A scheduler's timer alone must not keep a run alive in which nothing can happen any more. */
  private anybodyLeft(): boolean {
    return this.heap.size > 0;
  }

  private schedule(task: TaskState, at: number): void {
    task.since = at;
    task.firstArrival = at;
    this.wakeAt(task, at, EVENT.arrive);
  }

  private wakeAt(task: TaskState, time: number, kind: number): void {
    task.wakeAt = time;
    this.heap.push(time, RANK.wake, task.id * KINDS + kind);
  }

  /** Threads and coroutines arrive with their process, or that much later. */
  private arrivalOf(task: TaskState): number {
    this.machine.current = task.id;
    const own = this.machine.timeEvaluator(task.task.arrival)();
    return task.task.owner < 0 ? own : own + this.arrivalOf(this.tasks[task.task.owner]!);
  }

  /** Whether the task could take a step without anybody's help: it is on its way, or time alone will wake it. */
  canStillMove(task: number): boolean {
    return this.tasks[task]!.status !== "blocked" && this.tasks[task]!.status !== "ended";
  }

  /** The statement of the step that the task took last. */
  lastSpan(task: TaskState): Span {
    return task.task.code[this.stoodAt[task.id]!]?.span ?? task.task.span;
  }

  private readAttributes(task: TaskState): void {
    const number = (name: string, otherwise: number): number => {
      const expr = task.task.attributes.get(name);
      if (expr === undefined) return otherwise;
      const value = this.machine.program.values.decode(this.machine.evaluator(expr)());
      return typeof value === "number" ? value : otherwise;
    };
    task.basePriority = number("priority", 0);
    task.priority = task.basePriority;
    task.nice = number("nice", 0);
    task.tickets = number("tickets", 1);
    task.weight = number("weight", 0);
    task.queue = number("queue", 0);
    const { period, deadline } = task.task;
    if (period !== null) task.period = this.machine.timeEvaluator(period)();
    if (deadline !== null) task.relativeDeadline = this.machine.timeEvaluator(deadline)();
    else if (period !== null) task.relativeDeadline = task.period;
  }
}
