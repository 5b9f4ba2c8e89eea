/** The steps of the tasks on cores, what they lead to, and waits that are granted off the CPU. */
import { EFFECT, type Machine, PAUSE } from "../machine/machine.ts";
import { LIFE } from "../program/program.ts";
import { KIND } from "./recorder.ts";
import { type Core, EVENT, KINDS, RANK, Stage, USE } from "./stage.ts";
import { COLUMN, REASON, STATUS, type TaskState } from "./task-state.ts";

/** So many steps of one task at one moment: it will never let time pass. */
const STEPS_AT_ONCE = 200_000;

export class Steps extends Stage {
  /** The task on this core takes steps until it needs time, has to wait, or ends. */
  protected goOn(core: Core, task: TaskState): void {
    if (task.start < 0) task.start = this.now;
    if (!this.plain || this.goesOnPlainly(core, task)) this.goOnInFull(core, task);
  }

  /**
   * As `goOnInFull`, for a run that is plain. True: something comes now that is not; false: all is done. Most of a long
   * run is spent here, hence the columns read directly and as few calls as can be.
   */
  protected goesOnPlainly(core: Core, task: TaskState): boolean {
    const { machine, recorder, times, stoodAt } = this;
    const { state } = machine;
    const { id, at } = task;
    const { pcSlot, lifeSlot, threadSlot } = task.task;
    while (times[at + COLUMN.current]! <= 0) {
      if (core.task !== task) return false;
      const pause = this.advance(task);
      if (pause === PAUSE.waits) {
        this.blocks(core, task);
        return false;
      }
      if (pause === PAUSE.effect) {
        if (machine.effect === EFFECT.cpu) times[at + COLUMN.current] = machine.effectTime;
        else {
          this.perform(core, task, machine.effect);
          return false;
        }
        continue;
      }
      if (times[at + COLUMN.stepsAt] !== this.now) {
        times[at + COLUMN.stepsAt] = this.now;
        task.stepsLeft = STEPS_AT_ONCE;
      } else if (task.stepsLeft <= 0) return true;
      stoodAt[id] = state[pcSlot]!;
      this.lastChoice = 0;
      if (!machine.stepIfReady(id)) {
        if (state[lifeSlot] !== LIFE.alive || threadSlot >= 0) return true;
        this.blocks(core, task);
        return false;
      }
      task.stepsLeft -= 1;
      const { effect } = machine;
      recorder.step(id, machine.fromStop ? KIND.step : KIND.rest, this.lastChoice, state[pcSlot]!);
      if (effect === EFFECT.cpu) times[at + COLUMN.current] = machine.effectTime;
      if (machine.trailSize > 0) {
        // what others do now may have effects of its own
        const { effectTime } = machine;
        this.digest(task);
        if (this.waiters.pending) this.grantAll();
        machine.effectTime = effectTime;
      }
      if (machine.violations.length > 0) this.reportViolations();
      if (effect === EFFECT.none || effect === EFFECT.cpu) continue;
      if (core.task === task) this.perform(core, task, effect);
      return false;
    }
    return false;
  }

  /** Steps of a run that has become a long one, as many as the machine can take in one go. */
  private advance(task: TaskState): number {
    const { machine, times, now } = this;
    const { at } = task;
    if (times[at + COLUMN.stepsAt] !== now) {
      times[at + COLUMN.stepsAt] = now;
      task.stepsLeft = STEPS_AT_ONCE;
    }
    if (task.stepsLeft <= 0) return PAUSE.other;
    machine.budget = task.stepsLeft;
    const pause = machine.advance(task.id);
    task.stepsLeft = machine.budget;
    return pause;
  }

  /**
   * A task whose turn has come while all cores are free takes its steps without being put on one. True: it is off again
   * (asleep or waiting), as most are in long runs; false: it stays, see `stays`.
   */
  protected passes(task: TaskState): boolean {
    const { machine, times } = this;
    const { at } = task;
    if (times[at + COLUMN.start]! < 0) times[at + COLUMN.start] = this.now;
    task.status = STATUS.running;
    this.firstCore.last = task.id;
    this.pause = this.advance(task);
    if (this.pause === PAUSE.waits) {
      this.waits(task);
      return true;
    }
    if (this.pause !== PAUSE.effect || machine.effect !== EFFECT.sleep || machine.effectTime === 0) return false;
    task.status = STATUS.sleeping;
    task.reason = REASON.sleeps;
    this.wakeAt(task, this.now + machine.effectTime, EVENT.wake);
    return true;
  }
  private pause = 0;

  /** After `passes`: the task is on the first core, and what its last step asked for is done. */
  protected stays(task: TaskState): void {
    if (task.status === STATUS.ended) return;
    const core = this.firstCore;
    core.task = task;
    core.chargedAt = this.now;
    task.core = 0;
    this.occupied = 1;
    const { machine } = this;
    if (this.pause === PAUSE.effect && machine.effect !== EFFECT.cpu) return this.perform(core, task, machine.effect);
    if (this.pause === PAUSE.effect) task.current = machine.effectTime;
    this.goOn(core, task);
  }

  /** A step of `advance` wrote what others wait for or watch. Whether its task may go on. */
  protected wrote(id: number, stood: number): boolean {
    const task = this.tasks[id]!;
    this.stoodAt[id] = stood;
    this.digest(task);
    if (this.waiters.pending) this.grantAll();
    if (this.machine.violations.length > 0) this.reportViolations();
    return this.machine.state[task.task.lifeSlot] === LIFE.alive;
  }

  protected goOnInFull(core: Core, task: TaskState): void {
    const { machine } = this;
    const { stepCost } = this.options;
    const { lifeSlot } = task.task;
    while (task.current <= 0) {
      if (core.task !== task) return;
      if (machine.state[lifeSlot] !== LIFE.alive && machine.state[lifeSlot] !== LIFE.dying)
        return this.ends(core, task);
      if (!machine.ready(task.id)) return this.blocks(core, task);
      if (stepCost > 0 && !task.paid && machine.atStop(task.id) && !this.isFree(task)) {
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
      machine.effectTime = effectTime;
      return this.perform(core, task, effect);
    }
  }

  protected step(task: TaskState): number {
    this.tracer?.beforeStep(this.machine, task);
    this.stoodAt[task.id] = this.machine.state[task.task.pcSlot]!;
    this.lastChoice = 0;
    this.machine.step(task.id, 0, this.known);
    this.tracer?.afterStep(this, task);
    return this.lastChoice;
  }
  lastChoice = 0;

  /** Steps that cost nothing: to begin a delay, and to end. */
  private isFree(task: TaskState): boolean {
    const op = task.task.code[this.machine.state[task.task.pcSlot]!]?.op;
    return op === "delay" || op === "end";
  }

  protected tooManySteps(task: TaskState): boolean {
    if (task.stepsAt !== this.now) {
      task.stepsAt = this.now;
      task.stepsLeft = STEPS_AT_ONCE;
    }
    task.stepsLeft -= 1;
    if (task.stepsLeft >= 0) return false;
    const instruction = task.task.code[this.machine.state[task.task.pcSlot]!];
    this.machine.violate(
      "livelock",
      "endless loop",
      `${task.name} goes round for ever without letting time pass`,
      task.id,
      instruction?.span ?? task.task.span,
    );
    this.reportViolations();
    // so that the others may go on it gets the CPU no more; it has not ended, and those who wait for it know that
    this.leaveCore(this.cores[task.core]!, "blocked");
    this.become(task, STATUS.ready, this.reasons.number("goes round for ever"));
    return true;
  }

  /** A step asked for something other than the CPU, for as long as the machine says. */
  protected perform(core: Core, task: TaskState, effect: number): void {
    if (effect === EFFECT.sleep) {
      if (this.machine.effectTime === 0) return this.release(core, "yield");
      this.leaveCore(core, "blocked");
      this.become(task, STATUS.sleeping, REASON.sleeps);
      if (this.tracer !== null) this.tracer.record(this, task, null, "sleep", "sleeps");
      this.wakeAt(task, this.now + this.machine.effectTime, EVENT.wake);
    } else if (effect === EFFECT.yield) this.release(core, "yield");
    else if (effect === EFFECT.period) this.endJob(core, task);
    else this.transfers(core, task);
  }

  /** Input or output, on the task's own device or on one for which it has to queue. */
  private transfers(core: Core, task: TaskState): void {
    const { effectDevice, effectTime } = this.machine;
    task.transferAt = this.now;
    if (effectDevice !== null) {
      task.transferAt = Math.max(this.now, this.devices.get(effectDevice) ?? 0);
      this.devices.set(effectDevice, task.transferAt + effectTime);
    }
    const why = effectDevice ?? "its own device";
    this.leaveCore(core, "blocked");
    this.become(task, STATUS.io, this.reasons.number(why));
    this.tracer?.record(this, task, null, "io", task.transferAt > this.now ? `waits for ${why}` : why);
    this.wakeAt(task, task.transferAt + effectTime, EVENT.wake);
  }

  protected blocks(core: Core, task: TaskState): void {
    if (task.task.threadSlot >= 0 && this.machine.mustLetGo(task.id)) {
      this.machine.letGo(task.id);
      this.afterStep(task, "step", 0);
      // what happened meanwhile may have ended the wait
      if (this.machine.ready(task.id)) return this.goOn(core, task);
    }
    this.leaveCore(core, "blocked");
    this.waits(task);
  }

  /** The task, off its core, waits for something. */
  private waits(task: TaskState): void {
    const row = this.machine.rowOf(task.id);
    this.become(task, STATUS.blocked, this.reasonAt[row] ?? this.reasonToWait(task, row));
    this.tracer?.record(this, task, null, "block", task.why);
    this.waiters.add(task.id, row);
    if (this.machine.hasTimeout(task.id, row)) {
      task.timeoutAt = this.now + this.machine.timeoutOf(task.id);
      this.heap.push(task.timeoutAt, RANK.timeout, task.id * KINDS + EVENT.timeout);
    }
    if (this.inherits) this.inheritance.update();
  }

  /** Why a task at that row of the machine waits: kept where it is always the same. */
  private reasonToWait(task: TaskState, row: number): number {
    const instruction = task.task.code[this.machine.state[task.task.pcSlot]!];
    const brief = this.tracer === null && this.tasks.length > 64;
    const waits = instruction?.op === "when" && !brief ? instruction.waits : null;
    const what = waits === null ? "something" : this.describeWait(waits);
    const reason = this.reasons.number(brief ? "waits" : `waits for ${what}`);
    if (waits?.resource?.index == null) this.reasonAt[row] = reason;
    return reason;
  }
  private readonly reasonAt: (number | undefined)[] = [];

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

  protected ends(core: Core, task: TaskState): void {
    this.tracer?.record(this, task, task.core, "end", "");
    this.leaveCore(core, "ended");
    this.become(task, STATUS.ended, REASON.none);
    task.finish = this.now;
    if (this.now > task.deadline && task.period === Number.POSITIVE_INFINITY)
      this.misses.push({ task, due: task.deadline, finish: this.now });
  }

  /** A periodic task has done its job: the next one begins at the next release, or at once if that is past. */
  protected endJob(core: Core, task: TaskState): void {
    if (this.now > task.deadline) this.misses.push({ task, due: task.deadline, finish: this.now });
    const next = task.release + task.period;
    this.recorder.endsJob(task.core);
    this.leaveCore(core, "blocked");
    task.release = next;
    task.arrival = next;
    task.usedOfBurst = 0;
    if (next <= this.now) {
      this.become(task, STATUS.sleeping, this.reasons.number("next job"));
      this.makeReady(task, "arrival");
      return;
    }
    this.become(task, STATUS.sleeping, this.reasons.number("waits for its next period"));
    this.wakeAt(task, next, EVENT.arrive);
  }

  protected betweenJobs(task: TaskState): boolean {
    return task.status === STATUS.sleeping && task.wakeAt === task.release;
  }

  /** What a step (of a task on a core, or granted) led to: violations, ended and started tasks, waits that are over. */
  protected afterStep(task: TaskState, kind: "step" | "grant" | "rest", choice: number): void {
    const { machine } = this;
    this.recorder.step(task.id, KIND[kind], choice, machine.state[task.task.pcSlot]!);
    if (machine.trailSize > 0) this.digest(task);
    if (this.waiters.pending) this.grantAll();
    if (machine.violations.length > 0) this.reportViolations();
    if (this.inherits) this.inheritance.update();
  }

  protected grantAll(): void {
    while (this.waiters.pending) {
      const next = this.waiters.next(this.prefer);
      if (next < 0) break;
      this.grant(this.tasks[next]!);
    }
  }

  /** Goes through what the step wrote. */
  protected digest(task: TaskState): void {
    const { machine, uses } = this;
    const { trail, trailSize } = machine;
    machine.trailSize = 0;
    let changed = false;
    for (let k = 0; k < trailSize; k += 2) {
      const slot = trail[k]!;
      this.waiters.touched(slot);
      const use = uses[slot]!;
      if (use === 0) continue;
      if ((use & USE.watched) !== 0) changed = true;
      if ((use & USE.life) !== 0) this.lifeChanged(this.tasks[this.lifeOwner[slot]!]!, task, trail[k + 1]!);
    }
    if (changed) this.options.onChange(task, this.now);
  }

  protected grant(task: TaskState): void {
    this.waiters.remove(task.id);
    task.timeoutAt = -1;
    this.machine.act(task.id, this.known);
    this.recorder.step(task.id, KIND.grant, 0, this.machine.state[task.task.pcSlot]!);
    this.tracer?.record(this, task, null, "wake", `${task.why}: granted`);
    if (this.machine.trailSize > 0) this.digest(task);
    if (task.status === STATUS.blocked) this.makeReady(task, "wake");
  }

  protected lifeChanged(task: TaskState, by: TaskState, before: number): void {
    const life = this.machine.state[task.task.lifeSlot]!;
    if (before === LIFE.created && life === LIFE.alive) {
      task.arrival = this.now;
      task.firstArrival = this.now;
      task.release = this.now;
      this.makeReady(task, "arrival");
    } else if (life === LIFE.dying) {
      // nothing is granted any more to one who was told to die
      if (task.status === STATUS.blocked) this.waiters.remove(task.id);
      this.heap.push(this.now, RANK.kill, task.id * KINDS + EVENT.kill);
    } else if (life === LIFE.ended && task !== by) this.withdraw(task);
  }

  /** terminate takes effect once the task that asked for it has let go of the CPU. */
  protected terminate(task: TaskState): void {
    if (this.machine.state[task.task.lifeSlot] !== LIFE.dying) return;
    this.machine.step(task.id);
    this.tracer?.record(this, task, null, "end", "terminated");
    this.withdraw(task);
    this.afterStep(task, "step", 0);
  }

  /** Takes a task that was ended by another from wherever it is. */
  protected withdraw(task: TaskState): void {
    if (task.status === STATUS.ended) return;
    if (this.straight >= 0) this.enterOrdinarily();
    if (task.core >= 0) this.leaveCore(this.cores[task.core]!, "ended");
    else {
      if (task.status === STATUS.blocked) this.waiters.remove(task.id);
      const gate = this.gates[task.id]!;
      gate?.remove(task);
      if (gate !== null && gate.holder === task) this.openGate(gate);
      // a policy may keep something for a task that is away (uniprogrammed: the machine itself)
      this.policy.remove(task);
    }
    task.wakeAt = -1;
    task.timeoutAt = -1;
    if (task.status === STATUS.new) task.firstArrival = this.now;
    else if (this.now > task.deadline && task.period === Number.POSITIVE_INFINITY)
      this.misses.push({ task, due: task.deadline, finish: null });
    this.become(task, STATUS.ended, REASON.none);
    task.finish = this.now;
  }
}
