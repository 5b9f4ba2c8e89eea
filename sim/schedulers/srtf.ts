import { KeyedPolicy } from "./keyed.ts";
import { lengthRules } from "./length.ts";
import type { PolicySpecification } from "./policy.ts";

/**
 * Shortest remaining time first: a task that becomes ready with less to do than the running one takes the CPU.
 * Equal remaining times leave the CPU where it is. Also called SRT, STCF and preemptive SJF.
 *
 * Source: Silberschatz, Galvin, Gagne, Operating System Concepts (10th ed.), section 5.3.2 (preemptive SJF).
 */
export const srtf: PolicySpecification = {
  name: "srtf",
  about: "Shortest remaining time first: sjf with pre-emption",
  source: "Silberschatz, Galvin, Gagne, Operating System Concepts (10th ed.), section 5.3.2 (preemptive SJF)",
  parameters: [],
  reads: [],
  forgetful: true,
  create: (setting) => new KeyedPolicy(setting, lengthRules(setting, "shortest", true)),
};
