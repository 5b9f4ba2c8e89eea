/**
 * How much code a scenario becomes: calls of functions and operations of resources are filled in where they stand, so
 * functions that call each other twice, thirty deep, would be a thousand million statements.
 */
import type { Function as FunctionDeclaration, Operation, Process, Scenario, Statement } from "./ast.ts";
import type { World } from "./context.ts";
import { eachStatement } from "./visit.ts";

/** Greatest number of statements of one task with everything filled in. */
const TASK_MAX = 200_000;
/** Greatest number of statements of all tasks together, each task of an array having its own code. */
const TOTAL_MAX = 1_000_000;
/** Sizes stay numbers that can be added. */
const LARGE = 1_000_000_000;

/** Reports tasks whose code would be too large. Functions that call themselves must have been refused before. */
export function checkSize(world: World, scenario: Scenario): void {
  const sizes = new Sizes();
  let total = 0;
  for (const { task, many } of scenario.processes.flatMap((process) => counted(process, 1))) {
    const { size, largest } = sizes.block(task.body);
    total = Math.min(LARGE, total + size * many);
    if (size > TASK_MAX) {
      const what = largest === null ? "" : `, most of it in '${largest.name}'`;
      world.problems.error(
        "code-too-large",
        task.span,
        `'${task.name}' has more than ${TASK_MAX} statements once its calls are filled in${what}`,
        "call functions in a loop instead of many times, and let fewer of them call each other",
      );
      return;
    }
  }
  const [first] = scenario.processes;
  if (total > TOTAL_MAX && first !== undefined)
    world.problems.error(
      "code-too-large",
      first.span,
      `all processes together have more than ${TOTAL_MAX} statements once their calls are filled in`,
      "lower a 'count:', or call functions in a loop instead of many times",
    );
}

function counted(task: Process, owners: number): { task: Process; many: number }[] {
  const many = owners * (task.count ?? 1);
  return [{ task, many }, ...[...task.threads, ...task.coroutines].flatMap((inner) => counted(inner, many))];
}

class Sizes {
  readonly #functions = new Map<FunctionDeclaration, number>();
  readonly #operations = new Map<Operation, number>();

  /** Statements of a block with all calls filled in, and the function that contributes most. */
  block(statements: readonly Statement[]): { size: number; largest: FunctionDeclaration | null } {
    let size = 0;
    let largest: FunctionDeclaration | null = null;
    let most = 0;
    eachStatement(statements, (statement) => {
      size += 1;
      if (statement.kind === "call") {
        const inside = this.#function(statement.function);
        if (inside > most) [most, largest] = [inside, statement.function];
        size += inside;
      }
      if (statement.kind === "operate") size += this.#operation(statement.operation);
      if (statement.kind === "with" && "kind" in statement.resource.resource)
        for (const name of [statement.enter, statement.leave]) {
          const operation = statement.resource.resource.kind.operations.get(name);
          if (operation !== undefined) size += this.#operation(operation);
        }
      size = Math.min(size, LARGE);
    });
    return { size, largest };
  }

  #function(called: FunctionDeclaration): number {
    const known = this.#functions.get(called);
    if (known !== undefined) return known;
    const { size } = this.block(called.body);
    this.#functions.set(called, size);
    return size;
  }

  #operation(operation: Operation): number {
    const known = this.#operations.get(operation);
    if (known !== undefined) return known;
    const { size } = this.block(operation.steps.flatMap((step) => [...step.body, ...step.missed]));
    this.#operations.set(operation, size);
    return size;
  }
}
