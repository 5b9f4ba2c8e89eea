/**
 * A schedule: the one recorded stream of choices that makes a run what it was. Printed as names, so that it survives
 * small edits of the scenario; `2;` in front is the version of the format.
 *
 * An entry is a task's name and what it did: `person[0]` one step, `person[0]*3` three, `person[0]#2` a step that took
 * the third alternative of a choice, `person[0]^` a wait granted while off the CPU, `person[0]+` the local work after it.
 */
export type EntryKind = "step" | "grant" | "rest";

export interface ScheduleEntry {
  readonly task: string;
  readonly kind: EntryKind;
  readonly choice: number;
}

const VERSION = "1";
const MARK: { readonly [K in EntryKind]: string } = { step: "", grant: "^", rest: "+" };

/** Prints entries, runs of equal ones shortened. */
export function printSchedule(entries: readonly ScheduleEntry[]): string {
  const words: string[] = [];
  for (let k = 0; k < entries.length; ) {
    const entry = entries[k]!;
    let times = 1;
    while (same(entry, entries[k + times])) times += 1;
    const choice = entry.choice > 0 ? `#${entry.choice}` : "";
    words.push(
      `${encodeURIComponent(entry.task).replace(/%5B/g, "[").replace(/%5D/g, "]")}${MARK[entry.kind]}${choice}${times > 1 ? `*${times}` : ""}`,
    );
    k += times;
  }
  return `${VERSION};${words.join(" ")}`;
}

function same(a: ScheduleEntry, b: ScheduleEntry | undefined): boolean {
  return b !== undefined && a.task === b.task && a.kind === b.kind && a.choice === b.choice;
}

/** Reads a printed schedule; null with a reason where it is none. */
export function parseSchedule(text: string): { entries: ScheduleEntry[] } | { problem: string } {
  const trimmed = text.trim();
  const at = trimmed.indexOf(";");
  if (at < 0 || !/^\d+$/.test(trimmed.slice(0, at)))
    return { problem: `a schedule starts with its version: '${VERSION};'` };
  if (trimmed.slice(0, at) !== VERSION)
    return { problem: `this is a schedule of version ${trimmed.slice(0, at)}; this sim reads version ${VERSION}` };
  const entries: ScheduleEntry[] = [];
  for (const word of trimmed.slice(at + 1).split(/\s+/)) {
    if (word === "") continue;
    const match = /^([^\s*#^+]+)([\^+]?)(?:#(\d{1,6}))?(?:\*(\d{1,7}))?$/.exec(word);
    if (match === null) return { problem: `'${word}' is no entry of a schedule` };
    const kind: EntryKind = match[2] === "^" ? "grant" : match[2] === "+" ? "rest" : "step";
    const entry: ScheduleEntry = { task: decodeURIComponent(match[1]!), kind, choice: Number(match[3] ?? "0") };
    for (let k = 0; k < Number(match[4] ?? "1"); k++) entries.push(entry);
  }
  return { entries };
}
