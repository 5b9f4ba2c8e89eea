/** What one timed run gives: plain data, exactly what `sim run --json` prints. All times are in the scenario's unit. */
import type { Finding } from "../machine/finding.ts";
import type { Unit } from "../scenario/ast.ts";

export interface OutputLine {
  time: number;
  process: string;
  text: string;
}

export interface ProcessRow {
  name: string;
  type: "process" | "thread" | "coroutine";
  /** only where it came with a resource (a pool's worker): averages and throughput are about the others */
  of_resource?: true;
  arrival: number;
  /** first time on a CPU (or first step); null if it never ran */
  start: number | null;
  finish: number | null;
  /** finish − arrival; null while unfinished */
  turnaround: number | null;
  /** time in the ready queue only */
  waiting: number;
  /** start − arrival */
  response: number | null;
  /** time on a CPU doing its own work */
  cpu: number;
  /** time waiting for a resource, an event, a child, a device or a sleep to end */
  blocked: number;
  /** time a core spent switching to it (context-switch cost) */
  switching: number;
  /** new, ready, running, blocked, sleeping, ended, zombie, orphan */
  state: string;
  exit_code: number | null;
  /** the attributes the scheduler in force reads (priority, tickets, …) */
  attributes: Record<string, number>;
}

/** A stretch of one core: a process running, or (kind "switch") the core changing over to it. */
export interface GanttSlice {
  core: number;
  process: string;
  from: number;
  to: number;
  kind: "run" | "switch";
}

/** A stretch of one process off the CPU, and why. */
export interface StateSlice {
  process: string;
  from: number;
  to: number;
  state: "ready" | "blocked" | "sleeping" | "io";
  /** "waits for gate", "sleeps", "disk" */
  why: string;
}

export interface DeadlineMiss {
  process: string;
  due: number;
  /** null: not finished when the run ended */
  finish: number | null;
}

/** One decision of the scheduler, in words (`--trace`). */
export interface Decision {
  time: number;
  core: number | null;
  process: string | null;
  /** "arrives", "dispatch", "preempt", "expire", "block", "wake", "sleep", "end", "step", "switch", "boost", … */
  event: string;
  /** who was ready, in the scheduler's order, each with its key: ["P2 key 3", "P3 key 4"] */
  ready: string[];
  /** why: which key won, which rule broke the tie */
  reason: string;
  /** for a step: its source line and text, what it read and wrote */
  line?: number;
  text?: string;
  reads?: Record<string, unknown>;
  writes?: Record<string, unknown>;
}

export interface Averages {
  turnaround: number | null;
  waiting: number | null;
  response: number | null;
}

export interface RunResult {
  schema: "run/1";
  scenario: string;
  about: string;
  file: string;
  /** `--set name=value`, where some were given */
  set?: { name: string; value: string }[];
  seed: string;
  unit: Unit;
  cores: number;
  /** the policy, its parameters and every tie rule in force */
  scheduler: Record<string, unknown>;
  context_switch: number;
  step_cost: number;
  status: "finished" | "deadlock" | "violated" | "limit";
  end: number;
  output: OutputLine[];
  processes: ProcessRow[];
  averages: Averages;
  /** exact fractions ("17/3") of those figures that have no finite decimal, by path: { "averages.waiting": "17/3" } */
  exact: Record<string, string>;
  /** processes finished per unit of time */
  throughput: number;
  /** share of the cores' time spent on processes' work, 0 to 1 */
  utilization: number;
  context_switches: number;
  gantt: GanttSlice[];
  states: StateSlice[];
  shared: Record<string, unknown>;
  deadline_misses: DeadlineMiss[];
  findings: Finding[];
  /** "the answer depends on a tie rule", predicted races, … in plain words */
  warnings: string[];
  /** which of output, gantt, states, schedule were cut to keep memory bounded */
  truncated: string[];
  schedule: string | null;
  fingerprint: string;
  /** with `trace: true` only */
  trace?: Decision[];
}

/** `sim compare --json`: one workload under several schedulers, each as `run` gives it, in the order asked for. */
export interface CompareResult {
  schema: "compare/1";
  scenario: string;
  about: string;
  file: string;
  seed: string;
  runs: RunResult[];
}
