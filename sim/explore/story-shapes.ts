/** The shapes of what goes wrong between two tasks, each as a function that finds all places on a path that have it. */
import type { Story } from "./story.ts";
import { decides, flows, isInside, looks, notifies, type StoryPath, sameStatement } from "./story-path.ts";
import type { Step } from "./trace.ts";

type Shape = (path: StoryPath) => Iterable<Story>;

/** Every read of a shared variable that does not write it in the same step. */
function* plainReads(path: StoryPath): Iterable<{ at: number; slot: number; reader: Step }> {
  for (let at = 0; at < path.steps.length; at++) {
    const reader = path.steps[at]!;
    for (const slot of path.sharedReads(reader)) if (!reader.writes.includes(slot)) yield { at, slot, reader };
  }
}

/**
 * "A read x = 0 before B wrote x = 1, and then wrote x = 1 from the old value": one wrote over what another had written
 * in between, or at least went on without looking again.
 */
function* lostUpdates(path: StoryPath): Iterable<Story> {
  const { steps } = path;
  for (const { at, slot, reader } of plainReads(path)) {
    if (looks(reader)) continue;
    let writer: Step | null = null;
    let wentOn: { at: number; slot: number } | null = null;
    for (let k = at + 1; k < steps.length; k++) {
      const step = steps[k]!;
      if (step.task !== reader.task) {
        if (writer === null && path.changes(step, slot, path.read(reader, slot))) writer = step;
        continue;
      }
      // it looked again: the old value is forgotten
      if (step.reads.includes(slot)) break;
      if (step.writes.includes(slot)) {
        if (writer !== null) yield overwritten(path, { at, slot, writer, end: k });
        wentOn = null;
        break;
      }
      const other = path.sharedWrites(step)[0];
      if (writer !== null && other !== undefined) wentOn ??= { at: k, slot: other };
    }
    if (writer !== null && wentOn !== null)
      yield wentOnStory(path, { at, slot, writer, end: wentOn.at, made: wentOn.slot });
  }
}

interface Stale {
  readonly at: number;
  readonly slot: number;
  readonly writer: Step;
  /** the step that went on with what had been read */
  readonly end: number;
}

function overwritten(path: StoryPath, { at, slot, writer, end }: Stale): Story {
  const reader = path.steps[at]!;
  const last = path.steps[end]!;
  const [was, became, now] = path.say(
    slot,
    path.read(reader, slot),
    path.written(writer, slot),
    path.written(last, slot),
  );
  const how = flows(path.steps, at, end) ? "from the old value" : "over it";
  return {
    text: `${reader.shown.process} read ${was} before ${writer.shown.process} wrote ${became}, and then wrote ${now} ${how}`,
    tasks: [reader.task, writer.task],
    slots: [slot],
    weight: 4,
  };
}

function wentOnStory(path: StoryPath, { at, slot, writer, end, made }: Stale & { made: number }): Story {
  const reader = path.steps[at]!;
  const [was, became] = path.say(slot, path.read(reader, slot), path.written(writer, slot));
  const flow = flows(path.steps, at, end);
  const [now] = path.say(made, path.written(path.steps[end]!, made));
  const how = flow ? `then wrote ${now} from the old value` : "then went on without reading it again";
  return {
    text: `${reader.shown.process} read ${was} before ${writer.shown.process} wrote ${became}, and ${how}`,
    tasks: [reader.task, writer.task],
    slots: [slot, made],
    weight: flow ? 3 : 1,
  };
}

/** "A found left = 1; B wrote left = 0 before A acted on it": a decision that was no longer right when it was carried out. */
function* staleDecisions(path: StoryPath): Iterable<Story> {
  const { steps } = path;
  for (const { at, slot, reader } of plainReads(path)) {
    if (!decides(reader)) continue;
    let writer: Step | null = null;
    for (let k = at + 1; k < steps.length; k++) {
      const step = steps[k]!;
      if (step.task !== reader.task) {
        if (path.changes(step, slot, path.read(reader, slot))) writer = step;
        continue;
      }
      // it looked again, or it waited to be told: then it acts on what it hears
      if ((looks(step) && step.reads.includes(slot)) || step.statement?.operation === "wait") break;
      const made = path.sharedWrites(step);
      if (made.length === 0) continue;
      const acts = isInside(step, reader) || made.includes(slot);
      if (writer !== null && acts) {
        const [was, became] = path.say(slot, path.read(reader, slot), path.written(writer, slot));
        const { process } = reader.shown;
        yield {
          text: `${process} found ${was}; ${writer.shown.process} wrote ${became} before ${process} acted on it`,
          tasks: [reader.task, writer.task],
          slots: [slot, ...made],
          weight: 3,
        };
      }
      if (acts) break;
    }
  }
}

/** A wait for a condition after which the waiter does not look again at what it waited for. */
function* wokenTooSoon(path: StoryPath): Iterable<Story> {
  const { steps } = path;
  for (const { at, slot, reader } of plainReads(path)) {
    if (!decides(reader)) continue;
    let woken = -1;
    for (let k = at + 1; k < steps.length; k++) {
      const step = steps[k]!;
      if (step.task !== reader.task) continue;
      if (step.shown.note === NOTIFIED || step.shown.note === UNASKED) woken = k;
      if (looks(step) && step.reads.includes(slot)) break;
      // where an exception comes of it, nothing is written any more
      const raises = step.shown.note?.includes("raises ") === true || step.shown.ended?.startsWith("by ") === true;
      const made = raises && step.reads.includes(slot) ? [slot] : path.sharedWrites(step);
      if (woken < 0 || made.length === 0) continue;
      yield wokenStory(path, { at, slot, woken, end: k }, made);
      break;
    }
  }
}

const NOTIFIED = "notified";
const UNASKED = "wakes up though nobody notified it";

function wokenStory(
  path: StoryPath,
  { at, slot, woken, end }: { at: number; slot: number; woken: number; end: number },
  made: readonly number[],
): Story {
  const { steps } = path;
  const reader = steps[at]!;
  const { process } = reader.shown;
  const found = path.read(reader, slot);
  const from = (before: number): Step | undefined =>
    steps.slice(0, before).findLast((step) => step.writes.includes(slot));
  const call = steps.findLastIndex(
    (step, k) => k < woken && step.task !== reader.task && notifies(step) && takesOff(steps, k, process),
  );
  const valueAt = (before: number): unknown => {
    const last = from(before);
    return last === undefined ? found : path.written(last, slot);
  };
  const common = { slots: [slot, ...made], weight: 4 };
  if (steps[woken]!.shown.note === UNASKED || call < 0) {
    const [now] = path.say(slot, valueAt(end));
    return {
      ...common,
      text: `${process} woke up though nobody had notified it (${now}), and did not look again`,
      tasks: [reader.task],
    };
  }
  const then = valueAt(call);
  const other = steps.slice(call, end).findLast((step) => step.task !== reader.task && path.changes(step, slot, then));
  if (other !== undefined) {
    const [was, became] = path.say(slot, then, path.written(other, slot));
    return {
      ...common,
      text: `${process} was notified (${was}), but ${other.shown.process} wrote ${became} before ${process} went on, and ${process} did not look again`,
      tasks: [reader.task, other.task],
    };
  }
  const [was] = path.say(slot, then);
  return {
    ...common,
    text: `${process} was notified by ${steps[call]!.shown.process} (${was}), and did not look again`,
    tasks: [reader.task, steps[call]!.task],
  };
}

/** Whether the step takes the process off a list on which it stood: that of those who wait for a condition. */
function takesOff(steps: readonly Step[], at: number, process: string): boolean {
  const stands = (list: unknown): boolean => Array.isArray(list) && list.includes(process);
  return Object.entries(steps[at]!.shown.writes).some(([name, list]) => {
    const before = steps.findLast((step, k) => k < at && Object.hasOwn(step.shown.writes, name));
    return !stands(list) && stands(before?.shown.writes[name]);
  });
}

/** "A wrote s = 1, but B wrote s = 2 before A looked at it": what an assertion claims was true, and is no more. */
function* overwrittenBeforeLook(path: StoryPath): Iterable<Story> {
  const { steps } = path;
  for (const { at, slot, reader } of plainReads(path)) {
    if (reader.task !== path.violator || !path.concerned.has(slot) || reader.statement?.kind !== "assert") continue;
    const own = steps.slice(0, at).findLastIndex((step) => step.task === reader.task && step.writes.includes(slot));
    const other = steps.slice(0, at).findLastIndex((step) => step.task !== reader.task && step.writes.includes(slot));
    if (own < 0 || other < own) continue;
    const [mine, theirs] = path.say(slot, path.written(steps[own]!, slot), path.written(steps[other]!, slot));
    const [process, writer] = [reader.shown.process, steps[other]!.shown.process];
    if (mine === theirs) continue;
    yield {
      text: `${process} wrote ${mine}, but ${writer} wrote ${theirs} before ${process} looked at it`,
      tasks: [reader.task, steps[other]!.task],
      slots: [slot],
      weight: 3,
    };
  }
}

/**
 * "B read data = 0 before A wrote data = 5": what was made of it is what the property looks at. Of two variables read in
 * one statement one may be new and one old.
 */
function* earlyReads(path: StoryPath): Iterable<Story> {
  const { steps } = path;
  for (const { at, slot, reader } of plainReads(path)) {
    const later = steps.findIndex(
      (step, k) => k > at && step.task !== reader.task && path.changes(step, slot, path.read(reader, slot)),
    );
    if (later < 0) continue;
    const made = steps.findIndex(
      (step, k) => k > at && step.task === reader.task && step.writes.some((each) => path.concerned.has(each)),
    );
    if (made < 0 || made > later) continue;
    // what it wrote there itself counts, not what it had read
    if (steps.slice(at, later).some((step) => step.task === reader.task && step.writes.includes(slot))) continue;
    const writer = steps[later]!;
    const whole = sameStatement(reader, steps[made]!);
    if (!whole && !(looks(reader) && path.isAtomic(slot)) && !flows(steps, at, made)) continue;
    const [was, becomes] = path.say(slot, path.read(reader, slot), path.written(writer, slot));
    const torn = whole ? readAfter(path, at, slot, writer.task) : null;
    const { process } = reader.shown;
    yield {
      text:
        torn === null
          ? `${process} ${looks(reader) ? "found" : "read"} ${was} before ${writer.shown.process} wrote ${becomes}`
          : `${process} read ${torn} after ${writer.shown.process} had written it, and ${was} before ${writer.shown.process} wrote ${becomes}`,
      tasks: [reader.task, writer.task],
      slots: [slot, ...steps[made]!.writes],
      weight: torn !== null ? 3 : looks(reader) ? 1 : 2,
    };
  }
}

/** Another variable that the same statement read after `task` had written it: "a = 70". */
function readAfter(path: StoryPath, at: number, slot: number, task: number): string | null {
  const { steps } = path;
  const reader = steps[at]!;
  for (let k = 0; k < steps.length; k++) {
    if (!sameStatement(steps[k]!, reader)) continue;
    for (const other of path.sharedReads(steps[k]!)) {
      const before = steps.slice(0, k).findLast((step) => step.writes.includes(other));
      if (path.nameOf(other) !== path.nameOf(slot) && before?.task === task)
        return path.say(other, path.read(steps[k]!, other))[0]!;
    }
  }
  return null;
}

export const SHAPES: readonly Shape[] = [lostUpdates, staleDecisions, wokenTooSoon, overwrittenBeforeLook, earlyReads];
