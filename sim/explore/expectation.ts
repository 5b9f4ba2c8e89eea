/**
 * Whether a scenario does what its `expect:` says.
 *
 * A pure comparison. One run can refute `outcomes` (its end is none of them) but not show that each of them comes about,
 * and it says little about what holds in every order: with the result of a check those are judged by that.
 */
import { Decimal } from "../base/decimal.ts";
import { EXIT_CODE, type Finding } from "../machine/finding.ts";
import type { RunResult } from "../run/result.ts";
import type { Expectation, Scenario } from "../scenario/ast.ts";
import type { CheckResult } from "./result.ts";

/** One point on which the run and `expect:` differ. */
export interface Mismatch {
  /** the key of `expect:` that it is about: "holds", "output", "finish", … */
  key: string;
  /** one plain sentence */
  message: string;
  /** both null where the sentence says it all */
  expected: string | null;
  actual: string | null;
}

/** One scenario of `sim test`. */
export interface TestCase {
  scenario: string;
  file: string;
  /** skipped: it has no `expect:` */
  status: "passed" | "failed" | "skipped";
  mismatches: Mismatch[];
  /** what a reader should know although it passed: that not every order was tried */
  notes?: string[];
}

/** `sim test --json` */
export interface TestResult {
  schema: "test/1";
  passed: number;
  failed: number;
  skipped: number;
  cases: TestCase[];
}

/** How many cases ended in which way. */
export function countCases(cases: readonly TestCase[]): { passed: number; failed: number; skipped: number } {
  const count = (status: TestCase["status"]): number => cases.filter((each) => each.status === status).length;
  return { passed: count("passed"), failed: count("failed"), skipped: count("skipped") };
}

/** All cases with their counts, as one result. */
export function testResult(cases: readonly TestCase[]): TestResult {
  return { schema: "test/1", ...countCases(cases), cases: [...cases] };
}

/** The case of one scenario, its run, and its check where `needsCheck` asks for one. */
export function testCase(scenario: Scenario, result: RunResult, check: CheckResult | null = null): TestCase {
  const mismatches = judge(scenario, result, check);
  const status = scenario.expect === null ? "skipped" : mismatches.length === 0 ? "passed" : "failed";
  const notes = check === null || check.guarantee === "exhaustive" ? [] : ["not every order was tried"];
  return {
    scenario: scenario.name,
    file: scenario.source.file,
    status,
    mismatches,
    ...(notes.length > 0 ? { notes } : {}),
  };
}

/** Whether `expect:` says something about every order, or about some order that one run need not be. */
export function needsCheck(expect: Expectation | null): boolean {
  if (expect === null) return false;
  const { holds, violates, deadlock, race, finds, outcomes } = expect;
  return holds !== null || deadlock !== null || outcomes !== null || violates.length + race.length + finds.length > 0;
}

/** Where run and check differ from `expect:`; empty if nowhere, or if nothing is expected. */
export function judge(scenario: Scenario, result: RunResult, check: CheckResult | null = null): Mismatch[] {
  const expect = scenario.expect;
  if (expect === null) return [];
  return [
    ...judgeFindings(expect, result, check),
    ...judgeOutput(expect, result),
    ...judgeEnds(expect, result, check),
    ...judgeFinish(expect, result),
    ...judgeAverage(expect, result),
    ...judgeMisses(expect, result),
  ];
}

function judgeFindings(expect: Expectation, result: RunResult, check: CheckResult | null): Mismatch[] {
  // what the run shows, the check shows as well, unless its budget ended first
  const found = [
    ...(check?.findings ?? []),
    ...result.findings.filter((finding) => !hasSame(check?.findings ?? [], finding)),
  ];
  // a zombie is reported, but no failure
  const serious = found.filter((finding) => EXIT_CODE[finding.kind] !== 0);
  const actual = serious.length === 0 ? "no finding" : serious.map(describe).join("; ");
  const mismatches: Mismatch[] = [];
  const where = check === null ? "this run did not show it" : "no order that was tried shows it";
  const miss = (key: string, expected: string): void => {
    mismatches.push({ key, message: `${expected} was expected, and ${where}`, expected, actual });
  };
  for (const name of expect.violates) {
    if (!serious.some((finding) => finding.name === name || finding.kind === name))
      miss("violates", `a violation of '${name}'`);
  }
  if (expect.deadlock === true && !serious.some((finding) => finding.kind === "deadlock"))
    miss("deadlock", "a deadlock");
  for (const name of expect.race) {
    if (!serious.some((finding) => finding.kind === "data_race" && sameVariable(finding.name, name))) {
      miss("race", `a data race on '${name}'`);
    }
  }
  for (const kind of expect.finds) {
    if (!found.some((finding) => finding.kind === kind)) miss("finds", `a finding of kind ${kind}`);
  }
  if (expect.holds === false && serious.length === 0) miss("holds", "a violation");
  if (mismatches.length === 0) mismatches.push(...unexpected(expect, serious));
  return mismatches;
}

function hasSame(findings: readonly Finding[], finding: Finding): boolean {
  return findings.some((each) => each.kind === finding.kind && each.name === finding.name);
}

/** `cells` stands for `cells[1]`, and `hits` for `server.hits`. */
function sameVariable(found: string, asked: string): boolean {
  const root = (name: string): string => name.replace(/\[\d+\](?=$|\[)/g, "");
  const bare = (name: string): string => name.replace(/\[\d+\]/g, "");
  return (
    found === asked ||
    root(found) === root(asked) ||
    bare(found) === bare(asked) ||
    bare(found).endsWith(`.${bare(asked)}`)
  );
}

/**
 * Findings that nobody announced. Where one is announced its companions are fine: a lost update that breaks an
 * invariant is a data race as well.
 */
function unexpected(expect: Expectation, all: readonly Finding[]): Mismatch[] {
  // whoever lists the outcomes need not be told that it is a race that makes them
  const serious =
    expect.outcomes !== null && expect.holds === null ? all.filter((finding) => finding.kind !== "data_race") : all;
  const announced =
    expect.holds === false ||
    expect.violates.length > 0 ||
    expect.deadlock === true ||
    expect.race.length > 0 ||
    expect.finds.length > 0;
  const bad = announced
    ? serious.filter((finding) => expect.holds === true || (expect.deadlock === false && finding.kind === "deadlock"))
    : serious;
  return bad.map((finding) => ({
    key: finding.kind === "deadlock" && expect.deadlock === false ? "deadlock" : "holds",
    message: `found, though expect: does not announce it: ${finding.message}`,
    expected: "no finding",
    actual: describe(finding),
  }));
}

function describe(finding: Finding): string {
  return finding.name === finding.kind ? finding.kind : `${finding.kind} '${finding.name}'`;
}

function judgeOutput(expect: Expectation, result: RunResult): Mismatch[] {
  if (expect.output === null) return [];
  const actual = result.output.map((line) => line.text);
  const longest = Math.max(actual.length, expect.output.length);
  for (let at = 0; at < longest; at++) {
    const wanted = expect.output[at];
    const got = actual[at];
    if (wanted === got) continue;
    return [
      {
        key: "output",
        message: `line ${at + 1} of the output differs (${expect.output.length} expected, ${actual.length} printed)`,
        expected: wanted === undefined ? "no such line" : JSON.stringify(wanted),
        actual: got === undefined ? "no such line" : JSON.stringify(got),
      },
    ];
  }
  return [];
}

function judgeEnds(expect: Expectation, result: RunResult, check: CheckResult | null): Mismatch[] {
  const mismatches: Mismatch[] = [];
  for (const [name, value] of expect.ends ?? []) {
    const expected = canonical(value);
    const actual = Object.hasOwn(result.shared, name) ? canonical(result.shared[name]) : "no such variable";
    if (expected !== actual) {
      mismatches.push({ key: "ends", message: `'${name}' ended with another value`, expected, actual });
    }
  }
  if (expect.outcomes !== null) {
    if (check !== null) mismatches.push(...judgeOutcomes(expect.outcomes, check));
    else if (!expect.outcomes.some((outcome) => isOutcome(outcome, result.shared))) {
      mismatches.push({
        key: "outcomes",
        message: "this run ended in none of the expected outcomes",
        expected: expect.outcomes.map((outcome) => canonical(outcome)).join(" or "),
        actual: canonical(result.shared),
      });
    }
  }
  return mismatches;
}

function isOutcome(outcome: ReadonlyMap<string, unknown>, shared: Record<string, unknown>): boolean {
  return [...outcome].every(
    ([name, value]) => Object.hasOwn(shared, name) && canonical(value) === canonical(shared[name]),
  );
}

/** The exact set of ends over all orders; as far as it is known, where not every order was tried. */
function judgeOutcomes(expected: readonly ReadonlyMap<string, unknown>[], check: CheckResult): Mismatch[] {
  const mismatches: Mismatch[] = [];
  const wanted = expected.map((outcome) => canonical(outcome)).join(" or ");
  for (const { shared, deadlock } of check.outcomes) {
    // an end in which somebody waits for ever is a deadlock, and reported as one
    if (deadlock === true || expected.some((outcome) => isOutcome(outcome, shared))) continue;
    mismatches.push({
      key: "outcomes",
      message: "some order ends in an outcome that is not expected",
      expected: wanted,
      actual: canonical(shared),
    });
  }
  if (check.guarantee !== "exhaustive") return mismatches;
  for (const outcome of expected) {
    if (check.outcomes.some(({ shared }) => isOutcome(outcome, shared))) continue;
    const actual = check.outcomes.map(({ shared }) => canonical(shared)).join(" or ");
    mismatches.push({
      key: "outcomes",
      message: "no order ends in an outcome that is expected",
      expected: canonical(outcome),
      actual,
    });
  }
  return mismatches;
}

/** One text for equal values, whatever they are kept in: exact decimals, maps or plain objects, keys in any order. */
function canonical(value: unknown): string {
  if (value instanceof Decimal) return value.toString();
  if (Array.isArray(value)) return `[${value.map(canonical).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    const entries: [unknown, unknown][] = value instanceof Map ? [...value] : Object.entries(value);
    const items = entries.map(([key, item]) => `${String(key)}: ${canonical(item)}`);
    // code unit order, so that no locale has a say
    return `{${items.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)).join(", ")}}`;
  }
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}

function judgeFinish(expect: Expectation, result: RunResult): Mismatch[] {
  const mismatches: Mismatch[] = [];
  for (const [name, expected] of expect.finish ?? []) {
    const row = result.processes.find((process) => process.name === name);
    if (row !== undefined && row.finish === expected.toNumber()) continue;
    mismatches.push({
      key: "finish",
      message: `${name} did not finish when expected`,
      expected: expected.toString(),
      actual: row === undefined ? "no such process" : row.finish === null ? "not finished" : String(row.finish),
    });
  }
  return mismatches;
}

function judgeAverage(expect: Expectation, result: RunResult): Mismatch[] {
  const mismatches: Mismatch[] = [];
  for (const [name, expected] of expect.average ?? []) {
    const actual = result.averages[name];
    const exact = result.exact[`averages.${name}`];
    if (actual !== null && sameAverage(expected, actual, exact)) continue;
    mismatches.push({
      key: "average",
      message: `the average ${name} differs`,
      expected: expected.toString(),
      actual:
        actual === null
          ? "none, since nothing finished"
          : exact === undefined
            ? String(actual)
            : `${actual} (${exact})`,
    });
  }
  return mismatches;
}

/** Exactly these deadlines must be missed, and no others. */
function judgeMisses(expect: Expectation, result: RunResult): Mismatch[] {
  if (expect.misses === null) return [];
  const expected = [...expect.misses].flatMap(([name, times]) => times.map((due) => `${name} due at ${due}`));
  const actual = result.deadline_misses.map(({ process, due }) => `${process} due at ${due}`);
  const words = (list: readonly string[]): string => (list.length === 0 ? "none" : [...list].sort().join(", "));
  if (words(expected) === words(actual)) return [];
  const message = "other deadlines are missed than expected";
  return [{ key: "misses", message, expected: words(expected), actual: words(actual) }];
}

/**
 * A finite decimal must be met exactly. 17/3 has no finite decimal: there the expected number must be the nearest one
 * with as many places as it has, at least two.
 */
function sameAverage(expected: Decimal, actual: number, exact: string | undefined): boolean {
  if (exact === undefined) return expected.toNumber() === actual;
  return expected.toNumber() === Number(actual.toFixed(Math.max(2, expected.scale)));
}
