/**
 * The rules on which textbooks disagree, and the books' own sets of them.
 *
 * Where a book says nothing (no pre-emption in its exercises, say), the value is that of `osc`.
 */
import type { Conventions } from "./policy.ts";

/** Silberschatz, Galvin, Gagne, Operating System Concepts: the default. */
const osc: Conventions = {
  tie: "arrival_first",
  priorityOrder: "low_first",
  sjfKey: "burst",
  preempted: "tail",
  sameKey: "arrival",
};

export const PRESETS: ReadonlyMap<string, Conventions> = new Map<string, Conventions>([
  ["osc", osc],
  // Stallings, Operating Systems: section 9.2 and its figure 9.5
  ["stallings", { ...osc }],
  // Arpaci-Dusseau, Operating Systems: Three Easy Pieces: rule 1 of MLFQ, and what its simulators do
  ["ostep", { ...osc, tie: "preempted_first", priorityOrder: "high_first", preempted: "keep_head" }],
  // Gottlieb's operating-systems course at New York University, scheduling lab
  ["nyu", { ...osc, tie: "index", sjfKey: "total" }],
  // GATE CSE papers: "ties are broken by giving priority to the process with the lowest process id" (2006)
  ["gate", { ...osc, sameKey: "index" }],
]);

export const DEFAULT_PRESET = "osc";

/** How a scenario names each switch, and what it may be set to. */
export interface Switch {
  readonly name: string;
  readonly field: keyof Conventions;
  readonly choices: readonly string[];
  readonly about: string;
}

export const SWITCHES: readonly Switch[] = [
  {
    name: "tie",
    field: "tie",
    choices: ["arrival_first", "preempted_first", "index"],
    about: "who enters the queue first when an arrival meets an expiry at one moment",
  },
  {
    name: "priority_order",
    field: "priorityOrder",
    choices: ["low_first", "high_first"],
    about: "whether low or high numbers are the better priorities",
  },
  {
    name: "sjf_key",
    field: "sjfKey",
    choices: ["burst", "total"],
    about: "what a job's length is: the current burst, or all the CPU time it still needs",
  },
  {
    name: "preempted",
    field: "preempted",
    choices: ["tail", "keep_head"],
    about: "where a pre-empted task goes: to the tail with a fresh quantum, or to the head with the rest of it",
  },
  {
    name: "same_key",
    field: "sameKey",
    choices: ["arrival", "queue", "index"],
    about: "who goes first among equal keys: earlier arrival, longer in the queue, or order in the file",
  },
];

/** The conventions as a scenario would write them: { tie: "arrival_first", … }. */
export function describeConventions(conventions: Conventions): Record<string, string> {
  const described: Record<string, string> = {};
  for (const { name, field } of SWITCHES) described[name] = conventions[field];
  return described;
}
