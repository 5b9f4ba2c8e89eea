import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { RunOptions } from "../index.ts";
import type { RunResult } from "../run/result.ts";
import type { Scenario } from "../scenario/ast.ts";
import { main } from "./app.ts";
import type { CommandSpecification } from "./command.ts";
import { commands } from "./commands.ts";
import { UsageError } from "./context.ts";
import { memoryContext } from "./testing/context.ts";

let folder = "";
const at = (name: string): string => join(folder, name);
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "sim-app-"));
  for (const name of ["a", "b", "c"])
    writeFileSync(at(`${name}.yaml`), `name: ${name}\nprocesses: { P: { burst: 2 } }\nexpect: { holds: true }\n`);
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function failing(error: unknown): CommandSpecification[] {
  return [
    {
      name: "fail",
      about: "fails",
      define: () => async () => {
        throw error;
      },
    },
  ];
}

describe("errors", () => {
  test("a bug of ours is called one, with the version and how to report it, and its stack only when asked for", async () => {
    const context = memoryContext();
    expect(await main(["fail"], failing(new TypeError("x is not a function")), context)).toBe(70);
    expect(context.written.err).toMatch(
      /^This is a bug in sim \d+\.\d+\.\d+, not in your scenario: TypeError: x is not a function\n/,
    );
    expect(context.written.err).not.toContain("app.test.ts");
    expect(context.written.out).toBe("");
    const debugging = memoryContext({ env: { SIM_DEBUG: "1" } });
    expect(await main(["fail"], failing(new TypeError("x")), debugging)).toBe(70);
    expect(debugging.written.err).toContain("app.test.ts");
  });

  test("a usage error is one plain line with its exit code", async () => {
    const context = memoryContext();
    expect(await main(["fail"], failing(new UsageError("no \u001b[31m such thing", 4)), context)).toBe(4);
    expect(context.written.err).toBe("error: no \\x1b[31m such thing\n");
  });

  test("a failed file operation is the user's to mend, not a bug", async () => {
    const error = Object.assign(new Error("ENOSPC: no space left on device, write"), {
      code: "ENOSPC",
      syscall: "write",
    });
    const context = memoryContext();
    expect(await main(["fail"], failing(error), context)).toBe(2);
    expect(context.written.err).toBe("error: no space left on device\n");
  });

  test("an unknown command or option exits with 2 and suggests the nearest", async () => {
    for (const [args, suggestion] of [
      [["rum"], "Did you mean run?"],
      [["run", "--shceduler", "rr", "x.yaml"], "Did you mean --scheduler?"],
      [["run", "--reporter", "junti", "x.yaml"], "did you mean 'junit'?"],
    ] as const) {
      const context = memoryContext();
      expect(await main(args, commands, context)).toBe(2);
      expect(context.written.err).toContain(suggestion);
      expect(context.written.out).toBe("");
    }
  });

  test("bad values of options exit with 2 before anything runs", async () => {
    for (const args of [
      ["run"],
      ["run", "--cores", "0", at("a.yaml")],
      ["run", "--cores", "x", at("a.yaml")],
      ["run", "--width", "5", at("a.yaml")],
      ["run", "--set", "x", at("a.yaml")],
      ["run", "--reporter", "json=", at("a.yaml")],
      ["run", "--seed", "", at("a.yaml")],
      ["run", "--until", "soon", at("a.yaml")],
      ["run", "--scheduler", "rr:quantum=0", at("a.yaml")],
      ["run", "--scheduler", "nosuch", at("a.yaml")],
      ["compare", at("a.yaml")],
      ["compare", at("a.yaml"), "--schedulers", "fcfs,nosuch"],
      ["schema", "extra"],
    ]) {
      const context = memoryContext();
      expect([args, await main(args, commands, context)]).toEqual([args, 2]);
      expect(context.written.out).toBe("");
      expect(context.written.err).not.toBe("");
      expect(context.written.err).not.toMatch(/^ {4}at /m);
    }
  });
});

describe("interruption", () => {
  /** A library whose runs come in three pieces. */
  function pieces(signalAfter: number) {
    let pauses = 0;
    const context = memoryContext({
      interruption: () => (pauses >= signalAfter ? 130 : null),
      pause: async () => {
        pauses += 1;
      },
      fake: {
        *play(scenario: Scenario, _options?: RunOptions): Generator<undefined, RunResult, boolean> {
          const { run } = library;
          for (let piece = 0; piece < 3; piece += 1) if (yield) return { ...run(scenario), status: "limit" };
          return run(scenario);
        },
      },
    });
    return context;
  }
  let library: typeof import("../index.ts");
  beforeAll(async () => {
    library = await import("../index.ts");
  });

  test("in the middle of a run ends it with the partial result and 130", async () => {
    const context = pieces(2);
    expect(await main(["run", "--json", at("a.yaml"), at("b.yaml")], commands, context)).toBe(130);
    const results = JSON.parse(context.written.out);
    expect(results.map((each: RunResult) => [each.scenario, each.status])).toEqual([["a", "limit"]]);
  });

  test("between two runs keeps what is there", async () => {
    const context = pieces(4);
    expect(await main(["run", "--json", at("a.yaml"), at("b.yaml")], commands, context)).toBe(130);
    expect(JSON.parse(context.written.out).map((each: RunResult) => [each.scenario, each.status])).toEqual([
      ["a", "finished"],
    ]);
  });

  test("of a test counts what was judged", async () => {
    const context = pieces(4);
    expect(await main(["test", folder], commands, context)).toBe(130);
    expect(context.written.out.trimEnd().split("\n").at(-1)).toBe("1 passed, 0 failed");
  });
});

describe("help", () => {
  test("of every command names its options and needs no library", async () => {
    for (const { name } of commands) {
      const context = memoryContext({
        library: () => {
          throw new Error("the library was loaded");
        },
      });
      expect(await main([name, "--help"], commands, context)).toBe(0);
      expect(context.written.out).toContain(`Usage: sim ${name}`);
      expect(context.written.err).toBe("");
    }
  });

  test("lists every command of the registry with what it does", async () => {
    const context = memoryContext();
    expect(await main(["--help"], commands, context)).toBe(0);
    for (const { name, about } of commands) {
      expect(context.written.out).toMatch(new RegExp(`^  ${name} .*`, "m"));
      expect(context.written.out.replace(/\s+/g, " ")).toContain(about);
    }
  });
});

test("a colour comes only from the reports on standard output", async () => {
  const file = at("report.txt");
  const context = memoryContext({ env: { FORCE_COLOR: "1" } });
  expect(await main(["run", at("a.yaml"), "--reporter", "text", "--reporter", `text=${file}`], commands, context)).toBe(
    0,
  );
  const introducer = String.fromCharCode(27);
  expect(context.written.out).toContain(introducer);
  const { readFileSync } = await import("node:fs");
  expect(readFileSync(file, "utf8")).not.toContain(introducer);
  rmSync(file);
  expect(readdirSync(folder).sort()).toEqual(["a.yaml", "b.yaml", "c.yaml"]);
});
