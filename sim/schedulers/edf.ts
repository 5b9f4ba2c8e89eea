import { compareNumbers, KeyedPolicy } from "./keyed.ts";
import type { PolicySpecification } from "./policy.ts";
import { inUnits } from "./words.ts";

/**
 * Earliest deadline first, pre-emptive. Tasks without a deadline come last.
 *
 * Source: Liu and Layland, Scheduling Algorithms for Multiprogramming in a Hard-Real-Time Environment, JACM 20(1), 1973.
 */
export const edf: PolicySpecification = {
  name: "edf",
  about: "Earliest deadline first, pre-emptive",
  source: "Liu, Layland, JACM 20(1), 1973",
  parameters: [],
  reads: ["period", "deadline"],
  forgetful: true,
  create: (setting) =>
    new KeyedPolicy(setting, {
      compare: (a, b) => compareNumbers(a.deadline, b.deadline),
      key: (task) => `deadline ${inUnits(task.deadline, setting)}`,
      best: "earliest",
      preemptive: true,
      equals: "same_key",
    }),
};
