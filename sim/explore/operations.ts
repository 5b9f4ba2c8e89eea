/** Which resource operation a step performs, found by the statement that its instructions came from. */
import type { Expression, Process, Scenario, Span, Statement } from "../scenario/ast.ts";

export interface OperationName {
  /** acquire, put, notify … */
  readonly operation: string;
  /** the resource's kind */
  readonly kind: string;
}

/** A function from a statement's span to the operation it calls; null for other statements. */
export function operationNames(scenario: Scenario): (span: Span) => OperationName | null {
  const found = new Map<string, OperationName>();
  const key = (span: Span): string => `${span.start} ${span.end}`;
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) {
      for (const item of value) visit(item);
      return;
    }
    if (value === null || typeof value !== "object" || !("kind" in value) || !("span" in value)) return;
    const statement = value as Statement | Expression;
    if (statement.kind === "operate") {
      const { resource } = statement.resource;
      if ("kind" in resource)
        found.set(key(statement.span), { operation: statement.operation.name, kind: resource.kind.name });
    }
    if (statement.kind === "with") {
      const { resource } = statement.resource;
      if ("kind" in resource) found.set(key(statement.span), { operation: statement.enter, kind: resource.kind.name });
    }
    for (const part of ["then", "else", "body", "finally"] as const)
      if (part in statement) visit((statement as unknown as Record<string, unknown>)[part]);
    if (statement.kind === "try") for (const each of statement.catches) visit(each.body);
    if (statement.kind === "call") visit(statement.function.body);
  };
  const process = (each: Process): void => {
    visit(each.body);
    for (const inner of [...each.threads, ...each.coroutines]) process(inner);
  };
  scenario.processes.forEach(process);
  return (span) => found.get(key(span)) ?? null;
}
