/**
 * The words that a kind brings to the language: the names of its operations and views. Every scenario needs those of
 * all kinds to be understood, but hardly any needs more than a few kinds as a whole.
 */
import type { KindDefinition } from "./definition.ts";

export interface KindWords {
  readonly operations: readonly { readonly name: string; readonly internal: boolean }[];
  readonly views: readonly string[];
}

/** The words of a kind that has been read. */
export function wordsOf(definition: KindDefinition): KindWords {
  return {
    operations: definition.operations.map(({ name, internal }) => ({ name, internal })),
    views: definition.views,
  };
}

/**
 * The words in a text of the prelude, line by line. The prelude is laid out alike everywhere: a section begins at the
 * margin, each name in it stands alone on a line, two further in (a test compares this with what YAML says).
 */
export function wordsOfPrelude(text: string): KindWords {
  const operations: { name: string; internal: boolean }[] = [];
  const views: string[] = [];
  let section = "";
  for (const line of text.split("\n")) {
    const [, indent, name] = /^( *)([a-z_]+):/.exec(line) ?? [];
    if (name === undefined || indent === undefined) continue;
    if (indent.length === 0) section = name;
    else if (section === "views" && indent.length === 2) views.push(name);
    else if (section === "operations" && indent.length === 2) operations.push({ name, internal: false });
    else if (section === "operations" && line === "    internal: true")
      operations[operations.length - 1]!.internal = true;
  }
  return { operations, views };
}
