import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { run } from "../index.ts";
import { load, scenarioText } from "../laws/programs.ts";
import { OptionError } from "../run/run.ts";
import { check } from "./check.ts";
import { replay } from "./replay.ts";
import { philosophers, scenario, ticket } from "./testing/programs.ts";

describe("replay", () => {
  test("plays the schedule of any timed run to the same shared values", () => {
    fc.assert(
      fc.property(scenarioText(), (text) => {
        const of = load(text);
        const ran = run(of, { until: "200", ties: false });
        const again = replay(of, ran.schedule ?? "");
        expect(again.misfit).toBeNull();
        expect(again.shared).toEqual(ran.shared);
      }),
      { numRuns: 100 },
    );
  });

  test("shows what each step read, wrote and left behind", () => {
    const { steps } = replay(ticket(2), "1;person[0]*3");
    expect(steps.map(({ reads, writes }) => [{ ...reads }, { ...writes }])).toEqual([
      [{ tickets: 1 }, {}],
      [{}, { tickets: 0 }],
      [{ sold: 0 }, { sold: 1 }],
    ]);
    expect(steps[2]).toMatchObject({
      process: "person[0]",
      entry: 3,
      shared: { tickets: 0, sold: 1 },
      enabled: ["person[1]"],
    });
  });

  test("shows the finding that the schedule was printed for", () => {
    const of = philosophers(3);
    const [finding] = check(of).findings;
    const again = replay(of, finding!.schedule!);
    expect(again.status).toBe("deadlock");
    expect(again.findings[0]!.cycle).toEqual(finding!.cycle);
  });

  test("says at which entry a schedule no longer fits, and why", () => {
    const misfit = (schedule: string) => replay(ticket(2, { locked: true }), schedule).misfit;
    expect(misfit("1;person[0] nobody")).toMatchObject({
      entry: 2,
      text: "nobody",
      message: expect.stringContaining("there is no process 'nobody'"),
    });
    expect(misfit("1;person[0] person[1]")).toMatchObject({
      entry: 2,
      message: expect.stringContaining("it has to wait"),
    });
    expect(misfit("1;person[0]#3")).toMatchObject({
      entry: 1,
      message: expect.stringContaining("nothing to choose there"),
    });
    expect(misfit("1;person[0]*99")).toMatchObject({ message: expect.stringContaining("has ended by then") });
    const choosing = scenario({ processes: { p: { do: [{ choose: { k: [1, 2] } }] } } });
    expect(replay(choosing, "1;p#2").misfit).toMatchObject({ message: expect.stringContaining("only 2 alternatives") });
    expect(replay(choosing, "1;p#1").misfit).toBeNull();
  });

  test("refuses what is no schedule", () => {
    expect(() => replay(ticket(2), "person[0]")).toThrow(OptionError);
    expect(() => replay(ticket(2), "9;person[0]")).toThrow(/version 9/);
  });
});
