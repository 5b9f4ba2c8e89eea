/** `npm run bench [-- sim|check] [--rounds N] [--only NAME]`: side by side with peers; writes docs/benchmarks.md. */
import { parseArgs } from "node:util";
import { compareChecks } from "./check.mjs";
import { compareSimulations } from "./sim.mjs";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: "string" }, only: { type: "string" } },
});
const rounds = Number(values.rounds ?? 5);
const wrong = positionals.filter((word) => word !== "sim" && word !== "check");
if (wrong.length > 0 || !Number.isInteger(rounds) || rounds < 1) {
  console.error("usage: npm run bench [-- sim|check] [--rounds N] [--only NAME]");
  process.exit(2);
}
const settings = { rounds, only: values.only ?? null };
if (positionals.length === 0 || positionals.includes("sim")) compareSimulations(settings);
if (positionals.includes("check") || positionals.length === 0) compareChecks(settings);
