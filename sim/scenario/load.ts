/** The stage's front door: YAML text in, a checked `Scenario` or its problems out. */
import type { Scenario, Source } from "./ast.ts";
import type { Problem } from "./problem.ts";
import { buildScenario } from "./scenario.ts";

export { printExpression } from "./print.ts";
export { formatProblem, lineText, locate, type Problem, type ProblemCode, sourceText } from "./problem.ts";
export { type SchemaOptions, scenarioSchema } from "./schema.ts";

export interface ParseOptions {
  /** the YAML text of a kind of the prelude; null if there is none of that name */
  kindText(name: string): string | null;
  readonly kindNames: readonly string[];
  /** `--set name=value`: start values of shared variables and `count`s */
  readonly set?: readonly { readonly name: string; readonly value: string }[];
}

export interface ParseResult {
  /** null exactly if one of the problems is an error */
  readonly scenario: Scenario | null;
  /** as much of it as could be made out in spite of errors, for what is checked elsewhere (schedulers); null: nothing */
  readonly draft: Scenario | null;
  readonly problems: readonly Problem[];
}

/** Checks a scenario. Never throws: whatever is wrong with the text is in `problems`, sorted by position. */
export function parseScenario(source: Source, options: ParseOptions): ParseResult {
  return buildScenario(source, options);
}
