/**
 * The chart of a run with time to the right: one row per process (what it did), one per core (whom it ran).
 *
 * A row has exactly as many cells as its timeline, and every cell is true: it shows "running" only if the process ran
 * within the cell's stretch of time, a full block only if it ran through all of it, and nothing that ran is left out
 * however short it was. For the rest of a cell the longest state is shown.
 */
import type { GanttSlice, RunResult, StateSlice } from "../run/result.ts";
import { displayWidth } from "./columns.ts";
import { cellOf, cellStart, covered, type Timeline, toGrains } from "./timeline.ts";

/** What a cell of a row can show. `partly`: ran for a part of the cell's time. */
export type Mark = "running" | "partly" | "switching" | StateSlice["state"] | "absent" | "idle";

/** How each mark is drawn. */
export const MARKS: {
  readonly [M in Mark]: { readonly unicode: string; readonly ascii: string; readonly about: string };
} = {
  running: { unicode: "█", ascii: "#", about: "running" },
  partly: { unicode: "▓", ascii: "+", about: "ran for a part of that time" },
  switching: { unicode: "×", ascii: "x", about: "context switch" },
  ready: { unicode: "░", ascii: ":", about: "ready" },
  blocked: { unicode: "─", ascii: "-", about: "blocked" },
  io: { unicode: "≈", ascii: "~", about: "I/O" },
  sleeping: { unicode: "z", ascii: "z", about: "sleeping" },
  absent: { unicode: " ", ascii: " ", about: "not there" },
  idle: { unicode: "·", ascii: ".", about: "idle" },
};

interface Stretch {
  readonly from: number;
  readonly to: number;
}

/**
 * Adds to `shares` what each cell is covered by the stretch, and tells `touch` the cells. A stretch of no length
 * belongs to the cell that holds its moment, with share 0.
 */
function spread(timeline: Timeline, stretch: Stretch, touch: (cell: number, share: number) => void): void {
  const from = toGrains(timeline, stretch.from);
  const to = toGrains(timeline, stretch.to);
  const first = cellOf(timeline, from);
  if (to <= from) {
    touch(first, 0);
    return;
  }
  for (let cell = first; cell < timeline.columns && cellStart(timeline, cell) < to; cell++) {
    touch(cell, covered(timeline, cell, from, to));
  }
}

/** Shares are sums of fractions; nothing drawn depends on the last bits. */
const ALL = 1 - 1e-9;

/** The marks of one process over the timeline, one a cell. */
export function processRow(timeline: Timeline, runs: readonly GanttSlice[], states: readonly StateSlice[]): Mark[] {
  const ran = new Map<number, number>();
  const others = Array.from({ length: timeline.columns }, () => new Map<Mark, number>());
  for (const slice of runs) {
    if (slice.kind === "run") spread(timeline, slice, (cell, share) => ran.set(cell, (ran.get(cell) ?? 0) + share));
    else spread(timeline, slice, (cell, share) => addShare(others[cell], "switching", share));
  }
  for (const slice of states) {
    if (slice.to > slice.from) spread(timeline, slice, (cell, share) => addShare(others[cell], slice.state, share));
  }
  return others.map((shares, cell) => {
    const share = ran.get(cell);
    if (share !== undefined) return share >= ALL ? "running" : "partly";
    // a context switch is short and must not vanish beside a long wait
    return shares.has("switching") ? "switching" : longest(shares);
  });
}

function addShare(shares: Map<Mark, number> | undefined, mark: Mark, share: number): void {
  shares?.set(mark, (shares.get(mark) ?? 0) + share);
}

function longest(shares: ReadonlyMap<Mark, number>): Mark {
  let best: Mark = "absent";
  let most = 0;
  for (const [mark, share] of shares) {
    if (share > most) {
      best = mark;
      most = share;
    }
  }
  return best;
}

/** One cell of a core's row: whom it ran there, and the character to draw. */
export interface CoreCell {
  readonly character: string;
  /** everyone who ran or was switched to in the cell's time */
  readonly processes: readonly string[];
  readonly mark: Mark;
}

/**
 * The cells of one core: a process's name at the left end of its slice where the slice is wide enough, a full block
 * where one process ran throughout, a lighter one where several share the cell or the core was partly idle.
 * `show` makes a name harmless.
 */
export function coreRow(
  timeline: Timeline,
  slices: readonly GanttSlice[],
  ascii: boolean,
  show: (name: string) => string,
): CoreCell[] {
  const names = Array.from({ length: timeline.columns }, () => new Set<string>());
  const ran = new Float64Array(timeline.columns);
  const touched = new Uint8Array(timeline.columns);
  const characters: (string | null)[] = Array.from({ length: timeline.columns }, () => null);
  for (const slice of slices) {
    const whole: number[] = [];
    spread(timeline, slice, (cell, share) => {
      names[cell]?.add(slice.process);
      if (slice.kind === "switch") return;
      touched[cell] = 1;
      ran[cell] = (ran[cell] ?? 0) + share;
      if (share >= ALL) whole.push(cell);
    });
    writeName(characters, whole, show(slice.process));
  }
  return names.map((set, cell) => {
    const mark: Mark =
      touched[cell] === 1
        ? (ran[cell] ?? 0) >= ALL && set.size === 1
          ? "running"
          : "partly"
        : set.size > 0
          ? "switching"
          : "idle";
    const drawn = ascii ? MARKS[mark].ascii : MARKS[mark].unicode;
    return { character: mark === "running" ? (characters[cell] ?? drawn) : drawn, processes: [...set], mark };
  });
}

/** A name is written where it leaves at least one block of its slice, so that neighbours stay apart. */
function writeName(characters: (string | null)[], cells: readonly number[], name: string): void {
  const letters = [...name];
  // only names of single-width characters: one character is one cell
  if (letters.length !== displayWidth(name) || letters.length + 1 > cells.length) return;
  letters.forEach((letter, at) => {
    const cell = cells[at];
    if (cell !== undefined) characters[cell] = letter;
  });
}

/** Slices by process, in the order of the slices. */
export function byProcess<S extends { readonly process: string }>(slices: readonly S[]): Map<string, S[]> {
  const groups = new Map<string, S[]>();
  for (const slice of slices) {
    const group = groups.get(slice.process);
    if (group === undefined) groups.set(slice.process, [slice]);
    else group.push(slice);
  }
  return groups;
}

/** Every moment at which something begins or ends in a chart of the run. */
export function moments(result: RunResult): number[] {
  const times: number[] = [];
  for (const slice of result.gantt) times.push(slice.from, slice.to);
  for (const slice of result.states) times.push(slice.from, slice.to);
  return times;
}
