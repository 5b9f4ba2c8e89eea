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
import { LIFE } from "../program/program.ts";
import type { ReadyCause } from "../schedulers/policy.ts";
import { type Core, EVENT, KIND_BITS, KINDS, type Oracle, RANK } from "./stage.ts";
import { Steps } from "./steps.ts";
import { COLUMN, REASON, STATUS, type TaskState } from "./task-state.ts";

/** After so many moments whoever waits for the run may end it. */
const MOMENTS_APIECE = 10_000;
/** What is kept of a run is held to its limits every so many moments. */
const MOMENTS_TRIM = 64;
/** A run without `until` ends after so many moments: it would go on for ever. */
const MOMENTS_MOST = 5_000_000;

export type { DriverOptions, Miss, Oracle } from "./stage.ts";

export class Driver extends Steps {
  /** Plays the scenario to its end, or to `until`; stops now and then, and for good if `true` is sent to it. */
  *run(): Generator<undefined, void, boolean> {
    const { until } = this.options;
    this.machine.log = this.recorder;
    this.machine.onWrite = (task, stood) => this.wrote(task, stood);
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
      if (moments % MOMENTS_TRIM === 0) this.recorder.trim();
      if (moments % MOMENTS_APIECE === 0 && ((yield) || moments >= MOMENTS_MOST)) {
        this.limited = true;
        this.cutShort = moments >= MOMENTS_MOST;
        break;
      }
    }
    // timers that nobody waits for any more do not count
    if (!this.limited) this.now = this.lastActive;
    for (const task of this.tasks) this.settleNow(task);
    this.recorder.trim();
    for (const task of this.tasks) {
      if (
        task.status !== STATUS.ended &&
        task.status !== STATUS.new &&
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
          if (this.times[task.at + COLUMN.wakeAt] === time)
            this.wakes(task, kind === EVENT.arrive ? "arrival" : "wake");
        } else if (kind === EVENT.timeout) {
          if (task.timeoutAt === time && task.status === STATUS.blocked) {
            timeouts ??= [];
            timeouts.push(task);
          }
        } else {
          kills ??= [];
          kills.push(task);
        }
      }
    } while (heap.nextTime === time);
    const express = this.inOrder && this.occupied === 0 && !ticked && timeouts === null && kills === null;
    if (express) {
      this.goStraightOn();
      this.drain();
      // a policy that takes tasks in order has no timer: with nobody ready and all cores free there is nothing to set
      if (this.occupied === 0) return;
    } else {
      if (this.occupied > 0) this.completions();
      if (timeouts !== null) {
        const { oracle } = this.options;
        if (oracle !== null) reorder(timeouts, ({ length }) => oracle.choose(length));
        for (const task of timeouts) this.timeOut(task);
      }
      if (this.occupied > 0) this.changeQueue();
      else this.enterAll();
    }
    if (ticked) this.tick();
    this.settleCores();
    if (kills !== null) {
      for (const task of kills) this.terminate(task);
      this.settleCores();
    }
    this.scheduleCores();
  }

  /** Lets time pass: running tasks are charged, ended switches become running. */
  private advanceTo(time: number): void {
    for (let k = 0; this.occupied > 0 && k < this.cores.length; k++) {
      const core = this.cores[k]!;
      const { task } = core;
      if (task === null) continue;
      if (core.switchUntil >= 0) {
        if (core.switchUntil > time) continue;
        this.recorder.ran(k, task.name, core.chargedAt, core.switchUntil, "switch");
        core.chargedAt = core.switchUntil;
        core.switchUntil = -1;
        this.now = core.chargedAt;
        this.settleNow(task);
        task.status = STATUS.running;
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
    this.recorder.at(time);
  }

  /** The task goes on after its sleep, or arrives. */
  private wakes(task: TaskState, cause: ReadyCause): void {
    this.times[task.at + COLUMN.wakeAt] = -1;
    if (task.status === STATUS.ended) return;
    if (cause === "arrival" && task.status === STATUS.new) {
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
    const { oracle } = this.options;
    if (oracle !== null && !this.isAnyOrder(entering)) reorder(entering, (tasks) => oracle.pick(tasks, this.machine));
    for (let k = 0; k < entering.length; k++) this.makeReady(entering[k]!, entering[k]!.cause);
    // emptied by hand: setting `length` to 0 gives the memory back and costs more than the loop
    while (entering.length > 0) entering.pop();
  }

  /** The order in which these enter makes no difference. */
  private isAnyOrder(tasks: readonly TaskState[]): boolean {
    return this.policy.anyOrder === true && tasks.every((task) => this.gates[task.id] === null);
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
      core.task.status === STATUS.running &&
      core.task.current > 0 &&
      this.policy.sliceLeft(core.task, this.now) <= 0
    );
  }

  /**
   * The commonest moments by far: some tasks wake, and nobody else is ready or on a core. They go through the queue
   * without being put into it, and so do those whose waits end meanwhile, as long as each has left its core when it is the
   * next one's turn.
   */
  private goStraightOn(): void {
    const { entering } = this;
    if (entering.length > 1 && this.options.tie === "index") entering.sort((a, b) => a.id - b.id);
    for (let k = 0; k < entering.length; k++) {
      const task = entering[k]!;
      if (task.status !== STATUS.ended) this.becomesReady(task);
    }
    this.straight = 0;
    while (this.straight >= 0 && this.straight < entering.length) {
      const task = entering[this.straight]!;
      if (task.status !== STATUS.ended) {
        if (this.occupied > 0) break;
        this.straight += 1;
        if (this.straight < entering.length) this.notesOrder(task);
        if (!this.passes(task)) {
          this.policy.straight!(task);
          this.stays(task);
        }
      } else this.straight += 1;
    }
    this.enterOrdinarily();
    while (entering.length > 0) entering.pop();
  }

  /** As long as all cores are free: whoever is ready takes its steps. */
  private drain(): void {
    while (this.occupied === 0 && this.queued) {
      const choice = this.policy.next(0, this.now);
      if (choice === null) {
        this.queued = false;
        return;
      }
      const task = choice.task as TaskState;
      if (choice.tie !== null && choice.tie !== this.lastTie) this.notesTie(choice.tie);
      this.become(task, STATUS.running, REASON.none);
      if (this.passes(task)) this.policy.stopped(task, "blocked", this.now);
      else this.stays(task);
    }
  }

  /** As for a choice out of the queue: there was a tie if another was waiting behind this one. */
  private notesOrder(task: TaskState): void {
    const { entering } = this;
    let next = this.straight;
    while (next < entering.length && entering[next]!.status === STATUS.ended) next += 1;
    if (next === entering.length) return;
    const rule = this.policy.inOrder!(task.cause, entering[next]!.cause);
    if (rule !== this.lastTie) this.notesTie(rule);
  }

  private tick(): void {
    this.tickDue = -1;
    this.policy.tick(this.now, this.runningTasks());
    this.tracer?.record(this, null, null, "tick", "the scheduler's own timer");
  }

  private timeOut(task: TaskState): void {
    if (task.status !== STATUS.blocked || this.machine.ready(task.id)) return;
    this.waiters.remove(task.id);
    task.timeoutAt = -1;
    this.machine.act(task.id);
    this.tracer?.record(this, task, null, "timeout", "waited as long as it would");
    this.afterStep(task, "grant", 0);
    if (task.status !== STATUS.blocked) return;
    // it enters the ready queue with all who wake now
    task.cause = "wake";
    this.entering.push(task);
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
      const changes = core.last >= 0 && core.last !== task.id;
      core.last = task.id;
      if (changes && this.options.contextSwitch > 0) {
        this.contextSwitches += 1;
        core.counted = task;
        this.become(task, STATUS.switching, REASON.none);
        core.switchUntil = this.now + this.options.contextSwitch;
      } else {
        this.become(task, STATUS.running, REASON.none);
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
    const { oracle } = this.options;
    if (oracle !== null) return this.completionsInAnyOrder(oracle);
    for (const core of this.cores) {
      const { task } = core;
      if (task !== null && core.switchUntil < 0 && task.current <= 0) this.goOn(core, task);
    }
  }

  private completionsInAnyOrder(oracle: Oracle): void {
    const done = this.cores.filter(({ task, switchUntil }) => task !== null && switchUntil < 0 && task.current <= 0);
    while (done.length > 0) {
      const [core] = done.splice(oracle.choose(done.length), 1);
      const task = core!.task;
      if (task !== null && core!.switchUntil < 0 && task.current <= 0) this.goOn(core!, task);
    }
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
    return !this.heap.isEmpty;
  }
}

/**
 * Any order among those of one moment: only a rule for ties would say which, and it is there to give one answer where
 * there are several.
 */
function reorder(tasks: TaskState[], pick: (tasks: readonly TaskState[]) => number): void {
  for (let k = 0; k < tasks.length - 1; k++) {
    const at = k + pick(k === 0 ? tasks : tasks.slice(k));
    if (at > k) tasks.splice(k, 0, ...tasks.splice(at, 1));
  }
}
