import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sharedValues } from "../detect/read.ts";
import { run } from "../index.ts";
import { Machine } from "../machine/machine.ts";
import { lower } from "../program/lower.ts";
import { parseSchedule } from "../run/schedule.ts";
import { load, scenarioText } from "./programs.ts";

const policies = fc.constantFrom<unknown>(
  "fcfs",
  { policy: "rr", quantum: 1 },
  { policy: "rr", quantum: 2, tie: "preempted_first" },
  { policy: "rr", quantum: 2, tie: "index" },
  "sjf",
  "srtf",
  { policy: "priority", preemptive: true },
  "hrrn",
  { policy: "lottery", quantum: 1 },
  { policy: "stride", quantum: 1 },
  "random",
  { policy: "mlfq", quanta: [1, 2], allotments: [1, 1] },
  { policy: "feedback", quantum: 1 },
);
const cpu = fc.record({
  cores: fc.integer({ min: 1, max: 2 }),
  scheduler: policies,
  context_switch: fc.constantFrom(0, 0, 1),
  step: fc.constantFrom(0, 0, 1),
});
const texts = scenarioText({ cpu });
const runs = { numRuns: 200 };

describe("a timed run, over generated programs and schedulers", () => {
  test("is the same, byte for byte, each time", () => {
    fc.assert(
      fc.property(texts, fc.string({ maxLength: 4 }), (text, seed) => {
        const first = JSON.stringify(run(load(text), { seed, until: "200" }));
        expect(JSON.stringify(run(load(text), { seed, until: "200" }))).toBe(first);
      }),
      runs,
    );
  });

  test("accounts for every moment: cpu + waiting + blocked + switching = turnaround", () => {
    fc.assert(
      fc.property(texts, (text) => {
        for (const row of run(load(text), { until: "200", ties: false }).processes) {
          if (row.turnaround !== null) expect(row.cpu + row.waiting + row.blocked + row.switching).toBe(row.turnaround);
        }
      }),
      runs,
    );
  });

  test("never has a task on two cores or two tasks on one core", () => {
    fc.assert(
      fc.property(texts, (text) => {
        const { gantt } = run(load(text), { until: "200", ties: false });
        for (const [k, a] of gantt.entries()) {
          for (const b of gantt.slice(k + 1)) {
            if (a.core === b.core || a.process === b.process) expect(a.to <= b.from || b.to <= a.from).toBe(true);
          }
        }
      }),
      runs,
    );
  });

  test("is a path of the untimed graph: its schedule, stepped without a clock, ends in the same memory", () => {
    fc.assert(
      fc.property(texts, (text) => {
        const scenario = load(text);
        const result = run(scenario, { until: "200", ties: false });
        const schedule = parseSchedule(result.schedule ?? "");
        if (!("entries" in schedule)) throw new Error(schedule.problem);
        const machine = new Machine(lower(scenario));
        const ids = new Map(machine.program.tasks.map((task) => [task.name, task.id] as const));
        for (const entry of schedule.entries) {
          const task = ids.get(entry.task)!;
          expect(machine.enabled(task)).toBe(true);
          if (entry.kind === "grant") machine.act(task);
          else machine.step(task, entry.choice);
        }
        expect(JSON.stringify(sharedValues(machine))).toBe(JSON.stringify(result.shared));
      }),
      runs,
    );
  });

  test("draws the same random times for a process whatever else there is", () => {
    const drawn = (extra: string): string => {
      const text = `
processes:
  sleeper: { do: [ { repeat: 20, do: [ { sleep: "uniform(1, 9)" }, { print: "{now}" } ] } ] }
${extra}`;
      return JSON.stringify(run(load(text)).output.filter((line) => line.process === "sleeper"));
    };
    const alone = drawn("");
    expect(drawn("  other: { do: [ { repeat: 30, do: [ { sleep: 'exponential(2)' } ] } ] }")).toBe(alone);
    expect(alone).toContain(".");
  });
});
