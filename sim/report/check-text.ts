/** The answer of `sim check` as text: the verdict and how far it reaches, each finding as columns, the outcomes, what was explored. */
import { OTHERS_GO_ON } from "../detect/deadlock.ts";
import type { CheckResult, OrderCounts } from "../explore/result.ts";
import type { Finding } from "../machine/finding.ts";
import { replayCommand } from "../scenario/commands.ts";
import { type Column, cut, table, wrap } from "./columns.ts";
import { traceColumns } from "./columns-trace.ts";
import { escapeTerminal } from "./escape.ts";
import { headline, momentOf } from "./finding-lines.ts";
import { counted, percent, showValue } from "./numbers.ts";
import { paint, type Style } from "./paint.ts";
import type { ReportOptions } from "./report.ts";

const OUTCOMES_SHOWN = 12;
/** Longer schedules stand alone on their line anyhow; beyond this they are of no use to a reader. */
const SCHEDULE_SHOWN = 600;

/** The text of one check. */
export function checkText(result: CheckResult, options: ReportOptions): string {
  const lines = [
    `${paint(escapeTerminal(result.scenario), "bold", options)}: ${paint(VERDICT[result.verdict].word, VERDICT[result.verdict].style, options)}`,
    ...indented(wrap(guaranteeWords(result), options.width - 2)),
  ];
  result.findings.forEach((finding, at) => {
    const number = result.findings.length === 1 ? "" : `${at + 1}. `;
    lines.push("", ...findingBlock(finding, number, result, options));
  });
  if (!options.quiet) {
    lines.push(...section("Outcomes", outcomeLines(result, options.ascii ? "..." : "…"), options));
    lines.push(...section("Explored", indented(wrap(exploredWords(result), options.width - 2)), options));
    lines.push(
      ...section(
        "Notes",
        result.notes.flatMap((note) => indented(wrap(escapeTerminal(note), options.width - 2))),
        options,
      ),
    );
  }
  return `${lines.join("\n")}\n`;
}

const VERDICT: { readonly [K in CheckResult["verdict"]]: { readonly word: string; readonly style: Style } } = {
  holds: { word: "holds", style: "green" },
  violated: { word: "VIOLATED", style: "red" },
  inconclusive: { word: "inconclusive", style: "yellow" },
};

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`);
}

function section(heading: string, body: readonly string[], options: ReportOptions): string[] {
  return body.length === 0 ? [] : ["", paint(heading, "bold", options), ...body];
}

/** What the verdict rests on, in plain words. */
export function guaranteeWords(result: CheckResult): string {
  const { explored } = result;
  const found = result.findings.length;
  const problems = counted(found, "problem");
  const what =
    explored.under === "scheduler" ? "order that this scheduler and this timing leave open" : "order of steps";
  switch (result.guarantee) {
    case "exhaustive":
      if (result.verdict === "inconclusive")
        return `Every ${what} was tried and none breaks anything, but not everything could be decided (see the notes).`;
      if (found > 0)
        return `${problems} found. Every ${what} was tried, or one of each set of equivalent ones, so there is no other kind of problem.`;
      return `Every ${what} was tried, or one of each set of equivalent ones: none breaks anything.`;
    case "bounded": {
      const within = `every ${what} with at most ${counted(explored.bound ?? 0, "pre-emption")} was tried`;
      return found > 0
        ? `${problems} found; ${within}.`
        : `Nothing found: ${within}. A bug that needs more may be left.`;
    }
    case "sampled": {
      const { confidence } = result;
      if (found > 0) return `${problems} found. Not every ${what} was tried, so there may be more.`;
      const words = confidence === undefined ? "" : ` ${confidence.words}`;
      return `Nothing found, but not every ${what} was tried${explored.stopped === null ? "" : ` (${STOPPED[explored.stopped] ?? explored.stopped})`}.${words}`;
    }
  }
}

const STOPPED: Readonly<Record<string, string>> = {
  states: "the limit of states was reached",
  runs: "the limit of runs was reached",
  depth: "the limit of depth was reached",
  memory: "the limit of memory was reached",
  time: "the time was up",
  interrupted: "it was interrupted",
};

function findingBlock(finding: Finding, number: string, result: CheckResult, options: ReportOptions): string[] {
  const indent = "  ";
  const room = Math.max(20, options.width - indent.length);
  const lines = [
    `${number}${paint(escapeTerminal(headline(finding)), "red", options)}${momentOf(finding, result.unit ?? "tick")}  [${finding.kind}]`,
  ];
  if (finding.cycle === undefined || finding.cycle.length < 3)
    lines.push(...wrap(escapeTerminal(finding.message), room).map((line) => indent + line));
  else {
    lines.push(`${indent}each waits for what the next one holds:`);
    for (const edge of finding.cycle) {
      const holds = edge.holds.length === 0 ? "holds nothing" : `holds ${edge.holds.map(escapeTerminal).join(", ")}`;
      lines.push(`${indent}  ${escapeTerminal(edge.process)} ${holds} and waits for ${escapeTerminal(edge.waits_for)}`);
    }
    if (finding.message.endsWith(OTHERS_GO_ON)) lines.push(`${indent}${OTHERS_GO_ON.slice(2)}`);
  }
  if (finding.line > 0) lines.push(`${indent}${escapeTerminal(finding.file)}:${finding.line}:${finding.column}`);
  const trace = finding.trace ?? [];
  if (trace.length > 0 && !options.quiet) {
    lines.push("", ...traceColumns(finding, trace, options, indent, result.unit), "");
  } else if (finding.steps === 0 && finding.schedule && !options.quiet) {
    lines.push(`${indent}before anybody takes a step`, "");
  }
  if (finding.schedule && finding.steps !== undefined) {
    // with a clock it is not for the order to say who was pre-empted and who slept
    const preemptions =
      result.explored.under === "scheduler" ? "" : `, ${counted(finding.preemptions ?? 0, "pre-emption")}`;
    const size = `${counted(finding.steps, "step")}${preemptions}`;
    lines.push(`${indent}Play it again (${size}):`, ...replayLines(result, finding.schedule));
  }
  if (finding.more !== undefined)
    lines.push(
      ...wrap(`${moreWords(finding.more)}: --all shows ${finding.more === 1 ? "it" : "them"}`, room).map(
        (line) => indent + line,
      ),
    );
  if (finding.hint !== undefined)
    lines.push(...wrap(`hint: ${escapeTerminal(finding.hint)}`, room).map((line) => indent + line));
  return lines;
}

/** "1 more of this kind, in another place" */
export function moreWords(more: number): string {
  return `${more} more of this kind, in ${more === 1 ? "another place" : "other places"}`;
}

/** The command on one line, so that it can be copied. */
function replayLines(result: CheckResult, schedule: string): string[] {
  if (schedule.length > SCHEDULE_SHOWN)
    return [`    the schedule is ${schedule.length} characters long: take it from --json`];
  return [`    ${escapeTerminal(replayCommand(result, schedule))}`];
}

function outcomeLines(result: CheckResult, ellipsis: string): string[] {
  const { outcomes } = result;
  if (outcomes.length === 0) return [];
  const names = Object.keys(outcomes[0]!.shared);
  const how = counted(outcomes.length, "way", "ways");
  const complete = result.guarantee === "exhaustive" ? "" : " seen so far";
  if (names.length === 0) {
    const ends = outcomes.map((each) => (each.deadlock === true ? "in a deadlock" : "all have ended"));
    return [`  ${how} to end${complete}: ${ends.join(", ")}`];
  }
  const columns: Column[] = [
    ...names.map((name): Column => ({ heading: escapeTerminal(name), align: "right" })),
    { heading: "", align: "left" },
  ];
  const rows = outcomes
    .slice(0, OUTCOMES_SHOWN)
    .map((each) => [
      ...names.map((name) => cut(escapeTerminal(showValue(each.shared[name])), 40, ellipsis)),
      each.deadlock === true ? "deadlock" : "",
    ]);
  const more =
    outcomes.length > OUTCOMES_SHOWN
      ? [`  ${ellipsis} and ${outcomes.length - OUTCOMES_SHOWN} more (--json lists all, each with a schedule)`]
      : [];
  return [`  ${how} to end${complete}:`, ...table(columns, rows, "    "), ...more];
}

/** A count as it is, or its size where it has too many digits to be read. */
function large(count: string): string {
  return count.length <= 15 ? count : `about ${count[0]}.${count.slice(1, 3)}e${count.length - 1}`;
}

/** Below one percent as one in so many: two decimals of a percent would make little into nothing. */
function chanceWords(probability: number): string {
  if (probability >= 0.01) return percent(probability);
  return probability < 1e-300 ? "less than 1 in 1e300" : `1 in ${large(String(BigInt(Math.round(1 / probability))))}`;
}

/** "6 orders in all, 2 of which fail" */
function ordersWords({ orders, failing }: OrderCounts): string {
  if (orders === "1") return `1 order in all, and it ${failing === "0" ? "does not fail" : "fails"}`;
  if (failing === "0") return `${large(orders)} orders in all, none of which fails`;
  const which =
    failing === orders ? "all of which fail" : `${large(failing)} of which ${failing === "1" ? "fails" : "fail"}`;
  return `${large(orders)} orders in all, ${which}`;
}

/**
 * What orders do not fail by: a race is there before anything has gone wrong, in nearly every order; what comes true in
 * the end or is reachable is looked for elsewhere.
 */
function asideWords({ findings }: CheckResult): string {
  const aside = [
    { kind: "data_race", words: "data races" },
    { kind: "eventually", words: "'eventually'" },
    { kind: "unreachable", words: "'reachable'" },
  ].filter(({ kind }) => findings.some((finding) => finding.kind === kind));
  return aside.length === 0 ? "" : `, ${aside.map(({ words }) => words).join(" and ")} aside`;
}

function exploredWords(result: CheckResult): string {
  const { explored, counts, confidence } = result;
  const parts: string[] = [];
  if (explored.states > 0) parts.push(`${counted(explored.states, "state")}, ${counted(explored.transitions, "step")}`);
  if (explored.under === "scheduler") {
    const stuck = explored.deadlocked === 0 ? "" : `, ${explored.deadlocked} of them deadlocked`;
    const open =
      explored.depth === 0 ? "nothing was left open" : `at most ${counted(explored.depth, "open decision")} in one`;
    parts.push(`${counted(explored.executions ?? 0, "run")}${stuck}`, open);
  } else if (explored.executions !== null) {
    const stuck =
      explored.deadlocked === null || explored.deadlocked === 0 ? "" : `, ${explored.deadlocked} of them deadlocked`;
    parts.push(`${counted(explored.executions, "complete order")}${stuck}`);
  }
  if (explored.under !== "scheduler") parts.push(`longest path ${explored.depth}`);
  const how = `strategy ${explored.strategy}: ${explored.why}`;
  const reductions =
    explored.reductions.length === 0 ? "no reductions" : `reductions: ${explored.reductions.join(", ")}`;
  const sentences = [`${parts.join(", ")}`, how, reductions];
  if (explored.liveness?.complete === true)
    sentences.push(`${counted(explored.liveness.states, "state")} searched for runs that never end`);
  if (counts !== undefined) {
    const chance =
      counts.failing === "0" || counts.failing === counts.orders
        ? ""
        : `; a scheduler that picks by chance hits one of those with a probability of ${chanceWords(counts.probability)}`;
    sentences.push(`${ordersWords(counts)}${asideWords(result)}${chance}`);
  }
  if (explored.collision_probability !== undefined && explored.collision_probability > 0) {
    sentences.push(
      `the chance that a hash collision hid a state is below ${explored.collision_probability.toExponential(1)}`,
    );
  }
  if (confidence !== undefined) sentences.push(confidence.words);
  return escapeTerminal(sentences.map((text) => text.replace(/\.$/, "")).join(". ")).concat(".");
}
