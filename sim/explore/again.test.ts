import { describe, expect, test } from "vitest";
import { replayText } from "../report/replay-text.ts";
import { DEFAULT_OPTIONS } from "../report/report.ts";
import { check } from "./check.ts";
import { replay } from "./replay.ts";
import { philosophers, scenario, ticket } from "./testing/programs.ts";

const turns = (more: Record<string, unknown> = {}) =>
  scenario({
    atomics: { x: 0, y: 0 },
    processes: { A: { do: [{ loop: ["x = (x + 1) % 2"] }] }, B: { do: [{ when: "x == 1" }, "y = 1"] } },
    ...more,
  });

describe("a replay of steps that can be repeated for ever", () => {
  test.each([
    ["livelock", scenario({ atomics: { x: 0 }, processes: { p: { do: [{ while: "x == 0", do: ["yield"] }] } } })],
    ["starvation", turns()],
    ["eventually", turns({ check: { eventually: { set: "y == 1" } } })],
  ])("shows the %s that the schedule was printed for", (kind, of) => {
    const finding = check(of).findings.find((each) => each.kind === kind);
    const again = replay(of, finding!.schedule!);
    expect(again.status).toBe("violated");
    expect(again.findings.map((each) => each.kind)).toContain(kind);
    const where = finding!.loop_from === 0 ? "the start" : `the state after step ${finding!.loop_from}`;
    expect(again.notes).toEqual([`these steps lead back to ${where}: they can be repeated for ever`]);
  });

  test("shows nothing where that would be unfair to somebody", () => {
    const of = scenario({
      atomics: { x: 0, y: 0 },
      processes: { A: { do: [{ loop: ["x = 1 - x"] }] }, B: { do: ["y = 1"] } },
    });
    const again = replay(of, "1;A*4");
    expect(again).toMatchObject({ status: "stopped", findings: [] });
    expect(again.notes).toHaveLength(1);
  });
});

test("an 'eventually' that a deadlock prevents is shown again", () => {
  const of = scenario({
    atomics: { done: false },
    resources: { bell: "event" },
    processes: { guest: { do: [{ wait: "bell" }, "done = true"] } },
    check: { eventually: { served: "done" } },
  });
  const finding = check(of).findings.find(({ kind }) => kind === "eventually");
  expect(replay(of, finding!.schedule!).findings.map(({ kind }) => kind)).toContain("eventually");
});

describe("a race", () => {
  test("is marked when both accesses have been made, and only once", () => {
    const { steps, findings, notes } = replay(ticket(2), "1;person[0]*2");
    expect(steps.map(({ violations }) => violations.map(({ kind }) => kind))).toEqual([[], []]);
    expect([findings, notes.length]).toEqual([[], 1]);
    const whole = replay(ticket(2), "1;person[0] person[1]*3 person[0]*2");
    const marks = whole.steps.flatMap(({ violations }, k) =>
      violations.filter(({ kind, name }) => kind === "data_race" && name === "tickets").map(() => k + 1),
    );
    expect(marks).toEqual([5]);
  });

  test("is only announced where the schedule ends before it", () => {
    const again = replay(ticket(2), "1;person[0]*1 person[1]");
    expect(again.status).toBe("stopped");
    expect(again.notes).toEqual([expect.stringContaining("would race on 'tickets'")]);
  });
});

test("what stays broken is marked where it breaks", () => {
  const of = scenario({
    atomics: { x: 0 },
    processes: { p: { do: ["x = 2", "x = 3", "x = 0", "x = 4"] } },
    check: { always: { small: "x < 2" } },
  });
  expect(replay(of, "1;p*4").steps.map(({ violations }) => violations.length)).toEqual([1, 0, 0, 1]);
});

test("the text says what was found, within its width", () => {
  const text = (schedule: string, of = ticket(2)): string =>
    replayText(replay(of, schedule), { ...DEFAULT_OPTIONS, width: 60 });
  const [{ schedule } = { schedule: "" }] = check(ticket(2)).findings;
  expect(text(schedule!)).toContain("played 6 steps: 2 problems (data_race");
  expect(text("1;person[0]*3")).toContain("nothing is violated");
  const lines = [...text(schedule!).split("\n"), ...text("1;P0 P1 P2", philosophers(3)).split("\n")];
  expect(lines.filter((line) => line.length > 60)).toEqual([]);
});
