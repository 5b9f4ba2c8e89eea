/**
 * The strip of the textbooks: `| P1 | P2 |` with the exact time under every boundary.
 *
 * It is drawn to scale where every slice then has room for its name and time; otherwise each slice is as wide as its
 * texts need, which the caller is told.
 */
import type { GanttSlice } from "../run/result.ts";
import { displayWidth } from "./columns.ts";
import { figure } from "./numbers.ts";

/** One stretch of a core, idle time included. */
export interface StripSlice {
  readonly from: number;
  readonly to: number;
  readonly label: string;
  /** the process that ran or was switched to; null: idle */
  readonly process: string | null;
}

export interface Strip {
  /** pairs of lines: the slices, and the times under their boundaries */
  readonly rows: readonly { readonly slices: readonly StripSlice[]; readonly bar: string; readonly times: string }[];
  readonly toScale: boolean;
}

/** The slices of one core in order, with idle stretches between them. Slices of no length are left out. */
export function stripSlices(
  slices: readonly GanttSlice[],
  end: number,
  ascii: boolean,
  show: (name: string) => string,
): StripSlice[] {
  const all: StripSlice[] = [];
  let now = 0;
  for (const slice of slices) {
    if (slice.to <= slice.from) continue;
    if (slice.from > now) all.push({ from: now, to: slice.from, label: "", process: null });
    const label = slice.kind === "switch" ? (ascii ? "x" : "×") : show(slice.process);
    all.push({ from: slice.from, to: slice.to, label, process: slice.process });
    now = slice.to;
  }
  if (end > now) all.push({ from: now, to: end, label: "", process: null });
  return all;
}

/** Columns that a slice needs, its left bar included: the bar, the name between spaces, and the time under the bar. */
function needed(slice: StripSlice): number {
  return Math.max(displayWidth(slice.label) + 3, figure(slice.from).length + 1);
}

/** The strip in at most `width` columns and `mostRows` rows; null if it does not fit. */
export function makeStrip(
  slices: readonly StripSlice[],
  width: number,
  mostRows: number,
  ascii: boolean,
): Strip | null {
  if (slices.length === 0) return null;
  const scaled = scaledWidths(slices, width);
  if (scaled !== null) return { rows: [drawRow(slices, scaled, ascii)], toScale: true };
  const rows: { slices: StripSlice[]; widths: number[] }[] = [];
  let row: { slices: StripSlice[]; widths: number[] } | undefined;
  let used = 0;
  for (const slice of slices) {
    const columns = needed(slice);
    const closing = Math.max(1, figure(slice.to).length);
    if (columns + closing > width) return null;
    if (row === undefined || used + columns + closing > width) {
      if (rows.length === mostRows) return null;
      row = { slices: [], widths: [] };
      rows.push(row);
      used = 0;
    }
    row.slices.push(slice);
    row.widths.push(columns);
    used += columns;
  }
  return { rows: rows.map((each) => drawRow(each.slices, each.widths, ascii)), toScale: false };
}

/** Widths proportional to the slices' lengths, or null if some slice would be too narrow or not a whole number wide. */
function scaledWidths(slices: readonly StripSlice[], width: number): number[] | null {
  const last = slices[slices.length - 1];
  const first = slices[0];
  if (last === undefined || first === undefined) return null;
  const room = width - figure(last.to).length;
  const length = last.to - first.from;
  // the smallest scale in which all fits looks best: a short run is not blown up
  const scaleFor = (slack: number): number =>
    slices.reduce((most, slice) => Math.max(most, (needed(slice) + slack) / (slice.to - slice.from)), 0);
  const whole = slices.every((slice) => Number.isInteger(slice.from) && Number.isInteger(slice.to));
  // a scale that is no whole number rounds each boundary, which may cost a slice one column
  const columns = whole && scaleFor(0) >= 1 ? Math.ceil(scaleFor(0)) : scaleFor(1);
  if (length * columns > room) return null;
  const place = (time: number): number => Math.round((time - first.from) * columns);
  return slices.map((slice) => place(slice.to) - place(slice.from));
}

function drawRow(
  slices: readonly StripSlice[],
  widths: readonly number[],
  ascii: boolean,
): { slices: readonly StripSlice[]; bar: string; times: string } {
  const wall = ascii ? "|" : "│";
  let bar = "";
  let times = "";
  let column = 0;
  slices.forEach((slice, at) => {
    const inside = (widths[at] ?? 0) - 1;
    const label = displayWidth(slice.label) <= inside ? slice.label : "";
    const left = Math.floor((inside - displayWidth(label)) / 2);
    bar += wall + " ".repeat(left) + label + " ".repeat(inside - left - displayWidth(label));
    times = times.padEnd(column) + figure(slice.from);
    column += widths[at] ?? 0;
  });
  const last = slices[slices.length - 1];
  return { slices, bar: bar + wall, times: times.padEnd(column) + (last === undefined ? "" : figure(last.to)) };
}
