/** The kinds of resources that sim brings along: one YAML file each, beside this file. */
import { readFileSync } from "node:fs";

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

/** The text of a kind's file, read at its first use; null if the prelude has no such kind. */
export function kindText(name: string): string | null {
  if (!KIND_NAMES.includes(name)) return null;
  const known = texts.get(name);
  if (known !== undefined) return known;
  const text = read(`./${name}.yaml`) ?? read(`./prelude/${name}.yaml`);
  if (text === null) throw new Error(`the prelude's file ${name}.yaml is missing: sim is not installed completely`);
  texts.set(name, text);
  return text;
}

/** A file beside this one; bundled, this one stands one folder higher. */
function read(path: string): string | null {
  try {
    return readFileSync(new URL(path, import.meta.url), "utf8");
  } catch {
    return null;
  }
}
