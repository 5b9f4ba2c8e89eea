import { KeyedPolicy } from "./keyed.ts";
import { lengthRules } from "./length.ts";
import type { PolicySpecification } from "./policy.ts";

/**
 * Shortest job (next CPU burst) first; whoever has the CPU keeps it to the end of its burst. The length is known here,
 * as in exercises; `sjf_key: total` goes by all the CPU time that a task still needs. Stallings calls it SPN.
 *
 * Source: Silberschatz, Galvin, Gagne, Operating System Concepts (10th ed.), section 5.3.2.
 */
export const sjf: PolicySpecification = {
  name: "sjf",
  about: "Shortest job first; never pre-empts",
  source: "Silberschatz, Galvin, Gagne, Operating System Concepts (10th ed.), section 5.3.2",
  parameters: [],
  reads: [],
  forgetful: true,
  create: (setting) => new KeyedPolicy(setting, lengthRules(setting, "shortest", false)),
};
