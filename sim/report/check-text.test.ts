import { describe, expect, test } from "vitest";
import { check } from "../explore/check.ts";
import type { CheckResult } from "../explore/result.ts";
import { lostUpdate, philosophers, scenario, ticket } from "../explore/testing/programs.ts";
import { checkText } from "./check-text.ts";
import { displayWidth } from "./columns.ts";
import { DEFAULT_OPTIONS } from "./report.ts";

const plain = { ...DEFAULT_OPTIONS, ascii: true };

/** The report without what was explored, which changes with every better reduction. */
function text(result: CheckResult, options = plain): string {
  return checkText({ ...result, outcomes: [] }, options).replace(/\n\nExplored[\s\S]*$/, "\n");
}

describe("the report of a check", () => {
  test("shows the oversold ticket as two columns, with an arrow where control changes hands", () => {
    const result = check(ticket(2));
    const only = { ...result, findings: result.findings.slice(0, 1) };
    expect(text(only)).toMatchInlineSnapshot(`
      "ticket: VIOLATED
        1 problem found. Every order of steps was tried, or one of each set of
        equivalent ones, so there is no other kind of problem.

      'never-oversold' must always hold, and did not  [invariant]
        person[0] read tickets = 1 before person[1] wrote tickets = 0, and then wrote
        tickets = 0 from the old value; never-oversold (sold <= 1) does not hold: sold
        = 2
        example.yaml:34:23

           person[0]                             person[1]
           ------------------------------------  ------------------------------------
        1  17 seen = tickets
              reads tickets = 1
              sets seen = 1
               ------------------------------------->
        2                                        17 seen = tickets
                                                    reads tickets = 1
                                                    sets seen = 1
        3                                        21 tickets = seen - 1
                                                    writes tickets = 0
        4                                        24 sold += 1
                                                    sold: 0 -> 1
               <-------------------------------------
        5  21 tickets = seen - 1
              writes tickets = 0
        6  24 sold += 1
              sold: 1 -> 2
           X here the property is broken

        Play it again (6 steps, 1 pre-emption):
          npx sim replay example.yaml --schedule '1;person[0] person[1]*3 person[0]*2'
      "
    `);
  });

  test("fits 80 columns, whatever it shows, except for the command to copy", () => {
    const wide = scenario({
      shared: { x: 0 },
      processes: {
        "a-process-with-a-rather-long-name": {
          count: 6,
          do: ["x = x + 1", { print: "{me} has written a rather long line of output: {x}" }],
        },
      },
      check: { always: { small: "x < 4" } },
    });
    for (const of of [ticket(2), ticket(5, { tickets: 3 }), lostUpdate(3), philosophers(2), philosophers(5), wide]) {
      for (const ascii of [true, false]) {
        for (const line of checkText(check(of), { ...plain, ascii }).split("\n")) {
          if (!line.includes("--schedule")) expect(displayWidth(line)).toBeLessThanOrEqual(80);
        }
      }
    }
  });

  test("in ASCII has no other character", () => {
    for (const of of [ticket(2), philosophers(3), lostUpdate(2)])
      expect(checkText(check(of), plain)).toMatch(/^[\n -~]*$/);
  });

  test("folds what others do alone from start to end", () => {
    const result = check(ticket(3, { tickets: 2 }));
    expect(text(result)).toMatch(/\| \d+-\d+ {2}person\[\d\] runs alone to its end, writing tickets = \d, sold = \d/);
  });

  test("gives the command that plays a finding again", () => {
    expect(text(check(philosophers(2)))).toContain("    npx sim replay example.yaml --schedule '1;P0 P1'");
  });

  test("says so where it goes wrong before anybody takes a step", () => {
    const stuck = scenario({
      resources: { gate: { type: "semaphore", permits: 0 } },
      processes: { P: { do: [{ acquire: "gate" }] } },
    });
    expect(text(check(stuck))).toContain("\n  before anybody takes a step\n\n  Play it again (0 steps");
  });

  test("lists the cycle of a deadlock among three, one line each", () => {
    expect(text(check(philosophers(3)))).toMatch(
      /P0 holds forks\[0\] and waits for forks\[1\]\n {4}P1 holds forks\[1\] and waits for forks\[2\]\n {4}P2 holds/,
    );
  });

  test("says in plain words how far the answer reaches", () => {
    expect(text(check(ticket(2, { locked: true })))).toContain("Every order of steps was tried");
    expect(text(check(ticket(3, { locked: true }), { strategy: "bfs", reduction: false, maxStates: 3 }))).toContain(
      "Nothing found, but not every order of steps was tried (the limit",
    );
  });

  test("gives a small chance as one in so many, never as nothing", () => {
    const result = check(ticket(2));
    const said = (probability: number): string | undefined =>
      /probability of ([^.]*(?:\.\d+)?[^.]*)\./.exec(
        checkText(
          { ...result, counts: { orders: "100", failing: "1", probability } },
          { ...plain, width: 200 },
        ).replace(/\s+/g, " "),
      )?.[1];
    expect(said(0.6667)).toBe("66.67 %");
    expect(said(0.00006866536472038831)).toBe("1 in 14563");
    expect(said(1e-40)).toMatch(/^1 in about 1\.00e40/);
    expect(said(0)).toBe("less than 1 in 1e300");
  });

  test("does not seem to deny a data race where it counts the orders that fail", () => {
    const processes = { p: { do: ["x = 1"] }, q: { do: ["x = 2"] } };
    const said = (allow: readonly string[]): string =>
      checkText(check(scenario({ shared: { x: 0 }, processes, check: { allow } })), plain).replace(/\s+/g, " ");
    expect(said([])).toContain("2 orders in all, none of which fails, data races aside.");
    expect(said(["data_race"])).toContain("2 orders in all, none of which fails.");
  });

  test("lets no control character of the scenario reach the terminal", () => {
    const result = check(ticket(2));
    const evil = JSON.parse(JSON.stringify(result).replaceAll("person[0]", "p\\u001b[31m")) as CheckResult;
    expect(checkText(evil, plain)).not.toContain("\u001b");
  });
});
