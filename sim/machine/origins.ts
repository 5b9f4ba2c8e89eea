/**
 * Where exceptions came from. One that passes `with`, `finally` or a `catch` that raises it again ends its task in another
 * statement than it was raised in. The machine's memory keeps only its name, so who plays a path from its start, and wants
 * to tell people, has the rest remembered beside it.
 */
import type { Raise } from "../program/arithmetic.ts";
import type { Instruction } from "../program/program.ts";
import type { Origin } from "./violation.ts";

export class Origins {
  private readonly first = new Map<string, Origin>();

  /** Notes an exception in a task; gives where it was first raised. */
  note(task: number, { name, message }: Raise, instruction: Instruction): Origin {
    const key = `${task} ${name}`;
    const again = instruction.op === "raise" && instruction.name === null;
    const origin = (again ? this.first.get(key) : undefined) ?? { message, span: instruction.span };
    this.first.set(key, origin);
    return origin;
  }
}
