import { Ajv } from "ajv";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parse as parseYaml } from "yaml";
import { Decimal } from "../base/decimal.ts";
import { KIND_NAMES, kindText } from "../prelude/registry.ts";
import { alignScalar } from "./align.ts";
import type { Scenario, Statement } from "./ast.ts";
import { readDefinition } from "./definition.ts";
import { wordsOf, wordsOfPrelude } from "./kind-words.ts";
import { formatProblem, parseScenario, printExpression, scenarioSchema, sourceText } from "./load.ts";
import { editDistance } from "./suggest.ts";

const TICKET = `name: ticket
about: Ten people race for four tickets.
unit: ms
cpu: { cores: 1, scheduler: { policy: rr, quantum: 20 } }

shared: { tickets: 4, sold: 0 }

processes:
  person:
    count: 10
    vars: { seen: 0 }
    do:
      - seen = tickets
      - print: "{me} sees {seen} left"
      - sleep: 200
      - if: seen > 0
        then:
          - tickets = seen - 1
          - atomic: [sold += 1]
          - print: "{me} bought a ticket"
        else:
          - print: "{me} got none"

check:
  always: { never-oversold: sold <= 4 }

expect: { violates: never-oversold }
`;

const MIXED = `shared: { n: 0, rows: [[0, 0], [1, 1]], found: false }
atomics: { turn: 0 }
unit: s
resources:
  gate: lock
  fair: { type: lock, fair: true }
  forks: { type: lock, count: 5 }
  orders: { type: queue, capacity: 2, order: priority, joinable: true }
  changed: { type: condition, lock: gate }
  meet: { type: barrier, parties: 2 }
  table: { type: rwlock, prefer: fair }
  line: pipe
  disk: { type: file, read: 2 }
  door: turnstile
  staff: { type: pool, size: 2 }
  crew: { type: pool, size: 2, kind: thread }
  port: { type: socket, backlog: 1 }
  post: { type: socket, protocol: udp }
kinds:
  turnstile:
    fields: { free: true }
    operations:
      pass_through: { when: free, do: [free = false] }
      shut: { do: [free = false, { terminate: guard }] }
    tasks:
      guard: { count: 2, do: [ { pass_through: self }, { sleep: 1 } ] }
functions:
  add: { params: [a, b], do: [ { return: a + b } ] }
  tell: { params: [x], do: [ { print: "{x}" } ] }
processes:
  philosopher:
    count: 5
    arrival: i * 2
    do:
      - acquire: forks[i]
      - { acquire: "forks[(i + 1) % 5]", timeout: 2, into: ok }
      - if: ok
        then: [ { release: "forks[(i + 1) % 5]" } ]
      - release: forks[i]
      - n = add(n, 1)
      - with: fair
        do: [ { cpu: "uniform(1, 2)" } ]
  worker:
    start: manual
    vars: { log: "list(max: 3)", own: "= i + 1" }
    threads: { helper: { count: 2, do: [ log.append(me) ] } }
    do:
      - put: { queue: orders, value: [1, me] }
      - item = orders.get(block=false)
      - print: "{item} {size(orders)}"
      - orders.task_done()
      - with: changed
        do: [ { notify: changed } ]
      - for: { k: 0..1 }
        do: [ "rows[k][0] += k" ]
      - send: line.a
        value: 3
      - pass_through: door
      - read: disk
        into: n
  main:
    do: [ { start: worker }, { join: worker }, { wait_any: [worker, P1], into: who }, { print: "{who}" } ]
  client:
    do:
      - { apply_async: staff, call: "add(1, b=2)", callback: tell, into: h }
      - { get: { pool: staff, handle: h, timeout: 3 }, into: three }
      - { map: crew, call: tell, over: 0..2 }
      - { submit: crew, call: tell(three) }
      - { print: "{done(staff, h)} {waiting(crew)}" }
      - { close: staff }
      - { join: staff }
      - { terminate: crew }
      - { try: [ { connect: port, into: c } ], catch: { ConnectionRefused: [ exit ] } }
      - { send: { socket: port, connection: c, value: 1 } }
      - { send_to: post, value: 1 }
      - { recv_from: post, into: m }
      - { shut: door }
      - { print: "{m} {size(post)}" }
  P1: { arrival: 0, burst: 24, priority: 3 }
  P2: { arrival: 1, bursts: [3, "200 ms", 2.5] }
check:
  always: { ok: "0 <= n < 100 and alive(main) in [true, false]" }
  finally: { own: worker.own == 1 }
`;

const options = { kindNames: KIND_NAMES, kindText };

function load(text: string, set: readonly { name: string; value: string }[] = []): Scenario {
  const source = { file: "folder/test.yaml", text };
  const { scenario, problems } = parseScenario(source, { ...options, set });
  if (scenario === null) throw new Error(problems.map((problem) => formatProblem(problem, source)).join("\n"));
  return scenario;
}

/** The statements of a process called P. */
function body(lines: string, before = ""): readonly Statement[] {
  const indented = lines.split("\n").map((line) => `      ${line}\n`);
  return load(`${before}\nprocesses:\n  P:\n    do:\n${indented.join("")}`).processes[0]!.body;
}

describe("a mutated scenario", () => {
  const mutation = fc.record({
    kind: fc.constantFrom("drop line", "double line", "swap lines", "drop character", "insert", "replace"),
    at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
    other: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
    text: fc.oneof(
      fc.constantFrom(
        ":",
        "- ",
        "[",
        "]",
        "{",
        "}",
        "'",
        '"',
        "\n",
        " ",
        "&a",
        "*a",
        "!x",
        "<<",
        "\t",
        "#",
        "|",
        "1e999",
        "__proto__",
        "\u0007",
        "0..",
        "null",
      ),
      fc.string({ unit: "binary", maxLength: 3 }),
    ),
  });

  function mutate(text: string, change: { kind: string; at: number; other: number; text: string }): string {
    const lines = text.split("\n");
    const line = Math.floor(change.at * lines.length);
    const other = Math.floor(change.other * lines.length);
    const at = Math.floor(change.at * text.length);
    switch (change.kind) {
      case "drop line":
        return lines.filter((_, place) => place !== line).join("\n");
      case "double line":
        return lines.flatMap((one, place) => (place === line ? [one, one] : [one])).join("\n");
      case "swap lines":
        return lines
          .map((one, place) => (place === line ? (lines[other] ?? "") : place === other ? (lines[line] ?? "") : one))
          .join("\n");
      case "drop character":
        return text.slice(0, at) + text.slice(at + 1);
      case "insert":
        return text.slice(0, at) + change.text + text.slice(at);
      default:
        return text.slice(0, at) + change.text + text.slice(at + 1);
    }
  }

  test("gives a scenario or an error with a place inside the text, and never throws", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(TICKET, MIXED),
        fc.array(mutation, { minLength: 1, maxLength: 5 }),
        (text, changes) => {
          const source = { file: "mutant.yaml", text: changes.reduce(mutate, text) };
          const { scenario, problems } = parseScenario(source, options);
          expect(scenario === null).toBe(problems.some((problem) => problem.severity === "error"));
          const lines = source.text.split("\n").length;
          for (const problem of problems) {
            expect(problem.file).toBe("mutant.yaml");
            expect(problem.line).toBeLessThanOrEqual(lines);
            const codes = [...formatProblem(problem, source)].map((character) => character.codePointAt(0) ?? 0);
            expect(codes.filter((code) => (code < 0x20 && code !== 10) || code === 0x7f)).toEqual([]);
          }
          const order = problems.map((problem) => problem.line);
          expect(order).toEqual([...order].sort((a, b) => a - b));
        },
      ),
      { numRuns: 600 },
    );
  }, 120_000);
});

describe("a scenario", () => {
  test("has the defaults of the language", () => {
    const scenario = load("processes: { P1: { burst: 24 } }");
    expect(scenario).toMatchObject({
      name: "test",
      unit: "tick",
      cores: 1,
      until: null,
      expect: null,
      scheduler: { policy: "fcfs" },
    });
    expect(scenario.processes[0]).toMatchObject({
      name: "P1",
      type: "process",
      count: null,
      start: "auto",
      daemon: false,
      memory: "spawn",
    });
    expect(scenario.processes[0]?.body).toMatchObject([{ kind: "cpu", time: { value: 24 } }]);
  });

  test("resolves every use of a variable to its one declaration", () => {
    const scenario = load(TICKET);
    const [read, , , test] = scenario.processes[0]!.body;
    const [tickets] = scenario.shared;
    const [seen] = scenario.processes[0]!.variables;
    expect(read).toMatchObject({ kind: "assign" });
    if (read?.kind !== "assign" || test?.kind !== "if" || test.test.kind !== "binary")
      throw new Error("other statements expected");
    expect(read.values[0]).toMatchObject({ kind: "variable" });
    expect(read.values[0]?.kind === "variable" && read.values[0].variable).toBe(tickets);
    expect(read.targets[0]?.variable).toBe(seen);
    expect(test.test.left.kind === "variable" && test.test.left.variable).toBe(seen);
  });

  test("keeps the text of its statements for traces", () => {
    const scenario = load(TICKET);
    const texts = scenario.processes[0]!.body.map((statement) => sourceText(scenario.source, statement.span));
    expect(texts).toEqual(["seen = tickets", 'print: "{me} sees {seen} left"', "sleep: 200", "if: seen > 0"]);
  });

  test("of every form is accepted", () => {
    const scenario = load(MIXED);
    expect(scenario.resources.map((resource) => resource.name)).toContain("door");
    expect(scenario.processes.map((process) => process.body.length)).toEqual([6, 9, 4, 14, 1, 3, 2, 1]);
    expect(scenario.processes[5]?.body[1]).toMatchObject({ kind: "io", time: { value: Decimal.of(2, 1) } });
    expect(scenario.processes[0]?.arrival).toMatchObject({ kind: "binary", operator: "*" });
  });

  test.each([
    ["- acquire: gate", "- acquire: { lock: gate }"],
    ["- acquire: gate\n  timeout: 3\n  into: ok\n- print: '{ok}'", "- ok = gate.acquire(timeout=3)\n- print: '{ok}'"],
    ["- put: q\n  value: 7", "- put: [q, 7]"],
    ["- put: q\n  item: 7\n  block: false", "- put: { queue: q, value: 7, block: false }"],
    ["- put: q\n  value: 7", "- q.put(7)"],
    ["- get: q\n  into: x\n- print: '{x}'", "- x = q.get()\n- print: '{x}'"],
    ["- yield", "- yield:"],
    ["- repeat: 2\n  do: pass", "- repeat: 2\n  do: [pass]"],
    ["- loop: [ { sleep: 1 } ]", "- loop:\n  do: [ { sleep: 1 } ]"],
    ["- f(1)", "- call: f\n  args: [1]"],
    ["- call: f(1)", "- call: f\n  args: { a: 1 }"],
    ["- x = f(1)\n- print: '{x}'", "- call: f(1)\n  into: x\n- print: '{x}'"],
    ["- sleep: 2 s", "- sleep: 2000"],
    ["- sleep: { time: 3, cooperative: false }", "- sleep: 3\n  cooperative: false"],
    ["- io: { device: disk, time: 5 }", "- io: 5\n  device: disk"],
    ["- assert: { that: n == 0, message: no }", "- assert: n == 0\n  message: no"],
    ["- for: { k: 0..2 }\n  do: [ { print: '{k}' } ]", "- for: { k: 0 .. 2 }\n  do: [ { print: '{k}' } ]"],
    ["- choose: { k: [1, 2, 3] }\n- print: '{k}'", "- choose: { k: 1..3 }\n- print: '{k}'"],
    ["- with: [gate, sem]\n  do: pass", "- with: gate\n  do: [ { with: sem, do: [pass] } ]"],
  ])("says the same with %j as with %j", (one, other) => {
    const before =
      "unit: ms\nshared: { n: 0 }\nresources: { gate: lock, sem: semaphore, q: queue }\nfunctions: { f: { params: [a], do: [ { return: a } ] } }";
    const shape = (lines: string) =>
      JSON.stringify(body(lines, before), (key, value: unknown) =>
        key === "span" || key === "resource" || key === "operation" || key === "function"
          ? undefined
          : value instanceof Map
            ? [...value.values()]
            : value,
      );
    expect(shape(one)).toBe(shape(other));
  });

  test("takes other start values and counts from --set", () => {
    const scenario = load(TICKET, [
      { name: "tickets", value: "7" },
      { name: "person", value: "3" },
    ]);
    expect(scenario.shared[0]?.initial).toEqual({ type: "scalar", value: 7 });
    expect(scenario.processes[0]?.count).toBe(3);
    expect(load(TICKET, [{ name: "person.count", value: "4" }]).processes[0]?.count).toBe(4);
  });

  test("treats __proto__ and constructor as ordinary names", () => {
    const scenario = load(
      "shared: { __proto__: 1, constructor: 2 }\nprocesses: { P: { do: [__proto__ = constructor] } }\nexpect: { ends: { __proto__: 2 } }",
    );
    expect(scenario.shared.map((variable) => variable.name)).toEqual(["__proto__", "constructor"]);
    expect(scenario.expect?.ends?.get("__proto__")).toBe(2);
  });

  test("makes a lock of its own for a condition that is given none", () => {
    const scenario = load(
      "resources: { c: condition, d: { type: condition, lock: r }, r: rlock }\nprocesses: { P: { do: [ { with: c, do: [ { notify: c } ] } ] } }",
    );
    expect(scenario.resources.map((resource) => `${resource.name}: ${resource.kind.name}`)).toEqual([
      "c.lock: lock",
      "c: condition",
      "r: rlock",
      "d: condition",
    ]);
    const [option] = [...scenario.resources[3]!.options.values()];
    expect(option).toBe(scenario.resources[2]);
  });

  test("accepts list(max: 8) without quotes, as the language writes it", () => {
    const scenario = load(
      "shared:\n  log: list(max: 8)\n  seen: map(max: 3)\nprocesses: { P: { do: [log.append(1)] } }",
    );
    expect(scenario.shared.map((variable) => variable.initial)).toEqual([
      { type: "list", max: 8, items: [] },
      { type: "map", max: 3, entries: [] },
    ]);
  });

  test("of a megabyte is refused by size, and of deep nesting by depth, at once", () => {
    const huge = parseScenario({ file: "x.yaml", text: "#".repeat(1024 * 1024 + 1) }, options);
    expect(huge.problems.map((problem) => problem.code)).toEqual(["too-large"]);
    const deep = `${"[".repeat(1000)}${"a,".repeat(1000)}${"]".repeat(1000)}`;
    expect(parseScenario({ file: "x.yaml", text: deep }, options).problems.map((problem) => problem.code)).toEqual([
      "too-deep",
    ]);
    const many = `shared:\n${Array.from({ length: 60_000 }, (_, k) => `  v${k}: 0\n`).join("")}processes: { P: { burst: 1 } }\n`;
    expect(parseScenario({ file: "x.yaml", text: many }, options).scenario?.shared.length).toBe(60_000);
  });
});

describe("the prelude", () => {
  test("a plain lock remembers its owner and nothing else, a fair one its line too", () => {
    const scenario = load(
      "resources: { a: lock, b: { type: lock, fair: true } }\nprocesses: { P: { do: [ { with: a, do: pass } ] } }",
    );
    expect(scenario.resources.map((resource) => resource.kind.fields.map((field) => field.name))).toEqual([
      ["owner"],
      ["owner", "waiting"],
    ]);
    expect(scenario.resources.map((resource) => resource.kind.operations.get("acquire")?.steps.length)).toEqual([1, 2]);
  });

  test.each(KIND_NAMES)("the words of %s can be told without reading it as YAML", (name) => {
    const text = kindText(name) ?? "";
    const definition = readDefinition(name, { file: name, text });
    expect(definition?.operations).not.toEqual([]);
    expect(wordsOfPrelude(text)).toEqual(definition === null ? null : wordsOf(definition));
  });

  test.each(KIND_NAMES)("%s is free of mistakes and its example is a scenario", (name) => {
    const definition = readDefinition(name, { file: name, text: kindText(name) ?? "" });
    expect(definition?.about).not.toBe("");
    expect(definition?.operations.filter((operation) => operation.about === "")).toEqual([]);
    const source = { file: "example.yaml", text: definition?.example ?? "" };
    const { problems } = parseScenario(source, options);
    expect(problems.map((problem) => formatProblem(problem, source))).toEqual([]);
    // as a kind of the scenario itself its flow and types are checked as well
    const own = `kinds:\n  mine:\n${(kindText(name) ?? "").replace(/^/gm, "    ")}\nprocesses: { P: { burst: 1 } }\n`;
    expect(parseScenario({ file: "own.yaml", text: own }, options).problems).toEqual([]);
  });
});

describe("the schema", () => {
  const schema = scenarioSchema({
    policies: [
      { name: "rr", about: "round robin", parameters: [{ name: "quantum", type: "time", about: "time slice" }] },
    ],
  });
  const validate = new Ajv({ strict: false, allErrors: false }).compile(schema);

  test.each([
    ["ticket", TICKET],
    ["mixed", MIXED],
  ])("accepts the %s scenario", (_, text) => {
    validate(parseYaml(text));
    expect(validate.errors ?? []).toEqual([]);
  });

  test.each([
    "proceses: {}",
    "processes: { P: { arival: 1 } }",
    "processes: { P: { do: [ { slep: 1 } ] } }",
    "processes: { P: { do: [ { sleep: 1, print: a } ] } }",
    "processes: { P: { do: [ { if: a, thn: [pass] } ] } }",
    "resources: { a: lok }\nprocesses: {}",
    "resources: { a: { type: lock, fiar: true } }\nprocesses: {}",
    "processes: {}\nexpect: { hold: true }",
    "cpu: { scheduler: rrr }\nprocesses: {}",
  ])("refuses %j", (text) => {
    expect(validate(parseYaml(text))).toBe(false);
  });
});

test("words of textbooks and other languages get the word of this one, and only those that may stand there are listed", () => {
  const hintFor = (statement: string): string => {
    const text = `resources: { s: semaphore }\nprocesses: { p: { do: [ ${statement} ] } }\n`;
    const { problems } = parseScenario({ file: "x.yaml", text }, options);
    return problems.map((problem) => problem.hint).join();
  };
  expect(hintFor("{ P: s }")).toBe("here that is 'acquire'");
  expect(hintFor("{ unlock: s }")).toBe("here that is 'release'");
  expect(hintFor("{ fork: p }")).toBe("here that is 'start'");
  expect(hintFor('{ "if x == 0": [ pass ] }')).toBe("write 'if: x == 0', and below it 'then:'");
  expect(hintFor('{ "while x < 3": [ pass ] }')).toBe("write 'while: x < 3', and below it 'do:'");
  expect(hintFor("{ aquire: s }")).toBe("did you mean 'acquire'?");
  expect(hintFor("{ frobnicate: s }")).toMatch(/acquire, release/);
  expect(hintFor("{ frobnicate: s }")).not.toMatch(/perform|require|\bpick\b/);
  expect(hintFor("{ repeat: 3 do: [ pass ] }")).toContain("a comma between entries");
});

test("the edit distance counts a swap of neighbours as one and is symmetric", () => {
  expect(editDistance("tickts", "tickets")).toBe(1);
  expect(editDistance("yeild", "yield")).toBe(1);
  fc.assert(
    fc.property(
      fc.string({ maxLength: 8 }),
      fc.string({ maxLength: 8 }),
      (a, b) =>
        editDistance(a, b) === editDistance(b, a) &&
        editDistance(a, b) <= Math.max(a.length, b.length) &&
        (a === b) === (editDistance(a, b) === 0),
    ),
  );
});

test("each character of a plain text in double quotes is found where it stands", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom("a", "b", "é", "\n", '"', "\\", "\t") }), (text) => {
      const raw = JSON.stringify(text);
      const offsets = alignScalar(raw, text, "QUOTE_DOUBLE");
      [...text].forEach((character, place) => {
        const at = offsets[place] ?? -1;
        expect(JSON.parse(`"${raw[at] === "\\" ? raw.slice(at, at + 2) : raw[at]}"`)).toBe(character);
      });
    }),
  );
});

test("printed expressions of a scenario read as they were written", () => {
  const scenario = load(MIXED);
  expect(scenario.check.always.map((property) => printExpression(property.test))).toEqual([
    "0 <= n and n < 100 and alive(main) in [true, false]",
  ]);
});
