/** All strategies of `sim check`. Adding one: a file beside this one, and a line here. */
import { bfs } from "./bfs.ts";
import { dfs } from "./dfs.ts";
import { dpor } from "./dpor.ts";
import { enumeration } from "./enumerate.ts";
import type { StrategySpecification } from "./strategy.ts";

export const STRATEGIES: readonly StrategySpecification[] = [bfs, dfs, dpor, enumeration];

/** The strategy of that name; undefined if there is none. */
export function findStrategy(name: string): StrategySpecification | undefined {
  return STRATEGIES.find((strategy) => strategy.name === name);
}
