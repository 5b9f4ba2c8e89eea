/** The program of the helpers (see ../crew.ts) made of these sources, as the build makes it. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "rolldown";

export interface HelperFile {
  readonly file: string;
  remove(): void;
}

export async function makeHelperFile(): Promise<HelperFile> {
  const folder = mkdtempSync(join(tmpdir(), "sim-helper-"));
  const file = join(folder, "helper-worker.mjs");
  await build({
    input: fileURLToPath(new URL("../helper-worker.ts", import.meta.url)),
    output: { file, format: "esm" },
    platform: "node",
  });
  return { file, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
