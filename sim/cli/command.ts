/** The contract of a command: one file each, one line in commands.ts. */
import type { Command } from "commander";
import type { Context } from "./context.ts";

export interface CommandSpecification {
  readonly name: string;
  /** one line for the list of commands */
  readonly about: string;
  /**
   * Adds arguments and options to an empty command of that name, and returns what it does: given the parsed arguments
   * and options it writes to the context and gives the exit code.
   */
  define(command: Command): (context: Context, args: readonly string[], options: Options) => Promise<number>;
}

/** Options as commander gives them; each command reads its own with the functions of options.ts. */
export type Options = Readonly<Record<string, unknown>>;
