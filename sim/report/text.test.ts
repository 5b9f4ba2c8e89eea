import { describe, expect, test } from "vitest";
import type { CompareResult } from "../run/result.ts";
import { github } from "./github.ts";
import { json } from "./json.ts";
import { junit } from "./junit.ts";
import { markdown } from "./markdown.ts";
import { DEFAULT_OPTIONS, type ProblemsResult, writeReports } from "./report.ts";
import { deadlocked, firstCome, makeResult, roundRobin } from "./testing/fixtures.ts";
import { text } from "./text.ts";

const compared: CompareResult = {
  schema: "compare/1",
  scenario: "both",
  about: "",
  file: "both.yaml",
  seed: "1",
  runs: [roundRobin(), firstCome()],
};

const problems: ProblemsResult = {
  schema: "problems/1",
  problems: [
    {
      file: "a,b.yaml",
      line: 3,
      column: 5,
      endLine: 3,
      endColumn: 9,
      code: "unknown-name",
      message: "'tickts' is not a variable here",
      hint: "did you mean 'tickets'?",
      severity: "error",
    },
  ],
};

describe("the text of a run", () => {
  test("shows the textbook's round robin with the textbook's chart and averages", () => {
    expect(text.write(roundRobin(), DEFAULT_OPTIONS)).toBe(`rr-q4
  The textbook's three bursts under round robin.

  scheduler  rr (quantum 4) on 1 core
  rules      conventions osc, tie arrival_first
  seed       1
  result     finished at time 30

Gantt chart
  core 0
  │  P1   │ P2  │ P3  │                  P1                   │
  0       4     7     10                                      30

  P1 │████████░░░░░░░░░░░░████████████████████████████████████████│
  P2 │░░░░░░░░██████                                              │
  P3 │░░░░░░░░░░░░░░██████                                        │
     └┬───┬───┬───┬───┬───┬───┬───┬───┬───┬───┬───┬───┬───┬───┬───┘
      0   2   4   6   8   10  12  14  16  18  20  22  24  26  28  30
  █ running   ░ ready

Processes
  process  arrival  start  finish  turnaround  waiting  response  cpu  blocked
  P1             0      0      30          30        6         0   24        0
  P2             0      4       7           7        4         4    3        0
  P3             0      7      10          10        7         7    3        0

Measures
  average turnaround  15.67 (47/3)
  average waiting     5.67 (17/3)
  average response    3.67 (11/3)
  throughput          0.1 processes per tick
  utilization         100 % of the core
  context switches    3

More: --trace shows every decision, --json gives all of it as data.
`);
  });

  test("shows a deadlock on two cores in plain ASCII, and no escape sequence that a scenario printed", () => {
    expect(text.write(deadlocked(), { ...DEFAULT_OPTIONS, ascii: true })).toBe(String.raw`stuck
  Two take two locks in opposite order.

  scheduler  fcfs on 2 cores
  seed       1, times in ms
  result     deadlock at 20 ms, 2 processes not finished

Output
  3  A  red \x1b[31m alert

Gantt chart
  core 0 (not to scale)
  | x | A |  |
  0   1   6  20

  core 1
  | B |               |
  0   4               20

  A |xxx###############------------------------------------------|
  B |############~~~~~~~~~~~~~~~---------------------------------|
    ++-----+-----+-----+-----+-----+-----+-----+-----+-----+-----+
     0     2     4     6     8     10    12    14    16    18    20
  # running   x context switch   - blocked   ~ I/O

Processes
  process  arrival  start  finish  turnaround  waiting  response  cpu  blocked  switching  state
  A              0      1       -           -        0         1    5       14          1  blocked
  B              0      0       -           -        0         0    4       16          0  blocked

Measures
  throughput        0 processes per ms
  utilization       22.5 % of 2 cores
  context switches  1, 1 ms each

Shared at the end
  left = "A"
  tickets = 3

Deadline misses
  B was due at 15 ms and was not finished when the run ended

Findings
  deadlock at 9 ms  [deadlock]
  A and B wait for each other.
  who: A, B
  A holds left and waits for right
  B holds right and waits for left
  scenarios/stuck.yaml:14:9
    14 |       - acquire: right
  hint: take the locks in one order everywhere

Warnings
  the answer depends on the rule tie: arrival_first

More: --trace shows every decision, --json gives all of it as data.
`);
  });

  test("is the same with colours but for the escape sequences of the colours", () => {
    const plain = text.write(deadlocked(), DEFAULT_OPTIONS);
    const colored = text.write(deadlocked(), { ...DEFAULT_OPTIONS, color: true });
    const sequence = new RegExp(`${String.fromCharCode(27)}\\[\\d+m`, "g");
    expect(colored).not.toBe(plain);
    expect(colored.replace(sequence, "")).toBe(plain);
  });

  test("names sim check only where there is such a command", () => {
    expect(text.write(roundRobin(), DEFAULT_OPTIONS)).not.toContain("sim check");
    const options = { ...DEFAULT_OPTIONS, width: 200, commands: ["run", "check"] };
    expect(text.write(roundRobin(), options)).toContain("npx sim check scenarios/rr-q4.yaml tries every order");
  });

  test("gives a traced run's decisions with who was ready and why", () => {
    const traced = {
      ...roundRobin(),
      trace: [
        {
          time: 0,
          core: 0,
          process: "P1",
          event: "dispatch",
          ready: ["P2 key 0", "P3 key 0"],
          reason: "head of the queue",
        },
        {
          time: 4,
          core: 0,
          process: "P1",
          event: "step",
          ready: [],
          reason: "",
          line: 7,
          text: "x += 1",
          reads: { x: 1 },
          writes: { x: 2 },
        },
      ],
    };
    expect(text.write(traced, { ...DEFAULT_OPTIONS, trace: true })).toContain(
      [
        "Decisions",
        "  time  process  event     ready               why",
        "     0  P1       dispatch  P2 key 0, P3 key 0  head of the queue",
        "     4  P1       step      -                   line 7: x += 1; reads x = 1; writes x = 2",
        "",
      ].join("\n"),
    );
  });

  test("is one line and the findings when quiet", () => {
    expect(text.write(roundRobin(), { ...DEFAULT_OPTIONS, quiet: true })).toBe("rr-q4: finished at time 30\n");
    expect(text.write(deadlocked(), { ...DEFAULT_OPTIONS, quiet: true })).toMatch(
      /^stuck: deadlock at 20 ms.*\n {2}deadlock at 9 ms/,
    );
  });

  test("shows figures without a finite decimal rounded and exact, and others as they are", () => {
    const result = makeResult({
      ...roundRobin(),
      averages: { turnaround: 0.4, waiting: 1 / 300, response: 1e21 },
      exact: { "averages.waiting": "1/300" },
    });
    const shown = text.write(result, DEFAULT_OPTIONS);
    expect(shown).toContain("average turnaround  0.4\n");
    expect(shown).toContain("average waiting     0.0033 (1/300)\n");
    expect(shown).toContain("average response    1e+21\n");
  });
});

describe("the text of a comparison", () => {
  test("has a strip of each scheduler and marks the best value of each column", () => {
    expect(text.write(compared, DEFAULT_OPTIONS)).toBe(`both

  seed 1

rr (quantum 4): finished at time 30
  │  P1   │ P2  │ P3  │                  P1                   │
  0       4     7     10                                      30

fcfs: finished at time 30
  │                      P1                       │ P2  │ P3  │
  0                                               24    27    30

  scheduler           turnaround        waiting       response  throughput  utilization  switches
  rr (quantum 4)  15.67 (47/3) *  5.67 (17/3) *  3.67 (11/3) *       0.1        100 %         3
  fcfs                      27             17             17         0.1        100 %         2 *

  * the best; turnaround, waiting and response are averages per process
`);
  });

  test("tells two schedulers of one name apart by their rules", () => {
    const twin = { ...firstCome(), scheduler: { policy: "fcfs", tie: "index" } };
    const shown = text.write({ ...compared, runs: [firstCome(), twin] }, { ...DEFAULT_OPTIONS, width: 120 });
    expect(shown).toContain("fcfs [conventions osc, tie arrival_first]");
    expect(shown).toContain("fcfs [tie index]");
    expect(shown).not.toContain("the best");
  });
});

describe("the report for GitHub", () => {
  test("is one workflow command for each finding and warning, escaped", () => {
    expect(
      github.write(deadlocked(), DEFAULT_OPTIONS),
    ).toBe(`::error file=scenarios/stuck.yaml,line=14,col=9,title=stuck%3A deadlock::A and B wait for each other.
::warning file=scenarios/stuck.yaml,title=stuck::the answer depends on the rule tie: arrival_first
`);
    expect(github.write(roundRobin(), DEFAULT_OPTIONS)).toBe("");
    expect(github.write(problems, DEFAULT_OPTIONS)).toBe(
      "::error file=a%2Cb.yaml,line=3,col=5,title=unknown-name::'tickts' is not a variable here%0Ahint: did you mean 'tickets'?\n",
    );
  });

  test("cannot be made to hold another command by a scenario's text", () => {
    const evil = deadlocked();
    for (const finding of evil.findings) finding.message = "x\n::stop-commands::y\r::error::z";
    const lines = github.write({ ...evil, scenario: "a::b,c\n::d", warnings: [] }, DEFAULT_OPTIONS).split("\n");
    expect(lines.length).toBe(2);
    expect(lines[0]).toBe(
      "::error file=scenarios/stuck.yaml,line=14,col=9,title=a%3A%3Ab%2Cc%0A%3A%3Ad%3A deadlock::x%0A::stop-commands::y%0D::error::z",
    );
  });
});

describe("the report for JUnit", () => {
  test("has a failed case for each finding", () => {
    expect(junit.write(deadlocked(), DEFAULT_OPTIONS)).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites>
  <testsuite name="scenarios/stuck.yaml" tests="1" failures="1" errors="0" skipped="0">
    <testcase name="stuck: deadlock" classname="scenarios/stuck.yaml">
      <failure message="deadlock">A and B wait for each other.&#10;A, B&#10;scenarios/stuck.yaml:14:9</failure>
    </testcase>
  </testsuite>
</testsuites>
`);
  });

  test("puts several results into one document", () => {
    const document = writeReports(junit, [roundRobin(), deadlocked(), problems], DEFAULT_OPTIONS);
    expect(document.match(/<testsuites>/g)?.length).toBe(1);
    expect(document.match(/<testsuite /g)?.length).toBe(3);
    expect(document).toContain('<error message="not a valid scenario">a,b.yaml:3:5 unknown-name:');
  });
});

describe("the report as JSON", () => {
  test("is the result itself, indented by two, with a line end", () => {
    const shown = json.write(roundRobin(), DEFAULT_OPTIONS);
    expect(JSON.parse(shown)).toEqual(roundRobin());
    expect(shown).toMatch(/^\{\n {2}"schema": "run\/1",\n/);
    expect(shown.endsWith("}\n")).toBe(true);
  });

  test("is an array of several results", () => {
    expect(JSON.parse(writeReports(json, [roundRobin(), problems], DEFAULT_OPTIONS))).toEqual([roundRobin(), problems]);
  });
});

describe("the report as Markdown", () => {
  test("has the table, the measures and the chart as a code block", () => {
    const shown = markdown.write(roundRobin(), { ...DEFAULT_OPTIONS, color: true });
    expect(shown).toContain("| P2 | 0 | 4 | 7 | 7 | 4 | 4 | 3 | 0 |\n");
    expect(shown).toContain("- average waiting: 5.67 (17/3)\n");
    expect(shown).toContain("```text\n  core 0\n  │  P1   │ P2  │ P3  │");
    expect(shown).not.toContain(String.fromCharCode(27));
  });

  test("compares schedulers in a table", () => {
    expect(markdown.write(compared, DEFAULT_OPTIONS)).toContain("| fcfs | 27 | 17 | 17 | 0.1 | 100 % | 2 \\* |\n");
  });
});
