/** Results as text for a terminal: what a person reads first. */
import type { RunResult } from "../run/result.ts";
import { checkCommandLine } from "../scenario/commands.ts";
import { chartLines } from "./chart.ts";
import { checkText } from "./check-text.ts";
import { padLeft, padRight, wrap, wrapEntries } from "./columns.ts";
import { compareText } from "./compare-text.ts";
import { escapeTerminal } from "./escape.ts";
import { measures, missLines, processTable, sharedLines, statusWords, warningLines } from "./figures.ts";
import { findingLines } from "./finding-lines.ts";
import { figure } from "./numbers.ts";
import { paint } from "./paint.ts";
import { replayText } from "./replay-text.ts";
import type { Reporter, ReportOptions } from "./report.ts";
import { ruleWords, schedulerWords } from "./scheduler-words.ts";
import { testText } from "./test-text.ts";
import { traceLines } from "./trace-lines.ts";

export const text: Reporter = {
  name: "text",
  about: "for people: output, charts, tables and findings (the default)",
  write(result, options) {
    switch (result.schema) {
      case "run/1":
        return runText(result, options);
      case "compare/1":
        return compareText(result, options);
      case "check/1":
        return checkText(result, options);
      case "replay/1":
        return replayText(result, options);
      case "test/1":
        return testText(result, options);
      case "problems/1":
        // the command line has put them on standard error, with the lines they are about
        return "";
    }
  },
};

/** The text of one run. */
export function runText(result: RunResult, options: ReportOptions): string {
  const lines = options.quiet ? quietLines(result, options) : allLines(result, options);
  return `${lines.join("\n")}\n`;
}

function quietLines(result: RunResult, options: ReportOptions): string[] {
  return [
    `${escapeTerminal(result.scenario)}: ${statusWords(result)}`,
    ...findingLines(result.findings, result.unit, options),
  ];
}

function allLines(result: RunResult, options: ReportOptions): string[] {
  const lines = headerLines(result, options);
  const section = (heading: string, body: readonly string[]): void => {
    if (body.length > 0) lines.push("", paint(heading, "bold", options), ...body);
  };
  section("Output", outputLines(result));
  section("Gantt chart", chartLines(result, options));
  if (result.trace !== undefined) section("Decisions", traceLines(result, result.trace, options));
  section("Processes", processTable(result));
  const names = measures(result);
  const widest = names.reduce((most, { name }) => Math.max(most, name.length), 0);
  section(
    "Measures",
    names.flatMap(({ name, value }) =>
      wrap(value, Math.max(20, options.width - widest - 4)).map(
        (line, at) => `  ${padRight(at === 0 ? name : "", widest)}  ${line}`,
      ),
    ),
  );
  const indented = (body: readonly string[]): string[] => body.map((line) => `  ${line}`);
  section("Shared at the end", indented(sharedLines(result, options.width - 2, options.ascii ? "..." : "…")));
  section("Deadline misses", indented(missLines(result)));
  section("Findings", findingLines(result.findings, result.unit, options));
  section("Warnings", indented(warningLines(result, options.width - 2)));
  lines.push("", ...footerLines(result, options));
  return lines;
}

function headerLines(result: RunResult, options: ReportOptions): string[] {
  const title = paint(escapeTerminal(result.scenario), "bold", options);
  const about = wrap(escapeTerminal(result.about.trim().replace(/\s+/g, " ")), options.width - 2)
    .filter((line) => line !== "")
    .map((line) => `  ${line}`);
  const cores = result.cores === 1 ? "1 core" : `${result.cores} cores`;
  const step = result.step_cost === 0 ? "" : `, each step costs ${figure(result.step_cost)}`;
  const rules = ruleWords(result.scheduler);
  const fields: (readonly [string, string])[] = [
    ["scheduler", `${schedulerWords(result.scheduler)} on ${cores}${step}`],
    ...(rules === "" ? [] : [["rules", rules] as const]),
    ["seed", `${result.seed}${result.unit === "tick" ? "" : `, times in ${result.unit}`}`],
    ["result", statusWords(result)],
  ];
  return [
    title,
    ...about,
    "",
    ...fields.flatMap(([name, value]) =>
      wrap(escapeTerminal(value), Math.max(20, options.width - 13)).map(
        (line, at) => `  ${padRight(at === 0 ? name : "", 9)}  ${line}`,
      ),
    ),
  ];
}

function outputLines(result: RunResult): string[] {
  const times = result.output.map((line) => figure(line.time));
  const widest = times.reduce((most, time) => Math.max(most, time.length), 0);
  const who = result.output.reduce((most, line) => Math.max(most, escapeTerminal(line.process).length), 0);
  return result.output.map(
    (line, at) =>
      `  ${padLeft(times[at] ?? "", widest)}  ${padRight(escapeTerminal(line.process), who)}  ${escapeTerminal(line.text)}`,
  );
}

/** How to see more; only commands that exist are named. */
function footerLines(result: RunResult, options: ReportOptions): string[] {
  const hints = [
    ...(result.trace === undefined ? ["--trace shows every decision"] : []),
    "--json gives all of it as data",
    ...(options.commands.includes("check") ? [`${escapeTerminal(checkCommandLine(result))} tries every order`] : []),
  ];
  return wrapEntries(
    hints.map((hint, at) => (at === 0 ? "More: " : "") + hint + (at === hints.length - 1 ? "." : ",")),
    " ",
    options.width,
  ).map((line) => paint(line, "dim", options));
}
