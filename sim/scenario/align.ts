/**
 * Where each character of a quoted, folded or many-line YAML scalar stands in the file, so that a caret inside an
 * expression can point at the very character.
 */

const ESCAPE_LENGTH: { readonly [letter: string]: number } = { x: 4, u: 6, U: 10 };

/**
 * Offsets into `raw` (the scalar as written, quotes or block header included) for each character of `value` (as
 * decoded) and one for its end. Walks both side by side; where they cannot be matched it stays where it is.
 */
export function alignScalar(raw: string, value: string, style: string): readonly number[] {
  const double = style === "QUOTE_DOUBLE";
  const single = style === "QUOTE_SINGLE";
  let at = 0;
  if (double || single) at = 1;
  else if (style.startsWith("BLOCK")) at = skipBlank(raw, Math.max(0, raw.indexOf("\n")));
  const offsets: number[] = [];
  for (let k = 0; k < value.length; k += 1) {
    const wanted = value[k] ?? "";
    // A line continuation: a backslash at the end of a line stands for nothing.
    while (double && /^\\\r?\n/.test(raw.slice(at, at + 3))) at = skipBlank(raw, at + 1);
    if (wanted !== " " && wanted !== "\n" && wanted !== "\t" && isBlank(raw[at])) at = skipBlank(raw, at);
    offsets.push(at);
    if (double && raw[at] === "\\") {
      const length = ESCAPE_LENGTH[raw[at + 1] ?? ""] ?? 2;
      // \U gives two UTF-16 units; both stand at the escape
      const units = length === 10 && (value.codePointAt(k) ?? 0) > 0xffff ? 2 : 1;
      if (units === 2) {
        offsets.push(at);
        k += 1;
      }
      at += length;
    } else if (single && raw[at] === "'") at += 2;
    else if (wanted === " " || wanted === "\n" || wanted === "\t") {
      if (!isBlank(raw[at])) continue;
      const end = skipBlank(raw, at);
      at = raw.slice(at, end).includes("\n") ? end : at + 1;
    } else at += 1;
  }
  offsets.push(at);
  return offsets;
}

function isBlank(character: string | undefined): boolean {
  return character === " " || character === "\t" || character === "\n" || character === "\r";
}

function skipBlank(raw: string, from: number): number {
  let at = from;
  while (at < raw.length && isBlank(raw[at])) at += 1;
  return at;
}
