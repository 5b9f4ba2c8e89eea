/** Programs with a known bug, each with what mends it: the fixtures of `pairs/`. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";

/** A program that goes wrong in some order, and its twin that goes wrong in none. */
export interface Pair {
  readonly name: string;
  /** what the bug must show, each "kind name" */
  readonly finds: readonly string[];
  readonly bug: string;
  readonly twin: string;
  /** all final values, worked out by hand; null where that was not done */
  readonly ends: { readonly bug: readonly Ending[]; readonly twin: readonly Ending[] } | null;
  /** whether there are orders without an end, which strategies that follow whole orders cannot get to the end of */
  readonly endless: boolean;
}

export type Ending = Readonly<Record<string, unknown>>;

interface Entry {
  readonly name: string;
  readonly finds: string[];
  readonly text: string;
  readonly mend: Record<string, string>;
  readonly ends?: { bug: Ending[]; twin: Ending[] };
  readonly endless?: boolean;
}

const folder = new URL("./pairs/", import.meta.url);

/** All pairs, in the order of the files. Throws where a mend does not fit its text exactly once. */
export function pairs(): Pair[] {
  const files = readdirSync(fileURLToPath(folder)).sort();
  return files.flatMap((file) => {
    const entries = parse(readFileSync(new URL(file, folder), "utf8")) as Entry[];
    return entries.map(
      ({ name, finds, text, mend, ends = null, endless = false }): Pair => ({
        name,
        finds,
        bug: text,
        twin: mended(name, text, mend),
        ends,
        endless,
      }),
    );
  });
}

function mended(name: string, text: string, mend: Record<string, string>): string {
  let twin = text;
  for (const [from, to] of Object.entries(mend)) {
    const parts = twin.split(from);
    if (parts.length !== 2) throw new Error(`${name}: ${JSON.stringify(from)} is there ${parts.length - 1} times`);
    twin = parts.join(to);
  }
  return twin;
}
