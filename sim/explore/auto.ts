/**
 * Chooses strategies, so that a person never has to: first a search over states, which proves or refutes. Where indices
 * hide from it which steps have to do with one another, and tasks are many, before that one order of each class of
 * equivalent ones, of which there may be few although states are many. Where neither is over soon, all orders with few
 * pre-emptions, since most published bugs need at most two; then the search again with all of its budget; then all
 * classes of orders, where every run ends; then sampling.
 */
import type { Program } from "../program/program.ts";
import { findStrategy, STRATEGIES } from "./registry.ts";
import type { Limits, StrategySpecification } from "./strategy.ts";

/** One strategy to try, with its share of the time that is left by then. */
export interface Plan {
  readonly strategy: StrategySpecification;
  readonly share: number;
  readonly why: string;
  /** less than the user's limits: a first look */
  readonly look?: Partial<Limits>;
  /** the next is tried even if this one finds something: it sees little, and there may be more to be found */
  readonly early?: boolean;
}

/** So few classes of orders are tried early, as long as no more seem to come and their runs end soon. */
const FEW_ORDERS: Partial<Limits> = { runs: 1000, expected: 1000, depth: 1000, endsAtDepth: true };
/** So few tasks seldom have many states: the search is tried first. One that needs no more than this is over at once. */
const FEW_TASKS = 5;
const GLANCE = 700;
/** A search that needs no more than this is over before anybody wonders; beyond, bugs are looked for first. */
const FIRST_LOOK = 400_000;
/** Places after which orders with few pre-emptions are many: a bound of work, so that it does not depend on the machine. */
const FEW_PREEMPTIONS = 2_000_000;

/**
 * What to try one after the other, until one gives the whole answer or the budget is spent.
 *
 * @param reduction without it the plain graph is asked for, so the search comes first with all it may have
 */
export function planStrategies(program: Program, reduction = true): Plan[] {
  const plans: Plan[] = [];
  const add = (name: string, share: number, why: string, look?: Partial<Limits>, early = false): void => {
    const strategy = findStrategy(name);
    if (strategy !== undefined) plans.push({ strategy, share, why, early, ...(look === undefined ? {} : { look }) });
  };
  const search = "a search over states finds the shortest counterexample and ends with a proof where there is none";
  const few = "most bugs need few pre-emptions, so all orders with few of them come next";
  if (reduction) {
    if (indexes(program)) {
      if (program.tasks.length <= FEW_TASKS) add("bfs", 0.2, search, { states: GLANCE }, true);
      add(
        "dpor",
        0.1,
        "indices known only at run time leave many states, but there may be few orders that differ",
        FEW_ORDERS,
        true,
      );
    }
    add("bfs", 0.2, search, { states: FIRST_LOOK });
  } else add("bfs", 0.5, search);
  add("bounded", 0.2, few, { states: FEW_PREEMPTIONS });
  if (reduction) add("bfs", 0.5, search);
  if (!mayRunForEver(program))
    add(
      "dpor",
      0.5,
      "every run ends, so one order of each set of equivalent orders can be tried without storing states",
    );
  const chance = "there are too many orders to try all, so some are drawn by chance";
  // the one says how sure one may be that nothing was missed, the other finds more
  add("pct", 0.3, chance);
  add("surw", 1, chance);
  if (plans.length === 0)
    for (const strategy of STRATEGIES) plans.push({ strategy, share: 1, why: "it is the only strategy there is" });
  return plans;
}

/** Whether some step reads or writes an element of shared memory that only the run decides: the search must expect any. */
function indexes(program: Program): boolean {
  const visit = (value: unknown): boolean => {
    if (value === null || typeof value !== "object") return false;
    if (Array.isArray(value)) return value.some(visit);
    return Object.entries(value).some(([key, part]) =>
      key === "offset" ? part !== null : key !== "span" && key !== "clear" && visit(part),
    );
  };
  // tasks of one array have the same shape
  const shapes = new Map(program.tasks.map((task) => [task.template, task] as const));
  return [...shapes.values()].some((task) => visit(task.code));
}

/**
 * Whether some task has a loop whose end is not counted: `while`, `loop`, a period. Loops over counters (`repeat`, `for`)
 * change a local variable each time round, so the graph of states has no cycle through them.
 */
export function mayRunForEver(program: Program): boolean {
  const seen = new Set<unknown>();
  const visit = (value: unknown): boolean => {
    if (value === null || typeof value !== "object" || seen.has(value)) return false;
    seen.add(value);
    if ("kind" in value && (value.kind === "while" || value.kind === "loop")) return true;
    if (value instanceof Map) return [...value.values()].some(visit);
    return Object.values(value).some(visit);
  };
  const { processes } = program.scenario;
  return (
    program.tasks.some((task) => task.period !== null) ||
    processes.some((process) => visit([process.body, process.threads, process.coroutines]))
  );
}
