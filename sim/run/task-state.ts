/** What the driver keeps for each task: where it is, since when, and what its time went into. It is also the scheduler's view. */
import type { Task } from "../program/program.ts";
import type { ReadyCause, TaskView } from "../schedulers/policy.ts";

/**
 * Where a task is. A number, as its reason is: they change with every step of a long run, and to put a word into an
 * object makes the garbage collector take note each time.
 */
export enum STATUS {
  new,
  ready,
  switching,
  running,
  blocked,
  sleeping,
  io,
  ended,
}

/** Numbers of the commonest reasons why a task is off the CPU: the first in `Reasons`. */
export enum REASON {
  none,
  sleeps,
}

/** Reasons in words, by their numbers. */
export class Reasons {
  private readonly texts = ["", "sleeps"];
  private readonly numbers = new Map(this.texts.map((text, number) => [text, number] as const));

  text(reason: number): string {
    return this.texts[reason]!;
  }

  number(text: string): number {
    let number = this.numbers.get(text);
    if (number === undefined) {
      number = this.texts.push(text) - 1;
      this.numbers.set(text, number);
    }
    return number;
  }
}

/**
 * A row of numbers for each task: first what changes all the while, which is one line of the cache, then the rest. As
 * fields of their own they would lie scattered about the heap, a box for each.
 */
export enum COLUMN {
  since,
  wakeAt,
  blocked,
  stepsAt,
  readySince,
  usedOfBurst,
  start,
  timeoutAt,
  waiting,
  current,
  arrival,
  firstArrival,
  release,
  cpuUsed,
  switching,
  finish,
}
const COLUMNS = 16;

/** The rows of so many tasks. */
export function taskTimes(tasks: number): Float64Array {
  return new Float64Array(COLUMNS * tasks);
}

/** All times in grains. Law: from arrival to finish, cpu + waiting + blocked + switching = turnaround. */
export class TaskState implements TaskView {
  // first what each turn needs, so that it lies side by side
  readonly id: number;
  /** where its row of `times` begins; who reads many columns does so without the names below */
  readonly at: number;
  status: STATUS = STATUS.new;
  /** why it is off the CPU: a number of `reasons` */
  reason: number = REASON.none;
  /** why it enters the ready queue at this moment */
  cause: ReadyCause = "arrival";
  /** how many more steps it may take at `stepsAt` */
  stepsLeft = 0;

  readonly name: string;
  readonly task: Task;
  /** the rows of all tasks */
  private readonly times: Float64Array;
  private readonly reasons: Reasons;
  core = -1;

  /** when its transfer begins: until then it queues for the device */
  transferAt = -1;
  /** whether the step cost of the next step is paid */
  paid = false;

  basePriority = 0;
  priority = 0;
  nice = 0;
  tickets = 1;
  weight = 0;
  queue = 0;
  period = Number.POSITIVE_INFINITY;
  relativeDeadline = Number.POSITIVE_INFINITY;

  /** CPU time that lies ahead of its position, to the next wait and in all */
  ahead: () => { burst: number; total: number } = () => ({ burst: 0, total: 0 });
  clock: () => number = () => 0;

  constructor(task: Task, times: Float64Array, reasons: Reasons) {
    this.task = task;
    this.reasons = reasons;
    this.times = times;
    this.at = COLUMNS * task.id;
    this.id = task.id;
    this.name = task.name;
    this.wakeAt = -1;
    this.stepsAt = -1;
    this.start = -1;
    this.finish = -1;
    this.timeoutAt = -1;
  }

  /** why it is off the CPU, in words */
  get why(): string {
    return this.reasons.text(this.reason);
  }
  set why(text: string) {
    this.reason = this.reasons.number(text);
  }

  /** since when it has this status */
  get since(): number {
    return this.times[this.at + COLUMN.since]!;
  }
  set since(time: number) {
    this.times[this.at + COLUMN.since] = time;
  }

  /** when its pending sleep, transfer or release ends; −1 if none (events for other times are stale) */
  get wakeAt(): number {
    return this.times[this.at + COLUMN.wakeAt]!;
  }
  set wakeAt(time: number) {
    this.times[this.at + COLUMN.wakeAt] = time;
  }

  get blocked(): number {
    return this.times[this.at + COLUMN.blocked]!;
  }
  set blocked(time: number) {
    this.times[this.at + COLUMN.blocked] = time;
  }

  /** when it took its last steps: many at one moment are an endless loop that takes no time */
  get stepsAt(): number {
    return this.times[this.at + COLUMN.stepsAt]!;
  }
  set stepsAt(time: number) {
    this.times[this.at + COLUMN.stepsAt] = time;
  }

  get readySince(): number {
    return this.times[this.at + COLUMN.readySince]!;
  }
  set readySince(time: number) {
    this.times[this.at + COLUMN.readySince] = time;
  }

  get waiting(): number {
    return this.times[this.at + COLUMN.waiting]!;
  }
  set waiting(time: number) {
    this.times[this.at + COLUMN.waiting] = time;
  }

  /** CPU time left of the `cpu` statement (or step cost) under way */
  get current(): number {
    return this.times[this.at + COLUMN.current]!;
  }
  set current(time: number) {
    this.times[this.at + COLUMN.current] = time;
  }

  /** CPU time used since it last blocked */
  get usedOfBurst(): number {
    return this.times[this.at + COLUMN.usedOfBurst]!;
  }
  set usedOfBurst(time: number) {
    this.times[this.at + COLUMN.usedOfBurst] = time;
  }

  get start(): number {
    return this.times[this.at + COLUMN.start]!;
  }
  set start(time: number) {
    this.times[this.at + COLUMN.start] = time;
  }

  get finish(): number {
    return this.times[this.at + COLUMN.finish]!;
  }
  set finish(time: number) {
    this.times[this.at + COLUMN.finish] = time;
  }

  /** of the current job, for tasks with a period */
  get arrival(): number {
    return this.times[this.at + COLUMN.arrival]!;
  }
  set arrival(time: number) {
    this.times[this.at + COLUMN.arrival] = time;
  }

  get firstArrival(): number {
    return this.times[this.at + COLUMN.firstArrival]!;
  }
  set firstArrival(time: number) {
    this.times[this.at + COLUMN.firstArrival] = time;
  }

  /** when the current job was released; for tasks without a period its arrival */
  get release(): number {
    return this.times[this.at + COLUMN.release]!;
  }
  set release(time: number) {
    this.times[this.at + COLUMN.release] = time;
  }

  get cpuUsed(): number {
    return this.times[this.at + COLUMN.cpuUsed]!;
  }
  set cpuUsed(time: number) {
    this.times[this.at + COLUMN.cpuUsed] = time;
  }

  get switching(): number {
    return this.times[this.at + COLUMN.switching]!;
  }
  set switching(time: number) {
    this.times[this.at + COLUMN.switching] = time;
  }

  /** when its wait times out; −1 if it has no timeout */
  get timeoutAt(): number {
    return this.times[this.at + COLUMN.timeoutAt]!;
  }
  set timeoutAt(time: number) {
    this.times[this.at + COLUMN.timeoutAt] = time;
  }

  get burstLeft(): number {
    return this.current + this.ahead().burst;
  }

  get burst(): number {
    return this.usedOfBurst + this.burstLeft;
  }

  get totalLeft(): number {
    return this.current + this.ahead().total;
  }

  get waited(): number {
    return this.waiting + (this.status === STATUS.ready ? this.clock() - this.since : 0);
  }

  get deadline(): number {
    return this.release + this.relativeDeadline;
  }
}
