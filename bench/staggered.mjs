/**
 * The staggered buyers of scenarios/staggered-buyers.yaml under schedulers that draw lots and under a search:
 * `node bench/staggered.mjs [--seeds 30] [--runs 20000]` prints the table of draws in docs/staggered-buyers.md, in about
 * five minutes. Seeds are fixed and no time is shown, so the same versions print the same figures.
 */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import fc from "fast-check";
import { check, loadScenario } from "../dist/index.mjs";
import { here, median, table } from "./compare.mjs";

const { values } = parseArgs({ options: { seeds: { type: "string" }, runs: { type: "string" } } });
const seeds = Array.from({ length: Number(values.seeds ?? 30) }, (_, k) => k + 1);
const runs = Number(values.runs ?? 20_000);
const WALK = 16;

const grouped = (n) => String(n).replace(/\B(?=(\d{3})+$)/g, ",");

/** The scenario with another length of the walk, judged by its property alone. */
function scenario(walk, name = "staggered-buyers") {
  const text = readFileSync(here(`../scenarios/${name}.yaml`), "utf8")
    .replace("repeat: 16 * i", `repeat: ${walk} * i`)
    .replace("never-oversold: sold <= 1 }\n", "never-oversold: sold <= 1 }\n  allow: [data_race]\n")
    .replace(/\nexpect:[\s\S]*/, "\n");
  return loadScenario({ text, file: `${name}.yaml` });
}

/**
 * The same program for fast-check's scheduler. `everyStep`: an await before every step that the scenario has; else only
 * on the way and before paying, as one writes it by hand. Whether at most one ticket was sold.
 */
async function buyInTurn(scheduler, walk, everyStep) {
  let tickets = 1;
  let sold = 0;
  const step = () => scheduler.schedule(Promise.resolve());
  const buyer = async (i) => {
    for (let k = 0; k < walk * i; k++) await step();
    if (everyStep) await step();
    const seen = tickets;
    await step();
    if (seen <= 0) return;
    tickets = seen - 1;
    if (everyStep) await step();
    sold += 1;
  };
  const all = [0, 1, 2].map(buyer);
  await scheduler.waitIdle();
  await Promise.all(all);
  return sold <= 1;
}

/** For each seed the number of the run that found it; null if none did. */
async function fastCheck(walk, everyStep) {
  const found = [];
  for (const seed of seeds) {
    let played = 0;
    const property = fc.asyncProperty(fc.scheduler(), (scheduler) => {
      played += 1;
      return buyInTurn(scheduler, walk, everyStep);
    });
    const { failed } = await fc.check(property, { seed, numRuns: runs, endOnFailure: true });
    found.push(failed ? played : null);
  }
  return found;
}

/** The same for a sampler of ours. It plays all its runs; the first that finds it is the fewest runs that suffice. */
function sampler(strategy, walk) {
  const model = scenario(walk);
  return seeds.map((seed) => {
    const finds = (maxRuns) => check(model, { strategy, seed: String(seed), maxRuns }).verdict === "violated";
    let enough = 1;
    while (enough < runs && !finds(enough)) enough *= 2;
    enough = Math.min(enough, runs);
    if (enough === runs && !finds(runs)) return null;
    for (let low = enough >> 1; enough - low > 1; ) {
      const middle = (low + enough) >> 1;
      if (finds(middle)) enough = middle;
      else low = middle;
    }
    return enough;
  });
}

/** A line of the table; runs beyond the last count as more than any. */
function row(name, found) {
  const needed = found.map((each) => each ?? Number.POSITIVE_INFINITY).sort((a, b) => a - b);
  const shown = [needed[0], median(needed), needed.at(-1)].map((n) => (n > runs ? "more" : grouped(Math.ceil(n))));
  return [name, `${found.filter((each) => each === null).length} of ${seeds.length}`, ...shown];
}

console.log(`Up to ${grouped(runs)} runs with each of ${seeds.length} seeds, fast-check ${fc.__version}:\n`);
const rows = [];
for (const [walk, everyStep, name] of [
  [0, true, "fast-check, all at the desk"],
  [WALK, true, "fast-check, staggered"],
  [0, false, "fast-check, all at the desk, fewer awaits"],
  [WALK, false, "fast-check, staggered, fewer awaits"],
]) {
  rows.push(row(name, await fastCheck(walk, everyStep)));
  console.error(rows.at(-1).join("  "));
}
for (const strategy of ["random", "pct", "pos", "surw"]) {
  rows.push(row(`\`sim check --strategy ${strategy}\`, staggered`, sampler(strategy, WALK)));
  console.error(rows.at(-1).join("  "));
}
console.log(table(["who draws", "seeds that found nothing", "runs needed: least", "median", "most"], rows));
const search = check(scenario(WALK));
const plain = check(scenario(WALK), { reduction: false, strategy: "bfs" });
const orders = check(scenario(WALK), { strategy: "dpor" });
const mended = check(scenario(WALK, "staggered-buyers-mended"));
console.log(
  `\nsim check: ${search.verdict}, ${search.explored.states} states (${grouped(plain.explored.states)} without reductions); --strategy dpor: ${orders.verdict}, ${orders.explored.executions} orders. Mended: ${mended.verdict}, ${mended.guarantee}, ${mended.explored.states} states.`,
);
