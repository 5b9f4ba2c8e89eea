import { compareNumbers, KeyedPolicy } from "./keyed.ts";
import type { PolicySpecification } from "./policy.ts";
import { inUnits } from "./words.ts";

/**
 * Rate monotonic: the shortest period first, pre-emptive. Tasks without a period come last.
 *
 * Source: Liu and Layland, Scheduling Algorithms for Multiprogramming in a Hard-Real-Time Environment, JACM 20(1), 1973.
 */
export const rm: PolicySpecification = {
  name: "rm",
  about: "Rate monotonic: shortest period first, pre-emptive",
  source: "Liu, Layland, JACM 20(1), 1973",
  parameters: [],
  reads: ["period", "deadline"],
  forgetful: true,
  create: (setting) =>
    new KeyedPolicy(setting, {
      compare: (a, b) => compareNumbers(a.period, b.period),
      key: (task) => `period ${inUnits(task.period, setting)}`,
      best: "shortest",
      preemptive: true,
      equals: "same_key",
    }),
};
