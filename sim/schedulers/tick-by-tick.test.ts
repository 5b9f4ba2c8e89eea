/**
 * The classic policies against a simulator of the plainest kind: one unit of time after the other, one core, all state in
 * arrays, nothing shared with the policies.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Workload } from "./testing/driver.ts";
import { bars, play } from "./testing/make.ts";
import { type Bar, conventions, inOnePiece, workloads } from "./testing/workloads.ts";

interface Job {
  readonly id: number;
  readonly load: Workload;
  burst: number;
  left: number;
  /** units to the end of its I/O; null when it is not doing any */
  io: number | null;
  ioNumber: number;
}

interface Rules {
  /** the queue position that runs next, given the ready jobs in order of entry */
  pick(ready: readonly Job[]): number;
  /** whether the running job gives way to that ready job */
  yields?(running: Job, other: Job): boolean;
  quantum?: number;
}

/** `tie` as in a scenario. A pre-empted job goes to the tail. */
function simulate(loads: readonly Workload[], tie: string, rules: Rules): Bar[] {
  const jobs: Job[] = loads.map((load, id) => ({ id, load, burst: 0, left: load.bursts[0]!, io: null, ioNumber: 0 }));
  const schedule: Bar[] = [];
  let ready: Job[] = [];
  let running: Job | null = null;
  let used = 0;
  let ended = 0;
  let ios = 0;
  for (let t = 0; ended < jobs.length; t += 1) {
    const lost: Job[] = [];
    if (running !== null && running.left === 0) {
      const io = running.load.bursts[running.burst + 1];
      if (io === undefined) ended += 1;
      else {
        running.burst += 2;
        running.left = running.load.bursts[running.burst]!;
        running.io = io;
        ios += 1;
        running.ioNumber = ios;
      }
      running = null;
    } else if (running !== null && used === rules.quantum) {
      lost.push(running);
      running = null;
    }
    const back = jobs.filter((job) => job.io === 0).sort((a, b) => a.ioNumber - b.ioNumber);
    for (const job of back) job.io = null;
    const came = [...jobs.filter(({ load }) => load.arrival === t), ...back];
    const entering = tie === "preempted_first" ? [...lost, ...came] : [...came, ...lost];
    if (tie === "index") entering.sort((a, b) => a.id - b.id);
    ready.push(...entering);
    if (running !== null && ready.length > 0 && rules.yields !== undefined) {
      if (rules.yields(running, ready[rules.pick(ready)]!)) {
        ready.push(running);
        running = null;
      }
    }
    if (running === null && ready.length > 0) {
      running = ready[rules.pick(ready)]!;
      ready = ready.filter((job) => job !== running);
      used = 0;
    }
    if (running !== null) {
      running.left -= 1;
      used += 1;
      schedule.push([running.load.name, t, t + 1]);
    }
    for (const job of jobs) if (job.io !== null) job.io -= 1;
  }
  return inOnePiece(schedule);
}

/** The position with the least key; equal keys by `same_key`. */
function least(ready: readonly Job[], key: (job: Job) => number, sameKey: string): number {
  const beats = (a: Job, b: Job) => {
    if (key(a) !== key(b)) return key(a) < key(b);
    if (sameKey === "queue") return false;
    if (sameKey === "arrival" && a.load.arrival !== b.load.arrival) return a.load.arrival! < b.load.arrival!;
    return a.id < b.id;
  };
  let best = 0;
  for (const [index, job] of ready.entries()) if (beats(job, ready[best]!)) best = index;
  return best;
}

function totalLeft(job: Job): number {
  let total = job.left;
  for (let k = job.burst + 2; k < job.load.bursts.length; k += 2) total += job.load.bursts[k]!;
  return total;
}

function ruleOf(rules: string, name: string): string {
  return new RegExp(`${name}=(\\w+)`).exec(rules)![1]!;
}

/** Compares `option` with the plain simulator under every convention, pre-empted tasks going to the tail. */
function agrees(option: (rules: string, n: number) => string, plain: (rules: string, n: number) => Rules): void {
  fc.assert(
    fc.property(conventions, workloads(6, 3), fc.integer({ min: 1, max: 6 }), (all, loads, n) => {
      const rules = all.replace("keep_head", "tail");
      const expected = simulate(loads, ruleOf(rules, "tie"), plain(rules, n));
      expect(inOnePiece(bars(play(option(rules, n), loads)))).toEqual(expected);
    }),
    { numRuns: 300 },
  );
}

function lengthKey(rules: string): (job: Job) => number {
  return ruleOf(rules, "sjf_key") === "total" ? totalLeft : (job) => job.left;
}

function priorityKey(rules: string): (job: Job) => number {
  return ruleOf(rules, "priority_order") === "low_first" ? (job) => job.load.priority! : (job) => -job.load.priority!;
}

function byKey(key: (job: Job) => number, rules: string, preemptive: boolean): Rules {
  const pick = (ready: readonly Job[]) => least(ready, key, ruleOf(rules, "same_key"));
  return preemptive ? { pick, yields: (running, other) => key(other) < key(running) } : { pick };
}

describe("agrees with a simulator that goes unit by unit", () => {
  it("fcfs", () => {
    agrees(
      (rules) => `fcfs:${rules}`,
      () => ({ pick: () => 0 }),
    );
  });

  it("rr", () => {
    agrees(
      (rules, n) => `rr:quantum=${n},${rules}`,
      (_rules, n) => ({ pick: () => 0, quantum: n }),
    );
  });

  it("sjf", () => {
    agrees(
      (rules) => `sjf:${rules}`,
      (rules) => byKey(lengthKey(rules), rules, false),
    );
  });

  it("srtf", () => {
    agrees(
      (rules) => `srtf:${rules}`,
      (rules) => byKey(lengthKey(rules), rules, true),
    );
  });

  it("ljf", () => {
    agrees(
      (rules) => `ljf:${rules}`,
      (rules) => byKey((job) => -lengthKey(rules)(job), rules, false),
    );
  });

  it("lrtf", () => {
    agrees(
      (rules) => `lrtf:${rules}`,
      (rules) => byKey((job) => -lengthKey(rules)(job), rules, true),
    );
  });

  it.each([false, true])("priority, preemptive: %s", (preemptive) => {
    agrees(
      (rules) => `priority:preemptive=${preemptive},${rules}`,
      (rules) => byKey(priorityKey(rules), rules, preemptive),
    );
  });

  it.each([false, true])("priority_rr, preemptive: %s", (preemptive) => {
    agrees(
      (rules, n) => `priority_rr:quantum=${n},preemptive=${preemptive},${rules}`,
      (rules, n) => ({
        ...byKey(priorityKey(rules), rules.replace(/same_key=\w+/, "same_key=queue"), preemptive),
        quantum: n,
      }),
    );
  });
});
