/** One run, interruptible: signals are noticed between the pieces that the library plays. */
import type { RunResult } from "../run/result.ts";
import type { RunOptions } from "../run/run.ts";
import type { Scenario } from "../scenario/ast.ts";
import { type Context, type Library, UsageError } from "./context.ts";

/** Plays the scenario; after a signal, to the partial result. An option that makes no sense for it is a `UsageError`. */
export async function execute(
  context: Context,
  library: Library,
  scenario: Scenario,
  options: RunOptions,
): Promise<RunResult> {
  const playing = library.play(scenario, options);
  try {
    let next = playing.next(false);
    while (next.done !== true) {
      await context.pause();
      next = playing.next(context.interruption() !== null);
    }
    return next.value;
  } catch (error) {
    if (error instanceof library.OptionError) throw new UsageError(`${scenario.source.file}: ${error.message}`);
    throw error;
  }
}
