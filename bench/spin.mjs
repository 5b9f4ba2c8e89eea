/**
 * SPIN on one model: `node bench/spin.mjs ticket n=6 tickets=3 [steps=statement] [--no-reduction] [--no-merging] [--bfs]`
 * prints one JSON line. Needs `spin` and `gcc` on the machine.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseSettings, promela } from "./peers/spin/models.mjs";

const TIME_LIMIT_MS = 300_000;
const MEMORY_LIMIT_MB = 8000;

const seconds = (start) => (performance.now() - start) / 1000;

function execute(command, args, folder) {
  const result = spawnSync(command, args, { cwd: folder, encoding: "utf8", timeout: TIME_LIMIT_MS });
  if (result.error) throw result.error;
  return result;
}

/**
 * Makes, compiles and runs a verifier: safety only, states as full vectors.
 * @param {string} text Promela
 * @param {{ reduction?: boolean, merging?: boolean, bfs?: boolean, deadlock?: boolean }} options `reduction`: partial-order
 *   reduction (on); `merging`: SPIN's merging of local statements (on); `bfs`: breadth first; `deadlock`: report invalid
 *   end states
 * @returns states, transitions, depth and errors as the verifier prints them; `seconds` of the verifier process alone,
 *   `compileSeconds` of `spin -a` and gcc, `totalSeconds` of both; `complete` false where a limit ended it
 */
export function spin(text, { reduction = true, merging = true, bfs = false, deadlock = false } = {}) {
  const folder = mkdtempSync(join(tmpdir(), "bench-spin-"));
  try {
    writeFileSync(join(folder, "model.pml"), text);
    let start = performance.now();
    const made = execute("spin", ["-a", ...(merging ? [] : ["-o1", "-o2", "-o3"]), "model.pml"], folder);
    if (made.status !== 0) throw new Error(`spin: ${made.stdout}${made.stderr}`);
    const defines = ["-DSAFETY", "-DVECTORSZ=4096", `-DMEMLIM=${MEMORY_LIMIT_MB}`];
    if (!reduction) defines.push("-DNOREDUCE");
    if (bfs) defines.push("-DBFS");
    const compiled = execute("gcc", ["-O2", "-w", ...defines, "-o", "pan", "pan.c"], folder);
    if (compiled.status !== 0) throw new Error(`gcc: ${compiled.stderr}`);
    const compileSeconds = seconds(start);
    // A deep stack costs time to allocate, so it starts small and only the run that sufficed is timed.
    let run;
    let verifierSeconds;
    for (let stack = 100_000; ; stack *= 20) {
      start = performance.now();
      run = execute("./pan", [...(deadlock ? [] : ["-E"]), `-m${stack}`], folder);
      verifierSeconds = seconds(start);
      if (!/max search depth too small/.test(run.stdout) || stack > 10_000_000) break;
    }
    const number = (pattern) => {
      const found = pattern.exec(run.stdout);
      if (!found) throw new Error(`pan printed no ${pattern}: ${run.stdout.slice(0, 500)}${run.stderr}`);
      return Number(found[1]);
    };
    return {
      states: number(/(\d+) states, stored/),
      transitions: number(/(\d+) transitions/),
      depth: number(/depth reached (\d+)/),
      errors: number(/errors: (\d+)/),
      peakRssMb: number(/([\d.]+)\s+total actual memory usage/),
      seconds: verifierSeconds,
      compileSeconds,
      totalSeconds: compileSeconds + verifierSeconds,
      complete: !/Search not completed|max search depth too small|out of memory/i.test(run.stdout),
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
    merging: !flags.has("--no-merging"),
    bfs: flags.has("--bfs"),
    deadlock: flags.has("--deadlock"),
  });
  console.log(JSON.stringify({ model: name, ...parameters, granularity, ...result }));
}
