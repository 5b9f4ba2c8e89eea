import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { GanttSlice } from "../run/result.ts";
import { makeStrip, stripSlices } from "./strip.ts";
import { ran } from "./testing/fixtures.ts";

const plain = (name: string): string => name;

const anySlices = fc
  .array(
    fc.record({
      gap: fc.integer({ min: 0, max: 9 }),
      length: fc.integer({ min: 1, max: 40 }),
      who: fc.integer({ min: 1, max: 12 }),
    }),
    {
      minLength: 1,
      maxLength: 12,
    },
  )
  .map((pieces) => {
    let now = 0;
    return pieces.map(({ gap, length, who }): GanttSlice => {
      const from = now + gap;
      now = from + length;
      return ran(`P${who}`, from, now);
    });
  });

describe("the textbook strip", () => {
  test("has a wall at each boundary with the exact time under it, within the width", () => {
    fc.assert(
      fc.property(anySlices, fc.integer({ min: 20, max: 160 }), (slices, width) => {
        const all = stripSlices(slices, slices.at(-1)?.to ?? 0, true, plain);
        const strip = makeStrip(all, width, 4, true);
        if (strip === null) return;
        expect(strip.rows.flatMap((row) => row.slices)).toEqual(all);
        for (const row of strip.rows) {
          expect(row.bar.length).toBeLessThanOrEqual(width);
          expect(row.times.length).toBeLessThanOrEqual(width);
          const walls = [...row.bar].flatMap((character, at) => (character === "|" ? [at] : []));
          const times = [...row.slices.map((slice) => slice.from), row.slices.at(-1)?.to];
          expect(walls.map((at) => /^\d+/.exec(row.times.slice(at))?.[0])).toEqual(times.map(String));
          expect(
            row.bar
              .split("|")
              .slice(1, -1)
              .map((label) => label.trim()),
          ).toEqual(row.slices.map((slice) => slice.label));
        }
      }),
    );
  });

  test("is to scale only if equal lengths are equally wide, to one column", () => {
    fc.assert(
      fc.property(anySlices, (slices) => {
        const end = slices.at(-1)?.to ?? 0;
        const strip = makeStrip(stripSlices(slices, end, true, plain), 5000, 1, true);
        expect(strip?.toScale).toBe(true);
        const row = strip?.rows[0];
        const walls = [...(row?.bar ?? "")].flatMap((character, at) => (character === "|" ? [at] : []));
        const perUnit = (row?.bar.length ?? 0) - 1;
        row?.slices.forEach((slice, at) => {
          const drawn = (walls[at + 1] ?? 0) - (walls[at] ?? 0);
          expect(Math.abs(drawn - ((slice.to - slice.from) * perUnit) / end)).toBeLessThanOrEqual(1);
        });
      }),
    );
  });

  test("draws the textbook's example as the textbook does", () => {
    const slices = stripSlices([ran("P1", 0, 24), ran("P2", 24, 27), ran("P3", 27, 30)], 30, true, plain);
    expect(makeStrip(slices, 70, 1, true)?.rows[0]).toMatchObject({
      bar: "|                      P1                       | P2  | P3  |",
      times: "0                                               24    27    30",
    });
  });

  test("leaves idle time blank and says where it ends", () => {
    const slices = stripSlices([ran("P1", 2, 4)], 6, true, plain);
    expect(makeStrip(slices, 40, 1, true)?.rows[0]).toMatchObject({
      bar: "|     | P1  |     |",
      times: "0     2     4     6",
    });
  });

  test("goes on in a second row, and gives up where the rows do not suffice", () => {
    const slices = stripSlices([ran("P1", 0, 1), ran("P2", 1, 40), ran("P3", 40, 41)], 41, true, plain);
    expect(makeStrip(slices, 14, 2, true)?.rows.map((row) => [row.bar, row.times])).toEqual([
      ["| P1 | P2 |", "0    1    40"],
      ["| P3 |", "40   41"],
    ]);
    expect(makeStrip(slices, 14, 1, true)).toBeNull();
  });
});
