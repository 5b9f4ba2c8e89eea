import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cutMiddle, displayWidth, wrapWithin } from "./columns.ts";

const text = fc.string({ unit: fc.constantFrom("a", "_", " ", "漢", "🎫", "\u0301", "(", ","), maxLength: 60 });
const LONE_HALF = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

describe("text within a width", () => {
  test("is wrapped by what is seen: no line is wider, nothing is lost, no character is torn in two", () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 8, max: 40 }), (given, width) => {
        const lines = wrapWithin(given, width, "  ");
        for (const line of lines) {
          expect(displayWidth(line)).toBeLessThanOrEqual(width);
          expect(line).not.toMatch(LONE_HALF);
        }
        expect(lines.join("").replace(/ /g, "")).toBe(given.replace(/ /g, ""));
      }),
    );
  });

  test("a word that is too long begins on the line where it stands, and breaks behind a mark", () => {
    expect(wrapWithin("7 number_of_tickets_left_in_the_shop -= 1", 30, "  ")).toEqual([
      "7 number_of_tickets_left_in_",
      "  the_shop -= 1",
    ]);
  });

  test("a word that fits on a line of its own is not broken", () => {
    expect(wrapWithin("reads alpha = 1, number_of_seats = 3", 20, "  ")).toEqual([
      "reads alpha = 1,",
      "  number_of_seats =",
      "  3",
    ]);
  });

  test("no accent is parted from its letter", () => {
    expect(wrapWithin("aaaaaaaae\u0301e\u0301", 9, "")).toEqual(["aaaaaaaae\u0301", "e\u0301"]);
  });

  test("is cut in the middle, so that the index stays", () => {
    expect(cutMiddle("a_rather_long_name[12]", 12)).toBe("a_rath…e[12]");
    expect(cutMiddle("short[1]", 12)).toBe("short[1]");
    fc.assert(
      fc.property(text, fc.integer({ min: 4, max: 30 }), (given, width) => {
        expect(displayWidth(cutMiddle(given, width))).toBeLessThanOrEqual(width);
        expect(cutMiddle(given, width)).not.toMatch(LONE_HALF);
      }),
    );
  });
});
