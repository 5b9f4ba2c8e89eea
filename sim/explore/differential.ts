/** Compares strategies with plain enumeration, for tests: what one finds that the other does not. */
import * as fc from "fast-check";
import { stringify } from "yaml";
import { Machine } from "../machine/machine.ts";
import { bounded } from "./bounded.ts";
import { Outcomes } from "./collect.ts";
import { explore, isDeadlocked } from "./dpor.ts";
import { type Enumeration, enumerate } from "./enumerate.ts";
import { explorationOf } from "./fixtures.ts";
import { enabledTasks, isPreemption, playPath } from "./moves.ts";
import type { Exploration, StrategyResult, StrategySpecification } from "./strategy.ts";

/** What two complete explorations of one program must agree on. */
export function summary(result: StrategyResult): { findings: string[]; outcomes: string[] } {
  return {
    findings: [...new Set(result.found.map((each) => `${each.kind} ${each.name}`))].sort(),
    outcomes: result.outcomes.map((each) => `${each.key}${each.deadlock ? " deadlock" : ""}`),
  };
}

/** The whole truth about a small program, or null if it has more than `most` orders. */
export function truth(text: string, most: number): Enumeration | null {
  let steps = 0;
  const exploration: Exploration = {
    ...explorationOf(text, { reduction: false }),
    limits: { states: Infinity, runs: most, depth: 60, memory: Infinity },
    stopRequested: () => (++steps > 50 ? "time" : null),
  };
  const result = enumerate(exploration, true);
  return result.complete ? result : null;
}

/** Where dpor differs from the truth, in words; null if nowhere. */
export function dporDiffers(text: string, known: Enumeration): string | null {
  const result = explore(explorationOf(text));
  const problems: string[] = [];
  if (!result.complete) problems.push("incomplete");
  if (result.redundant > 0) problems.push(`${result.redundant} redundant`);
  if (result.counters.executions !== known.classes.size)
    problems.push(`${result.counters.executions} orders, ${known.classes.size} classes`);
  const [mine, theirs] = [JSON.stringify(summary(result)), JSON.stringify(summary(known))];
  if (mine !== theirs) problems.push(`${mine}\n${theirs}`);
  return problems.length === 0 ? null : problems.join("; ");
}

/**
 * Small programs of few short processes over what blocks in every way there is: guards over several variables, locks,
 * semaphores, queues, conditions, barriers, timeouts, children, terminate, daemons, choices; with a list, and with what is
 * evaluated for people or for the clock alone.
 */
export function smallProgram(): fc.Arbitrary<string> {
  const name = fc.constantFrom("x", "y", "z");
  const small = fc.integer({ min: 0, max: 2 });
  const one = fc.oneof(
    { weight: 3, arbitrary: fc.tuple(name, small).map(([a, n]) => [`${a} = ${n}`]) },
    { weight: 3, arbitrary: fc.tuple(name).map(([a]) => [`own = ${a}`]) },
    { weight: 1, arbitrary: fc.tuple(name, small).map(([a, n]) => [`own = ${a}`, `${a} = own + ${n}`]) },
    { weight: 3, arbitrary: fc.tuple(name, name, small).map(([a, b, n]) => [{ when: `${a} == ${b} or ${a} > ${n}` }]) },
    { weight: 2, arbitrary: fc.tuple(name, name).map(([a, b]) => [{ when: `${a} == ${b}` }]) },
    { weight: 2, arbitrary: fc.tuple(name, name).map(([a, b]) => [{ when: `${a} != 0 and ${b} < 2` }]) },
    { weight: 1, arbitrary: fc.tuple(name, name).map(([a, b]) => [{ when: `${a} == ${b}`, timeout: 1, into: "own" }]) },
    {
      weight: 1,
      arbitrary: fc.tuple(name, name).map(([a, b]) => [{ atomic: [{ when: `${a} == ${b}` }, `${a} += 1`] }]),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(name, name)
        .map(([a, b]) => [{ atomic: [{ if: `${a} > 0`, then: [`${b} = 0`], else: [`own = ${b}`] }] }]),
    },
    {
      weight: 2,
      arbitrary: fc.constantFrom<unknown[]>(
        [{ acquire: "A" }],
        [{ release: "S" }],
        [{ acquire: "S" }],
        [{ acquire: "A" }, { release: "A" }],
      ),
    },
    {
      weight: 2,
      arbitrary: fc.constantFrom<unknown[]>(
        [{ put: "Q", value: 1 }],
        [{ get: "Q", into: "own" }],
        [{ get: "Q", timeout: 1, into: "own" }],
      ),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom<unknown[]>(
        [{ with: "C", do: [{ wait: "C" }] }],
        [{ with: "C", do: [{ notify: "C" }] }],
        [{ with: "C", do: [{ notify: "C", n: 2 }] }],
      ),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom<unknown[]>([{ choose: { own: [0, 1] } }], [{ choose: { own: [0, 1] } }, "x = own"]),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom<unknown[]>(
        [{ start: "child" }],
        [{ start: "child" }, { join: "child" }],
        [{ terminate: "P1" }],
        [{ wait: "B" }],
        ["yield"],
      ),
    },
    {
      // only people and the clock want these values, but they are read, and may not be there
      weight: 2,
      arbitrary: fc.constantFrom<unknown[]>(
        [{ print: "{x}" }],
        [{ print: "{1 // x} and {y}" }],
        [{ sleep: "y" }],
        [{ sleep: "x - 1" }],
        [{ try: [{ print: "{1 // z}" }], catch: { any: ["x = 2"] } }],
        [{ when: "x == 1", timeout: "y - 1", into: "own" }],
      ),
    },
    {
      weight: 2,
      arbitrary: fc.constantFrom<unknown[]>(
        ["L.append(1)"],
        ["own = len(L)"],
        [{ try: ["own = L.pop()"], catch: { any: ["pass"] } }],
      ),
    },
  );
  const body = fc.array(one, { minLength: 1, maxLength: 3 }).map((parts) => (parts as unknown[][]).flat());
  return fc
    .record({
      bodies: fc.array(body, { minLength: 2, maxLength: 3 }),
      child: body,
      daemon: fc.boolean(),
      always: fc.boolean(),
    })
    .map(({ bodies, child, daemon, always }) => {
      const processes: Record<string, unknown> = {};
      bodies.forEach((each, k) => {
        processes[`P${k}`] = {
          ...(daemon && k === 2 && !JSON.stringify(each).includes("child") ? { daemon: true } : {}),
          vars: { own: 0 },
          do: each,
        };
      });
      const whole = JSON.stringify(bodies);
      if (whole.includes("child"))
        processes["child"] = {
          start: "manual",
          vars: { own: 0 },
          do: child.filter((part) => !JSON.stringify(part).includes("child")),
        };
      const resources = {
        A: "lock",
        S: { type: "semaphore", permits: 0 },
        Q: { type: "queue", capacity: 1 },
        C: "condition",
        B: { type: "barrier", parties: 2 },
      };
      const check = always
        ? { always: { apart: "not (x == 2 and y == 2)", low: "z < 3" }, finally: { same: "x == y" } }
        : {};
      return stringify(
        { name: "small", shared: { x: 0, y: 0, z: 0, L: "list(max: 2)" }, resources, processes, check },
        { aliasDuplicateObjects: false },
      );
    });
}

/** Where bounded search differs from the truth: with a bound from the orders within it, without from all. */
export function boundedDiffers(text: string, known: Enumeration): string | null {
  const problems: string[] = [];
  for (const reduction of [true, false]) {
    for (const exact of [true, false]) {
      const all = bounded.explore(explorationOf(text, { reduction, exact }));
      if (!all.complete) problems.push("incomplete");
      const [mine, theirs] = [JSON.stringify(summary(all)), JSON.stringify(summary(known))];
      if (mine !== theirs) problems.push(`reduction ${reduction} exact ${exact}: ${mine}\n${theirs}`);
    }
    for (const preemptions of [0, 1]) {
      const some = summary(bounded.explore(explorationOf(text, { reduction, preemptions }))).outcomes;
      const expected = outcomesWithin(text, preemptions);
      if (JSON.stringify(some) !== JSON.stringify(expected))
        problems.push(`bound ${preemptions}: ${some}\n${expected}`);
    }
  }
  return problems.length === 0 ? null : problems.join("; ");
}

/** The ends of all orders with at most so many pre-emptions, by trying them all. */
export function outcomesWithin(text: string, most: number): string[] {
  const { program } = explorationOf(text);
  const machine = new Machine(program);
  const outcomes = new Outcomes();
  const visit = (last: number, preemptions: number): void => {
    const enabled = enabledTasks(machine);
    if (enabled.length === 0) outcomes.take(machine, isDeadlocked(machine), () => []);
    const goesOn = last >= 0 && machine.enabled(last);
    for (const task of enabled) {
      const cost = preemptions + (isPreemption(last, task, goesOn) ? 1 : 0);
      if (cost > most) continue;
      for (let choice = 0, alternatives = 1; choice < alternatives; choice++) {
        const mark = machine.trailSize;
        machine.step(task, choice);
        alternatives = machine.alternatives;
        visit(task, cost);
        machine.undo(mark);
      }
    }
  };
  visit(-1, 0);
  return outcomes.sorted().map((each) => `${each.key}${each.deadlock ? " deadlock" : ""}`);
}

/** What a sampler claims that is not so; null if nothing. */
export function samplerLies(
  sampler: StrategySpecification,
  text: string,
  known: Enumeration,
  runs = 30,
): string | null {
  const exploration = explorationOf(text);
  const result = sampler.explore({ ...exploration, limits: { ...exploration.limits, runs } });
  const [mine, theirs] = [summary(result), summary(known)];
  const extra = [
    ...mine.findings.filter((each) => !theirs.findings.includes(each)),
    ...mine.outcomes.filter((each) => !theirs.outcomes.includes(each)),
  ];
  for (const { path } of [...result.found, ...result.outcomes]) playPath(new Machine(exploration.program), path);
  if (result.counters.executions !== runs) extra.push(`${result.counters.executions} orders in ${runs} runs`);
  return extra.length === 0 ? null : `${sampler.name}: ${extra.join("; ")}`;
}
