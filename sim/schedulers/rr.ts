import { FifoPolicy } from "./fifo.ts";
import type { PolicySpecification } from "./policy.ts";

/**
 * Round robin: first come, first served, but after `quantum` units the running task goes back to the tail.
 *
 * A task that blocks gives up the rest of its quantum and starts with a fresh one. The quantum is one unit
 * unless the scenario says otherwise; the report prints it.
 *
 * Source: Silberschatz, Galvin, Gagne, Operating System Concepts (10th ed.), section 5.3.3.
 */
export const rr: PolicySpecification = {
  name: "rr",
  about: "Round robin: each task in turn for one quantum",
  source: "Silberschatz, Galvin, Gagne, Operating System Concepts (10th ed.), section 5.3.3",
  parameters: [{ name: "quantum", type: "time", default: 1, about: "longest time on the CPU in one turn" }],
  reads: [],
  forgetful: true,
  create: (setting) => new FifoPolicy(setting, setting.parameters.quantum as number),
};
