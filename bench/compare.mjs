/** What the comparisons share: running peers in turns, medians, and the tables in docs/benchmarks.md. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const TIME_LIMIT_MS = 600_000;
export const page = fileURLToPath(new URL("../docs/benchmarks.md", import.meta.url));
export const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/** Where this is set, every Node spends some 35 ms on certificates before it starts, whatever it is to run. */
const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env;

/** Whether `command` is on this machine and ends well. */
export function available(command, args) {
  const result = spawnSync(command, args, { encoding: "utf8", timeout: 30_000 });
  return !result.error && result.status === 0 ? `${result.stdout}${result.stderr}`.trim() : null;
}

/** Runs one peer once: its last line of output as JSON, with `wallSeconds` for the whole process. Throws if it fails. */
export function once(command, args) {
  const start = performance.now();
  const result = spawnSync(command, args, { encoding: "utf8", env, timeout: TIME_LIMIT_MS, maxBuffer: 1 << 26 });
  const wallSeconds = (performance.now() - start) / 1000;
  if (result.error) throw result.error;
  if (result.status !== 0) {
    const lines = result.stderr.trim().split("\n");
    throw new Error(`exit code ${result.status}: ${lines.find((line) => line.includes("Error")) ?? lines.at(-1)}`);
  }
  return { ...JSON.parse(result.stdout.trim().split("\n").at(-1)), wallSeconds };
}

let wrapper;

/** peak.c, compiled once; null where there is no C compiler. */
function peakWrapper() {
  if (wrapper !== undefined) return wrapper;
  const folder = mkdtempSync(join(tmpdir(), "bench-peak-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  const result = spawnSync("gcc", ["-O2", "-o", join(folder, "peak"), here("peak.c")], { encoding: "utf8" });
  wrapper = !result.error && result.status === 0 ? join(folder, "peak") : null;
  return wrapper;
}

/**
 * Runs a command to its end, or interrupts it (as Ctrl-C does) after `limit` seconds; both sides print what they know.
 * @returns what it printed, `seconds` of the whole process, `peakMb` that the system saw (null without a C compiler)
 */
export function execute(command, args, { folder, limit = 600 } = {}) {
  const peak = peakWrapper();
  const [program, words] = peak === null ? [command, args] : [peak, [String(Math.ceil(limit)), command, ...args]];
  const start = performance.now();
  const result = spawnSync(program, words, {
    cwd: folder,
    env,
    encoding: "utf8",
    timeout: (limit + 60) * 1000,
    maxBuffer: 1 << 30,
  });
  const seconds = (performance.now() - start) / 1000;
  if (result.error) throw result.error;
  const [, kilobytes, stopped] = /peak memory (\d+) KB(, stopped)?/.exec(result.stderr) ?? [];
  return {
    stdout: result.stdout,
    stderr: result.stderr,
    seconds,
    stopped: stopped !== undefined,
    peakMb: kilobytes === undefined ? null : Number(kilobytes) / 1024,
  };
}

/**
 * Interleaved rounds, so that a drift of the machine meets every peer alike: first, second, …, first, second, …
 * A peer that fails once is left out from then on, with a message.
 * @param {{ name: string, measure: () => any }[]} peers in the order of each round
 * @returns {Map<string, any[]>} for each peer that never failed, its measurements
 */
export function interleave(peers, rounds, label) {
  const measured = new Map(peers.map((peer) => [peer.name, []]));
  for (let round = 1; round <= rounds; round++) {
    for (const peer of peers) {
      const list = measured.get(peer.name);
      if (!list) continue;
      try {
        const result = peer.measure();
        list.push(result);
        console.error(`${label}  round ${round}/${rounds}  ${peer.name}  ${result.seconds.toFixed(3)} s`);
      } catch (error) {
        measured.delete(peer.name);
        console.error(`${label}  ${peer.name} left out: ${error.message}`);
      }
    }
  }
  return measured;
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Three significant digits, without exponents. */
export const figure = (x) => (x >= 100 ? x.toFixed(0) : x >= 10 ? x.toFixed(1) : x >= 1 ? x.toFixed(2) : x.toFixed(3));

/** A Markdown table. */
export function table(head, rows) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, k) => (k === 0 ? "---" : "---:"))), ...rows.map(line)].join("\n");
}

/** The machine, without its name or any path. */
export function machine(tools) {
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${cpus().length} cores, ${memory} GB, ${process.platform} ${process.arch}, Node ${process.versions.node}${tools.map((tool) => `, ${tool}`).join("")}`;
}

/** Puts `text` between the markers `<!-- name:begin -->` and `<!-- name:end -->` of docs/benchmarks.md. */
export function publish(name, text) {
  const old = readFileSync(page, "utf8");
  const begin = `<!-- ${name}:begin -->`;
  const end = `<!-- ${name}:end -->`;
  const from = old.indexOf(begin);
  const to = old.indexOf(end);
  if (from < 0 || to < from) throw new Error(`docs/benchmarks.md has no markers ${begin} … ${end}`);
  writeFileSync(page, `${old.slice(0, from + begin.length)}\n${text.trim()}\n${old.slice(to)}`);
}
