/** Findings in plain words, as text for a terminal. */
import type { Finding, FindingKind } from "../machine/finding.ts";
import { cut, displayWidth, wrap } from "./columns.ts";
import { escapeTerminal } from "./escape.ts";
import { counted, showValue, withUnit } from "./numbers.ts";
import { paint } from "./paint.ts";
import type { ReportOptions } from "./report.ts";

/** What each kind of finding says went wrong; `name` is the finding's own. */
const HEADLINES: { readonly [K in FindingKind]: (name: string, finding: Finding) => string } = {
  invariant: (name) => `'${name}' must always hold, and did not`,
  final: (name) => `'${name}' must hold at the end, and does not`,
  eventually: (name) => `'${name}' must come true in the end, and never does`,
  unreachable: (name) => `'${name}' should be reachable, and was not reached`,
  assertion: (name) => (name === "assertion" ? "an assertion failed" : `the assertion '${name}' failed`),
  exception: (name) => `nobody caught the exception '${name}'`,
  deadlock: () => "deadlock",
  data_race: (name) => `data race on '${name}'`,
  misuse: (name) => (name === "misuse" ? "a resource was misused" : `misuse of '${name}'`),
  livelock: (_, { processes }) =>
    processes.length === 1
      ? `livelock: ${processes[0]!} keeps busy and never gets on`
      : "livelock: all keep busy and nobody gets on",
  starvation: (name) => (name === "starvation" ? "starvation" : `starvation of '${name}'`),
  lost_wakeup: (name) => (name === "lost_wakeup" ? "lost wake-up" : `lost wake-up: '${name}'`),
  zombie: (name) => (name === "zombie" ? "a process stayed a zombie" : `'${name}' stayed a zombie`),
};

/** The fact in half a sentence: kind and which property, not yet escaped. */
export function headline(finding: Finding): string {
  return HEADLINES[finding.kind](finding.name, finding);
}

/** " at 200 ms", " at time 200"; nothing for a finding without a time. */
export function momentOf(finding: Finding, unit: string): string {
  // what never comes true does not do so at a time
  if (finding.time === undefined || finding.kind === "eventually") return "";
  return ` at ${unit === "tick" ? "time " : ""}${withUnit(finding.time, unit)}`;
}

/** All findings, numbered where there are several. */
export function findingLines(findings: readonly Finding[], unit: string, options: ReportOptions): string[] {
  return findings.flatMap((finding, at) => {
    const number = findings.length === 1 ? "" : `${at + 1}. `;
    return one(finding, number, unit, options);
  });
}

/** On one line where it fits: then only the fact is in colour. */
function headLines(finding: Finding, number: string, when: string, options: ReportOptions): string[] {
  const fact = escapeTerminal(headline(finding));
  const rest = `${when}  [${finding.kind}]`;
  if (displayWidth(`  ${number}${fact}${rest}`) <= options.width)
    return [`  ${number}${paint(fact, "red", options)}${rest}`];
  const lines = wrap(fact + rest, Math.max(20, options.width - 2 - number.length));
  return lines.map((line, at) => `  ${at === 0 ? number : " ".repeat(number.length)}${paint(line, "red", options)}`);
}

function one(finding: Finding, number: string, unit: string, options: ReportOptions): string[] {
  const indent = `  ${" ".repeat(number.length)}`;
  const room = Math.max(20, options.width - indent.length);
  const when = momentOf(finding, unit);
  const lines = [
    ...headLines(finding, number, when, options),
    ...wrap(escapeTerminal(finding.message), room).map((line) => indent + line),
  ];
  if (finding.processes.length > 0) {
    const names = finding.processes.map(escapeTerminal).join(", ");
    lines.push(...wrap(`who: ${names}`, room).map((line) => indent + line));
  }
  // the message of one who waits for itself says it all
  for (const edge of finding.cycle !== undefined && finding.cycle.length > 1 ? finding.cycle : []) {
    const holds = edge.holds.length === 0 ? "holds nothing" : `holds ${edge.holds.map(escapeTerminal).join(", ")}`;
    lines.push(`${indent}${escapeTerminal(edge.process)} ${holds} and waits for ${escapeTerminal(edge.waits_for)}`);
  }
  if (finding.line > 0) {
    lines.push(`${indent}${escapeTerminal(finding.file)}:${finding.line}:${finding.column}`);
    if (finding.source !== undefined) {
      const ellipsis = options.ascii ? "..." : "…";
      lines.push(`${indent}  ${finding.line} | ${cut(escapeTerminal(finding.source), room - 8, ellipsis)}`);
    }
  }
  for (const [at, step] of (finding.trace ?? []).entries()) {
    const values = (of: Record<string, unknown>): string =>
      Object.entries(of)
        .map(([name, value]) => `${name} = ${showValue(value)}`)
        .join(", ");
    const effects = [
      Object.keys(step.reads).length > 0 ? `reads ${values(step.reads)}` : "",
      Object.keys(step.writes).length > 0 ? `writes ${values(step.writes)}` : "",
    ].filter((text) => text !== "");
    const effect = effects.length === 0 ? "" : `  (${effects.join("; ")})`;
    lines.push(`${indent}${at + 1}. ${escapeTerminal(`${step.process}:${step.line}  ${step.text}${effect}`)}`);
  }
  if (finding.schedule && finding.steps !== undefined) {
    lines.push(`${indent}schedule (${counted(finding.steps, "step")}): ${escapeTerminal(finding.schedule)}`);
  }
  if (finding.hint !== undefined)
    lines.push(...wrap(`hint: ${escapeTerminal(finding.hint)}`, room).map((line) => indent + line));
  return lines;
}
