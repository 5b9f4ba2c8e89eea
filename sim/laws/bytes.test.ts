/** Same file, seed and version: same bytes, whatever the locale, the time zone and the time of day. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const scenarios = readdirSync(join(root, "scenarios"))
  .filter((file) => file.endsWith(".yaml"))
  .sort();
let folder = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "sim-bytes-"));
  execFileSync(process.execPath, [join(root, "build.mjs"), "--out", folder, "--no-types"], { cwd: root });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What `sim run --json` prints for the whole gallery in one process. */
function printed(environment: Record<string, string>): string {
  const files = scenarios.map((file) => `scenarios/${file}`);
  const options = {
    cwd: root,
    env: { PATH: process.env["PATH"] ?? "", ...environment },
    maxBuffer: 1 << 28,
    encoding: "utf8",
  } as const;
  try {
    return execFileSync(process.execPath, [join(folder, "sim.js"), "run", "--json", ...files], options);
  } catch (problem) {
    // findings make the exit code other than 0; the answer is on standard output all the same
    const { stdout } = problem as { stdout?: string };
    if (stdout === undefined || stdout === "") throw problem;
    return stdout;
  }
}

describe("the gallery, run as JSON", () => {
  const environments: readonly Record<string, string>[] = [
    { LC_ALL: "tr_TR.UTF-8", TZ: "Asia/Kathmandu" },
    { LC_ALL: "de_DE.UTF-8", TZ: "America/St_Johns", NODE_OPTIONS: "--max-old-space-size=512" },
    { LC_ALL: "C", TZ: "UTC", LANG: "ar" },
  ];
  test("prints the same bytes in every locale and time zone, and again", () => {
    const first = printed({});
    expect(first.length).toBeGreaterThan(100_000);
    for (const environment of environments) expect(printed(environment) === first).toBe(true);
  });
});
