import { run } from "../index.ts";
import { parseSchedulerOption } from "../schedulers/option.ts";
import type { Outcome, Workload } from "../schedulers/testing/driver.ts";
import { describePublished } from "../schedulers/testing/published.ts";
import { load } from "./programs.ts";
import { workloadText } from "./workload-text.ts";

/** Plays a workload through `sim run`, giving the answer in the shape of the schedulers' test driver. */
function playThroughRun(
  option: string,
  loads: readonly Workload[],
  { unit = 1, cores = 1, until }: { unit?: number; cores?: number; until?: number } = {},
): Outcome {
  const { specification, problem } = parseSchedulerOption(option);
  if (specification === null) throw new Error(problem ?? "");
  const result = run(load(workloadText(loads, cores, unit)), {
    scheduler: specification,
    ties: false,
    trace: true,
    ...(until === undefined ? {} : { until: String(until / unit) }),
  });
  const grains = (time: number): number => Math.round(time * unit);
  const column = (of: (row: (typeof result.processes)[number]) => number | null): Map<string, number> => {
    const entries = result.processes.flatMap((row) => {
      const value = of(row);
      return value === null ? [] : [[row.name, grains(value)] as const];
    });
    return new Map(entries);
  };
  const byFinish = [...column((row) => row.finish)].sort((a, b) => a[1] - b[1]);
  return {
    gantt: result.gantt.map(({ core, process, from, to }) => ({
      core,
      task: process,
      from: grains(from),
      to: grains(to),
      job: 1,
    })),
    dispatches: (result.trace ?? [])
      .filter(({ event }) => event === "dispatch")
      .map(({ time, process, reason }) => ({
        time: grains(time),
        task: process ?? "",
        tie: null,
        reason,
        waited: 0,
        listed: [],
      })),
    finish: new Map(byFinish),
    start: column((row) => row.start),
    waiting: column((row) => row.waiting),
    stops: [],
    misses: result.deadline_misses.map(({ process, due, finish }) => ({
      task: process,
      due: grains(due),
      finish: finish === null ? null : grains(finish),
    })),
    idleWithReady: [],
  };
}

describePublished("published schedules, through sim run", playThroughRun);
