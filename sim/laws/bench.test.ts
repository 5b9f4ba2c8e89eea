/** What the benchmark compares is the same on both sides: the files are made from the templates, step for step alike. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { askOurselves, askSpin, hasSpin } from "../export/testing/spin.ts";

const bench = new URL("../../bench/", import.meta.url);

interface Pair {
  readonly file: string;
  readonly model: string;
  readonly parameters: Readonly<Record<string, number>>;
}

/** The benchmark is plain JavaScript. */
async function templates(): Promise<{
  PAIRS: readonly Pair[];
  scenario(pair: Pair): string;
  promela(model: string, parameters: Pair["parameters"]): string;
}> {
  const from = async (path: string) => await import(new URL(path, bench).href);
  return {
    ...(await from("scenarios/pairs.mjs")),
    ...(await from("scenarios/generate.mjs")),
    ...(await from("peers/spin/models.mjs")),
  };
}

test("bench/scenarios/check/ is what bench/scenarios/generate.mjs makes", async () => {
  const { PAIRS, scenario } = await templates();
  const folder = fileURLToPath(new URL("scenarios/check/", bench));
  expect(readdirSync(folder).sort()).toEqual(PAIRS.map(({ file }) => `${file}.yaml`).sort());
  const stale = PAIRS.filter((pair) => readFileSync(`${folder}${pair.file}.yaml`, "utf8") !== scenario(pair));
  expect(stale.map(({ file }) => file)).toEqual([]);
});

/** Each template that is compared, with each of its switches, at a size that takes no time. */
const SMALL: readonly (readonly [string, Pair["parameters"]])[] = [
  ["diners", { n: 4 }],
  ["diners", { n: 4, ordered: 1, property: 1 }],
  ["ticket", { n: 3, tickets: 2 }],
  ["ticket", { n: 3, tickets: 2, locked: 1, property: 1 }],
  ["staggered", { n: 2 }],
  ["staggered", { n: 2, locked: 1, property: 1 }],
  ["inc", { n: 2, m: 2 }],
  ["inc", { n: 2, m: 2, own: 1 }],
  ["pc", { p: 2, c: 2, i: 2, k: 2 }],
  ["pc", { p: 2, c: 2, i: 2, k: 2, explicit: 1 }],
  ["fs", { n: 3 }],
  ["indexer", { n: 3 }],
  ["readers", { n: 4 }],
  ["lastzero", { n: 4 }],
];

describe.skipIf(!hasSpin())("without reductions SPIN has as many states as we have on", () => {
  for (const [model, parameters] of SMALL) {
    const sizes = Object.entries(parameters).map(([name, value]) => `${name} ${value}`);
    test.concurrent(`${model}, ${sizes.join(", ")}`, { timeout: 60_000 }, async () => {
      const { scenario, promela } = await templates();
      const ours = askOurselves(scenario({ file: model, model, parameters }));
      const theirs = await askSpin(`/* -DVECTORSZ=1024 */\n${promela(model, parameters)}`);
      expect(theirs.states).toBe(ours?.states);
    });
  }
});
