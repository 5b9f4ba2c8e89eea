/** From what a scenario or the command line says about a scheduler to checked parameters and conventions. */
import { Decimal } from "../base/decimal.ts";
import type { SchedulerParameter, SchedulerSpecification, Span } from "../scenario/ast.ts";
import type { ProblemCode } from "../scenario/problem.ts";
import { didYouMean, listNames } from "../scenario/suggest.ts";
import { DEFAULT_PRESET, PRESETS, SWITCHES } from "./conventions.ts";
import { listOf, mapOf, type Reading, readParameter } from "./parameters.ts";
import type { CheckedScheduler, Conventions, PolicySpecification } from "./policy.ts";
import { POLICIES, policyNamed } from "./registry.ts";

export interface SchedulerProblem {
  readonly code: ProblemCode;
  readonly span: Span;
  readonly message: string;
  readonly hint: string | null;
}

export interface SchedulerCheck {
  readonly problems: readonly SchedulerProblem[];
  /** null if there are problems */
  readonly scheduler: CheckedScheduler | null;
}

/** What other books and courses call them: for hints only. */
const ALSO_CALLED: ReadonlyMap<string, string> = new Map([
  ["fifo", "fcfs"],
  ["round_robin", "rr"],
  ["spn", "sjf"],
  ["spf", "sjf"],
  ["srt", "srtf"],
  ["srtn", "srtf"],
  ["stcf", "srtf"],
  ["psjf", "srtf"],
  ["hrn", "hrrn"],
  ["hprn", "hrrn"],
  ["rms", "rm"],
  ["lst", "llf"],
  ["mlf", "mlfq"],
]);

/**
 * Checks a scheduler's policy, parameters and conventions; all problems at once.
 *
 * @param grainsOf a time in units as whole grains; null if it is not exact
 * @param timeOf reads a time with a unit ("20 ms") as a number of the scenario's units; null if it is none
 */
export function checkScheduler(
  specification: SchedulerSpecification,
  grainsOf: (time: Decimal) => number | null,
  timeOf: (text: string) => Decimal | null = () => null,
): SchedulerCheck {
  const preset = PRESETS.get(DEFAULT_PRESET)!;
  return checkIn(specification, { grainsOf, timeOf }, preset, DEFAULT_PRESET);
}

/** Every time that a scheduler's parameters state, in units: what the clock's grain must divide. */
export function schedulerTimes(
  specification: SchedulerSpecification,
  timeOf: (text: string) => Decimal | null = () => null,
): Decimal[] {
  const times: Decimal[] = [];
  const visit = (parameter: SchedulerParameter): void => {
    for (const item of listOf(parameter) ?? mapOf(parameter)?.values() ?? []) visit(item);
    const { value } = parameter;
    const time = typeof value === "number" ? Decimal.of(value) : typeof value === "string" ? timeOf(value) : value;
    if (time instanceof Decimal) times.push(time);
  };
  for (const parameter of specification.parameters.values()) visit(parameter);
  return times;
}

type Times = Pick<Reading, "grainsOf" | "timeOf">;

function checkIn(
  specification: SchedulerSpecification,
  times: Times,
  outer: Conventions,
  outerPreset: string,
): SchedulerCheck {
  const problems: SchedulerProblem[] = [];
  const report = (code: ProblemCode, span: Span, message: string, hint: string | null = null) => {
    problems.push({ code, span, message, hint });
  };
  const policy = policyNamed(specification.policy);
  if (policy === null) {
    const names = POLICIES.map(({ name }) => name);
    const known = ALSO_CALLED.get(specification.policy.toLowerCase());
    const hint =
      known === undefined
        ? didYouMean(specification.policy, names, `one of ${listNames(names, 30)}`)
        : `it is called '${known}' here`;
    report("unknown-value", specification.span, `there is no scheduling policy '${specification.policy}'`, hint);
    return { problems, scheduler: null };
  }
  const { conventions, preset } = readConventions(specification, outer, outerPreset, report);
  const parameters: Record<string, unknown> = {};
  const queueOf = (queue: SchedulerParameter) => readQueue(queue, times, conventions, preset, report);
  for (const parameter of policy.parameters) {
    const given = specification.parameters.get(parameter.name);
    if (given !== undefined)
      parameters[parameter.name] = readParameter(parameter, given, { ...times, report, queueOf });
    else if (parameter.default === undefined) {
      report(
        "missing-key",
        specification.span,
        `the policy ${policy.name} needs '${parameter.name}'`,
        `${parameter.name}: ${parameter.about}`,
      );
    } else {
      const written = { value: parameter.default, span: specification.span } as SchedulerParameter;
      parameters[parameter.name] =
        parameter.default === null ? null : readParameter(parameter, written, { ...times, report, queueOf });
    }
  }
  for (const [name, { span }] of specification.parameters) reportUnknown(name, span, policy, report);
  if (problems.length > 0) return { problems, scheduler: null };
  const wrong = policy.check?.(parameters) ?? null;
  if (wrong !== null) {
    report("out-of-range", specification.parameters.get(wrong.parameter)?.span ?? specification.span, wrong.message);
    return { problems, scheduler: null };
  }
  return { problems, scheduler: { policy, parameters, conventions, preset } };
}

type Report = Reading["report"];

function readConventions(
  specification: SchedulerSpecification,
  outer: Conventions,
  outerPreset: string,
  report: Report,
): { conventions: Conventions; preset: string } {
  let conventions: Conventions = outer;
  let preset = outerPreset;
  const named = specification.parameters.get("conventions");
  if (named !== undefined) {
    const found = typeof named.value === "string" ? PRESETS.get(named.value) : undefined;
    if (found === undefined || typeof named.value !== "string") {
      const hint = didYouMean(String(named.value), PRESETS.keys(), `one of ${listNames(PRESETS.keys())}`);
      report("unknown-value", named.span, "'conventions' names a set of rules", hint);
    } else {
      conventions = found;
      preset = named.value;
    }
  }
  for (const { name, field, choices } of SWITCHES) {
    const given = specification.parameters.get(name);
    if (given === undefined) continue;
    if (typeof given.value === "string" && choices.includes(given.value)) {
      conventions = { ...conventions, [field]: given.value };
    } else {
      const hint = didYouMean(String(given.value), choices, `one of ${listNames(choices)}`);
      report("unknown-value", given.span, `'${name}' must be ${listNames(choices)}`, hint);
    }
  }
  return { conventions, preset };
}

function reportUnknown(name: string, span: Span, policy: PolicySpecification, report: Report): void {
  const own = policy.parameters.map((parameter) => parameter.name);
  const rules = ["conventions", ...SWITCHES.map((rule) => rule.name)];
  if (own.includes(name) || rules.includes(name)) return;
  const takers = POLICIES.filter(({ parameters }) => parameters.some((parameter) => parameter.name === name));
  const names = takers.map((taker) => taker.name);
  const hint = didYouMean(name, [...own, ...rules]) ?? (names.length > 0 ? `it is for ${listNames(names)}` : null);
  const takes = own.length > 0 ? `it takes ${listNames(own)}` : "it takes none";
  report("unknown-key", span, `the policy ${policy.name} has no parameter '${name}'`, hint ?? takes);
}

/** One queue of mlq: a policy's name, or a map with `policy`. */
function readQueue(
  queue: SchedulerParameter,
  times: Times,
  outer: Conventions,
  preset: string,
  report: Report,
): CheckedScheduler | null {
  const parameters = new Map(mapOf(queue) ?? []);
  const policy = typeof queue.value === "string" ? queue.value : parameters.get("policy")?.value;
  if (typeof policy !== "string") {
    report("wrong-type", queue.span, "a queue is a policy's name, or a map with 'policy'");
    return null;
  }
  const span = parameters.get("policy")?.span ?? queue.span;
  parameters.delete("policy");
  const { problems, scheduler } = checkIn({ policy, parameters, span }, times, outer, preset);
  for (const { code, span: place, message, hint } of problems) report(code, place, message, hint);
  return scheduler;
}
