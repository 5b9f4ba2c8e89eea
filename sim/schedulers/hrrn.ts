import { compareFractions, KeyedPolicy } from "./keyed.ts";
import type { PolicySpecification, Setting, TaskView } from "./policy.ts";

/**
 * Highest response ratio next: (w + s) / s, with w the time spent waiting for the CPU and s the service time; never
 * pre-empts. Ratios are compared as exact fractions.
 *
 * By default w is this stay in the ready queue and s the coming burst; with `sjf_key: total` they are all the waiting so
 * far and all the CPU time of the task.
 *
 * Source: Brinch Hansen (1971); Stallings, Operating Systems: Internals and Design Principles (9th ed.), section 9.2.
 */
export const hrrn: PolicySpecification = {
  name: "hrrn",
  about: "Highest response ratio (waiting + service) / service next; never pre-empts",
  source: "Brinch Hansen (1971); Stallings, Operating Systems (9th ed.), section 9.2",
  parameters: [],
  reads: [],
  forgetful: true,
  create: (setting) =>
    new KeyedPolicy(setting, {
      compare: (a, b, now) =>
        compareFractions(
          waitedFor(b, now, setting),
          service(b, setting),
          waitedFor(a, now, setting),
          service(a, setting),
        ),
      key: (task, now) => `response ratio ${1 + waitedFor(task, now, setting) / service(task, setting)}`,
      best: "highest",
      preemptive: false,
      equals: "same_key",
    }),
};

function waitedFor(task: TaskView, now: number, setting: Setting): number {
  return setting.conventions.sjfKey === "total" ? task.waited : now - task.readySince;
}

/** At least one grain, so that a task with nothing to do has a ratio too. */
function service(task: TaskView, setting: Setting): number {
  return Math.max(1, setting.conventions.sjfKey === "total" ? task.cpuUsed + task.totalLeft : task.burst);
}
