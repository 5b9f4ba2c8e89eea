/** Every scheduling policy. A new one is a file of its own and a line here. */
import { cfs } from "./cfs.ts";
import { describeConventions } from "./conventions.ts";
import { edf } from "./edf.ts";
import { fcfs } from "./fcfs.ts";
import { feedback } from "./feedback.ts";
import { hrrn } from "./hrrn.ts";
import { ljf } from "./ljf.ts";
import { llf } from "./llf.ts";
import { lottery } from "./lottery.ts";
import { lrtf } from "./lrtf.ts";
import { mlfq } from "./mlfq.ts";
import { mlq } from "./mlq.ts";
import type { CheckedScheduler, Policy, PolicySpecification, Setting } from "./policy.ts";
import { priority } from "./priority.ts";
import { priorityRr } from "./priority-rr.ts";
import { random } from "./random.ts";
import { rm } from "./rm.ts";
import { rr } from "./rr.ts";
import { sjf } from "./sjf.ts";
import { srtf } from "./srtf.ts";
import { stride } from "./stride.ts";
import { uniprogrammed } from "./uniprogrammed.ts";

export const POLICIES: readonly PolicySpecification[] = [
  fcfs,
  sjf,
  srtf,
  ljf,
  lrtf,
  hrrn,
  rr,
  priority,
  priorityRr,
  mlq,
  mlfq,
  feedback,
  lottery,
  stride,
  cfs,
  edf,
  rm,
  llf,
  uniprogrammed,
  random,
];

/** The policy of that name; null if there is none. */
export function policyNamed(name: string): PolicySpecification | null {
  return POLICIES.find((policy) => policy.name === name) ?? null;
}

/** A fresh policy for one run. */
export function makePolicy(
  scheduler: CheckedScheduler,
  machine: Pick<Setting, "unit" | "cores" | "random" | "chooser">,
): Policy {
  const { policy, parameters, conventions } = scheduler;
  const { unit, cores, random, chooser = null } = machine;
  return policy.create({ unit, cores, random, chooser, parameters, conventions });
}

/**
 * The policy, its parameters (times in units) and every rule in force, as results print them and as a scenario could
 * give them: { policy: "rr", quantum: 20, conventions: "osc", tie: "arrival_first", … }. `unit` is grains in one unit.
 */
export function describeScheduler(scheduler: CheckedScheduler, unit: number): Record<string, unknown> {
  return {
    ...describePolicy(scheduler, unit),
    conventions: scheduler.preset,
    ...describeConventions(scheduler.conventions),
  };
}

function describePolicy({ policy, parameters, conventions }: CheckedScheduler, unit: number): Record<string, unknown> {
  const described: Record<string, unknown> = { policy: policy.name };
  for (const { name, type } of policy.parameters) {
    const value = parameters[name];
    if (value === null || value === undefined) continue;
    if (type === "time") described[name] = (value as number) / unit;
    else if (type === "times") described[name] = (value as number[]).map((time) => time / unit);
    else if (type === "aging") {
      const { every, by } = value as { every: number; by: number };
      described[name] = { every: every / unit, by };
    } else if (type === "queues") {
      described[name] = (value as CheckedScheduler[]).map((queue) => describeQueue(queue, conventions, unit));
    } else described[name] = value;
  }
  return described;
}

/** A queue of mlq, with only those rules that are not the rules of the whole. */
function describeQueue(
  queue: CheckedScheduler,
  outer: CheckedScheduler["conventions"],
  unit: number,
): Record<string, unknown> {
  const own = describeConventions(queue.conventions);
  const whole = describeConventions(outer);
  const different = Object.entries(own).filter(([name, value]) => whole[name] !== value);
  return { ...describePolicy(queue, unit), ...Object.fromEntries(different) };
}
