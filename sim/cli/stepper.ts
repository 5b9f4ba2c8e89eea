/** Steps through a replay in a terminal: forward, back, to the next switch of processes, to either end, quit. */
import type { ReplayResult, ReplayStep } from "../explore/result.ts";
import { escapeTerminal } from "../report/escape.ts";
import { showValue } from "../report/numbers.ts";
import { stepEffect } from "../report/replay-text.ts";
import type { Context } from "./context.ts";

/** What a key means. */
export type Command = "forward" | "back" | "switch" | "switch-back" | "start" | "end" | "quit";

const KEYS: ReadonlyMap<string, Command> = new Map([
  ["\u001b[C", "forward"],
  ["\u001b[B", "forward"],
  [" ", "forward"],
  ["\r", "forward"],
  ["\n", "forward"],
  ["f", "forward"],
  ["l", "forward"],
  ["j", "forward"],
  ["\u001b[D", "back"],
  ["\u001b[A", "back"],
  ["b", "back"],
  ["h", "back"],
  ["k", "back"],
  ["s", "switch"],
  ["n", "switch"],
  ["\t", "switch"],
  ["S", "switch-back"],
  ["p", "switch-back"],
  ["g", "start"],
  ["\u001b[H", "start"],
  ["G", "end"],
  ["\u001b[F", "end"],
  ["q", "quit"],
  ["\u001b", "quit"],
  ["\u0003", "quit"],
  ["\u0004", "quit"],
]);

/** The command of a key; null if it means nothing. */
export function commandOf(key: string): Command | null {
  return KEYS.get(key) ?? null;
}

/** The position (steps made so far) after a command. */
export function move(steps: readonly ReplayStep[], at: number, command: Command): number {
  switch (command) {
    case "forward":
      return Math.min(steps.length, at + 1);
    case "back":
      return Math.max(0, at - 1);
    case "start":
      return 0;
    case "end":
      return steps.length;
    case "switch": {
      let next = Math.min(steps.length, at + 1);
      while (next < steps.length && steps[next]!.process === steps[next - 1]!.process) next += 1;
      return next;
    }
    case "switch-back": {
      let next = Math.max(0, at - 1);
      while (next > 0 && steps[next]!.process === steps[next - 1]!.process) next -= 1;
      return next;
    }
    case "quit":
      return at;
  }
}

/** What the screen shows after so many steps. */
export function screen(result: ReplayResult, at: number): string {
  const { steps } = result;
  const lines = [`${escapeTerminal(result.scenario)}: ${at} of ${steps.length} steps`, ""];
  for (let k = Math.max(0, at - 8); k < Math.min(steps.length, at + 4); k++) {
    const step = steps[k]!;
    const sign = k === at - 1 ? ">" : " ";
    const effect = k < at ? stepEffect(step) : "";
    lines.push(
      `${sign} ${String(k + 1).padStart(4)}  ${escapeTerminal(step.process).padEnd(14)}  ${step.line}  ${escapeTerminal(step.text)}${effect === "" ? "" : `   ${escapeTerminal(effect)}`}`,
    );
  }
  const last = steps[at - 1];
  lines.push("");
  if (last !== undefined) {
    const values = Object.entries(last.shared).map(([name, value]) => `${name} = ${showValue(value)}`);
    if (values.length > 0) lines.push(`shared: ${escapeTerminal(values.join(", "))}`);
    lines.push(`can move: ${last.enabled.length === 0 ? "nobody" : escapeTerminal(last.enabled.join(", "))}`);
    for (const violation of last.violations) lines.push(`! ${escapeTerminal(violation.message)}`);
  }
  if (at === steps.length) {
    for (const finding of result.findings) lines.push(`found: ${escapeTerminal(finding.message)}`);
    for (const note of result.notes) lines.push(escapeTerminal(note));
    if (result.misfit !== null) lines.push(`the schedule no longer fits: ${escapeTerminal(result.misfit.message)}`);
  }
  lines.push("", "right: forward, left: back, s: next switch, S: previous switch, g: start, G: end, q: quit");
  return `${lines.join("\n")}\n`;
}

/** Reads keys until the user quits. */
export async function stepThrough(context: Context, result: ReplayResult): Promise<void> {
  const input = process.stdin;
  let at = 0;
  const show = (): void => context.out.write(`\u001b[2J\u001b[H${screen(result, at)}`);
  if (!input.isTTY) {
    context.out.write(screen(result, result.steps.length));
    return;
  }
  input.setRawMode(true);
  input.resume();
  input.setEncoding("utf8");
  show();
  try {
    await new Promise<void>((resolve) => {
      input.on("data", (key: string) => {
        const command = commandOf(key);
        if (command === "quit") return resolve();
        if (command === null) return;
        at = move(result.steps, at, command);
        show();
      });
      input.on("end", resolve);
    });
  } finally {
    input.setRawMode(false);
    input.pause();
    input.removeAllListeners("data");
  }
}
