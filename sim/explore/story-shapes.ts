/** The shapes of what goes wrong between two tasks, each as a function that finds all places on a path that have it. */
import type { Difference, Intervention } from "./intervention.ts";
import type { Story } from "./story.ts";
import { decides, isInside, looks, notifies, type StoryPath, sameStatement } from "./story-path.ts";
import type { Step } from "./trace.ts";

type Shape = (path: StoryPath, intervention: Intervention) => Iterable<Story>;

/** Every read of a shared variable that does not write it in the same step. */
function* plainReads(path: StoryPath): Iterable<{ at: number; slot: number; reader: Step }> {
  for (let at = 0; at < path.steps.length; at++) {
    const reader = path.steps[at]!;
    for (const slot of path.lookedAt(reader)) if (!reader.writes.includes(slot)) yield { at, slot, reader };
  }
}

/**
 * Reads but for which nothing would have gone wrong: had the reader found there what another wrote later, it would have done
 * something else. Either it did that after the other had written ("A read x = 0 before B wrote x = 1, and then wrote x = 1 from
 * the old value", "A found left = 1; B wrote left = 0 before A acted on it"), or before ("A read data = 0 before B wrote
 * data = 5").
 */
function* causes(path: StoryPath, intervention: Intervention): Iterable<Story> {
  const { steps } = path;
  for (const { at, slot, reader } of plainReads(path)) {
    const writes = steps.flatMap((step, k) =>
      k > at && step.task !== reader.task && path.changes(step, slot, path.read(reader, slot)) ? [k] : [],
    );
    if (writes.length === 0) continue;
    const first = intervention.averted(at, slot, writes[0]!);
    // others may have written since, before it was acted on
    const end = first?.at ?? intervention.nextAct(at, writes[0]!);
    const last = writes.findLast((k) => k < end) ?? writes[0]!;
    const difference = last === writes[0] ? first : intervention.averted(at, slot, last);
    if (difference === null || waitsBetween(path, at, difference.at)) continue;
    // the first whose value makes the difference, as far as that was tried
    const stale: Stale = { at, slot, writer: steps[first === null ? last : writes[0]!]!, difference };
    if (difference.at < writes[0]!) {
      // what it wrote there itself counts, not what it had read
      const own = steps.slice(at, writes[0]).some((step) => step.task === reader.task && step.writes.includes(slot));
      if (!own && !intervention.areOrdered(at, writes[0]!)) yield earlyStory(path, stale);
    } else if (difference.slot >= 0 || looks(reader)) yield staleStory(path, stale);
    else {
      // where it would not have got there at all, with a number that had let it through it would have made another one
      const made = intervention.madeOf(at, slot, last);
      yield staleStory(path, { ...stale, difference: made !== null && made.at > writes[0]! ? made : difference });
    }
  }
}

interface Stale {
  readonly at: number;
  readonly slot: number;
  /** who wrote another value later */
  readonly writer: Step;
  /** where the reader would have done something else */
  readonly difference: Difference;
}

/** Whether the reader waited to be told in between: then it acts on what it hears. */
function waitsBetween({ steps }: StoryPath, at: number, end: number): boolean {
  const { task } = steps[at]!;
  return steps.some((step, k) => k > at && k < end && step.task === task && step.statement?.operation === "wait");
}

function staleStory(path: StoryPath, { at, slot, writer, difference }: Stale): Story {
  const reader = path.steps[at]!;
  const end = path.steps[difference.at]!;
  const { process } = reader.shown;
  const [was, became] = path.say(slot, path.read(reader, slot), path.written(writer, slot));
  const { slot: made } = difference;
  const read = `${process} read ${was} before ${writer.shown.process} wrote ${became}`;
  const text =
    made >= 0
      ? `${read}, and then wrote ${path.say(made, path.written(end, made))[0]} from the old value`
      : looks(reader)
        ? `${process} found ${was}; ${writer.shown.process} wrote ${became} before ${process} acted on it`
        : `${read}, and then went by the old value`;
  return {
    text,
    tasks: [reader.task, writer.task],
    slots: [slot, ...path.sharedWrites(end)],
    weight: CAUSE + (made === slot ? 4 : 3),
  };
}

function earlyStory(path: StoryPath, { at, slot, writer, difference }: Stale): Story {
  const reader = path.steps[at]!;
  const end = path.steps[difference.at]!;
  const { process } = reader.shown;
  const other = writer.shown.process;
  const [was, becomes] = path.say(slot, path.read(reader, slot), path.written(writer, slot));
  const torn = sameStatement(reader, end) ? readAfter(path, at, slot, writer.task) : null;
  return {
    text:
      torn === null
        ? `${process} ${looks(reader) ? "found" : "read"} ${was} before ${other} wrote ${becomes}`
        : `${process} read ${torn} after ${other} had written it, and ${was} before ${other} wrote ${becomes}`,
    tasks: [reader.task, writer.task],
    slots: [slot, ...path.sharedWrites(end)],
    weight: CAUSE + (torn === null ? 2 : 3),
  };
}

/** What explains the error beyond doubt counts more than what only looks like an explanation. */
const CAUSE = 100;

/** "A and B both found done = false, and both went on": each decided before the other had acted. */
function* decidedBoth(path: StoryPath): Iterable<Story> {
  const { steps } = path;
  const acts = (at: number): boolean =>
    steps.some(
      (step, k) =>
        k > at &&
        step.task === steps[at]!.task &&
        isInside(step, steps[at]!) &&
        step.writes.some((slot) => path.concerned.has(slot)),
    );
  for (const { at, slot, reader } of plainReads(path)) {
    if (!decides(reader) || !acts(at)) continue;
    const [found] = path.say(slot, path.read(reader, slot));
    const other = steps.findIndex(
      (step, k) =>
        k > at &&
        step.task !== reader.task &&
        decides(step) &&
        step.reads.includes(slot) &&
        path.say(slot, path.read(step, slot))[0] === found &&
        acts(k),
    );
    if (other < 0) continue;
    yield {
      text: `${reader.shown.process} and ${steps[other]!.shown.process} both found ${found}, and both went on`,
      tasks: [reader.task, steps[other]!.task],
      slots: [slot],
      weight: 2,
    };
  }
}

/** "B wrote x = 1 before A wrote x = 5 over it": neither had to read it for that. */
function* overwrites(path: StoryPath, intervention: Intervention): Iterable<Story> {
  const { steps } = path;
  for (let at = 0; at < steps.length; at++) {
    const over = steps[at]!;
    for (const slot of path.sharedWrites(over)) {
      if (!path.concerned.has(slot)) continue;
      const first = steps.findLastIndex((step, k) => k < at && step.writes.includes(slot));
      const before = steps[first];
      if (before === undefined || before.task === over.task) continue;
      const [was, became] = path.say(slot, path.written(before, slot), path.written(over, slot));
      if (was === became) continue;
      const looked = steps.some(
        (step, k) => k > first && k <= at && step.task === over.task && step.reads.includes(slot),
      );
      if (looked || !intervention.avertedInstead(first, at, slot)) continue;
      yield {
        text: `${before.shown.process} wrote ${was} before ${over.shown.process} wrote ${became} over it`,
        tasks: [over.task, before.task],
        slots: [slot],
        weight: 1,
      };
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
  const common = { slots: [slot, ...made], weight: CAUSE + 4 };
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
      weight: CAUSE + 3,
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

export const SHAPES: readonly Shape[] = [causes, decidedBoth, overwrites, wokenTooSoon, overwrittenBeforeLook];
