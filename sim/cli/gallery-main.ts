/** `npm run gallery`: writes reports/*.txt anew; with --check it only says whether they are as they should be. */
import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import * as library from "../index.ts";
import { writeWhole } from "./files.ts";
import { galleryDifferences, galleryPages } from "./gallery.ts";

const scenarios = "scenarios";
const reports = "reports";
mkdirSync(reports, { recursive: true });
const pages = galleryPages(library, scenarios);
const differences = galleryDifferences(pages, reports);
if (process.argv.includes("--check")) {
  for (const difference of differences) process.stderr.write(`reports: ${difference}\n`);
  if (differences.length > 0)
    process.stderr.write("npm run gallery writes them anew; read the difference before you commit it\n");
  process.stdout.write(`gallery: ${pages.length} reports, ${differences.length} not as checked in\n`);
  process.exitCode = differences.length > 0 ? 1 : 0;
} else {
  for (const page of pages) {
    const path = join(reports, page.name);
    mkdirSync(dirname(path), { recursive: true });
    writeWhole(path, page.text);
  }
  process.stdout.write(`gallery: ${pages.length} reports written\n`);
}
