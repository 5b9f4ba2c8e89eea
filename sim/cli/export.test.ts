import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { main } from "./app.ts";
import { commands } from "./commands.ts";
import { memoryContext } from "./testing/context.ts";

let folder = "";
const at = (name: string): string => join(folder, name);
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "sim-export-"));
  writeFileSync(at("good.yaml"), "name: good\nshared: { x: 0 }\nprocesses: { P: { do: [ x = 1 ] } }\n");
  writeFileSync(at("timed.yaml"), "name: timed\nshared: { x: 0 }\nprocesses: { P: { do: [ x = 1, x = now ] } }\n");
  writeFileSync(
    at("long.yaml"),
    "name: long\nresources: { Q: queue }\nprocesses: { P: { do: [ { put: Q, value: 1 } ] } }\n",
  );
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

async function exported(...args: readonly string[]) {
  const context = memoryContext();
  const code = await main(["export", ...args], commands, context);
  return { code, ...context.written };
}

describe("sim export", () => {
  test("writes the model to standard output, or whole into a file", async () => {
    const { code, out, err } = await exported(at("good.yaml"), "--promela");
    expect([code, err]).toEqual([0, ""]);
    expect(out).toMatch(/^active proctype p_\(\) \{|^active proctype P_\(\) \{/m);
    expect(await exported(at("good.yaml"), "--promela", "--output", at("model.pml"))).toEqual({
      code: 0,
      out: "",
      err: "",
    });
    expect(readFileSync(at("model.pml"), "utf8")).toBe(out);
  });

  test("takes other start values, and room for lists", async () => {
    expect((await exported(at("good.yaml"), "--promela", "--set", "x=7")).out).toContain("int x = 7;");
    expect((await exported(at("long.yaml"), "--promela", "--room", "3")).out).toContain("int Q_items[4];");
  });

  test("refuses what a model could only get wrong, with its place, and writes nothing", async () => {
    const { code, out, err } = await exported(at("timed.yaml"), "--promela", "--output", at("none.pml"));
    expect([code, out, existsSync(at("none.pml"))]).toEqual([2, "", false]);
    expect(err).toMatch(/timed\.yaml:3:\d+ {2}error {2}cannot-export {2}the model has no time/);
  });

  test("wants to know what to export to", async () => {
    const { code, err } = await exported(at("good.yaml"));
    expect([code, err]).toEqual([2, "error: say what to export to: --promela\n"]);
    expect((await exported(at("good.yaml"), "--promela", "--room", "0")).code).toBe(2);
    expect((await exported(at("none.yaml"), "--promela")).code).toBe(2);
  });
});
