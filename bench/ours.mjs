/**
 * Ours, as one peer among the others: `node bench/ours.mjs mm1` runs bench/scenarios/mm1.yaml,
 * `node bench/ours.mjs check ticket-6-3 [--no-reduction]` explores bench/scenarios/check/ticket-6-3.yaml; one JSON line.
 * Uses the built library, as a user would.
 */
import { fileURLToPath } from "node:url";

/** The model's own events, counted alike for every engine. */
const EVENTS = { mm1: 2_000_000, timeouts: 1_000_000, lock: 2_000_000 };

const { check, loadScenario, run } = await import("../dist/index.js");
const [first, ...rest] = process.argv.slice(2);
const load = (name) => loadScenario(fileURLToPath(new URL(`scenarios/${name}.yaml`, import.meta.url)));
const peakRssMb = () => process.resourceUsage().maxRSS / 1024;

if (first === "check") {
  const name = rest.find((word) => !word.startsWith("--"));
  const start = performance.now();
  const scenario = await load(`check/${name}`);
  const reduction = !rest.includes("--no-reduction");
  // A "-bug" model asks for the first finding, as SPIN stops there; the others for the whole space.
  const result = await check(scenario, { all: !name.endsWith("-bug"), reduction, maxStates: 50_000_000 });
  const seconds = (performance.now() - start) / 1000;
  const { states, transitions, depth, complete, strategy } = result.explored;
  console.log(
    JSON.stringify({
      model: name,
      strategy,
      states,
      transitions,
      depth,
      complete,
      verdict: result.verdict,
      seconds,
      peakRssMb: peakRssMb(),
    }),
  );
} else {
  const scenario = await load(first);
  const start = performance.now();
  const result = await run(scenario, { seed: "1" });
  const seconds = (performance.now() - start) / 1000;
  console.log(
    JSON.stringify({
      events: EVENTS[first],
      seconds,
      peakRssMb: peakRssMb(),
      check: result.end,
      status: result.status,
    }),
  );
}
