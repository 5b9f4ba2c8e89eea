/** Small scenarios with a known answer, for the tests of `check`. */
import { loadScenario } from "../../index.ts";
import type { Scenario } from "../../scenario/ast.ts";

/** A scenario from its parts, written as JSON (which is YAML). */
export function scenario(parts: Record<string, unknown>): Scenario {
  return loadScenario({ text: JSON.stringify({ name: "example", ...parts }, null, 1), file: "example.yaml" });
}

const BUY = ["seen = tickets", { if: "seen > 0", then: ["tickets = seen - 1", { atomic: ["sold += 1"] }] }];

/** N buyers of one ticket; with or without a lock around the purchase. */
export function ticket(buyers: number, options: { locked?: boolean; tickets?: number } = {}): Scenario {
  const { locked = false, tickets = 1 } = options;
  return scenario({
    name: "ticket",
    shared: { tickets, sold: 0 },
    resources: { gate: "lock" },
    processes: { person: { count: buyers, vars: { seen: 0 }, do: locked ? [{ with: "gate", do: BUY }] : BUY } },
    check: { always: { "never-oversold": `sold <= ${tickets}` } },
  });
}

/** N philosophers, one meal each, left fork first; ordered: the last one takes them the other way round. */
export function philosophers(count: number, ordered = false): Scenario {
  const meal = (first: string, second: string): unknown[] => [
    { acquire: first },
    { acquire: second },
    { release: second },
    { release: first },
  ];
  const processes: Record<string, unknown> = {};
  for (let k = 0; k < count; k++) {
    const [left, right] = [`forks[${k}]`, `forks[${(k + 1) % count}]`];
    processes[`P${k}`] = { do: ordered && k === count - 1 ? meal(right, left) : meal(left, right) };
  }
  return scenario({ name: "philosophers", resources: { forks: { type: "lock", count } }, processes });
}

/** N threads read x and write x + 1. */
export function lostUpdate(count: number): Scenario {
  return scenario({
    name: "lost-update",
    shared: { x: 0 },
    processes: { clerk: { count, do: ["x += 1"] } },
    check: { finally: { "all-count": `x == ${count}` } },
  });
}
