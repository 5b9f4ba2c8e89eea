/**
 * Arbitrary scenarios for property tests: small programs over shared variables, locks, semaphores, queues, events,
 * joins, timeouts, exceptions and choices. They are made as data and written as YAML, so that the whole pipeline is
 * under test. Loops are bounded, so that every run ends.
 */
import * as fc from "fast-check";
import { stringify } from "yaml";
import { loadScenario } from "../index.ts";
import type { Scenario } from "../scenario/ast.ts";

export type Feature =
  | "locks"
  | "semaphores"
  | "queues"
  | "events"
  | "join"
  | "timeouts"
  | "exceptions"
  | "choose"
  | "time"
  | "atomic"
  | "functions";
export const FEATURES: readonly Feature[] = [
  "locks",
  "semaphores",
  "queues",
  "events",
  "join",
  "timeouts",
  "exceptions",
  "choose",
  "time",
  "atomic",
  "functions",
];

const SHARED = ["x", "y", "z"] as const;

type Json = unknown;

/** One statement of a process body. `depth` bounds nesting. */
function statement(features: ReadonlySet<Feature>, depth: number): fc.Arbitrary<Json[]> {
  const shared = fc.constantFrom(...SHARED);
  const small = fc.integer({ min: 0, max: 3 });
  const choices: fc.Arbitrary<Json[]>[] = [
    fc.tuple(shared, small).map(([name, value]) => [`${name} = ${value}`]),
    fc.tuple(shared, shared).map(([a, b]) => [`${a} = ${b}`]),
    shared.map((name) => [`${name} += 1`]),
    fc.tuple(shared, shared).map(([a, b]) => [`own = ${a} + ${b}`]),
    shared.map((name) => [`own = ${name}`, `${name} = own % 4 + 1`]),
    fc.constant(["cells[own % 2] += 1"]),
    fc.constant(["own = own + 1"]),
  ];
  const body = (): fc.Arbitrary<Json[]> => block(features, depth - 1, 2);
  if (features.has("locks")) {
    choices.push(
      fc.constantFrom("A", "B").map((lock) => [{ acquire: lock }, "x += 1", { release: lock }]),
      fc.constantFrom("A", "B").map((lock) => [{ acquire: lock }]),
      fc.constantFrom("A", "R").map((lock) => [{ acquire: lock }, { release: lock }]),
    );
    if (depth > 0)
      choices.push(
        fc.tuple(fc.constantFrom("A", "B", "R"), body()).map(([lock, inner]) => [{ with: lock, do: inner }]),
      );
  }
  if (features.has("semaphores")) choices.push(fc.constant([{ acquire: "S" }]), fc.constant([{ release: "S" }]));
  if (features.has("queues"))
    choices.push(
      small.map((value) => [{ put: "Q", value }]),
      fc.constant([{ get: "Q", into: "own" }]),
    );
  if (features.has("events"))
    choices.push(fc.constant([{ set: "E" }]), fc.constant([{ wait: "E" }]), fc.constant([{ clear: "E" }]));
  if (features.has("timeouts")) {
    choices.push(
      fc.constant([{ acquire: "A", timeout: 2, into: "own" }]),
      fc.constant([{ get: "Q", timeout: 1, into: "own" }]),
      fc.constant([{ get: "Q", block: false, into: "own" }]),
      fc.constant([{ acquire: "A", timeout: "own - 1", into: "own" }]),
    );
  }
  if (features.has("exceptions")) {
    choices.push(
      fc.constant([{ raise: "Oops" }]),
      fc.constant([{ get: "Q", block: false }]),
      fc.constant([{ print: "{x} of {3 // y}" }]),
      fc.constant([{ print: "{4 // own}" }]),
    );
    if (depth > 0)
      choices.push(
        fc.tuple(body(), body()).map(([inner, rescue]) => [{ try: inner, catch: { Oops: rescue, any: ["y += 1"] } }]),
      );
    if (depth > 0) choices.push(fc.tuple(body(), body()).map(([inner, last]) => [{ try: inner, finally: last }]));
  }
  if (features.has("choose")) choices.push(fc.constant([{ choose: { own: [0, 1, 2] } }]));
  if (features.has("time")) {
    choices.push(
      small.map((time) => [{ sleep: time }]),
      small.map((time) => [{ cpu: time }]),
      small.map((time) => [{ io: time }]),
      fc.constant(["yield"]),
      fc.constant([{ sleep: "randint(1, 4)" }]),
      fc.constant([{ sleep: "own - 1" }]),
    );
  }
  if (features.has("atomic"))
    choices.push(
      fc.tuple(shared, shared).map(([a, b]) => [{ atomic: [`${a} = ${b} + 1`, `${b} = 0`] }]),
      fc.constant([{ when: "x > 0 or y > 0" }]),
    );
  if (features.has("functions")) choices.push(fc.constant([{ call: "bump" }]), fc.constant(["own = twice(own)"]));
  if (depth > 0) {
    choices.push(
      fc
        .tuple(shared, small, body(), body())
        .map(([name, value, then, otherwise]) => [{ if: `${name} > ${value}`, then, else: otherwise }]),
      fc.tuple(fc.integer({ min: 1, max: 2 }), body()).map(([times, inner]) => [{ repeat: times, do: inner }]),
      fc.tuple(shared, body()).map(([name, inner]) => [{ if: `${name} == 1 and y < 2`, then: inner }]),
    );
  }
  return fc.oneof(...choices);
}

function block(features: ReadonlySet<Feature>, depth: number, most: number): fc.Arbitrary<Json[]> {
  return fc.array(statement(features, depth), { minLength: 1, maxLength: most }).map((parts) => parts.flat());
}

/** The YAML text of an arbitrary scenario. */
export function scenarioText(
  options: { features?: readonly Feature[]; processes?: number; statements?: number; cpu?: fc.Arbitrary<Json> } = {},
): fc.Arbitrary<string> {
  const features = new Set(options.features ?? FEATURES);
  const process = fc.record({
    body: block(features, 1, options.statements ?? 3),
    arrival: features.has("time") ? fc.integer({ min: 0, max: 3 }) : fc.constant(0),
    count: fc.constantFrom(1, 1, 1, 2),
  });
  return fc
    .record({
      processes: fc.array(process, { minLength: 1, maxLength: options.processes ?? 3 }),
      child: features.has("join") ? fc.option(block(features, 0, 2)) : fc.constant(null),
      cpu: options.cpu ?? fc.constant({ cores: 1, scheduler: "fcfs" }),
    })
    .map(({ processes, child, cpu }) => {
      const declared: Record<string, Json> = {};
      processes.forEach(({ body, arrival, count }, k) => {
        declared[`P${k}`] = {
          ...(count > 1 ? { count } : {}),
          ...(arrival > 0 ? { arrival } : {}),
          vars: { own: 0 },
          do: body,
        };
      });
      if (child !== null) {
        declared["child"] = { start: "manual", vars: { own: 0 }, do: child };
        const { body, arrival } = processes[0]!;
        declared["P0"] = {
          ...(arrival > 0 ? { arrival } : {}),
          vars: { own: 0 },
          do: [...body, { start: "child" }, { join: "child" }],
        };
      }
      const resources = {
        A: "lock",
        B: "lock",
        R: "rlock",
        S: { type: "semaphore", permits: 1 },
        Q: { type: "queue", capacity: 1 },
        E: "event",
      };
      const functions = { bump: { do: ["z += 1"] }, twice: { params: ["a"], do: [{ return: "a * 2 % 5" }] } };
      return stringify(
        {
          name: "generated",
          cpu,
          shared: { x: 0, y: 1, z: 0, cells: [0, 0] },
          resources,
          functions,
          processes: declared,
        },
        { aliasDuplicateObjects: false },
      );
    });
}

/** Loads generated text; a problem in it is a bug of the generator, so it throws. */
export function load(text: string): Scenario {
  return loadScenario({ text, file: "generated.yaml" });
}
