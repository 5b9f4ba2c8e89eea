/** The kinds of resources that sim brings along: one YAML file each, beside this file. */
import { existsSync, readFileSync } from "node:fs";

/** Every kind of the prelude, in the order of the documentation. */
export const KIND_NAMES: readonly string[] = [
  "lock",
  "rlock",
  "semaphore",
  "event",
  "condition",
  "barrier",
  "queue",
  "rwlock",
  "pipe",
  "file",
  "socket",
  "pool",
];

const texts = new Map<string, string>();

/** Where the files may be: beside this one; bundled, this one stands one folder higher. */
const FOLDERS = ["./", "./prelude/"] as const;
let folder: (typeof FOLDERS)[number] | undefined;

/** The text of a kind's file, read at its first use; null if the prelude has no such kind. */
export function kindText(name: string): string | null {
  if (!KIND_NAMES.includes(name)) return null;
  const known = texts.get(name);
  if (known !== undefined) return known;
  folder ??= FOLDERS.find((each) => existsSync(new URL(`${each}${name}.yaml`, import.meta.url)));
  const text = folder === undefined ? null : read(new URL(`${folder}${name}.yaml`, import.meta.url));
  if (text === null) throw new Error(`the prelude's file ${name}.yaml is missing: sim is not installed completely`);
  texts.set(name, text);
  return text;
}

function read(file: URL): string | null {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return null;
  }
}
