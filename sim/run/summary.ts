/** Puts the result of a run together: a row for each process, averages as exact fractions, the parts that were recorded. */
import { Ratio } from "../base/decimal.ts";
import type { Finding } from "../machine/finding.ts";
import type { Program } from "../program/program.ts";
import type { Scenario } from "../scenario/ast.ts";
import { settingsPart } from "../scenario/commands.ts";
import type { Driver } from "./driver.ts";
import type { Recorder } from "./recorder.ts";
import type { ProcessRow, RunResult } from "./result.ts";
import { STATUS, type TaskState } from "./task-state.ts";
import type { Tracer } from "./tracer.ts";

export interface Played {
  readonly scenario: Scenario;
  readonly program: Program;
  readonly driver: Driver;
  readonly recorder: Recorder;
  readonly tracer: Tracer | null;
  readonly seed: string;
  readonly unit: number;
  readonly scheduler: Record<string, unknown>;
  /** the attributes that the policy reads */
  readonly reads: readonly string[];
  readonly cores: number;
  readonly findings: Finding[];
  readonly deadlocked: boolean;
  readonly finished: boolean;
  readonly shared: Record<string, unknown>;
}

export function summarise(played: Played): RunResult {
  const { scenario, driver, recorder, tracer, unit, cores } = played;
  const units = (grains: number): number => grains / unit;
  const exact: Record<string, string> = {};
  const fraction = (path: string, numerator: number, denominator: number): number => {
    if (denominator === 0) return 0;
    const ratio = new Ratio(BigInt(numerator), BigInt(denominator));
    if (!ratio.isDecimal()) exact[path] = ratio.toString();
    return ratio.toNumber();
  };
  // how long a pool's worker lives says nothing about the processes that somebody waits for
  const ended = driver.tasks.filter((task) => task.finish >= 0 && task.start >= 0 && !task.task.ofResource);
  const average = (path: string, of: (task: TaskState) => number): number | null => {
    if (ended.length === 0) return null;
    return fraction(
      `averages.${path}`,
      ended.reduce((sum, task) => sum + of(task), 0),
      ended.length * unit,
    );
  };
  const busy = driver.tasks.reduce((sum, task) => sum + task.cpuUsed, 0);
  const end = driver.now;
  return {
    schema: "run/1",
    scenario: scenario.name,
    about: scenario.about,
    file: scenario.source.file,
    ...settingsPart(scenario),
    seed: played.seed,
    unit: scenario.unit,
    cores,
    scheduler: played.scheduler,
    context_switch: scenario.contextSwitch.toNumber(),
    step_cost: scenario.stepCost.toNumber(),
    status: status(played),
    end: units(end),
    output: recorder.output,
    processes: driver.tasks.map((task) => row(task, played, units)),
    averages: {
      turnaround: average("turnaround", (task) => task.finish - task.firstArrival),
      waiting: average("waiting", (task) => task.waiting),
      response: average("response", (task) => task.start - task.firstArrival),
    },
    exact,
    throughput: fraction("throughput", ended.length * unit, end),
    utilization: fraction("utilization", busy, end * cores),
    context_switches: driver.contextSwitches,
    gantt: recorder.gantt,
    states: recorder.states,
    shared: played.shared,
    deadline_misses: driver.misses.map(({ task, due, finish }) => ({
      process: task.name,
      due: units(due),
      finish: finish === null ? null : units(finish),
    })),
    findings: played.findings,
    warnings: driver.cutShort
      ? ["this goes on for ever: the run was ended after 5,000,000 moments; say how long with --until or 'until:'"]
      : [],
    truncated: [...recorder.truncated, ...(tracer?.truncated === true ? ["trace"] : [])],
    schedule: recorder.printedSchedule(),
    fingerprint: recorder.fingerprint(),
    ...(tracer === null ? {} : { trace: tracer.decisions }),
  };
}

function status(played: Played): RunResult["status"] {
  if (played.deadlocked) return "deadlock";
  if (played.findings.length > 0) return "violated";
  return played.driver.limited && !played.finished ? "limit" : "finished";
}

function row(task: TaskState, played: Played, units: (grains: number) => number): ProcessRow {
  const { machine } = played.driver;
  const done = task.finish >= 0;
  const exitCode = machine.program.values.decode(machine.state[task.task.exitSlot]!);
  const attributes: Record<string, number> = {};
  const values: Record<string, number> = {
    priority: task.basePriority,
    nice: task.nice,
    tickets: task.tickets,
    weight: task.weight,
    queue: task.queue,
  };
  for (const name of played.reads)
    if (values[name] !== undefined && task.task.attributes.has(name)) attributes[name] = values[name];
  return {
    name: task.name,
    type: task.task.type,
    ...(task.task.ofResource ? { of_resource: true as const } : {}),
    arrival: units(task.firstArrival),
    start: task.start < 0 ? null : units(task.start),
    finish: done ? units(task.finish) : null,
    turnaround: done ? units(task.finish - task.firstArrival) : null,
    waiting: units(task.waiting),
    response: task.start < 0 ? null : units(task.start - task.firstArrival),
    cpu: units(task.cpuUsed),
    blocked: units(task.blocked),
    switching: units(task.switching),
    state: stateOf(task, played),
    exit_code: typeof exitCode === "number" ? exitCode : null,
    attributes,
  };
}

/** ended and not joined while the parent lives: zombie; still alive after the parent's end: orphan. */
function stateOf(task: TaskState, played: Played): string {
  const { machine } = played.driver;
  if (task.status === STATUS.ended) return machine.isZombie(task.id) ? "zombie" : "ended";
  if (task.status === STATUS.io) return "blocked";
  return STATUS[task.status === STATUS.switching ? STATUS.ready : task.status];
}
