/** The options of `check`, and their defaults, which suit a laptop. */
import type { Counters } from "./strategy.ts";

export interface Progress extends Readonly<Counters> {
  readonly strategy: string;
  readonly seconds: number;
}

export interface CheckOptions {
  /** auto (default), or the name of a strategy */
  readonly strategy?: string;
  readonly maxStates?: number;
  readonly maxRuns?: number;
  /** seconds */
  readonly timeLimit?: number;
  /** bytes for what a strategy stores */
  readonly memoryLimit?: number;
  /** longest path */
  readonly depth?: number;
  /** of `bounded`: at most so many pre-emptions; left out, it raises the bound step by step */
  readonly preemptions?: number;
  /** of `pct`: the number of ordered events that the bug needs */
  readonly bugDepth?: number;
  readonly seed?: string;
  readonly workers?: number;
  /** false: no partial-order reduction, symmetry or fusing */
  readonly reduction?: boolean;
  /** store whole states instead of fingerprints */
  readonly exact?: boolean;
  /** every finding, not the first of each kind and name */
  readonly all?: boolean;
  /** for liveness: weak (default), strong */
  readonly fairness?: "weak" | "strong";
  /** scheduler: only what the scenario's own scheduler and timing leave open */
  readonly under?: "any" | "scheduler";
  /** with `under: "scheduler"`: another than the scenario's, as on the command line: "rr:quantum=20" */
  readonly scheduler?: string;
  /** aborts between two pieces of work, with the partial answer */
  readonly signal?: { readonly aborted: boolean };
  readonly onProgress?: (progress: Progress) => void;
}

export const DEFAULTS = {
  maxStates: 4_000_000,
  maxRuns: 10_000_000,
  timeLimit: 60,
  memoryLimit: 512 << 20,
  depth: 1_000_000,
  bugDepth: 3,
} as const;
