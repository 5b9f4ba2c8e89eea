/** Known bugs are found and their mended twins are clean, whatever strategy looks. */
import { describe, expect, test } from "vitest";
import { type CheckResult, check, replay } from "../index.ts";
import { type Ending, pairs } from "./pairs.ts";
import { load } from "./programs.ts";

const PAIRS = pairs();

/** Those that end with a proof or a bug: searches over states, and those that follow whole orders. */
const SEARCHES = ["bfs", "dfs", "auto"] as const;
const ORDERS = ["dpor", "bounded"] as const;

const found = (result: CheckResult): string[] => result.findings.map(({ kind, name }) => `${kind} ${name}`).sort();

function endings(rows: readonly Ending[]): string[] {
  return rows.map((row) => JSON.stringify(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1)))).sort();
}

const ends = (result: CheckResult): string[] => endings(result.outcomes.map(({ shared }) => shared));

test("there are at least forty pairs", () => {
  expect(PAIRS.length).toBeGreaterThanOrEqual(40);
  expect(new Set(PAIRS.map(({ name }) => name)).size).toBe(PAIRS.length);
});

describe.each(PAIRS)("$name", (pair) => {
  const strategies = pair.endless ? SEARCHES : [...SEARCHES, ...ORDERS];

  test("is found by every strategy, and each counterexample shows it again", () => {
    const scenario = load(pair.bug);
    for (const strategy of strategies) {
      const result = check(scenario, { strategy });
      expect([strategy, result.verdict, found(result)]).toEqual([strategy, "violated", [...pair.finds].sort()]);
      for (const finding of result.findings) {
        const again = replay(scenario, finding.schedule!);
        expect(again.misfit).toBe(null);
        // that something goes on for ever is more than one path shows
        if (finding.loop_from !== undefined) continue;
        // why somebody waits for ever in the end is a question to the whole path
        const kind = finding.kind === "lost_wakeup" ? "deadlock" : finding.kind;
        expect([strategy, ...again.findings.map((each) => each.kind)]).toContain(kind);
      }
      if (pair.ends !== null) expect([strategy, ...ends(result)]).toEqual([strategy, ...endings(pair.ends.bug)]);
    }
  });

  test("is gone in the twin", () => {
    const scenario = load(pair.twin);
    for (const strategy of strategies) {
      const result = check(scenario, { strategy });
      expect([strategy, ...found(result)]).toEqual([strategy]);
      expect([strategy, result.verdict, result.guarantee]).toEqual([strategy, "holds", "exhaustive"]);
      if (pair.ends !== null) expect([strategy, ...ends(result)]).toEqual([strategy, ...endings(pair.ends.twin)]);
    }
    const plain = check(scenario, { strategy: "bfs", reduction: false, exact: true });
    expect(plain.verdict).toBe("holds");
  });
});
