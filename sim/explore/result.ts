/** What `check` and `replay` give: plain data, exactly what `--json` prints. Names are fixed by the interface; fields may be added. */
import type { Finding, TraceStep } from "../machine/finding.ts";
import type { Unit } from "../scenario/ast.ts";

/** One set of final values that some order leads to. */
export interface OutcomeRow {
  shared: Record<string, unknown>;
  /** an order that ends so */
  schedule: string;
  /** only where somebody waits for ever in the end */
  deadlock?: true;
}

/** One strategy that was tried, in the order of trying. */
export interface Attempt {
  strategy: string;
  complete: boolean;
  /** what ended it early: states, runs, depth, memory, time, interrupted */
  stopped: string | null;
  states: number;
  executions: number | null;
}

export interface Explored {
  /** the strategy that the answer rests on */
  strategy: string;
  /** why this one, in one sentence */
  why: string;
  states: number;
  transitions: number;
  /** complete orders that the strategy ran; null for a search over states */
  executions: number | null;
  /** of them ended in a deadlock; null for a search over states */
  deadlocked: number | null;
  /** longest path */
  depth: number;
  /** what the search stored in the end, in bytes as the memory limit counts them; absent where no states are stored */
  bytes?: number;
  complete: boolean;
  seconds: number;
  reductions: string[];
  /** what ended the exploration early; null if nothing did */
  stopped: string | null;
  attempts: Attempt[];
  /** the greatest number of pre-emptions that was explored completely, for `bounded` */
  bound?: number;
  /** the chance that a fingerprint collision hid a state; 0 if whole states were stored */
  collision_probability?: number;
  /** states of the graph that was searched for endless runs; absent where none are possible or nobody asks */
  liveness?: { states: number; complete: boolean };
  /** pre-emptions, seed: what else the user asked for */
  under?: "any" | "scheduler";
}

/** How sure a sampler's answer is. */
export interface Confidence {
  runs: number;
  depth: number;
  /** the chance that a bug of that depth was missed */
  missed: number;
  words: string;
}

/** How many orders there are, where the graph of states is known; as text, since they grow beyond exact numbers. */
export interface OrderCounts {
  orders: string;
  failing: string;
  /** the chance that a scheduler that picks by chance among those who can move hits a failing order */
  probability: number;
}

export interface CheckResult {
  schema: "check/1";
  scenario: string;
  about: string;
  file: string;
  /** `--set name=value`, where some were given */
  set?: { name: string; value: string }[];
  seed: string;
  /** of the times of findings and their steps; only under a scheduler */
  unit?: Unit;
  verdict: "holds" | "violated" | "inconclusive";
  guarantee: "exhaustive" | "bounded" | "sampled";
  findings: Finding[];
  outcomes: OutcomeRow[];
  explored: Explored;
  confidence?: Confidence;
  counts?: OrderCounts;
  /** what a reader should know besides, in plain words */
  notes: string[];
}

/** What one step changed, for `replay`. */
export interface ReplayStep extends TraceStep {
  /** the entry of the schedule that it came from, counted from 1 */
  entry: number;
  /** the values of all shared variables after the step */
  shared: Record<string, unknown>;
  /** what went wrong in this step */
  violations: { kind: string; name: string; message: string }[];
  /** tasks that could move after it */
  enabled: string[];
}

export interface ReplayResult {
  schema: "replay/1";
  scenario: string;
  about: string;
  file: string;
  /** `--set name=value`, where some were given */
  set?: { name: string; value: string }[];
  schedule: string;
  /** misfit: an entry of the schedule does not fit the scenario any more */
  status: "finished" | "stopped" | "deadlock" | "violated" | "misfit";
  steps: ReplayStep[];
  findings: Finding[];
  /** what a reader should know besides, in plain words: that the steps can be repeated, that the next would race */
  notes: string[];
  shared: Record<string, unknown>;
  /** at which entry (from 1) and why the schedule does not fit; null if it does */
  misfit: { entry: number; text: string; message: string } | null;
}
