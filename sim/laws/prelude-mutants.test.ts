/** Wrong definitions of resources are noticed: each mutant of mutants/prelude.yaml breaks a pair or a claim. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { check } from "../index.ts";
import { KIND_NAMES, kindText } from "../prelude/registry.ts";
import { parseScenario } from "../scenario/load.ts";
import { type Ending, pairs } from "./pairs.ts";

interface Claim {
  readonly name: string;
  readonly text: string;
  readonly finds?: readonly string[];
  readonly ends: readonly Ending[] | null;
}

interface Mutant {
  readonly name: string;
  readonly from: string;
  readonly to: string;
}

const read = (file: string): unknown => parse(readFileSync(new URL(`./mutants/${file}`, import.meta.url), "utf8"));
const CLAIMS = read("claims.yaml") as Claim[];
const MUTANTS = read("prelude.yaml") as Record<string, Mutant[]>;

const BATTERY: readonly Claim[] = [
  ...CLAIMS,
  ...pairs().flatMap(({ name, bug, twin, finds, ends }) => [
    { name: `${name}, mended`, text: twin, finds: [], ends: ends?.twin ?? null },
    { name, text: bug, finds, ends: ends?.bug ?? null },
  ]),
];

/** What is otherwise than claimed, with the given text in the place of a kind's; null if nothing is. */
function broken(claim: Claim, kind = "", mutated = ""): string | null {
  const { scenario, problems } = parseScenario(
    { text: claim.text, file: "claim.yaml" },
    { kindText: (name) => (name === kind ? mutated : kindText(name)), kindNames: KIND_NAMES, set: [] },
  );
  if (scenario === null) throw new Error(problems.map(({ message }) => message).join("; "));
  const { findings, outcomes } = check(scenario, { strategy: "bfs", maxStates: 20_000 });
  const found = findings.map((each) => `${each.kind} ${each.name}`).sort();
  const wanted = [...(claim.finds ?? [])].sort();
  if (found.join() !== wanted.join()) return `found ${found.join() || "nothing"}, not ${wanted.join() || "nothing"}`;
  if (claim.ends === null) return null;
  const [ends, claimed] = [sorted(outcomes.map(({ shared }) => shared)), sorted(claim.ends)];
  return ends === claimed ? null : `ends ${ends}, not ${claimed}`;
}

function sorted(rows: readonly Ending[]): string {
  const keyed = (row: Ending): string => JSON.stringify(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1)));
  return [...new Set(rows.map(keyed))].sort().join();
}

describe("the kinds as they are", () => {
  test.each(CLAIMS)("$name", (claim) => {
    expect(broken(claim)).toBe(null);
  });
});

describe.each(Object.entries(MUTANTS))("a wrong %s is noticed", (kind, mutants) => {
  const text = kindText(kind)!;
  const concerned = BATTERY.filter((claim) => new RegExp(`\\b${kind}\\b`).test(claim.text));

  test.each(mutants)("$name", ({ from, to }) => {
    const parts = text.split(from);
    expect(parts.length).toBe(2);
    const mutated = parts.join(to);
    const killer = concerned.find((claim) => broken(claim, kind, mutated) !== null);
    expect(killer?.name).toBeTypeOf("string");
  });
});
