/** Making schedulers and playing workloads under them, for tests. */
import { randomStream } from "../../base/random.ts";
import { checkScheduler } from "../check.ts";
import { parseSchedulerOption } from "../option.ts";
import type { CheckedScheduler } from "../policy.ts";
import { makePolicy } from "../registry.ts";
import { drive, type Outcome, type Workload } from "./driver.ts";

/** One unit is `unit` grains. Throws if the option is wrong. */
export function schedulerFrom(option: string, unit = 1): CheckedScheduler {
  const { specification, problem } = parseSchedulerOption(option);
  if (specification === null) throw new Error(problem ?? "");
  const { scheduler, problems } = checkScheduler(specification, (time) => time.toNumber() * unit);
  if (scheduler === null) throw new Error(problems.map(({ message }) => message).join("; "));
  return scheduler;
}

/** Times of the workload are grains. */
export function play(
  option: string,
  loads: readonly Workload[],
  { unit = 1, cores = 1, until, seed = "1" }: { unit?: number; cores?: number; until?: number; seed?: string } = {},
): Outcome {
  const scheduler = schedulerFrom(option, unit);
  const policy = makePolicy(scheduler, { unit, cores, random: (stream) => randomStream(seed, stream) });
  const { conventions } = scheduler;
  return drive(policy, loads, { cores, conventions, ...(until === undefined ? {} : { until }) });
}

/** [task, from, to], as books print schedules. */
export function bars(outcome: Outcome): [string, number, number][] {
  return outcome.gantt.map(({ task, from, to }) => [task, from, to]);
}
