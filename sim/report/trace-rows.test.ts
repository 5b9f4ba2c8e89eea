import { describe, expect, test } from "vitest";
import type { Finding, TraceStep } from "../machine/finding.ts";
import { shownProcesses, traceRows } from "./trace-rows.ts";

const finding = (processes: string[]): Finding => ({
  ...{ kind: "invariant", name: "x", message: "", processes, file: "", line: 1, column: 1 },
});

const step = (process: string, parts: Partial<TraceStep> = {}): TraceStep => ({
  ...{ process, line: 1, text: "x", reads: {}, writes: {} },
  ...parts,
});

/** Three steps of a process, the last of which ends it. */
const life = (process: string, parts: Partial<TraceStep> = {}): TraceStep[] => [
  step(process, parts),
  step(process),
  step(process, { ended: "normally" }),
];

/** The rows in short: "fold A", "A". */
const rows = (trace: TraceStep[], processes = ["X"]): string[] => [
  ...new Set(
    traceRows(finding(processes), trace).map((row) =>
      row.type === "fold"
        ? `fold ${row.numbered[0]!.step.process}`
        : row.type === "step"
          ? row.numbered.step.process
          : row.type,
    ),
  ),
];

describe("folding", () => {
  const others = [step("X"), step("Y")];

  test("takes together what a process does alone up to its normal end", () => {
    expect(rows([...life("A"), ...life("B"), ...others])).toEqual(["fold A", "fold B", "X", "Y"]);
  });

  test("shows a process that has not ended, or that an exception ended", () => {
    const [one, two] = life("A");
    expect(rows([one!, two!, step("A"), ...others])).toEqual(["A", "X", "Y"]);
    expect(rows([one!, two!, step("A", { ended: "by Boom" }), ...others])).toEqual(["A", "X", "Y"]);
  });

  test("shows a process that has steps elsewhere, and those that the finding names", () => {
    expect(rows([step("A"), ...others, ...life("A"), ...others])).toEqual(["A", "X", "Y"]);
    expect(rows([...life("A"), ...others], ["A"])).toEqual(["A", "X", "Y"]);
  });

  test("shows who changes what a step shown before has read", () => {
    const reader = step("X", { reads: { v: 1 } });
    expect(rows([reader, ...life("A", { writes: { v: 0 } }), ...others])).toEqual(["X", "A", "Y"]);
    expect(rows([reader, ...life("A", { writes: { w: 0 } }), ...others])).toEqual(["X", "fold A", "Y"]);
    // it leaves everything as it was: a lock that is taken and given back
    expect(rows([reader, ...life("A", { reads: { v: 1 }, writes: { v: 1 } }), ...others])).toEqual([
      "X",
      "fold A",
      "Y",
    ]);
  });

  test("leaves two columns at least", () => {
    expect(rows([...life("A"), ...life("B"), step("X")])).toEqual(["fold A", "B", "X"]);
    expect(rows([step("X"), step("X")])).toEqual(["X"]);
  });
});

test("the columns stand in the order of the file, not in that in which the processes begin", () => {
  const trace = [step("P[0]", { task: 0 }), step("P[2]", { task: 2 }), step("P[1]", { task: 1 })];
  expect(shownProcesses(traceRows(finding([]), trace))).toEqual(["P[0]", "P[1]", "P[2]"]);
});
