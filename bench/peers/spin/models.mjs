/**
 * The checking models in Promela, made from templates: `node bench/peers/spin/models.mjs ticket buyers=6 tickets=3`
 * prints one; `write` puts the usual sizes beside this file.
 *
 * Every model comes in two granularities. `statement`: each statement is a step, work on a process's own variables
 * included, as most Promela models are written. `access` (the default): steps as docs/language.md counts them, one for
 * each shared access or operation, while private work rides along with the step before it. A process that is done
 * waits for ever at a valid end state (`end: false`), since a dying process would add states of SPIN's own.
 */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const done = "end: false";
const take = (lock) => `atomic { !${lock} -> ${lock} = 1 };`;

/** Joins a shared access with the private work after it: one step in `access`, several in `statement`. */
const step = (fine, shared, ...own) =>
  fine ? [shared, ...own].map((s) => `${s};`).join("\n  ") : `atomic { ${[shared, ...own].join("; ")} };`;

/** Philosophers. `meals: 0` is for ever; `ordered: 1`: the last one takes its forks in the other order. */
function diners({ n = 8, ordered = 0, meals = 0 }) {
  const [first, second] = ordered
    ? [`(_pid == ${n - 1} -> 0 : _pid)`, `(_pid == ${n - 1} -> ${n - 1} : _pid + 1)`]
    : ["_pid", `((_pid + 1) % ${n})`];
  const meal = `${take(`fork[${first}]`)}
  ${take(`fork[${second}]`)}
  fork[${second}] = 0;
  fork[${first}] = 0`;
  if (meals > 1) throw new Error("diners: meals is 0 (for ever) or 1");
  return `bool fork[${n}];
active [${n}] proctype philosopher() {
  ${meals === 0 ? `do ::\n  ${meal}\n  od` : `${meal};\n  ${done}`}
}`;
}

/** N buyers, T tickets; `locked: 1` puts one lock round each purchase; `property: 1` asserts that nothing is oversold. */
function ticket({ n = 6, tickets = 3, locked = 0, property = 0 }) {
  // the step in between and what is decided after it: two steps
  const test = "skip;\n  if :: seen > 0 :: else -> goto leave fi;";
  return `byte tickets = ${tickets}; byte sold;${locked ? " bool gate;" : ""}
active [${n}] proctype buyer() {
  byte seen;
  ${locked ? take("gate") : ""}
  seen = tickets;
  ${test}
  tickets = seen - 1;
  ${property ? `atomic { sold++; assert(sold <= ${tickets}) };` : "sold++;"}
leave:
  ${locked ? "gate = 0;" : "skip_leave"}
  ${done}
}`.replace("leave:\n  skip_leave\n  end:", "leave:\n  end:");
}

/** Buyer i first takes 16·i steps of its own, then buys the only ticket as in `ticket`, without the step in between. */
function staggered({ n = 3, property = 0, locked = 0 }, fine) {
  const test = "if :: seen > 0 :: else -> goto leave fi";
  const arrive = locked ? take("gate").replace(/;$/, "") : `seen = tickets; ${test}`;
  const look = step(fine, "seen = tickets", test);
  return `byte tickets = 1; byte sold;${locked ? " bool gate;" : ""}
active [${n}] proctype buyer() {
  byte k, seen;
  do
  :: atomic { k < 16 * _pid -> k++ }
  :: ${fine ? "k == 16 * _pid -> break" : locked ? `atomic { k == 16 * _pid && !gate -> gate = 1 }; break` : `atomic { k == 16 * _pid -> ${arrive} }; break`}
  od;
  ${locked ? `${fine ? take("gate") : ""}\n  ${look}` : fine ? look : ""}
  tickets = seen - 1;
  ${property ? "atomic { sold++; assert(sold <= 1) };" : "sold++;"}
leave:
  ${locked ? "gate = 0;" : "skip_leave"}
  ${done}
}`.replace("leave:\n  skip_leave\n  end:", "leave:\n  end:");
}

/** N processes, M times: lock; read x; write x + 1; unlock. `own: 1`: the test and the count of each round are steps too. */
function inc({ n = 4, m = 3, own = 0 }, fine) {
  if (fine || own) {
    return `byte x; bool gate;
active [${n}] proctype incrementer() {
  byte k, seen;
  do
  :: k < ${m} -> ${take("gate")} seen = x; x = seen + 1; gate = 0; k++
  :: else -> break
  od;
  ${done}
}`;
  }
  return `byte x; bool gate;
active [${n}] proctype incrementer() {
  byte k, seen;
again:
  ${take("gate")}
  seen = x;
  x = seen + 1;
  atomic { gate = 0; k++; if :: k < ${m} -> goto again :: else fi };
  ${done}
}`;
}

/**
 * P producers of I items each, C consumers who share them equally, a buffer of K. `explicit: 1`: an array, two
 * positions and a count under guarded atomic steps, instead of a channel.
 */
function pc({ p = 3, c = 2, i = 4, k = 4, explicit = 0 }, fine) {
  if ((p * i) % c !== 0) throw new Error("pc: the items must divide equally among the consumers");
  const share = (p * i) / c;
  const put = explicit
    ? `held < ${k}; buffer[tail] = _pid + 1; tail = (tail + 1) % ${k}; held++`
    : "nfull(buffer); buffer!_pid + 1";
  const get = explicit ? `held > 0; item = buffer[head]; head = (head + 1) % ${k}; held--` : "buffer?item";
  const repeat = (work, times, label) =>
    fine
      ? `do :: n < ${times} -> atomic { ${work} }; n++ :: else -> break od;`
      : `${label}: atomic { ${work}; n++; if :: n < ${times} -> goto ${label} :: else fi };`;
  return `${explicit ? `byte buffer[${k}]; byte head, tail, held;` : `chan buffer = [${k}] of { byte };`}
active [${p}] proctype producer() {
  byte n;
  ${repeat(put, i, "more")}
  ${done}
}
active [${c}] proctype consumer() {
  byte n, item;
  ${repeat(get, share, "more")}
  ${done}
}`;
}

/** Godefroid's file system: 32 inodes, 26 blocks, thread t uses inode t mod 32 and block 2·t mod 26, a lock for each. */
function fs({ n = 6 }, fine) {
  const branch = (text) => (fine ? `${text};` : `atomic { ${text} };`);
  const set = fine ? "if :: inode[_pid % 32] == 0 -> b = ((_pid % 32) * 2) % 26 :: else -> goto leave fi" : null;
  return `bool inode_lock[32]; byte inode[32]; bool block_lock[26]; bool busy[26];
active [${n}] proctype thread() {
  byte b;
  ${fine ? "skip; " : ""}${take("inode_lock[_pid % 32]")}
  ${branch(set ?? "if :: inode[_pid % 32] == 0 -> b = ((_pid % 32) * 2) % 26 :: else -> goto leave fi")}
again:
  ${take("block_lock[b]")}
  ${branch("if :: !busy[b] :: else -> goto other fi")}
  busy[b] = 1;
  inode[_pid % 32] = b + 1;
  block_lock[b] = 0;
  goto leave;
other:
  ${step(fine, "block_lock[b] = 0", "b = (b + 1) % 26")}
  goto again;
leave:
  inode_lock[_pid % 32] = 0;
  ${done}
}`;
}

/** A hash table of 128 cells, four insertions a thread, compare-and-swap on each cell. */
function indexer({ n = 5 }, fine) {
  if (fine) {
    return `byte table[128];
active [${n}] proctype thread() {
  byte m, w, h;
  do
  :: m < 4 -> m++; w = m * 11 + _pid; h = (w * 7) % 128;
     do
     :: atomic { table[h] == 0 -> table[h] = w }; break
     :: atomic { table[h] != 0 -> h = (h + 1) % 128 }
     od
  :: else -> break
  od;
  ${done}
}`;
  }
  return `byte table[128];
active [${n}] proctype thread() {
  byte m = 1;
  byte w = 11 + _pid;
  byte h = ((11 + _pid) * 7) % 128;
again:
  atomic {
    if
    :: table[h] == 0 -> table[h] = w; m++; if :: m <= 4 -> w = m * 11 + _pid; h = (w * 7) % 128; goto again :: else fi
    :: else -> h = (h + 1) % 128; goto again
    fi
  };
  ${done}
}`;
}

/** One writer of x, N readers of it. */
function readers({ n = 8 }) {
  return `byte x;
active proctype writer() { x = 1; ${done} }
active [${n}] proctype reader() { byte seen; seen = x; ${done} }`;
}

/** Thread 0 looks for the last zero from the top; thread j copies its left neighbour's value plus one. */
function lastzero({ n = 6 }, fine) {
  const look = "if :: array[k] != 0 -> k-- :: else -> goto found fi";
  return `byte array[${n + 1}];
active proctype finder() {
  byte k = ${n};
again:
  ${fine ? `${look};` : `atomic { ${look} };`}
  goto again;
found:
  ${done}
}
active [${n}] proctype writer() {
  byte seen;
  seen = array[_pid - 1];
  array[_pid] = seen + 1;
  ${done}
}`;
}

export const models = { diners, ticket, staggered, inc, pc, fs, indexer, readers, lastzero };

/**
 * The Promela text of one model.
 * @param {string} name a key of `models`
 * @param {Record<string, number>} parameters its sizes and switches
 * @param {"access" | "statement"} granularity what one step is
 */
export function promela(name, parameters = {}, granularity = "access") {
  const model = models[name];
  if (!model) throw new Error(`no such model: ${name} (there are ${Object.keys(models).join(", ")})`);
  const settings = Object.entries(parameters).map(([key, value]) => `${key}=${value}`);
  return `/* ${[name, ...settings].join(" ")}, steps by ${granularity}; made by models.mjs */\n${model(parameters, granularity === "statement")}\n`;
}

/** "n=6 tickets=3" as an object; `steps=statement` chooses the granularity. */
export function parseSettings(words) {
  const parameters = {};
  let granularity = "access";
  for (const word of words) {
    const [key, value] = word.split("=");
    if (key === "steps") granularity = value;
    else parameters[key] = Number(value);
  }
  return { parameters, granularity };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [name, ...words] = process.argv.slice(2);
  if (name === "write") {
    const usual = { diners: { n: 8 }, pc: { p: 3, c: 2, i: 4, k: 4 } };
    for (const model of Object.keys(models)) {
      writeFileSync(new URL(`${model}.pml`, import.meta.url), promela(model, usual[model] ?? {}));
    }
  } else {
    const { parameters, granularity } = parseSettings(words);
    process.stdout.write(promela(name, parameters, granularity));
  }
}
