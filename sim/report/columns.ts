/** Text in columns of a terminal: how wide it is, cut and padded to a width, wrapped, and set as a table. */
import { isPrintableAscii } from "../base/ascii.ts";
import { COMBINING, WIDE, within } from "./characters.ts";

/** How many columns an escaped text takes. */
export function displayWidth(text: string): number {
  if (isPrintableAscii(text)) return text.length;
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

/** At most `width` columns; `mark` stands for what is cut out of the middle, so that the index at the end stays. */
export function cutMiddle(text: string, width: number, mark = "…"): string {
  if (displayWidth(text) <= width) return text;
  const room = width - displayWidth(mark);
  if (room < 2) return cut(text, width, mark);
  const half = Math.floor(room / 2);
  const end = [...text].reverse();
  const [kept] = fitting(end, half);
  const tail = end.slice(0, kept).reverse().join("");
  const head = [...text];
  return head.slice(0, fitting(head, room - displayWidth(tail))[0]).join("") + mark + tail;
}

/** How many of the characters fit into `width` columns, and how many columns they take. */
function fitting(characters: readonly string[], width: number): [number, number] {
  let used = 0;
  let count = 0;
  for (const character of characters) {
    const more = displayWidth(character);
    if (used + more > width) break;
    used += more;
    count += 1;
  }
  return [count, used];
}

/** A word is broken rather than moved to the next line if at least so many columns are left for it. */
const LEAST_PIECE = 6;

/**
 * Lines of at most `width` columns; all but the first begin with `inset`. Broken at spaces; words that are too long for
 * a line also behind a mark such as _ or a comma, and within if they have none.
 */
export function wrapWithin(text: string, width: number, inset: string): string[] {
  const lines: string[] = [];
  const lead = /^ */.exec(text)![0];
  let line = lead;
  /** whether the line has more than what it begins with */
  let begun = false;
  const next = (): void => {
    lines.push(line.trimEnd());
    line = inset;
    begun = false;
  };
  for (const word of text.slice(lead.length).split(" ")) {
    let rest = word;
    const fits = (gap: string): boolean => displayWidth(line + gap + rest) <= width;
    if (begun && !fits(" ") && (displayWidth(inset + rest) <= width || width - displayWidth(line) - 1 < LEAST_PIECE))
      next();
    if (begun) line += " ";
    while (!fits("")) {
      const characters = [...rest];
      const most = Math.max(1, fitting(characters, width - displayWidth(line))[0]);
      const piece = characters.slice(0, goodBreak(characters, most)).join("");
      line += piece;
      rest = rest.slice(piece.length);
      next();
    }
    line += rest;
    begun = true;
  }
  lines.push(line);
  return lines;
}

/** Where to break within a word of which at most so many characters fit: behind a mark if there is one, before no accent. */
function goodBreak(characters: readonly string[], most: number): number {
  for (let at = most; at > most / 3; at--) if (/[_.,;:/\-\]})]/.test(characters[at - 1] ?? "")) return at;
  let at = most;
  while (at > 1 && displayWidth(characters[at] ?? " ") === 0) at -= 1;
  return at;
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
