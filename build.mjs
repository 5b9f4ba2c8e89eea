// Builds dist/: the program (with its bytecode) and the library as one file each, the prelude beside them, and type
// declarations.
// --out FOLDER builds somewhere else; --no-types leaves the declarations out.
import { execFileSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { build } from "esbuild";

const root = dirname(fileURLToPath(import.meta.url));
const { values } = parseArgs({ options: { out: { type: "string" }, "no-types": { type: "boolean" } } });
const dist = resolve(root, values.out ?? "dist");

// CommonJS inside the bundle (commander, seedrandom) asks for Node's own modules with require.
const banner =
  'import { createRequire as makeRequire } from "node:module"; const require = makeRequire(import.meta.url);';

const common = {
  absWorkingDir: root,
  bundle: true,
  platform: "node",
  target: "node20",
  format: "esm",
  legalComments: "none",
  // less text to read at every start; names stay, for stack traces
  minifyWhitespace: true,
  minifySyntax: true,
  logLevel: "warning",
  banner: { js: banner },
};

/** The test helpers work on the same library as their user's program does, so they import the built one. */
const besideIndex = {
  name: "beside-index",
  setup(build) {
    build.onResolve({ filter: /^\.\.\/index\.ts$/ }, () => ({ path: "./index.mjs", external: true }));
  },
};

rmSync(dist, { recursive: true, force: true });
await Promise.all([
  build({
    ...common,
    entryPoints: ["sim/cli/launch.ts"],
    outfile: join(dist, "sim.js"),
    format: "cjs",
    banner: { js: "#!/usr/bin/env node" },
  }),
  // one function, for launch.ts to call; its value tells when the command has ended
  build({
    ...common,
    entryPoints: ["sim/cli/main.ts"],
    outfile: join(dist, "program.cjs"),
    format: "cjs",
    define: { "import.meta.url": "programUrl" },
    banner: { js: "(function (require, programUrl, module) {" },
    footer: { js: "return module.exports.ended; })" },
  }),
  build({ ...common, entryPoints: ["sim/index.ts"], outfile: join(dist, "index.mjs") }),
  build({
    ...common,
    entryPoints: ["sim/vitest/index.ts"],
    outfile: join(dist, "vitest.mjs"),
    external: ["vitest", "fast-check"],
    plugins: [besideIndex],
  }),
  build({ ...common, entryPoints: ["sim/cli/check-worker.ts"], outfile: join(dist, "check-worker.mjs") }),
  build({ ...common, entryPoints: ["sim/explore/helper-worker.ts"], outfile: join(dist, "helper-worker.mjs") }),
  build({ ...common, entryPoints: ["sim/cli/gallery-main.ts"], outfile: join(dist, "gallery.mjs") }),
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
