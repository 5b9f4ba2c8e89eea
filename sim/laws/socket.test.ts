import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { run } from "../index.ts";
import { load } from "./programs.ts";

const seeds = fc.string({ maxLength: 3 });
const small = fc.integer({ min: 0, max: 5 });
const runs = { numRuns: 60 };

const play = (text: string, seed = "1") => run(load(text), { seed, ties: false });
const lines = (text: string, seed = "1"): string[] => play(text, seed).output.map((line) => line.text);

describe("a tcp socket", () => {
  test("carries every message once and in order, both ways, and then the end", () => {
    fc.assert(
      fc.property(small, small, fc.integer({ min: 1, max: 3 }), seeds, (asked, answered, clients, seed) => {
        const shown = lines(
          `
cpu: { cores: 2, scheduler: random }
resources: { port: { type: socket, backlog: 1 } }
processes:
  server:
    count: ${clients}
    do:
      - { if: i == 0, then: [ { listen: port } ] }
      - sleep: 1
      - { accept: port, into: c }
      - for: { k: 1..${answered} }
        do: [ { send: { socket: port, connection: c, value: "k" } } ]
      - loop:
          - { recv: { socket: port, connection: c, into: x } }
          - { if: x == null, then: break }
          - { print: "server {c // 2} {x}" }
      - { close: { socket: port, connection: c } }
  client:
    count: ${clients}
    arrival: 1
    do:
      - { connect: port, into: c }
      - for: { k: 1..${asked} }
        do: [ { send: { socket: port, connection: c, value: "[k, me]" } } ]
      - for: { k: 1..${answered} }
        do: [ { recv: { socket: port, connection: c, into: x } }, { print: "client {c // 2} {x}" } ]
      - { close: { socket: port, connection: c } }
      - print: "{me} is connection {c // 2}"
`,
          seed,
        );
        const own = shown.flatMap((line) => /^(client\[\d\]) is connection (\d)$/.exec(line)?.slice(1, 3) ?? []);
        expect(own.length).toBe(2 * clients);
        expect(shown.length).toBe(clients * (1 + asked + answered));
        for (const side of ["server", "client"])
          for (const name of shown.filter((line) => line.startsWith(side)).map((line) => line.split(" ")[1]!)) {
            const numbers = shown
              .map((line) => new RegExp(`^${side} ${name} \\[?(\\d)`).exec(line)?.[1])
              .filter((number) => number !== undefined);
            // a number may stand for several clients, one after the other
            const many = side === "server" ? asked : answered;
            const counts = Array.from(
              { length: many },
              (_, k) => numbers.filter((one) => one === String(k + 1)).length,
            );
            expect(new Set(counts).size).toBeLessThanOrEqual(1);
            if (counts[0] === 1) expect(numbers).toEqual(Array.from({ length: many }, (_, k) => String(k + 1)));
          }
      }),
      runs,
    );
  });

  test("refuses connections where nobody listens, and after its address was closed", () => {
    expect(
      lines(`
resources: { port: socket }
processes:
  main:
    do:
      - { try: [ { connect: port, into: c }, { print: "{c}" } ], catch: { ConnectionRefused: [ { print: refused } ] } }
      - listen: port
      - { connect: port, into: c }
      - print: connected
      - close: port
      - { try: [ { connect: port, into: c } ], catch: { ConnectionRefused: [ { print: refused } ] } }
`),
    ).toEqual(["refused", "connected", "refused"]);
  });

  test("lets connect wait while the backlog is full, and not for accept", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 }), (backlog, clients) => {
        const shown = lines(`
resources: { port: { type: socket, backlog: ${backlog} } }
processes:
  server: { do: [ { listen: port }, { sleep: 10 }, { repeat: ${clients}, do: [ { accept: port, into: c }, { print: "a{c % 2}" } ] } ] }
  client: { count: ${clients}, arrival: 1, do: [ { connect: port, into: c }, { print: "{now} {c % 2}" } ] }
`);
        const times = shown.filter((line) => !line.startsWith("a"));
        expect(times.filter((line) => line === "1 0").length).toBe(Math.min(backlog, clients));
        expect(times.filter((line) => line === "10 0").length).toBe(Math.max(0, clients - backlog));
      }),
      runs,
    );
  });

  test("misuse is what real sockets raise OSError for", () => {
    const wrong = (body: string): string[] =>
      play(`
resources: { port: socket }
processes:
  main: { do: [ ${body} ] }
`).findings.map((finding) => finding.message.replace(/, in '.*$/, ""));
    const both = "{ listen: port }, { connect: port, into: c }, { accept: port, into: s }";
    expect(wrong("{ accept: port, into: c }, { print: '{c}' }")).toEqual(["main accepts where nobody listens"]);
    expect(wrong("{ listen: port }, { listen: port }")).toEqual(["main listens where somebody listens already"]);
    expect(
      wrong(`${both}, { close: port, connection: c }, { send: port, connection: c, value: 1 }, { print: "{s}" }`),
    ).toEqual(["main sends over a connection that it has closed"]);
    expect(wrong(`${both}, { close: port, connection: c }, { send: port, connection: s, value: 1 }`)).toEqual([
      "main ended by BrokenPipe",
    ]);
    expect(
      wrong(
        `${both}, { send: port, connection: c, value: 1 }, { recv: port, connection: s, timeout: 1 }, { recv: port, connection: s, timeout: 1 }`,
      ),
    ).toEqual(["main ended by Timeout"]);
  });
});

describe("a udp socket", () => {
  test("gives messages with their senders, those of one sender in order, and loses what has no room", () => {
    fc.assert(
      fc.property(small, small, fc.integer({ min: 0, max: 4 }), seeds, (first, second, capacity, seed) => {
        const shown = lines(
          `
cpu: { scheduler: random }
resources: { port: { type: socket, protocol: udp, capacity: ${capacity} } }
processes:
  anna: { do: [ { for: { k: 1..${first} }, do: [ { send_to: port, value: k } ] } ] }
  bob: { do: [ { for: { k: 1..${second} }, do: [ { send_to: port, value: k } ] } ] }
  server:
    arrival: 1
    do:
      - print: "{size(port)}"
      - loop:
          - { recv_from: { socket: port, block: false, into: m } }
          - { if: m == null, then: break }
          - print: "{m[0]} {m[1]}"
`,
          seed,
        );
        const kept = capacity === 0 ? first + second : Math.min(capacity, first + second);
        expect(shown[0]).toBe(String(kept));
        expect(shown.length).toBe(1 + kept);
        for (const name of ["anna", "bob"]) {
          const numbers = shown.filter((line) => line.startsWith(name)).map((line) => Number(line.split(" ")[1]));
          expect(numbers).toEqual(numbers.map((_, k) => k + 1));
        }
      }),
      runs,
    );
  });
});
