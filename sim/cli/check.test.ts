import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { main } from "./app.ts";
import { bytes, seconds } from "./check.ts";
import { commands } from "./commands.ts";
import { commandOf, move, screen } from "./stepper.ts";
import { memoryContext } from "./testing/context.ts";

let folder = "";
const at = (name: string): string => join(folder, name);

const FILES: Readonly<Record<string, string>> = {
  "fine.yaml": "name: fine\nprocesses: { P: { burst: 2 } }\n",
  "deadlock.yaml":
    "name: d\nresources: { a: lock, b: lock }\nprocesses:\n  p: { do: [ { acquire: a }, { acquire: b }, { release: b }, { release: a } ] }\n  q: { do: [ { acquire: b }, { acquire: a }, { release: a }, { release: b } ] }\n",
  "invariant.yaml":
    "name: i\natomics: { x: 0 }\nprocesses: { p: { do: [x = 1, x = 2] } }\ncheck: { always: { small: x < 2 } }\n",
  "livelock.yaml": "name: l\natomics: { x: 0 }\nprocesses: { p: { do: [ { while: x == 0, do: [ yield ] } ] } }\n",
  "assert.yaml": "name: a\nprocesses: { p: { do: [ { assert: 1 == 2 } ] } }\n",
  "outcomes.yaml":
    "name: o\nshared: { x: 0 }\nprocesses: { p: { count: 2, do: [x += 1] } }\nexpect: { outcomes: [ { x: 1 }, { x: 2 } ] }\n",
  "wrong.yaml":
    "name: w\nshared: { x: 0 }\nprocesses: { p: { count: 2, do: [x += 1] } }\nexpect: { outcomes: [ { x: 2 } ] }\n",
  "holds.yaml":
    "name: h\natomics: { x: 0 }\nprocesses: { p: { count: 2, do: [x += 1] } }\ncheck: { finally: { two: x == 2 } }\nexpect: { holds: true }\n",
  "bad.yaml": "name: b\nprocesses: { p: { do: [ { nonsense: 1 } ] } }\n",
};

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "sim-check-"));
  for (const [name, text] of Object.entries(FILES)) writeFileSync(at(name), text);
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

async function sim(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const context = memoryContext();
  const code = await main(args, commands, context);
  return { code, ...context.written };
}

describe("sim check", () => {
  test("gives the exit code of what it found", async () => {
    const code = async (name: string): Promise<number> => (await sim("check", at(name))).code;
    expect(await code("fine.yaml")).toBe(0);
    expect(await code("deadlock.yaml")).toBe(11);
    expect(await code("invariant.yaml")).toBe(12);
    expect(await code("livelock.yaml")).toBe(13);
    expect(await code("assert.yaml")).toBe(14);
    expect(await code("bad.yaml")).toBe(2);
  });

  test("refuses a bound that no strategy would look at", async () => {
    const { code, err } = await sim("check", at("fine.yaml"), "--preemptions", "2");
    expect(code).toBe(2);
    expect(err).toContain("--strategy bounded");
    expect((await sim("check", at("fine.yaml"), "--preemptions", "2", "--strategy", "bounded")).code).toBe(0);
  });

  test("refuses two reports that would be mixed on standard output", async () => {
    const { code, out, err } = await sim("check", at("fine.yaml"), "--json", "--reporter", "text");
    expect([code, out]).toEqual([2, ""]);
    expect(err).toContain("--reporter text=FILE");
    const twice = await sim("check", at("fine.yaml"), "--json", "--reporter", "json");
    expect(JSON.parse(twice.out)).toMatchObject({ schema: "check/1" });
  });

  test("says after an interruption which files were not reached", async () => {
    const context = memoryContext({ interruption: () => 130 });
    const names = ["fine.yaml", "holds.yaml", "assert.yaml"].map(at);
    for (const command of ["check", "run"]) {
      context.written.err = "";
      expect(await main([command, ...names], commands, context)).toBe(130);
      expect(context.written.err).toContain(`interrupted; not reached: ${names[1]}, ${names[2]}\n`);
    }
  });

  test("of several files the worst exit code wins, and each is reported", async () => {
    const { code, out } = await sim("check", at("fine.yaml"), at("deadlock.yaml"), at("assert.yaml"));
    expect(code).toBe(11);
    expect(out).toMatch(/fine: holds[\s\S]*d: VIOLATED[\s\S]*a: VIOLATED/);
  });

  test("prints the result of the library as JSON", async () => {
    const { out } = await sim("check", at("deadlock.yaml"), "--json");
    const result = JSON.parse(out);
    expect(result).toMatchObject({
      schema: "check/1",
      scenario: "d",
      verdict: "violated",
      guarantee: "exhaustive",
      explored: {
        complete: true,
        executions: null,
        strategy: expect.any(String),
        states: expect.any(Number),
        seconds: expect.any(Number),
      },
    });
    expect(result.findings[0]).toMatchObject({
      kind: "deadlock",
      processes: ["p", "q"],
      cycle: [
        { process: "p", holds: ["a"], waits_for: "b" },
        { process: "q", holds: ["b"], waits_for: "a" },
      ],
      trace: [
        { process: "p", line: 4, text: "acquire: a" },
        { process: "q", line: 5, text: "acquire: b" },
      ],
    });
  });

  test("--require-exhaustive: 3 where the budget ended first", async () => {
    const limited = ["--max-states", "2", "--no-reduction", "--strategy", "bfs"];
    expect((await sim("check", at("holds.yaml"), ...limited)).code).toBe(0);
    expect((await sim("check", at("holds.yaml"), ...limited, "--require-exhaustive")).code).toBe(3);
    expect((await sim("check", at("fine.yaml"), "--require-exhaustive")).code).toBe(0);
  });

  test("an unknown strategy is bad usage, with a hint", async () => {
    const { code, err } = await sim("check", at("fine.yaml"), "--strategy", "dsf");
    expect(code).toBe(2);
    expect(err).toContain("there is no strategy 'dsf'");
  });

  test("writes JUnit, GitHub and Markdown reports", async () => {
    expect((await sim("check", at("deadlock.yaml"), "--reporter", "junit")).out).toContain('failures="1"');
    expect((await sim("check", at("deadlock.yaml"), "--reporter", "github")).out).toMatch(/^::error file=.*deadlock/);
    expect((await sim("check", at("deadlock.yaml"), "--reporter", "markdown")).out).toContain("# d: violated");
  });

  test("after a signal prints what is known, with the signal's exit code", async () => {
    const context = memoryContext({ interruption: () => 130 });
    expect(await main(["check", at("fine.yaml")], commands, context)).toBe(130);
    expect(context.written.out).toContain("fine");
  });

  test("reads times and amounts of memory with and without units", () => {
    expect(["30", "30 s", "500 ms", "2 min", "1h"].map(seconds)).toEqual([30, 30, 0.5, 120, 3600]);
    expect(["1", "512 MB", "2GB", "4 KiB"].map(bytes)).toEqual([1 << 20, 512 << 20, 2 * (1 << 30), 4096]);
    expect(() => seconds("soon")).toThrow();
    expect(() => bytes("much")).toThrow();
  });
});

describe("sim test", () => {
  test("holds outcomes to every order, not to one run", async () => {
    expect((await sim("test", at("outcomes.yaml"))).code).toBe(0);
    const { code, out } = await sim("test", at("wrong.yaml"));
    expect(code).toBe(5);
    expect(out).toContain("some order ends in an outcome that is not expected");
  });

  test("finds what breaks holds: true in another order than the run's", async () => {
    const { code, out } = await sim("test", at("holds.yaml"));
    expect(code).toBe(5);
    expect(out.replace(/\s+/g, " ")).toContain("two (x == 2) does not hold");
  });
});

describe("sim replay", () => {
  test("plays the schedule that check printed, from the text, a file, or the JSON of the check", async () => {
    const { out: json } = await sim("check", at("deadlock.yaml"), "--json");
    const { schedule } = JSON.parse(json).findings[0];
    writeFileSync(at("schedule.txt"), schedule);
    writeFileSync(at("check.json"), json);
    for (const given of [schedule, at("schedule.txt"), at("check.json")]) {
      const { code, out } = await sim("replay", at("deadlock.yaml"), "--schedule", given);
      expect(code).toBe(11);
      expect(out).toContain("ends in a deadlock");
    }
    const { out } = await sim("replay", at("deadlock.yaml"), "--schedule", schedule, "--json");
    expect(JSON.parse(out)).toMatchObject({ schema: "replay/1", status: "deadlock", misfit: null });
  });

  test("says at which entry a changed scenario no longer fits: exit code 2", async () => {
    const { code, err } = await sim("replay", at("deadlock.yaml"), "--schedule", "1;p q z");
    expect(code).toBe(2);
    expect(err).toContain("entry 3 ('z'): there is no process 'z'");
  });

  test("refuses what is neither a schedule nor a file that holds one", async () => {
    expect(await sim("replay", at("fine.yaml"), "--schedule", "nonsense")).toMatchObject({
      code: 2,
      err: expect.stringContaining("is no schedule"),
    });
    expect((await sim("replay", at("fine.yaml"), "--schedule", at("bad.yaml"))).code).toBe(2);
    expect(readFileSync(at("bad.yaml"), "utf8")).toBe(FILES["bad.yaml"]);
  });

  test("is stepped forward, back and from switch to switch", async () => {
    const { out } = await sim("replay", at("deadlock.yaml"), "--schedule", "1;p q", "--json");
    const result = JSON.parse(out);
    const { steps } = result;
    expect(move(steps, 0, "forward")).toBe(1);
    expect(move(steps, 2, "forward")).toBe(2);
    expect(move(steps, 0, "back")).toBe(0);
    expect(move(steps, 0, "switch")).toBe(1);
    expect(move(steps, 2, "switch-back")).toBe(1);
    expect([commandOf("\u001b[C"), commandOf("b"), commandOf("s"), commandOf("q"), commandOf("x")]).toEqual([
      "forward",
      "back",
      "switch",
      "quit",
      null,
    ]);
    expect(screen(result, 1)).toContain("1 of 2 steps");
    expect(screen(result, 2)).toContain("can move: nobody");
  });
});
