// Writes the bytecode of a built program.cjs, for the Node that runs this: node bytecode.mjs DIST
// It holds the functions that were called until then, so a few commands are run first, on scenarios that use much of sim.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { Script } from "node:vm";

const dist = resolve(process.argv[2]);
const file = join(dist, "program.cjs");
const root = dirname(fileURLToPath(import.meta.url));
const script = new Script(readFileSync(file, "latin1"), { filename: file });

// only what is written down counts; the reports of the commands do not
const load = createRequire(file);
const silent = { ...load("node:fs"), writeSync: (_, bytes) => bytes.length };
const quietly = (name) => (name === "node:fs" ? silent : load(name));

const scenario = (name) => join(root, "scenarios", `${name}.yaml`);
for (const args of [
  ["--help"],
  ["check", scenario("ticket")],
  ["check", scenario("deadlock"), scenario("semaphore"), "--json"],
  ["run", scenario("ticket")],
]) {
  process.argv = [process.execPath, join(dist, "sim.js"), ...args];
  await script.runInThisContext()(quietly, pathToFileURL(file).href, { exports: {} });
}
process.exitCode = 0;

const into = join(dist, "bytecode");
mkdirSync(into, { recursive: true });
const target = join(into, `${process.version}-${process.arch}`);
writeFileSync(`${target}.tmp`, script.createCachedData());
renameSync(`${target}.tmp`, target);
