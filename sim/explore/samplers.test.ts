import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { samplerLies, smallProgram, truth } from "./differential.ts";
import { explorationOf, KNOWN } from "./fixtures.ts";
import { chanceOfMissing, pct } from "./pct.ts";
import { pos } from "./pos.ts";
import { random } from "./random.ts";
import type { StrategySpecification } from "./strategy.ts";
import { surw } from "./surw.ts";

const SAMPLERS: readonly StrategySpecification[] = [random, pct, pos, surw];

function play(sampler: StrategySpecification, text: string, runs: number, seed = "1") {
  const exploration = explorationOf(text, { seed });
  return sampler.explore({ ...exploration, limits: { ...exploration.limits, runs } });
}

describe.each(SAMPLERS.map((sampler) => [sampler.name, sampler] as const))("%s", (_, sampler) => {
  test("finds only what enumeration knows, by orders that can be played", () => {
    fc.assert(
      fc.property(smallProgram(), (text) => {
        const known = truth(text, 600);
        if (known !== null) expect(samplerLies(sampler, text, known)).toBeNull();
      }),
      { numRuns: 40 },
    );
  });

  test("gives the same for the same seed, and something else for another", () => {
    const paths = (seed: string) => JSON.stringify(play(sampler, KNOWN.ticket(4), 20, seed).outcomes);
    expect(paths("1")).toBe(paths("1"));
    expect(["2", "3", "4"].some((seed) => paths(seed) !== paths("1"))).toBe(true);
  });

  test("finds every outcome of a small program in enough runs", () => {
    expect(play(sampler, KNOWN.lostUpdate(3), 2000).outcomes.map((each) => each.key)).toEqual([
      '{"x":1}',
      '{"x":2}',
      '{"x":3}',
    ]);
  });

  test("does not call itself complete, and counts deadlocked orders", () => {
    const result = play(sampler, KNOWN.neverUnlocked(2), 7);
    expect([result.complete, result.stopped, result.counters.executions, result.counters.deadlocked]).toEqual([
      false,
      "runs",
      7,
      7,
    ]);
  });

  test("an order that never ends is cut", () => {
    const exploration = explorationOf(`{ name: t, shared: { x: 0 }, processes: { a: { do: [{ loop: [x = 1] }] } } }`);
    const result = sampler.explore({ ...exploration, limits: { ...exploration.limits, runs: 2, depth: 30 } });
    expect([result.counters.executions, result.counters.depth]).toEqual([0, 30]);
  });
});

describe("what samplers promise", () => {
  test("pct states 1 − 1/(n·k^(d−1)) to the power of the runs", () => {
    expect(chanceOfMissing(2, 10, 2, 1).missed).toBeCloseTo(0.95, 12);
    expect(chanceOfMissing(2, 10, 2, 3).missed).toBeCloseTo(0.857375, 12);
    expect(chanceOfMissing(3, 7, 1, 0).missed).toBe(1);
  });

  test("pct keeps its promise on a bug of depth 2", () => {
    // b must come between the two steps of a: one change of priority
    const text = `{ name: t, shared: { x: 0, bad: 0 }, processes: { a: { do: [x = 1, x = 0] }, b: { vars: { seen: 0 }, do: [seen = x, { if: seen == 1, then: [bad = 1] }] } } }`;
    const runs = 4000;
    let hits = 0;
    for (let seed = 0; seed < runs / 20; seed++) {
      const exploration = explorationOf(text, { seed: String(seed), bugDepth: 2 });
      const judge = {
        ...exploration.judge,
        atEnd: (machine: Parameters<typeof exploration.judge.atEnd>[0]) => {
          if (machine.state[machine.program.shared[1]!.base] === 1) hits += 1;
          return [];
        },
      };
      pct.explore({ ...exploration, judge, limits: { ...exploration.limits, runs: 20 } });
    }
    expect(hits / runs).toBeGreaterThan(1 / (2 * 5));
  });

  test("surw draws the interleavings of the steps that matter evenly", () => {
    // two against four steps on one object: 15 interleavings
    const text = `{ name: t, shared: { x: "list(max: 8)" }, processes: { a: { do: ["x.append(1)", "x.append(1)"] }, b: { do: ["x.append(2)", "x.append(2)", "x.append(2)", "x.append(2)"] } } }`;
    const exploration = explorationOf(text);
    const counts = new Map<string, number>();
    const judge = {
      ...exploration.judge,
      atEnd: (machine: Parameters<typeof exploration.judge.atEnd>[0]) => {
        const base = machine.program.shared[0]!.base;
        const key = machine.state.slice(base, base + 7).join(",");
        counts.set(key, (counts.get(key) ?? 0) + 1);
        return [];
      },
    };
    surw.explore({ ...exploration, judge, limits: { ...exploration.limits, runs: 6000 } });
    expect(counts.size).toBe(15);
    for (const count of counts.values()) expect(Math.abs(count - 400)).toBeLessThan(120);
  });
});
