/**
 * How statements follow each other: what blocks inside one step, functions that call themselves, loops that never let go,
 * statements that are never reached, values that nobody reads.
 */
import type {
  Expression,
  Function as FunctionDeclaration,
  Kind,
  Operation,
  Scenario,
  Statement,
  Variable,
} from "./ast.ts";
import type { World } from "./context.ts";
import { isTrue } from "./definition.ts";
import type { Problems } from "./problem.ts";
import { withInner } from "./types.ts";
import { blocksOf, eachExpression, eachStatement, expressionsOf, targetsOf } from "./visit.ts";

export function checkFlow(
  world: World,
  scenario: Scenario,
  functions: readonly FunctionDeclaration[],
  kinds: readonly Kind[],
): void {
  const flow = new Flow(world, scenario);
  flow.functionCycles(functions);
  for (const task of scenario.processes.flatMap(withInner)) flow.body(task.body);
  for (const one of functions) flow.body(one.body);
  for (const kind of kinds) if (kind.source === world.problems.source) flow.kind(kind);
  if (world.problems.errors === 0) flow.unused(world);
}

class Flow {
  readonly #problems: Problems;
  readonly #unknown: WeakSet<object>;
  /** memory that others can see: a step of its own */
  readonly #visible = new Set<Variable>();

  constructor(world: World, scenario: Scenario) {
    this.#problems = world.problems;
    this.#unknown = world.notes.unknown;
    for (const variable of [...scenario.shared, ...scenario.atomics]) this.#visible.add(variable);
    for (const task of scenario.processes) {
      const isShared = task.threads.length + task.coroutines.length > 0;
      if (isShared)
        for (const variable of task.variables) if (variable.storage === "process") this.#visible.add(variable);
    }
  }

  // ----------------------------------------------------------------------------------------------- one step

  body(block: readonly Statement[]): void {
    this.#reachable(block);
    eachStatement(block, (statement) => {
      if (statement.kind === "atomic") this.#oneStep(statement.body, true, "atomic");
      if (statement.kind === "loop" || (statement.kind === "while" && isAlways(statement.test)))
        this.#endless(statement, statement.body);
    });
  }

  kind(kind: Kind): void {
    for (const operation of kind.operations.values()) {
      for (const step of operation.steps) {
        this.#oneStep(step.body, true, "a step of an operation");
        this.#oneStep(step.missed, false, "'missed'");
        this.#reachable(step.body);
      }
    }
  }

  /** Nothing in one step may block or take time, except that its first statement may block. */
  #oneStep(block: readonly Statement[], mayBlock: boolean, where: string): void {
    block.forEach((statement, place) => {
      const first = mayBlock && place === 0;
      const why = this.#halts(statement, first);
      if (why !== null) {
        const hint = first
          ? "move it out"
          : why.blocks
            ? "only the first statement may block"
            : "move it out: one step takes no time";
        this.#problems.error("blocks-inside-atomic", statement.span, `${why.what} inside ${where}`, hint);
      }
      for (const inner of blocksOf(statement)) this.#oneStep(inner, false, where);
    });
  }

  /** Why the statement cannot be part of one step; null if it can. */
  #halts(statement: Statement, first: boolean): { what: string; blocks: boolean } | null {
    if (this.#unknown.has(statement)) return null;
    switch (statement.kind) {
      case "cpu":
      case "sleep":
      case "io":
      case "yield":
      case "switch":
        return { what: `'${statement.kind}' cannot stand`, blocks: false };
      case "when":
      case "join":
      case "wait_any":
        return first ? null : { what: `'${statement.kind}' may block`, blocks: true };
      case "with":
        return this.#operationHalts(enterOf(statement), statement.enter, first);
      case "operate":
        return this.#operationHalts(statement.operation, statement.operation.name, first);
      case "call": {
        const inner = this.#functionHalts(statement.function, new Set());
        return inner
          ? {
              what: `the function '${statement.function.name}' blocks or takes time and cannot be called`,
              blocks: false,
            }
          : null;
      }
      default:
        return null;
    }
  }

  #operationHalts(operation: Operation | null, name: string, first: boolean): { what: string; blocks: boolean } | null {
    if (operation === null) return null;
    if (operation.steps.length > 1) return { what: `'${name}' takes several steps and cannot stand`, blocks: false };
    if (operation.steps.some((step) => step.time !== null))
      return { what: `'${name}' takes time and cannot stand`, blocks: false };
    return !first && operationBlocks(operation) ? { what: `'${name}' may block`, blocks: true } : null;
  }

  #functionHalts(called: FunctionDeclaration, seen: Set<FunctionDeclaration>): boolean {
    if (seen.has(called)) return false;
    seen.add(called);
    let halts = false;
    eachStatement(called.body, (statement) => {
      if (statement.kind === "call") halts ||= this.#functionHalts(statement.function, seen);
      else halts ||= this.#halts(statement, false) !== null;
    });
    return halts;
  }

  // ----------------------------------------------------------------------------------------------- endless loops

  /** A loop that neither blocks, takes time, touches what others see, nor can be left: nobody else would ever run. */
  #endless(loop: Statement, body: readonly Statement[]): void {
    let letsGo = false;
    const visit = (block: readonly Statement[], depth: number): void => {
      for (const statement of block) {
        letsGo ||= this.#letsGo(statement, depth, new Set());
        const isLoop =
          statement.kind === "loop" ||
          statement.kind === "while" ||
          statement.kind === "repeat" ||
          statement.kind === "for";
        for (const inner of blocksOf(statement)) visit(inner, isLoop ? depth + 1 : depth);
      }
    };
    visit(body, 0);
    if (letsGo) return;
    this.#problems.error(
      "endless-loop",
      { start: loop.span.start, end: loop.span.start + loop.kind.length },
      "this loop never ends, never waits and touches nothing that others see",
      "add a 'sleep:', a 'break', or something that blocks",
    );
  }

  #letsGo(statement: Statement, depth: number, seen: Set<FunctionDeclaration>): boolean {
    if (this.#unknown.has(statement)) return true;
    switch (statement.kind) {
      case "cpu":
      case "sleep":
      case "io":
      case "yield":
      case "switch":
      case "when":
      case "with":
      case "operate":
      case "join":
      case "wait_any":
      case "start":
      case "terminate":
      case "return":
      case "exit":
      case "raise":
        return true;
      case "break":
        return depth === 0;
      case "call":
        if (seen.has(statement.function)) return false;
        seen.add(statement.function);
        return this.#functionLetsGo(statement.function, seen);
      default:
        return this.#touches(statement);
    }
  }

  #functionLetsGo(called: FunctionDeclaration, seen: Set<FunctionDeclaration>): boolean {
    let letsGo = false;
    eachStatement(called.body, (statement) => {
      const leaves = statement.kind === "return" || statement.kind === "break";
      letsGo ||= !leaves && this.#letsGo(statement, 1, seen);
    });
    return letsGo;
  }

  #touches(statement: Statement): boolean {
    if (targetsOf(statement).some((target) => this.#visible.has(target.variable))) return true;
    let found = false;
    for (const expression of expressionsOf(statement)) {
      eachExpression(expression, (part) => {
        found ||=
          part.kind === "view" ||
          part.kind === "task" ||
          part.kind === "count" ||
          (part.kind === "self" && part.name === "now");
        found ||= part.kind === "variable" && this.#visible.has(part.variable);
      });
    }
    return found;
  }

  // ----------------------------------------------------------------------------------------------- unreachable code

  /** Warns of the first statement behind one that never goes on; gives whether the block's end can be reached. */
  #reachable(block: readonly Statement[]): boolean {
    let reaches = true;
    let warned = false;
    for (const statement of block) {
      if (!reaches && !warned) {
        this.#problems.warn("unreachable-code", statement.span, "this is never reached", "remove it, or move it up");
        warned = true;
      }
      if (!this.#goesOn(statement)) reaches = false;
    }
    return reaches;
  }

  #goesOn(statement: Statement): boolean {
    if (this.#unknown.has(statement)) return true;
    const inner = blocksOf(statement).map((block) => this.#reachable(block));
    switch (statement.kind) {
      case "break":
      case "continue":
      case "return":
      case "exit":
      case "raise":
        return false;
      case "if":
        return inner.some((reaches) => reaches);
      case "loop":
        return breaks(statement.body);
      case "while":
        return !isAlways(statement.test) || breaks(statement.body);
      case "with":
      case "atomic":
        return inner.every((reaches) => reaches);
      case "try": {
        const last = inner[inner.length - 1] ?? true;
        return last && inner.slice(0, -1).some((reaches) => reaches);
      }
      default:
        return true;
    }
  }

  // ----------------------------------------------------------------------------------------------- the rest

  functionCycles(functions: readonly FunctionDeclaration[]): void {
    const done = new Set<FunctionDeclaration>();
    const path: FunctionDeclaration[] = [];
    const visit = (one: FunctionDeclaration): void => {
      if (done.has(one)) return;
      path.push(one);
      eachStatement(one.body, (statement) => {
        if (statement.kind !== "call") return;
        const at = path.indexOf(statement.function);
        if (at < 0) visit(statement.function);
        else {
          const names = [...path.slice(at), statement.function].map((each) => each.name).join(" → ");
          this.#problems.error(
            "function-cycle",
            statement.span,
            `functions must not call themselves: ${names}`,
            "write a loop",
          );
        }
      });
      path.pop();
      done.add(one);
    };
    functions.forEach(visit);
  }

  unused(world: World): void {
    for (const variable of world.notes.made) {
      if (world.notes.reads.has(variable)) continue;
      this.#problems.warn(
        "unused-variable",
        variable.span,
        `'${variable.name}' is never read`,
        `use it, or leave out where it is made: the assignment to it, or 'into:'`,
      );
    }
  }
}

function enterOf(statement: Statement & { readonly kind: "with" }): Operation | null {
  const { resource } = statement.resource;
  return "kind" in resource ? (resource.kind.operations.get(statement.enter) ?? null) : null;
}

/** Whether an operation of one step can block. */
function operationBlocks(operation: Operation): boolean {
  return operation.steps.some(
    (step) =>
      step.when !== null ||
      step.body.some((statement) => statement.kind === "operate" && operationBlocks(statement.operation)),
  );
}

function isAlways(test: Expression): boolean {
  return test.kind === "constant" && isTrue(test.value);
}

/** Whether a `break` of this loop is somewhere in its body. */
function breaks(body: readonly Statement[]): boolean {
  return body.some((statement) => {
    if (statement.kind === "break") return true;
    const isLoop =
      statement.kind === "loop" ||
      statement.kind === "while" ||
      statement.kind === "repeat" ||
      statement.kind === "for";
    return !isLoop && blocksOf(statement).some(breaks);
  });
}
