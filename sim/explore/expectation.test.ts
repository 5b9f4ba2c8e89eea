import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Decimal } from "../base/decimal.ts";
import type { Finding, FindingKind } from "../machine/finding.ts";
import type { RunResult } from "../run/result.ts";
import type { Expectation, Scenario } from "../scenario/ast.ts";
import { judge, testCase, testResult } from "./expectation.ts";

const nothing: Expectation = {
  holds: null,
  violates: [],
  deadlock: null,
  race: [],
  output: null,
  ends: null,
  outcomes: null,
  finish: null,
  average: null,
  misses: null,
  finds: [],
  span: { start: 0, end: 0 },
};

function scenario(expected: Partial<Expectation> | null): Scenario {
  const partial: Partial<Scenario> = {
    name: "example",
    source: { file: "example.yaml", text: "" },
    expect: expected === null ? null : { ...nothing, ...expected },
  };
  return partial as Scenario;
}

function result(parts: Partial<RunResult>): RunResult {
  const partial: Partial<RunResult> = {
    findings: [],
    output: [],
    processes: [],
    averages: { turnaround: null, waiting: null, response: null },
    exact: {},
    shared: {},
    ...parts,
  };
  return partial as RunResult;
}

function found(kind: FindingKind, name: string = kind): Finding {
  return { kind, name, message: "it went wrong", processes: [], file: "example.yaml", line: 1, column: 1 };
}

function keys(expected: Partial<Expectation>, parts: Partial<RunResult>): string[] {
  return judge(scenario(expected), result(parts)).map((mismatch) => mismatch.key);
}

function decimal(text: string): Decimal {
  const value = Decimal.parse(text);
  if (value === null) throw new Error(`${text} is no decimal`);
  return value;
}

const kinds: readonly FindingKind[] = [
  "invariant",
  "final",
  "deadlock",
  "data_race",
  "misuse",
  "assertion",
  "exception",
  "starvation",
];

describe("findings", () => {
  test("any of them breaks holds: true, and none does not", () => {
    expect(keys({ holds: true }, {})).toEqual([]);
    for (const kind of kinds) expect(keys({ holds: true }, { findings: [found(kind)] })).toEqual(["holds"]);
  });

  test("one that nobody announced breaks an expectation about something else", () => {
    for (const kind of kinds) expect(keys({ output: [] }, { findings: [found(kind)] })).toEqual(["holds"]);
  });

  test("an expected one may have companions, and must be there itself", () => {
    const findings = [found("invariant", "never-oversold"), found("data_race", "tickets")];
    expect(keys({ violates: ["never-oversold"] }, { findings })).toEqual([]);
    expect(keys({ race: ["tickets"] }, { findings })).toEqual([]);
    expect(keys({ finds: ["data_race"] }, { findings })).toEqual([]);
    expect(keys({ violates: ["sold-out"] }, { findings })).toEqual(["violates"]);
    expect(keys({ race: ["sold"] }, { findings })).toEqual(["race"]);
    expect(keys({ race: ["never-oversold"] }, { findings })).toEqual(["race"]);
    expect(keys({ finds: ["deadlock"] }, { findings })).toEqual(["finds"]);
    expect(keys({ violates: ["never-oversold", "sold-out"] }, { findings })).toEqual(["violates"]);
  });

  test("deadlock: true needs one and deadlock: false forbids one", () => {
    expect(keys({ deadlock: true }, { findings: [found("deadlock")] })).toEqual([]);
    expect(keys({ deadlock: true }, {})).toEqual(["deadlock"]);
    expect(keys({ deadlock: false }, {})).toEqual([]);
    expect(keys({ deadlock: false }, { findings: [found("deadlock")] })).toEqual(["deadlock"]);
    expect(keys({ deadlock: false, race: ["x"] }, { findings: [found("deadlock"), found("data_race", "x")] })).toEqual([
      "deadlock",
    ]);
  });

  test("holds: false needs some violation", () => {
    expect(keys({ holds: false }, {})).toEqual(["holds"]);
    expect(keys({ holds: false }, { findings: [found("misuse")] })).toEqual([]);
  });

  test("a zombie is no failure, but can be asked for", () => {
    expect(keys({ holds: true }, { findings: [found("zombie")] })).toEqual([]);
    expect(keys({ finds: ["zombie"] }, { findings: [found("zombie")] })).toEqual([]);
    expect(keys({ finds: ["zombie"] }, {})).toEqual(["finds"]);
  });
});

describe("output", () => {
  const lines = fc.array(fc.string({ maxLength: 4 }), { maxLength: 5 });

  test("passes exactly if every line is the same", () => {
    fc.assert(
      fc.property(lines, lines, (expected, actual) => {
        const output = actual.map((text) => ({ time: 0, process: "P", text }));
        const same = expected.length === actual.length && expected.every((line, at) => line === actual[at]);
        expect(keys({ output: expected }, { output })).toEqual(same ? [] : ["output"]);
        const itself = expected.map((text) => ({ time: 0, process: "P", text }));
        expect(keys({ output: expected }, { output: itself })).toEqual([]);
      }),
    );
  });

  test("shows the first line that differs, expected against actual", () => {
    const output = ["a", "x"].map((text) => ({ time: 0, process: "P", text }));
    expect(judge(scenario({ output: ["a", "b", "c"] }), result({ output }))).toEqual([
      {
        key: "output",
        message: "line 2 of the output differs (3 expected, 2 printed)",
        expected: '"b"',
        actual: '"x"',
      },
    ]);
  });
});

describe("final values", () => {
  test("are compared as values, however they are kept", () => {
    const shared = { count: 3, rate: 0.5, flags: [true, null], table: { b: 2, a: 1 } };
    const same = new Map<string, unknown>([
      ["count", 3],
      ["rate", decimal("0.5")],
      ["flags", [true, null]],
      [
        "table",
        new Map([
          ["a", 1],
          ["b", 2],
        ]),
      ],
    ]);
    expect(keys({ ends: same }, { shared })).toEqual([]);
    for (const [name, value] of [
      ["count", 4],
      ["count", "3"],
      ["flags", [true]],
      ["table", { a: 1 }],
      ["other", 1],
      ["toString", 1],
    ] as const) {
      expect(keys({ ends: new Map([[name, value]]) }, { shared })).toEqual(["ends"]);
    }
  });

  test("must be one of the outcomes", () => {
    const outcomes = [new Map([["x", 1]]), new Map([["x", 2]])];
    expect(keys({ outcomes }, { shared: { x: 2 } })).toEqual([]);
    expect(keys({ outcomes }, { shared: { x: 3 } })).toEqual(["outcomes"]);
    expect(keys({ outcomes }, { shared: { y: 1 } })).toEqual(["outcomes"]);
  });
});

describe("times", () => {
  const row = { name: "P1", finish: 24 } as RunResult["processes"][number];

  test("finish is exact", () => {
    expect(keys({ finish: new Map([["P1", decimal("24")]]) }, { processes: [row] })).toEqual([]);
    expect(keys({ finish: new Map([["P1", decimal("24.5")]]) }, { processes: [row] })).toEqual(["finish"]);
    expect(keys({ finish: new Map([["P2", decimal("24")]]) }, { processes: [row] })).toEqual(["finish"]);
    expect(keys({ finish: new Map([["P1", decimal("24")]]) }, { processes: [{ ...row, finish: null }] })).toEqual([
      "finish",
    ]);
  });

  test("an average with a finite decimal is exact, another one is right to the places given, at least two", () => {
    const waiting = (expected: string, actual: number, exact?: string): string[] =>
      keys(
        { average: new Map([["waiting", decimal(expected)]]) },
        {
          averages: { turnaround: null, waiting: actual, response: null },
          exact: exact === undefined ? {} : { "averages.waiting": exact },
        },
      );
    expect(waiting("17", 17)).toEqual([]);
    expect(waiting("17", 17.25)).toEqual(["average"]);
    expect(waiting("17.25", 17.25)).toEqual([]);
    expect(waiting("5.67", 17 / 3, "17/3")).toEqual([]);
    expect(waiting("5.6667", 17 / 3, "17/3")).toEqual([]);
    for (const wrong of ["5.66", "5.7", "6", "5.6666"]) expect(waiting(wrong, 17 / 3, "17/3")).toEqual(["average"]);
    // 8.999… is 9.00 to two places
    expect(waiting("9", 9 - 1 / 3000, "26999/3000")).toEqual([]);
    expect(keys({ average: new Map([["waiting", decimal("0")]]) }, {})).toEqual(["average"]);
  });
});

describe("a case", () => {
  test("passes, fails or has nothing to say, and all are counted", () => {
    const cases = [
      testCase(scenario({ holds: true }), result({})),
      testCase(scenario({ holds: true }), result({ findings: [found("deadlock")] })),
      testCase(scenario(null), result({ findings: [found("deadlock")] })),
    ];
    expect(cases.map((each) => each.status)).toEqual(["passed", "failed", "skipped"]);
    expect(testResult(cases)).toMatchObject({ schema: "test/1", passed: 1, failed: 1, skipped: 1 });
  });
});
