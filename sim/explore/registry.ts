/** All strategies of `sim check`. Adding one: a file beside this one, and a line here. */
import { bfs } from "./bfs.ts";
import { bounded } from "./bounded.ts";
import { dfs } from "./dfs.ts";
import { dpor } from "./dpor.ts";
import { enumeration } from "./enumerate.ts";
import { pct } from "./pct.ts";
import { pos } from "./pos.ts";
import { random } from "./random.ts";
import type { StrategySpecification } from "./strategy.ts";
import { surw } from "./surw.ts";

export const STRATEGIES: readonly StrategySpecification[] = [
  bfs,
  dfs,
  dpor,
  bounded,
  surw,
  pos,
  pct,
  random,
  enumeration,
];

/** The strategy of that name; undefined if there is none. */
export function findStrategy(name: string): StrategySpecification | undefined {
  return STRATEGIES.find((strategy) => strategy.name === name);
}
