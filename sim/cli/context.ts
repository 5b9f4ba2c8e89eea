/** The world as a command sees it: where it writes, what the environment says, and the library it drives. */
import type * as library from "../index.ts";

export type Library = typeof library;

/** Somewhere to write: standard output, standard error, or a test's memory. */
export interface Sink {
  write(text: string): void;
  readonly isTerminal: boolean;
  /** undefined where nobody knows */
  readonly columns: number | undefined;
}

export interface Context {
  readonly out: Sink;
  readonly err: Sink;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** the names of all commands */
  readonly commands: readonly string[];
  /** Loaded when first needed: --help and usage errors do without. */
  library(): Promise<Library>;
  /** the exit code of the signal that came, once one has come */
  interruption(): number | null;
  /** Lets signals and finished writes be noticed. */
  pause(): Promise<void>;
}

/** What a command throws to end with a plain message on standard error. */
export class UsageError extends Error {
  readonly exitCode: number;
  constructor(message: string, exitCode = 2) {
    super(message);
    this.exitCode = exitCode;
  }
}
