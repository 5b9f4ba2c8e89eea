import { KeyedPolicy } from "./keyed.ts";
import { lengthRules } from "./length.ts";
import type { PolicySpecification } from "./policy.ts";

/**
 * Longest remaining time first. The running task is always getting shorter, so waiting tasks overtake it without any
 * event: it is looked at every whole unit of time, as exercises do it. Equal remaining times leave the CPU where it is.
 *
 * Source: GATE CSE 2006 (LRTF with ties by the lowest process id).
 */
export const lrtf: PolicySpecification = {
  name: "lrtf",
  about: "Longest remaining time first, looked at every unit",
  source: "GATE CSE 2006 (LRTF with ties by the lowest process id)",
  parameters: [],
  reads: [],
  forgetful: true,
  create: (setting) => new KeyedPolicy(setting, lengthRules(setting, "longest", true)),
};
