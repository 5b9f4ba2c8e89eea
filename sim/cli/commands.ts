/** All commands, in the order of the help text. Adding one: a file beside this one, and a line here. */
import { checkCommand } from "./check.ts";
import type { CommandSpecification } from "./command.ts";
import { compareCommand } from "./compare.ts";
import { exportCommand } from "./export.ts";
import { initCommand } from "./init.ts";
import { replayCommand } from "./replay.ts";
import { runCommand } from "./run.ts";
import { schemaCommand } from "./schema.ts";
import { testCommand } from "./test.ts";
import { validateCommand } from "./validate.ts";

export const commands: readonly CommandSpecification[] = [
  runCommand,
  checkCommand,
  replayCommand,
  compareCommand,
  testCommand,
  validateCommand,
  schemaCommand,
  exportCommand,
  initCommand,
];
