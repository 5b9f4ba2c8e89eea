/** Exploring every order: ours beside SPIN on the same models, and the number of orders beside the least possible. */
import { existsSync } from "node:fs";
import { loadavg } from "node:os";
import { classesTable, growthTable, verdictsTable, wholeTable } from "./check-tables.mjs";
import { available, here, interleave, machine, publish } from "./compare.mjs";
import { checked } from "./ours.mjs";
import { promela } from "./peers/spin/models.mjs";
import { CLASSES, FAMILIES, PAIRS, WHOLE } from "./scenarios/pairs.mjs";
import { spin } from "./spin.mjs";

export const TABLES = ["verdicts", "whole", "classes"];
/** In the table of classes: states after which the search over states is no match for trying orders. */
const SEARCHED = 200_000;

/** Prints the names of all models. */
export function listModels() {
  for (const { file } of PAIRS) console.log(file);
}

/**
 * Measures, prints the tables and, unless only a part was asked for, writes them to docs/benchmarks.md.
 * @param {{ rounds: number, only: string[], tables: string[], limit: number, write: boolean }} settings `only`: names of
 *   models, or how they begin; `limit`: seconds after which a tool is stopped
 */
export function compareChecks({ rounds, only, tables, limit, write }) {
  if (!existsSync(here("../dist/sim.js"))) throw new Error("dist/sim.js is not built: npm run build");
  const version = available("gcc", ["-dumpfullversion"]) && available("spin", ["-V"]);
  if (!version) console.error("SPIN skipped: spin and gcc are not both on this machine");
  if (loadavg()[0] > 0.7)
    console.error(`the machine is busy (load ${loadavg()[0]}): figures to look at, not to publish`);
  const chosen = ({ file }) => only.length === 0 || only.some((name) => file === name || file.startsWith(`${name}-`));
  const bench = new Bench({ rounds, limit, hasSpin: version !== null && version !== undefined });
  const has = (table) => tables.length === 0 || tables.includes(table);
  const parts = [];
  if (has("verdicts")) {
    const families = FAMILIES.map((family) => ({ ...family, pairs: family.pairs.filter(chosen) }));
    const rows = families.flatMap((family) => bench.verdicts(family)).filter(({ sim, spin }) => sim || spin);
    parts.push(verdictsTable(rows, limit), growthTable(rows));
  }
  if (has("whole")) parts.push(wholeTable(WHOLE.filter(chosen).map((pair) => bench.whole(pair))));
  if (has("classes")) parts.push(classesTable(bench.classes(CLASSES.filter(chosen)), SEARCHED));
  const tools = version ? [/Spin Version [\d.]+/.exec(version)?.[0] ?? "SPIN", "gcc -O2"] : [];
  const text = [`Medians of ${rounds} interleaved rounds on ${machine(tools)}.`, ...parts].join("\n\n");
  console.log(text);
  for (const problem of bench.problems) console.error(`PROBLEM: ${problem}`);
  if (bench.problems.length > 0) process.exitCode = 1;
  else if (write && only.length === 0 && tables.length === 0 && version) publish("check", text);
}

class Bench {
  constructor({ rounds, limit, hasSpin }) {
    this.rounds = rounds;
    this.limit = limit;
    this.hasSpin = hasSpin;
    /** where the two sides contradict each other, or a count is not what it must be */
    this.problems = [];
  }

  /** Runs of both sides; a tool that was stopped is not asked again. */
  measure(label, peers) {
    const named = Object.entries(peers).filter(([, measure]) => measure !== null);
    const once = (measure) => {
      let stuck = null;
      return () => {
        const result = stuck ?? measure();
        if (!result.complete && result.errors === 0) stuck = result;
        return result;
      };
    };
    const measured = interleave(
      named.map(([name, measure]) => ({ name, measure: once(measure) })),
      this.rounds,
      label,
    );
    for (const [name] of named) if (!measured.has(name)) this.problems.push(`${label}: ${name} failed`);
    return Object.fromEntries(measured);
  }

  /** From source to verdict with everything on; sizes beyond one at which a tool was stopped are spared it. */
  verdicts({ title, pairs }) {
    const lost = new Set();
    return pairs.map((pair) => {
      const runs = this.measure(pair.file, {
        sim: lost.has("sim") ? null : () => checked(pair.file, [], this.limit),
        spin:
          !this.hasSpin || lost.has("spin")
            ? null
            : () => spin(promela(pair.model, pair.parameters), { deadlock: true, limit: this.limit }),
      });
      const verdicts = new Set();
      for (const [name, [first]] of Object.entries(runs)) {
        if (first.verdict === "inconclusive") lost.add(name);
        else verdicts.add(first.verdict);
      }
      if (verdicts.size > 1) this.problems.push(`${pair.file}: the verdicts differ`);
      return { ...pair, family: title, ...runs };
    });
  }

  /** Every state, nothing left out. */
  whole(pair) {
    const deadlock = pair.model !== "diners";
    const runs = this.measure(`${pair.file}, no reduction`, {
      sim: () => checked(pair.file, ["--no-reduction", "--strategy", "bfs"], this.limit * 4),
      spin: this.hasSpin
        ? () => spin(promela(pair.model, pair.parameters), { deadlock, reduction: false, limit: this.limit * 4 })
        : null,
    });
    const [ours, theirs] = [runs.sim?.[0], runs.spin?.[0]];
    if (ours?.complete && theirs?.complete && ours.states !== theirs.states)
      this.problems.push(`${pair.file}: ${ours.states} states here, ${theirs.states} there`);
    return { ...pair, ...runs };
  }

  /** One order of each class beside a search over states and what is taken when nobody says. */
  classes(programs) {
    const lost = new Set();
    return programs.map((program) => {
      const { file, model, optimum, deadlocked } = program;
      const states = ["--strategy", "bfs", "--max-states", String(SEARCHED)];
      const runs = this.measure(`${file}, classes`, {
        dpor: () => checked(file, ["--strategy", "dpor"], this.limit),
        search: lost.has(model) ? null : () => checked(file, states, this.limit),
      });
      if (runs.search !== undefined && !runs.search[0].complete) lost.add(model);
      const first = runs.dpor?.[0];
      if (first !== undefined && (first.executions !== optimum || first.deadlocked !== deadlocked))
        this.problems.push(`${file}: ${first.executions} orders (${first.deadlocked} deadlocked), not ${optimum}`);
      return { ...program, ...runs };
    });
  }
}
