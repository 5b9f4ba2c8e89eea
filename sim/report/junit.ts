/**
 * Results as JUnit XML, the form that CI servers read: a suite for each result, a case for each thing held to it.
 * No time stamps and no durations: equal results give equal bytes.
 */
import type { TestCase } from "../explore/expectation.ts";
import type { CheckResult, ReplayResult } from "../explore/result.ts";
import { EXIT_CODE, type Finding } from "../machine/finding.ts";
import type { RunResult } from "../run/result.ts";
import { type CommandTarget, replayCommand } from "../scenario/commands.ts";
import { escapeXml } from "./escape.ts";
import { headline } from "./finding-lines.ts";
import type { Report, Reporter } from "./report.ts";

export const junit: Reporter = {
  name: "junit",
  about: "for CI servers: JUnit XML",
  write: (result) => document([result]),
  writeAll: (results) => document(results),
};

interface Case {
  readonly name: string;
  readonly classname: string;
  readonly outcome: {
    readonly element: "failure" | "error" | "skipped";
    readonly message: string;
    readonly body: string;
  } | null;
}

function document(results: readonly Report[]): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n${results.flatMap(suites).join("")}</testsuites>\n`;
}

function suites(result: Report): string[] {
  switch (result.schema) {
    case "run/1":
      return [suite(result.file, runCases(result))];
    case "compare/1":
      return result.runs.map((run) => suite(`${run.file} ${String(run.scheduler.policy)}`, runCases(run)));
    case "check/1":
    case "replay/1":
      return [suite(result.file, findingCases(result))];
    case "test/1":
      return [suite("sim test", result.cases.map(expectationCase))];
    case "problems/1": {
      const files = [...new Set(result.problems.map((problem) => problem.file))];
      return files.map((file) => {
        const body = result.problems
          .filter((problem) => problem.file === file)
          .map((each) => `${each.file}:${each.line}:${each.column} ${each.code}: ${each.message}`)
          .join("\n");
        return suite(file, [
          { name: "valid", classname: file, outcome: { element: "error", message: "not a valid scenario", body } },
        ]);
      });
    }
  }
}

function suite(name: string, cases: readonly Case[]): string {
  const count = (element: string): number => cases.filter((each) => each.outcome?.element === element).length;
  const attributes = `tests="${cases.length}" failures="${count("failure")}" errors="${count("error")}" skipped="${count("skipped")}"`;
  return `  <testsuite name="${escapeXml(name)}" ${attributes}>\n${cases.map(caseElement).join("")}  </testsuite>\n`;
}

function caseElement({ name, classname, outcome }: Case): string {
  const open = `    <testcase name="${escapeXml(name)}" classname="${escapeXml(classname)}"`;
  if (outcome === null) return `${open}/>\n`;
  const message = `message="${escapeXml(outcome.message)}"`;
  const inner =
    outcome.body === ""
      ? `<${outcome.element} ${message}/>`
      : `<${outcome.element} ${message}>${escapeXml(outcome.body)}</${outcome.element}>`;
  return `${open}>\n      ${inner}\n    </testcase>\n`;
}

/** A case for each finding; what is not proven is skipped, not passed. */
function findingCases(result: CheckResult | ReplayResult): Case[] {
  if (result.schema === "check/1" && result.verdict === "inconclusive") {
    return [
      {
        name: result.scenario,
        classname: result.file,
        outcome: { element: "skipped", message: "inconclusive", body: "" },
      },
    ];
  }
  if (result.schema === "replay/1" && result.misfit !== null) {
    const { entry, message } = result.misfit;
    return [
      {
        name: result.scenario,
        classname: result.file,
        outcome: { element: "error", message: `entry ${entry} does not fit`, body: message },
      },
    ];
  }
  return casesOf(result);
}

function runCases(run: RunResult): Case[] {
  return casesOf(run);
}

function casesOf(run: Pick<RunResult, "findings" | "scenario" | "file" | "set">): Case[] {
  const serious = run.findings.filter((finding) => EXIT_CODE[finding.kind] !== 0);
  if (serious.length === 0) return [{ name: run.scenario, classname: run.file, outcome: null }];
  return serious.map((finding) => ({
    name: `${run.scenario}: ${finding.name}`,
    classname: run.file,
    outcome: { element: "failure", message: headline(finding), body: details(finding, run) },
  }));
}

function details(finding: Finding, target: CommandTarget): string {
  const where = finding.line > 0 ? `\n${finding.file}:${finding.line}:${finding.column}` : "";
  const who = finding.processes.length > 0 ? `\n${finding.processes.join(", ")}` : "";
  const again = !finding.schedule ? "" : `\n${replayCommand(target, finding.schedule)}`;
  return `${finding.message}${who}${where}${again}`;
}

function expectationCase(each: TestCase): Case {
  const name = each.scenario === "" ? each.file : each.scenario;
  const body = each.mismatches
    .map(({ message, expected, actual }) =>
      expected === null || actual === null ? message : `${message}\n  expected ${expected}\n  actual   ${actual}`,
    )
    .join("\n");
  const first = each.mismatches[0]?.message ?? "";
  const outcome: Case["outcome"] =
    each.status === "passed"
      ? null
      : each.status === "failed"
        ? { element: "failure", message: first, body }
        : { element: "skipped", message: "no expect: section", body: "" };
  return { name, classname: each.file, outcome };
}
