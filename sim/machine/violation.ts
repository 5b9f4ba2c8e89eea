/** What can go wrong in a step. */
import type { Raise } from "../program/arithmetic.ts";
import type { Instruction, Program } from "../program/program.ts";
import type { FindingKind, Span } from "../scenario/ast.ts";
import { statementText } from "../scenario/statement-text.ts";

/** Something a step did that must not be. */
export interface Violation {
  readonly kind: FindingKind;
  readonly name: string;
  readonly message: string;
  readonly task: number;
  readonly span: Span;
}

export type Origin = Pick<Violation, "message" | "span">;

/** Thrown when an unbounded list outgrows the room it was compiled with; the caller compiles again with more. */
export class ListOverflow extends Error {}

/** An exception that nobody caught, or that was raised again; `origin`: where it was raised first, if that is known. */
export function uncaught(
  program: Program,
  task: number,
  problem: Raise,
  instruction: Instruction,
  origin: Origin = { message: problem.message, span: instruction.span },
): Violation {
  const { name } = problem;
  const { message, span } = origin;
  // what is misused stands in the statement, and not in the words of its kind
  if (name === "Misuse") {
    const text = message === "" ? "" : `${message}, in '${statementText(program.scenario, span)}'`;
    return { kind: "misuse", name: "misuse", message: text, task, span };
  }
  const ended = `${program.tasks[task]!.name} ended by ${name}`;
  return { kind: "exception", name, message: message === "" ? ended : `${ended}: ${message}`, task, span };
}
