/** The program `sim`: the command line on the real process. */
import { setImmediate } from "node:timers/promises";
import { main } from "./app.ts";
import { commands } from "./commands.ts";
import type { Context } from "./context.ts";
import { EXIT } from "./exit-codes.ts";
import { systemMessage } from "./files.ts";
import { openSink } from "./sink.ts";

let interruption: number | null = null;
let writeFailed = false;

let listening = false;

/**
 * Signals wait from now on until someone pauses. Not from the start: a run that never pauses must die at once, by the
 * system's own handling, instead of being deaf.
 */
function listen(): void {
  if (listening) return;
  listening = true;
  for (const [signal, code] of [
    ["SIGINT", EXIT.interrupted],
    ["SIGTERM", EXIT.terminated],
  ] as const) {
    process.on(signal, () => {
      // the second time at once: whoever asks twice does not want to wait
      if (interruption !== null) process.exit(interruption);
      interruption = code;
    });
  }
}

const context: Context = {
  out: openSink(
    1,
    () => process.stdout,
    (error) => {
      writeFailed = true;
      context.err.write(`error: cannot write the result: ${systemMessage(error)}\n`);
    },
  ),
  err: openSink(
    2,
    () => process.stderr,
    () => {
      writeFailed = true;
    },
  ),
  env: process.env,
  commands: commands.map((command) => command.name),
  library: () => import("../index.ts"),
  interruption: () => interruption,
  pause() {
    listen();
    return setImmediate();
  },
};

// a failed write is noticed only after the last command has ended
process.on("exit", () => {
  if (writeFailed) process.exitCode = EXIT.badInput;
});

/** Fulfilled when the command has ended. */
export const ended = main(process.argv.slice(2), commands, context).then((code) => {
  process.exitCode = code;
});
