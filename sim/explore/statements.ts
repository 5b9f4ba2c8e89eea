/** Which statement a step belongs to, found by the text that its instructions came from. */
import type { Expression, Process, Scenario, Span, Statement } from "../scenario/ast.ts";

export interface StatementName {
  readonly span: Span;
  readonly kind: Statement["kind"];
  /** of a statement that calls an operation of a resource: acquire, put, notify …; else null */
  readonly operation: string | null;
  /** the kind of that resource */
  readonly resource: string | null;
}

/** By statement's span, as `key` gives it. */
type Statements = ReadonlyMap<string, StatementName>;

const known = new WeakMap<Scenario, Statements>();

/** The statement of the scenario's processes and functions that has this span; null if there is none. */
export function statementAt(scenario: Scenario, span: Span): StatementName | null {
  return statementsOf(scenario).get(key(span)) ?? null;
}

function statementsOf(scenario: Scenario): Statements {
  let statements = known.get(scenario);
  if (statements === undefined) {
    statements = findStatements(scenario);
    known.set(scenario, statements);
  }
  return statements;
}

/** The innermost `while`, `repeat`, `for` or `loop` around a stretch of text; the stretch itself if there is none. */
export function loopAround(scenario: Scenario, span: Span): Span {
  let loop: Span | null = null;
  for (const { kind, span: around } of statementsOf(scenario).values()) {
    const isAround = around.start <= span.start && span.end <= around.end;
    if (LOOPS.has(kind) && isAround && (loop === null || around.start > loop.start)) loop = around;
  }
  return loop ?? span;
}

const LOOPS: ReadonlySet<string> = new Set(["while", "repeat", "for", "loop"]);

const key = (span: Span): string => `${span.start} ${span.end}`;

function findStatements(scenario: Scenario): Statements {
  const found = new Map<string, StatementName>();
  const functions = new Set<unknown>();
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) {
      for (const item of value) visit(item);
      return;
    }
    if (value === null || typeof value !== "object" || !("kind" in value) || !("span" in value)) return;
    const statement = value as Statement | Expression;
    found.set(key(statement.span), nameOf(statement as Statement));
    for (const part of ["then", "else", "body", "finally"] as const)
      if (part in statement) visit((statement as unknown as Record<string, unknown>)[part]);
    if (statement.kind === "try") for (const each of statement.catches) visit(each.body);
    if (statement.kind !== "call" || functions.has(statement.function)) return;
    functions.add(statement.function);
    visit(statement.function.body);
  };
  const process = (each: Process): void => {
    visit(each.body);
    for (const inner of [...each.threads, ...each.coroutines]) process(inner);
  };
  scenario.processes.forEach(process);
  return found;
}

function nameOf(statement: Statement): StatementName {
  const { kind, span } = statement;
  if (kind !== "operate" && kind !== "with") return { kind, span, operation: null, resource: null };
  const { resource } = statement.resource;
  const operation = kind === "with" ? statement.enter : statement.operation.name;
  return { kind, span, operation, resource: "kind" in resource ? resource.kind.name : null };
}
