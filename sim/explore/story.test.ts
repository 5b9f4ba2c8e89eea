import { describe, expect, test } from "vitest";
import { load } from "../laws/programs.ts";
import { check } from "./check.ts";

/** What the first finding that is no race says happened, without what was violated. */
function story(text: string): string {
  const finding = check(load(text)).findings.find((each) => each.kind !== "data_race");
  return finding!.message.replace(/; [^;]*(does not hold|which is false)[\s\S]*$/, "");
}

describe("the sentence about a path", () => {
  test("names who overwrote whose update, also of a process's variables that its threads or coroutines share", () => {
    expect(
      story(`
shared: { tickets: 1, sold: 0 }
processes: { P: { count: 2, vars: { seen: 0 }, do: [ seen = tickets, { if: seen > 0, then: [ tickets = seen - 1, { atomic: [ sold += 1 ] } ] } ] } }
check: { always: { enough: sold <= 1 } }
`),
    ).toBe("P[0] read tickets = 1 before P[1] wrote tickets = 0, and then wrote tickets = 0 from the old value");
    const own = (helpers: string): string => `
processes:
  bank:
    vars: { balance: 100 }
    ${helpers}: { take: { count: 2, vars: { seen: 0 }, do: [ seen = balance, { sleep: 1 }, balance = seen - 10 ] } }
    do: [ { join: take } ]
check: { finally: { right: bank.balance == 80 } }
`;
    for (const helpers of ["threads", "coroutines"])
      expect(story(own(helpers))).toBe(
        "bank.take[0] read bank.balance = 100 before bank.take[1] wrote bank.balance = 90, and then wrote bank.balance = 90 from the old value",
      );
  });

  test("names the update of a file that was lost, though it changes nothing", () => {
    expect(
      story(`
shared: { sold: 0 }
resources: { tickets: { type: file, content: 1 } }
processes:
  P: { count: 2, do: [ left = tickets.read(), { if: left > 0, then: [ tickets.write(left - 1), { atomic: [ sold += 1 ] } ] } ] }
check: { always: { enough: sold <= 1 } }
`),
    ).toBe(
      "P[0] read tickets.held = 1 before P[1] wrote tickets.held = 0, and then wrote tickets.held = 0 from the old value",
    );
  });

  test("does not say that a value was made from the old one if it was not", () => {
    expect(
      story(`
shared: { x: 0, y: 0 }
processes:
  A: { do: [ y = x, x = 5 ] }
  B: { do: [ x = 1 ] }
check: { finally: { b-wins: x == 1 } }
`),
    ).not.toContain("old value");
  });

  test("does not say so either where a variable had another value in between", () => {
    expect(
      story(`
atomics: { x: 0, y: 5, s: 0 }
processes:
  A: { vars: { t: 0 }, do: [ t = x, s = 1, t = y, x = t ] }
  B: { do: [ { when: s == 1 }, x = 1 ] }
check: { finally: { one: x == 1 } }
`),
    ).toBe("B wrote x = 1 before A wrote x = 5 over it");
  });

  test("names the decision that was no longer right", () => {
    expect(
      story(`
shared: { left: 1 }
processes: { P: { count: 2, do: [ { if: left > 0, then: [ left -= 1 ] } ] } }
check: { always: { enough: left >= 0 } }
`),
    ).toBe("P[0] found left = 1; P[1] wrote left = 0 before P[0] acted on it");
  });

  test("names the element of a map, and gives its value in what is violated", () => {
    const [finding] = check(
      load(`
shared: { stock: { apples: 1, pears: 2 } }
processes: { P: { count: 2, do: [ { if: "stock['apples'] > 0", then: [ "stock['apples'] -= 1" ] } ] } }
check: { always: { enough: "stock['apples'] >= 0" }, allow: [data_race] }
`),
    ).findings;
    expect(finding!.message).toBe(
      "P[0] found stock['apples'] = 1; P[1] wrote stock['apples'] = 0 before P[0] acted on it; enough (stock['apples'] >= 0) does not hold: stock['apples'] = -1",
    );
  });

  describe("about a condition that is waited for with if instead of while", () => {
    const buffer = (wait: string, spurious = false, consumers = 2): string => `
shared: { items: 0 }
resources: { gate: lock, filled: { type: condition, lock: gate, spurious: ${spurious} } }
processes:
  C: { count: ${consumers}, do: [ { with: filled, do: [ { ${wait}: items == 0, ${wait === "if" ? "then" : "do"}: [ { wait: filled } ] }, items -= 1 ] } ] }
  P: { do: [ { repeat: 2, do: [ { with: filled, do: [ items += 1, { notify: filled } ] } ] } ] }
check: { always: { never-below-zero: items >= 0 } }
`;

    test("says that another came first, not that the value was old: it was read again", () => {
      expect(story(buffer("if"))).toBe(
        "C[0] was notified (items = 1), but C[1] wrote items = 0 before C[0] went on, and C[0] did not look again",
      );
      expect(check(load(buffer("while"))).verdict).toBe("holds");
    });

    test("says so as well where an exception comes of it", () => {
      expect(
        story(`
shared: { buffer: "list(max: 4)" }
resources: { gate: lock, filled: { type: condition, lock: gate } }
processes:
  C: { count: 2, do: [ { with: filled, do: [ { if: len(buffer) == 0, then: [ { wait: filled } ] }, buffer.pop(0) ] } ] }
  P: { do: [ { repeat: 2, do: [ { with: filled, do: [ buffer.append(1), { notify: filled } ] } ] } ] }
`),
      ).toContain("C[0] was notified (buffer = [1]), but C[1] wrote buffer = [] before C[0] went on");
    });

    // of two conditions of one lock, and however the calls are written
    const pair = (wait: string, notify: (name: string) => string): string => `
shared: { buf: "list(max: 1)" }
resources: { m: lock, filled: { type: condition, lock: m }, emptied: { type: condition, lock: m } }
processes:
  P: { do: [ { repeat: 2, do: [ { with: m, do: [ { if: len(buf) == 1, then: [ { wait: emptied } ] }, buf.append(1), ${notify("filled")} ] } ] } ] }
  C: { count: 2, vars: { x: 0 }, do: [ { with: m, do: [ { if: len(buf) == 0, then: [ ${wait} ] }, x = buf.pop(0), ${notify("emptied")} ] } ] }
`;

    test("knows who notified it, not who notified somebody else", () => {
      for (const text of [
        pair("{ wait: filled }", (name) => `{ notify: ${name} }`),
        pair("filled.wait()", (name) => `${name}.notify()`),
      ])
        expect(story(text)).toMatch(
          /^C\[0\] was notified \(buf = \[1\]\), but C\[1\] wrote buf = \[\] before C\[0\] went on, and C\[0\] did not look again/,
        );
    });

    test("says that it woke up unasked", () => {
      expect(story(buffer("if", true, 1))).toBe(
        "C[0] woke up though nobody had notified it (items = 0), and did not look again",
      );
    });
  });

  test("names what was read too early, and what was read half old and half new", () => {
    expect(
      story(`
shared: { flag: false, data: 0, out: null }
processes:
  A: { do: [ flag = true, data = 5 ] }
  B: { do: [ { when: flag }, out = data ] }
check: { finally: { five: out == 5 }, allow: [data_race] }
`),
    ).toBe("B read data = 0 before A wrote data = 5");
    expect(
      story(`
shared: { a: 100, b: 100, total: 0 }
processes:
  mover: { do: [ a -= 30, b += 30 ] }
  auditor: { do: [ total = a + b ] }
check: { finally: { sum: total == 200 }, allow: [data_race] }
`),
    ).toBe("auditor read a = 70 after mover had written it, and b = 100 before mover wrote b = 130");
  });

  test("names what let a process in too early", () => {
    expect(
      story(`
shared: { cs: 0 }
atomics: { want: [false, false], turn: 0 }
processes:
  p: { count: 2, do: [ turn = 1 - i, "want[i] = true", { when: "not want[1 - i] or turn == i" }, cs += 1, { assert: cs == 1 }, cs -= 1, "want[i] = false" ] }
check: { allow: [data_race] }
`),
    ).toBe("p[1] found want[0] = false before p[0] wrote want[0] = true");
  });

  test("names who changed what an assertion claims", () => {
    expect(
      story(`
shared: { s: 0 }
processes:
  A: { do: [ s = 1, { assert: s == 1 } ] }
  B: { do: [ s = 2 ] }
check: { allow: [data_race] }
`),
    ).toBe("A wrote s = 1, but B wrote s = 2 before A looked at it");
  });

  test("blames no read that changes nothing", () => {
    expect(
      story(`
shared: { tickets: 1, last: nobody }
processes:
  P: { count: 2, vars: { seen: 0 }, do: [ last = me, { print: "{last} looks" }, seen = tickets, { if: seen > 0, then: [ { atomic: [ tickets -= 1 ] } ] } ] }
check: { always: { enough: tickets >= 0 } }
`),
    ).toBe("P[0] read tickets = 1 before P[1] wrote tickets = 0, and then went by the old value");
    // the decision is right however often hits changes, and what came of Q's choice has no other cause
    expect(
      story(`
shared: { hits: 0, total: 0 }
resources: { s: { type: semaphore, permits: 0 }, t: { type: semaphore, permits: 0 } }
processes:
  P: { do: [ { if: hits >= 0, then: [ { release: t }, { acquire: s }, { atomic: [ total += 1 ] } ] } ] }
  Q: { do: [ { choose: { k: [0, 1] } }, { acquire: t }, hits = 7, { atomic: [ total += k ] }, { release: s } ] }
check: { always: { one: total <= 1 } }
`),
    ).toBe("one (total <= 1) does not hold: total = 2");
  });

  test("names what was made of the old value, also where one statement makes several", () => {
    expect(
      story(`
shared: { a: 1, b: 2 }
processes: { s: { count: 2, do: [ "a, b = b, a" ] } }
check: { finally: { both: a + b == 3 } }
`),
    ).toBe("s[0] read b = 2 before s[1] wrote b = 1, and then wrote a = 2 from the old value");
    expect(
      story(`
shared: { counts: { the: 1, cat: 0 } }
processes:
  A: { do: [ "counts['cat'] += 1" ] }
  B: { do: [ "counts['the'] += 1", "counts['cat'] += 1" ] }
check: { finally: { all: "counts['the'] + counts['cat'] == 4" } }
`),
    ).toMatch(
      /^\w read counts\['cat'\] = 0 before \w wrote counts\['cat'\] = 1, and then wrote counts\['cat'\] = 1 from the old value/,
    );
  });

  test("follows what was read through the process's own variables, to an exception or a failed claim as well", () => {
    const counted = (body: string, more = ""): string => `
shared: { left: 1, log: "list([1], max= 3)" }
resources: { q: queue }
processes:
  P: { count: 2, vars: { seen: 0 }, do: [ ${body} ] }
${more}`;
    expect(story(counted('{ if: len(log) > 0, then: [ "log.pop()" ] }'))).toContain(
      "P[0] found log = [1]; P[1] wrote log = [] before P[0] acted on it",
    );
    expect(
      story(
        counted(
          "{ atomic: [ seen = left ] }, { if: seen > 0, then: [ { atomic: [ left -= 1, { assert: left >= 0 } ] } ] }",
        ),
      ),
    ).toBe("P[0] read left = 1 before P[1] wrote left = 0, and then went by the old value");
    expect(
      story(counted("{ if: size(q) < 1, then: [ { put: q, value: 1 } ] }", "check: { always: { one: size(q) <= 1 } }")),
    ).toBe("P[0] found q.items = []; P[1] wrote q.items = [1] before P[0] acted on it");
  });

  test("says that both decided before either had acted", () => {
    expect(
      story(`
shared: { done: false, made: 0 }
processes: { P: { count: 2, do: [ { if: not done, then: [ { atomic: [ made += 1 ] }, done = true ] } ] } }
check: { always: { once: made <= 1 } }
`),
    ).toBe("P[0] and P[1] both found done = false, and both went on");
  });
});
