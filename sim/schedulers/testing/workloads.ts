/** Workloads for tests: OSTEP's way of stating them, and random ones. */
import fc from "fast-check";
import type { Workload } from "./driver.ts";

/** OSTEP's jobs: an I/O after each `every` units of CPU (0: never), but not at the very end. */
export function cutUp(total: number, every: number, io: number): number[] {
  const bursts: number[] = [];
  let left = total;
  if (every > 0) for (; left > every; left -= every) bursts.push(every, io);
  return [...bursts, left];
}

/** [task, from, to] */
export type Bar = readonly [string, number, number];

/** Joins neighbouring bars of one task. */
export function inOnePiece(schedule: readonly Bar[]): Bar[] {
  const joined: Bar[] = [];
  for (const bar of schedule) {
    const last = joined.at(-1);
    if (last !== undefined && last[0] === bar[0] && last[2] === bar[1])
      joined[joined.length - 1] = [bar[0], last[1], bar[2]];
    else joined.push(bar);
  }
  return joined;
}

const attributes = {
  priority: fc.integer({ min: 0, max: 4 }),
  nice: fc.integer({ min: -20, max: 19 }),
  tickets: fc.integer({ min: 1, max: 120 }),
  queue: fc.integer({ min: 0, max: 2 }),
};

/** cpu, io, cpu, …; `ios` at most. */
function bursts(ios: number): fc.Arbitrary<number[]> {
  const more = fc.array(fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 9 })), { maxLength: ios });
  return fc.tuple(fc.integer({ min: 1, max: 9 }), more).map(([first, rest]) => [first, ...rest.flat()]);
}

/** One to `most` tasks that arrive within a few units, with up to `ios` I/Os each. */
export function workloads(most = 6, ios = 2): fc.Arbitrary<Workload[]> {
  const one = fc.record({ arrival: fc.integer({ min: 0, max: 15 }), bursts: bursts(ios), ...attributes });
  return fc
    .array(one, { minLength: 1, maxLength: most })
    .map((loads) => loads.map((load, index) => ({ ...load, name: `T${index}` })));
}

/** Tasks with one CPU burst each, no two of the same length. */
export function distinctBursts(most = 6): fc.Arbitrary<Workload[]> {
  const lengths = fc.uniqueArray(fc.integer({ min: 1, max: 25 }), { minLength: 1, maxLength: most });
  return lengths.chain((all) =>
    fc
      .tuple(
        ...all.map((length) =>
          fc.record({ arrival: fc.integer({ min: 0, max: 20 }), bursts: fc.constant([length]), ...attributes }),
        ),
      )
      .map((loads) => loads.map((load, index) => ({ ...load, name: `T${index}` }))),
  );
}

const quantum = fc.integer({ min: 1, max: 7 });

/** Parameters for each policy, as the command line takes them; "" where it has none. */
const PARAMETERS: ReadonlyMap<string, fc.Arbitrary<string>> = new Map<string, fc.Arbitrary<string>>([
  ["rr", quantum.map((q) => `quantum=${q}`)],
  ["priority", fc.tuple(fc.boolean(), aging()).map(([preemptive, aged]) => `preemptive=${preemptive}${aged}`)],
  [
    "priority_rr",
    fc
      .tuple(quantum, fc.boolean(), aging())
      .map(([q, preemptive, aged]) => `quantum=${q},preemptive=${preemptive}${aged}`),
  ],
  [
    "mlq",
    fc
      .array(
        fc.constantFrom(
          "fcfs",
          "srtf",
          "{policy:rr,quantum:2}",
          "{policy:priority,preemptive:true}",
          "cfs",
          "stride",
          "mlfq",
        ),
        { minLength: 1, maxLength: 3 },
      )
      .map((queues) => `queues=[${queues}]`),
  ],
  [
    "mlfq",
    fc
      .tuple(
        fc.array(quantum, { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 0, max: 12 }),
        fc.boolean(),
        fc.boolean(),
      )
      .map(([quanta, boost, stay, bump]) => `quanta=[${quanta}],boost=${boost},stay=${stay},io_bump=${bump}`),
  ],
  [
    "feedback",
    fc
      .tuple(quantum, fc.constantFrom("constant", "double"), fc.constantFrom("if_others", "always"))
      .map(([q, growth, demote]) => `quantum=${q},growth=${growth},demote=${demote}`),
  ],
  ["lottery", quantum.map((q) => `quantum=${q}`)],
  ["stride", quantum.map((q) => `quantum=${q}`)],
  [
    "cfs",
    fc
      .tuple(fc.integer({ min: 2, max: 20 }), fc.integer({ min: 1, max: 4 }))
      .map(([l, g]) => `latency=${l},granularity=${g}`),
  ],
]);

function aging(): fc.Arbitrary<string> {
  const given = fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 2 }));
  return fc
    .option(given, { nil: null })
    .map((pair) => (pair === null ? "" : `,aging={every:${pair[0]},by:${pair[1]}}`));
}

export const conventions = fc
  .record({
    tie: fc.constantFrom("arrival_first", "preempted_first", "index"),
    priority_order: fc.constantFrom("low_first", "high_first"),
    sjf_key: fc.constantFrom("burst", "total"),
    preempted: fc.constantFrom("tail", "keep_head"),
    same_key: fc.constantFrom("arrival", "queue", "index"),
  })
  .map((rules) =>
    Object.entries(rules)
      .map(([name, value]) => `${name}=${value}`)
      .join(","),
  );

/** `--scheduler` options for a policy: all its parameters, all conventions. */
export function optionsOf(policy: string): fc.Arbitrary<string> {
  const parameters = PARAMETERS.get(policy) ?? fc.constant("");
  return fc
    .tuple(parameters, conventions)
    .map(([own, rules]) => `${policy}:${[own, rules].filter((part) => part !== "").join(",")}`);
}
