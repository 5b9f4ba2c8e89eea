/** Scenario files found, and files written whole or not at all. */
import { closeSync, fsyncSync, openSync, readdirSync, renameSync, rmSync, statSync, writeSync } from "node:fs";
import { basename, dirname, join } from "node:path";

export interface FoundFiles {
  /** in the order of the arguments; a folder's by code units of the path; none twice */
  readonly files: readonly string[];
  /** arguments that are no file and no folder */
  readonly missing: readonly string[];
}

/** The scenarios that paths stand for: a file is itself, a folder all its *.yaml and *.yml, at any depth. */
export function findScenarios(paths: readonly string[]): FoundFiles {
  const files = new Set<string>();
  const missing: string[] = [];
  for (const path of paths) {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat === undefined) missing.push(path);
    else if (stat.isDirectory()) for (const file of folder(path)) files.add(file);
    else files.add(path);
  }
  return { files: [...files], missing };
}

/** Sorted by code units, so that no locale has a say. Hidden folders and node_modules hold nobody's scenarios. */
function folder(path: string): string[] {
  const found: string[] = [];
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    const inside = join(path, entry.name);
    if (entry.isDirectory()) {
      if (!entry.name.startsWith(".") && entry.name !== "node_modules") found.push(...folder(inside));
    } else if (/\.ya?ml$/.test(entry.name) && statSync(inside, { throwIfNoEntry: false })?.isFile()) found.push(inside);
  }
  return found.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

/** Whether a path is a folder. */
export function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/**
 * Writes a text file so that readers see all of it or what was there before: into a temporary file of the same folder,
 * flushed to the disk, then renamed. What is no regular file (/dev/stdout, a named pipe) is written to directly.
 *
 * Throws what the system says; nothing is left behind then.
 */
export function writeWhole(path: string, text: string): void {
  const there = statSync(path, { throwIfNoEntry: false });
  if (there !== undefined && !there.isFile() && !there.isDirectory()) {
    writeAndClose(openSync(path, "w"), text, false);
    return;
  }
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`);
  try {
    writeAndClose(openSync(temporary, "w"), text, true);
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

function writeAndClose(file: number, text: string, flush: boolean): void {
  try {
    const bytes = Buffer.from(text, "utf8");
    for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
    if (flush) fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** What the system says about a failed file operation, without Node's own wrapping: "no space left on device". */
export function systemMessage(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const code = (error as NodeJS.ErrnoException).code;
  return code === undefined ? message : message.replace(/^\w+: /, "").replace(/, \w+( '.*')?$/s, "");
}

/** Whether an error comes from the file system and not from a bug. */
export function isSystemError(error: unknown): boolean {
  return error instanceof Error && typeof (error as NodeJS.ErrnoException).syscall === "string";
}
