/** The chart section of a run: the strip of each core, the rows of the processes, the time axis and the legend. */
import type { RunResult } from "../run/result.ts";
import { cut, displayWidth, padRight, wrap, wrapEntries } from "./columns.ts";
import { escapeTerminal } from "./escape.ts";
import { byProcess, coreRow, MARKS, type Mark, moments, processRow } from "./gantt.ts";
import { counted, figure, withUnit } from "./numbers.ts";
import { paint, paintCells, processStyle, type Style } from "./paint.ts";
import type { ReportOptions } from "./report.ts";
import { makeStrip, type Strip, stripSlices } from "./strip.ts";
import { axis, makeTimeline, type Timeline } from "./timeline.ts";

/** Processes beyond that many get no row; the table has them all. */
export const MOST_ROWS = 20;
const MOST_STRIP_ROWS = 4;

/** All charts of a run, without a heading. Empty where nothing ran and no time passed. */
export function chartLines(whole: RunResult, options: ReportOptions): string[] {
  const result = recorded(whole);
  if (result.gantt.length === 0 && result.states.length === 0) return [];
  if (whole.end === 0) return ["  no virtual time passed: everything happened at time 0"];
  const styles = processStyles(result);
  const lines: string[] = [];
  const without: number[] = [];
  for (let core = 0; core < result.cores; core++) {
    const strip = coreStrip(result, core, options.width - 2, options.ascii, MOST_STRIP_ROWS);
    if (strip === null) {
      if (result.gantt.some((slice) => slice.core === core)) without.push(core);
      continue;
    }
    const note = strip.toScale ? "" : " (not to scale)";
    lines.push(`  core ${core}${note}`);
    for (const row of strip.rows) lines.push(`  ${paintBar(row, styles, options)}`, `  ${row.times}`);
    lines.push("");
  }
  lines.push(...rowLines(result, without, styles, options));
  if (result.end < whole.end) {
    const end = withUnit(result.end, result.unit);
    lines.push(`  the chart ends at ${end}: later slices were not kept, to bound the memory`);
  }
  return lines;
}

/** The result up to where its slices were kept: what was cut must not look idle. */
function recorded(result: RunResult): RunResult {
  const last = (slices: readonly { readonly to: number }[], name: string): number =>
    result.truncated.includes(name) ? slices.reduce((most, slice) => Math.max(most, slice.to), 0) : result.end;
  const end = Math.min(last(result.gantt, "gantt"), last(result.states, "states"));
  if (end >= result.end) return result;
  const clip = <S extends { readonly from: number; readonly to: number }>(slices: readonly S[]): S[] =>
    slices.filter((slice) => slice.from < end).map((slice) => ({ ...slice, to: Math.min(slice.to, end) }));
  return { ...result, end, gantt: clip(result.gantt), states: clip(result.states) };
}

/** The textbook strip of one core within a width, or null. */
export function coreStrip(result: RunResult, core: number, width: number, ascii: boolean, rows: number): Strip | null {
  const slices = result.gantt.filter((slice) => slice.core === core);
  if (slices.length === 0) return null;
  return makeStrip(stripSlices(slices, result.end, ascii, escapeTerminal), width, rows, ascii);
}

function processStyles(result: RunResult): Map<string, Style> {
  return new Map(result.processes.map((process, index) => [process.name, processStyle(index)]));
}

function paintBar(row: Strip["rows"][number], styles: ReadonlyMap<string, Style>, options: ReportOptions): string {
  if (!options.color) return row.bar;
  const wall = options.ascii ? "|" : "│";
  // names hold no wall: `|` and `│` are no part of a name, and an index is in brackets
  const parts = row.bar.split(wall);
  return parts
    .map((part, at) => {
      const process = row.slices[at - 1]?.process;
      return process === null || process === undefined ? part : paint(part, styles.get(process) ?? "green", options);
    })
    .join(wall);
}

/** A timeline with its right wall in at most `room` columns, and the label of the end below that wall. */
function timelineFor(result: RunResult, room: number): Timeline {
  return makeTimeline(result.end, moments(result), room - Math.max(1, figure(result.end).length));
}

/** Rows over one common axis: the cores without a strip, then the processes. */
function rowLines(
  result: RunResult,
  cores: readonly number[],
  styles: ReadonlyMap<string, Style>,
  options: ReportOptions,
): string[] {
  const shown = result.processes.slice(0, MOST_ROWS);
  const widest = Math.max(24, Math.floor(options.width / 3));
  const labels = new Map(shown.map(({ name }) => [name, cut(escapeTerminal(name), widest, options.ascii ? "~" : "…")]));
  const labelWidth = [...labels.values(), ...cores.map((core) => `core ${core}`)].reduce(
    (most, label) => Math.max(most, displayWidth(label)),
    0,
  );
  const timeline = timelineFor(result, options.width - labelWidth - 4);
  const wall = options.ascii ? "|" : "│";
  const used = new Set<Mark>();
  const row = (label: string, cells: readonly { character: string; style: Style | null }[]): string =>
    `  ${padRight(label, labelWidth)} ${wall}${paintCells(cells, options)}${wall}`;
  const lines: string[] = [];
  for (const core of cores) {
    const slices = result.gantt.filter((slice) => slice.core === core);
    const cells = coreRow(timeline, slices, options.ascii, escapeTerminal);
    for (const cell of cells) used.add(cell.mark);
    const style = (names: readonly string[]): Style | null => styles.get(names[0] ?? "") ?? null;
    lines.push(
      row(
        `core ${core}`,
        cells.map((cell) => ({ character: cell.character, style: style(cell.processes) })),
      ),
    );
  }
  const runs = byProcess(result.gantt);
  const states = byProcess(result.states);
  for (const { name } of shown) {
    const marks = processRow(timeline, runs.get(name) ?? [], states.get(name) ?? []);
    for (const mark of marks) used.add(mark);
    lines.push(
      row(
        labels.get(name) ?? "",
        marks.map((mark) => drawn(mark, styles.get(name) ?? "green", options)),
      ),
    );
  }
  const { ruler, labels: times } = axis(timeline, options.ascii, options.width - labelWidth - 4);
  const margin = " ".repeat(labelWidth + 3);
  const corner = options.ascii ? ["+", "+"] : ["└", "┘"];
  lines.push(`${margin}${corner[0]}${ruler}${corner[1]}`, `${margin} ${times}`);
  const more = result.processes.length - shown.length;
  if (more > 0)
    lines.push(
      `  ${options.ascii ? "..." : "…"} and ${counted(more, "more process", "more processes")} (all are in the table below)`,
    );
  lines.push(...legendLines(result, timeline, used, options));
  return lines;
}

function drawn(mark: Mark, style: Style, options: ReportOptions): { character: string; style: Style | null } {
  const character = options.ascii ? MARKS[mark].ascii : MARKS[mark].unicode;
  if (mark === "running" || mark === "partly") return { character, style };
  if (mark === "blocked") return { character, style: "red" };
  return { character, style: mark === "absent" ? null : "dim" };
}

function legendLines(result: RunResult, timeline: Timeline, used: ReadonlySet<Mark>, options: ReportOptions): string[] {
  const entries = (Object.keys(MARKS) as Mark[])
    .filter((mark) => mark !== "absent" && used.has(mark))
    .map((mark) => `${options.ascii ? MARKS[mark].ascii : MARKS[mark].unicode} ${MARKS[mark].about}`);
  const legend = wrapEntries(entries, "   ", options.width - 2).map((line) => `  ${line}`);
  return [...legend, ...scaleLines(result, timeline, options)];
}

/** What a column stands for, and whether anything was too short to be seen by itself. */
function scaleLines(result: RunResult, timeline: Timeline, options: ReportOptions): string[] {
  if (timeline.exact) return [];
  const column = timeline.grains / timeline.scale;
  const shorter = result.gantt.filter((slice) => slice.to - slice.from < column).length;
  const note =
    shorter === 0
      ? ""
      : `; ${shorter} of ${counted(result.gantt.length, "slice")} ${shorter === 1 ? "is" : "are"} shorter than that and share${shorter === 1 ? "s" : ""} a column`;
  return wrap(`one column is ${withUnit(column, result.unit)}${note}`, options.width - 2).map((line) => `  ${line}`);
}

/** The strip of a run in one line pair for a comparison: to scale if it fits, else the row of the core. */
export function smallChart(whole: RunResult, core: number, options: ReportOptions): string[] {
  const result = recorded(whole);
  if (whole.end === 0) return ["  (no virtual time passed)"];
  const strip = coreStrip(result, core, options.width - 2, options.ascii, 1);
  const styles = processStyles(result);
  if (strip?.toScale === true)
    return strip.rows.flatMap((row) => [`  ${paintBar(row, styles, options)}`, `  ${row.times}`]);
  const timeline = timelineFor(result, options.width - 3);
  const cells = coreRow(
    timeline,
    result.gantt.filter((slice) => slice.core === core),
    options.ascii,
    escapeTerminal,
  );
  const wall = options.ascii ? "|" : "│";
  const painted = cells.map((cell) => ({
    character: cell.character,
    style: styles.get(cell.processes[0] ?? "") ?? null,
  }));
  return [
    `  ${wall}${paintCells(painted, options)}${wall}`,
    `   ${axis(timeline, options.ascii, options.width - 3).labels}`,
  ];
}
