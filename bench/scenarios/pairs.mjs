/**
 * What is compared: each model in both languages at each of its sizes. `file` is its name in bench/scenarios/check/,
 * `model` the key of the templates in generate.mjs and peers/spin/models.mjs.
 */

const range = (from, to) => Array.from({ length: to - from + 1 }, (_, k) => from + k);
const pair = (file, model, parameters) => ({ file, model, parameters });
const TICKETS = [
  [6, 3],
  [7, 3],
  [8, 4],
];

/**
 * Families of growing size for the tables of verdicts and of growth. Deadlocks and properties are looked for on both
 * sides; with an error the search ends at the first.
 */
export const FAMILIES = [
  {
    title: "philosophers",
    pairs: range(6, 10).map((n) => pair(`diners-${n}-bug`, "diners", { n, property: 1 })),
  },
  {
    title: "philosophers, ordered",
    pairs: range(6, 10).map((n) => pair(`diners-${n}-ordered`, "diners", { n, ordered: 1, property: 1 })),
  },
  {
    title: "ticket",
    pairs: TICKETS.map(([n, tickets]) => pair(`ticket-${n}-${tickets}-bug`, "ticket", { n, tickets, property: 1 })),
  },
  {
    title: "ticket, every order",
    pairs: TICKETS.map(([n, tickets]) => pair(`ticket-${n}-${tickets}`, "ticket", { n, tickets })),
  },
  {
    title: "ticket, locked",
    pairs: TICKETS.map(([n, tickets]) =>
      pair(`ticket-${n}-${tickets}-locked`, "ticket", { n, tickets, locked: 1, property: 1 }),
    ),
  },
  {
    title: "bounded buffer",
    pairs: [2, 4, 6].map((i) => pair(`pc-3-2-${i}-4`, "pc", { p: 3, c: 2, i, k: 4 })),
  },
  {
    title: "bounded buffer by hand",
    pairs: [2, 4, 6].map((i) => pair(`pc-3-2-${i}-4-explicit`, "pc", { p: 3, c: 2, i, k: 4, explicit: 1 })),
  },
  { title: "incrementers", pairs: range(2, 5).map((n) => pair(`inc-${n}-3`, "inc", { n, m: 3 })) },
  { title: "file system", pairs: [4, 6, 14, 16, 18].map((n) => pair(`fs-${n}`, "fs", { n })) },
  { title: "indexer", pairs: [3, 5, 11, 12, 13].map((n) => pair(`indexer-${n}`, "indexer", { n })) },
  { title: "readers", pairs: [6, 8, 10].map((n) => pair(`readers-${n}`, "readers", { n })) },
  { title: "last zero", pairs: [4, 6, 8].map((n) => pair(`lastzero-${n}`, "lastzero", { n })) },
  {
    title: "staggered buyers",
    pairs: [2, 3, 4].map((n) => pair(`staggered-${n}-bug`, "staggered", { n, property: 1 })),
  },
  {
    title: "staggered buyers, mended",
    pairs: [2, 3, 4].map((n) => pair(`staggered-${n}-mended`, "staggered", { n, locked: 1, property: 1 })),
  },
];

/** The whole space, every state stored on both sides: what a search does in a second, and in how many bytes. */
export const WHOLE = [
  ...[8, 10, 12].map((n) => pair(`diners-${n}`, "diners", { n })),
  pair("ticket-6-1", "ticket", { n: 6, tickets: 1 }),
  pair("ticket-6-3", "ticket", { n: 6, tickets: 3 }),
  pair("ticket-8-4-locked", "ticket", { n: 8, tickets: 4, locked: 1, property: 1 }),
  pair("inc-4-3", "inc", { n: 4, m: 3 }),
  pair("inc-4-3-own", "inc", { n: 4, m: 3, own: 1 }),
  pair("pc-3-2-4-4", "pc", { p: 3, c: 2, i: 4, k: 4 }),
  pair("fs-6", "fs", { n: 6 }),
  pair("indexer-5", "indexer", { n: 5 }),
  pair("readers-10", "readers", { n: 10 }),
  pair("lastzero-8", "lastzero", { n: 8 }),
  pair("staggered-3", "staggered", { n: 3 }),
];

const factorial = (n) => (n < 2 ? 1 : n * factorial(n - 1));
const known = (title, file, model, parameters, optimum, deadlocked = 0) => ({
  ...pair(file, model, parameters),
  title,
  optimum,
  deadlocked,
});

/** Programs of which the number of classes of equivalent orders is known; `optimum` counts deadlocked ones as well. */
export const CLASSES = [
  ...[8, 10].map((n) => known(`readers(${n})`, `readers-${n}`, "readers", { n }, 2 ** n)),
  ...range(2, 8).map((n) => known(`lastzero(${n})`, `lastzero-${n}`, "lastzero", { n }, (n + 3) * 2 ** (n - 2))),
  ...[14, 16, 18].map((n) => known(`filesystem(${n})`, `fs-${n}`, "fs", { n }, 2 ** (n - 13))),
  ...[11, 12, 13].map((n) => known(`indexer(${n})`, `indexer-${n}`, "indexer", { n }, 8 ** (n - 11))),
  ...range(2, 5).map((n) => known(`${n} under a lock`, `inc-${n}-1`, "inc", { n, m: 1 }, factorial(n))),
  ...range(2, 4).map((n) => known(`${n} under two locks`, `twolocks-${n}`, "twolocks", { n }, factorial(n) ** 2)),
  ...range(2, 5).map((n) => known(`${n} writers, 1 reader`, `writers-${n}`, "writers", { n }, factorial(n + 1))),
  known("3 keep the lock", "kept-3", "kept", { n: 3 }, 3, 3),
  ...range(2, 6).map((n) =>
    known(`${n} philosophers, one meal`, `diners-${n}-once`, "diners", { n, meals: 1 }, 2 ** n - 1, 1),
  ),
  ...range(2, 6).map((n) =>
    known(`the same ${n}, ordered`, `diners-${n}-once-ordered`, "diners", { n, meals: 1, ordered: 1 }, 2 ** n - 2),
  ),
  ...[
    [2, 4],
    [3, 36],
  ].map(([n, optimum]) => known(`lost update, ${n}`, `lost-${n}`, "lost", { n }, optimum)),
  ...[
    [2, 6],
    [3, 63],
  ].map(([n, optimum]) => known(`last ticket, ${n}`, `last-${n}`, "last", { n }, optimum)),
  ...[
    [2, 1, 4],
    [2, 2, 8],
    [3, 1, 36],
    [3, 2, 144],
  ].map(([p, k, optimum]) =>
    known(`${p} producers, ${p} consumers, room ${k}`, `pc-${p}-${p}-1-${k}`, "pc", { p, c: p, i: 1, k }, optimum),
  ),
];

/** All of them, each file once. */
export const PAIRS = [
  ...new Map(
    [...FAMILIES.flatMap(({ pairs }) => pairs), ...WHOLE, ...CLASSES].map((each) => [each.file, each]),
  ).values(),
];
