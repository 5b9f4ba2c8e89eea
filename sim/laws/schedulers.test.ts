/**
 * The timed driver under every scheduler against the small driver that the schedulers' own tests use (which knows
 * nothing but burst lists and agrees with the published examples and OSTEP's simulators): same Gantt chart, finish,
 * start and waiting times, deadline misses.
 */
import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { run } from "../index.ts";
import type { RunResult } from "../run/result.ts";
import { parseSchedulerOption } from "../schedulers/option.ts";
import type { Outcome, Workload } from "../schedulers/testing/driver.ts";
import { play } from "../schedulers/testing/make.ts";
import { load } from "./programs.ts";
import { workloadText } from "./workload-text.ts";

interface Setting {
  readonly option: string;
  readonly workloads: readonly Workload[];
  readonly cores: number;
  readonly until?: number;
}

function throughRun({ option, workloads, cores, until }: Setting): RunResult {
  const { specification, problem } = parseSchedulerOption(option);
  if (specification === null) throw new Error(problem ?? "");
  return run(load(workloadText(workloads, cores)), {
    scheduler: specification,
    ties: false,
    ...(until === undefined ? {} : { until: String(until) }),
  });
}

/** Neighbouring slices of one task joined: the two drivers cut at different places. */
function joined(slices: readonly { core: number; task: string; from: number; to: number }[]): unknown[] {
  const result: { core: number; task: string; from: number; to: number }[] = [];
  for (const slice of [...slices].sort((a, b) => a.core - b.core || a.from - b.from)) {
    const last = result.at(-1);
    if (last !== undefined && last.core === slice.core && last.task === slice.task && last.to === slice.from)
      last.to = slice.to;
    else if (slice.to > slice.from) result.push({ core: slice.core, task: slice.task, from: slice.from, to: slice.to });
  }
  return result;
}

function expectSame(ours: RunResult, theirs: Outcome, until = -1): void {
  expect(joined(ours.gantt.map(({ core, process, from, to }) => ({ core, task: process, from, to })))).toEqual(
    joined(theirs.gantt),
  );
  for (const row of ours.processes) {
    if (row.finish !== null) expect([row.name, row.finish]).toEqual([row.name, theirs.finish.get(row.name)]);
    const start = theirs.start.get(row.name) ?? null;
    // whoever would start at the very end of the time looked at has not started for one of the two
    if (start !== until) expect([row.name, row.start]).toEqual([row.name, start]);
  }
  const lateness = (list: readonly { due: number; finish: number | null }[], name: (k: number) => string): string[] =>
    list.map(({ due, finish }, k) => `${name(k)} ${due} ${finish}`).sort();
  expect(lateness(ours.deadline_misses, (k) => ours.deadline_misses[k]!.process)).toEqual(
    lateness(theirs.misses, (k) => theirs.misses[k]!.task),
  );
}

const OPTIONS = [
  "fcfs",
  "sjf",
  "srtf",
  "ljf",
  "lrtf",
  "hrrn",
  "rr:quantum=1",
  "rr:quantum=3",
  "rr:quantum=2,tie=preempted_first",
  "rr:quantum=2,tie=index",
  "rr:quantum=2,preempted=keep_head",
  "sjf:sjf_key=total",
  "srtf:sjf_key=total",
  "priority",
  "priority:preemptive=true",
  "priority:preemptive=true,aging={every:3,by:1}",
  "priority_rr:quantum=2",
  "mlq:queues=[{policy:rr,quantum:2},fcfs]",
  "mlfq:quanta=[2,4],allotments=[1,2],boost=11",
  "mlfq:quanta=[1,2,4],allotments=[1,1,1],stay=true,io_bump=true,conventions=ostep",
  "feedback:quantum=1",
  "feedback:quantum=1,growth=double",
  "lottery:quantum=2,draws=[3,14,15,92,65,35,89,79,32,38,46,26,43,38,32,79,50,28,84,19,71,69,39,93,75,10,58,20,97,49,44,59,23,7,81,64,6,28,62,8,99,86,28,3,48,25,34,21,17,6]",
  "stride:quantum=2",
  "cfs",
  "uniprogrammed",
  "fcfs:conventions=nyu",
  "rr:quantum=2,conventions=gate",
];

const workload = fc.record({
  arrival: fc.integer({ min: 0, max: 8 }),
  bursts: fc
    .array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 5 })
    .map((list) => (list.length % 2 === 0 ? list.slice(1) : list)),
  priority: fc.integer({ min: 0, max: 3 }),
  tickets: fc.integer({ min: 1, max: 5 }),
  nice: fc.integer({ min: -3, max: 3 }),
  queue: fc.integer({ min: 0, max: 1 }),
});

describe("the timed driver and the schedulers' own test driver agree", () => {
  test("on random workloads under every scheduler, on one and two cores", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...OPTIONS),
        fc.array(workload, { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 1, max: 2 }),
        (option, loads, cores) => {
          const workloads = loads.map((each, k) => ({ ...each, name: `P${k}` }));
          expectSame(throughRun({ option, workloads, cores }), play(option, workloads, { cores }));
        },
      ),
      { numRuns: 600 },
    );
  });

  test("on periodic tasks under edf, rm and llf", () => {
    const periodic = fc.record({ period: fc.integer({ min: 2, max: 10 }), burst: fc.integer({ min: 1, max: 5 }) });
    fc.assert(
      fc.property(
        fc.constantFrom("edf", "rm", "llf"),
        fc.array(periodic, { minLength: 1, maxLength: 3 }),
        (option, tasks) => {
          const workloads = tasks.map(({ period, burst }, k) => ({ name: `T${k}`, period, bursts: [burst] }));
          expectSame(
            throughRun({ option, workloads, cores: 1, until: 60 }),
            play(option, workloads, { until: 60 }),
            60,
          );
        },
      ),
      { numRuns: 200 },
    );
  });

  const fixtures = JSON.parse(
    readFileSync(new URL("../schedulers/testing/ostep-mlfq.json", import.meta.url), "utf8"),
  ) as {
    command: string;
    quanta: number[];
    allotments: number[];
    boost: number;
    io_time: number;
    stay: boolean;
    io_bump: boolean;
    jobs: [number, number, number][];
    finish: Record<string, number>;
  }[];

  test.each(
    fixtures.map((each) => [each.command, each] as const),
  )("%s: sim run finishes as OSTEP's mlfq.py does", (_command, each) => {
    const workloads = each.jobs.map(([arrival, length, every], k) => ({
      name: String(k),
      arrival,
      bursts: cut(length, every, each.io_time),
    }));
    const option = `mlfq:quanta=[${each.quanta}],allotments=[${each.allotments}],boost=${each.boost},stay=${each.stay},io_bump=${each.io_bump},conventions=ostep`;
    const result = throughRun({ option, workloads, cores: 1 });
    expect(Object.fromEntries(result.processes.map((row) => [row.name, row.finish]))).toEqual(each.finish);
  });
});

/** CPU time cut into bursts of `every`, an I/O between them; none after the last. */
function cut(length: number, every: number, ioTime: number): number[] {
  if (every === 0) return [length];
  const bursts: number[] = [];
  for (let done = 0; done < length; done += every) bursts.push(Math.min(every, length - done), ioTime);
  return bursts.slice(0, -1);
}
