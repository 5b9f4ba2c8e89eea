import { describe, expect, test } from "vitest";
import { load } from "../laws/programs.ts";
import { Holding } from "./holding.ts";
import { lower } from "./lower.ts";

const of = (resources: string, bodies: readonly string[], kinds = "") => {
  const processes = bodies.map((body, k) => `  P${k}: { vars: { ok: false }, do: [ ${body} ] }`);
  const text = `name: holding\nshared: { x: 0, y: 0, k: 0 }\n${kinds}resources: ${resources}\nprocesses:\n${processes.join("\n")}\n`;
  const program = lower(load(text));
  const holding = new Holding(program);
  const names = (slots: readonly number[]): string[] => slots.map((slot) => program.slots[slot]!.name);
  return {
    /** what the first process holds before it takes the step that writes a variable */
    heldAtWriteOf: (variable: string): string[] => {
      const slot = program.slots.findIndex(({ name }) => name === variable);
      const at = program.tasks[0]!.code.findIndex(
        ({ op, ...rest }) => op === "set" && (rest as unknown as { to: { base: number } }).to.base === slot,
      );
      return names(holding.heldAt(0, at));
    },
    /** what the second can do from its start while somebody else holds it: the shared variables it may write */
    writtenWhile: (lock: string): string[] => {
      const slot = program.slots.findIndex(({ name }) => name === `${lock}.owner`);
      const { writes } = holding.futureWhile(slot, 1, 0);
      return names(writes.members()).filter((name) => ["x", "y", "k"].includes(name));
    },
  };
};

describe("what a task holds at a position", () => {
  test.each([
    ["inside with", "{ with: A, do: [ x = 1 ] }", ["A.owner"]],
    ["between acquire and release", "{ acquire: A }, x = 1, { release: A }", ["A.owner"]],
    ["two of them", "{ with: A, do: [ { with: B, do: [ x = 1 ] } ] }", ["A.owner", "B.owner"]],
    ["not before", "x = 1, { with: A, do: [ y = 1 ] }", []],
    ["not after", "{ with: A, do: [ y = 1 ] }, x = 1", []],
    ["not where only one way leads through it", "{ if: y == 0, then: [ { acquire: A } ] }, x = 1", []],
    ["not where waiting for it may have been given up", "{ acquire: A, timeout: 3, into: ok }, x = 1", []],
    ["only in the branch of who got it", "{ acquire: A, block: false, into: ok }, x = 1", []],
    [
      "not behind an exception that the release may have come before",
      "{ try: [ { with: A, do: [ y = 1 ] } ], finally: [ x = 1 ] }",
      [],
    ],
    ["a re-entrant lock", "{ with: R, do: [ x = 1 ] }", ["R.owner"]],
    ["first come, first served", "{ with: F, do: [ x = 1 ] }", ["F.owner"]],
  ])("%s", (_, body, expected) => {
    const { heldAtWriteOf } = of("{ A: lock, B: lock, R: rlock, F: { type: lock, fair: true } }", [
      body,
      "{ with: A, do: [ y = 2 ] }",
    ]);
    expect(heldAtWriteOf("x")).toEqual(expected);
  });

  test("nothing that somebody releases without having it for certain counts as held... but its misuse changes nothing", () => {
    const { heldAtWriteOf } = of("{ A: lock }", ["{ with: A, do: [ x = 1 ] }", "{ release: A }"]);
    expect(heldAtWriteOf("x")).toEqual(["A.owner"]);
  });

  test("nothing that others can take away", () => {
    const kinds = `kinds:
  token:
    fields: { owner: null }
    holder: owner
    operations:
      acquire: { when: owner == null, do: [ owner = me ] }
      steal: { do: [ owner = me ] }
      release: { do: [ owner = null ] }
`;
    const held = (other: string) =>
      of("{ T: token }", ["{ acquire: T }, x = 1, { release: T }", other], kinds).heldAtWriteOf("x");
    expect(held("{ acquire: T }, y = 1, { release: T }")).toEqual(["T.owner"]);
    expect(held("{ steal: T }")).toEqual([]);
    expect(held("{ release: T }")).toEqual([]);
  });

  test("nothing of an array whose index only the run knows", () => {
    const held = (other: string) =>
      of("{ many: { type: lock, count: 2 } }", ["{ with: 'many[1]', do: [ x = 1 ] }", other]).heldAtWriteOf("x");
    expect(held("{ with: 'many[0]', do: [ y = 1 ] }")).toEqual(["many[1].owner"]);
    expect(held("{ acquire: 'many[k % 2]' }")).toEqual([]);
  });
});

describe("what others can do while it is held", () => {
  test.each([
    ["nothing behind it", "{ with: A, do: [ x = 1 ] }, y = 1", []],
    ["all that comes before", "k = 1, { with: A, do: [ x = 1 ] }", ["k"]],
    ["what comes after having given up", "{ acquire: A, timeout: 3, into: ok }, y = 1", ["y"]],
    ["what comes after not having waited", "{ acquire: A, block: false, into: ok }, y = 1", ["y"]],
    ["what is under other locks", "{ with: B, do: [ k = 1 ] }, { with: A, do: [ x = 1 ] }", ["k"]],
    ["what a handler does", "{ try: [ { acquire: A, block: false } ], catch: { any: [ k = 1 ] } }", ["k"]],
  ])("%s", (_, body, expected) => {
    const { writtenWhile } = of("{ A: lock, B: lock }", ["{ with: A, do: [ x = 1 ] }", body]);
    expect(writtenWhile("A")).toEqual(expected);
  });
});
