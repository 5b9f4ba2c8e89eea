/** edf, rm and llf: no deadline is missed where theory says so. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Workload } from "./testing/driver.ts";
import { bars, play } from "./testing/make.ts";

/** lcm of the periods below: every pattern of releases is over by then */
const HYPERPERIOD = 120;

const tasks = fc
  .array(fc.tuple(fc.constantFrom(4, 5, 6, 8, 10, 12, 15, 20, 24, 30), fc.integer({ min: 1, max: 12 })), {
    minLength: 1,
    maxLength: 5,
  })
  .map((pairs) =>
    pairs.map(([period, time], index): Workload => ({ name: `T${index}`, period, bursts: [Math.min(time, period)] })),
  );

function utilisation(loads: readonly Workload[]): number {
  return loads.reduce((sum, { period, bursts }) => sum + (HYPERPERIOD / period!) * bursts[0]!, 0) / HYPERPERIOD;
}

/** Makes jobs shorter, the longest first, until they need no more than `bound` of the CPU; drops tasks if they must. */
function shortened(loads: readonly Workload[], bound: (n: number) => number): Workload[] {
  let short = [...loads];
  while (short.length > 0 && utilisation(short) > bound(short.length)) {
    const longest = short.reduce((most, load) => (load.bursts[0]! > most.bursts[0]! ? load : most));
    short =
      longest.bursts[0] === 1
        ? short.slice(1)
        : short.map((load) => (load === longest ? { ...load, bursts: [load.bursts[0]! - 1] } : load));
  }
  return short;
}

/** n(2^(1/n) − 1), rounded down, for n from 0 */
const LIU_LAYLAND = [1, 1, 0.8284, 0.7797, 0.7568, 0.7434];

function missesOf(policy: string, loads: readonly Workload[]): unknown[] {
  return play(policy, loads, { until: HYPERPERIOD }).misses;
}

describe("no deadline is missed", () => {
  it.each(["edf", "llf"])("by %s up to full utilisation", (policy) => {
    fc.assert(
      fc.property(tasks, (loads) => {
        expect(
          missesOf(
            policy,
            shortened(loads, () => 1),
          ),
        ).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it("by rm up to the bound of Liu and Layland", () => {
    fc.assert(
      fc.property(tasks, (loads) => {
        expect(
          missesOf(
            "rm",
            shortened(loads, (n) => LIU_LAYLAND[n]!),
          ),
        ).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});

describe("beyond these bounds", () => {
  const loads = [
    { name: "P1", period: 50, bursts: [25] },
    { name: "P2", period: 75, bursts: [30] },
  ];

  it("rm misses where edf does not", () => {
    expect(play("rm", loads, { until: 150 }).misses).toEqual([{ task: "P2", due: 75, finish: 80 }]);
    expect(play("edf", loads, { until: 150 }).misses).toEqual([]);
  });

  it("a late job runs on", () => {
    const late = [{ name: "P", period: 10, bursts: [12] }];
    const { misses, gantt } = play("edf", late, { until: 36 });
    expect(misses[0]).toEqual({ task: "P", due: 10, finish: 12 });
    expect(gantt.map(({ from, to }) => [from, to])).toEqual([
      [0, 12],
      [12, 24],
      [24, 36],
    ]);
  });
});

describe("llf", () => {
  it("looks at laxities every unit", () => {
    const loads = [
      { name: "A", period: 100, deadline: 10, bursts: [4] },
      { name: "B", period: 100, deadline: 11, bursts: [4] },
    ];
    // laxities 6 and 7: B has less than A from 1 + 1 on, then A again, in turns
    expect(bars(play("llf", loads, { until: 20 }))).toEqual([
      ["A", 0, 2],
      ["B", 2, 4],
      ["A", 4, 6],
      ["B", 6, 8],
    ]);
  });
});

describe("tasks without a deadline or period", () => {
  it.each(["edf", "rm", "llf"])("come last under %s", (policy) => {
    const loads = [
      { name: "batch", bursts: [9] },
      { name: "P", arrival: 2, period: 10, bursts: [3] },
    ];
    expect(bars(play(policy, loads, { until: 12 })).slice(0, 3)).toEqual([
      ["batch", 0, 2],
      ["P", 2, 5],
      ["batch", 5, 12],
    ]);
  });
});
