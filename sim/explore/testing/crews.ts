/** Arbitrary scenarios with arrays of tasks that are alike, or nearly so: for whatever makes use of symmetry. */
import * as fc from "fast-check";
import { stringify } from "yaml";

/** Properties that look at tasks, at resources or at neither. */
export const CHECKS = [
  {},
  { always: { low: "x < 2" } },
  { finally: { end: "x != 1" } },
  { always: { open: "not locked(A)" }, reachable: { far: "x == 3" } },
  { always: { first: "crew[0].own < 2" } },
];

/** What tasks of one array may do together, harmless to symmetry or not. */
const PIECES: unknown[][] = [
  ["x += 1"],
  ["own = x", "x = own + 1"],
  [{ acquire: "A" }, "x += 1", { release: "A" }],
  [{ acquire: "A" }],
  [{ release: "A" }],
  [{ with: "F", do: ["x += 1"] }],
  [{ acquire: "F" }],
  [{ acquire: "F", timeout: 3, into: "own" }],
  [{ with: "R", do: [{ with: "R", do: ["own += 1"] }] }],
  [{ acquire: "S" }],
  [{ release: "S" }],
  [{ wait: "B" }],
  [{ with: "C", do: [{ wait: "C" }] }],
  [{ with: "C", do: [{ notify: "C" }] }],
  [{ with: "C", do: [{ notify_all: "C" }] }],
  [{ put: "Q", value: 1 }],
  [{ put: "Q", value: "me" }],
  [{ get: "Q", into: "own" }],
  ["x = i"],
  ["own = i"],
  ["cells[i] += 1"],
  ["cells[x % 2] += 1"],
  [{ print: "{me} {i}" }],
  [{ sleep: "i" }],
  [{ choose: { own: [0, 1] } }],
  [{ if: "x > 0", then: ["own = x"], else: [{ raise: "Oops" }] }],
  [{ try: [{ get: "Q", block: false }], catch: { Empty: ["x += 1"] } }],
  [{ assert: "x < 3" }],
  [{ atomic: ["x = x + own", "own = 0"] }],
  [{ when: "x > 0" }],
  [{ repeat: 2, do: ["yield"] }],
];

/** A crew of two or three, maybe a second one and somebody else, as text. */
export function crews(): fc.Arbitrary<string> {
  const body = fc.array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 4 }).map((parts) => parts.flat());
  return fc
    .record({
      count: fc.integer({ min: 2, max: 3 }),
      body,
      other: fc.option(body),
      second: fc.option(body),
      check: fc.constantFrom(...CHECKS),
    })
    .map(({ count, body, other, second, check }) =>
      stringify(
        {
          name: "crew",
          shared: { x: 0, cells: [0, 0, 0] },
          resources: {
            A: "lock",
            F: { type: "lock", fair: true },
            R: "rlock",
            S: "semaphore",
            B: { type: "barrier", parties: 2 },
            C: "condition",
            Q: { type: "queue", capacity: 2 },
          },
          processes: {
            crew: { count, vars: { own: 0 }, do: body },
            ...(other === null
              ? {}
              : {
                  other: { vars: { own: 0 }, do: other.filter((each) => JSON.stringify(each) !== '"cells[i] += 1"') },
                }),
            ...(second === null ? {} : { second: { count: 2, vars: { own: 0 }, do: second } }),
          },
          check,
        },
        { aliasDuplicateObjects: false },
      ),
    );
}
