import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { main } from "./app.ts";
import { commands } from "./commands.ts";
import type { Context } from "./context.ts";
import { memoryContext } from "./testing/context.ts";

const CIRCLE = `name: circle
shared: { rounds: 1 }
resources: { a: lock, b: lock }
processes:
  P: { do: [{ repeat: rounds, do: [{ with: a, do: [{ with: b, do: [{ sleep: 1 }] }] }] }] }
  Q: { arrival: 50, do: [{ with: b, do: [{ with: a, do: [{ sleep: 1 }] }] }] }
`;

let folder = "";
const at = (name: string): string => join(folder, name);
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "sim-run-"));
  writeFileSync(at("circle.yaml"), CIRCLE);
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

async function sim(args: readonly string[], parts: Partial<Context> = {}) {
  const context = memoryContext(parts);
  const code = await main(args, commands, context);
  return { code, ...context.written };
}

describe("sim run warns of what may happen in another order", () => {
  test("with the whole command that shows it", async () => {
    const { code, out } = await sim(["run", at("circle.yaml"), "--set", "rounds=2", "--json"]);
    expect(code).toBe(0);
    const [warning] = (JSON.parse(out) as { warnings: string[] }).warnings.filter((each) => each.includes("circle"));
    const command = /deadlock: npx sim (replay .*)$/.exec(warning ?? "")?.[1] ?? "";
    expect(command).toContain("--set rounds=2");
    const words = [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? "");
    expect((await sim(words)).code).toBe(11);
    const text = await sim(["run", at("circle.yaml"), "--set", "rounds=2", "--width", "40"]);
    expect(text.out).toContain(`\n    npx sim ${command}\n`);
  });

  test("but not when it was interrupted: whoever interrupts does not want to wait", async () => {
    // of so many moments that a run comes by in pieces, and of so few steps that one would look at all of them
    const text = `${CIRCLE}  R: { count: 2, burst: 6000 }\ncpu: { scheduler: { policy: rr, quantum: 1 } }\n`;
    writeFileSync(at("long.yaml"), text);
    const circles = (out: string): readonly string[] =>
      (JSON.parse(out) as { warnings: string[] }).warnings.filter((each) => each.includes("circle"));
    expect(circles((await sim(["run", at("long.yaml"), "--json"])).out)).toHaveLength(1);
    let asked = 0;
    const interruption = (): number | null => (asked++ < 0 ? null : 130);
    const { code, out } = await sim(["run", at("long.yaml"), "--json"], { interruption });
    expect(code).toBe(130);
    expect(circles(out)).toEqual([]);
  });
});
