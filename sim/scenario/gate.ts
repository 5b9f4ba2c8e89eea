/**
 * What is refused before the YAML parser sees the text: too large, too deep, control characters, tags, anchors, aliases.
 *
 * Nested flow collections with many items abort the process inside yaml's composer, uncatchably; its lexer is iterative
 * and safe, so the depth is counted over its tokens.
 */
import { Lexer } from "yaml";
import type { Span } from "./ast.ts";
import type { Problems } from "./problem.ts";

/** Greatest size of a scenario, in bytes of UTF-8. */
export const SIZE_MAX = 1024 * 1024;
/** Greatest nesting of YAML collections. */
export const DEPTH_MAX = 64;
/** Greatest number of YAML tokens, so that memory stays bounded. */
const TOKENS_MAX = 400_000;

/** Reports what makes the text unsafe to parse or uses YAML features that scenarios do without; true if it may be parsed. */
export function passesGate(problems: Problems): boolean {
  const text = problems.source.text;
  const bytes = text.length > SIZE_MAX ? text.length : new TextEncoder().encode(text).length;
  if (bytes > SIZE_MAX) {
    problems.error(
      "too-large",
      { start: 0, end: 0 },
      `the file has more than ${SIZE_MAX} bytes`,
      "split it into several scenarios",
    );
    return false;
  }
  if (!controlsAreFine(text, problems)) return false;
  return tokensAreFine(text, problems);
}

function controlsAreFine(text: string, problems: Problems): boolean {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if ((code < 0x20 && code !== 9 && code !== 10 && code !== 13) || code === 0x7f) {
      const shown = `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
      problems.error(
        "control-character",
        { start: at, end: at + 1 },
        `the file contains the control character ${shown}`,
        "remove it, or write an escape in double quotes",
      );
      return false;
    }
  }
  return true;
}

function tokensAreFine(text: string, problems: Problems): boolean {
  const columns: number[] = [];
  let flow = 0;
  let offset = 0;
  let lineStart = 0;
  let opensLine = true;
  let isScalar = false;
  let count = 0;
  for (const token of new Lexer().lex(text)) {
    if (token === "\x1f") {
      isScalar = true;
      continue;
    }
    if (token === "\x02" || token === "\x18") continue;
    const span: Span = { start: offset, end: offset + token.length };
    const first = token[0] ?? "";
    const blank =
      !isScalar &&
      (first === " " || first === "\t" || first === "\n" || first === "\r" || first === "#" || first === "\uFEFF");
    if (!blank) {
      if (flow === 0 && opensLine) {
        const column = offset - lineStart;
        while (columns.length > 0 && (columns[columns.length - 1] ?? 0) >= column) columns.pop();
        columns.push(column);
        opensLine = !isScalar && (token === "-" || token === "?" || token === ":");
      }
      if (!isScalar) {
        if (token === "[" || token === "{") flow += 1;
        else if (token === "]" || token === "}") flow = Math.max(0, flow - 1);
        else if (first === "!") {
          problems.error(
            "tag",
            span,
            `YAML tags such as '${token}' are not used in scenarios`,
            "write 'not' for a negation, or put the text in quotes",
          );
        } else if (first === "&" || first === "*") {
          problems.error(
            "alias",
            span,
            `YAML ${first === "&" ? "anchors" : "aliases"} such as '${token}' are not used in scenarios`,
            "write the value out, use 'count:' or a function, or put the text in quotes",
          );
        }
      }
      if (columns.length + flow > DEPTH_MAX) {
        problems.error(
          "too-deep",
          span,
          `collections are nested more than ${DEPTH_MAX} deep here`,
          "move the inner part into a function",
        );
        return false;
      }
      count += 1;
      if (count > TOKENS_MAX) {
        problems.error(
          "too-large",
          span,
          `the file has more than ${TOKENS_MAX} YAML tokens`,
          "split it into several scenarios",
        );
        return false;
      }
    }
    const lineBreak = token.lastIndexOf("\n");
    if (lineBreak >= 0) {
      lineStart = offset + lineBreak + 1;
      opensLine = true;
    }
    offset += token.length;
    isScalar = false;
  }
  return true;
}
