import { KeyedPolicy } from "./keyed.ts";
import { lengthRules } from "./length.ts";
import type { PolicySpecification } from "./policy.ts";

/**
 * Longest job (next CPU burst) first; whoever has the CPU keeps it to the end of its burst.
 *
 * Source: GATE CSE question papers; the mirror image of shortest job first.
 */
export const ljf: PolicySpecification = {
  name: "ljf",
  about: "Longest job first; never pre-empts",
  source: "GATE CSE question papers; the mirror image of shortest job first",
  parameters: [],
  reads: [],
  forgetful: true,
  create: (setting) => new KeyedPolicy(setting, lengthRules(setting, "longest", false)),
};
