import { describe, expect, test } from "vitest";
import { check, run } from "../index.ts";
import { load } from "../laws/programs.ts";

const warned = (text: string): string[] => run(load(text)).warnings.filter((each) => each.includes("data race"));

describe("what a run and a check tell", () => {
  test("a process that spins has not ended in a run, and nothing is judged behind it", () => {
    const result = run(
      load(`
shared: { ready: false }
resources: { gate: lock }
processes:
  p: { do: [ { with: gate, do: [ { while: not ready, do: [ yield ] } ] } ] }
  q: { do: [ { with: gate, do: [ ready = true ] } ] }
check: { finally: { never: ready }, allow: [data_race] }
`),
    );
    expect(result.findings.map(({ kind }) => kind)).toEqual(["livelock"]);
    expect(result.processes.map(({ finish, state }) => [finish, state])).toEqual([
      [null, "ready"],
      [null, "blocked"],
    ]);
  });

  test("what is written in atomic and read outside is a race for neither, plain accesses are for both", () => {
    const text = (write: string): string => `
shared: { ready: false, data: 0 }
processes:
  p: { do: [ data = 5, ${write} ] }
  q: { do: [ { if: ready, then: [ { print: "{data}" } ] } ] }
`;
    expect(warned(text("{ atomic: [ ready = true ] }"))).toEqual([]);
    expect(check(load(text("{ atomic: [ ready = true ] }"))).findings).toEqual([]);
    expect(warned(text("ready = true")).length).toBeGreaterThan(0);
    expect(check(load(text("ready = true"))).findings.map(({ kind }) => kind)).toContain("data_race");
  });

  test("a property that raises cannot be evaluated, and lists have the values of the file", () => {
    const text = (always: string): string => `
shared: { n: 0, xs: "list(max: 4)" }
processes: { p: { do: [ xs.append(5) ] } }
check: { always: { ok: "${always}" } }
`;
    const always = "10 // n > 0";
    expect(run(load(text(always))).findings[0]?.message).toContain("cannot be evaluated (DivisionByZero, 10 // 0)");
    expect(check(load(text(always))).findings[0]?.message).toContain("cannot be evaluated (DivisionByZero, 10 // 0)");
    expect(run(load(text("5 not in xs"))).findings[0]?.message).toContain("with xs = [5]");
  });

  test("a livelock names the lines of its loops, and the choice that may end it", () => {
    const livelock = (text: string): string | undefined =>
      check(load(text)).findings.find(({ kind }) => kind === "livelock")?.message;
    const chooses = livelock(`
shared: { sent: false }
processes: { s: { do: [ { while: not sent, do: [ { choose: { ok: [false, true] } }, { if: ok, then: [ sent = true ] } ] } ] } }
`);
    expect(chooses).toMatch(/^s can go round the loop in line \d+ for ever: what it chooses may keep it there$/);
    const polite = (mine: string, theirs: string): string => `
    vars: { done: false, ok: false }
    do:
      - while: not done
        do:
          - acquire: ${mine}
          - { acquire: ${theirs}, block: false, into: ok }
          - if: ok
            then: [ done = true, { release: ${theirs} } ]
          - release: ${mine}`;
    const both = livelock(`
resources: { left: lock, right: lock }
processes:
  anna:${polite("left", "right")}
  bert:${polite("right", "left")}
`);
    expect(both).toMatch(/none of them gets out of its loop \(lines \d+ and \d+\)$/);
  });

  test("a race under a lock held for reading says so", () => {
    const race = check(
      load(`
shared: { n: 0 }
resources: { rw: rwlock }
processes: { p: { count: 2, do: [ { with: { acquire_read: rw }, do: [ n += 1 ] } ] } }
`),
    ).findings.find(({ kind }) => kind === "data_race");
    expect(race?.message).toContain("holding rw for reading");
    expect(race?.hint).toBe("take rw for writing where n is written");
  });

  test("a deadlock shows who waits, and who failed before it could help", () => {
    const deadlock = check(
      load(`
shared: { ok: false }
resources: { m: lock }
processes:
  a: { do: [ { acquire: m }, { assert: ok } ] }
  b: { do: [ { acquire: m }, { release: m } ] }
`),
    ).findings.find(({ kind }) => kind === "deadlock");
    expect(deadlock?.message).toMatch(/a ended by a failed assertion \(line \d+\)/);
    expect(deadlock?.waiting?.map(({ process }) => process)).toEqual(["b"]);
  });
});
