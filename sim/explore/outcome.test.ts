import { describe, expect, test } from "vitest";
import { load } from "../laws/programs.ts";
import type { TraceStep } from "../machine/finding.ts";
import { replay } from "./replay.ts";

/** What the steps of a schedule say beside what they read and write. */
function played(text: string, schedule: string): Pick<TraceStep, "note" | "ended" | "ended_in" | "locals">[] {
  const { steps, misfit } = replay(load(text), `1;${schedule}`);
  expect(misfit).toBeNull();
  return steps.map(({ note, ended, ended_in, locals }) => ({
    ...(note === undefined ? {} : { note }),
    ...(ended === undefined ? {} : { ended }),
    ...(ended_in === undefined ? {} : { ended_in }),
    ...(locals === undefined ? {} : { locals: { ...locals } }),
  }));
}

describe("what came of a step", () => {
  test("a wait that gave up says so, and what it gave", () => {
    const text = `
resources: { gate: lock }
processes:
  A: { do: [ { acquire: gate }, { sleep: 1 }, { release: gate } ] }
  B: { do: [ { acquire: gate, timeout: 1, into: ok }, { if: ok, then: [ { release: gate } ] } ] }
`;
    expect(played(text, "A B")).toEqual([{}, { note: "times out", locals: { ok: false }, ended: "normally" }]);
    expect(played(text, "B*2")).toEqual([{ locals: { ok: true } }, { ended: "normally" }]);
  });

  test("an exception that is caught is named, one that is not ends the process", () => {
    const text = `
resources: { line: { type: queue, capacity: 1 } }
shared: { x: 0 }
processes:
  A: { do: [ { try: [ { get: line, timeout: 1 } ], catch: { Empty: [ x = 1 ] } }, { get: line, timeout: 1 } ] }
`;
    expect(played(text, "A*3")).toEqual([
      { note: "times out, raises Empty" },
      {},
      { note: "times out", ended: "by Empty" },
    ]);
  });

  test("a statement that rides along with the step and ends the process is named with its line", () => {
    const text = `
shared: { x: 0 }
processes:
  A:
    do:
      - x = 1
      - raise: Boom
  B:
    vars: { y: 1 }
    do:
      - x = 2
      - assert: y == 2
`;
    expect(played(text, "A B")).toEqual([
      { ended: "by Boom", ended_in: "line 7, raise: Boom" },
      { ended: "by a failed assertion", ended_in: "line 12, assert: y == 2" },
    ]);
  });

  test("the three steps of waiting for a condition can be told apart, and waking unasked is said", () => {
    const text = (spurious: boolean): string => `
resources: { gate: lock, came: { type: condition, lock: gate, spurious: ${spurious} } }
processes:
  A: { do: [ { with: came, do: [ { wait: came } ] } ] }
  B: { do: [ { with: came, do: [ { notify: came } ] } ] }
`;
    const notes = (spurious: boolean, schedule: string): (string | undefined)[] =>
      played(text(spurious), schedule).map(({ note }) => note);
    expect(notes(false, "A*2 B*3 A*3")).toEqual([
      ...[undefined, undefined, undefined, undefined, undefined],
      ...["notified", "has the lock again", undefined],
    ]);
    expect(notes(true, "A*4")).toEqual([
      undefined,
      undefined,
      "wakes up though nobody notified it",
      "has the lock again",
    ]);
  });

  test("a join says who has ended, and a coroutine that has to wait says that others may go on", () => {
    const text = `
processes:
  P:
    vars: { balance: 100 }
    coroutines: { c: { count: 2, vars: { seen: 0 }, do: [ seen = balance, { sleep: 1 }, balance = seen - 10 ] } }
    do: [ { join: c } ]
`;
    expect(played(text, "P P.c[0]*3").map(({ note }) => note)[0]).toBe(
      "has to wait, and lets the others have the thread",
    );
    const { steps } = replay(load(text), "1;P P.c[0]*3 P.c[1]*3 P*3");
    expect(steps.map(({ note }) => note)).toContain("P.c[1] has ended");
    // the process's variables are shared by its coroutines, those of a coroutine are its own
    expect(steps[1]).toMatchObject({ reads: { "P.balance": 100 }, locals: { seen: 100 }, writes: {} });
    expect(steps[3]).toMatchObject({ writes: { "P.balance": 90 } });
  });

  test("what was chosen is shown, the counter of a for loop and what a function leaves behind are not", () => {
    const text = `
shared: { x: 5 }
functions:
  look: { params: [n], vars: { had: 0 }, do: [ had = x, x = had + n ] }
processes:
  A: { do: [ { for: { k: 1..2 }, do: [ { choose: { lost: [false, true] } }, look(k) ] } ] }
`;
    expect(played(text, "A#1 A*2 A").map(({ locals }) => locals)).toEqual([
      { lost: true },
      { had: 5 },
      undefined,
      { lost: false },
    ]);
  });
});
