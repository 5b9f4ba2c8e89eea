/** What counts as one step (docs/language.md): states of small programs, counted by hand. */
import { describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { askOurselves } from "../export/testing/spin.ts";

type Parts = Record<string, unknown>;

/** States of the plain graph. */
function states(processes: Parts, more: Parts = {}): number {
  const shared = { x: 0, y: 1, z: 2, cells: [5, 6] };
  return askOurselves(stringify({ name: "steps", shared, processes, ...more }))!.states;
}

const one = (...statements: unknown[]): Parts => ({ p: { vars: { own: 0 }, do: statements } });

describe("one process has one state more than steps", () => {
  test.each<[string, number, unknown[]]>([
    ["two reads and a write", 4, ["x = y + z"]],
    ["a read and a write", 3, ["x += 1"]],
    ["a write of a constant", 2, ["x = 7"]],
    ["a read into a variable of one's own", 2, ["own = y"]],
    ["work of one's own rides along", 2, ["own = y", "own = own * 2", { if: "own > 1", then: ["own = 0"] }]],
    ["`and` stops at the first that is false", 2, [{ if: "x > 0 and y > 0", then: ["pass"] }]],
    ["`and` goes on after one that is true", 3, [{ if: "y > 0 and x > 0", then: ["pass"] }]],
    ["`or` stops at the first that is true", 2, [{ if: "y > 0 or x > 0", then: ["pass"] }]],
    ["a chain of comparisons stops at the first that is false", 2, [{ if: "5 < x < y", then: ["pass"] }]],
    ["only one side of `x if c else y` is read", 3, ["own = z if y > 0 else x"]],
    ["an index is read before what it points to", 3, ["own = cells[y]"]],
    ["an element is written in one step, after its index was read", 3, ["cells[y] = 3"]],
    ["an exchange reads twice and writes twice", 5, ["x, y = y, x"]],
    ["a wait for two variables is one step", 2, [{ when: "x == 0 and y == 1" }]],
    ["a print reads what it names", 3, [{ print: "{x} {y}" }]],
    ["an assertion reads what it names", 2, [{ assert: "x == 0" }]],
    ["an atomic block is one step", 2, [{ atomic: ["x = y + z", "y += 1", "z = x"] }]],
    ["three rounds of a read and a write", 7, [{ repeat: 3, do: ["x += 1"] }]],
    ["a loop reads its condition each time", 8, [{ while: "x < 2", do: ["x += 1"] }]],
    ["a loop over numbers is private", 4, [{ for: { k: "0..2" }, do: ["x = k"] }]],
    ["a delay is a step, and so is what comes after it", 3, [{ sleep: 1 }, "x = 1"]],
    ["a process is not over while it sleeps", 3, [{ sleep: 1 }]],
    ["an exception that is caught goes on in the handler", 3, [{ try: [{ raise: "A" }], catch: { A: ["x = 1"] } }]],
    ["two choices in one step have four ends", 5, [{ atomic: [{ choose: { k: [0, 1] } }, { choose: { m: [0, 1] } }] }]],
    ["three alternatives are three states, each with its own end", 7, [{ choose: { k: [1, 2, 3] } }, "x = k"]],
  ])("%s: %i", (_, count, statements) => {
    expect(states(one(...statements))).toBe(count);
  });
});

describe("several processes", () => {
  test("two who write the same are in four states, two who write their number in five", () => {
    expect(states({ p: { count: 2, do: ["x = 1"] } })).toBe(4);
    expect(states({ p: { count: 2, do: ["x = i"] } })).toBe(5);
  });

  test("two critical sections: four states outside, and twelve with one inside", () => {
    const resources = { gate: "lock" };
    const body = [{ acquire: "gate" }, "x += 1", { release: "gate" }];
    expect(states({ p: { count: 2, do: body } }, { resources })).toBe(16);
  });

  test("of three at two permits not all are inside", () => {
    const resources = { seats: { type: "semaphore", permits: 2 } };
    expect(states({ p: { count: 3, do: [{ acquire: "seats" }, { release: "seats" }] } }, { resources })).toBe(26);
  });

  test("what was in a list leaves no trace in it", () => {
    const shared = { items: "list(max: 2)" };
    const visit = (item: number) => ({
      vars: { own: 0 },
      do: [{ atomic: [`items.append(${item})`, "own = items.pop()"] }],
    });
    expect(states({ p: visit(1), q: visit(2) }, { shared })).toBe(4);
  });

  test("a child that is started and joined", () => {
    const main = { do: [{ start: "child" }, { join: "child" }] };
    expect(states({ main, child: { start: "manual", do: ["x = 1"] } })).toBe(4);
  });

  test("a child that is told to terminate dies in a step of its own, before or after its work", () => {
    const main = { do: [{ start: "child" }, { terminate: "child" }] };
    expect(states({ main, child: { start: "manual", do: ["x = 1"] } })).toBe(6);
  });
});

describe("the end of a process", () => {
  const body = { do: ["x = 7"] };

  test("belongs to its last step, as a rule", () => {
    expect(states({ p: body })).toBe(2);
  });

  test("is a step of its own where a daemon dies with it", () => {
    expect(states({ p: body, d: { daemon: true, do: [{ when: "z > 9" }] } })).toBe(3);
  });

  test("is a step of its own where somebody asks whether it is alive", () => {
    expect(states({ p: body }, { check: { always: { born: "alive(p) or x > 0" } } })).toBe(3);
  });
});
