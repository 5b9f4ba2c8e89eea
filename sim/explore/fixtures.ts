/** What the tests of strategies share: explorations of scenarios given as text, and the programs with known counts. */
import { sharedValues } from "../detect/read.ts";
import { load } from "../laws/programs.ts";
import { lower } from "../program/lower.ts";
import { makeJudge } from "./judge.ts";
import type { Exploration, Judge } from "./strategy.ts";

/** An exploration of a scenario without limits. */
export function explorationOf(text: string, options: Partial<Exploration> = {}): Exploration {
  const scenario = load(text);
  const program = lower(scenario, 16);
  return {
    program,
    judge: makeJudge(program, scenario),
    limits: { states: Infinity, runs: Infinity, depth: 2000, memory: Infinity },
    seed: "1",
    preemptions: null,
    bugDepth: 3,
    reduction: true,
    exact: false,
    all: false,
    workers: 1,
    stopRequested: () => null,
    onProgress: () => {},
    ...options,
  };
}

const allow = "check: { allow: [data_race, deadlock, misuse, lost_wakeup] }";

/** Counts the orders that end wrong: a judge that says nothing, and looks at the shared values of every end. */
export function endsOf(
  text: string,
  strategy: (exploration: Exploration) => unknown,
  wrong: (shared: Record<string, unknown>) => boolean,
): number {
  const exploration = explorationOf(text);
  let count = 0;
  const judge: Judge = {
    watched: [],
    afterStep: () => [],
    concerns: () => true,
    atStart: () => [],
    atEnd: (machine) => {
      if (wrong(sharedValues(machine))) count += 1;
      return [];
    },
  };
  strategy({ ...exploration, judge });
  return count;
}

/** The programs of which the number of classes is known; all accesses are single steps unless said otherwise. */
export const KNOWN = {
  /** one writer of x, N readers */
  readers: (n: number) => `
name: readers
shared: { x: 0 }
processes:
  writer: { do: [ x = 1 ] }
  reader: { count: ${n}, vars: { seen: 0 }, do: [ seen = x ] }
${allow}`,
  /** thread 0 looks for the last zero from the top, thread j writes array[j - 1] + 1 */
  lastzero: (n: number) => `
name: lastzero
shared: { cells: "array(${n + 1}, 0)" }
processes:
  finder: { vars: { k: ${n} }, do: [ { while: "cells[k] != 0", do: [ k -= 1 ] } ] }
  writer: { count: ${n}, do: [ "cells[i + 1] = cells[i] + 1" ] }
${allow}`,
  filesystem: (n: number) => `
name: filesystem
shared: { inode: "array(32, 0)", busy: "array(26, false)" }
resources: { inodes: { type: lock, count: 32 }, blocks: { type: lock, count: 26 } }
processes:
  thread:
    count: ${n}
    vars: { k: "= i % 32", b: "= (i * 2) % 26" }
    do:
      - acquire: inodes[k]
      - if: inode[k] == 0
        then:
          - loop:
              - acquire: blocks[b]
              - if: not busy[b]
                then:
                  - busy[b] = true
                  - inode[k] = b + 1
                  - release: blocks[b]
                  - break
              - release: blocks[b]
              - b = (b + 1) % 26
      - release: inodes[k]
${allow}`,
  indexer: (n: number) => `
name: indexer
shared: { cells: "array(128, 0)" }
processes:
  thread:
    count: ${n}
    vars: { m: 0, w: 0, h: 0, ok: false }
    do:
      - while: m < 4
        do:
          - m += 1
          - w = m * 11 + i + 1
          - h = (w * 7) % 128
          - ok = false
          - while: not ok
            do:
              - atomic:
                  - if: cells[h] == 0
                    then: [ "cells[h] = w", ok = true ]
              - if: not ok
                then: [ h = (h + 1) % 128 ]
${allow}`,
  critical: (n: number) => `
name: critical
shared: { x: 0 }
resources: { gate: lock }
processes:
  thread: { count: ${n}, do: [ { acquire: gate }, x += 1, { release: gate } ] }
${allow}`,
  twoLocks: (n: number) => `
name: two locks
shared: { x: 0, y: 0 }
resources: { A: lock, B: lock }
processes:
  thread: { count: ${n}, do: [ { acquire: A }, x += 1, { release: A }, { acquire: B }, y += 1, { release: B } ] }
${allow}`,
  oneReader: (n: number) => `
name: writers and a reader
shared: { x: 0 }
processes:
  writer: { count: ${n}, do: [ x = i + 1 ] }
  reader: { vars: { seen: 0 }, do: [ seen = x ] }
${allow}`,
  neverUnlocked: (n: number) => `
name: never unlocked
shared: { x: 0 }
resources: { gate: lock }
processes:
  thread: { count: ${n}, do: [ { acquire: gate } ] }
${allow}`,
  philosophers: (n: number, ordered: boolean) => `
name: philosophers
resources: { forks: { type: lock, count: ${n} } }
processes:
  philosopher:
    count: ${n}
    do:
      - acquire: ${ordered ? `"forks[min(i, (i + 1) % ${n})]"` : "forks[i]"}
      - acquire: ${ordered ? `"forks[max(i, (i + 1) % ${n})]"` : `"forks[(i + 1) % ${n}]"`}
      - release: forks[i]
      - release: "forks[(i + 1) % ${n}]"
${allow}`,
  lostUpdate: (n: number) => `
name: lost update
shared: { x: 0 }
processes:
  adder: { count: ${n}, do: [ x += 1 ] }
${allow}`,
  ticket: (n: number) => `
name: ticket
shared: { tickets: 1, sold: 0 }
processes:
  buyer:
    count: ${n}
    vars: { seen: 0 }
    do:
      - seen = tickets
      - if: seen > 0
        then: [ tickets = seen - 1, { atomic: [ sold += 1 ] } ]
${allow}`,
  /** producers and consumers for ever, one wait set for both, and whoever changes the buffer wakes any one of it */
  waitSet: (producers: number, consumers: number, capacity: number) => `
name: bounded buffer
kinds:
  buffer:
    fields: { items: 0, waiting: list() }
    operations:
      put:
        steps:
          - do:
              - if: items < ${capacity}
                then: [ items += 1, { if: len(waiting) > 0, then: [ { pick: { k: len(waiting) } }, waiting.pop(k) ] } ]
                else: [ waiting.append(me) ]
          - when: me not in waiting
      get:
        steps:
          - do:
              - if: items > 0
                then: [ items -= 1, { if: len(waiting) > 0, then: [ { pick: { k: len(waiting) } }, waiting.pop(k) ] } ]
                else: [ waiting.append(me) ]
          - when: me not in waiting
resources: { B: buffer }
processes:
  producer: { count: ${producers}, do: [ { loop: [ { put: B } ] } ] }
  consumer: { count: ${consumers}, do: [ { loop: [ { get: B } ] } ] }
check: { allow: [starvation, livelock] }`,
  queue: (producers: number, consumers: number, capacity: number) => `
name: producers and consumers
resources: { Q: { type: queue, capacity: ${capacity} } }
processes:
  producer: { count: ${producers}, do: [ { put: Q, value: i } ] }
  consumer: { count: ${consumers}, do: [ { get: Q } ] }
${allow}`,
} as const;
