import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { openScenario, run } from "../index.ts";
import type { Scenario } from "../scenario/ast.ts";
import { lower } from "./lower.ts";
import { FIRST_LIST_ROOM } from "./memory.ts";

function load(text: string): Scenario {
  const { scenario, problems } = openScenario({ file: "memory.yaml", text });
  if (scenario === null) throw new Error(JSON.stringify(problems));
  return scenario;
}

const appends = (max: number, many: number): string => `
shared: { xs: "list(max: ${max})", n: 0 }
processes:
  P:
    do:
      - repeat: ${many}
        do:
          - try: [xs.append(n), n += 1]
            catch: { Overflow: [ { print: "full" }, break ] }
`;

describe("a list with a greatest length", () => {
  test("takes exactly so many items, whatever room was laid out for it", () => {
    const sizes = fc.oneof(
      fc.integer({ min: 1, max: 3 * FIRST_LIST_ROOM }),
      fc.constantFrom(FIRST_LIST_ROOM - 1, FIRST_LIST_ROOM, FIRST_LIST_ROOM + 1, 4 * FIRST_LIST_ROOM),
    );
    fc.assert(
      fc.property(sizes, sizes, (max, many) => {
        const result = run(load(appends(max, many)), { ties: false });
        expect(result.shared.n).toBe(Math.min(max, many));
        expect(result.shared.xs).toEqual(Array.from({ length: Math.min(max, many) }, (_, k) => k));
        expect(result.output.map((line) => line.text)).toEqual(many > max ? ["full"] : []);
      }),
      { numRuns: 60 },
    );
  });

  test("costs no memory for what is not in it", () => {
    const queue = (capacity: number): number =>
      lower(
        load(
          `{ resources: { q: { type: queue, capacity: ${capacity} } }, processes: { P: { do: [ { put: q, value: 1 } ] } } }`,
        ),
      ).slots.length;
    expect(queue(1_000_000_000)).toBe(queue(FIRST_LIST_ROOM));
    expect(queue(5)).toBe(queue(FIRST_LIST_ROOM) - FIRST_LIST_ROOM + 5);
    expect(lower(load(appends(90_000, 1))).slots.length).toBe(lower(load(appends(FIRST_LIST_ROOM, 1))).slots.length);
  });
});

test("a queue blocks at its capacity, also where that is beyond the room laid out at first", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 200 }), (capacity) => {
      const text = `
shared: { n: 0 }
resources: { q: { type: queue, capacity: ${capacity} } }
processes:
  P: { do: [ { loop: [ { put: q, value: n, timeout: 1 }, n += 1 ] } ] }
`;
      const result = run(load(text), { ties: false });
      expect(result.shared.n).toBe(capacity);
      expect(result.findings.map((finding) => finding.message)).toEqual(["P ended by Full"]);
    }),
    { numRuns: 20 },
  );
});
