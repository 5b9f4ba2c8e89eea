import type { Program } from "../program/program.ts";
import type { Scenario } from "../scenario/ast.ts";
import type { Budget } from "./budget.ts";
import type { Found } from "./strategy.ts";

export interface Endless {
  readonly found: readonly Found[];
  readonly complete: boolean;
  readonly note: string | null;
  readonly states: { states: number; complete: boolean } | undefined;
}

export function searchEndless(_program: Program, _scenario: Scenario, _options: { budget: Budget; strong: boolean; anyFound: boolean }): Endless {
  return { found: [], complete: true, note: null, states: undefined };
}
