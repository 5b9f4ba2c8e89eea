/** `sim validate FILE…`: checks scenarios without running them. */

import { escapeTerminal } from "../report/escape.ts";
import type { CommandSpecification, Options } from "./command.ts";
import type { Context } from "./context.ts";
import { EXIT } from "./exit-codes.ts";
import { addReportOptions, flag } from "./options.ts";
import { openOutput } from "./output.ts";
import { loadScenarios } from "./scenarios.ts";

export const validateCommand: CommandSpecification = {
  name: "validate",
  about: "check scenarios without running them",
  define(command) {
    command.argument("<FILE...>", "scenarios, or folders of them");
    addReportOptions(command);
    return validateScenarios;
  },
};

async function validateScenarios(context: Context, paths: readonly string[], options: Options): Promise<number> {
  const library = await context.library();
  const output = openOutput(context, options, false);
  const loaded = loadScenarios(library, paths, []);
  output.add({ schema: "problems/1", problems: [...loaded.problems] });
  output.finish({ always: true });
  if (!output.takesProblems) {
    context.err.write(loaded.text);
    if (!flag(options, "quiet")) {
      for (const { source } of loaded.scenarios) context.out.write(`${escapeTerminal(source.file)}: valid\n`);
    }
  }
  return loaded.bad.length > 0 ? EXIT.badInput : EXIT.done;
}
