import { describe, expect, test } from "vitest";
import { check } from "../explore/check.ts";
import { load } from "../laws/programs.ts";
import { displayWidth } from "./columns.ts";
import { traceColumns } from "./columns-trace.ts";
import { DEFAULT_OPTIONS } from "./report.ts";

const plain = { ...DEFAULT_OPTIONS, ascii: true };

/** The lines of the finding of this kind. */
function columns(text: string, kind: string, options = plain): string[] {
  const finding = check(load(text)).findings.find((each) => each.kind === kind);
  return traceColumns(finding!, finding!.trace!, options, "");
}

describe("a counterexample in columns", () => {
  test("shows the process that stands in its critical section, and never says that it ran to its end", () => {
    const lines = columns(
      `
shared: { cs: 0 }
atomics: { want: [false, false], turn: 0 }
processes:
  p:
    count: 2
    do:
      - turn = 1 - i
      - want[i] = true
      - when: "not want[1 - i] or turn == i"
      - cs += 1
      - assert: cs == 1
      - cs -= 1
      - want[i] = false
check: { allow: [data_race] }
`,
      "assertion",
    );
    expect(lines[0]!.trim()).toMatch(/^p\[0\] +p\[1\]$/);
    expect(lines.join("\n")).not.toContain("runs alone");
  });

  test("draws an arrow where control returns from what is folded", () => {
    const lines = columns(
      `
shared: { turn: 0, sum: 0 }
processes:
  w: { count: 3, do: [ { when: turn == i }, sum = sum + i, turn = turn + 1 ] }
  late: { do: [ { when: turn == 2 }, sum = sum + 100 ] }
check: { finally: { ok: sum == 103 }, allow: [data_race] }
`,
      "final",
    );
    const fold = lines.findLastIndex((line) => line.startsWith("| "));
    expect(fold).toBeGreaterThan(0);
    expect(lines[fold + 1]).toMatch(/^\+-+>$/);
  });

  test("writes names that are too long for their columns in full, on several lines", () => {
    const name = "customer_standing_in_the_queue_at_the_first";
    const lines = columns(
      `
shared: { left: 1 }
processes:
  ${name}_door: { do: [ { if: left > 0, then: [ left -= 1 ] } ] }
  ${name}_gate: { do: [ { if: left > 0, then: [ left -= 1 ] } ] }
check: { always: { enough: left >= 0 } }
`,
      "invariant",
    );
    expect(lines[1]).toMatch(/first_door +the_first_gate$/);
    for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(80);
  });

  test("gives a single column all the room, and cuts wide characters by their width", () => {
    const statement = "票".repeat(60);
    const lines = columns(
      `
shared: { text: "" }
processes:
  A: { do: [ text = "${statement}" ] }
check: { always: { empty: text == "" } }
`,
      "invariant",
      DEFAULT_OPTIONS,
    );
    const widths = lines.map(displayWidth);
    expect(Math.max(...widths)).toBeLessThanOrEqual(80);
    expect(Math.max(...widths.slice(2))).toBeGreaterThan(70);
  });

  test("names line and statement of what fails where that is not the statement of the last step", () => {
    const [mark] = columns(
      `
processes:
  parent:
    do:
      - start: child
      - join: child
        timeout: 3
        into: done
      - assert: done
  child: { start: manual, do: [ { sleep: 1 } ] }
`,
      "assertion",
    ).slice(-1);
    expect(mark!.trim()).toBe("X line 9, assert: done: here the assertion fails");
  });

  test("says below the steps what those wait for who have none", () => {
    const stuck = columns(
      `
resources: { seats: { type: semaphore, permits: 1 } }
processes:
  taker: { do: [ { acquire: seats } ] }
  guest: { count: 2, do: [ { acquire: seats }, { release: seats } ] }
`,
      "deadlock",
    );
    expect(stuck.slice(-2).map((line) => line.trim())).toEqual([
      "guest[0], guest[1] wait for seats (line 5)",
      "X here none of them can go on any more",
    ]);
    const starved = columns(
      `
resources: { table: lock }
processes:
  readers: { count: 2, do: [ { loop: [ { acquire: table }, { release: table } ] } ] }
  writer: { do: [ { acquire: table }, { release: table } ] }
`,
      "starvation",
    );
    expect(starved.map((line) => line.trim()).join("\n")).toMatch(/waits for table \(line \d\)\nX and so on for ever/);
  });
});
