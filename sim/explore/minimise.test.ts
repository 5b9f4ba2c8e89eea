import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { load, scenarioText } from "../laws/programs.ts";
import { Machine } from "../machine/machine.ts";
import { lower } from "../program/lower.ts";
import { makeJudge } from "./judge.ts";
import { minimise } from "./minimise.ts";
import { enabledTasks } from "./moves.ts";
import type { Move, Verdict } from "./strategy.ts";
import { ticket } from "./testing/programs.ts";
import { countPreemptions, tracePath } from "./trace.ts";

/** A random path up to the first thing that the judge minds; null if it ends without one. */
function stumble(
  machine: Machine,
  judge: ReturnType<typeof makeJudge>,
  picks: readonly number[],
): { path: Move[]; verdict: Verdict } | null {
  const path: Move[] = [];
  for (let k = 0; k < 300; k++) {
    const enabled = enabledTasks(machine);
    if (enabled.length === 0) {
      const [verdict] = judge.atEnd(machine);
      return verdict === undefined ? null : { path, verdict };
    }
    const task = enabled[picks[k % picks.length]! % enabled.length]!;
    machine.step(task, 0);
    path.push({ task, choice: 0 });
    const [verdict] = judge.afterStep(machine, task);
    if (verdict !== undefined) return { path, verdict };
  }
  return null;
}

function shows(
  machine: Machine,
  judge: ReturnType<typeof makeJudge>,
  path: readonly Move[],
  verdict: Verdict,
): boolean {
  const same = (list: readonly Verdict[]): boolean =>
    list.some((each) => each.kind === verdict.kind && each.name === verdict.name);
  let last = same(judge.atStart(machine));
  for (const { task, choice } of path) {
    if (!machine.enabled(task)) return false;
    machine.step(task, choice);
    last = same(judge.afterStep(machine, task));
  }
  return last || (enabledTasks(machine).length === 0 && same(judge.atEnd(machine)));
}

describe("the shortest counterexample", () => {
  test("still fails in the same way, and costs no more than the path it was made from, by search and by delta debugging", () => {
    let seen = 0;
    fc.assert(
      fc.property(
        scenarioText({ processes: 3, statements: 3 }),
        fc.array(fc.nat(100), { minLength: 5, maxLength: 40 }),
        (text, picks) => {
          const scenario = load(text);
          const program = lower(scenario);
          const judge = makeJudge(program, { ...scenario, check: { ...scenario.check, allow: ["data_race"] } });
          const stumbled = stumble(new Machine(program), judge, picks);
          if (stumbled === null) return;
          seen += 1;
          const { path, verdict } = stumbled;
          for (const options of [{ nodes: 20_000 }, { nodes: 1, candidates: 200 }]) {
            const shortest = minimise(program, judge, verdict, path, options);
            expect(shows(new Machine(program), judge, shortest, verdict)).toBe(true);
            const [before, after] = [tracePath(program, path).steps, tracePath(program, shortest).steps];
            expect(countPreemptions(after)).toBeLessThanOrEqual(countPreemptions(before));
          }
        },
      ),
      { numRuns: 150 },
    );
    expect(seen).toBeGreaterThan(40);
  });

  test("changes over where a task gives up the CPU, if that costs nothing", () => {
    for (const pause of ["sleep: 5", "yield", "io: 2"]) {
      const scenario = load(`
shared: { tickets: 1, sold: 0 }
processes:
  person:
    count: 2
    vars: { seen: 0 }
    do: ["seen = tickets", ${pause.includes(":") ? `{ ${pause} }` : pause}, { if: seen > 0, then: ["tickets = 0", { atomic: ["sold += 1"] }] }]
check: { always: { once: sold <= 1 }, allow: [data_race] }`);
      const program = lower(scenario);
      const judge = makeJudge(program, scenario);
      const path = [0, 0, 0, 1, 1, 1, 0, 0, 1, 1].map((task) => ({ task, choice: 0 }));
      const verdict = { kind: "invariant", name: "once" } as const;
      for (const options of [{}, { nodes: 1 }]) {
        const shortest = minimise(program, judge, verdict, path, options);
        expect(shortest.map(({ task }) => task)).toEqual([0, 0, 1, 1, 1, 1, 1, 0, 0, 0]);
      }
    }
  });

  test("needs one pre-emption for the ticket, whatever path it starts from", () => {
    const scenario = ticket(3);
    const program = lower(scenario);
    const judge = makeJudge(program, { ...scenario, check: { ...scenario.check, allow: ["data_race"] } });
    fc.assert(
      fc.property(fc.array(fc.nat(100), { minLength: 20, maxLength: 40 }), (picks) => {
        const stumbled = stumble(new Machine(program), judge, picks);
        if (stumbled === null) return;
        const shortest = minimise(program, judge, stumbled.verdict, stumbled.path);
        expect(shortest.length).toBe(6);
        expect(countPreemptions(tracePath(program, shortest).steps)).toBe(1);
      }),
      { numRuns: 50 },
    );
  });
});
