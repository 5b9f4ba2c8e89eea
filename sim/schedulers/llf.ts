import { compareNumbers, KeyedPolicy, unitAfter } from "./keyed.ts";
import type { PolicySpecification, TaskView } from "./policy.ts";
import { inUnits } from "./words.ts";

/**
 * Least laxity first, pre-emptive: laxity is the time to the deadline less what is left to compute. That of a waiting
 * task shrinks, that of a running one does not; they are compared when the ready queue changes and at every whole unit.
 * Tasks without a deadline come last.
 *
 * Source: Mok, Fundamental Design Problems of Distributed Systems for the Hard-Real-Time Environment, MIT/LCS/TR-297,
 * 1983; Dertouzos and Mok, IEEE Transactions on Software Engineering 15(12), 1989.
 */
export const llf: PolicySpecification = {
  name: "llf",
  about: "Least laxity first, looked at every unit",
  source: "Mok, MIT/LCS/TR-297, 1983; Dertouzos, Mok, IEEE TSE 15(12), 1989",
  parameters: [],
  reads: ["period", "deadline"],
  forgetful: true,
  create: (setting) =>
    new KeyedPolicy(setting, {
      compare: (a, b, now) => compareNumbers(laxity(a, now), laxity(b, now)),
      key: (task, now) => `laxity ${inUnits(laxity(task, now), setting)}`,
      best: "least",
      preemptive: true,
      equals: "same_key",
      overtakes: (now, running, ready) => {
        const least = Math.min(...ready.map((task) => laxity(task, now)));
        const most = Math.max(...running.map((task) => laxity(task, now)));
        // without running tasks, or without deadlines, nobody overtakes anybody
        if (!Number.isFinite(least) || !Number.isFinite(most)) return Number.POSITIVE_INFINITY;
        return unitAfter(now, now + least - most, setting.unit);
      },
    }),
};

/** Grains. The smallest laxity that is not negative means: run now, without a break, or be late. */
function laxity(task: TaskView, now: number): number {
  return task.deadline - now - Math.max(task.totalLeft, task.burstLeft);
}
