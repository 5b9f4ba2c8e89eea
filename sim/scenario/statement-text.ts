/** A statement in one line, as traces and marks show it. */
import type { Scenario, Span } from "./ast.ts";
import { sourceText } from "./load.ts";

/** The statement as the file has it, without the statements inside it and without what only YAML needs. */
export function statementText(scenario: Scenario, span: Span): string {
  const line = sourceText(scenario.source, span);
  // what begins on a line of its own, as programs write JSON
  const whole = line === "{" ? scenario.source.text.slice(span.start, span.end).replace(/\s+/g, " ") : line;
  return headOf(plainText(whole));
}

/** Without the quotes or braces that YAML wants around a statement on one line: they say nothing to a reader. */
function plainText(text: string): string {
  const match = /^"((?:[^"\\]|\\.)*)"$|^'([^']*)'$|^\{\s*(.*?)\s*\}$/.exec(text);
  return match === null ? text : (match[1] ?? match[2] ?? match[3] ?? text);
}

/** Without the statements inside it: those have lines of their own. */
function headOf(text: string): string {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!;
    if ("[{(".includes(character)) depth += 1;
    else if ("]})".includes(character)) depth -= 1;
    else if (depth === 0 && /^,\s*"?(do|then|else|catch|finally)"?:/.test(text.slice(at, at + 24)))
      return text.slice(0, at);
  }
  return text;
}
