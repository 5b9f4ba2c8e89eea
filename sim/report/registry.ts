/** All report writers. Adding one: a file beside this one, and a line here. */
import { github } from "./github.ts";
import { json } from "./json.ts";
import { junit } from "./junit.ts";
import { markdown } from "./markdown.ts";
import type { Reporter } from "./report.ts";
import { text } from "./text.ts";

export const reporters: readonly Reporter[] = [text, json, markdown, junit, github];

/** The writer of that name; undefined if there is none. */
export function findReporter(name: string): Reporter | undefined {
  return reporters.find((reporter) => reporter.name === name);
}
