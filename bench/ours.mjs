/**
 * Ours, as one peer among the others, as a user would have it: `node bench/ours.mjs mm1` runs bench/scenarios/mm1.yaml
 * with the built library and prints one JSON line; `checked` starts the built `sim check`.
 */
import { fileURLToPath } from "node:url";
import { execute, here } from "./compare.mjs";

/** The model's own events, counted alike for every engine. */
const EVENTS = { mm1: 2_000_000, timeouts: 1_000_000, lock: 2_000_000 };

/**
 * `sim check` on bench/scenarios/check/FILE.yaml in a process of its own.
 * @param {string[]} options of `sim check`
 * @param {number} limit seconds
 * @returns what was explored, as `sim check --json` says; `seconds` of the check itself, `totalSeconds` of the process
 */
export function checked(file, options, limit) {
  const path = here(`scenarios/check/${file}.yaml`);
  const budget = ["--time-limit", `${limit} s`, "--max-states", "200000000", "--memory-limit", "8 GB"];
  const words = [here("../dist/sim.js"), "check", path, "--json", ...budget, ...options];
  const run = execute(process.execPath, words, { limit: limit * 2 });
  if (!run.stdout.startsWith("{")) throw new Error(`sim check ${file}: ${run.stderr.trim().split("\n")[0]}`);
  const { verdict, findings, explored } = JSON.parse(run.stdout);
  return { ...explored, verdict, errors: findings.length, peakMb: run.peakMb, totalSeconds: run.seconds };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { loadScenario, run } = await import("../dist/index.mjs");
  const name = process.argv[2];
  const scenario = await loadScenario(here(`scenarios/${name}.yaml`));
  const start = performance.now();
  const result = await run(scenario, { seed: "1" });
  const seconds = (performance.now() - start) / 1000;
  console.log(
    JSON.stringify({
      events: EVENTS[name],
      seconds,
      peakRssMb: process.resourceUsage().maxRSS / 1024,
      check: result.end,
      status: result.status,
    }),
  );
}
