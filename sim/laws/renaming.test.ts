/**
 * Names, the order of declarations, the seed, and additions that do nothing change no verdict (threats.md, check 8).
 *
 * All 1,000 programs: SIM_PROGRAMS=1000 npx vitest run sim/laws/renaming.test.ts
 */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { bfs } from "../explore/bfs.ts";
import { smallProgram } from "../explore/differential.ts";
import { dpor } from "../explore/dpor.ts";
import { explorationOf } from "../explore/fixtures.ts";
import type { StrategyResult } from "../explore/strategy.ts";
import { scenarioText } from "./programs.ts";

const RUNS = Number(process.env.SIM_PROGRAMS ?? 15);
const MINUTES = 60_000;
/** Larger programs are left out. */
const MOST = 3000;

type Names = ReadonlyMap<string, string>;
type Parts = Record<string, Record<string, unknown>>;

/** What must not change: verdicts, outcomes and how much there is to explore, with names as `names` gives them back. */
interface Answer {
  readonly found: readonly string[];
  readonly outcomes: readonly string[];
  readonly states: number;
  readonly transitions: number;
  /** classes of equivalent orders; null where they were too many */
  readonly orders: number | null;
}

function answer(text: string, names: Names = new Map(), without: readonly string[] = [], seed = "1"): Answer | null {
  const plain = explorationOf(text, { reduction: false, exact: true, seed });
  const all = bfs.explore({ ...plain, limits: { ...plain.limits, states: MOST, depth: Infinity } });
  if (!all.complete) return null;
  const reduced = bfs.explore(explorationOf(text, { seed, limits: { ...plain.limits, depth: Infinity } }));
  const part = essence(reduced, names, without);
  const whole = essence(all, names, without);
  expect(part).toEqual(whole);
  const classes = dpor.explore(explorationOf(text, { seed, limits: { ...plain.limits, runs: 500, depth: 200 } }));
  return {
    ...whole,
    states: all.counters.states,
    transitions: all.counters.transitions,
    orders: classes.complete ? classes.counters.executions : null,
  };
}

function essence(result: StrategyResult, names: Names, without: readonly string[]) {
  const renamed = (name: string): string => name.replace(/[A-Za-z_]\w*/g, (word) => names.get(word) ?? word);
  const outcome = (key: string, deadlock: boolean): string => {
    const values = Object.entries(JSON.parse(key) as Record<string, unknown>)
      .filter(([name]) => !without.includes(name))
      .map(([name, value]) => [renamed(name), value] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1));
    return JSON.stringify(values) + (deadlock ? " deadlock" : "");
  };
  return {
    found: result.found.map(({ kind, name }) => `${kind} ${renamed(name)}`).sort(),
    outcomes: result.outcomes.map(({ key, deadlock }) => outcome(key, deadlock)).sort(),
  };
}

/** Every name that a program declares. */
function declared(text: string): string[] {
  const parts = parse(text) as Parts;
  const own = Object.values(parts.processes!).flatMap((each) => Object.keys((each as Parts).vars ?? {}));
  return [
    ...new Set([
      ...["shared", "resources", "processes", "functions"].flatMap((section) => Object.keys(parts[section] ?? {})),
      ...own,
    ]),
  ];
}

/** The program with other names, and the way back; the new names sort in another order than the old ones. */
function rename(text: string, salt: number): { text: string; back: Names } {
  const names = declared(text);
  const order = names.map((_, k) => k).sort((a, b) => ((a * 7 + salt) % 11) - ((b * 7 + salt) % 11) || b - a);
  const there = new Map(names.map((name, k) => [name, `n${String.fromCharCode(97 + order.indexOf(k))}${salt % 10}_`]));
  const back = new Map([...there].map(([from, to]) => [to, from]));
  return { text: text.replace(/[A-Za-z_]\w*/g, (word) => there.get(word) ?? word), back };
}

/** The program with the declarations of each section in another order. */
function reorder(text: string, salt: number): string {
  const parts = parse(text) as Parts;
  for (const section of ["shared", "resources", "processes"]) {
    const entries = Object.entries(parts[section] ?? {});
    const turned = [
      ...entries.slice(salt % Math.max(1, entries.length)),
      ...entries.slice(0, salt % Math.max(1, entries.length)),
    ];
    parts[section] = Object.fromEntries(salt % 2 === 0 ? turned : turned.reverse());
  }
  return stringify(parts, { aliasDuplicateObjects: false });
}

function add(text: string, more: Parts): string {
  const parts = parse(text) as Parts;
  for (const [section, entries] of Object.entries(more)) parts[section] = { ...parts[section], ...entries };
  return stringify(parts, { aliasDuplicateObjects: false });
}

describe("over generated programs", () => {
  const programs = fc.oneof(
    { weight: 2, arbitrary: smallProgram() },
    { weight: 1, arbitrary: scenarioText({ processes: 3, statements: 2, cpu: fc.constant({ cores: 1 }) }) },
  );
  const compare = (law: (text: string, before: Answer, salt: number) => void): void => {
    let compared = 0;
    fc.assert(
      fc.property(programs, fc.nat(1000), (text, salt) => {
        const before = answer(text);
        if (before === null) return;
        compared += 1;
        law(text, before, salt);
      }),
      { numRuns: RUNS },
    );
    expect(compared).toBeGreaterThan(RUNS / 2);
  };

  test("other names change nothing but names", { timeout: 30 * MINUTES }, () => {
    compare((text, before, salt) => {
      const other = rename(text, salt);
      expect(other.text).not.toBe(text);
      expect(answer(other.text, other.back)).toEqual(before);
    });
  });

  test("another order of declarations changes nothing", { timeout: 30 * MINUTES }, () => {
    compare((text, before, salt) => {
      expect(answer(reorder(text, salt))).toEqual(before);
    });
  });

  test("another seed changes nothing", { timeout: 30 * MINUTES }, () => {
    compare((text, before, salt) => {
      expect(answer(text, new Map(), [], String(salt + 2))).toEqual(before);
    });
  });

  test("what nobody uses changes nothing", { timeout: 30 * MINUTES }, () => {
    compare((text, before) => {
      const more = { shared: { unused: 7 }, resources: { spare: "lock", line: { type: "queue", capacity: 3 } } };
      expect(answer(add(text, more), new Map(), ["unused"])).toEqual(before);
      const child = { processes: { never_started: { start: "manual", do: ["pass"] } } };
      expect(answer(add(text, child))).toEqual(before);
    });
  });

  test("a process that keeps to itself takes its one step anywhere, and changes no verdict", {
    timeout: 30 * MINUTES,
  }, () => {
    compare((text, before) => {
      // daemons live on until it has ended as well
      if (text.includes("daemon: true")) return;
      const idle = { shared: { aside: 0 }, processes: { idle: { do: ["aside = 1"] } } };
      const after = answer(add(text, idle), new Map(), ["aside"]);
      if (after === null) return;
      expect({ found: after.found, outcomes: after.outcomes }).toEqual({
        found: before.found,
        outcomes: before.outcomes,
      });
      // each state without it is one before and one after its step
      const { states, transitions } = before;
      expect([after.states, after.transitions]).toEqual([2 * states, 2 * transitions + states]);
      if (before.orders !== null && after.orders !== null) expect(after.orders).toBe(before.orders);
    });
  });
});
