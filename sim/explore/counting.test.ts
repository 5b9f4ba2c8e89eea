import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { load, scenarioText } from "../laws/programs.ts";
import { Machine } from "../machine/machine.ts";
import { lower } from "../program/lower.ts";
import { findFamilies } from "../program/symmetry.ts";
import { bfs } from "./bfs.ts";
import { countOrders } from "./counting.ts";
import { makeJudge } from "./judge.ts";
import type { Judge } from "./strategy.ts";
import { exploration } from "./testing/brute-force.ts";
import { crews } from "./testing/crews.ts";

/** states beyond which generated programs are left out */
const LIMIT = 4000;

/** Every order played from the start to its end; null if there are more than `limit`. */
function everyOrder(
  machine: Machine,
  judge: Judge,
  limit: number,
): { orders: number; failing: number; probability: number } | null {
  let [orders, failing, probability] = [0, 0, 0];
  const play = (bad: boolean, chance: number): void => {
    if (orders > limit) return;
    const tasks = machine.program.tasks.filter((task) => machine.enabled(task.id)).map((task) => task.id);
    if (tasks.length === 0) {
      const fails = bad || judge.atEnd(machine).length > 0;
      orders += 1;
      if (fails) failing += 1;
      if (fails) probability += chance;
    }
    const mark = machine.trailSize;
    for (const task of tasks) {
      for (let choice = 0, most = 1; choice < most; choice++) {
        machine.step(task, choice);
        most = machine.alternatives;
        const wrong = judge.afterStep(machine, task).length > 0;
        play(bad || wrong, chance / tasks.length / most);
        machine.undo(mark);
      }
    }
  };
  play(judge.atStart(machine).length > 0, 1);
  return orders > limit ? null : { orders, failing, probability };
}

describe("counting", () => {
  test("gives what playing every order gives", () => {
    let compared = 0;
    fc.assert(
      fc.property(scenarioText({ processes: 2, statements: 2, cpu: fc.constant({ cores: 1 }) }), (text) => {
        const scenario = load(`${text}check: { always: { low: x < 2 } }\n`);
        const program = lower(scenario);
        const all = everyOrder(new Machine(program), makeJudge(program, scenario), 20_000);
        if (all === null) return;
        compared += 1;
        const counts = countOrders(exploration(program, makeJudge(program, scenario)))!;
        expect(counts.orders).toBe(String(all.orders));
        expect(counts.failing).toBe(String(all.failing));
        expect(counts.probability).toBeCloseTo(all.probability, 9);
      }),
      { numRuns: 100 },
    );
    expect(compared).toBeGreaterThan(50);
  });

  test("is exact for numbers of any length: independent tasks have as many orders as a multinomial coefficient says", () => {
    const factorial = (n: number): bigint => (n <= 1 ? 1n : BigInt(n) * factorial(n - 1));
    let long = 0;
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 2, maxLength: 4 }), (lengths) => {
        const processes = lengths.map((n, k) => `  p${k}: { do: [${Array(n).fill(`"x${k} = 1"`).join(", ")}] }\n`);
        const shared = lengths.map((_, k) => `x${k}: 0`).join(", ");
        const scenario = load(`shared: { ${shared} }\nprocesses:\n${processes.join("")}`);
        const program = lower(scenario);
        const sum = lengths.reduce((all, each) => all + each, 0);
        const orders = lengths.reduce((left, each) => left / factorial(each), factorial(sum));
        if (orders > BigInt(Number.MAX_SAFE_INTEGER)) long += 1;
        expect(countOrders(exploration(program, makeJudge(program, scenario)))?.orders).toBe(String(orders));
      }),
      { numRuns: 30 },
    );
    expect(long).toBeGreaterThan(0);
  });

  test("gives the same whether or not tasks are exchanged, and whether or not somebody looks at steps that show nothing", () => {
    let [symmetric, flawless] = [0, 0];
    fc.assert(
      fc.property(crews(), (text) => {
        const scenario = load(text);
        const program = lower(scenario);
        const judge = makeJudge(program, {
          ...scenario,
          check: { ...scenario.check, allow: ["data_race", "deadlock", "lost_wakeup", "misuse", "exception"] },
        });
        const plain = countOrders(exploration(program, judge), LIMIT);
        const exchanged = exploration(program, judge, { reduction: true });
        expect(countOrders(exchanged, LIMIT)).toEqual(plain);
        const known = plain?.findings.length === 0;
        if (known) expect(countOrders(exchanged, LIMIT, true)).toEqual(plain);
        if (findFamilies(program, judge.watched).length === 0 || plain === null) return;
        symmetric += 1;
        if (known) flawless += 1;
        expect(countOrders(exchanged, plain.states - 1)).toBe(null);
      }),
      { numRuns: 100 },
    );
    expect(symmetric).toBeGreaterThan(20);
    expect(flawless).toBeGreaterThan(10);
  });

  test("gives the same with what a search has learnt of steps, where it may have left out what no longer matters", () => {
    let [compared, fewer, failing] = [0, 0, 0];
    const texts = fc.oneof(crews(), scenarioText({ processes: 2, statements: 3, cpu: fc.constant({ cores: 1 }) }));
    fc.assert(
      fc.property(texts, fc.boolean(), (text, reduction) => {
        const scenario = load(text);
        const program = lower(scenario);
        const judge = makeJudge(program, scenario);
        const given = exploration(program, judge, { reduction });
        const { space, complete } = bfs.explore({ ...given, limits: { ...given.limits, states: LIMIT } });
        const plain = complete ? countOrders(exploration(program, judge), LIMIT) : null;
        if (plain === null) return;
        const shared = countOrders(given, LIMIT, false, space)!;
        expect({ ...shared, states: 0 }).toEqual({ ...plain, states: 0 });
        expect(shared.states).toBeLessThanOrEqual(plain.states);
        compared += 1;
        if (shared.states < plain.states) fewer += 1;
        if (plain.failing !== "0") failing += 1;
      }),
      { numRuns: 150 },
    );
    expect(Math.min(compared, 10 * fewer, 10 * failing)).toBeGreaterThan(40);
  });

  const counts = (yaml: string, limit?: number) => {
    const scenario = load(yaml);
    const program = lower(scenario);
    return countOrders(exploration(program, makeJudge(program, scenario)), limit);
  };

  test("two unlocked increments: 6 orders, 4 of which lose one, and a random scheduler loses one every other time", () => {
    const result = counts(`
name: lost
shared: { x: 0 }
processes: { p: { count: 2, do: [x += 1] } }
check: { finally: { both: x == 2 }, allow: [data_race] }
`)!;
    expect(result.orders).toBe("6");
    expect(result.findings).toEqual([{ kind: "final", name: "both", orders: "4", probability: 0.5 }]);
    expect(result.failing).toBe("4");
  });

  test("the alternatives of a step share the chance of its task", () => {
    const result = counts(`
name: chosen
shared: { x: 0 }
processes: { p: { do: [ { choose: { k: [1, 2, 3] } }, x = k ] } }
check: { finally: { odd: x != 2 } }
`)!;
    expect([result.orders, result.failing]).toEqual(["3", "1"]);
    expect(result.probability).toBeCloseTo(1 / 3, 12);
  });

  test("an endless loop and a graph above the limit are not counted", () => {
    const endless = "name: endless\nshared: { x: 0 }\nprocesses: { p: { do: [{ loop: [x = 1, x = 0] }] } }\n";
    expect(counts(endless)).toBe(null);
    const large = "name: large\nshared: { x: 0 }\nprocesses: { p: { count: 4, do: [{ repeat: 3, do: [x += 1] }] } }\n";
    expect(counts(large, 100)).toBe(null);
  });
});
