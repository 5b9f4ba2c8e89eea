import { describe, expect, test } from "vitest";
import { check } from "../explore/check.ts";
import { scenario } from "../explore/testing/programs.ts";
import { run } from "../index.ts";

const messageOf = (parts: Record<string, unknown>, kind = "deadlock"): string => {
  const found = check(scenario(parts)).findings.find((finding) => finding.kind === kind);
  return found?.message ?? "none";
};

describe("the sentence of a deadlock says why nobody can help", () => {
  test("who has ended still holds what another waits for, with its exception and line", () => {
    const held = {
      resources: { gate: "lock" },
      processes: {
        careless: { do: [{ acquire: "gate" }, { raise: "Boom" }] },
        patient: { do: [{ with: "gate", do: ["pass"] }] },
      },
    };
    const said = /^patient waits for gate, which careless still holds; careless ended by Boom \(line \d+\)$/;
    expect(messageOf(held)).toMatch(said);
    expect(run(scenario(held)).findings.find(({ kind }) => kind === "deadlock")?.message).toMatch(said);
    const normally = { ...held, processes: { ...held.processes, careless: { do: [{ acquire: "gate" }] } } };
    expect(messageOf(normally)).toBe("patient waits for gate, which careless still holds; careless has ended");
  });

  test("or was terminated", () => {
    expect(
      messageOf({
        resources: { gate: "lock" },
        processes: {
          boss: { do: [{ start: "worker" }, { terminate: "worker" }, { acquire: "gate" }] },
          worker: { start: "manual", do: [{ with: "gate", do: [{ sleep: 3 }] }] },
        },
      }),
    ).toBe("boss waits for gate, which worker still holds; worker was terminated");
  });

  test("who would have had to come has failed before", () => {
    expect(
      messageOf({
        resources: { line: { type: "queue" } },
        processes: { sender: { do: [{ raise: "Full" }, { put: "line", item: 1 }] }, taker: { do: [{ get: "line" }] } },
      }),
    ).toMatch(/^taker waits for line: nobody is left who could let it go on; sender ended by Full \(line \d+\)$/);
  });

  test("it waits for itself", () => {
    const take = [{ acquire: "gate" }, { acquire: "gate" }];
    expect(messageOf({ resources: { gate: "lock" }, processes: { P: { do: take } } })).toBe(
      "P waits for gate, which it holds itself",
    );
    const upgrade = { count: 2, do: [{ acquire_read: "doc" }, { acquire_write: "doc" }] };
    expect(messageOf({ resources: { doc: "rwlock" }, processes: { editor: upgrade } })).toBe(
      "editor[0] waits for doc, which it holds itself; the others can still go on",
    );
  });

  test("too few come to a barrier", () => {
    const resources = { meet: { type: "barrier", parties: 4 } };
    expect(messageOf({ resources, processes: { hiker: { count: 3, do: [{ wait: "meet" }] } } })).toBe(
      "3 of 4 parties wait at meet (hiker[0], hiker[1] and hiker[2]): nobody else can come",
    );
  });

  test("those who wait for the same are named together", () => {
    const resources = { seats: { type: "semaphore", permits: 0 } };
    expect(messageOf({ resources, processes: { guest: { count: 7, do: [{ acquire: "seats" }] } } })).toBe(
      "guest[0], guest[1], guest[2], guest[3] and 3 others wait for seats: nobody is left who could let them go on",
    );
  });

  test("others who run on are mentioned", () => {
    const resources = { a: "lock" };
    const P = { do: [{ acquire: "a" }, { acquire: "a" }] };
    const clock = { do: [{ loop: ["x = 1 - x"] }] };
    expect(messageOf({ atomics: { x: 0 }, resources, processes: { P, clock } })).toContain(
      "; the others can still go on",
    );
    expect(messageOf({ resources, processes: { P } })).not.toContain("go on");
  });
});

test("an 'eventually' that never comes because of a deadlock says who waits", () => {
  const stuck = scenario({
    atomics: { done: false },
    resources: { bell: "event" },
    processes: { guest: { do: [{ wait: "bell" }, "done = true"] } },
    check: { eventually: { served: "done" } },
  });
  const finding = check(stuck).findings.find(({ kind }) => kind === "eventually");
  expect(finding?.processes).toEqual(["guest"]);
  expect(finding?.message).toContain("nobody can go on in the end: guest waits for bell");
});
