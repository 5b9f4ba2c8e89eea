import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { load, scenarioText } from "../laws/programs.ts";
import { EXIT_CODE } from "../machine/finding.ts";
import { headline } from "../report/finding-lines.ts";
import { OptionError } from "../run/run.ts";
import type { Scenario } from "../scenario/ast.ts";
import { check } from "./check.ts";
import { STRATEGIES } from "./registry.ts";
import { replay } from "./replay.ts";
import type { CheckResult } from "./result.ts";
import { lostUpdate, philosophers, scenario, ticket } from "./testing/programs.ts";

const kinds = (result: CheckResult): string[] => result.findings.map((finding) => finding.kind);
const found = (of: Scenario): string[] => kinds(check(of));

describe("what check finds", () => {
  test("the oversold ticket, with one pre-emption, and the race that it comes from", () => {
    const result = check(ticket(3));
    expect(result.verdict).toBe("violated");
    expect(result.guarantee).toBe("exhaustive");
    expect(kinds(result)).toEqual(["invariant", "data_race"]);
    const [oversold] = result.findings;
    expect(oversold).toMatchObject({ name: "never-oversold", preemptions: 1, processes: ["person[0]", "person[1]"] });
    expect(oversold!.message).toContain("read tickets = 1 before person[1] wrote tickets = 0");
  });

  test("nothing in the locked twin", () => {
    expect(check(ticket(3, { locked: true }))).toMatchObject({
      verdict: "holds",
      guarantee: "exhaustive",
      findings: [],
    });
  });

  test("how many orders there are, though the time is up when the search ends: a busy machine gives the same answer", () => {
    const { counts } = check(lostUpdate(2), { timeLimit: 0 });
    expect(counts).toEqual(check(lostUpdate(2)).counts);
    expect(counts?.orders).toBe("6");
  });

  test("the lost update, as a property of the end, with all outcomes in order", () => {
    const result = check(lostUpdate(3));
    expect(kinds(result)).toEqual(["final", "data_race"]);
    expect(result.outcomes.map(({ shared }) => ({ ...shared }))).toEqual([{ x: 1 }, { x: 2 }, { x: 3 }]);
    expect(result.explored.complete).toBe(true);
  });

  test("the philosophers' deadlock with its whole cycle, and none where one takes the forks the other way round", () => {
    const [deadlock] = check(philosophers(3)).findings;
    expect(deadlock).toMatchObject({ kind: "deadlock", steps: 3, preemptions: 1 });
    expect(deadlock!.cycle).toEqual([
      { process: "P0", holds: ["forks[0]"], waits_for: "forks[1]" },
      { process: "P1", holds: ["forks[1]"], waits_for: "forks[2]" },
      { process: "P2", holds: ["forks[2]"], waits_for: "forks[0]" },
    ]);
    expect(check(philosophers(3, true)).verdict).toBe("holds");
  });

  describe("who is stuck while another runs on for ever", () => {
    const stuck = (processes: Record<string, unknown[]>): readonly string[] => {
      const clock = { do: [{ loop: ["x = 1 - x"] }] };
      const parts = {
        shared: { x: 0 },
        resources: { a: "lock", b: "lock", c: "lock" },
        processes: {
          ...Object.fromEntries(Object.entries(processes).map(([name, steps]) => [name, { do: steps }])),
          clock,
        },
        check: { allow: ["livelock", "starvation", "misuse"] },
      };
      return check(scenario(parts)).findings.find((finding) => finding.kind === "deadlock")?.processes ?? [];
    };
    const acquire = (lock: string) => ({ acquire: lock });
    const release = (lock: string) => ({ release: lock });

    test("one that comes for a lock whose holder has ended", () => {
      expect(stuck({ taker: [acquire("a")], late: [{ join: "taker" }, acquire("a")] })).toEqual(["late"]);
    });

    test("one that joins two of whom one waits for it", () => {
      const first = [acquire("a"), { join: ["second", "clock"] }];
      expect(stuck({ first, second: [{ when: "x == 1" }, acquire("a"), release("a")] })).toEqual(["first", "second"]);
    });

    test("nobody who waits for one who waits for one who goes on", () => {
      expect(
        stuck({
          first: [acquire("a"), acquire("b"), release("b"), release("a")],
          second: [acquire("b"), acquire("c"), release("c"), release("b")],
          third: [acquire("c"), release("c")],
        }),
      ).toEqual([]);
    });

    test("a crowd of readers who all wait for each other before they write", () => {
      const parts = {
        shared: { x: 0 },
        resources: { page: "rwlock" },
        processes: {
          reader: { count: 12, do: [{ acquire_read: "page" }, { acquire_write: "page" }] },
          clock: { do: [{ loop: ["x = 1 - x"] }] },
        },
        check: { allow: ["livelock", "starvation"] },
      };
      const [deadlock] = check(scenario(parts)).findings;
      expect(deadlock).toMatchObject({ kind: "deadlock", processes: ["reader[0]"] });
    });

    test("three in a circle", () => {
      const both = (one: string, other: string) => [acquire(one), acquire(other), release(other), release(one)];
      const circle = { first: both("a", "b"), second: both("b", "c"), third: both("c", "a") };
      expect(stuck(circle)).toEqual(["first", "second", "third"]);
    });
  });

  test("a deadlock of two while a third runs on for ever", () => {
    const result = check(
      scenario({
        resources: { a: "lock", b: "lock" },
        shared: { x: 0 },
        processes: {
          one: { do: [{ acquire: "a" }, { acquire: "b" }, { release: "b" }, { release: "a" }] },
          two: { do: [{ acquire: "b" }, { acquire: "a" }, { release: "a" }, { release: "b" }] },
          busy: { do: [{ loop: ["x = 1 - x"] }] },
        },
      }),
    );
    const deadlock = result.findings.find((finding) => finding.kind === "deadlock");
    expect(deadlock?.processes).toEqual(["one", "two"]);
    expect(deadlock?.steps).toBe(2);
  });

  test("a lock whose owner has ended holds the others up for ever", () => {
    const parts = {
      resources: { gate: "lock" },
      processes: { one: { do: [{ acquire: "gate" }] }, two: { do: [{ acquire: "gate" }] } },
    };
    expect(found(scenario(parts))).toEqual(["deadlock"]);
  });

  test("a sampled answer says how likely it is that a bug was missed, and --max-states ends every strategy", () => {
    const many = scenario({
      shared: { x: 0 },
      processes: { p: { count: 6, do: [{ repeat: 6, do: ["x += 1"] }] } },
      check: { allow: ["data_race"] },
    });
    const result = check(many, { maxStates: 2000 });
    expect(result.guarantee).toBe("sampled");
    expect(result.confidence).toMatchObject({ depth: 3, words: expect.stringMatching(/^each run of pct, of which/) });
    for (const { states, stopped } of result.explored.attempts) {
      expect(stopped).toBe("states");
      expect(states).toBeLessThanOrEqual(2001);
    }
  });

  test("exceptions in what is printed, and in times and timeouts", () => {
    const of = (body: unknown[], more: Record<string, unknown> = {}): string[] =>
      found(
        scenario({
          atomics: { x: 0 },
          resources: { e: "event" },
          processes: { p: { vars: { n: 0 }, do: body } },
          ...more,
        }),
      );
    expect(of([{ print: "{10 // x}" }])).toEqual(["exception"]);
    expect(of([{ sleep: "x - 5" }])).toEqual(["exception"]);
    expect(of([{ cpu: "1 // n" }])).toEqual(["exception"]);
    // known before anything runs
    expect(of([], { processes: { p: { count: 2, do: [{ sleep: "i - 13" }] } } })).toEqual(["exception"]);
    expect(of([{ io: "uniform(1, n - 1)" }])).toEqual(["exception"]);
    expect(of([{ wait: "e", timeout: "n - 1", into: "n" }])).toEqual(["exception"]);
    expect(of([{ print: "{10 // 5} {x}" }, { sleep: "x + 5" }, { wait: "e", timeout: "n + 1", into: "n" }])).toEqual(
      [],
    );
    // who is told apart by that alone is no twin of the other
    const two = { p: { count: 2, do: [{ print: "{1 // i}" }] } };
    expect(of([], { processes: two })).toEqual(["exception"]);
    // a value that is only printed matters where that may raise
    expect(of(["n = 1", { print: "{1 // n}" }])).toEqual([]);
  });

  test("one and the same data races by every strategy: what is printed is read, and a pop of nothing takes nothing away", () => {
    const strategies = ["auto", "bfs", "dfs", "dpor", "bounded"] as const;
    const races = (shared: Record<string, unknown>, one: unknown[], other: unknown[]): string[] =>
      strategies.map((strategy) =>
        check(scenario({ shared, processes: { p: { do: one }, q: { do: other } } }), { strategy })
          .findings.map((each) => each.kind)
          .join(),
      );
    const all = (kinds: string): string[] => strategies.map(() => kinds);
    expect(races({ x: 0, z: 0 }, [{ print: "x is {x}" }], ["z = 1", "x = 2"])).toEqual(all("data_race"));
    const pop = [{ try: ["l.pop()"], catch: { any: ["pass"] } }];
    expect(races({ l: "list(max: 2)" }, pop, pop)).toEqual(all(""));
    expect(races({ l: [1] }, pop, pop)).toEqual(all("data_race"));
    expect(races({ a: [1, 2], x: 0 }, ["x = len(a)"], ["a[0] = 5"])).toEqual(all(""));
  });

  test("an exception is told where it was raised, also if it passes with, finally or a catch on its way out", () => {
    const bad = { release: "room" };
    const ways = [
      [{ with: "gate", do: [bad] }],
      [{ try: [bad], finally: ["x = 1"] }],
      [{ try: [bad], catch: { any: ["x = 1", { raise: null }] } }],
    ];
    for (const body of ways) {
      const text = scenario({
        shared: { x: 0 },
        resources: { gate: "lock", room: "lock" },
        processes: { p: { do: body } },
      });
      const [finding] = check(text).findings;
      expect(finding!.message).toBe(`p releases a lock that it does not own, in '"release": "room"'`);
    }
    const late = {
      processes: { p: { vars: { a: "array(2, 0)", x: 5 }, do: [] as unknown[] } },
      resources: { g: "lock" },
    };
    late.processes.p.do = [{ with: "g", do: ["x = a[x]"] }];
    expect(check(scenario(late)).findings[0]).toMatchObject({
      message: "p ended by IndexError: index 5 is outside 0 … 1",
      source: expect.stringMatching(/x = a\[x\]|^ *\{$/),
    });
  });

  test("a lost wake-up: the signal came before the wait", () => {
    const processes = {
      waiter: { do: [{ acquire: "c" }, { wait: "c" }, { release: "c" }] },
      setter: { do: [{ acquire: "c" }, { notify: "c" }, { release: "c" }] },
    };
    const result = check(scenario({ resources: { c: "condition" }, processes }));
    expect(kinds(result)).toEqual(["deadlock", "lost_wakeup"]);
    expect(result.findings[1]).toMatchObject({ name: "c", processes: ["setter", "waiter"] });
    const again = replay(scenario({ resources: { c: "condition" }, processes }), result.findings[1]!.schedule!);
    expect(again.findings.map(({ kind, message }) => [kind, message])).toContainEqual([
      "lost_wakeup",
      result.findings[1]!.message,
    ]);
    // nobody ever signals: a deadlock, but nothing was lost
    expect(found(scenario({ resources: { c: "condition" }, processes: { waiter: processes.waiter } }))).toEqual([
      "deadlock",
    ]);
  });

  test("who looked after the signal has lost nothing, unless what it announced came later still", () => {
    const waiting = [{ with: "c", do: [{ while: "n == 0", do: [{ wait: "c" }] }, "n -= 1"] }];
    const one = { do: [{ with: "c", do: ["n += 1", { notify: "c" }] }] };
    // one thing for two: the second finds nothing, and knows it
    const parts = { shared: { n: 0 }, resources: { c: "condition" } };
    expect(found(scenario({ ...parts, processes: { one, both: { count: 2, do: waiting } } }))).toEqual(["deadlock"]);
    const early = {
      do: [
        { with: "c", do: [{ notify: "c" }] },
        { with: "c", do: ["n += 1"] },
      ],
    };
    const result = check(scenario({ ...parts, processes: { early, waiter: { do: waiting } } }));
    expect(kinds(result)).toEqual(["deadlock", "lost_wakeup"]);
    expect(result.findings[1]!.message).toMatch(
      /^early notified c \(line \d+\) before it wrote n = 1 \(line \d+\); waiter found n = 0 in between and now waits for ever$/,
    );
    // it looked before the signal, outside the lock
    const setter = { do: ["n += 1", { with: "c", do: [{ notify: "c" }] }] };
    const hasty = { do: [{ if: "n == 0", then: [{ with: "c", do: [{ wait: "c" }] }] }] };
    expect(found(scenario({ ...parts, processes: { setter, hasty } }))).toContain("lost_wakeup");
  });

  test("an event set and cleared before anybody waits is lost as well", () => {
    const processes = { waiter: { do: [{ wait: "e" }] }, pulse: { do: [{ set: "e" }, { clear: "e" }] } };
    expect(found(scenario({ resources: { e: "event" }, processes }))).toEqual(["deadlock", "lost_wakeup"]);
    const lost = (waiter: unknown[], setter: unknown[]): (string | undefined)[] =>
      check(scenario({ resources: { e: "event" }, processes: { w: { do: waiter }, s: { do: setter } } }))
        .findings.filter(({ kind }) => kind === "lost_wakeup")
        .map(({ message }) => message.replace(/ \(line \d+\)/g, ""));
    const [set, clear, wait] = [{ set: "e" }, { clear: "e" }, { wait: "e" }];
    expect(lost([wait], [set, clear])).toEqual([
      "s set e and cleared it again before w waited for it; w now waits for ever",
    ]);
    expect(lost([clear, wait], [set])).toEqual([
      "s set e and w itself cleared it again before it waited for it; w now waits for ever",
    ]);
    // it was heard
    expect(lost([wait, clear, wait], [set])).toEqual([]);
    expect(lost([wait, clear, wait], [set, set])).toEqual([
      "s set e while it was set already, so w heard 1 of 2 signals; w now waits for ever",
    ]);
  });

  test("a notification of all that nobody hears is lost like one of one", () => {
    const processes = {
      w: { do: [{ if: "not ready", then: [{ with: "c", do: [{ wait: "c" }] }] }] },
      s: { do: ["ready = true", { with: "c", do: [{ notify_all: "c" }] }] },
    };
    const parts = { atomics: { ready: false }, resources: { c: "condition" }, processes };
    expect(found(scenario(parts))).toEqual(["deadlock", "lost_wakeup"]);
  });

  test("a timeout that raises does so before a wait gives its lock back", () => {
    const body = [{ with: "c", do: [{ try: [{ wait: "c", timeout: "n - 2" }], catch: { ValueError: ["n = 5"] } }] }];
    const of = (body: unknown[]): string[] =>
      found(scenario({ resources: { c: "condition" }, processes: { p: { vars: { n: 0 }, do: body } } }));
    expect(of(body)).toEqual([]);
    expect(of([{ with: "c", do: [{ wait: "c", timeout: "n - 2" }] }])).toEqual(["exception"]);
  });

  test("failed assertions, uncaught exceptions and misuse", () => {
    expect(
      found(scenario({ atomics: { x: 0 }, processes: { p: { do: ["x = 1"] }, q: { do: [{ assert: "x == 0" }] } } })),
    ).toEqual(["assertion"]);
    expect(
      found(
        scenario({
          processes: { p: { do: [{ choose: { k: [0, 1] } }, { if: "k == 1", then: [{ raise: "Oops" }] }] } },
        }),
      ),
    ).toEqual(["exception"]);
    expect(found(scenario({ resources: { a: "lock" }, processes: { p: { do: [{ release: "a" }] } } }))).toEqual([
      "misuse",
    ]);
  });

  test("an invariant that is false only before anybody has taken a step", () => {
    const result = check(
      scenario({
        shared: { x: 5 },
        processes: { p: { do: ["x = 0"] } },
        check: { always: { low: "x < 5" } },
      }),
    );
    expect(result.findings).toMatchObject([{ kind: "invariant", name: "low", steps: 0 }]);
  });

  test("what should be reachable and is not, once every state was seen", () => {
    const parts = { atomics: { x: 0 }, processes: { p: { do: ["x = 1", "x = 2"] } } };
    expect(check(scenario({ ...parts, check: { reachable: { one: "x == 1" } } })).verdict).toBe("holds");
    const result = check(scenario({ ...parts, check: { reachable: { three: "x == 3" } } }));
    expect(result.findings).toMatchObject([{ kind: "unreachable", name: "three" }]);
    expect(result.findings[0]).toMatchObject({ schedule: "", steps: 0, preemptions: 0, trace: [] });
  });

  test("livelock, starvation and an eventually that never comes, each with its lasso", () => {
    const polite = scenario({
      atomics: { want: [0, 0] },
      processes: {
        p: {
          count: 2,
          do: ["want[i] = 1", { while: "want[1 - i] == 1", do: ["want[i] = 0", "want[i] = 1"] }, "want[i] = 0"],
        },
      },
    });
    expect(check(polite).findings).toMatchObject([{ kind: "livelock", loop_from: expect.any(Number) }]);
    const unfair = (fair: boolean): Scenario =>
      scenario({
        resources: { gate: { type: "lock", fair } },
        processes: {
          a: { do: [{ loop: [{ acquire: "gate" }, { release: "gate" }] }] },
          b: { do: [{ acquire: "gate" }, { release: "gate" }] },
        },
      });
    expect(check(unfair(false)).findings).toMatchObject([{ kind: "starvation", name: "b", loop_from: 0 }]);
    expect(check(unfair(true)).verdict).toBe("holds");
    expect(check(unfair(false), { fairness: "strong" }).verdict).toBe("holds");
    const never = {
      atomics: { x: 0, done: false },
      processes: { a: { do: [{ loop: ["x = 1 - x"] }] }, b: { do: [{ when: "x == 1" }, "done = true"] } },
    };
    const result = check(scenario({ ...never, check: { eventually: { finished: "done" }, allow: ["starvation"] } }));
    expect(result.findings).toMatchObject([{ kind: "eventually", name: "finished" }]);
  });

  test("under strong fairness a lasso takes everybody along who moves in it, and ends", () => {
    const locked = scenario({
      name: "locked",
      shared: { x: 0, n: 0 },
      resources: { l: "lock" },
      processes: {
        p: { count: 2, do: [{ loop: [{ with: "l", do: ["pass"] }] }] },
        v: { do: [{ while: "n == 0", do: ["pass"] }] },
      },
      check: { eventually: { never: "x == 1" } },
    });
    const { findings } = check(locked, { fairness: "strong" });
    const never = findings.find(({ kind }) => kind === "eventually")!;
    expect(new Set(never.trace!.slice(never.loop_from).map(({ process }) => process))).toEqual(
      new Set(["p[0]", "p[1]", "v"]),
    );
  });

  test("who goes round for ever without concerning anybody is followed once round, not a thousand times", () => {
    const lonely = scenario({
      shared: { x: 0, n: 0 },
      processes: { spins: { do: [{ while: "n == 0", do: ["pass"] }] }, other: { do: ["x = 1", "x = 2"] } },
    });
    const { explored, verdict } = check(lonely);
    expect(verdict).toBe("violated");
    expect(explored.transitions).toBeLessThan(100);
  });

  test("an eventually that an order which ends does not meet, without a loop", () => {
    const parts = {
      atomics: { x: 0 },
      processes: { p: { do: [{ choose: { k: [1, 2] } }, "x = k"] } },
      check: { eventually: { two: "x == 2" } },
    };
    const [finding] = check(scenario(parts)).findings;
    expect(finding).toMatchObject({ kind: "eventually", name: "two" });
    expect(finding!.loop_from).toBeUndefined();
  });

  test("nothing that check: allow names", () => {
    const of = ticket(2);
    const allowing = { ...of, check: { ...of.check, allow: ["invariant", "data_race"] as const } };
    expect(check(allowing).verdict).toBe("holds");
  });

  test("no race on atomics, inside atomic, behind a lock, or on what a when waits for", () => {
    const two = (body: unknown[], more: Record<string, unknown> = {}): Scenario =>
      scenario({ shared: { x: 0 }, processes: { p: { count: 2, do: body } }, ...more });
    expect(found(two(["x += 1"]))).toEqual(["data_race"]);
    expect(found(two(["x += 1"], { shared: {}, atomics: { x: 0 } }))).toEqual([]);
    expect(found(two([{ atomic: ["x += 1"] }]))).toEqual([]);
    expect(found(two([{ with: "a", do: ["x += 1"] }], { resources: { a: "lock" } }))).toEqual([]);
    const signalled = {
      shared: { ready: false, data: 0 },
      processes: { w: { do: ["data = 1", "ready = true"] }, r: { do: [{ when: "ready" }, { print: "{data}" }] } },
    };
    expect(found(scenario(signalled))).toEqual([]);
  });

  test("start and join order accesses", () => {
    const of = (body: unknown[]): Scenario =>
      scenario({ shared: { x: 0 }, processes: { main: { do: body }, child: { start: "manual", do: ["x += 1"] } } });
    expect(found(of(["x = 1", { start: "child" }, { join: "child" }, "x = 2"]))).toEqual([]);
    expect(found(of([{ start: "child" }, "x = 2", { join: "child" }]))).toEqual(["data_race"]);
  });
});

describe("the answer", () => {
  const everything = [ticket(3), lostUpdate(3), philosophers(3), ticket(3, { locked: true })];

  test("is the same, byte for byte, each time", () => {
    const bytes = (of: Scenario): string => JSON.stringify({ ...check(of), explored: null });
    for (const of of everything) expect(bytes(of)).toBe(bytes(of));
  });

  test("is the same with and without reductions, and of every exhaustive strategy that finishes", () => {
    for (const of of everything) {
      const { verdict, outcomes, findings } = check(of);
      for (const options of [
        { reduction: false },
        ...STRATEGIES.filter(({ guarantee }) => guarantee === "exhaustive").map(({ name }) => ({ strategy: name })),
      ]) {
        const other = check(of, options);
        expect(other.verdict).toBe(verdict);
        expect(other.outcomes.map(({ shared }) => shared)).toEqual(outcomes.map(({ shared }) => shared));
        expect(kinds(other)).toEqual(findings.map((finding) => finding.kind));
        expect(other.findings.map(({ preemptions, steps }) => [preemptions, steps])).toEqual(
          findings.map(({ preemptions, steps }) => [preemptions, steps]),
        );
      }
    }
  });

  test("at a limit of states is inconclusive, and says what ended it", () => {
    const result = check(ticket(4, { locked: true }), { strategy: "bfs", maxStates: 3, reduction: false });
    expect(result).toMatchObject({
      verdict: "inconclusive",
      guarantee: "sampled",
      explored: { complete: false, stopped: "states" },
    });
  });

  test("of a program with indices has all there is to find, not only what the first looks come upon", () => {
    const worker = { count: 4, vars: { own: 0 }, do: [{ repeat: 3, do: ["cells[own % 3] += 1", "own += 1"] }] };
    const result = check(
      scenario({
        shared: { cells: [0, 0, 0] },
        processes: { worker, hasty: { do: [{ raise: "Oops" }] } },
        check: { finally: { all: "cells[0] + cells[1] + cells[2] == 12" }, allow: ["data_race"] },
      }),
    );
    expect(result.explored.attempts.map((each) => each.strategy)).toEqual(["bfs", "dpor", "bfs"]);
    expect(result.guarantee).toBe("exhaustive");
    expect(kinds(result)).toEqual(["final", "exception"]);
  });

  test("of a scenario whose unbounded queue grows for ever covers short orders, and says so", () => {
    const processes = {
      a: { do: [{ loop: [{ put: "q", value: 1 }] }] },
      b: { do: [{ get: "q", into: "v" }, { assert: "v == 2" }] },
    };
    const result = check(scenario({ resources: { q: "queue" }, processes }), { timeLimit: 20 });
    expect(result.findings).toMatchObject([{ kind: "assertion", steps: 2 }]);
    expect(result.notes.join()).toContain("grows beyond 256 items");
  });

  test("stops when its signal is aborted", () => {
    const result = check(ticket(7, { tickets: 3 }), { reduction: false, signal: { aborted: true } });
    expect(result.explored.stopped).toBe("interrupted");
  });

  test("a strategy that does not exist is an error of the user's", () => {
    expect(() => check(ticket(2), { strategy: "dsf" })).toThrow(OptionError);
  });

  test("says nothing else about an order than replaying it does: every finding and outcome of generated programs replays", () => {
    let seen = 0;
    fc.assert(
      fc.property(scenarioText({ processes: 2, statements: 2 }), (text) => {
        const of = load(text);
        const result = check(of, { maxStates: 20_000, timeLimit: 20 });
        for (const finding of result.findings) {
          expect(EXIT_CODE[finding.kind]).toBeGreaterThan(10);
          if (!finding.schedule) continue;
          const again = replay(of, finding.schedule);
          expect(again.misfit).toBeNull();
          expect(again.steps.length).toBe(finding.steps);
          if (finding.loop_from === undefined) {
            expect(again.findings.map(({ kind, name }) => `${kind} ${name}`)).toContain(
              `${finding.kind} ${finding.name}`,
            );
          }
          seen += 1;
        }
        for (const outcome of result.outcomes) expect(replay(of, outcome.schedule).shared).toEqual(outcome.shared);
      }),
      { numRuns: 120 },
    );
    expect(seen).toBeGreaterThan(30);
  });
});

describe("races of coroutines", () => {
  const racy = (flag: string): Scenario =>
    scenario({
      shared: { x: 0 },
      atomics: { done: 0 },
      processes: {
        P: { coroutines: { c: { do: ["x = 2"] } }, do: [{ while: `done == ${flag}`, do: ["pass"] }] },
        Q: { do: ["x = 1", "done = 1"] },
      },
      check: { allow: ["livelock", "starvation"] },
    });

  test.each(["bfs", "dfs", "bounded"])("%s: one that has yet to get its thread is at no access", (strategy) => {
    // c cannot begin before its thread is free, and that is after Q has written
    expect(kinds(check(racy("0"), { strategy, depth: 60 }))).toEqual([]);
    expect(kinds(check(racy("1"), { strategy, depth: 60 }))).toEqual(["data_race"]);
  });

  test("those of one thread never race with each other, those of two do", () => {
    const c = { count: 2, do: ["x = 1"] };
    const together = { P: { coroutines: { c } } };
    expect(found(scenario({ shared: { x: 0 }, processes: together }))).toEqual([]);
    const apart = { P: { count: 2, coroutines: { c } } };
    expect(found(scenario({ shared: { x: 0 }, processes: apart }))).toEqual(["data_race"]);
  });

  test("a thread that another task lets go of brings a coroutine to its access, and the order shown can be played", () => {
    const of = scenario({
      shared: { x: 0 },
      processes: {
        P: { vars: { own: 0 }, coroutines: { c: { do: ["x += 1"] } }, do: ["own = own + 1"] },
        Q: { do: ["x += 1"] },
      },
    });
    const { findings } = check(of);
    expect(findings.map((finding) => finding.kind)).toEqual(["data_race"]);
    expect(replay(of, findings[0]!.schedule!).misfit).toBeNull();
  });
});

describe("several findings of one kind and name", () => {
  const two = scenario({
    atomics: { x: 0, y: 0 },
    processes: { P: { do: [{ assert: "x == 0" }] }, Q: { do: ["y = 5", "x = 1", { assert: "y < 5" }] } },
  });
  const messages = (result: CheckResult): string[] => result.findings.map(({ message }) => message);

  test("are all shown with --all, each with its own shortest path", () => {
    const result = check(two, { all: true });
    expect(messages(result).sort()).toEqual([expect.stringContaining("of P"), expect.stringContaining("of Q")]);
    expect(result.findings.map(({ more }) => more)).toEqual([undefined, undefined]);
    for (const { schedule, line } of result.findings)
      expect(replay(two, schedule!).findings.some((each) => each.line === line)).toBe(true);
  });

  test("also two misuses, and with every strategy", () => {
    const misused = scenario({
      atomics: { x: 0 },
      resources: { seats: { type: "semaphore", permits: 1, bounded: true }, gate: "lock" },
      processes: {
        giver: { do: [{ release: "seats" }] },
        thief: { do: [{ when: "x == 1" }, { release: "gate" }] },
        owner: { do: [{ acquire: "seats" }, "x = 1"] },
      },
    });
    for (const strategy of ["bfs", "dfs", "dpor", "random"])
      expect(
        messages(check(misused, { all: true, strategy, maxRuns: 200 })).filter((each) => each.includes("releases")),
      ).toHaveLength(2);
  });

  test("are counted without it", () => {
    const [first, ...others] = check(two).findings;
    expect(first!.more).toBe(1);
    expect(others).toEqual([]);
    const { findings } = check(two, { under: "scheduler" });
    expect(findings.map(({ more }) => more)).toEqual([1]);
  });

  test("what the processes of an array do alike is one", () => {
    const many = scenario({ atomics: { x: 0 }, processes: { p: { count: 3, do: ["x += 1", { assert: "x < 1" }] } } });
    expect(check(many, { all: true, reduction: false }).findings).toHaveLength(1);
  });
});

describe("words for what was found", () => {
  test("an assertion with a message also says who claimed what", () => {
    const of = (text: string): string =>
      check(load(`shared: { x: 0 }\nprocesses:\n  p:\n    do:\n      - x = 1\n${text}`)).findings[0]!.message;
    const said = "p claims x == 0, which is false: x is 1";
    expect(of('      - assert: { that: x == 0, message: "x is {x}" }\n')).toBe(said);
    expect(of('      - assert:\n          that: x == 0\n          message: "x is {x}"\n')).toBe(said);
    expect(of("      - assert: x == 0\n")).toBe("p claims x == 0, which is false, with x = 1");
  });

  test("a race is not said to be mended by atomics where a statement has two steps", () => {
    expect(check(lostUpdate(2)).findings.find(({ kind }) => kind === "data_race")?.hint).toBe(
      "no lock is held at both accesses: guard both with the same lock, or, where single reads and writes are enough, declare the variable under 'atomics' (`x += 1` stays two steps)",
    );
  });

  test("one who goes round alone is not called all", () => {
    const one = check(scenario({ atomics: { x: 0 }, processes: { p: { do: [{ while: "x == 0", do: ["yield"] }] } } }));
    expect(headline(one.findings[0]!)).toBe("livelock: p keeps busy and never gets on");
  });
});

describe("a process that is told to terminate", () => {
  test.each(["threads", "coroutines"])("takes its %s along at any time, also where it only waits for them", (own) => {
    const told = scenario({
      shared: { y: 1 },
      atomics: { a: 0 },
      processes: { P0: { [own]: { c: { do: ["a = y", "a += 1"] } } }, P1: { do: [{ terminate: "P0" }] } },
    });
    for (const strategy of ["bfs", "dfs", "dpor", "enumerate"])
      for (const reduction of [true, false]) {
        const ends = check(told, { strategy, reduction, all: true }).outcomes.map(({ shared }) => shared.a);
        expect([strategy, reduction, [...new Set(ends)].sort()]).toEqual([strategy, reduction, [0, 1, 2]]);
      }
  });
});
