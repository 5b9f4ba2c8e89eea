/** The tables of docs/benchmarks.md on exploring, from what was measured. */
import { figure, median, table } from "./compare.mjs";

const NONE = "–";
/** Fewer states say nothing about bytes a state: what is there once outweighs them. */
const ENOUGH_STATES = 10_000;
/** seconds below which a quotient of times is noise */
const NOTICEABLE = 0.05;

const grouped = (n) => String(n).replace(/\B(?=(\d{3})+$)/g, ",");

const VERDICTS = `Deadlocks and the same property are looked for on both sides; a model named \`-bug\` has one, and the search ends there (SPIN depth first, with the first error it comes to; sim goes on to the shortest order that shows it, and also holds the incrementers to their sum). *by*: the strategy that \`sim check\` chose. *sim* and *SPIN*: from the file to the verdict, every process counted (\`sim check\`; \`spin -a\`, \`gcc -O2\`, the verifier \`pan\`), each with its reductions on. *pan*: the verifier alone, as if it had been compiled before. *MB*: peak memory of the process. \`> 20\`: stopped after about that time.`;

const GROWTH = `The same runs: how many states were stored and how long the search took (sim: the check without starting up; SPIN: \`pan\`), and × how much that is of the size before. With an error there is no growth, since the search ends at it. *bytes a state*: what is stored for all states, divided by them, from ${grouped(ENOUGH_STATES)} states on.`;

const WHOLE = `Nothing left out on either side (\`--no-reduction --strategy bfs\`; \`spin -o1 -o2 -o3\`, \`-DNOREDUCE\`), so that both store the same states, and as many: the benchmark fails where they differ. Seconds as above. *bytes a state*: of sim all that its memory limit counts, states, parents, hash table and tables of steps; of SPIN the state vectors with their overhead, without its hash table, which takes 128 MB from the start.`;

const CLASSES = `Two orders are equivalent when they differ only in the order of steps that do not concern each other. *least*: the number of classes, from the literature or by plain enumeration; *tried*: the orders that \`--strategy dpor\` played to the end, deadlocked ones included. *search*: the same program under \`--strategy bfs\`, which may also use symmetry.`;

const middle = (list, of) => (list === undefined ? null : median(list.map(of)));
const cell = (x, show = figure) => (x === null || x === undefined || Number.isNaN(x) ? NONE : show(x));
const whole = (x) => x.toFixed(0);
const finished = (list) => list !== undefined && (list[0].complete || list[0].errors > 0);
const quotient = (a, b) => (a === null || b === null ? null : a / b);

/** `> 20` where a tool was stopped after that time. */
const time = (list, of) => (list === undefined ? NONE : `${finished(list) ? "" : "> "}${figure(middle(list, of))}`);
const states = (list) => (list === undefined ? NONE : `${finished(list) ? "" : "> "}${grouped(list[0].states)}`);
const bytes = (list) =>
  list !== undefined && list[0].states >= ENOUGH_STATES && list[0].bytes !== undefined
    ? (list[0].bytes / list[0].states).toFixed(1)
    : NONE;
const memory = (list) =>
  cell(list === undefined || list[0].peakMb === null ? null : middle(list, (m) => m.peakMb), whole);

/** From source to verdict. */
export function verdictsTable(rows, limit) {
  const lines = rows.map(({ file, sim, spin }) => [
    file,
    [sim, spin].find(finished)?.[0].verdict ?? NONE,
    finished(sim) ? sim[0].strategy : NONE,
    time(sim, (m) => m.totalSeconds),
    time(spin, (m) => m.totalSeconds),
    finished(sim) && finished(spin)
      ? figure(
          quotient(
            middle(spin, (m) => m.totalSeconds),
            middle(sim, (m) => m.totalSeconds),
          ),
        )
      : NONE,
    time(spin, (m) => m.seconds),
    memory(sim),
    memory(spin),
  ]);
  const head = ["model", "verdict", "by", "sim, s", "SPIN, s", "SPIN ÷ sim", "pan, s", "sim, MB", "pan, MB"];
  return ["### From source to verdict", VERDICTS, table(head, lines), remarks(rows, limit)].join("\n\n");
}

/** Where the other side is faster, in words. */
function remarks(rows, limit) {
  const both = rows.filter(({ sim, spin }) => finished(sim) && finished(spin));
  const total = (list) => middle(list, (m) => m.totalSeconds);
  const names = (list) => (list.length === 0 ? "none" : list.map(({ file }) => `\`${file}\``).join(", "));
  const later = both.filter(({ sim, spin }) => total(sim) > total(spin));
  const alone = both.filter(({ sim, spin }) => total(sim) > middle(spin, (m) => m.seconds));
  const stopped = (side) => rows.filter((row) => row[side] !== undefined && !finished(row[side]));
  return [
    `With its compilation counted, SPIN had the verdict first on: ${names(later)}.`,
    `Its verifier alone, compiled before, took less time than our whole process on ${alone.length} of ${both.length}: on the small ones, starting Node and reading the scenario are most of ours.`,
    `Stopped after ${limit} s without a verdict, and not tried on larger ones: sim on ${names(stopped("sim"))}; SPIN on ${names(stopped("spin"))}.`,
  ].join(" ");
}

/** The same runs by family: how states and time grow. */
export function growthTable(rows) {
  const before = new Map();
  const times = (key, value, least) => {
    const last = before.get(key);
    before.set(key, value);
    return last === undefined || last === null || value === null || last < least ? NONE : `× ${figure(value / last)}`;
  };
  const side = (family, name, list) => {
    const done = finished(list) && list[0].errors === 0;
    return [
      states(list),
      times(`${family} ${name} states`, done ? list[0].states : null, 1),
      time(list, (m) => m.seconds),
      times(`${family} ${name} time`, done ? middle(list, (m) => m.seconds) : null, NOTICEABLE),
      bytes(list),
    ];
  };
  const lines = rows.map(({ file, family, sim, spin }) => [
    file,
    ...side(family, "sim", sim),
    ...side(family, "spin", spin),
  ]);
  const columns = (name) => [`${name}: states`, "", "s", "", "bytes a state"];
  return ["### How it grows", GROWTH, table(["model", ...columns("sim"), ...columns("SPIN")], lines)].join("\n\n");
}

/** Every state stored, no reduction on either side. */
export function wholeTable(rows) {
  const rate = (list) => (finished(list) ? list[0].states / middle(list, (m) => m.seconds) / 1e6 : null);
  const lines = rows.map(({ file, sim, spin }) => [
    file,
    states(sim ?? spin),
    time(sim, (m) => m.seconds),
    time(spin, (m) => m.seconds),
    cell(
      finished(sim) && finished(spin)
        ? quotient(
            middle(spin, (m) => m.seconds),
            middle(sim, (m) => m.seconds),
          )
        : null,
    ),
    cell(rate(sim)),
    cell(rate(spin)),
    bytes(sim),
    bytes(spin),
    memory(sim),
    memory(spin),
  ]);
  const head = [
    ...["model", "states", "sim, s", "pan, s", "pan ÷ sim", "sim: million states/s", "SPIN"],
    ...["sim: bytes a state", "SPIN", "sim, MB", "pan, MB"],
  ];
  return ["### Every state, no reduction", WHOLE, table(head, lines)].join("\n\n");
}

/** Orders that were tried beside the least number that suffices, and a search over states of the same program. */
export function classesTable(rows, most) {
  const lines = rows.map(({ title, optimum, dpor, search }) => [
    title,
    grouped(optimum),
    dpor === undefined ? NONE : `${grouped(dpor[0].executions)}${dpor[0].executions === optimum ? "" : " (!)"}`,
    dpor === undefined ? NONE : grouped(dpor[0].deadlocked),
    time(dpor, (m) => m.seconds),
    states(search),
    time(search, (m) => m.seconds),
  ]);
  const head = ["program", "least", "tried", "deadlocked", "s", "search: states", "s"];
  const same = rows.every(({ optimum, dpor }) => dpor?.[0].executions === optimum);
  return [
    "### Orders tried, and the least number that suffices",
    CLASSES,
    table(head, lines),
    `${same ? "Equal on all of them" : "NOT equal where marked"}. The search was stopped at ${grouped(most)} states and not tried on larger ones.`,
  ].join("\n\n");
}
