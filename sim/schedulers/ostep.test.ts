/**
 * mlfq and lottery do tick for tick what the homework simulators of Operating Systems: Three Easy Pieces do
 * (github.com/remzi-arpacidusseau/ostep-homework at 6c6cfc7: cpu-sched-mlfq/mlfq.py, cpu-sched-lottery/lottery.py). The
 * files in testing/ record what those printed for the command lines in them.
 */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { bars, play } from "./testing/make.ts";
import { cutUp, inOnePiece } from "./testing/workloads.ts";

type Bar = [string, number, number];

interface MlfqRun {
  command: string;
  quanta: number[];
  allotments: number[];
  boost: number;
  io_time: number;
  stay: boolean;
  io_bump: boolean;
  /** start, run time, an I/O after each … units (0: none) */
  jobs: [number, number, number][];
  gantt: Bar[];
  finish: Record<string, number>;
}

interface LotteryRun {
  command: string;
  quantum: number;
  /** run time, tickets */
  jobs: [number, number][];
  draws: number[];
  sequence: string[];
  /** by the clock of lottery.py, which counts whole quanta */
  finish: Record<string, number>;
}

function recorded<Run>(name: string): Run[] {
  return JSON.parse(readFileSync(new URL(`./testing/${name}.json`, import.meta.url), "utf8")) as Run[];
}

describe("mlfq runs as mlfq.py does", () => {
  it.each(recorded<MlfqRun>("ostep-mlfq").map((run) => [run.command, run] as const))("%s", (_command, run) => {
    const option = `mlfq:quanta=[${run.quanta}],allotments=[${run.allotments}],boost=${run.boost},stay=${run.stay},io_bump=${run.io_bump},conventions=ostep`;
    const loads = run.jobs.map(([arrival, length, every], index) => ({
      name: String(index),
      arrival,
      bursts: cutUp(length, every, run.io_time),
    }));
    const outcome = play(option, loads);
    // with I/O of no duration a job goes on where it was, and the two differ only in where they cut its bar
    expect(inOnePiece(bars(outcome))).toEqual(inOnePiece(run.gantt));
    expect(Object.fromEntries(outcome.finish)).toEqual(run.finish);
  });
});

describe("lottery draws as lottery.py does", () => {
  it.each(recorded<LotteryRun>("ostep-lottery").map((run) => [run.command, run] as const))("%s", (_command, run) => {
    const loads = run.jobs.map(([length, tickets], index) => ({ name: String(index), bursts: [length], tickets }));
    const { dispatches } = play(`lottery:quantum=${run.quantum},draws=[${run.draws}],conventions=ostep`, loads);
    const sequence = dispatches.map(({ task }) => task);
    expect(sequence).toEqual(run.sequence);
    const finish = loads.map(({ name }) => [name, (sequence.lastIndexOf(name) + 1) * run.quantum]);
    expect(Object.fromEntries(finish)).toEqual(run.finish);
  });
});
