/** SPIN as a referee, for tests: what it says of a model, and what the project's own search says of the same scenario. */
import { execFile, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bfs } from "../../explore/bfs.ts";
import { explorationOf } from "../../explore/fixtures.ts";
import type { StrategyResult } from "../../explore/strategy.ts";
import { load } from "../../laws/programs.ts";
import { Names } from "../names.ts";
import { ExportProblem } from "../problem.ts";
import { toPromela } from "../promela.ts";

/** What both referees say: the kinds of what is wrong, sorted, and how many states there are. */
export interface Judgement {
  readonly verdicts: readonly string[];
  readonly states: number;
}

/** Whether the machine has SPIN and a C compiler. */
export function hasSpin(): boolean {
  return ["spin", "gcc"].every(
    (command) => spawnSync(command, [command === "spin" ? "-V" : "--version"]).error === undefined,
  );
}

function execute(command: string, args: readonly string[], folder: string): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(command, [...args], { cwd: folder, encoding: "utf8", maxBuffer: 1 << 28 }, (error, out, problems) => {
      if (error !== null && (command !== "./pan" || typeof error.code !== "number"))
        reject(new Error(`${command}: ${error.message}\n${out}${problems}`));
      else resolve(out);
    });
  });
}

/** Verifies a model without reductions of any kind, through all errors. Fails where SPIN or gcc refuses it. */
export async function askSpin(model: string, reduction = false): Promise<Judgement> {
  const folder = mkdtempSync(join(tmpdir(), "referee-"));
  try {
    writeFileSync(join(folder, "model.pml"), model);
    const said = await execute("spin", ["-o1", "-o2", "-o3", "-a", "model.pml"], folder);
    if (/error/i.test(said)) throw new Error(said);
    const vector = /VECTORSZ=(\d+)/.exec(model)![1]!;
    await execute(
      "gcc",
      [
        "-O0",
        "-w",
        "-pipe",
        "-DSAFETY",
        ...(reduction ? [] : ["-DNOREDUCE"]),
        `-DVECTORSZ=${vector}`,
        "-o",
        "pan",
        "pan.c",
      ],
      folder,
    );
    const out = await execute("./pan", ["-c0", "-w18", "-m200000"], folder);
    const states = /(\d+) states, stored/.exec(out);
    if (states === null || /max search depth too small|out of memory|Search not completed/.test(out))
      throw new Error(`pan did not finish: ${out.slice(0, 2000)}`);
    return { states: Number(states[1]), verdicts: verdictsOf(out) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function verdictsOf(out: string): string[] {
  const found = new Set<string>();
  for (const [, message] of out.matchAll(/^pan:\d+: (.*) \(at depth -?\d+\)$/gm)) {
    const label = /^assertion violated (\w+)$/.exec(message!)?.[1];
    if (/^invalid end state/.test(message!) || label?.startsWith("deadlock_") === true) found.add("deadlock");
    else if (label !== undefined)
      found.add(
        label
          .replace(/_line_\d+.*$/, "")
          .replace(/^(assertion|misuse)_.*$/, "$1")
          .replace(/^(exception_[A-Za-z]+?)_.*$/, "$1"),
      );
    else found.add(message!);
  }
  return [...found].sort();
}

/** The same from the project's own breadth-first search without reductions; null past `most` states. */
export function askOurselves(text: string, most = Number.POSITIVE_INFINITY): Judgement | null {
  const exploration = explorationOf(text, { reduction: false });
  const result = bfs.explore({
    ...exploration,
    limits: { ...exploration.limits, states: most, depth: Number.POSITIVE_INFINITY },
  });
  if (!result.complete) return null;
  return { states: result.counters.states, verdicts: ourVerdicts(result) };
}

/** Data races and lost wake-ups are for SPIN no errors. */
function ourVerdicts(result: StrategyResult): string[] {
  const found = new Set<string>();
  for (const { kind, name } of result.found) {
    if (kind === "data_race" || kind === "lost_wakeup") continue;
    const names = new Names();
    if (kind === "invariant") found.add(names.make(`always_${name}`));
    else if (kind === "final") found.add(names.make(`finally_${name}`));
    else found.add(kind === "exception" ? `exception_${name}` : kind);
  }
  return [...found].sort();
}

/** Where the two differ, in words; null if nowhere. "refused", "too large": not compared. */
export async function compare(text: string, most = 20_000): Promise<string | null> {
  const ours = askOurselves(text, most);
  if (ours === null) return "too large";
  let model: string;
  try {
    model = toPromela(load(text));
  } catch (problem) {
    if (problem instanceof ExportProblem) return `refused: ${problem.message}`;
    throw problem;
  }
  const theirs = await askSpin(model);
  const problems: string[] = [];
  if (JSON.stringify(ours.verdicts) !== JSON.stringify(theirs.verdicts))
    problems.push(`sim: ${ours.verdicts.join(", ") || "clean"}; SPIN: ${theirs.verdicts.join(", ") || "clean"}`);
  if (ours.states !== theirs.states) problems.push(`sim: ${ours.states} states; SPIN: ${theirs.states}`);
  return problems.length === 0 ? null : problems.join("; ");
}
