/**
 * Standard output and standard error. Node's own streams are loaded for a terminal only, which they know: to a file or a
 * pipe they write at once as well, and loading them takes as long as reading a scenario.
 */
import { fstatSync, writeSync } from "node:fs";
import type { Sink } from "./context.ts";

/**
 * @param failed told once of a write that failed; a pipe that nobody reads any more (`sim run … | head`) is no failure
 */
export function openSink(
  descriptor: number,
  stream: () => NodeJS.WriteStream,
  failed: (error: NodeJS.ErrnoException) => void,
): Sink {
  let broken = false;
  const onError = (error: NodeJS.ErrnoException): void => {
    if (!broken && error.code !== "EPIPE") failed(error);
    broken = true;
  };
  let opened: NodeJS.WriteStream | null | undefined;
  /** null: there is no terminal, and nothing has gone through a stream */
  const terminal = (): NodeJS.WriteStream | null => {
    if (opened === undefined) opened = mayBeTerminal(descriptor) ? listened() : null;
    return opened;
  };
  const listened = (): NodeJS.WriteStream => stream().on("error", onError);
  return {
    write(text) {
      if (broken) return;
      const through = terminal();
      if (through !== null) {
        through.write(text);
        return;
      }
      try {
        const rest = writeDirectly(descriptor, Buffer.from(text));
        if (rest.length === 0) return;
        // whoever started us lets nobody wait at this pipe: a stream can wait without it
        opened = listened();
        opened.write(rest);
      } catch (error) {
        onError(error as NodeJS.ErrnoException);
      }
    },
    get isTerminal() {
      return terminal()?.isTTY === true;
    },
    get columns() {
      return terminal()?.isTTY === true ? terminal()?.columns : undefined;
    },
  };
}

/** Terminals are character devices, as are a few others. */
function mayBeTerminal(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).isCharacterDevice();
  } catch {
    // a closed descriptor: the stream knows what to do
    return true;
  }
}

/** What could not be written because the descriptor does not wait; throws if it cannot be written at all. */
function writeDirectly(descriptor: number, bytes: Buffer): Buffer {
  let rest = bytes;
  try {
    while (rest.length > 0) rest = rest.subarray(writeSync(descriptor, rest));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
  }
  return rest;
}
