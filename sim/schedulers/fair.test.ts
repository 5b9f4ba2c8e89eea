/** What the policies that divide the CPU promise: turns in time, shares in proportion. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { weightOf } from "./cfs.ts";
import type { Outcome, Workload } from "./testing/driver.ts";
import { bars, play } from "./testing/make.ts";
import { workloads } from "./testing/workloads.ts";

const UNTIL = 600;

/** Tasks that all want the CPU the whole time. */
const greedy = fc
  .array(fc.record({ tickets: fc.integer({ min: 1, max: 200 }), nice: fc.integer({ min: -20, max: 19 }) }), {
    minLength: 1,
    maxLength: 6,
  })
  .map((loads) => loads.map((load, index) => ({ ...load, name: `T${index}`, bursts: [10 * UNTIL] })));

/** CPU time of each task up to each moment at which a core changed hands. */
function progress(outcome: Outcome, loads: readonly Workload[]): number[][] {
  const ran = new Map(loads.map(({ name }) => [name, 0]));
  return outcome.gantt.map(({ task, from, to }) => {
    ran.set(task, ran.get(task)! + to - from);
    return [...ran.values()];
  });
}

function spread(values: readonly number[]): number {
  return Math.max(...values) - Math.min(...values);
}

describe("rr", () => {
  it("lets nobody wait for longer than one quantum of each other task", () => {
    fc.assert(
      fc.property(workloads(), fc.integer({ min: 1, max: 7 }), (loads, quantum) => {
        const waits = play(`rr:quantum=${quantum}`, loads).dispatches.map(({ waited }) => waited);
        expect(Math.max(...waits)).toBeLessThanOrEqual((loads.length - 1) * quantum);
      }),
    );
  });
});

describe("stride", () => {
  it("keeps all passes within the largest stride of each other", () => {
    fc.assert(
      fc.property(greedy, fc.integer({ min: 1, max: 7 }), (loads, quantum) => {
        const outcome = play(`stride:quantum=${quantum}`, loads, { until: UNTIL });
        const strides = loads.map(({ tickets }) => Math.floor(10000 / tickets));
        // the last slice may have been cut off by the end of the run, which only makes it shorter
        for (const ran of progress(outcome, loads)) {
          const passes = ran.map((time, index) => (time / quantum) * strides[index]!);
          expect(spread(passes)).toBeLessThanOrEqual(Math.max(...strides) + 1e-6);
        }
      }),
    );
  });

  it("charges only what was used of a quantum", () => {
    const loads = [
      { name: "A", bursts: [1, 1, 20], tickets: 10 },
      { name: "B", bursts: [20], tickets: 10 },
    ];
    // A used half of its first quantum; when it is back it is still behind B, but does not take the CPU from it
    expect(bars(play("stride:quantum=2", loads)).slice(0, 4)).toEqual([
      ["A", 0, 1],
      ["B", 1, 3],
      ["A", 3, 5],
      ["B", 5, 7],
    ]);
  });

  it("lets a newcomer start where the others are", () => {
    const loads = [
      { name: "A", bursts: [50], tickets: 10 },
      { name: "B", arrival: 20, bursts: [50], tickets: 10 },
    ];
    const { gantt } = play("stride", loads);
    const ofB = gantt.filter(({ task, from }) => task === "B" && from < 40).map(({ from, to }) => to - from);
    expect(ofB.reduce((total, length) => total + length, 0)).toBe(10);
  });
});

describe("cfs", () => {
  it("keeps all virtual runtimes within the longest slice of each other", () => {
    fc.assert(
      fc.property(greedy, (loads) => {
        const outcome = play("cfs:latency=24,granularity=3", loads, { until: UNTIL });
        const weights = loads.map(({ nice }) => weightOf({ nice, weight: 0 }));
        const period = Math.max(24, 3 * loads.length);
        const total = weights.reduce((sum, weight) => sum + weight, 0);
        const slices = weights.map((weight) => Math.max(3, (period * weight) / total) / weight);
        for (const ran of progress(outcome, loads)) {
          expect(spread(ran.map((time, index) => time / weights[index]!))).toBeLessThanOrEqual(
            Math.max(...slices) + 1e-6,
          );
        }
      }),
    );
  });

  it("divides the latency evenly among equals", () => {
    const loads = ["A", "B", "C", "D"].map((name) => ({ name, bursts: [24] }));
    expect(bars(play("cfs:latency=48,granularity=6", loads)).slice(0, 5)).toEqual([
      ["A", 0, 12],
      ["B", 12, 24],
      ["C", 24, 36],
      ["D", 36, 48],
      ["A", 48, 60],
    ]);
  });

  it("gives nice -5 about three times the CPU of nice 0, as chapter 9 of OSTEP reckons", () => {
    const loads = [
      { name: "A", nice: -5, bursts: [9000] },
      { name: "B", nice: 0, bursts: [9000] },
    ];
    const outcome = play("cfs:latency=48,granularity=6", loads, { until: 4000, unit: 1 });
    const [a, b] = progress(outcome, loads).at(-1)!;
    // 3121 : 1024
    expect(a! / b!).toBeGreaterThan(2.9);
    expect(a! / b!).toBeLessThan(3.2);
  });

  it("counts a unit as a unit at nice 0, and as 1024 / weight otherwise", () => {
    const loads = [
      { name: "A", nice: 0, bursts: [6, 1, 1] },
      { name: "B", weight: 2048, bursts: [6, 1, 1] },
      { name: "C", bursts: [9] },
    ];
    const { dispatches } = play("cfs:quantum=6", loads);
    const both = dispatches.flatMap(({ listed }) => listed.map(({ task, key }) => `${task} ${key}`));
    expect(both).toContain("C virtual runtime 6");
    expect(both).toContain("B virtual runtime 3");
  });

  it("takes a declared weight before nice", () => {
    expect(weightOf({ nice: -20, weight: 512 })).toBe(512);
    expect(weightOf({ nice: 0, weight: 0 })).toBe(1024);
    expect(weightOf({ nice: -20, weight: 0 })).toBe(88761);
    expect(weightOf({ nice: 19, weight: 0 })).toBe(15);
  });

  it("lets a sleeper start level with the others: no starving them while it catches up", () => {
    const loads = [
      { name: "A", bursts: [100] },
      { name: "B", bursts: [1, 30, 40] },
    ];
    // B wakes at 41 with A, alone until then, at the end of what is its share again
    const after = bars(play("cfs:latency=20,granularity=2", loads)).filter(([, from]) => from >= 31);
    expect(after.slice(0, 3)).toEqual([
      ["B", 51, 61],
      ["A", 61, 71],
      ["B", 71, 81],
    ]);
  });

  it("lets a newcomer take the CPU from a task that is more than a granularity ahead of it", () => {
    const loads = [
      { name: "A", bursts: [60] },
      { name: "B", bursts: [60] },
      { name: "C", arrival: 24, bursts: [5] },
    ];
    // at 24 A is at 14 and B at 10, where C starts too; B arrived earlier, and has a third of the latency
    expect(bars(play("cfs:latency=20,granularity=2", loads)).slice(2, 5)).toEqual([
      ["A", 20, 24],
      ["B", 24, 30],
      ["C", 30, 35],
    ]);
  });
});

describe("lottery", () => {
  it("gives shares in proportion to tickets in the long run", () => {
    const loads = [
      { name: "A", tickets: 75, bursts: [100000] },
      { name: "B", tickets: 25, bursts: [100000] },
    ];
    const [a] = progress(play("lottery", loads, { until: 8000 }), loads).at(-1)!;
    expect(a! / 8000).toBeGreaterThan(0.73);
    expect(a! / 8000).toBeLessThan(0.77);
  });

  it("draws from the random stream once the given draws are used up, differently for each seed", () => {
    const loads = ["A", "B", "C"].map((name) => ({ name, bursts: [30] }));
    const order = (seed: string) => play("lottery:draws=[2,2,2]", loads, { seed }).dispatches.map(({ task }) => task);
    expect(order("1").slice(0, 3)).toEqual(["C", "C", "C"]);
    expect(order("1")).not.toEqual(order("2"));
  });
});
