/** Simulation in virtual time: ours beside SimPy, SIM.JS, plain generators and C++ on three models. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { available, figure, here, interleave, machine, median, once, publish, table } from "./compare.mjs";

/** `plausible`: the final time that every engine must come to, since a wrong simulation is no peer. */
const MODELS = [
  {
    name: "mm1",
    title: "M/M/1, 1,000,000 customers",
    plausible: (end) => Math.abs(end / 1_111_111 - 1) < 0.01,
  },
  {
    name: "timeouts",
    title: "1,000 processes × 1,000 timeouts",
    plausible: (end) => end > 52_000 && end < 56_000,
  },
  {
    name: "lock",
    title: "100 processes × 10,000 turns with one lock",
    plausible: (end) => end === 1_000_000,
  },
];

function simjs() {
  if (existsSync(here("peers/simjs/node_modules/simjs"))) return true;
  console.error("installing SIM.JS into bench/peers/simjs/node_modules");
  const args = ["install", "--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts"];
  const result = spawnSync("npm", args, { cwd: here("peers/simjs"), encoding: "utf8", timeout: 120_000 });
  return !result.error && result.status === 0;
}

/** The peers that this machine has, and the versions of their tools; says which are skipped and why. */
function findPeers(folder) {
  const peers = [];
  const tools = [];
  const skip = (name, why) => console.error(`${name} skipped: ${why}`);

  if (existsSync(here("../dist/index.mjs"))) {
    peers.push({ name: "sim (ours)", command: (model) => [process.execPath, [here("ours.mjs"), model]] });
  } else skip("sim (ours)", "dist/index.mjs is not built; npm run build");

  const simpy = available("python3", [
    "-c",
    "import platform, simpy; print('Python', platform.python_version() + ', SimPy', simpy.__version__)",
  ]);
  if (simpy) {
    tools.push(simpy);
    peers.push({ name: "SimPy", command: (model) => ["python3", [here(`peers/simpy/${model}.py`)]] });
    // its documentation's way to write a queue: a process for each customer; the row above does with two in all
    peers.push({
      name: "SimPy, a process for each customer",
      only: "mm1",
      command: () => ["python3", [here("peers/simpy/mm1_customers.py")]],
    });
  } else skip("SimPy", "python3 with simpy is not on this machine");

  if (simjs()) {
    tools.push("SIM.JS 2.0.3");
    peers.push({ name: "SIM.JS", command: (model) => [process.execPath, [here(`peers/simjs/${model}.mjs`)]] });
  } else skip("SIM.JS", "it could not be installed from the npm registry");

  peers.push({
    name: "JavaScript generators",
    command: (model) => [process.execPath, [here(`peers/generators/${model}.mjs`)]],
  });

  const compiler = available("g++", ["-dumpfullversion"]);
  if (compiler) {
    const binary = (model) => join(folder, model);
    for (const { name } of MODELS) {
      const args = ["-O2", "-std=c++17", "-o", binary(name), here(`peers/cpp/${name}.cpp`)];
      const result = spawnSync("g++", args, { encoding: "utf8" });
      if (result.status !== 0) throw new Error(`g++ ${name}.cpp: ${result.stderr}`);
    }
    tools.push(`g++ ${compiler} -O2`);
    peers.push({ name: "C++, binary heap", command: (model) => [binary(model), []] });
  } else skip("C++", "g++ is not on this machine");
  return { peers, tools };
}

/** Measures, prints the table and, unless only some models were asked for, writes it to docs/benchmarks.md. */
export function compareSimulations({ rounds, only, write }) {
  const folder = mkdtempSync(join(tmpdir(), "bench-"));
  try {
    const { peers, tools } = findPeers(folder);
    const models = MODELS.filter((model) => only.length === 0 || only.includes(model.name));
    const parts = [
      `Seconds for the whole simulation without start-up; medians of ${rounds} interleaved rounds on ${machine(tools)}.`,
    ];
    let oursEverywhere = true;
    for (const model of models) {
      const measured = interleave(
        peers
          .filter((peer) => (peer.only ?? model.name) === model.name)
          .map((peer) => ({
            name: peer.name,
            measure() {
              const result = once(...peer.command(model.name));
              if (!model.plausible(result.check))
                throw new Error(`its final time is ${result.check}, which can't be right`);
              return result;
            },
          })),
        rounds,
        model.name,
      );
      const ours = measured.get("sim (ours)");
      const our = ours ? median(ours.map((m) => m.seconds)) : null;
      oursEverywhere &&= our !== null;
      const rows = [...measured].map(([name, list]) => {
        const time = median(list.map((m) => m.seconds));
        return [
          name,
          figure(time),
          our === null ? "" : figure(time / our),
          figure(list[0].events / time / 1e6),
          figure(median(list.map((m) => m.wallSeconds))),
          figure(median(list.map((m) => m.peakRssMb))),
        ];
      });
      const head = ["", "seconds", "÷ ours", "million events/s", "whole process, s", "peak memory, MB"];
      parts.push(`**${model.title}** (\`${model.name}\`)`, table(head, rows));
    }
    const text = parts.join("\n\n");
    console.log(text);
    if (write && only.length === 0 && oursEverywhere) publish("sim", text);
    else if (!oursEverywhere) console.error("docs/benchmarks.md is left as it is: our side was not measured");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
