/** Reading one parameter of a policy: its type, its range, times into grains. */
import { Decimal } from "../base/decimal.ts";
import type { SchedulerParameter, Span } from "../scenario/ast.ts";
import type { ProblemCode } from "../scenario/problem.ts";
import { didYouMean, listNames } from "../scenario/suggest.ts";
import type { CheckedScheduler, ParameterSpecification } from "./policy.ts";

/** What reading needs to know and where it complains. */
export interface Reading {
  grainsOf(time: Decimal): number | null;
  timeOf(text: string): Decimal | null;
  report(code: ProblemCode, span: Span, message: string, hint?: string | null): void;
  queueOf(queue: SchedulerParameter): CheckedScheduler | null;
}

/** The items of a list, each with its place; null if it is none. */
export function listOf({ value, span }: SchedulerParameter): SchedulerParameter[] | null {
  if (!Array.isArray(value)) return null;
  return value.map((item: unknown) => (isParameter(item) ? item : ({ value: item, span } as SchedulerParameter)));
}

/** The entries of a map; null if it is none. */
export function mapOf({ value }: SchedulerParameter): ReadonlyMap<string, SchedulerParameter> | null {
  return value instanceof Map ? value : null;
}

function isParameter(item: unknown): item is SchedulerParameter {
  return typeof item === "object" && item !== null && "value" in item && "span" in item;
}

/** The checked value, times in grains; null where it was wrong, which is then reported. */
export function readParameter(parameter: ParameterSpecification, given: SchedulerParameter, reading: Reading): unknown {
  const { name, type } = parameter;
  const zero = parameter.zero === true;
  switch (type) {
    case "time":
      return readTime(name, given, zero, reading);
    case "integer":
      return readInteger(name, given, zero, reading);
    case "number":
      if (typeof given.value === "number") return given.value;
      if (given.value instanceof Decimal) return given.value.toNumber();
      return wrongType(name, "a number", given, reading);
    case "boolean":
      return typeof given.value === "boolean" ? given.value : wrongType(name, "true or false", given, reading);
    case "choice":
      return readChoice(parameter, given, reading);
    case "times":
      return readList(name, given, reading, (item) => readTime(name, item, zero, reading));
    case "integers":
      return readList(name, given, reading, (item) => readInteger(name, item, zero, reading));
    case "queues":
      return readList(name, given, reading, (item) => reading.queueOf(item));
    case "aging":
      return readAging(name, given, reading);
  }
}

function wrongType(name: string, wanted: string, given: SchedulerParameter, reading: Reading): null {
  reading.report("wrong-type", given.span, `'${name}' must be ${wanted}`);
  return null;
}

function readTime(name: string, given: SchedulerParameter, zero: boolean, reading: Reading): number | null {
  const { value, span } = given;
  const time =
    typeof value === "number" ? Decimal.of(value) : typeof value === "string" ? reading.timeOf(value) : value;
  if (!(time instanceof Decimal)) return wrongType(name, "a time", given, reading);
  if (time.digits < 0 || (time.digits === 0 && !zero)) {
    reading.report("out-of-range", span, `'${name}' must be ${zero ? "0 or more" : "more than 0"}`);
    return null;
  }
  const grains = reading.grainsOf(time);
  if (grains === null) reading.report("inexact-number", span, `'${name}' is too large or too fine to be exact`);
  return grains;
}

function readInteger(name: string, given: SchedulerParameter, zero: boolean, reading: Reading): number | null {
  const { value, span } = given;
  if (typeof value !== "number" || !Number.isSafeInteger(value)) {
    return wrongType(name, "a whole number", given, reading);
  }
  if (value >= (zero ? 0 : 1)) return value;
  reading.report("out-of-range", span, `'${name}' must be ${zero ? "0 or more" : "1 or more"}`);
  return null;
}

function readChoice(parameter: ParameterSpecification, given: SchedulerParameter, reading: Reading): string | null {
  const choices = parameter.choices ?? [];
  const { value, span } = given;
  if (typeof value === "string" && choices.includes(value)) return value;
  const hint = typeof value === "string" ? didYouMean(value, choices) : null;
  reading.report("unknown-value", span, `'${parameter.name}' must be ${listNames(choices)}`, hint);
  return null;
}

function readList(
  name: string,
  given: SchedulerParameter,
  reading: Reading,
  read: (item: SchedulerParameter) => unknown,
): unknown[] | null {
  const items = listOf(given);
  if (items === null) return wrongType(name, "a list", given, reading);
  if (items.length > 0) return items.map(read);
  reading.report("out-of-range", given.span, `'${name}' must not be empty`);
  return null;
}

function readAging(name: string, given: SchedulerParameter, reading: Reading): { every: number; by: number } | null {
  const entries = mapOf(given);
  if (entries === null) return wrongType(name, "a map { every, by }", given, reading);
  for (const [key, { span }] of entries) {
    if (key === "every" || key === "by") continue;
    reading.report("unknown-key", span, `'${name}' has no '${key}'`, didYouMean(key, ["every", "by"]));
  }
  const every = entries.get("every");
  if (every === undefined) {
    reading.report("missing-key", given.span, `'${name}' needs 'every'`, "aging: { every: 10, by: 1 }");
    return null;
  }
  const by = entries.get("by");
  const period = readTime(`${name}.every`, every, false, reading);
  const step = by === undefined ? 1 : readInteger(`${name}.by`, by, false, reading);
  return period === null || step === null ? null : { every: period, by: step };
}
