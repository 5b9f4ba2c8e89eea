/**
 * The contract between `check` and a strategy of exploration.
 *
 * A strategy chooses which orders of steps to try. What a step does is the machine's business; what is wrong with a
 * state or a step is the judge's. A strategy records paths (moves) only; whoever wants to know what happened on a path
 * plays it again.
 */

import type { FindingKind } from "../machine/finding.ts";
import type { Machine } from "../machine/machine.ts";
import type { Program } from "../program/program.ts";
import type { Span } from "../scenario/ast.ts";
import type { Space } from "./space.ts";

/** One step: which task, and which alternative where the step makes a choice (0 otherwise). */
export interface Move {
  readonly task: number;
  readonly choice: number;
}

/** Something wrong, with a path from the start that shows it (its last move does it, or leads to the state). */
export interface Found {
  readonly kind: FindingKind;
  readonly name: string;
  readonly message: string;
  /** the tasks concerned */
  readonly tasks: readonly number[];
  readonly span: Span;
  readonly path: readonly Move[];
  /** livelock, starvation, eventually: the number of moves after which the path repeats for ever */
  readonly loopFrom?: number;
  /** where others of the same kind and name show, its own place among them; only where no more than one is kept */
  readonly places?: ReadonlySet<number>;
}

/** What a judge says of one state or step, before the path is known. */
export type Verdict = Omit<Found, "path">;

/** Looks at states and steps for what must not be. Keeps no state of its own between calls, so strategies may jump. */
export interface Judge {
  /** after a step of `task` (violations that the machine noted are taken from it and cleared); invariants included */
  afterStep(machine: Machine, task: number): readonly Verdict[];
  /** of the state before any step */
  atStart(machine: Machine): readonly Verdict[];
  /** in a state in which no task is enabled: deadlock, or the properties of the end */
  atEnd(machine: Machine): readonly Verdict[];
  /**
   * Whether `afterStep` may have something to say after a step that brought the task to this position with this life,
   * violated nothing and changed no watched slot. (If it had something to say before the step, it has said it.)
   */
  concerns(task: number, position: number, life: number): boolean;
  /** slots that some property reads: a step that writes one is visible to the properties */
  readonly watched: readonly number[];
}

/** Where an exploration must stop though it is not complete. */
export interface Limits {
  readonly states: number;
  /** the same for strategies that store none, and come to a state again and again; absent: no limit */
  readonly visits?: number;
  readonly runs: number;
  /** longest path */
  readonly depth: number;
  /** whether a path that reaches that ends the exploration: a first look has no use for endless runs */
  readonly endsAtDepth?: boolean;
  /** for `dpor`: it ends once more orders than this are to be expected */
  readonly expected?: number;
  /** bytes for what the strategy stores */
  readonly memory: number;
}

export interface Counters {
  states: number;
  transitions: number;
  /** complete orders; null for strategies that search over states */
  executions: number | null;
  /** of them ended in a deadlock */
  deadlocked: number | null;
  /** longest path so far */
  depth: number;
  /** states seen but not yet expanded, where that means something */
  queued: number;
  /** what is stored, in bytes as the memory limit counts them; absent where no states are stored */
  bytes?: number;
}

/** `paused`: somebody else is to have a turn; a search that says so can go on (`resume`). */
export type StopReason = "states" | "runs" | "depth" | "memory" | "time" | "interrupted" | "found" | "paused";

export interface Exploration {
  readonly program: Program;
  readonly judge: Judge;
  readonly limits: Limits;
  readonly seed: string;
  /** of pre-emption bounding: null raises it step by step until nothing is cut */
  readonly preemptions: number | null;
  /** d of pct: bug depth */
  readonly bugDepth: number;
  /** partial-order reduction, symmetry, fusing */
  readonly reduction: boolean;
  /** store whole states instead of fingerprints */
  readonly exact: boolean;
  /** every finding, not the first of each kind and name */
  readonly all: boolean;
  readonly workers: number;
  /** asked now and then (every few thousand steps): time is up, or the user interrupted */
  stopRequested(): "time" | "interrupted" | "paused" | null;
  onProgress(counters: Readonly<Counters>): void;
}

/** A distinct end of the scenario: the values of `shared:` when nothing can move any more. */
export interface Outcome {
  /** JSON of the shared values, keys in declaration order: outcomes are compared and sorted by it */
  readonly key: string;
  /** the same as values, by name */
  readonly shared: Readonly<Record<string, unknown>>;
  readonly deadlock: boolean;
  readonly path: readonly Move[];
}

export interface StrategyResult {
  readonly found: readonly Found[];
  /** sorted by key; complete if `complete` */
  readonly outcomes: readonly Outcome[];
  readonly counters: Counters;
  /** nothing was cut: every order, or one of each set of equivalent orders, was tried */
  readonly complete: boolean;
  readonly stopped: StopReason | null;
  /** in the words of the report: "partial-order", "symmetry", "fusing" */
  readonly reductions: readonly string[];
  /** for `bounded`: the greatest number of pre-emptions that was explored completely */
  readonly bound?: number;
  /** the chance that a fingerprint collision hid a state */
  readonly collisionProbability?: number;
  /** for samplers: what the runs guarantee, in words and as a probability that a bug of the stated depth was missed */
  readonly confidence?: {
    readonly runs: number;
    readonly depth: number;
    readonly missed: number;
    readonly words: string;
  };
  /** where a complete search has stored its states: whoever counts goes on with what it has learnt of steps */
  readonly space?: Space;
  /** goes on where the limit of states or a pause has ended this, maybe with other limits; what it gives is of the whole search */
  readonly resume?: (exploration: Exploration) => StrategyResult;
}

/** One entry of the registry. */
export interface StrategySpecification {
  readonly name: string;
  readonly about: string;
  readonly source: string;
  readonly guarantee: "exhaustive" | "bounded" | "sampled";
  /** it may be asked to pause */
  readonly pauses?: true;
  explore(exploration: Exploration): StrategyResult;
}
