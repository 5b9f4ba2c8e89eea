/** What sim found wrong, as `--json` prints it. Names and fields are fixed by the interface; fields may be added. */
import type { FindingKind } from "../scenario/ast.ts";

export type { FindingKind };

/** One step of a counterexample. */
export interface TraceStep {
  /** full name: person[3] */
  process: string;
  line: number;
  /** the statement as the file has it */
  text: string;
  /** name → value, only what was read and written in this step */
  reads: Record<string, unknown>;
  writes: Record<string, unknown>;
  /** the process's own variables that it set, which no other process can see: name → value */
  locals?: Record<string, unknown>;
  /** lines printed in this step */
  output?: string[];
  /** what came of it, where the statement alone does not say: "times out", "notified", "raises Full" */
  note?: string;
  /** the process is over after this step: "normally", "terminated", "by Full", "by a failed assertion" */
  ended?: string;
  /** of `ended`: "line 5, raise: Full", where another statement than that of the step ended it */
  ended_in?: string;
  /** which of the scenario's processes it is, in the order of the file, from 0 */
  task?: number;
  /** when it was taken, in units; only where the steps are those of a timed run */
  time?: number;
}

/** Who waits for whom in a deadlock. */
export interface CycleEdge {
  process: string;
  holds: string[];
  waits_for: string;
}

/** Where a process stands that cannot go on. */
export interface WaitEntry {
  process: string;
  waits_for: string;
  line: number;
}

export interface Finding {
  kind: FindingKind;
  /** of the property, variable or exception; the kind again where there is none */
  name: string;
  /** one plain sentence */
  message: string;
  processes: string[];
  file: string;
  line: number;
  column: number;
  /** the source line as the file has it, without its line end */
  source?: string;
  /** time in units; only in a timed run */
  time?: number;
  /** empty for what no order shows: something that is not reached */
  schedule?: string;
  steps?: number;
  preemptions?: number;
  trace?: TraceStep[];
  cycle?: CycleEdge[];
  /** deadlock and starvation: what those who cannot go on wait for after the last step */
  waiting?: WaitEntry[];
  /** livelock and starvation: the number of steps of the trace after which it repeats for ever */
  loop_from?: number;
  /** how many orders show it, and how likely a scheduler that picks by chance does; only where all orders are counted */
  orders?: string;
  probability?: number;
  /** places of others of the same kind and name, which --all shows; absent where there is none */
  more?: number;
  hint?: string;
}

/** The exit code of each kind; with several the lowest wins. */
export const EXIT_CODE: { readonly [K in FindingKind]: number } = {
  deadlock: 11,
  invariant: 12,
  final: 12,
  unreachable: 12,
  data_race: 12,
  misuse: 12,
  lost_wakeup: 12,
  zombie: 0,
  eventually: 13,
  livelock: 13,
  starvation: 13,
  assertion: 14,
  exception: 14,
};
