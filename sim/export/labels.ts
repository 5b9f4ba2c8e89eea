/**
 * What goes wrong, by name: SPIN prints the condition of a failed assertion, so each failure asserts a variable that is
 * never true and whose name says what happened and where.
 */
import type { Program, Task } from "../program/program.ts";
import type { FindingKind, Span } from "../scenario/ast.ts";
import { locate } from "../scenario/load.ts";
import type { Names } from "./names.ts";

export class Labels {
  private readonly program: Program;
  private readonly names: Names;
  private readonly known = new Map<string, string>();
  private readonly allowed: ReadonlySet<FindingKind>;

  constructor(program: Program, names: Names) {
    this.program = program;
    this.names = names;
    this.allowed = new Set(program.scenario.check.allow);
  }

  /** Statements that report it; none if the scenario allows it. */
  violation(kind: FindingKind, name: string, task: Task, span: Span): string[] {
    if (this.allowed.has(kind)) return [];
    const what = name === kind || name === "Misuse" ? kind : `${kind}_${name}`;
    return [`assert(${this.label(`${what}_${task.name}_line_${this.line(span)}`)});`];
  }

  /** The end of what the model can hold. */
  limit(what: string, task: Task, span: Span): string[] {
    return [`assert(${this.label(`${what}_${task.name}_line_${this.line(span)}`)});`];
  }

  /** The variable for a task that waits for ever. */
  deadlock(task: Task): string {
    return this.label(`deadlock_${task.name}`);
  }

  /** The variable for a property. */
  property(kind: "always" | "finally", name: string): string {
    return this.label(`${kind}_${name}`);
  }

  line(span: Span): number {
    return locate(this.program.scenario.source, span.start).line;
  }

  declarations(): string[] {
    return [...this.known.values()].map((name) => `hidden byte ${name};`);
  }

  private label(wanted: string): string {
    let name = this.known.get(wanted);
    if (name === undefined) {
      name = this.names.make(wanted);
      this.known.set(wanted, name);
    }
    return name;
  }
}
