/** `npm run bench`: side by side with peers; writes docs/benchmarks.md. `npm run bench -- --help` says more. */
import { parseArgs } from "node:util";
import { compareChecks, listModels, TABLES } from "./check.mjs";
import { compareSimulations } from "./sim.mjs";

const USAGE = `usage: npm run bench [-- sim|check] [options]

  sim            simulation in virtual time beside SimPy, SIM.JS, generators, C++
  check          exploring every order beside SPIN (spin and gcc on the machine)
  neither: both

  --rounds N     interleaved rounds of which the median is taken (5)
  --limit S      check: seconds after which a tool is stopped, four times as many without reductions (20)
  --only A,B     these models: a whole name, or how names begin (diners, ticket-8)
  --tables A,B   check: only some of ${TABLES.join(", ")}
  --no-write     print the tables, leave docs/benchmarks.md as it is
  --list         the names of the models of check

docs/benchmarks.md is written only when everything was measured, so not with --only and --tables. One round of
check takes about five minutes. Build first: npm run build.`;

const OPTIONS = {
  rounds: { type: "string" },
  limit: { type: "string" },
  only: { type: "string" },
  tables: { type: "string" },
  "no-write": { type: "boolean" },
  list: { type: "boolean" },
  help: { type: "boolean", short: "h" },
};

function refuse(message) {
  console.error(`${message}\n\n${USAGE}`);
  process.exit(2);
}

function read() {
  try {
    return parseArgs({ allowPositionals: true, options: OPTIONS });
  } catch (error) {
    return refuse(error.message);
  }
}

const { values, positionals } = read();
const split = (text) => (text === undefined ? [] : text.split(",").filter((word) => word !== ""));
const settings = {
  rounds: Number(values.rounds ?? 5),
  limit: Number(values.limit ?? 20),
  only: split(values.only),
  tables: split(values.tables),
  write: values["no-write"] !== true,
};
const unknown = positionals.find((word) => word !== "sim" && word !== "check");
if (values.help) console.log(USAGE);
else if (values.list) listModels();
else if (unknown !== undefined) refuse(`there is no comparison '${unknown}'`);
else if (!Number.isInteger(settings.rounds) || settings.rounds < 1) refuse("--rounds must be a whole number from 1 on");
else if (!(settings.limit > 0)) refuse("--limit must be a number of seconds");
else if (!settings.tables.every((name) => TABLES.includes(name))) refuse(`the tables are ${TABLES.join(", ")}`);
else {
  const both = positionals.length === 0;
  if (both || positionals.includes("sim")) compareSimulations(settings);
  if (both || positionals.includes("check")) compareChecks(settings);
}
