/** What a step of a counterexample looks like in a cell: its line and statement, then what it did. */
import type { TraceStep } from "../machine/finding.ts";
import { wrapWithin } from "./columns.ts";
import { escapeTerminal } from "./escape.ts";
import { showValue } from "./numbers.ts";

/** "12 seen = tickets", then what it read, set, wrote and printed, in lines of at most `width` columns. */
export function cellLines(step: TraceStep, width: number): string[] {
  const label = `${step.line} `;
  const inset = " ".repeat(Math.min(label.length, 4));
  const lines = wrapWithin(label + escapeTerminal(step.text), width, " ".repeat(label.length));
  for (const text of effects(step)) lines.push(...wrapWithin(inset + text, width, `${inset}  `));
  return lines;
}

/** What a step did, one line for each kind of thing. A variable read and written in one step shows both values. */
function effects(step: TraceStep): string[] {
  const show = (entries: readonly (readonly [string, unknown])[]): string =>
    entries.map(([name, value]) => escapeTerminal(`${name} = ${showValue(value)}`)).join(", ");
  const writes = Object.entries(step.writes);
  const reads = Object.entries(step.reads).filter(([name]) => !Object.hasOwn(step.writes, name));
  const changed = writes.filter(([name]) => Object.hasOwn(step.reads, name));
  const written = writes.filter(([name]) => !Object.hasOwn(step.reads, name));
  const locals = Object.entries(step.locals ?? {});
  return [
    ...(step.note === undefined ? [] : [escapeTerminal(step.note)]),
    ...(reads.length > 0 ? [`reads ${show(reads)}`] : []),
    ...(written.length > 0 ? [`writes ${show(written)}`] : []),
    ...changed.map(([name, value]) => escapeTerminal(`${name}: ${showValue(step.reads[name])} -> ${showValue(value)}`)),
    ...(locals.length > 0 ? [`sets ${show(locals)}`] : []),
    ...(step.output ?? []).map((text) => `prints ${escapeTerminal(JSON.stringify(text))}`),
    ...endOf(step),
  ];
}

/** "ends by Full (line 5, raise: Full)"; nothing where it is the end that one expects. */
function endOf({ ended, ended_in }: TraceStep): string[] {
  if (ended === undefined || ended === "normally" || ended === "terminated") return [];
  return [escapeTerminal(`ends ${ended}${ended_in === undefined ? "" : ` (${ended_in})`}`)];
}
