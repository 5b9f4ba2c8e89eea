/** What the driver keeps for each task: where it is, since when, and what its time went into. It is also the scheduler's view. */
import type { Task } from "../program/program.ts";
import type { ReadyCause, TaskView } from "../schedulers/policy.ts";

export type Status = "new" | "ready" | "switching" | "running" | "blocked" | "sleeping" | "io" | "ended";

/** All times in grains. Law: from arrival to finish, cpu + waiting + blocked + switching = turnaround. */
export class TaskState implements TaskView {
  readonly id: number;
  readonly name: string;
  readonly task: Task;
  status: Status = "new";
  /** since when it has this status */
  since = 0;
  /** why it is off the CPU, in words */
  why = "";
  core = -1;

  /** of the current job, for tasks with a period */
  arrival = 0;
  firstArrival = 0;
  start = -1;
  finish = -1;
  waiting = 0;
  blocked = 0;
  switching = 0;
  cpuUsed = 0;

  /** CPU time left of the `cpu` statement (or step cost) under way */
  current = 0;
  /** CPU time used since it last blocked */
  usedOfBurst = 0;
  /** whether the step cost of the next step is paid */
  paid = false;
  readySince = 0;
  readySequence = 0;
  /** why it enters the ready queue at this moment */
  cause: ReadyCause = "arrival";
  /** when its pending sleep, transfer or release ends; −1 if none (events for other times are stale) */
  wakeAt = -1;
  /** when its wait times out; −1 if it has no timeout */
  timeoutAt = -1;
  /** steps taken at one moment, to notice endless loops that take no time */
  stepsAt = -1;
  stepsNow = 0;

  basePriority = 0;
  priority = 0;
  nice = 0;
  tickets = 1;
  weight = 0;
  queue = 0;
  period = Number.POSITIVE_INFINITY;
  relativeDeadline = Number.POSITIVE_INFINITY;
  /** when the current job was released; for tasks without a period its arrival */
  release = 0;

  /** CPU time that lies ahead of its position, to the next wait and in all */
  ahead: () => { burst: number; total: number } = () => ({ burst: 0, total: 0 });
  clock: () => number = () => 0;

  constructor(task: Task) {
    this.task = task;
    this.id = task.id;
    this.name = task.name;
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
    return this.waiting + (this.status === "ready" ? this.clock() - this.since : 0);
  }

  get deadline(): number {
    return this.release + this.relativeDeadline;
  }
}
