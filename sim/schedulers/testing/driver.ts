/**
 * A small driver for tests of policies alone: tasks are lists of bursts, time is whole grains, and the calls come in the
 * order that policy.ts states. It checks on the way what every policy must keep to.
 */
import type { Conventions, Policy, ReadyCause, StopCause, TaskView } from "../policy.ts";

/** bursts: cpu, io, cpu, … (a single one: a cpu burst), in grains; with a period, one job each period up to `until`. */
export interface Workload {
  readonly name: string;
  readonly arrival?: number;
  readonly bursts: readonly number[];
  readonly priority?: number;
  readonly nice?: number;
  readonly tickets?: number;
  readonly weight?: number;
  readonly queue?: number;
  readonly period?: number;
  readonly deadline?: number;
}

export interface Slice {
  readonly core: number;
  readonly task: string;
  readonly from: number;
  readonly to: number;
  /** which job of a periodic task, from 1 */
  readonly job: number;
}

export interface Dispatch {
  readonly time: number;
  readonly task: string;
  readonly tie: string | null;
  readonly reason: string;
  /** how long this stay in the ready queue was */
  readonly waited: number;
  /** the ready tasks as the policy listed them just before */
  readonly listed: readonly { readonly task: string; readonly key: string }[];
}

export interface Outcome {
  /** neighbouring slices of one task on one core are one, except across jobs */
  readonly gantt: Slice[];
  /** one entry for each time a task was put on a core */
  readonly dispatches: Dispatch[];
  readonly finish: Map<string, number>;
  readonly start: Map<string, number>;
  readonly waiting: Map<string, number>;
  readonly stops: { time: number; task: string; cause: StopCause }[];
  readonly misses: { task: string; due: number; finish: number | null }[];
  /** moments at which a core stayed free although a task was ready */
  readonly idleWithReady: number[];
}

const NEVER = Number.POSITIVE_INFINITY;

export interface Machine {
  readonly cores: number;
  readonly conventions: Conventions;
  readonly until?: number;
}

class Task implements TaskView {
  readonly id: number;
  readonly name: string;
  readonly load: Workload;
  arrival = 0;
  deadline = NEVER;
  burstIndex = 0;
  burstLeft = 0;
  cpuUsed = 0;
  waitedBefore = 0;
  readySince = 0;
  ready = false;
  /** up to when its CPU time was charged, and the present for `waited` */
  charged = 0;
  clock = 0;
  job = 0;
  /** whether a job of it is under way; releases meanwhile wait in the backlog */
  active = false;
  backlog: number[] = [];

  constructor(id: number, load: Workload) {
    this.id = id;
    this.name = load.name;
    this.load = load;
  }

  get burst(): number {
    return this.load.bursts[this.burstIndex] ?? 0;
  }
  get totalLeft(): number {
    const later = this.load.bursts.filter((_, index) => index > this.burstIndex && index % 2 === 0);
    return later.reduce((sum, length) => sum + length, this.burstLeft);
  }
  get waited(): number {
    return this.waitedBefore + (this.ready ? this.clock - this.readySince : 0);
  }
  get priority(): number {
    return this.load.priority ?? 0;
  }
  get nice(): number {
    return this.load.nice ?? 0;
  }
  get tickets(): number {
    return this.load.tickets ?? 1;
  }
  get weight(): number {
    return this.load.weight ?? 0;
  }
  get queue(): number {
    return this.load.queue ?? 0;
  }
  get period(): number {
    return this.load.period ?? NEVER;
  }

  release(at: number): void {
    this.arrival = at;
    this.deadline = this.load.period === undefined ? NEVER : at + (this.load.deadline ?? this.load.period);
    this.burstIndex = 0;
    this.burstLeft = this.burst;
    this.active = true;
    this.job += 1;
  }
}

function must(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(`driver: ${message}`);
}

/** Plays the workload to its end, or up to `until`. */
export function drive(policy: Policy, loads: readonly Workload[], machine: Machine): Outcome {
  const driver = new Driver(policy, loads, machine);
  for (let moments = 0; driver.moment(); moments += 1) must(moments < 200_000, "no end in sight");
  return driver.close();
}

class Driver {
  readonly #policy: Policy;
  readonly #machine: Machine;
  readonly #until: number;
  readonly #tasks: readonly Task[];
  readonly #cores: (Task | null)[];
  /** where the slice that a core is in began */
  readonly #began: number[];
  #expiries: number[];
  #arrivals: { time: number; task: Task }[] = [];
  #wakes: { time: number; task: Task }[] = [];
  #nextTick = NEVER;
  #now = 0;
  readonly #outcome: Outcome = {
    gantt: [],
    dispatches: [],
    finish: new Map(),
    start: new Map(),
    waiting: new Map(),
    stops: [],
    misses: [],
    idleWithReady: [],
  };

  constructor(policy: Policy, loads: readonly Workload[], machine: Machine) {
    this.#policy = policy;
    this.#machine = machine;
    this.#until = machine.until ?? NEVER;
    this.#tasks = loads.map((load, id) => new Task(id, load));
    this.#cores = Array.from({ length: machine.cores }, () => null);
    this.#began = this.#cores.map(() => 0);
    this.#expiries = this.#cores.map(() => NEVER);
    for (const task of this.#tasks) {
      const { arrival = 0, period } = task.load;
      const last = period === undefined ? arrival : this.#until - 1;
      for (let at = arrival; at <= last; at += period ?? NEVER) this.#arrivals.push({ time: at, task });
    }
    this.#arrivals.sort((a, b) => a.time - b.time || a.task.id - b.task.id);
    this.#now = this.#arrivals[0]?.time ?? 0;
  }

  /** Does all that happens at one moment and goes to the next; false at the end. */
  moment(): boolean {
    for (const task of this.#tasks) task.clock = this.#now;
    this.#charge();
    const lost = this.#stopAll();
    this.#enterAll(lost);
    if (this.#nextTick <= this.#now) this.#policy.tick(this.#now, this.#running());
    this.#preempt();
    this.#dispatch();
    return this.#advance();
  }

  close(): Outcome {
    for (const task of this.#tasks) {
      this.#outcome.waiting.set(task.name, task.waited);
      if (task.active && task.deadline <= this.#until) {
        this.#outcome.misses.push({ task: task.name, due: task.deadline, finish: null });
      }
    }
    return this.#outcome;
  }

  #running(): Task[] {
    return this.#cores.filter((task) => task !== null);
  }

  #charge(): void {
    for (const task of this.#running()) {
      const ran = this.#now - task.charged;
      task.charged = this.#now;
      task.burstLeft -= ran;
      task.cpuUsed += ran;
      must(task.burstLeft >= 0, `${task.name} ran for longer than its burst`);
      this.#policy.charge(task, ran, this.#now);
    }
  }

  /** The tasks whose quantum ended. */
  #stopAll(): Task[] {
    const lost: Task[] = [];
    for (const [core, task] of this.#cores.entries()) {
      if (task === null) continue;
      if (task.burstLeft > 0) {
        if (this.#expiries[core]! > this.#now) continue;
        this.#stop(core, task, "expired");
        lost.push(task);
        continue;
      }
      const io = task.load.bursts[task.burstIndex + 1];
      this.#stop(core, task, io === undefined ? "ended" : "blocked");
      if (io === undefined) this.#end(task);
      else {
        task.burstIndex += 2;
        task.burstLeft = task.burst;
        this.#wakes.push({ time: this.#now + io, task });
      }
    }
    return lost;
  }

  #stop(core: number, task: Task, cause: StopCause): void {
    this.#record(core, task);
    this.#cores[core] = null;
    this.#outcome.stops.push({ time: this.#now, task: task.name, cause });
    this.#policy.stopped(task, cause, this.#now);
  }

  #record(core: number, task: Task): void {
    const slice = { core, task: task.name, from: this.#began[core]!, to: this.#now, job: task.job };
    if (slice.from === slice.to) return;
    const { gantt } = this.#outcome;
    const index = gantt.findLastIndex((other) => other.core === core);
    const last = gantt[index];
    if (last?.task === slice.task && last.job === slice.job && last.to === slice.from) {
      gantt[index] = { ...last, to: slice.to };
    } else gantt.push(slice);
  }

  #end(task: Task): void {
    task.active = false;
    this.#outcome.finish.set(task.name, this.#now);
    if (this.#now > task.deadline) {
      this.#outcome.misses.push({ task: task.name, due: task.deadline, finish: this.#now });
    }
  }

  #enterAll(lost: readonly Task[]): void {
    const entries: { task: Task; cause: ReadyCause }[] = [];
    while (this.#arrivals[0]?.time === this.#now) {
      const { task } = this.#arrivals.shift()!;
      task.backlog.push(this.#now);
    }
    for (const task of this.#tasks) {
      const released = task.active ? undefined : task.backlog.shift();
      if (released === undefined) continue;
      task.release(released);
      entries.push({ task, cause: "arrival" });
    }
    // the sort is stable: wake-ups of one moment stay in the order in which they were asked for
    this.#wakes.sort((a, b) => a.time - b.time);
    while (this.#wakes[0]?.time === this.#now) entries.push({ task: this.#wakes.shift()!.task, cause: "wake" });
    const { tie } = this.#machine.conventions;
    const expired = lost.map((task) => ({ task, cause: "expired" as const }));
    const all = tie === "preempted_first" ? [...expired, ...entries] : [...entries, ...expired];
    if (tie === "index") all.sort((a, b) => a.task.id - b.task.id);
    for (const { task, cause } of all) this.#enter(task, cause);
  }

  #enter(task: Task, cause: ReadyCause): void {
    must(!task.ready && !this.#cores.includes(task), `${task.name} enters the queue twice`);
    task.ready = true;
    task.readySince = this.#now;
    this.#policy.add(task, cause, this.#now);
  }

  #preempt(): void {
    for (;;) {
      const answer = this.#policy.preempt(this.#running(), this.#now);
      if (answer === null) return;
      const task = answer.task as Task;
      const core = this.#cores.indexOf(task);
      must(core >= 0, "pre-empts a task that is not running");
      this.#stop(core, task, "preempted");
      this.#enter(task, "preempted");
    }
  }

  #dispatch(): void {
    for (const core of this.#cores.keys()) {
      if (this.#cores[core] !== null) continue;
      const waiting = this.#tasks.filter((task) => task.ready);
      const listed = this.#policy.ready(this.#now);
      const ids = listed.map(({ task }) => task.id).sort((a, b) => a - b);
      must(String(ids) === String(waiting.map(({ id }) => id)), "lists other tasks as ready");
      const choice = this.#policy.next(core, this.#now);
      if (choice === null) {
        if (waiting.length > 0) this.#outcome.idleWithReady.push(this.#now);
        continue;
      }
      const task = choice.task as Task;
      must(task.ready, `${task.name} is not ready`);
      task.ready = false;
      task.waitedBefore += this.#now - task.readySince;
      task.charged = this.#now;
      this.#cores[core] = task;
      this.#began[core] = this.#now;
      if (!this.#outcome.start.has(task.name)) this.#outcome.start.set(task.name, this.#now);
      this.#outcome.dispatches.push({
        time: this.#now,
        task: task.name,
        tie: choice.tie,
        reason: choice.reason,
        waited: this.#now - task.readySince,
        listed: listed.map(({ task: { name }, key }) => ({ task: name, key })),
      });
    }
  }

  #advance(): boolean {
    const running = this.#running();
    this.#expiries = this.#cores.map((task) =>
      task === null ? NEVER : this.#now + this.#policy.sliceLeft(task, this.#now),
    );
    this.#nextTick = this.#policy.nextTick(this.#now, running);
    must(this.#nextTick > this.#now, "wants a tick that is not in the future");
    const next = Math.min(
      ...this.#expiries,
      ...running.map((task) => this.#now + task.burstLeft),
      this.#arrivals[0]?.time ?? NEVER,
      ...this.#wakes.map(({ time }) => time),
      ...this.#tasks.filter((task) => task.backlog.length > 0 && !task.active).map(() => this.#now),
      this.#tasks.some((task) => task.active) ? this.#nextTick : NEVER,
    );
    if (next === NEVER || next > this.#until) {
      this.#now = Math.min(next, this.#until);
      if (next !== NEVER) for (const [core, task] of this.#cores.entries()) if (task !== null) this.#record(core, task);
      return false;
    }
    must(next >= this.#now, "goes back in time");
    this.#now = next;
    return true;
  }
}
