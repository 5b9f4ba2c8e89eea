/**
 * The checking models of bench/peers/spin/models.mjs in our language, one file for each size, step for step the same:
 * `node bench/scenarios/generate.mjs` writes bench/scenarios/check/*.yaml.
 */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { PAIRS } from "./pairs.mjs";

const diners = ({ n = 8, ordered = 0, meals = 0, property = 0 }) => {
  const meal = (first, second) => [
    `- acquire: forks[${first}]`,
    `- acquire: forks[${second}]`,
    `- release: forks[${second}]`,
    `- release: forks[${first}]`,
  ];
  const body = (steps) => (meals === 0 ? ["- loop:", ...steps.map((step) => `    ${step}`)] : steps);
  const process = (name, count, steps) =>
    [
      `  ${name}:`,
      ...(count === null ? [] : [`    count: ${count}`]),
      "    do:",
      ...body(steps).map((s) => `      ${s}`),
    ].join("\n");
  const left = meal("i", ordered ? "i + 1" : `(i + 1) % ${n}`);
  return `resources:
  forks: { type: lock, count: ${n} }

processes:
${process("philosopher", ordered ? n - 1 : n, left)}
${ordered ? `${process("last", null, meal("0", `${n - 1}`))}\n` : ""}
check:
  allow: [${property ? "" : "deadlock, "}starvation, livelock]
`;
};

const ticket = ({ n = 6, tickets = 3, locked = 0, property = 0 }) => {
  const buy = `- seen = tickets
- yield
- if: seen > 0
  then:
    - tickets = seen - 1
    - atomic: [sold += 1]`;
  const body = locked ? `- acquire: gate\n${buy}\n- release: gate` : buy;
  return `shared: { tickets: ${tickets}, sold: 0 }
${locked ? "resources: { gate: lock }\n" : ""}
processes:
  buyer:
    count: ${n}
    vars: { seen: 0 }
    do:
${body.replace(/^/gm, "      ")}

check:
${property ? `  always: { never-oversold: sold <= ${tickets} }\n` : ""}  allow: [data_race]
`;
};

const staggered = ({ n = 3, property = 0, locked = 0 }) => {
  const buy = `- seen = tickets
- if: seen > 0
  then:
    - tickets = seen - 1
    - atomic: [sold += 1]`;
  const body = locked ? `- acquire: desk\n${buy}\n- release: desk` : buy;
  return `shared: { tickets: 1, sold: 0 }
${locked ? "resources: { desk: lock }\n" : ""}
processes:
  buyer:
    count: ${n}
    vars: { walked: 0, seen: 0 }
    do:
      - repeat: 16 * i
        do:
          - atomic: [walked += 1]
${body.replace(/^/gm, "      ")}

check:
${property ? "  always: { never-oversold: sold <= 1 }\n" : ""}  allow: [data_race]
`;
};

/** `own: 1`: the test and the count of each round are steps of their own, as most Promela models have them. */
const inc = ({ n = 4, m = 3, own = 0 }) => `shared: { x: 0 }
resources: { gate: lock }

processes:
  incrementer:
    count: ${n}
    vars: { seen: 0${own ? ", k: 0" : ""} }
    do:
      - repeat: ${m}
        do:
${own ? "          - when: true\n" : ""}          - acquire: gate
          - seen = x
          - x = seen + 1
          - release: gate
${own ? "          - atomic: [k += 1]\n      - when: true\n" : ""}
check:
  finally: { none-lost: x == ${n * m} }
`;

const pc = ({ p = 3, c = 2, i = 4, k = 4, explicit = 0 }) => {
  const put = explicit
    ? `- atomic:
              - when: held < ${k}
              - buffer[tail] = i + 1
              - tail = (tail + 1) % ${k}
              - held += 1`
    : "- put: [buffer, i + 1]";
  const get = explicit
    ? `- atomic:
              - when: held > 0
              - item = buffer[head]
              - head = (head + 1) % ${k}
              - held -= 1`
    : "- { get: buffer, into: item }";
  const memory = explicit
    ? `shared: { buffer: "array(${k}, 0)", head: 0, tail: 0, held: 0 }`
    : `resources:\n  buffer: { type: queue, capacity: ${k} }`;
  return `${memory}

processes:
  producer:
    count: ${p}
    do:
      - repeat: ${i}
        do:
          ${put}
  consumer:
    count: ${c}
    vars: { item: 0 }
    do:
      - repeat: ${(p * i) / c}
        do:
          ${get}
`;
};

const fs = ({ n = 6 }) => `shared: { inode: "array(32, 0)", busy: "array(26, 0)" }
resources:
  inode_lock: { type: lock, count: 32 }
  block_lock: { type: lock, count: 26 }

processes:
  thread:
    count: ${n}
    vars: { b: 0, found: false }
    do:
      - acquire: inode_lock[i % 32]
      - if: inode[i % 32] == 0
        then:
          - b = ((i % 32) * 2) % 26
          - while: not found
            do:
              - acquire: block_lock[b]
              - if: busy[b] == 0
                then:
                  - busy[b] = 1
                  - inode[i % 32] = b + 1
                  - release: block_lock[b]
                  - found = true
                else:
                  - release: block_lock[b]
                  - b = (b + 1) % 26
      - release: inode_lock[i % 32]

check:
  allow: [livelock, starvation]
`;

const indexer = ({ n = 5 }) => `shared: { table: "array(128, 0)" }

processes:
  thread:
    count: ${n}
    vars: { w: 0, h: 0, placed: false }
    do:
      - for: { m: 1..4 }
        do:
          - w = m * 11 + i
          - h = (w * 7) % 128
          - placed = false
          - while: not placed
            do:
              - atomic:             # compare and swap
                  - if: table[h] == 0
                    then:
                      - table[h] = w
                      - placed = true
                    else:
                      - h = (h + 1) % 128

check:
  allow: [livelock, starvation]
`;

const readers = ({ n = 8 }) => `shared: { x: 0 }

processes:
  writer:
    do:
      - x = 1
  reader:
    count: ${n}
    vars: { seen: 0 }
    do:
      - seen = x

check:
  allow: [data_race]
`;

const lastzero = ({ n = 6 }) => `shared: { values: "array(${n + 1}, 0)" }

processes:
  finder:
    vars: { k: ${n} }
    do:
      - while: values[k] != 0
        do:
          - k -= 1
  writer:
    count: ${n}
    do:
      - values[i + 1] = values[i] + 1

check:
  allow: [data_race, livelock, starvation]
`;

const twolocks = ({ n = 2 }) => `shared: { x: 0, y: 0 }
resources: { A: lock, B: lock }

processes:
  thread:
    count: ${n}
    do:
      - acquire: A
      - x += 1
      - release: A
      - acquire: B
      - y += 1
      - release: B
`;

const writers = ({ n = 3 }) => `shared: { x: 0 }

processes:
  writer:
    count: ${n}
    do:
      - x = i + 1
  reader:
    vars: { seen: 0 }
    do:
      - seen = x

check:
  allow: [data_race]
`;

const kept = ({ n = 3 }) => `resources: { gate: lock }

processes:
  thread:
    count: ${n}
    do:
      - acquire: gate

check:
  allow: [deadlock, misuse]
`;

const lost = ({ n = 2 }) => `shared: { x: 0 }

processes:
  thread:
    count: ${n}
    do:
      - x += 1

check:
  allow: [data_race]
`;

const last = ({ n = 2 }) => `shared: { tickets: 1, sold: 0 }

processes:
  buyer:
    count: ${n}
    vars: { seen: 0 }
    do:
      - seen = tickets
      - if: seen > 0
        then:
          - tickets = seen - 1
          - atomic: [sold += 1]

check:
  allow: [data_race]
`;

const MODELS = {
  diners: ["Philosophers: left fork, right fork, put both down", diners],
  ticket: ["Buyers race for tickets: read the count, a step in between, write it back", ticket],
  staggered: ["Buyers race for one ticket; buyer i first takes 16·i steps of its own", staggered],
  inc: ["Increments under a lock", inc],
  pc: ["Producers and consumers with a bounded buffer", pc],
  fs: ["Godefroid's file system: inodes, blocks and a lock for each", fs],
  indexer: ["A hash table filled by compare-and-swap", indexer],
  readers: ["One writer, many readers", readers],
  twolocks: ["Two critical sections, one after the other, under a lock each", twolocks],
  writers: ["Many writers of a value each, one reader", writers],
  kept: ["A lock that nobody gives back", kept],
  lost: ["Increments without a lock", lost],
  last: ["Buyers race for the last ticket", last],
  lastzero: ["One thread looks for the last zero while others fill the array", lastzero],
};

/** The YAML of one pair. */
export function scenario({ file, model, parameters }) {
  const [about, body] = MODELS[model];
  const sizes = Object.entries(parameters)
    .map(([key, value]) => `${key} ${value}`)
    .join(", ");
  return `# Made by bench/scenarios/generate.mjs.
name: ${file}
about: "${about} (${sizes})."

${body(parameters)}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = fileURLToPath(new URL("check/", import.meta.url));
  mkdirSync(folder, { recursive: true });
  for (const old of readdirSync(folder)) if (old.endsWith(".yaml")) rmSync(`${folder}${old}`);
  for (const pair of PAIRS) writeFileSync(`${folder}${pair.file}.yaml`, scenario(pair));
}
