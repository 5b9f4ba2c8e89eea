/** Results checked by hand, for the tests of the reports and of the command line. */
import type { GanttSlice, ProcessRow, RunResult, StateSlice } from "../../run/result.ts";

/** A result in which nothing is remarkable; give what is. */
export function makeResult(parts: Partial<RunResult>): RunResult {
  return {
    schema: "run/1",
    scenario: "example",
    about: "",
    file: "example.yaml",
    seed: "1",
    unit: "tick",
    cores: 1,
    scheduler: { policy: "fcfs" },
    context_switch: 0,
    step_cost: 0,
    status: "finished",
    end: 0,
    output: [],
    processes: [],
    averages: { turnaround: null, waiting: null, response: null },
    exact: {},
    throughput: 0,
    utilization: 0,
    context_switches: 0,
    gantt: [],
    states: [],
    shared: {},
    deadline_misses: [],
    findings: [],
    warnings: [],
    truncated: [],
    schedule: null,
    fingerprint: "0",
    ...parts,
  };
}

/** A process that arrived at 0 and ended; give what differs. */
export function makeRow(name: string, parts: Partial<ProcessRow>): ProcessRow {
  return {
    name,
    type: "process",
    arrival: 0,
    start: 0,
    finish: 0,
    turnaround: 0,
    waiting: 0,
    response: 0,
    cpu: 0,
    blocked: 0,
    switching: 0,
    state: "ended",
    exit_code: 0,
    attributes: {},
    ...parts,
  };
}

/** A process running on core 0. */
export function ran(process: string, from: number, to: number, core = 0): GanttSlice {
  return { core, process, from, to, kind: "run" };
}

/** A process off the CPU. */
export function off(process: string, from: number, to: number, state: StateSlice["state"] = "ready"): StateSlice {
  return { process, from, to, state, why: "" };
}

/**
 * Round robin with quantum 4 over bursts 24, 3, 3 (Silberschatz, Galvin, Gagne, chapter CPU Scheduling).
 * Waiting 6, 4, 7: 17/3 on average; turnaround 30, 7, 10: 47/3; response 0, 4, 7: 11/3.
 */
export function roundRobin(): RunResult {
  return makeResult({
    scenario: "rr-q4",
    about: "The textbook's three bursts under round robin.",
    file: "scenarios/rr-q4.yaml",
    scheduler: { policy: "rr", quantum: 4, conventions: "osc", tie: "arrival_first" },
    end: 30,
    processes: [
      makeRow("P1", { finish: 30, turnaround: 30, waiting: 6, cpu: 24 }),
      makeRow("P2", { start: 4, finish: 7, turnaround: 7, waiting: 4, response: 4, cpu: 3 }),
      makeRow("P3", { start: 7, finish: 10, turnaround: 10, waiting: 7, response: 7, cpu: 3 }),
    ],
    averages: { turnaround: 47 / 3, waiting: 17 / 3, response: 11 / 3 },
    exact: { "averages.turnaround": "47/3", "averages.waiting": "17/3", "averages.response": "11/3" },
    throughput: 0.1,
    utilization: 1,
    context_switches: 3,
    gantt: [ran("P1", 0, 4), ran("P2", 4, 7), ran("P3", 7, 10), ran("P1", 10, 30)],
    states: [off("P1", 4, 10), off("P2", 0, 4), off("P3", 0, 7)],
  });
}

/** Two cores, a context switch, a disk, a lock that is never released, output with an escape sequence, a deadlock. */
export function deadlocked(): RunResult {
  return makeResult({
    scenario: "stuck",
    about: "Two take two locks in opposite order.",
    file: "scenarios/stuck.yaml",
    unit: "ms",
    cores: 2,
    context_switch: 1,
    status: "deadlock",
    end: 20,
    output: [{ time: 3, process: "A", text: "red \u001b[31m alert" }],
    processes: [
      makeRow("A", {
        start: 1,
        finish: null,
        turnaround: null,
        response: 1,
        cpu: 5,
        blocked: 14,
        switching: 1,
        state: "blocked",
        exit_code: null,
      }),
      makeRow("B", {
        start: 0,
        finish: null,
        turnaround: null,
        response: 0,
        cpu: 4,
        blocked: 16,
        state: "blocked",
        exit_code: null,
      }),
    ],
    throughput: 0,
    utilization: 0.225,
    context_switches: 1,
    gantt: [{ core: 0, process: "A", from: 0, to: 1, kind: "switch" }, ran("A", 1, 6), ran("B", 0, 4, 1)],
    states: [off("A", 6, 20, "blocked"), off("B", 4, 9, "io"), off("B", 9, 20, "blocked")],
    shared: { left: "A", tickets: 3 },
    deadline_misses: [{ process: "B", due: 15, finish: null }],
    findings: [
      {
        kind: "deadlock",
        name: "deadlock",
        message: "A and B wait for each other.",
        processes: ["A", "B"],
        file: "scenarios/stuck.yaml",
        line: 14,
        column: 9,
        source: "      - acquire: right",
        time: 9,
        cycle: [
          { process: "A", holds: ["left"], waits_for: "right" },
          { process: "B", holds: ["right"], waits_for: "left" },
        ],
        hint: "take the locks in one order everywhere",
      },
    ],
    warnings: ["the answer depends on the rule tie: arrival_first"],
  });
}

/** The same three bursts first come, first served: waiting 0, 24, 27. */
export function firstCome(): RunResult {
  return {
    ...roundRobin(),
    scheduler: { policy: "fcfs", conventions: "osc", tie: "arrival_first" },
    averages: { turnaround: 27, waiting: 17, response: 17 },
    exact: {},
    context_switches: 2,
    gantt: [ran("P1", 0, 24), ran("P2", 24, 27), ran("P3", 27, 30)],
    states: [off("P2", 0, 24), off("P3", 0, 27)],
    processes: [
      makeRow("P1", { finish: 24, turnaround: 24, cpu: 24 }),
      makeRow("P2", { start: 24, finish: 27, turnaround: 27, waiting: 24, response: 24, cpu: 3 }),
      makeRow("P3", { start: 27, finish: 30, turnaround: 30, waiting: 27, response: 27, cpu: 3 }),
    ],
  };
}
