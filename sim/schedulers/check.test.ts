import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Decimal } from "../base/decimal.ts";
import { checkScheduler, schedulerTimes } from "./check.ts";
import { PRESETS, SWITCHES } from "./conventions.ts";
import { parseSchedulerList, parseSchedulerOption } from "./option.ts";
import { describeScheduler, POLICIES } from "./registry.ts";
import { schedulerFrom } from "./testing/make.ts";
import { optionsOf } from "./testing/workloads.ts";

function problemsOf(option: string): string[] {
  const { specification, problem } = parseSchedulerOption(option);
  if (specification === null) return [String(problem)];
  const { problems } = checkScheduler(specification, (time) => (time.scale > 1 ? null : time.toNumber() * 10));
  return problems.map(({ code, message, hint }) => `${code}: ${message}${hint === null ? "" : ` (${hint})`}`);
}

/** A scheduler's description as an option again. */
function written(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(written)}]`;
  if (typeof value !== "object" || value === null) return String(value);
  return `{${Object.entries(value).map(([name, entry]) => `${name}:${written(entry)}`)}}`;
}

describe("what a run says of its scheduler", () => {
  it.each(POLICIES.map(({ name }) => name))("makes the same scheduler again: %s", (name) => {
    fc.assert(
      fc.property(optionsOf(name), (option) => {
        const scheduler = schedulerFrom(option, 10);
        const { policy, ...rest } = describeScheduler(scheduler, 10);
        const again = Object.entries(rest).map(([key, value]) => `${key}=${written(value)}`);
        expect(schedulerFrom(`${String(policy)}:${again}`, 10)).toEqual(scheduler);
      }),
    );
  });

  it("is the policy, its parameters and the rules in force", () => {
    expect(describeScheduler(schedulerFrom("rr:quantum=2.5", 10), 10)).toEqual({
      policy: "rr",
      quantum: 2.5,
      conventions: "osc",
      tie: "arrival_first",
      priority_order: "low_first",
      sjf_key: "burst",
      preempted: "tail",
      same_key: "arrival",
    });
  });
});

describe("conventions", () => {
  it.each([...PRESETS.keys()])("%s sets every switch to one of its choices", (name) => {
    const described = describeScheduler(schedulerFrom(`fcfs:conventions=${name}`), 1);
    for (const rule of SWITCHES) expect(rule.choices).toContain(described[rule.name]);
  });

  it("are overridden by a switch of their own, whatever stands first", () => {
    for (const option of ["fcfs:conventions=ostep,tie=index", "fcfs:tie=index,conventions=ostep"]) {
      const { conventions } = schedulerFrom(option);
      expect(conventions).toEqual({ ...PRESETS.get("ostep"), tie: "index" });
    }
  });

  it("of mlq hold in its queues, which may have others", () => {
    const { parameters } = schedulerFrom("mlq:queues=[fcfs,{policy:sjf,sjf_key:total}],conventions=ostep");
    const [first, second] = parameters.queues as { conventions: unknown }[];
    expect(first?.conventions).toEqual(PRESETS.get("ostep"));
    expect(second?.conventions).toEqual({ ...PRESETS.get("ostep"), sjfKey: "total" });
  });
});

describe("a wrong scheduler is explained", () => {
  it.each([
    ["srft", "unknown-value: there is no scheduling policy 'srft' (did you mean 'srtf'?)"],
    ["fifo", "unknown-value: there is no scheduling policy 'fifo' (it is called 'fcfs' here)"],
    ["rr:quantm=2,quantum=2", "unknown-key: the policy rr has no parameter 'quantm' (did you mean 'quantum'?)"],
    ["fcfs:boost=2", "unknown-key: the policy fcfs has no parameter 'boost' (it is for mlfq)"],
    ["rr:quantum=0", "out-of-range: 'quantum' must be more than 0"],
    ["rr:quantum=-1", "out-of-range: 'quantum' must be more than 0"],
    ["rr:quantum=two", "wrong-type: 'quantum' must be a time"],
    ["rr:quantum=0.25", "inexact-number: 'quantum' is too large or too fine to be exact"],
    ["priority:preemptive=yes", "wrong-type: 'preemptive' must be true or false"],
    ["priority:aging=3", "wrong-type: 'aging' must be a map { every, by }"],
    ["priority:aging={by:1}", "missing-key: 'aging' needs 'every' (aging: { every: 10, by: 1 })"],
    ["priority:aging={evry:1,every:1}", "unknown-key: 'aging' has no 'evry' (did you mean 'every'?)"],
    ["mlfq:quanta=[]", "out-of-range: 'quanta' must not be empty"],
    ["mlfq:quanta=5", "wrong-type: 'quanta' must be a list"],
    ["mlfq:quanta=[5,5],allotments=[1]", "out-of-range: there must be as many allotments as quanta: 1, not 2"],
    ["mlfq:quanta=[5,5],allotments=[0,1]", "out-of-range: only the lowest queue's allotment may be 0"],
    ["feedback:growth=doubel", "unknown-value: 'growth' must be constant or double (did you mean 'double'?)"],
    ["stride:big=1.5", "wrong-type: 'big' must be a whole number"],
    ["lottery:draws=[1,-2]", "out-of-range: 'draws' must be 0 or more"],
    ["mlq", "missing-key: the policy mlq needs 'queues'"],
    ["mlq:queues=[4]", "wrong-type: a queue is a policy's name, or a map with 'policy'"],
    ["fcfs:conventions=ostp", "unknown-value: 'conventions' names a set of rules (did you mean 'ostep'?)"],
    [
      "fcfs:tie=arrivals_first",
      "unknown-value: 'tie' must be arrival_first, preempted_first or index (did you mean 'arrival_first'?)",
    ],
  ])("%s", (option, problem) => {
    const problems = problemsOf(option);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(problem);
  });

  it("with all its problems at once, each at its place", () => {
    const text = "rr:quantum=no,tie=never,speed=9";
    const { problems } = checkScheduler(parseSchedulerOption(text).specification!, (time) => time.toNumber());
    expect(problems.map(({ span }) => text.slice(span.start, span.end)).sort()).toEqual(["9", "never", "no"]);
  });
});

describe("times", () => {
  it("with a unit are read by whoever knows the scenario's unit", () => {
    const { specification } = parseSchedulerOption("rr:quantum=2s");
    const read = (text: string) => (text === "2s" ? Decimal.of(2000) : null);
    const { scheduler } = checkScheduler(specification!, (time) => time.toNumber(), read);
    expect(scheduler?.parameters.quantum).toBe(2000);
    expect(schedulerTimes(specification!, read).map(String)).toEqual(["2000"]);
  });

  it("are found wherever they stand, for the clock to choose its grain", () => {
    const { specification } = parseSchedulerOption(
      "mlq:queues=[{policy:rr,quantum:0.5},{policy:mlfq,quanta:[1.25,3]}]",
    );
    expect(schedulerTimes(specification!).map(String)).toEqual(["0.5", "1.25", "3"]);
  });
});

describe("schedulers on the command line", () => {
  it("are told apart in a list", () => {
    const options = parseSchedulerList("fcfs, rr:quantum=2,tie=index,sjf,mlfq:quanta=[1,2],boost=5");
    const read = options.map(({ specification }) => [
      specification?.policy,
      [...(specification?.parameters.keys() ?? [])],
    ]);
    expect(read).toEqual([
      ["fcfs", []],
      ["rr", ["quantum", "tie"]],
      ["sjf", []],
      ["mlfq", ["quanta", "boost"]],
    ]);
  });

  it.each([
    ["", "it names no policy"],
    [":quantum=2", "it names no policy"],
    ["rr:quantum", "'quantum' is not of the form name=value"],
    ["rr:quantum=", "the value of 'quantum' cannot be read"],
    ["rr:quantum=1,quantum=2", "it gives 'quantum' twice"],
    ["mlfq:quanta=[1,2", "its brackets do not match"],
    ["mlfq:quanta=[1,,2]", "the value of 'quanta' cannot be read"],
    ["priority:aging={every}", "the value of 'aging' cannot be read"],
  ])("'%s' cannot be read", (option, why) => {
    expect(parseSchedulerOption(option)).toEqual({
      specification: null,
      problem: `the scheduler '${option}' cannot be read: ${why}`,
    });
  });

  it("never make the reader throw", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(..."rq:=,[]{}.1a ") }), (text) => {
        for (const option of [parseSchedulerOption(text), ...parseSchedulerList(text)]) {
          expect(option.specification === null).toBe(option.problem !== null);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
