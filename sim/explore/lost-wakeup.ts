/**
 * Lost wake-ups: somebody waits for ever for an event or a condition, and the signal that was meant for it came when
 * nobody was there to take it.
 *
 * Who looks at a variable before it waits, as it should, knows what had been signalled when it looked: then the signal was
 * not lost, unless what it announced was written only after that.
 */
import { showValue } from "../base/show-value.ts";
import type { Program, ResourceInstance } from "../program/program.ts";
import { SIGNALLED } from "./judge.ts";
import { decides, isInside, notifies } from "./story-path.ts";
import type { Verdict } from "./strategy.ts";
import type { Step } from "./trace.ts";

/** The field of a condition or an event with those who wait. */
const WAITING = "waiting";

export interface LostWakeup {
  readonly message: string;
  readonly hint: string;
  /** who signalled, and who waits */
  readonly tasks: readonly [number, number];
}

/** How the wake-up was lost on a path that ends with somebody who waits; null if none was. */
export function lostWakeup(program: Program, verdict: Verdict, steps: readonly Step[]): LostWakeup | null {
  const [waiter] = verdict.tasks;
  const resource = program.resources.find((each) => each.name === verdict.name);
  if (waiter === undefined || resource === undefined || !SIGNALLED.has(resource.kind)) return null;
  const began = steps.findLastIndex((step) => step.task === waiter);
  const at = lastSignal(resource, steps, waiter, began);
  if (at < 0) return null;
  const signal = steps[at]!;
  const { process, line } = signal.shown;
  const { name } = program.tasks[waiter]!;
  const tasks = [signal.task, waiter] as const;
  const verb = resource.kind === "event" ? "set" : "notified";
  const look = lookBefore(program, verdict, steps, waiter, began);
  if (look !== null && look.first > at) {
    const late = announcedLate(steps, look);
    if (late === null) return null;
    const { writer, variable } = late;
    const who = writer.task === signal.task ? "it" : writer.shown.process;
    const wrote = `${who} wrote ${variable} = ${showValue(writer.shown.writes[variable])} (line ${writer.shown.line})`;
    const found = `${name} found ${variable} = ${showValue(look.found[variable])} in between`;
    return {
      message: `${process} ${verb} ${resource.name} (line ${line}) before ${wrote}; ${found} and now waits for ever`,
      hint: `write ${variable} first, and ${resource.kind === "event" ? "set" : "notify"} ${resource.name} after that`,
      tasks,
    };
  }
  if (resource.kind === "event" && heardSince(resource, steps, waiter, at) > 0) {
    const sets = steps.filter((step, k) => k <= at && isSet(step, resource, waiter)).length;
    const heard = heardSince(resource, steps, waiter, -1);
    if (heard >= sets) return null;
    return {
      message: `${process} set ${resource.name} (line ${line}) while it was set already, so ${name} heard ${heard} of ${sets} signals; ${name} now waits for ever`,
      hint: `count what is signalled, in a semaphore or a variable: an event that is set twice is set`,
      tasks,
    };
  }
  const how =
    resource.kind === "event"
      ? `and ${clearing(resource, steps, waiter, at, name)}`
      : `before ${name} began to wait for it, so nobody heard it`;
  return {
    message: `${process} ${verb} ${resource.name} (line ${line}) ${how}; ${name} now waits for ever`,
    hint:
      resource.kind === "event"
        ? `clear ${resource.name} only when everybody who is to hear it has gone on`
        : `let ${name} look at a variable, under the same lock, before it waits, and wait only while it has to`,
    tasks,
  };
}

/** Whether a step touched the resource, given all that it read and wrote. */
export function touches({ reads, writes }: Pick<Step, "reads" | "writes">, { fields }: ResourceInstance): boolean {
  return fields.some(({ base }) => reads.includes(base) || writes.includes(base));
}

/** How often the waiter has gone through a wait for the event after a step. */
function heardSince(resource: ResourceInstance, steps: readonly Step[], waiter: number, at: number): number {
  return steps.filter(
    (step, k) =>
      k > at &&
      step.task === waiter &&
      step.instruction?.op === "when" &&
      step.statement?.operation === "wait" &&
      touches(step, resource),
  ).length;
}

function isSet(step: Step, resource: ResourceInstance, waiter: number): boolean {
  const { statement } = step;
  return (
    step.task !== waiter &&
    statement?.resource === resource.kind &&
    statement.operation === "set" &&
    touches(step, resource)
  );
}

/** Whether the step changed who waits. */
function isListed(step: Step, { name }: ResourceInstance): boolean {
  return Object.hasOwn(step.shown.writes, `${name}.${WAITING}`);
}

/** Who took the signal back. */
function clearing(
  resource: ResourceInstance,
  steps: readonly Step[],
  waiter: number,
  at: number,
  name: string,
): string {
  const clear = steps.find((step, k) => k > at && step.statement?.operation === "clear" && touches(step, resource));
  if (clear === undefined) return `it was cleared again before ${name} waited for it`;
  if (clear.task === waiter) return `${name} itself cleared it again before it waited for it`;
  const who = clear.task === steps[at]!.task ? "" : `${clear.shown.process} `;
  return `${who}cleared it again before ${name} waited for it`;
}

/** The last step by which another has signalled while nobody was there. */
function lastSignal(resource: ResourceInstance, steps: readonly Step[], waiter: number, began: number): number {
  return steps.findLastIndex((step, k) => {
    // from then on the waiter was on the list
    if (step.task === waiter || k > began) return false;
    if (resource.kind === "event") return isSet(step, resource, waiter);
    // a notification that somebody heard takes them off the list
    return notifies(step) && touches(step, resource) && !isListed(step, resource);
  });
}

interface Look {
  /** its first step */
  readonly first: number;
  /** what it found, by name */
  readonly found: Readonly<Record<string, unknown>>;
}

/** The last time the waiter decided to wait by what all can see; null if it did not, or also by what only it knows. */
function lookBefore(
  program: Program,
  verdict: Verdict,
  steps: readonly Step[],
  waiter: number,
  began: number,
): Look | null {
  const isDecision = (step: Step): boolean =>
    step.task === waiter && decides(step) && isInside({ span: verdict.span }, step);
  const last = steps.findLastIndex((step, k) => k <= began && isDecision(step));
  if (last < 0) return null;
  let first = last;
  const slots: number[] = [];
  let found: Record<string, unknown> = {};
  for (let k = last; k >= 0; k--) {
    const step = steps[k]!;
    if (step.task !== waiter) continue;
    if (step.span.start !== steps[last]!.span.start) break;
    first = k;
    slots.push(...step.reads);
    found = { ...step.shown.reads, ...found };
  }
  const own = (slot: number): boolean => program.slots[slot]!.role === "local" && program.slots[slot]!.task === waiter;
  return slots.some(own) ? null : { first, found };
}

/** Who wrote last what the waiter had looked at, if it is no longer what it found. */
function announcedLate(steps: readonly Step[], look: Look): { writer: Step; variable: string } | null {
  for (const [variable, value] of Object.entries(look.found)) {
    const writer = steps.findLast((step, k) => k > look.first && Object.hasOwn(step.shown.writes, variable));
    if (writer !== undefined && showValue(writer.shown.writes[variable]) !== showValue(value))
      return { writer, variable };
  }
  return null;
}
