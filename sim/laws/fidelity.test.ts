/**
 * The real thing beside ours: each row of fidelity/rows.json is a Python program and the scenario that says the same.
 * The program is run a few times; what it prints must be what the scenario prints (`exact`), the same lines in any order
 * (`lines`), or one of the outputs that the scenario shows in some order of its steps (`possible`): those of timed runs under
 * many seeds, and of walks that take any step that is possible, however long something else would sleep.
 */
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { randomStream } from "../base/random.ts";
import { loadScenario, run } from "../index.ts";
import { Machine } from "../machine/machine.ts";
import { lower } from "../program/lower.ts";
import type { Scenario, SchedulerSpecification } from "../scenario/ast.ts";

interface Row {
  readonly name: string;
  readonly row: string;
  readonly compare: "exact" | "lines" | "possible";
  /** the program's last line tells of a refusal, which sim reports as misuse */
  readonly misuse?: boolean;
}

interface Reference {
  readonly available: boolean;
  readonly reason?: string;
  readonly outputs: readonly (readonly string[])[];
  readonly exit: number | null;
}

const folder = fileURLToPath(new URL("./fidelity/", import.meta.url));
const rows = JSON.parse(readFileSync(`${folder}rows.json`, "utf8")) as readonly Row[];
/** Runs of each program; each takes up to two seconds, most of which it sleeps. */
const TIMES = 2;
const AT_ONCE = 3;

function reference(row: Row, times: number, jobs: number): Promise<Reference | string> {
  const options = [`${folder}reference.py`, row.name, "--times", String(times), "--jobs", String(jobs)];
  return new Promise((done) => {
    execFile("python3", options, { encoding: "utf8" }, (problem, output) => {
      if (problem !== null && output === "") done(`python3 cannot run here: ${problem.message.split("\n")[0]}`);
      else done(JSON.parse(output) as Reference);
    });
  });
}

const references = new Map<string, Reference | string>();

beforeAll(async () => {
  const waiting = [...rows];
  const worker = async (): Promise<void> => {
    for (let row = waiting.shift(); row !== undefined; row = waiting.shift())
      references.set(row.name, await reference(row, TIMES, TIMES));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}, 300_000);

function policy(name: string, ...parameters: readonly (readonly [string, number])[]): SchedulerSpecification {
  const span = { start: 0, end: 0 };
  return { policy: name, parameters: new Map(parameters.map(([key, value]) => [key, { value, span }])), span };
}

interface Setting {
  readonly scheduler?: SchedulerSpecification;
  readonly seed: string;
  readonly cores?: number;
}

/** The scenario as it is, under a scheduler that slices, and under random ones on one core and on several. */
function settings(seeds: number): readonly Setting[] {
  const random = Array.from({ length: seeds }, (_, k): Setting => {
    return { scheduler: policy("random"), seed: String(k), cores: [1, 2, 4][k % 3]! };
  });
  return [{ seed: "1" }, { seed: "1", scheduler: policy("rr", ["quantum", 1]) }, ...random];
}

function shown(scenario: Scenario, setting: Setting): { lines: string[]; findings: string[] } {
  const result = run(scenario, { ...setting, ties: false });
  return { lines: result.output.map((line) => line.text), findings: result.findings.map((finding) => finding.kind) };
}

/** The outputs of random walks through the scenario's steps, in no time at all. */
function walks(scenario: Scenario, many: number): string[] {
  const machine = new Machine(lower(scenario));
  const outputs = new Set<string>();
  for (let walk = 0; walk < many; walk++) {
    const random = randomStream(String(walk), "walk");
    const lines: string[] = [];
    machine.onPrint = (_, text) => lines.push(text);
    for (let steps = 0; steps < 10_000; steps++) {
      const enabled = machine.program.tasks.filter((task) => machine.enabled(task.id));
      const next = enabled[Math.floor(random() * enabled.length)];
      if (next === undefined) break;
      machine.step(next.id, Math.floor(random() * 1000));
    }
    machine.undo(0);
    outputs.add(key(lines));
  }
  return [...outputs];
}

const key = (lines: readonly string[]): string => lines.join("\n");
const sorted = (lines: readonly string[]): string[] => [...lines].sort();

/** What the program printed, without the line that stands for a refusal. */
function real(row: Row, result: Reference): string[][] {
  return result.outputs.map((lines) => lines.filter((line) => row.misuse !== true || !line.startsWith("refused: ")));
}

function compare(row: Row, result: Reference): void {
  const scenario = loadScenario(`${folder}${row.name}.yaml`);
  const outputs = real(row, result);
  expect(outputs.length).toBeGreaterThan(0);
  if (row.compare === "possible") {
    const timed = settings(100).map((setting) => key(shown(scenario, setting).lines));
    const possible = new Set([...timed, ...walks(scenario, 2000)]);
    expect(possible.size).toBeGreaterThan(1);
    for (const lines of outputs) expect([...possible]).toContain(key(lines));
    return;
  }
  for (const setting of settings(9)) {
    const { lines, findings } = shown(scenario, setting);
    for (const output of outputs) {
      if (row.compare === "exact") expect(lines).toEqual(output);
      else expect(sorted(lines)).toEqual(sorted(output));
    }
    expect(findings.includes("misuse")).toBe(row.misuse === true);
    expect(findings).not.toContain("deadlock");
  }
}

describe("what a real program shows, its scenario shows", () => {
  for (const row of rows) {
    test(`${row.name}: ${row.row}`, async (context) => {
      const first = references.get(row.name)!;
      if (typeof first === "string") return context.skip(first);
      if (!first.available) return context.skip(first.reason);
      try {
        compare(row, first);
      } catch {
        // its margins are tenths of a second: on a busy machine it gets a second chance, alone
        const again = await reference(row, 1, 1);
        if (typeof again === "string") throw new Error(again);
        compare(row, again);
      }
    });
  }

  test("there are enough of them", () => expect(rows.length).toBeGreaterThanOrEqual(25));
});
