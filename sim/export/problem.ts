/** What cannot be written as a model, and where. */
import type { Span } from "../scenario/ast.ts";

/** Thrown where the program does something that the model could only get wrong. */
export class ExportProblem extends Error {
  readonly span: Span | null;
  constructor(message: string, span: Span | null = null) {
    super(message);
    this.name = "ExportProblem";
    this.span = span;
  }
}
