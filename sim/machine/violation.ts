/** What can go wrong in a step. */
import type { FindingKind, Span } from "../scenario/ast.ts";

/** Something a step did that must not be. */
export interface Violation {
  readonly kind: FindingKind;
  readonly name: string;
  readonly message: string;
  readonly task: number;
  readonly span: Span;
}

/** Thrown when an unbounded list outgrows the room it was compiled with; the caller compiles again with more. */
export class ListOverflow extends Error {}
