import { compareNumbers } from "./keyed.ts";
import type {
  Choice,
  Policy,
  PolicySpecification,
  Preemption,
  ReadyCause,
  Setting,
  StopCause,
  TaskView,
} from "./policy.ts";
import { comesFromOutside, entryRule } from "./words.ts";

/**
 * Multilevel feedback queue. Queue 0 is the highest; the first task of the highest queue that is not empty runs, for the
 * quantum of its queue. After `allotments` quanta at one queue, however they were cut up by I/O, a task goes down one.
 * Every `boost` units all tasks go back to the top with everything fresh. `stay`: a task that blocks gets quantum and
 * allotment anew (the rule that can be gamed). `io_bump`: a task comes back from I/O to the head of its queue.
 *
 * A running task keeps its place at the head of its queue, so that with `preempted: keep_head` it goes on there with the
 * rest of its quantum. At a boost the queues are emptied into the top one from the lowest up, which may take the CPU from
 * the running task; with `preempted: tail` running tasks come first. With `conventions: ostep` every schedule is that of
 * the book's mlfq.py: at one moment expired tasks enter first, then the boost, then arrivals, then ends of I/O; and a
 * quantum that ends with the start of I/O counts.
 *
 * Source: Arpaci-Dusseau, Operating Systems: Three Easy Pieces, chapter 8, and its homework simulator cpu-sched-mlfq.
 */
export const mlfq: PolicySpecification = {
  name: "mlfq",
  about: "Multilevel feedback queue with allotments and priority boost",
  source: "Arpaci-Dusseau, Operating Systems: Three Easy Pieces, chapter 8",
  parameters: [
    { name: "quanta", type: "times", default: [10, 10, 10], about: "quantum of each queue, high to low" },
    {
      name: "allotments",
      type: "integers",
      default: null,
      zero: true,
      about: "quanta that a task may use in each queue before it goes down, high to low (1 each)",
    },
    {
      name: "boost",
      type: "time",
      default: null,
      zero: true,
      about: "how often all tasks go back to the top; 0 never",
    },
    { name: "stay", type: "boolean", default: false, about: "blocking gives quantum and allotment anew" },
    { name: "io_bump", type: "boolean", default: false, about: "after I/O to the head of the queue, not the tail" },
  ],
  reads: [],
  check: ({ quanta, allotments }) => {
    if (!Array.isArray(quanta) || !Array.isArray(allotments)) return null;
    if (quanta.length !== allotments.length) {
      return {
        parameter: "allotments",
        message: `there must be as many allotments as quanta: ${allotments.length}, not ${quanta.length}`,
      };
    }
    return allotments.slice(0, -1).includes(0)
      ? { parameter: "allotments", message: "only the lowest queue's allotment may be 0" }
      : null;
  },
  create: (setting) => new MlfqPolicy(setting),
};

interface Place {
  readonly task: TaskView;
  level: number;
  /** grains left of the quantum */
  left: number;
  /** quanta left at this level */
  allotment: number;
  running: boolean;
  /** how and when it last entered its queue */
  cause: ReadyCause;
  since: number;
  /** put before others on purpose */
  ahead: boolean;
}

class MlfqPolicy implements Policy {
  readonly #setting: Setting;
  readonly #quanta: readonly number[];
  readonly #allotments: readonly number[];
  readonly #boost: number;
  #nextBoost: number;
  readonly #places = new Map<TaskView, Place>();
  /** high to low; running tasks included */
  readonly #queues: Place[][];

  constructor(setting: Setting) {
    this.#setting = setting;
    this.#quanta = setting.parameters.quanta as number[];
    this.#allotments = (setting.parameters.allotments as number[] | null) ?? this.#quanta.map(() => 1);
    this.#boost = (setting.parameters.boost as number | null) || Number.POSITIVE_INFINITY;
    this.#nextBoost = this.#boost;
    this.#queues = this.#quanta.map(() => []);
  }

  add(task: TaskView, cause: ReadyCause, now: number): void {
    // a boost of this moment comes before arrivals, but after tasks that lost their core
    if (comesFromOutside(cause) || this.#nextBoost < now) this.#boostIfDue(now);
    const place = this.#place(task);
    const inPlace = cause === "preempted" && this.#keepsHead();
    const bumped = cause === "wake" && this.#setting.parameters.io_bump === true;
    Object.assign(place, { cause, since: now, running: false, ahead: inPlace || bumped });
    if (inPlace) return;
    if (bumped) this.#queues[place.level]!.unshift(place);
    else this.#queues[place.level]!.push(place);
  }

  remove(task: TaskView): void {
    const place = this.#places.get(task);
    if (place !== undefined) this.#leaveQueue(place);
    this.#places.delete(task);
  }

  next(_core: number, now: number): Choice | null {
    this.#boostIfDue(now);
    const waiting = this.#waiting();
    const [first, second] = waiting;
    if (first === undefined) return null;
    first.running = true;
    const tied =
      second !== undefined &&
      second.level === first.level &&
      second.since === first.since &&
      !first.ahead &&
      !second.ahead;
    return {
      task: first.task,
      reason: `first in queue ${first.level}`,
      tie: tied ? entryRule(first.cause, second.cause, this.#setting) : null,
    };
  }

  sliceLeft(task: TaskView): number {
    return this.#place(task).left;
  }

  charge(task: TaskView, ran: number): void {
    const place = this.#place(task);
    place.left = Math.max(0, place.left - ran);
  }

  stopped(task: TaskView, cause: StopCause): void {
    const place = this.#place(task);
    place.running = false;
    const usedUp = place.left === 0;
    if (cause === "preempted" && this.#keepsHead()) return;
    this.#leaveQueue(place);
    if (cause === "ended") this.#places.delete(task);
    if (cause === "preempted" || (cause === "blocked" && this.#setting.parameters.stay === true)) {
      place.left = this.#quanta[place.level]!;
      if (cause === "blocked") place.allotment = this.#allotments[place.level]!;
    }
    if (usedUp && cause !== "preempted") this.#quantumUsed(place);
  }

  preempt(
    running: readonly TaskView[],
    now: number,
    free: number = this.#setting.cores - running.length,
  ): Preemption | null {
    this.#boostIfDue(now);
    const order = this.#queues.flat();
    const candidate = order.filter((place) => !place.running)[free];
    const last = order.filter((place) => place.running && running.includes(place.task)).at(-1);
    if (candidate === undefined || last === undefined || order.indexOf(last) < order.indexOf(candidate)) return null;
    return { task: last.task, reason: `${candidate.task.name} is first, in queue ${candidate.level}` };
  }

  nextTick(): number {
    return this.#queues.some((queue) => queue.length > 0) ? this.#nextBoost : Number.POSITIVE_INFINITY;
  }

  tick(now: number): void {
    this.#boostIfDue(now);
  }

  ready(): { task: TaskView; key: string }[] {
    return this.#waiting().map(({ task, level }) => ({ task, key: `queue ${level}` }));
  }

  #keepsHead(): boolean {
    return this.#setting.conventions.preempted === "keep_head";
  }

  #place(task: TaskView): Place {
    let place = this.#places.get(task);
    if (place === undefined) {
      const fresh = { level: 0, left: this.#quanta[0]!, allotment: this.#allotments[0]! };
      place = { task, ...fresh, running: false, cause: "arrival", since: task.readySince, ahead: false };
      this.#places.set(task, place);
    }
    return place;
  }

  #waiting(): Place[] {
    return this.#queues.flatMap((queue) => queue.filter((place) => !place.running));
  }

  #leaveQueue(place: Place): void {
    const queue = this.#queues[place.level]!;
    const index = queue.indexOf(place);
    if (index >= 0) queue.splice(index, 1);
  }

  /** A whole quantum is gone: one less of the allotment, and down one queue when that is used up. */
  #quantumUsed(place: Place): void {
    place.allotment -= 1;
    if (place.allotment === 0) {
      if (place.level < this.#queues.length - 1) place.level += 1;
      place.allotment = this.#allotments[place.level]!;
    }
    place.left = this.#quanta[place.level]!;
  }

  #boostIfDue(now: number): void {
    if (now < this.#nextBoost) return;
    this.#nextBoost = (Math.floor(now / this.#boost) + 1) * this.#boost;
    const top = this.#queues[0]!;
    for (let level = this.#queues.length - 1; level > 0; level -= 1) top.push(...this.#queues[level]!.splice(0));
    if (!this.#keepsHead()) top.sort((a, b) => compareNumbers(Number(b.running), Number(a.running)));
    for (const place of this.#places.values()) {
      place.level = 0;
      place.left = this.#quanta[0]!;
      place.allotment = this.#allotments[0]!;
    }
  }
}
