/** Text in columns of a terminal: how wide it is, cut and padded to a width, wrapped, and set as a table. */
import { COMBINING, WIDE, within } from "./characters.ts";

const PRINTABLE_ASCII = /^[ -~]*$/;

/** How many columns an escaped text takes. */
export function displayWidth(text: string): number {
  if (PRINTABLE_ASCII.test(text)) return text.length;
  let width = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    width += within(COMBINING, code) ? 0 : within(WIDE, code) ? 2 : 1;
  }
  return width;
}

/** Padded with spaces on the right up to `width` columns. */
export function padRight(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - displayWidth(text)));
}

/** Padded with spaces on the left up to `width` columns. */
export function padLeft(text: string, width: number): string {
  return " ".repeat(Math.max(0, width - displayWidth(text))) + text;
}

/** At most `width` columns; what is cut off is replaced by `mark`. */
export function cut(text: string, width: number, mark = "…"): string {
  if (displayWidth(text) <= width) return text;
  let kept = "";
  let used = displayWidth(mark);
  if (used > width) return "";
  for (const character of text) {
    const more = displayWidth(character);
    if (used + more > width) break;
    kept += character;
    used += more;
  }
  return kept + mark;
}

/** Lines of at most `width` columns, broken at spaces; a longer word stands alone on its line. */
export function wrap(text: string, width: number): string[] {
  return wrapEntries(text.split(" "), " ", width);
}

/** Entries joined by `gap` into lines of at most `width` columns, no entry broken. */
export function wrapEntries(entries: readonly string[], gap: string, width: number): string[] {
  const lines: string[] = [];
  let line: string | null = null;
  for (const entry of entries) {
    const longer: string = line === null ? entry : line + gap + entry;
    if (line !== null && displayWidth(longer) > width) {
      lines.push(line);
      line = entry;
    } else line = longer;
  }
  if (line !== null) lines.push(line);
  return lines;
}

/** A column of a table: its heading, and on which side its cells stand. */
export interface Column {
  readonly heading: string;
  readonly align: "left" | "right";
}

/** The lines of a table: headings, then rows, two spaces between columns, no trailing spaces. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[], indent = "  "): string[] {
  const widths = columns.map((column, at) =>
    rows.reduce((most, row) => Math.max(most, displayWidth(row[at] ?? "")), displayWidth(column.heading)),
  );
  const line = (cells: readonly string[]): string =>
    (
      indent +
      columns
        .map((column, at) => (column.align === "left" ? padRight : padLeft)(cells[at] ?? "", widths[at] ?? 0))
        .join("  ")
    ).trimEnd();
  return [line(columns.map((column) => column.heading)), ...rows.map(line)];
}
