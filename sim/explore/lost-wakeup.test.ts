import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Machine } from "../machine/machine.ts";
import { lower } from "../program/lower.ts";
import type { Program } from "../program/program.ts";
import { check } from "./check.ts";
import { makeJudge } from "./judge.ts";
import { lostWakeup } from "./lost-wakeup.ts";
import { enabledTasks } from "./moves.ts";
import type { Judge, Move } from "./strategy.ts";
import { scenario } from "./testing/programs.ts";
import { tracePath } from "./trace.ts";

/** Orders of a program beyond which it is too large to play them all. */
const MOST = 1500;

/** The names of those whose wake-up is lost in some order, each played to its end; null if there are too many. */
function lostInSomeOrder(program: Program, judge: Judge): string[] | null {
  const machine = new Machine(program);
  const lost = new Set<string>();
  const path: Move[] = [];
  let orders = 0;
  const goOn = (): void => {
    const enabled = enabledTasks(machine);
    if (enabled.length === 0) {
      orders += 1;
      for (const verdict of judge.atEnd(machine))
        if (verdict.kind === "lost_wakeup" && lostWakeup(program, verdict, tracePath(program, path).steps) !== null)
          lost.add(verdict.name);
    }
    for (const task of enabled) {
      if (orders > MOST) return;
      const mark = machine.trailSize;
      machine.step(task, 0);
      path.push({ task, choice: 0 });
      goOn();
      path.pop();
      machine.undo(mark);
      machine.violations = [];
    }
  };
  judge.atStart(machine);
  goOn();
  return orders > MOST ? null : [...lost].sort();
}

const wait = { wait: "e" };
const body = (...steps: object[]): fc.Arbitrary<unknown[]> =>
  fc.array(fc.constantFrom(...steps), { minLength: 1, maxLength: 3 });
const waiter = body(
  wait,
  { clear: "e" },
  { if: "not is_set(e)", then: [wait] },
  { if: "n == 0", then: [wait] },
  { if: "n == 0", then: [{ clear: "e" }, wait] },
);
const setter = body({ set: "e" }, { clear: "e" }, { atomic: ["n = 1"] }, { atomic: ["n = 1", { set: "e" }] });
const notified = body(
  { with: "m", do: [{ wait: "c" }] },
  { if: "n == 0", then: [{ with: "m", do: [{ wait: "c" }] }] },
  { with: "m", do: [{ if: "n == 0", then: [{ wait: "c" }] }] },
);
const notifier = body(
  { with: "m", do: [{ notify: "c" }] },
  { with: "m", do: [{ notify_all: "c" }] },
  { atomic: ["n = 1"] },
);

describe("lost wake-ups", () => {
  test("are found by every strategy, if any order loses one", () => {
    let [compared, lossy, none] = [0, 0, 0];
    const pair = fc.oneof(fc.tuple(waiter, setter), fc.tuple(notified, notifier));
    fc.assert(
      fc.property(pair, fc.boolean(), ([waits, signals], two) => {
        const made = scenario({
          shared: { n: 0 },
          resources: { e: "event", m: "lock", c: { type: "condition", lock: "m" } },
          processes: { waiter: { do: waits }, setter: { count: two ? 2 : 1, do: signals } },
          check: { allow: ["data_race", "misuse"] },
        });
        const program = lower(made);
        const expected = lostInSomeOrder(program, makeJudge(program, made));
        if (expected === null) return;
        compared += 1;
        if (expected.length > 0) lossy += 1;
        else none += 1;
        for (const options of [
          {},
          { strategy: "dfs" },
          { strategy: "dpor" },
          { strategy: "bounded" },
          { strategy: "bfs", reduction: false },
        ]) {
          const { findings } = check(made, options);
          const names = findings.filter(({ kind }) => kind === "lost_wakeup").map(({ name }) => name);
          expect([options, names.sort()]).toEqual([options, expected]);
        }
      }),
      { numRuns: 60 },
    );
    expect(compared).toBeGreaterThan(30);
    expect(Math.min(lossy, none)).toBeGreaterThan(5);
  });
});
