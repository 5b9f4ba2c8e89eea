import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { RunResult } from "../run/result.ts";
import { chartLines } from "./chart.ts";
import { displayWidth } from "./columns.ts";
import { coreRow, MARKS, moments, processRow } from "./gantt.ts";
import { DEFAULT_OPTIONS } from "./report.ts";
import { anyResult } from "./testing/arbitraries.ts";
import { makeResult, makeRow, off, ran } from "./testing/fixtures.ts";
import { axis, makeTimeline, type Timeline, ticks } from "./timeline.ts";

/** Everything in 1/(scale · split) units: whole numbers, so that the oracle needs no fractions. */
function fine(timeline: Timeline, time: number): number {
  return Math.round(time * timeline.scale) * timeline.split;
}

/** How much of [from, to) lies in a cell, and whether it touches the cell at all (a moment touches the cell it is in). */
function overlap(timeline: Timeline, cell: number, from: number, to: number): { length: number; touches: boolean } {
  const start = cell * timeline.grains;
  const last = timeline.end * timeline.split;
  const stop = Math.min(start + timeline.grains, last);
  const [a, b] = [fine(timeline, from), fine(timeline, to)];
  if (a === b) {
    const inside = start <= a && (a < start + timeline.grains || (a === last && cell === timeline.columns - 1));
    return { length: 0, touches: inside };
  }
  const length = Math.max(0, Math.min(b, stop) - Math.max(a, start));
  return { length, touches: length > 0 };
}

function size(timeline: Timeline, cell: number): number {
  const start = cell * timeline.grains;
  return Math.min(start + timeline.grains, timeline.end * timeline.split) - start;
}

const withRoom = fc.tuple(
  anyResult.filter((result) => result.end > 0),
  fc.integer({ min: 1, max: 150 }),
);

describe("a row of the chart", () => {
  test("has exactly as many cells as the timeline, which never exceed the room", () => {
    fc.assert(
      fc.property(withRoom, ([result, room]) => {
        const timeline = makeTimeline(result.end, moments(result), room);
        expect(timeline.columns).toBeLessThanOrEqual(room);
        for (const { name } of result.processes) {
          const own = result.gantt.filter((slice) => slice.process === name);
          expect(processRow(timeline, own, []).length).toBe(timeline.columns);
        }
        expect(axis(timeline, false).ruler.length).toBe(timeline.columns);
      }),
    );
  });

  test("covers the whole run and no cell lies beyond its end", () => {
    fc.assert(
      fc.property(withRoom, ([result, room]) => {
        const timeline = makeTimeline(result.end, moments(result), room);
        const last = timeline.end * timeline.split;
        expect(timeline.columns * timeline.grains).toBeGreaterThanOrEqual(last);
        expect((timeline.columns - 1) * timeline.grains).toBeLessThan(last);
      }),
    );
  });

  test("shows in every cell what happened in the cell's time, and a process only where it ran", () => {
    fc.assert(
      fc.property(withRoom, ([result, room]) => {
        const timeline = makeTimeline(result.end, moments(result), room);
        for (const { name } of result.processes) {
          const slices = result.gantt.filter((slice) => slice.process === name);
          const states = result.states.filter((slice) => slice.process === name);
          processRow(timeline, slices, states).forEach((mark, cell) => {
            const inCell = slices.map((slice) => ({ ...slice, ...overlap(timeline, cell, slice.from, slice.to) }));
            const runs = inCell.filter((slice) => slice.kind === "run" && slice.touches);
            const whole = runs.reduce((sum, slice) => sum + slice.length, 0) === size(timeline, cell);
            if (runs.length > 0) {
              expect(mark).toBe(whole ? "running" : "partly");
              return;
            }
            if (inCell.some((slice) => slice.kind === "switch" && slice.touches)) {
              expect(mark).toBe("switching");
              return;
            }
            const lengths = new Map<string, number>();
            for (const state of states) {
              const { length } = overlap(timeline, cell, state.from, state.to);
              if (length > 0) lengths.set(state.state, (lengths.get(state.state) ?? 0) + length);
            }
            if (lengths.size === 0) expect(mark).toBe("absent");
            else expect(lengths.get(mark)).toBe(Math.max(...lengths.values()));
          });
        }
      }),
      { numRuns: 300 },
    );
  });

  test("of a core names in every cell exactly those who had the core then", () => {
    fc.assert(
      fc.property(withRoom, ([result, room]) => {
        const timeline = makeTimeline(result.end, moments(result), room);
        // all on one core: the slices then overlap, which a cell must bear as well
        coreRow(timeline, result.gantt, true, (name) => name).forEach((cell, at) => {
          const there = result.gantt.filter((slice) => overlap(timeline, at, slice.from, slice.to).touches);
          expect([...cell.processes].sort()).toEqual([...new Set(there.map((slice) => slice.process))].sort());
          if (there.length === 0) expect(cell.character).toBe(MARKS.idle.ascii);
          if (/[P\d]/.test(cell.character))
            expect(there.every((slice) => slice.process.includes(cell.character))).toBe(true);
        });
      }),
    );
  });
});

describe("the whole chart", () => {
  test("has rows of one width, none wider than the terminal", () => {
    fc.assert(
      fc.property(anyResult, fc.integer({ min: 40, max: 200 }), fc.boolean(), (result, width, ascii) => {
        const lines = chartLines(result, { ...DEFAULT_OPTIONS, width, ascii });
        for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(width);
        const rows = lines.filter((line) => /^ {2}P\d+ +[|│]/.test(line));
        expect(new Set(rows.map(displayWidth)).size).toBeLessThanOrEqual(1);
        if (result.end > 0 && result.gantt.length + result.states.length > 0) {
          expect(rows.length).toBe(result.processes.length);
        }
        if (ascii) expect(lines.join("")).toMatch(/^[ -~]*$/);
      }),
    );
  });

  test("has a row for each of 20 processes, and says how many it leaves out of 21", () => {
    const chart = (count: number): string[] => {
      const names = Array.from({ length: count }, (_, at) => `p${at}`);
      return chartLines(
        makeResult({
          end: 10,
          processes: names.map((name) => makeRow(name, {})),
          states: names.map((name) => off(name, 0, 10)),
        }),
        DEFAULT_OPTIONS,
      );
    };
    expect(chart(20).filter((line) => line.includes("│")).length).toBe(20);
    expect(chart(20).join("\n")).not.toContain("more process");
    expect(chart(21).filter((line) => line.includes("│")).length).toBe(20);
    expect(chart(21).join("\n")).toContain("1 more process ");
  });

  test("says how many slices are too short to be seen by themselves", () => {
    const result = makeResult({
      end: 1000,
      processes: [makeRow("P1", {})],
      gantt: [ran("P1", 0, 500), ran("P1", 500, 503), ran("P1", 600, 1000)],
    });
    expect(chartLines(result, { ...DEFAULT_OPTIONS, width: 60 }).join("\n")).toContain(
      "one column is 20; 1 of 3 slices is shorter than that and",
    );
  });

  test("ends where the slices end that were kept, so that nothing cut off looks idle", () => {
    const result = makeResult({
      end: 100,
      processes: [makeRow("P1", {}), makeRow("P2", {})],
      gantt: [ran("P1", 0, 10), ran("P1", 10, 20)],
      states: [off("P2", 0, 15), off("P2", 15, 90, "blocked")],
      truncated: ["gantt"],
    });
    const lines = chartLines(result, { ...DEFAULT_OPTIONS, ascii: true, width: 40 });
    expect(lines).toContain(`  P1 |${"#".repeat(32)}|`);
    expect(lines).toContain(`  P2 |${":".repeat(24)}${"-".repeat(8)}|`);
    expect(lines.at(-1)).toBe("  the chart ends at 20: later slices were not kept, to bound the memory");
    expect(chartLines({ ...result, truncated: [] }, DEFAULT_OPTIONS).join("\n")).not.toContain("the chart ends");
  });

  test("shows a moment of work that took no time", () => {
    const timeline = makeTimeline(10, [], 10);
    expect(processRow(timeline, [ran("P1", 3, 3), ran("P1", 10, 10)], [off("P1", 0, 10, "sleeping")])).toEqual([
      "sleeping",
      "sleeping",
      "sleeping",
      "partly",
      "sleeping",
      "sleeping",
      "sleeping",
      "sleeping",
      "sleeping",
      "partly",
    ]);
  });
});

describe("the time axis", () => {
  test("has each label at the cell that begins at that time, and none over another", () => {
    fc.assert(
      fc.property(withRoom, ([result, room]) => {
        const timeline = makeTimeline(result.end, moments(result), room);
        const { labels } = axis(timeline, true);
        const marks = ticks(timeline);
        for (const { cell, label } of marks) {
          // cell · grains / split grains from the start, each 1/scale of a unit
          expect(Number(label) * timeline.scale * timeline.split).toBeCloseTo(cell * timeline.grains, 6);
          expect(labels.slice(cell, cell + label.length)).toBe(label);
          expect(labels[cell - 1] ?? " ").toBe(" ");
        }
        expect(labels.trim().split(/\s+/).length).toBe(marks.length);
        expect(marks[0]).toEqual({ cell: 0, label: "0" });
      }),
    );
  });

  test("marks round times", () => {
    expect(axis(makeTimeline(30, [], 60), true)).toEqual({
      ruler: "+---+---+---+---+---+---+---+---+---+---+---+---+---+---+---",
      labels: "0   2   4   6   8   10  12  14  16  18  20  22  24  26  28  30",
    });
    expect(axis(makeTimeline(2.5, [0.5], 20), true)).toEqual({
      ruler: "+-------+-------+---",
      labels: "0       1       2   2.5",
    });
  });
});

describe("a result without time", () => {
  test("has no chart, and a sentence instead where something happened", () => {
    const nothing: RunResult = makeResult({});
    expect(chartLines(nothing, DEFAULT_OPTIONS)).toEqual([]);
    expect(chartLines({ ...nothing, gantt: [ran("P1", 0, 0)] }, DEFAULT_OPTIONS)).toEqual([
      "  no virtual time passed: everything happened at time 0",
    ]);
  });
});
