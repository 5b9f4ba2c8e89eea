/**
 * One sentence that says what happened on a path, for those who do not want to read the steps.
 *
 * A lost update or a decision on stale data has one shape: somebody read a variable, somebody else wrote it, and the
 * first went on with what it had read. The sentence names the last such pair before the violation.
 */
import type { NamedPlace } from "../detect/names.ts";
import type { Step } from "./trace.ts";

interface Stale {
  readonly reader: Step;
  readonly writer: Step;
  readonly name: string;
  /** the step in which the reader overwrote the other's value; null if it only went on */
  readonly overwrites: Step | null;
}

/**
 * "person[1] read tickets = 1 before person[0] wrote tickets = 0, and wrote tickets = 0 from it"; null if no step of the
 * path used a value that another had overwritten.
 */
export function staleReadSentence(
  steps: readonly Step[],
  named: readonly (NamedPlace | undefined)[],
  violator: number,
): { text: string; tasks: number[] } | null {
  const stale = findStale(steps, named, violator);
  if (stale === null) return null;
  const { reader, writer, name, overwrites } = stale;
  const was = value(reader.shown.reads[name]);
  const became = value(writer.shown.writes[name]);
  const after =
    overwrites === null
      ? "went on with the old value"
      : `wrote ${name} = ${value(overwrites.shown.writes[name])} from the old value`;
  const text = `${reader.shown.process} read ${name} = ${was} before ${writer.shown.process} wrote ${name} = ${became}, and then ${after}`;
  return { text, tasks: [reader.task, writer.task] };
}

function value(of: unknown): string {
  return of === undefined ? "?" : JSON.stringify(of);
}

/** The last read that went stale, of a variable which the reader overwrote if there is one, by the violator if there is one. */
function findStale(steps: readonly Step[], named: readonly (NamedPlace | undefined)[], violator: number): Stale | null {
  let best: Stale | null = null;
  let rank = -1;
  for (let at = 0; at < steps.length; at++) {
    const reader = steps[at]!;
    for (const slot of reader.reads) {
      const name = named[slot];
      if (name === undefined || name.role !== "shared" || reader.writes.includes(slot)) continue;
      const stale = staleFrom(steps, at, slot, name.name);
      if (stale === null) continue;
      const score = (stale.overwrites === null ? 0 : 2) + (reader.task === violator ? 1 : 0);
      if (score >= rank) {
        rank = score;
        best = stale;
      }
    }
  }
  return best;
}

function staleFrom(steps: readonly Step[], at: number, slot: number, name: string): Stale | null {
  const reader = steps[at]!;
  let writer: Step | null = null;
  let wentOn = false;
  for (let k = at + 1; k < steps.length; k++) {
    const step = steps[k]!;
    if (step.task === reader.task) {
      const reads = step.reads.includes(slot);
      const writes = step.writes.includes(slot);
      // it looked again: the old value is forgotten
      if (reads) break;
      if (writes) return writer === null ? null : { reader, writer, name, overwrites: step };
      if (writer !== null && step.writes.some((each) => each !== slot)) wentOn = true;
    } else if (step.writes.includes(slot) && writer === null && step.shown.writes[name] !== reader.shown.reads[name])
      writer = step;
  }
  return writer !== null && wentOn ? { reader, writer, name, overwrites: null } : null;
}
