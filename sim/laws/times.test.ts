/** What a run says about times: devices, deadlines and averages, held against what can be counted by hand. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { judge } from "../explore/expectation.ts";
import { loadScenario, run } from "../index.ts";
import type { Scenario } from "../scenario/ast.ts";

const scenario = (parts: Record<string, unknown>): Scenario =>
  loadScenario({ text: JSON.stringify({ name: "example", ...parts }), file: "example.yaml" });
const schedulers = fc.constantFrom<unknown>("fcfs", "sjf", "srtf", "edf", "llf", { policy: "rr", quantum: 2 });

describe("a shared device", () => {
  const jobs = fc.array(
    fc.record({
      arrival: fc.integer({ min: 0, max: 6 }),
      parts: fc.array(fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 1, max: 5 })), { maxLength: 3 }),
    }),
    { minLength: 1, maxLength: 4 },
  );

  test("serves one at a time; who queues for it is blocked and knows for what; both together are its time off the CPU", () => {
    fc.assert(
      fc.property(jobs, schedulers, (list, scheduler) => {
        const processes = Object.fromEntries(
          list.map(({ arrival, parts }, k) => [
            `P${k}`,
            { arrival, do: parts.flatMap(([cpu, time]) => [{ cpu }, { io: { device: "disk", time } }]) },
          ]),
        );
        const result = run(scenario({ cpu: { scheduler }, processes }));
        const transfers = result.states.filter(({ state }) => state === "io").sort((a, b) => a.from - b.from);
        const wanted = list.flatMap(({ parts }) => parts.map(([, time]) => time)).reduce((sum, time) => sum + time, 0);
        expect(transfers.reduce((sum, { from, to }) => sum + to - from, 0)).toBe(wanted);
        expect(transfers.slice(1).every(({ from }, k) => from >= transfers[k]!.to)).toBe(true);
        const queued = result.states.filter(({ state }) => state === "blocked");
        expect(queued.every(({ why }) => why === "waits for disk")).toBe(true);
        // whoever queues does so behind somebody, all the time
        for (const { from, to } of queued) {
          const busy = transfers.map((each) => Math.max(0, Math.min(to, each.to) - Math.max(from, each.from)));
          expect(busy.reduce((sum, time) => sum + time, 0)).toBe(to - from);
        }
        for (const { name, blocked } of result.processes) {
          const off = [...transfers, ...queued].filter(({ process }) => process === name);
          expect(off.reduce((sum, { from, to }) => sum + to - from, 0)).toBe(blocked);
        }
      }),
    );
  });
});

describe("a deadline without a period", () => {
  test("is missed by exactly those that end later than that after their arrival", () => {
    const job = fc.record({
      arrival: fc.integer({ min: 0, max: 6 }),
      burst: fc.integer({ min: 1, max: 6 }),
      deadline: fc.integer({ min: 1, max: 12 }),
    });
    fc.assert(
      fc.property(fc.array(job, { minLength: 1, maxLength: 5 }), schedulers, (list, scheduler) => {
        const processes = Object.fromEntries(list.map((each, k) => [`P${k}`, each]));
        const result = run(scenario({ cpu: { scheduler }, processes }));
        const late = result.processes.flatMap(({ name, finish }, k) => {
          const due = list[k]!.arrival + list[k]!.deadline;
          return finish! > due ? [{ process: name, due, finish }] : [];
        });
        const byName = (a: { process: string }, b: { process: string }): number => (a.process < b.process ? -1 : 1);
        expect([...result.deadline_misses].sort(byName)).toEqual(late);
      }),
    );
  });

  test("is missed by one that is not finished when the run ends, or is terminated too late, but not by one never started", () => {
    const result = run(
      scenario({
        until: 20,
        processes: {
          slow: { deadline: 5, burst: 99 },
          victim: { deadline: 4, do: [{ sleep: 50 }] },
          killer: { arrival: 6, do: [{ terminate: "victim" }] },
          never: { start: "manual", deadline: 1, burst: 1 },
        },
        cpu: { cores: 3 },
      }),
    );
    expect(result.deadline_misses).toEqual([
      { process: "victim", due: 4, finish: null },
      { process: "slow", due: 5, finish: null },
    ]);
  });

  test("can be expected: exactly these, and no others", () => {
    const of = (misses: unknown): Scenario =>
      scenario({
        unit: "ms",
        processes: { A: { deadline: 3, burst: 5 }, B: { deadline: 9, burst: 2 }, C: { period: 4, burst: 2 } },
        until: 11,
        expect: { misses },
      });
    const actual = run(of({})).deadline_misses;
    expect(actual.map(({ process, due }) => [process, due])).toEqual([
      ["A", 3],
      ["C", 4],
      ["C", 8],
    ]);
    const keys = (misses: unknown): string[] => judge(of(misses), run(of(misses))).map(({ key }) => key);
    expect(keys({ A: "3 ms", C: [4, 8] })).toEqual([]);
    for (const wrong of [{}, null, { A: 3 }, { A: 3, C: [4, 8, 12] }, { A: 4, C: [4, 8] }, { A: 3, B: 9, C: [4, 8] }])
      expect(keys(wrong)).toEqual(["misses"]);
    expect(() => of({ D: 3 })).toThrow(/'D' is not a process here/);
  });
});

test("averages and throughput are about the scenario's own processes, not about what resources bring along", () => {
  const result = run(
    scenario({
      resources: { staff: { type: "pool", size: 3 } },
      functions: { work: { do: [{ sleep: 5 }] } },
      processes: {
        main: { do: [{ apply: "staff", call: "work" }] },
        other: { arrival: 1, burst: 2 },
      },
    }),
  );
  const own = result.processes.filter(({ of_resource }) => of_resource !== true);
  expect(own.map(({ name }) => name)).toEqual(["main", "other"]);
  expect(result.processes.length).toBe(5);
  expect(result.averages.turnaround).toBe((own[0]!.turnaround! + own[1]!.turnaround!) / 2);
  expect(result.throughput).toBe(2 / result.end);
});
