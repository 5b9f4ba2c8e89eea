/**
 * The rows of a counterexample: its steps, and in one row each what a process does alone from its first step to its end.
 *
 * Only what the reader can do without is folded: a process that came to its normal end, is not part of what went wrong,
 * and left nothing changed that somebody shown had looked at before.
 */
import type { Finding, TraceStep } from "../machine/finding.ts";

export interface Numbered {
  readonly step: TraceStep;
  /** from 1 */
  readonly number: number;
}

export type Row =
  | { readonly type: "step"; readonly numbered: Numbered }
  | { readonly type: "fold"; readonly numbered: readonly Numbered[] }
  /** in a timed run: the steps from here on are taken at this time */
  | { readonly type: "time"; readonly time: number }
  | { readonly type: "loop" };

/** The rows of a trace, with a row of its own wherever time has passed. */
export function traceRows(finding: Finding, trace: readonly TraceStep[]): Row[] {
  const numbered = trace.map((step, at) => ({ step, number: at + 1 }));
  const never = new Set<string>();
  for (;;) {
    const rows = foldRows(finding, numbered, never);
    // one column alone would hide who comes in between
    const folded = rows.filter((row) => row.type === "fold").at(-1);
    if (folded === undefined || shownProcesses(rows).length > 1) return withTimes(rows);
    never.add(folded.numbered[0]!.step.process);
  }
}

/** The processes that have a step of their own among the rows, in the order of the file. */
export function shownProcesses(rows: readonly Row[]): string[] {
  const places = new Map<string, number>();
  for (const row of rows)
    if (row.type === "step") places.set(row.numbered.step.process, row.numbered.step.task ?? places.size);
  return [...places].sort(([, a], [, b]) => a - b).map(([process]) => process);
}

/** `never`: processes whose steps are shown in any case. */
function foldRows(finding: Finding, numbered: readonly Numbered[], never: ReadonlySet<string>): Row[] {
  const rows: Row[] = [];
  const concerned = new Set([...finding.processes, ...never]);
  const memory = new Memory();
  for (let at = 0; at < numbered.length; ) {
    if (finding.loop_from === at) rows.push({ type: "loop" });
    const { process } = numbered[at]!.step;
    let end = at;
    while (end < numbered.length && numbered[end]!.step.process === process) end += 1;
    const block = numbered.slice(at, end);
    const alone = !numbered.some(({ step }, k) => step.process === process && (k < at || k >= end));
    if (
      alone &&
      !concerned.has(process) &&
      block.length > 2 &&
      block.at(-1)!.step.ended === "normally" &&
      finding.loop_from === undefined &&
      end < numbered.length &&
      !memory.interferes(block)
    ) {
      rows.push({ type: "fold", numbered: block });
      memory.pass(block, false);
    } else {
      for (const each of block) {
        if (finding.loop_from === each.number - 1 && each !== block[0]) rows.push({ type: "loop" });
        rows.push({ type: "step", numbered: each });
      }
      memory.pass(block, true);
    }
    at = end;
  }
  return rows;
}

/** What is known of the variables on the way, and which of them the steps shown so far have read. */
class Memory {
  private readonly values = new Map<string, string>();
  private readonly read = new Set<string>();

  /** Whether a block leaves something else than before in what a step shown before had read. */
  interferes(block: readonly Numbered[]): boolean {
    const before = new Map<string, string>();
    const after = new Map<string, string>();
    for (const { step } of block) {
      for (const [name, value] of Object.entries(step.reads))
        if (!after.has(name) && !before.has(name)) before.set(name, textOf(value));
      for (const [name, value] of Object.entries(step.writes)) after.set(name, textOf(value));
    }
    return [...after].some(
      ([name, value]) => this.read.has(name) && (this.values.get(name) ?? before.get(name)) !== value,
    );
  }

  pass(block: readonly Numbered[], shown: boolean): void {
    for (const { step } of block) {
      for (const [name, value] of Object.entries(step.reads)) {
        this.values.set(name, textOf(value));
        if (shown) this.read.add(name);
      }
      for (const [name, value] of Object.entries(step.writes)) this.values.set(name, textOf(value));
    }
  }
}

function textOf(value: unknown): string {
  return JSON.stringify(value) ?? "";
}

/** A row of its own wherever time has passed. */
function withTimes(rows: readonly Row[]): Row[] {
  let last: number | undefined;
  return rows.flatMap((row): Row[] => {
    if (row.type !== "step" && row.type !== "fold") return [row];
    const first = row.type === "step" ? row.numbered : row.numbered[0]!;
    const { time } = first.step;
    if (time === undefined || time === last) return [row];
    last = time;
    return [{ type: "time", time }, row];
  });
}
