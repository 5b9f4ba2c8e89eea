/**
 * Applies each mutant to a copy of the sources and runs a few tests there: one of them must fail. Not part of the suite.
 *
 *     npm run mutants              all of them, some minutes
 *     npm run mutants -- explore   those whose file or name contains one of the words
 *
 * Exit code 1 if one survives, or does not fit the sources any more.
 */
import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const words = process.argv.slice(2);

/** By the beginning of the mutant's path: the tests that are to kill it, the quickest first. */
const TESTS = {
  prelude: [["sim/laws/prelude-mutants.test.ts"]],
  program: [["sim/laws/pairs.test.ts", "sim/program"], ["sim/explore/reduce.test.ts"], ["sim/explore/check.test.ts"]],
  machine: [
    ["sim/laws/pairs.test.ts"],
    ["sim/laws/machine.test.ts", "sim/laws/steps.test.ts"],
    ["sim/laws/fidelity.test.ts", "sim/laws/run.test.ts"],
    ["sim/explore/check.test.ts", "sim/explore/dpor.test.ts"],
  ],
  explore: [
    ["sim/laws/pairs.test.ts"],
    [
      "sim/explore/counting.test.ts",
      "sim/explore/states-at-least.test.ts",
      "sim/explore/shortest.test.ts",
      "sim/explore/cheapest-way.test.ts",
      "sim/explore/minimise.test.ts",
      "sim/explore/store.test.ts",
      "sim/laws/steps.test.ts",
    ],
    ["sim/explore/reduce.test.ts", "sim/explore/dpor.test.ts"],
    ["sim/explore/states.test.ts", "sim/explore/check.test.ts", "sim/explore/bounded.test.ts"],
  ],
  detect: [["sim/detect", "sim/explore/check.test.ts"]],
  schedulers: [["sim/schedulers"]],
};

function mutants() {
  const read = (file) => parse(readFileSync(new URL(file, import.meta.url), "utf8"));
  const prelude = Object.entries(read("./prelude.yaml")).flatMap(([kind, list]) =>
    list.map((mutant) => ({ file: `prelude/${kind}.yaml`, ...mutant })),
  );
  const sources = Object.entries(read("./sources.yaml")).flatMap(([file, list]) =>
    list.map((mutant) => ({ file, ...mutant })),
  );
  // those of the prelude are killed in the suite as well (prelude-mutants.test.ts), so they come last
  return [...sources, ...prelude].filter(
    ({ file, name }) => words.length === 0 || words.some((word) => `${file} ${name}`.includes(word)),
  );
}

/** A copy of what the tests need. */
function copy() {
  const folder = mkdtempSync(join(tmpdir(), "mutants-"));
  for (const part of [
    "sim",
    "scenarios",
    "docs",
    "schema",
    "package.json",
    "tsconfig.json",
    "vitest.config.ts",
    "vitest.setup.ts",
  ])
    cpSync(join(root, part), join(folder, part), { recursive: true });
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  return folder;
}

/** Whether a test fails. */
function fails(folder, tests) {
  return new Promise((resolve) => {
    const child = spawn(
      process.execPath,
      [join(root, "node_modules/vitest/vitest.mjs"), "run", "--bail=1", "--maxWorkers=2", ...tests],
      {
        cwd: folder,
        // the same programs every time: a mutant must not survive by luck, nor be killed by it
        env: { ...process.env, CI: "1" },
        stdio: ["ignore", "pipe", "ignore"],
        timeout: 300_000,
        detached: true,
      },
    );
    // a mutant that goes round for ever leaves a worker behind that nobody else ends
    child.on("exit", () => {
      try {
        process.kill(-child.pid, "SIGKILL");
      } catch {
        // all of them have ended
      }
    });
    let output = "";
    child.stdout.on("data", (piece) => {
      output += piece;
    });
    // an installation that does not work kills nothing
    child.on("close", (code, signal) => resolve(signal !== null || (code !== 0 && output.includes(" failed"))));
  });
}

function changed(text, { from, to, and = [] }) {
  for (const edit of [{ from, to }, ...and]) {
    const parts = text.split(edit.from);
    if (parts.length !== 2) return null;
    text = parts.join(edit.to);
  }
  return text;
}

const left = mutants();
const survivors = [];
const total = left.length;

/** Tests that fail without any mutant would kill them all. */
async function checkUnchanged() {
  const folder = copy();
  try {
    const areas = new Set(left.map(({ file }) => file.split("/")[0]));
    for (const tests of new Set([...areas].flatMap((area) => TESTS[area].map((each) => each.join(" ")))))
      if (await fails(folder, tests.split(" "))) throw new Error(`without any mutant these tests fail: ${tests}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function work() {
  const folder = copy();
  try {
    for (let mutant = left.shift(); mutant !== undefined; mutant = left.shift()) {
      const path = join(folder, "sim", mutant.file);
      const text = readFileSync(path, "utf8");
      const wrong = changed(text, mutant);
      let fate = wrong === null ? "DOES NOT FIT" : "SURVIVED";
      if (wrong !== null) {
        writeFileSync(path, wrong);
        for (const tests of TESTS[mutant.file.split("/")[0]]) {
          if (!(await fails(folder, tests))) continue;
          fate = "killed";
          break;
        }
        writeFileSync(path, text);
      }
      if (fate !== "killed") survivors.push(mutant);
      console.log(`${fate.padEnd(12)} ${mutant.file}: ${mutant.name}`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (process.env.UNCHECKED === undefined) await checkUnchanged();
await Promise.all(Array.from({ length: Math.max(1, Math.floor(availableParallelism() / 2)) }, work));
console.log(`${total - survivors.length} of ${total} killed`);
process.exitCode = survivors.length === 0 ? 0 : 1;
