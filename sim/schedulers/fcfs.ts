import { FifoPolicy } from "./fifo.ts";
import type { PolicySpecification } from "./policy.ts";

/**
 * First come, first served: the ready queue in order of entry; whoever has the CPU keeps it to the end of its burst.
 *
 * Source: Silberschatz, Galvin, Gagne, Operating System Concepts (10th ed.), section 5.3.1.
 */
export const fcfs: PolicySpecification = {
  name: "fcfs",
  about: "First come, first served; never pre-empts",
  source: "Silberschatz, Galvin, Gagne, Operating System Concepts (10th ed.), section 5.3.1",
  parameters: [],
  reads: [],
  forgetful: true,
  create: (setting) => new FifoPolicy(setting, Number.POSITIVE_INFINITY),
};
