/** The gallery: what each scenario of scenarios/ reports, as text, checked in under reports/. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join, sep } from "node:path";
import type { ReportOptions } from "../report/report.ts";
import { DEFAULT_OPTIONS } from "../report/report.ts";
import { text } from "../report/text.ts";
import { commands } from "./commands.ts";
import type { Library } from "./context.ts";
import { withSourceLines } from "./run.ts";

/** One page of the gallery. */
export interface Page {
  /** path below reports/: ticket.txt, classics/barrier.txt */
  readonly name: string;
  readonly text: string;
}

const OPTIONS: ReportOptions = { ...DEFAULT_OPTIONS, width: 100, commands: commands.map((command) => command.name) };

/** The pages of all scenarios of a folder, sorted by name. Throws if one of them is no valid scenario. */
export function galleryPages(library: Library, folder: string): Page[] {
  return scenarioFiles(folder).map((file) => {
    // named as from the project's root, wherever that is
    const source = { file: `${basename(folder)}/${file}`, text: readFileSync(join(folder, file), "utf8") };
    const { scenario, problems } = library.openScenario(source);
    if (scenario === null) {
      throw new Error(problems.map((problem) => library.formatProblem(problem, source)).join("\n"));
    }
    const result = withSourceLines(library.run(scenario, {}), scenario);
    return { name: file.replace(/\.ya?ml$/, ".txt"), text: text.write(result, OPTIONS) };
  });
}

/** Paths from the folder on, its subfolders' among them. */
function scenarioFiles(folder: string): string[] {
  return filesBelow(folder, /\.ya?ml$/);
}

function filesBelow(folder: string, pattern: RegExp): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => name.split(sep).join("/"))
    .filter((name) => pattern.test(name))
    .sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

/** What differs between the pages and the folder where they are checked in: one sentence for each. */
export function galleryDifferences(pages: readonly Page[], folder: string): string[] {
  const differences: string[] = [];
  for (const page of pages) {
    const path = join(folder, page.name);
    if (statSync(path, { throwIfNoEntry: false }) === undefined) differences.push(`${page.name} is missing`);
    else {
      const there = readFileSync(path, "utf8");
      if (there !== page.text)
        differences.push(`${page.name} differs from line ${firstDifference(there, page.text)} on`);
    }
  }
  const names = new Set(pages.map((page) => page.name));
  for (const name of filesBelow(folder, /\.txt$/)) {
    if (!names.has(name)) differences.push(`${name} has no scenario any more`);
  }
  return differences;
}

function firstDifference(a: string, b: string): number {
  const left = a.split("\n");
  const right = b.split("\n");
  let line = 0;
  while (line < left.length && left[line] === right[line]) line += 1;
  return line + 1;
}
