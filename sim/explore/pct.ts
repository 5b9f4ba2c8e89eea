/**
 * Probabilistic concurrency testing: tasks get random priorities, the highest that can move does, and at d − 1 steps
 * drawn beforehand the running task's priority falls below all others. A bug that needs d ordered events (depth d) is
 * found in each run with a chance of at least 1/(n·k^(d−1)), for n tasks and k steps.
 *
 * Source: Burckhardt, Kothari, Musuvathi, Nagarakatti, "A Randomized Scheduler with Probabilistic Guarantees of Finding
 * Bugs" (ASPLOS 2010). Deviation: k is not known beforehand; the longest run so far is taken for it, so the first run
 * changes no priority, and the guarantee is stated for the longest run of all and the runs after the first.
 */
import type { StrategyResult, StrategySpecification } from "./strategy.ts";
import { draw, sample } from "./walk.ts";

export const pct: StrategySpecification = {
  name: "pct",
  about:
    "orders by chance: random priorities that change at few random steps; finds bugs of small depth with a known chance",
  source: "Burckhardt, Kothari, Musuvathi, Nagarakatti, ASPLOS 2010",
  guarantee: "sampled",
  explore: (exploration) => {
    const tasks = exploration.program.tasks.length;
    const depth = Math.max(1, exploration.bugDepth);
    return sample(
      exploration,
      "pct",
      ({ random }) => {
        let longest = 0;
        let step = 0;
        let priority: number[] = [];
        let changes: number[] = [];
        return {
          begin: () => {
            step = 0;
            priority = shuffled(random, tasks).map((rank) => rank + depth);
            changes = longest === 0 ? [] : Array.from({ length: depth - 1 }, () => 1 + draw(random, longest));
          },
          next: (enabled) => {
            const highest = (): number =>
              enabled.reduce((best, task) => (priority[task]! > priority[best]! ? task : best));
            step += 1;
            changes.forEach((change, k) => {
              if (change === step) priority[highest()] = k;
            });
            return highest();
          },
          stepped: () => {},
          end: (steps) => {
            longest = Math.max(longest, steps);
          },
        };
      },
      (runs, steps) => chanceOfMissing(tasks, steps, depth, runs - 1),
    );
  },
};

/** What so many runs guarantee about bugs of depth d. */
export function chanceOfMissing(
  tasks: number,
  steps: number,
  depth: number,
  runs: number,
): NonNullable<StrategyResult["confidence"]> {
  const hit = 1 / (Math.max(1, tasks) * power(Math.max(1, steps), depth - 1));
  const missed = power(1 - hit, Math.max(0, runs));
  return {
    runs: Math.max(0, runs),
    depth,
    missed,
    words: `each run of pct, of which there were ${Math.max(0, runs)}, finds a bug of depth ${depth} with a chance of at least 1/(${tasks}·${steps}^${depth - 1})`,
  };
}

/** By repeated squaring, so that every machine gets the same bits. */
function power(base: number, exponent: number): number {
  let result = 1;
  let square = base;
  for (let left = exponent; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) result *= square;
    square *= square;
  }
  return result;
}

function shuffled(random: () => number, count: number): number[] {
  const order = Array.from({ length: count }, (_, k) => k);
  for (let k = count - 1; k > 0; k--) {
    const other = draw(random, k + 1);
    [order[k], order[other]] = [order[other]!, order[k]!];
  }
  return order;
}
