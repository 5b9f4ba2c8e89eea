/** Exploring every order: ours beside SPIN, with and without partial-order reduction, on the same models. */
import { existsSync } from "node:fs";
import { available, figure, here, interleave, machine, median, once, publish, table } from "./compare.mjs";
import { promela } from "./peers/spin/models.mjs";
import { PAIRS } from "./scenarios/generate.mjs";
import { spin } from "./spin.mjs";

/** The sizes worth a table: those that take long enough to measure and short enough to wait for. */
const COMPARED = [
  "diners-8",
  "diners-12",
  "ticket-6-3",
  "ticket-8-4-locked",
  "ticket-8-4-bug",
  "staggered-3-bug",
  "inc-4-3",
  "pc-3-2-4-4",
  "fs-6",
  "indexer-5",
];

function findPeers(pair) {
  const peers = [];
  if (existsSync(here("../dist/index.js"))) {
    for (const [name, flags] of [
      ["sim (ours)", []],
      ["sim (ours), no reduction", ["--no-reduction"]],
    ]) {
      peers.push({
        name,
        measure() {
          const result = once(process.execPath, [here("ours.mjs"), "check", pair.file, ...flags]);
          return { ...result, totalSeconds: result.wallSeconds };
        },
      });
    }
  }
  if (available("spin", ["-V"]) && available("gcc", ["-dumpfullversion"])) {
    for (const [name, reduction] of [
      ["SPIN, partial-order reduction", true],
      ["SPIN, no reduction", false],
    ]) {
      peers.push({ name, measure: () => spin(promela(pair.model, pair.parameters), { reduction }) });
    }
  }
  return peers;
}

/** Measures, prints the table and, unless only one model was asked for, writes it to docs/benchmarks.md. */
export function compareChecks({ rounds, only }) {
  const spinVersion = available("spin", ["-V"]);
  if (!spinVersion) console.error("SPIN skipped: spin and gcc are not both on this machine");
  if (!existsSync(here("../dist/index.js")))
    console.error("sim (ours) skipped: dist/index.js is not built; npm run build");
  const pairs = PAIRS.filter((pair) => (only === null ? COMPARED.includes(pair.file) : pair.file === only));
  const tools = spinVersion ? [/Spin Version [\d.]+/.exec(spinVersion)?.[0] ?? "SPIN"] : [];
  const rows = [];
  let oursEverywhere = true;
  for (const pair of pairs) {
    const measured = interleave(findPeers(pair), rounds, pair.file);
    const ours = measured.get("sim (ours)");
    const our = ours ? median(ours.map((m) => m.totalSeconds)) : null;
    oursEverywhere &&= our !== null;
    for (const [name, list] of measured) {
      const total = median(list.map((m) => m.totalSeconds));
      rows.push([
        `${pair.file}: ${name}`,
        `${list[0].states}${list[0].complete ? "" : " (stopped there)"}`,
        figure(median(list.map((m) => m.seconds))),
        figure(total),
        our === null ? "" : figure(total / our),
      ]);
    }
  }
  const text = [
    `Medians of ${rounds} interleaved rounds on ${machine(tools)}. *Search* is the search itself (SPIN: the compiled verifier's process; ours: loading included); *all* is what a user waits for (SPIN: with \`spin -a\` and \`gcc -O2\`; ours: the whole process). Both sides take the same steps: one for each shared access or operation.`,
    table(["model and tool", "states", "search, s", "all, s", "÷ ours"], rows),
  ].join("\n\n");
  console.log(text);
  if (only === null && oursEverywhere) publish("check", text);
}
