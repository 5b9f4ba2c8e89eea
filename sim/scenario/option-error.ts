import type { Problem } from "./problem.ts";

/** An option of `run`, or what a process is given, makes no sense for this scenario; the message says which and why. */
export class OptionError extends Error {
  readonly problems: readonly Pick<Problem, "code" | "message" | "hint">[];
  constructor(message: string, problems: readonly Pick<Problem, "code" | "message" | "hint">[] = []) {
    super(message);
    this.problems = problems;
  }
}
