/**
 * Results as GitHub workflow commands: each finding becomes an annotation at its line in the pull request.
 * https://docs.github.com/actions/reference/workflow-commands-for-github-actions
 */
import type { CheckResult, ReplayResult } from "../explore/result.ts";
import { EXIT_CODE, type Finding } from "../machine/finding.ts";
import type { RunResult } from "../run/result.ts";
import { type CommandTarget, replayCommand } from "../scenario/commands.ts";
import { guaranteeWords } from "./check-text.ts";
import { escapeGithubData, escapeGithubProperty } from "./escape.ts";
import { headline } from "./finding-lines.ts";
import type { Report, Reporter } from "./report.ts";

export const github: Reporter = {
  name: "github",
  about: "for GitHub Actions: findings as annotations (workflow commands)",
  write: (result) => commands(result).join(""),
  writeAll: (results) => results.flatMap(commands).join(""),
};

interface Place {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
}

function command(level: "error" | "warning" | "notice", place: Place, title: string, message: string): string {
  const properties = [
    `file=${escapeGithubProperty(place.file)}`,
    ...(place.line !== undefined && place.line > 0 ? [`line=${place.line}`] : []),
    ...(place.line !== undefined && place.line > 0 && place.column !== undefined ? [`col=${place.column}`] : []),
    `title=${escapeGithubProperty(title)}`,
  ];
  return `::${level} ${properties.join(",")}::${escapeGithubData(message)}\n`;
}

function commands(result: Report): string[] {
  switch (result.schema) {
    case "run/1":
      return runCommands(result);
    case "compare/1":
      return result.runs.flatMap(runCommands);
    case "check/1":
      // what could not be decided is no success
      if (result.verdict === "inconclusive")
        return [command("warning", { file: result.file }, `${result.scenario}: inconclusive`, guaranteeWords(result))];
      return findingCommands(result);
    case "replay/1":
      return findingCommands(result);
    case "test/1":
      return result.cases
        .filter((each) => each.status === "failed")
        .map((each) =>
          command(
            "error",
            { file: each.file },
            `${each.scenario === "" ? each.file : each.scenario}: not as expected`,
            each.mismatches
              .map(({ message, expected, actual }) =>
                expected === null || actual === null ? message : `${message}\nexpected ${expected}\nactual ${actual}`,
              )
              .join("\n"),
          ),
        );
    case "problems/1":
      return result.problems.map((each) =>
        command("error", each, each.code, each.hint === null ? each.message : `${each.message}\nhint: ${each.hint}`),
      );
  }
}

function findingCommands(result: CheckResult | ReplayResult): string[] {
  return result.findings.map((finding) =>
    command(level(finding), finding, `${result.scenario}: ${headline(finding)}`, withReplay(finding, result)),
  );
}

function runCommands(run: RunResult): string[] {
  return [
    ...run.findings.map((finding) =>
      command(level(finding), finding, `${run.scenario}: ${headline(finding)}`, finding.message),
    ),
    ...run.warnings.map((warning) => command("warning", { file: run.file }, run.scenario, warning)),
  ];
}

/** The message, and how to see it again. */
function withReplay(finding: Finding, target: CommandTarget): string {
  return !finding.schedule ? finding.message : `${finding.message}\n${replayCommand(target, finding.schedule)}`;
}

function level(finding: Finding): "error" | "notice" {
  return EXIT_CODE[finding.kind] === 0 ? "notice" : "error";
}
