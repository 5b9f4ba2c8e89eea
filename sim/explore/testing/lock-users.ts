/** Arbitrary scenarios about what is done under locks, beside them, and to them: for whatever reckons with who holds what. */
import * as fc from "fast-check";
import { stringify } from "yaml";

const LOCKS = ["A", "B", "F", "R"];

/** A kind of lock that looks like one, but that anybody may take away, or that lets a second one in. */
const STEALABLE = {
  fields: { owner: null },
  holder: "owner",
  operations: {
    acquire: { when: "owner == null", do: ["owner = me"] },
    steal: { do: ["owner = me"] },
    release: { do: ["owner = null"] },
  },
};

const access = fc.constantFrom<unknown[]>(
  ["x += 1"],
  ["own = x"],
  ["y = own"],
  ["x = y + 1"],
  [{ if: "x > 0", then: ["y += 1"] }],
  [{ assert: "y < 2" }],
  [{ raise: "Oops" }],
);

function under(lock: string, body: unknown[], how: number): unknown[] {
  switch (how) {
    case 0:
      return [{ with: lock, do: body }];
    case 1:
      return [{ acquire: lock }, ...body, { release: lock }];
    case 2:
      return [{ acquire: lock, timeout: 3, into: "ok" }, ...body, { if: "ok", then: [{ release: lock }] }];
    case 3:
      return [
        { acquire: lock, block: false, into: "ok" },
        { if: "ok", then: [...body, { release: lock }] },
      ];
    case 4:
      return [{ try: [{ with: lock, do: body }], catch: { any: ["own = 7"] } }];
    default:
      return [{ acquire: lock }, ...body];
  }
}

/** A few statements; `depth` locks one in the other at most. */
function one(depth: number): fc.Arbitrary<unknown[]> {
  if (depth === 0) return access;
  return fc.oneof(
    { weight: 3, arbitrary: access },
    {
      weight: 5,
      arbitrary: fc
        .tuple(fc.constantFrom(...LOCKS), fc.array(one(depth - 1), { maxLength: 2 }), fc.integer({ min: 0, max: 5 }))
        .map(([lock, body, how]) => under(lock, body.flat(), how)),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom<unknown[]>(
        [{ release: "A" }],
        [{ with: "C", do: [{ wait: "C" }] }],
        [{ with: "C", do: [{ notify: "C" }] }],
        [{ with: "A", do: [{ wait: "D" }] }],
        [{ with: "A", do: [{ notify_all: "D" }] }],
        [{ acquire: "S" }],
        [{ steal: "S" }],
        [{ release: "S" }],
        [{ acquire: "S" }, "x += 1", { release: "S" }],
        [{ acquire: "many[x % 2]" }],
        [{ acquire: "many[0]" }, "x += 1", { release: "many[0]" }],
        ["own = 1 if locked(A) else 0"],
        [{ repeat: 2, do: [{ with: "B", do: ["x += 1"] }] }],
        [{ start: "child" }],
        [{ terminate: "child" }],
      ),
    },
  );
}

/** Two or three processes over locks of every kind, as text. */
export function lockUsers(): fc.Arbitrary<string> {
  const body = fc.array(one(2), { minLength: 1, maxLength: 3 }).map((parts) => parts.flat());
  const check = fc.constantFrom({}, {}, { always: { low: "x < 3" } }, { always: { free: "not locked(B)" } });
  return fc.record({ bodies: fc.array(body, { minLength: 2, maxLength: 3 }), child: body, check }).map((parts) => {
    const vars = { own: 0, ok: false };
    const processes: Record<string, unknown> = {};
    parts.bodies.forEach((each, k) => {
      processes[`P${k}`] = { vars, do: each };
    });
    const mayStart = JSON.stringify(parts.bodies).includes("child");
    const child = parts.child.filter((each) => !JSON.stringify(each).includes("child"));
    if (mayStart) processes["child"] = { start: "manual", vars, do: child.length === 0 ? ["x += 1"] : child };
    return stringify(
      {
        name: "lock users",
        kinds: { stealable: STEALABLE },
        shared: { x: 0, y: 0 },
        resources: {
          A: "lock",
          B: "lock",
          F: { type: "lock", fair: true },
          R: "rlock",
          C: "condition",
          D: { type: "condition", lock: "A" },
          S: "stealable",
          many: { type: "lock", count: 2 },
        },
        processes,
        check: parts.check,
      },
      { aliasDuplicateObjects: false },
    );
  });
}
