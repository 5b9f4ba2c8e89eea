/**
 * Every worked example of published-schedules.yaml comes out as published: textbooks, courses, exams and OSTEP's
 * simulators. Two drivers are held to it: the schedulers' own test driver and the timed driver of `sim run`.
 */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import type { Outcome, Workload } from "./driver.ts";
import { bars, type play as playType } from "./make.ts";
import { cutUp } from "./workloads.ts";

type Bar = [string, number, number];

interface Example {
  id: string;
  algorithm: string;
  params: Record<string, unknown>;
  processes?: {
    id: string;
    arrival?: number;
    burst?: number;
    bursts?: number[];
    priority?: number;
    tickets?: number;
    ioFreq?: number;
  }[];
  tasks?: { id: string; period: number; exec: number }[];
  expect: Record<string, unknown>;
  computed?: { finish?: Record<string, number>; gantt?: Bar[]; misses?: Bar[] };
}

const text = readFileSync(new URL("./published-schedules.yaml", import.meta.url), "utf8");
const examples = parse(text) as Example[];

/** Fractional arrivals such as 0.4 in whole grains. */
const UNIT = 10;

/** The `--scheduler` option that the example's words stand for. */
function optionOf({ algorithm, params, expect: { sequence } }: Example): string {
  const tie = params.rr_tie === undefined ? "" : `,tie=${String(params.rr_tie)}`;
  switch (algorithm) {
    case "RR":
      return `rr:quantum=${String(params.quantum)}${tie}`;
    case "SRTF":
      return String(params.key).startsWith("TOTAL") ? "srtf:sjf_key=total" : "srtf";
    case "PRIORITY_NP":
      return "priority:preemptive=false,priority_order=low_first";
    case "FEEDBACK":
      return "feedback:quantum=1,growth=constant,demote=if_others,conventions=stallings";
    case "UNIPROGRAMMED_FCFS":
      return "uniprogrammed:conventions=nyu";
    case "STRIDE":
      return `stride:quantum=1,big=${String(params.big)}`;
    case "MLFQ_OSTEP":
      return `mlfq:quanta=[${String(params.quanta_high_to_low)}],allotments=[${String(params.allotments_high_to_low)}],boost=${String(params.boost)},stay=${String(params.stay)},io_bump=${String(params.iobump)},conventions=ostep`;
    case "LOTTERY_OSTEP":
      return `lottery:quantum=${quantumOf(params)},draws=[${String(params.randoms)}],conventions=ostep`;
    default:
      if (sequence !== undefined) throw new Error(`no such algorithm: ${algorithm}`);
      return algorithm.toLowerCase();
  }
}

function quantumOf(params: Example["params"]): number {
  return Number(/-q (\d+)/.exec(String(params.cmd))?.[1] ?? 1);
}

function workloadOf({ algorithm, params, processes = [], tasks = [] }: Example): Workload[] {
  const periodic = tasks.map(({ id, period, exec }) => ({ name: id, period: period * UNIT, bursts: [exec * UNIT] }));
  return periodic.concat(
    processes.map(({ id, arrival = 0, burst, bursts, ioFreq = 0, ...attributes }) => {
      let lengths = bursts ?? (algorithm === "STRIDE" ? [1000] : [burst ?? 0]);
      if (ioFreq > 0) lengths = cutUp(burst ?? 0, ioFreq, Number(params.ioTime));
      return { ...attributes, name: id, arrival: Math.round(arrival * UNIT), bursts: lengths.map((t) => t * UNIT) };
    }) as never[],
  );
}

function units(times: ReadonlyMap<string, number>): Record<string, number> {
  return Object.fromEntries([...times].map(([name, time]) => [name, time / UNIT]));
}

/** The idle bars that OSTEP's traces print. */
function withIdle(schedule: Bar[]): Bar[] {
  let end = 0;
  return schedule.flatMap((bar) => {
    const idle: Bar[] = bar[1] > end ? [["-", end, bar[1]]] : [];
    end = bar[2];
    return [...idle, bar];
  });
}

function scheduleOf(outcome: Outcome): Bar[] {
  return bars(outcome).map(([task, from, to]) => [task, from / UNIT, to / UNIT]);
}

/** A schedule may be printed in part, or in single quanta: compare who runs in each unit that is printed. */
function timeline(schedule: readonly Bar[]): string[] {
  const line: string[] = [];
  for (const [task, from, to] of schedule) for (let t = from * UNIT; t < to * UNIT; t += 1) line[t] = task;
  return line;
}

function average(values: Record<string, number>): number {
  const list = Object.values(values);
  return list.reduce((sum, value) => sum + value, 0) / list.length;
}

/** Books round or cut off after two digits. */
function expectAverage(value: number, published: unknown): void {
  expect(Math.abs(value - Number(published))).toBeLessThan(0.0101);
}

const finishing = new Set(["finish", "waiting", "turnaround", "response"]);

/** One test for each example, under the given driver. */
export function describePublished(title: string, play: typeof playType): void {
  describe(title, () => {
    it("are all read", () => {
      expect(examples.length).toBe((text.match(/^- id: /gm) ?? []).length);
    });

    it.each(examples.map((example) => [example.id, example] as const))("%s", (_id, example) => {
      const { algorithm, params, computed } = example;
      const until = params.until === undefined ? (algorithm === "STRIDE" ? 8 : undefined) : Number(params.until);
      const outcome = play(optionOf(example), workloadOf(example), {
        unit: UNIT,
        ...(until === undefined ? {} : { until: until * UNIT }),
      });
      const schedule = scheduleOf(outcome);
      const lottery = algorithm === "LOTTERY_OSTEP";
      const finish = lottery ? finishOfWholeSlices(outcome, quantumOf(params)) : units(outcome.finish);
      const figures: Record<string, Record<string, number>> = {
        finish,
        waiting: units(outcome.waiting),
        turnaround: {},
        response: {},
      };
      for (const { id, arrival = 0 } of example.processes ?? []) {
        figures.turnaround![id] = (finish[id] ?? 0) - arrival;
        figures.response![id] = (outcome.start.get(id) ?? 0) / UNIT - arrival;
      }
      for (const [what, published] of Object.entries(example.expect)) {
        if (finishing.has(what)) expect(figures[what]).toEqual(published);
        else if (what.startsWith("avg_")) expectAverage(average(figures[what.slice(4)]!), published);
        else if (what === "gantt") {
          const printed = timeline(published as Bar[]);
          const ours = timeline(published === undefined ? [] : withIdle(schedule)).slice(0, printed.length);
          expect(ours.map((task, t) => (printed[t] === undefined ? undefined : task))).toEqual([...printed]);
        } else if (what === "misses") expect(misses(outcome)).toEqual(computed?.misses ?? published);
        else if (what === "sequence")
          expect(outcome.dispatches.map(({ task }) => task).slice(0, (published as string[]).length)).toEqual(
            published,
          );
        else if (what === "finish_order") expect([...outcome.finish.keys()]).toEqual(published);
        else if (what === "passes_after") expect(passes(outcome, example)).toEqual(published);
        else throw new Error(`nothing compares '${what}'`);
      }
      if (computed?.gantt !== undefined) expect(schedule).toEqual(computed.gantt);
      if (computed?.finish !== undefined) expect(finish).toEqual(computed.finish);
    });
  });
}

function misses({ misses: late }: Outcome): Bar[] {
  return late.map(({ task, due, finish }) => [task, due / UNIT, (finish ?? Number.NaN) / UNIT]);
}

/** lottery.py lets a job that ends early keep the rest of its slice: the clock goes on by whole quanta. */
function finishOfWholeSlices({ dispatches, finish }: Outcome, quantum: number): Record<string, number> {
  const ends = [...finish.keys()].map((name) => {
    const last = dispatches.findLastIndex(({ task }) => task === name);
    return [name, (last + 1) * quantum] as const;
  });
  return Object.fromEntries(ends);
}

function passes(outcome: Outcome, { params, processes = [] }: Example): Record<string, number> {
  const entries = processes.map(({ id, tickets = 1 }) => {
    const ran = outcome.gantt.filter(({ task }) => task === id).reduce((sum, { from, to }) => sum + to - from, 0);
    return [id, (ran / UNIT) * Math.floor(Number(params.big) / tickets)] as const;
  });
  return Object.fromEntries(entries);
}
