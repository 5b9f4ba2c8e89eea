// Builds dist/: the program (with its bytecode) and the library as one file each, the prelude beside them, and type
// declarations.
// --out FOLDER builds somewhere else; --no-types leaves the declarations out.
import { execFileSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { build } from "rolldown";

const root = dirname(fileURLToPath(import.meta.url));
const { values } = parseArgs({ options: { out: { type: "string" }, "no-types": { type: "boolean" } } });
const dist = resolve(root, values.out ?? "dist");

const common = { cwd: root, platform: "node" };
const output = {
  format: "esm",
  codeSplitting: false,
  charset: "ascii",
  comments: { legal: false, jsdoc: false, annotation: false },
  // less text to read at every start; names stay, for stack traces
  minify: { mangle: false, compress: { target: "node20" }, codegen: true },
};
/** One program or library, all in one file. */
const bundle = (input, file, options = {}, more = {}) =>
  build({ ...common, ...options, input, output: { ...output, file: join(dist, file), ...more } });

/** The test helpers work on the same library as their user's program does, so they import the built one. */
const besideIndex = {
  name: "beside-index",
  resolveId: {
    filter: { id: /^\.\.\/index\.ts$/ },
    handler: () => ({ id: "./index.mjs", external: true }),
  },
};

rmSync(dist, { recursive: true, force: true });
await Promise.all([
  bundle("sim/cli/launch.ts", "sim.js", {}, { format: "cjs", banner: "#!/usr/bin/env node" }),
  // one function, for launch.ts to call; its value tells when the command has ended
  bundle(
    "sim/cli/main.ts",
    "program.cjs",
    { transform: { define: { "import.meta.url": "programUrl" } } },
    {
      format: "cjs",
      postBanner: "(function (require, programUrl, module) { const exports = module.exports;",
      postFooter: "return module.exports.ended; })",
    },
  ),
  bundle("sim/index.ts", "index.mjs"),
  bundle("sim/vitest/index.ts", "vitest.mjs", {
    external: ["vitest", "fast-check"],
    plugins: [besideIndex],
  }),
  bundle("sim/cli/check-worker.ts", "check-worker.mjs"),
  bundle("sim/explore/helper-worker.ts", "helper-worker.mjs"),
  bundle("sim/cli/gallery-main.ts", "gallery.mjs"),
]);
chmodSync(join(dist, "sim.js"), 0o755);
// sim.js is CommonJS (launch.ts says why); what others import is told to be a module by its name
writeFileSync(join(dist, "package.json"), '{ "type": "commonjs" }\n');

mkdirSync(join(dist, "prelude"));
for (const name of readdirSync(join(root, "sim/prelude"))) {
  if (name.endsWith(".yaml")) cpSync(join(root, "sim/prelude", name), join(dist, "prelude", name));
}

execFileSync(process.execPath, [join(root, "bytecode.mjs"), dist], { stdio: "inherit" });

if (values["no-types"] !== true) {
  const typescript = dirname(createRequire(import.meta.url).resolve("typescript/package.json"));
  execFileSync(
    process.execPath,
    [join(typescript, "bin/tsc"), "-p", join(root, "tsconfig.build.json"), "--outDir", join(dist, "types")],
    {
      stdio: "inherit",
    },
  );
  writeFileSync(join(dist, "types/package.json"), '{ "type": "module" }\n');
}
