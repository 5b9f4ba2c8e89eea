/** The command line: arguments in, an exit code out. Everything that it touches is in the context. */
import { Command, CommanderError } from "commander";
import { escapeTerminal } from "../report/escape.ts";
import type { CommandSpecification, Options } from "./command.ts";
import { type Context, UsageError } from "./context.ts";
import { EXIT } from "./exit-codes.ts";
import { isSystemError, systemMessage } from "./files.ts";
import { version } from "./version.ts";

const EXIT_CODES_HELP = `
Exit codes: 0 done, nothing violated; 11 deadlock; 12 a property, a race or a resource rule was violated;
13 livelock, starvation or something that never comes; 14 an assertion failed or an exception ended a process;
2 bad usage or a bad scenario; 3 the budget ended first; 4 no scenario matched; 5 'sim test' failed; 70 a bug in sim.
`;

/** Runs one command line (without node and script) and gives its exit code. Never throws. */
export async function main(
  args: readonly string[],
  commands: readonly CommandSpecification[],
  context: Context,
): Promise<number> {
  let code: number = EXIT.done;
  const program = new Command("sim")
    .description("A deterministic concurrency simulator: play processes, locks and schedulers written in YAML.")
    .version(version)
    .addHelpText("after", EXIT_CODES_HELP)
    .showHelpAfterError("(npx sim --help lists the commands, npx sim COMMAND --help its options)");
  // to set up all of them takes longer than reading a scenario; whoever names none may need any
  const named = commands.filter(({ name }) => name === args[0]);
  for (const specification of named.length > 0 ? named : commands) {
    const command = new Command(specification.name).description(specification.about);
    // inherits what the program says about output and errors, so it must be set up first
    configure(command, context);
    const action = specification.define(command);
    command.action(async (...given: unknown[]) => {
      const positional = given.slice(0, -2).flat().map(String);
      code = await action(context, positional, command.opts<Options>());
    });
    program.addCommand(command);
  }
  configure(program, context);
  program.showHelpAfterError("(npx sim --help lists the commands)");
  try {
    await program.parseAsync(args, { from: "user" });
    return code;
  } catch (error) {
    return failure(error, context);
  }
}

function configure(command: Command, context: Context): void {
  command
    .exitOverride()
    .allowExcessArguments(false)
    .showHelpAfterError(`(npx sim ${command.name()} --help shows its options)`)
    .configureOutput({
      writeOut: (text) => context.out.write(text),
      writeErr: (text) => context.err.write(escapeLines(text)),
      getOutHelpWidth: () => context.out.columns ?? 80,
      getErrHelpWidth: () => context.err.columns ?? 80,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    });
}

/** Commander repeats what the user typed, which may hold control characters. */
function escapeLines(text: string): string {
  return text.split("\n").map(escapeTerminal).join("\n");
}

function failure(error: unknown, context: Context): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.badInput;
  if (error instanceof UsageError) {
    context.err.write(`error: ${escapeLines(error.message)}\n`);
    return error.exitCode;
  }
  if (isSystemError(error)) {
    context.err.write(`error: ${escapeLines(systemMessage(error))}\n`);
    return EXIT.badInput;
  }
  context.err.write(bugMessage(error, context));
  return EXIT.bug;
}

/** What the user sees of a bug of ours: no stack, unless asked for. */
function bugMessage(error: unknown, context: Context): string {
  const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const stack = context.env.SIM_DEBUG === "1" && error instanceof Error ? `\n${error.stack ?? ""}\n` : "";
  return [
    `This is a bug in sim ${version}, not in your scenario: ${escapeLines(what)}`,
    "Please report it with the scenario and the command line that you used;",
    "with SIM_DEBUG=1 in the environment the same command also prints where it happened.",
    stack,
  ].join("\n");
}
