/** Checks the scheduler that a scenario names, as problems of the scenario's text. */

import type { Scenario } from "../scenario/ast.ts";
import { locate, type Problem } from "../scenario/load.ts";
import { checkScheduler, schedulerTimes } from "../schedulers/check.ts";
import { grainsOf, grainsPerUnit } from "./clock.ts";
import { readTime } from "./time-option.ts";

/** The problems of `cpu.scheduler`, with their positions. */
export function checkScenarioScheduler(scenario: Scenario): Problem[] {
  const unit = grainsPerUnit(scenario, schedulerTimes(scenario.scheduler));
  const { problems } = checkScheduler(
    scenario.scheduler,
    (time) => grainsOf(time, unit),
    (text) => readTime(text, scenario.unit),
  );
  return problems.map(({ code, span, message, hint }) => {
    const start = locate(scenario.source, span.start);
    const end = locate(scenario.source, span.end);
    return {
      file: scenario.source.file,
      line: start.line,
      column: start.column,
      endLine: end.line,
      endColumn: end.column,
      code,
      message,
      ...(hint === null ? {} : { hint }),
      severity: "error" as const,
    };
  });
}
