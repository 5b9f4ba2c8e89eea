/** A context in memory, for tests of the command line without a process. */
import type { Context, Library } from "../context.ts";

export interface MemoryContext extends Context {
  readonly written: { out: string; err: string };
}

/** Writes into `written`; the library is the real one unless another is given. */
export function memoryContext(parts: Partial<Context> & { fake?: Partial<Library> } = {}): MemoryContext {
  const written = { out: "", err: "" };
  const { fake, ...rest } = parts;
  return {
    written,
    out: {
      write(text) {
        written.out += text;
      },
      isTerminal: false,
      columns: undefined,
    },
    err: {
      write(text) {
        written.err += text;
      },
      isTerminal: false,
      columns: undefined,
    },
    env: {},
    commands: ["run"],
    library: async () => ({ ...(await import("../../index.ts")), ...fake }),
    interruption: () => null,
    pause: async () => {},
    ...rest,
  };
}
