/**
 * The contract between the timed driver and a scheduling policy.
 *
 * The driver owns the clock, the cores and the tasks; a policy owns the ready queue(s) and nothing else. The driver
 * calls `add` when a task becomes ready, `next` when a core is free, `charge` as a running task uses the CPU, and
 * `stopped` when it leaves the core. All times are whole grains (see run/clock.ts); `Setting.unit` grains make one unit.
 *
 * The order of the calls at one moment:
 *   1. `charge` for every running task;
 *   2. `stopped` for every task that leaves its core by itself or by its quantum (a burst that ends exactly with the
 *      quantum is blocked or ended, not expired);
 *   3. `add` for every entry of this moment, in the order of `conventions.tie`;
 *   4. `tick`, if it is due;
 *   5. `preempt` again and again until it gives null, each answer followed by `stopped` and `add` with cause preempted;
 *   6. `next` for every free core;
 *   7. `sliceLeft` and `nextTick`, from which the driver sets its timers.
 * Work of no duration may lead back from 6 to 2 within the moment.
 */

/** Why a task enters the ready queue. */
export type ReadyCause = "arrival" | "wake" | "preempted" | "expired" | "yield";
/** Why a running task leaves its core. */
export type StopCause = "blocked" | "ended" | "preempted" | "expired" | "yield";

/** What a policy may know of a task. The driver keeps these fields up to date before each call. */
export interface TaskView {
  /** order of declaration, from 0; also the last tie breaker */
  readonly id: number;
  readonly name: string;
  /** when it arrived (for a periodic task: when the current job was released) */
  readonly arrival: number;
  /** when it last became ready */
  readonly readySince: number;
  /** CPU time left of the current burst (up to the next I/O, sleep or wait); 0 if nothing is known */
  readonly burstLeft: number;
  /** that burst's whole length */
  readonly burst: number;
  /** CPU time left of all its bursts together, as far as it can be read off the program */
  readonly totalLeft: number;
  readonly cpuUsed: number;
  /** total time spent in the ready queue up to now, the current stay included */
  readonly waited: number;
  /** the effective priority: the declared one, or what it inherits through a lock */
  readonly priority: number;
  readonly nice: number;
  /** 1 without any */
  readonly tickets: number;
  /** 0 where none is declared: cfs then makes it from `nice` */
  readonly weight: number;
  /** of mlq: which queue, from 0 (the highest) */
  readonly queue: number;
  /** absolute deadline of the current job; Infinity without one */
  readonly deadline: number;
  /** Infinity without one */
  readonly period: number;
}

/** The rules on which textbooks disagree; each can be set by itself, or all by `conventions:`. */
export interface Conventions {
  /** who enters the queue first when an arrival (or wake-up) meets an expiry at the same moment */
  readonly tie: "arrival_first" | "preempted_first" | "index";
  readonly priorityOrder: "low_first" | "high_first";
  readonly sjfKey: "burst" | "total";
  /** where a pre-empted task goes: to the tail with a fresh quantum, or to the head with what is left of it */
  readonly preempted: "tail" | "keep_head";
  /** who goes first among equal keys: earlier arrival, longer in the queue, or order in the file */
  readonly sameKey: "arrival" | "queue" | "index";
}

/**
 * Decides what a scheduler leaves to chance, or to a rule whose only purpose is to break ties: who is drawn, and who goes
 * first among equal keys. `check --under scheduler` gives one, and tries every answer.
 */
export interface Chooser {
  /** Which of these (at least one): an index. Index 0 is whom the policy would take by its rules. */
  choose(tasks: readonly TaskView[]): number;
}

/** What a policy is given when it is made. */
export interface Setting {
  /** grains in one unit of time */
  readonly unit: number;
  readonly cores: number;
  readonly conventions: Conventions;
  /** the policy's parameters, checked and with defaults; times already in grains */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** a named random stream, uniform in [0, 1) */
  random(stream: string): () => number;
  /** to be asked instead of the random stream and of the rules for equal keys; null or left out: nobody is asked */
  readonly chooser?: Chooser | null;
}

export interface Choice {
  readonly task: TaskView;
  /** in words: "shortest burst 3", "head of the queue" */
  readonly reason: string;
  /** the rule that broke a tie between equal keys ("same_key: arrival"), or null if there was no tie */
  readonly tie: string | null;
}

/** A running task that must give way, and why, in words. */
export interface Preemption {
  readonly task: TaskView;
  readonly reason: string;
}

export interface Policy {
  /** A task becomes ready. */
  add(task: TaskView, cause: ReadyCause, now: number): void;
  /** A task that is ready or blocked goes away without running on (it was terminated). */
  remove(task: TaskView): void;
  /** Takes the task that runs next out of the ready queue; null leaves the core idle. */
  next(core: number, now: number): Choice | null;
  /**
   * Present with `inOrder`, instead of `add` and then `next` for a task whose turn came while all cores were free and
   * nobody was ready: it is on a core now (those whom it set going meanwhile enter the queue after this).
   */
  straight?(task: TaskView): void;
  /**
   * Present if tasks that enter an empty queue one after the other are dispatched in that order: then several may go
   * straight on, each when the one before it has left its core. Such a policy has no timer and pre-empts nobody. Gives
   * the rule that put `first` before `second`.
   */
  inOrder?(first: ReadyCause, second: ReadyCause): string;
  /**
   * True if the order in which tasks enter at one moment makes no difference, because `next` asks the chooser: then
   * nobody need ask in which order they enter as well.
   */
  readonly anyOrder?: boolean;
  /** Time until the policy wants this running task back (the rest of its quantum); Infinity if it may run on. */
  sliceLeft(task: TaskView, now: number): number;
  /** A running task has used `ran` more grains of CPU (called before anything else happens at `now`). */
  charge(task: TaskView, ran: number, now: number): void;
  /** A task leaves its core. Causes preempted, expired and yield are followed by `add` with the same cause. */
  stopped(task: TaskView, cause: StopCause, now: number): void;
  /**
   * Which of the running tasks must give way now, and why; null if none. Asked after every change of the ready queue.
   * `free` cores take a ready task each without anybody giving way; left out, it is the cores that `running` leaves.
   */
  preempt(running: readonly TaskView[], now: number, free?: number): Preemption | null;
  /** The next moment (> now) at which `tick` wants to be called although nothing else happens (boost, aging). Infinity: never. */
  nextTick(now: number, running: readonly TaskView[]): number;
  tick(now: number, running: readonly TaskView[]): void;
  /** The ready tasks in the order in which they would run, each with its key in words, for `--trace`. */
  ready(now: number): readonly { readonly task: TaskView; readonly key: string }[];
  /** How many of the ready tasks `next` would give out, if that need not be all of them (uniprogrammed). */
  runnable?(): number;
}

/** How a parameter of a policy is checked, documented and put into the schema. */
export interface ParameterSpecification {
  readonly name: string;
  readonly type: "time" | "integer" | "number" | "boolean" | "times" | "integers" | "aging" | "queues" | "choice";
  readonly choices?: readonly string[];
  /** as a scenario would write it; null: off unless given; undefined: must be given */
  readonly default?: unknown;
  /** whether 0 is allowed; numbers and times are positive otherwise */
  readonly zero?: boolean;
  readonly about: string;
}

/** One entry of the registry. */
export interface PolicySpecification {
  readonly name: string;
  /** one line for the documentation */
  readonly about: string;
  /** where the algorithm is described */
  readonly source: string;
  readonly parameters: readonly ParameterSpecification[];
  /** attributes of a process that it reads: priority, tickets, … */
  readonly reads: readonly string[];
  /** whether what a task did before it entered the ready queue makes no difference but for what `TaskView` tells */
  readonly forgetful?: boolean;
  /** What no single parameter's type can say (lists of one length, …); null if all is well. Times are in grains. */
  check?(
    parameters: Readonly<Record<string, unknown>>,
  ): { readonly parameter: string; readonly message: string } | null;
  create(setting: Setting): Policy;
}

/** A scheduler as `checkScheduler` leaves it: ready to be made. */
export interface CheckedScheduler {
  readonly policy: PolicySpecification;
  /** with defaults; times in grains; the queues of mlq are `CheckedScheduler`s themselves */
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly conventions: Conventions;
  /** the set that the conventions started from: "osc" */
  readonly preset: string;
}
