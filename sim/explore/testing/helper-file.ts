/** The program of the helpers (see ../crew.ts) made of these sources, as the build makes it. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";

export interface HelperFile {
  readonly file: string;
  remove(): void;
}

export function makeHelperFile(): HelperFile {
  const folder = mkdtempSync(join(tmpdir(), "sim-helper-"));
  const file = join(folder, "helper-worker.mjs");
  buildSync({
    entryPoints: [fileURLToPath(new URL("../helper-worker.ts", import.meta.url))],
    outfile: file,
    bundle: true,
    platform: "node",
    format: "esm",
  });
  return { file, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
