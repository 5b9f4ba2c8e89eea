/**
 * Time laid over columns of text, exactly.
 *
 * All times of a run are decimals, so they are scaled to whole *grains* first; a column then stands for a whole number
 * of grains, or a grain for a whole number of columns. Cell c covers the half-open stretch [start(c), start(c + 1)).
 */

export interface Timeline {
  /** how many cells */
  readonly columns: number;
  /** the end of the run, in grains; at most the end of the last cell */
  readonly end: number;
  /** 10^d: grains in one unit of time */
  readonly scale: number;
  /** grains in one cell: `grains / split` */
  readonly grains: number;
  readonly split: number;
  /** grains between the times that the axis may mark; all slices begin and end at multiples of it */
  readonly base: number;
  /** whether every slice begins and ends at the edge of a cell */
  readonly exact: boolean;
}

/** Most columns between two times of the base; more only makes a short run look empty. */
const MOST_SPLIT = 8;
const MOST_PLACES = 9;

/**
 * A timeline of 0 … `end` in at most `available` columns (at least 1), for slices that begin and end at `times`: the
 * widest one in which each of them falls on the edge of a cell, if there is one.
 */
export function makeTimeline(end: number, times: readonly number[], available: number): Timeline {
  const room = Math.max(1, Math.floor(available));
  const scale = scaleOf(end, times);
  const last = Math.max(1, Math.round(end * scale));
  const common = times.reduce((divisor, time) => commonDivisor(Math.round(time * scale), divisor), last);
  let best: Timeline | null = null;
  for (let parts = 1; parts <= room; parts++) {
    const base = common / parts;
    const count = last / base;
    if (!Number.isInteger(base) || count > room) continue;
    const split = Math.min(MOST_SPLIT, Math.floor(room / count));
    const columns = count * split;
    // of equally wide ones the finest, which has the most times to mark
    if (best === null || columns >= best.columns)
      best = { columns, end: last, scale, grains: base, split, base, exact: true };
  }
  if (best !== null) return best;
  const grains = common * roundStep(last / common / room, [1, 2, 4, 5]);
  return { columns: Math.ceil(last / grains), end: last, scale, grains, split: 1, base: common, exact: false };
}

function commonDivisor(a: number, b: number): number {
  return b === 0 ? a : commonDivisor(b, a % b);
}

/** The least power of ten that makes all times whole, within nine decimal places and 53 bits. */
function scaleOf(end: number, times: readonly number[]): number {
  let places = decimals(end);
  for (const time of times) places = Math.max(places, decimals(time));
  let scale = 1;
  for (let place = 0; place < Math.min(places, MOST_PLACES) && end * scale * 10 < 1_125_899_906_842_624; place++)
    scale *= 10;
  return scale;
}

function decimals(value: number): number {
  if (Number.isInteger(value)) return 0;
  const text = String(value);
  const exponent = text.indexOf("e-");
  if (exponent >= 0) return MOST_PLACES;
  return text.length - text.indexOf(".") - 1;
}

/** The least number that is not below `least` and is one of `digits` with zeros behind it. */
function roundStep(least: number, digits: readonly number[]): number {
  for (let ten = 1; ; ten *= 10) {
    for (const digit of digits) if (digit * ten >= least) return digit * ten;
  }
}

/** A time in grains. */
export function toGrains(timeline: Timeline, time: number): number {
  return Math.round(time * timeline.scale);
}

/** The first grain of a cell, as a fraction where a grain has several cells. */
export function cellStart(timeline: Timeline, cell: number): number {
  return (cell * timeline.grains) / timeline.split;
}

/** The cell that holds a grain's beginning; the end of the run belongs to the last cell. */
export function cellOf(timeline: Timeline, grain: number): number {
  return Math.min(timeline.columns - 1, Math.floor((grain * timeline.split) / timeline.grains));
}

/** How much of a cell [from, to) covers, from 0 to 1 (all in grains). */
export function covered(timeline: Timeline, cell: number, from: number, to: number): number {
  const start = cellStart(timeline, cell);
  const end = Math.min(cellStart(timeline, cell + 1), timeline.end);
  const common = Math.min(to, end) - Math.max(from, start);
  return common <= 0 ? 0 : common / (end - start);
}

/** A mark of the time axis: the cell on whose left edge it stands, and its time in units. */
export interface Tick {
  readonly cell: number;
  readonly label: string;
}

/** Marks at round times whose labels do not touch, the end of the run among them where there is room. */
export function ticks(timeline: Timeline): Tick[] {
  const label = (grain: number): string => String(grain / timeline.scale);
  const widest = Math.max(label(timeline.end).length, label(timeline.grains).length);
  // enough cells for the widest label and a gap of two
  const least = ((widest + 2) * timeline.grains) / timeline.split / timeline.base;
  let steps = roundStep(least, [1, 2, 5]);
  // ends: a cell of several times of the base has 1, 2, 4 or 5 of them with zeros behind, which all divide some 20…0
  while (!timeline.exact && (steps * timeline.base) % timeline.grains !== 0) steps = roundStep(steps + 1, [1, 2, 5]);
  const step = steps * timeline.base;
  const all: Tick[] = [];
  for (let grain = 0; grain < timeline.end; grain += step) {
    all.push({ cell: (grain * timeline.split) / timeline.grains, label: label(grain) });
  }
  const last = all[all.length - 1];
  const atEnd = timeline.end * timeline.split;
  if (
    atEnd % timeline.grains === 0 &&
    (last === undefined || last.cell + last.label.length < atEnd / timeline.grains)
  ) {
    all.push({ cell: atEnd / timeline.grains, label: label(timeline.end) });
  }
  return all;
}

/**
 * The axis as two lines of text: a ruler of `columns` cells between its ends, and the labels under their marks, those
 * left out that would end after `room` columns.
 */
export function axis(
  timeline: Timeline,
  ascii: boolean,
  room = Number.POSITIVE_INFINITY,
): { readonly ruler: string; readonly labels: string } {
  const marks = ticks(timeline);
  const ruler: string[] = Array.from({ length: timeline.columns }, () => (ascii ? "-" : "─"));
  let labels = "";
  for (const mark of marks) {
    if (mark.cell < timeline.columns) ruler[mark.cell] = ascii ? "+" : "┬";
    if (mark.cell + mark.label.length <= room) labels = labels.padEnd(mark.cell) + mark.label;
  }
  return { ruler: ruler.join(""), labels };
}
