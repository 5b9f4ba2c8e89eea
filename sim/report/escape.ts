/**
 * Text of a scenario made harmless, once for each place it may go to.
 *
 * A scenario is untrusted input: a printed line may hold an escape sequence that rewrites the terminal, or a
 * bidirectional override that shows code in another order than it has.
 */
import { isPrintableAscii } from "../base/ascii.ts";
import { UNSAFE, within } from "./characters.ts";

/** For a terminal: every character that could act instead of being shown becomes `\n`, `\t`, `\x1b`, `\u202e` … */
export function escapeTerminal(text: string): string {
  return isPrintableAscii(text) ? text : replaceUnsafe(text, "");
}

/** All unsafe characters but those of `kept` made visible. */
function replaceUnsafe(text: string, kept: string): string {
  let safe = "";
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    safe += within(UNSAFE, code) && !kept.includes(character) ? visible(character) : character;
  }
  return safe;
}

function visible(character: string): string {
  if (character === "\n") return "\\n";
  if (character === "\r") return "\\r";
  if (character === "\t") return "\\t";
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x100) return `\\x${code.toString(16).padStart(2, "0")}`;
  if (code < 0x10000) return `\\u${code.toString(16).padStart(4, "0")}`;
  return `\\u{${code.toString(16)}}`;
}

/** For running text and table cells of Markdown: no character starts markup, a cell or HTML. */
export function escapeMarkdown(text: string): string {
  return escapeTerminal(text)
    .replace(/[\\`*_{}[\]|~$]/g, "\\$&")
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    .replace(/@/g, "&#64;")
    .replace(/^[-=+#]/, "\\$&")
    .replace(/^(\d+)([.)])(?=\s|$)/, "$1\\$2")
    .replace(/:\/\//g, "&#58;//");
}

/** A fenced block of Markdown, its fence longer than any run of backticks inside. */
export function fencedMarkdown(text: string, language: string): string {
  const longest = (text.match(/`+/g) ?? []).reduce((most, run) => Math.max(most, run.length), 2);
  const fence = "`".repeat(longest + 1);
  return `${fence}${language}\n${text.endsWith("\n") ? text : `${text}\n`}${fence}\n`;
}

/** For the text or a quoted attribute of XML 1.0; characters that XML forbids are shown as in a terminal. */
export function escapeXml(text: string): string {
  return replaceUnsafe(text, "\n\t")
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    .replace(/"/g, "&quot;")
    .replace(/\n/g, "&#10;")
    .replace(/\t/g, "&#9;");
}

/** For the message of a GitHub workflow command. */
export function escapeGithubData(text: string): string {
  return replaceUnsafe(text, "\r\n").replace(/%/g, "%25").replace(/\r/g, "%0D").replace(/\n/g, "%0A");
}

/** For a property (`file=…`) of a GitHub workflow command. */
export function escapeGithubProperty(text: string): string {
  return escapeGithubData(text).replace(/:/g, "%3A").replace(/,/g, "%2C");
}
