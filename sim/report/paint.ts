/** Colours for a terminal: ANSI escape sequences of the sixteen basic colours only, so that every theme fits. */
import type { ReportOptions } from "./report.ts";

export type Style = "bold" | "dim" | "red" | "green" | "yellow" | "blue" | "magenta" | "cyan";

const CODES: { readonly [S in Style]: string } = {
  bold: "1",
  dim: "2",
  red: "31",
  green: "32",
  yellow: "33",
  blue: "34",
  magenta: "35",
  cyan: "36",
};

/** `text` in a style; unchanged where colours are off. */
export function paint(text: string, style: Style, options: ReportOptions): string {
  return options.color && text !== "" ? `\u001b[${CODES[style]}m${text}\u001b[0m` : text;
}

/** A colour of its own for each process, by its place in the scenario. */
export function processStyle(index: number): Style {
  const cycle: readonly Style[] = ["green", "cyan", "blue", "magenta", "yellow"];
  return cycle[index % cycle.length] ?? "green";
}

/** Runs of equal style painted in one piece. */
export function paintCells(
  cells: readonly { readonly character: string; readonly style: Style | null }[],
  options: ReportOptions,
): string {
  let text = "";
  let run = "";
  let style: Style | null = null;
  const flush = (): void => {
    text += style === null ? run : paint(run, style, options);
    run = "";
  };
  for (const cell of cells) {
    if (cell.style !== style) flush();
    style = cell.style;
    run += cell.character;
  }
  flush();
  return text;
}
