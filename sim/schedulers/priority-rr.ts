import type { PolicySpecification } from "./policy.ts";
import { AGING, PriorityPolicy } from "./priority.ts";

/**
 * Priority scheduling in which tasks of one priority take turns of `quantum` units. The quantum is one unit
 * unless the scenario says otherwise. Pre-emptive unless told otherwise, as the textbook's exercises on it are.
 *
 * Source: Silberschatz, Galvin, Gagne, Operating System Concepts (10th ed.), section 5.3.4;
 * POSIX SCHED_RR.
 */
export const priorityRr: PolicySpecification = {
  name: "priority_rr",
  about: "Best priority first, round robin among equals",
  source: "Silberschatz, Galvin, Gagne, Operating System Concepts (10th ed.), section 5.3.4",
  parameters: [
    { name: "quantum", type: "time", default: 1, about: "longest time on the CPU in one turn" },
    { name: "preemptive", type: "boolean", default: true, about: "a better priority takes the CPU at once" },
    AGING,
  ],
  reads: ["priority"],
  forgetful: true,
  create: (setting) => new PriorityPolicy(setting, "turns", setting.parameters.quantum as number),
};
