/**
 * SPIN on one model: `node bench/spin.mjs ticket n=6 tickets=3 [steps=statement] [--no-reduction] [--bfs] [--deadlock]`
 * prints one JSON line. Needs `spin` and `gcc` on the machine.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execute } from "./compare.mjs";
import { parseSettings, promela } from "./peers/spin/models.mjs";

const MEMORY_LIMIT_MB = 8000;
/** A deep stack costs time to allocate, so it starts small and only the run that sufficed is timed. */
const STACKS = [100_000, 2_000_000, 40_000_000];

const seconds = (start) => (performance.now() - start) / 1000;

function made(command, args, folder) {
  const result = spawnSync(command, args, { cwd: folder, encoding: "utf8", timeout: 60_000 });
  if (result.error) throw result.error;
  if (result.status !== 0) throw new Error(`${command}: ${result.stdout}${result.stderr}`);
}

/**
 * Makes, compiles and runs a verifier: safety only, states as full vectors.
 * @param {string} text Promela
 * @param {{ reduction?: boolean, bfs?: boolean, deadlock?: boolean, limit?: number }} options `reduction`: partial-order
 *   reduction, merging of local statements, resetting of dead variables (all on, as by default); `bfs`: breadth first;
 *   `deadlock`: report invalid end states; `limit`: seconds after which the verifier is stopped
 * @returns states, transitions, depth and errors as the verifier prints them; `seconds` of the verifier process alone,
 *   `compileSeconds` of `spin -a` and gcc, `totalSeconds` of both; `bytes` for the states by SPIN's own account,
 *   without its hash table; `peakMb` of the verifier as the system saw it; `complete` false where a limit ended it
 */
export function spin(text, { reduction = true, bfs = false, deadlock = false, limit = 300 } = {}) {
  const folder = mkdtempSync(join(tmpdir(), "bench-spin-"));
  try {
    writeFileSync(join(folder, "model.pml"), text);
    const start = performance.now();
    made("spin", ["-a", ...(reduction ? [] : ["-o1", "-o2", "-o3"]), "model.pml"], folder);
    const defines = ["-DSAFETY", "-DVECTORSZ=4096", `-DMEMLIM=${MEMORY_LIMIT_MB}`];
    if (!reduction) defines.push("-DNOREDUCE");
    if (bfs) defines.push("-DBFS");
    made("gcc", ["-O2", "-w", ...defines, "-o", "pan", "pan.c"], folder);
    const compileSeconds = seconds(start);
    let run;
    for (const stack of STACKS) {
      run = execute(join(folder, "pan"), [...(deadlock ? [] : ["-E"]), `-m${stack}`], { folder, limit });
      if (!/max search depth too small/.test(run.stdout)) break;
    }
    const number = (pattern) => {
      const found = pattern.exec(run.stdout);
      if (!found) throw new Error(`pan printed no ${pattern}: ${run.stdout.slice(0, 500)}${run.stderr}`);
      return Number(found[1]);
    };
    const errors = number(/errors: (\d+)/);
    const stopped = run.stopped || /max search depth too small|out of memory|reached -DMEMLIM/i.test(run.stdout);
    return {
      states: number(/(\d+) states, stored/),
      transitions: number(/(\d+) transitions/),
      depth: number(/depth reached (\d+)/),
      errors,
      verdict: errors > 0 ? "violated" : stopped ? "inconclusive" : "holds",
      bytes: number(/([\d.]+)\s+equivalent memory usage/) * 2 ** 20,
      peakMb: run.peakMb,
      seconds: run.seconds,
      compileSeconds,
      totalSeconds: compileSeconds + run.seconds,
      complete: !stopped,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const words = process.argv.slice(2);
  const flags = new Set(words.filter((word) => word.startsWith("--")));
  const [name, ...settings] = words.filter((word) => !word.startsWith("--"));
  const { parameters, granularity } = parseSettings(settings);
  const result = spin(promela(name, parameters, granularity), {
    reduction: !flags.has("--no-reduction"),
    bfs: flags.has("--bfs"),
    deadlock: flags.has("--deadlock"),
  });
  console.log(JSON.stringify({ model: name, ...parameters, granularity, ...result }));
}
