/**
 * Waiting: `when`, and every operation that may block, with `timeout`, `block` and `into`.
 *
 * A wait is one step: its guard, then its effect. A wait with a timeout may instead give up while its guard is false;
 * a wait that could succeed never gives up.
 */
import type { Expression, Statement, Target } from "../scenario/ast.ts";
import { printExpression } from "../scenario/print.ts";
import { type Builder, fixed, type Label, slotValue } from "./builder.ts";
import { ensureVariable } from "./control.ts";
import { constant, direct, lowerValue } from "./expressions.ts";
import type { Linker } from "./linker.ts";
import type { Address, Expr, WaitsFor } from "./program.ts";
import { store } from "./statements.ts";
import { FALSE, TRUE } from "./values.ts";

/** The `timeout`, `block` and `into` of a statement, prepared once for all of its steps. */
export interface WaitPlan {
  readonly timeout: Expr | null;
  readonly timeoutSlots: readonly number[];
  readonly nonBlocking: boolean;
  /** holds the value (or true/false) for `into`, or whether a step was missed */
  readonly result: number;
  readonly into: Target | null;
}

type Waiting = { readonly timeout: Expression | null; readonly block: Expression | null; readonly into: Target | null };

/** Evaluates the options of a waiting statement. */
export function planWait(builder: Builder, linker: Linker, waiting: Waiting): WaitPlan {
  const blocks = waiting.block === null ? constant(TRUE) : direct(builder, linker, waiting.block);
  const nonBlocking = blocks.op === "constant" && !builder.memory.values.truthy(blocks.code);
  const timeout = waiting.timeout === null || nonBlocking ? null : lowerValue(builder, linker, waiting.timeout, false);
  return {
    timeout: timeout?.value ?? null,
    timeoutSlots: timeout?.temporaries ?? [],
    nonBlocking,
    result: waiting.into === null && timeout === null && !nonBlocking ? -1 : builder.temporary(),
    into: waiting.into,
  };
}

/**
 * One step of a wait: blocks until `test` (null: never), then runs `body`. With `timed` it may give up: then `missed`
 * runs and `miss` is what `result` gets.
 */
export function waitStep(
  builder: Builder,
  plan: WaitPlan,
  step: {
    test: Expr | null;
    timed: boolean;
    waits: WaitsFor;
    body: () => void;
    missed: () => void;
    miss: number;
    afterMiss?: Label | null;
  },
): void {
  const mayMiss = step.test !== null && step.timed && (plan.nonBlocking || plan.timeout !== null);
  const [missed, done] = [builder.label(), builder.label()];
  builder.atomically(() => {
    if (step.test !== null && builder.atomic && !builder.beginsStep) mustHold(builder, step.test, step.waits);
    else if (step.test !== null && mayMiss && plan.nonBlocking) {
      const go = builder.label();
      builder.emit({ op: "branch", test: step.test, yes: go, no: missed });
      builder.place(go);
    } else if (step.test !== null) {
      const timeout = mayMiss ? plan.timeout : null;
      builder.emit({ op: "when", test: step.test, timeout, missed: timeout === null ? -1 : missed, waits: step.waits });
    }
    step.body();
    if (builder.beginsStep) builder.emit({ op: "nothing" });
    if (mayMiss) {
      builder.jump(done);
      builder.place(missed);
      step.missed();
      const next = step.afterMiss ?? done;
      builder.emit({ op: "set", to: fixed(plan.result), value: constant(step.miss), next });
    }
  });
  builder.place(done);
}

/** Inside an atomic step nothing may wait any more: what would block is misuse. */
function mustHold(builder: Builder, test: Expr, waits: WaitsFor): void {
  const [fine, wrong] = [builder.label(), builder.label()];
  builder.emit({ op: "branch", test, yes: fine, no: wrong });
  builder.place(wrong);
  builder.emit({
    op: "fail",
    kind: "misuse",
    name: "misuse",
    message: [`${builder.taskName} would have to wait for ${waits.what} in the middle of an atomic step`],
  });
  builder.place(fine);
}

/** After the last step: a miss is raised, or the result goes where `into` says. `missCode` is what a miss left in `result`. */
export function finishWait(builder: Builder, linker: Linker, plan: WaitPlan, missCode: number, missName: string): void {
  if (plan.result === -1) return;
  if (plan.into !== null) {
    ensureVariable(builder, plan.into.variable);
    store(builder, linker, plan.into, {
      value: slotValue(plan.result),
      visible: false,
      temporaries: [plan.result, ...plan.timeoutSlots],
    });
    return;
  }
  const [missed, done] = [builder.label(), builder.label()];
  const span = builder.span;
  const test: Expr = { op: "binary", operator: "==", left: slotValue(plan.result), right: constant(missCode), span };
  const clear = [plan.result, ...plan.timeoutSlots];
  builder.emit({ op: "branch", test, yes: missed, no: done }, false, clear);
  builder.place(missed);
  builder.emit({ op: "raise", name: missName, message: "", from: -1 });
  builder.place(done);
  for (const slot of clear) builder.release(slot);
}

/** `when`: testing and going on are one step, so its reads stay in place. */
export function when(builder: Builder, linker: Linker, statement: Statement & { kind: "when" }): void {
  simpleWait(builder, linker, statement, {
    test: direct(builder, linker, statement.test),
    waits: { what: printExpression(statement.test), resource: null, tasks: [], any: false, operation: null },
    body: () => {},
  });
}

/** A wait of one step that gives no value of its own: `into` gets true or false, a miss raises Timeout. */
export function simpleWait(
  builder: Builder,
  linker: Linker,
  waiting: Waiting,
  wait: { test: Expr; waits: WaitsFor; body: (result: Address | null) => void },
): void {
  const plan = planWait(builder, linker, waiting);
  waitStep(builder, plan, {
    test: wait.test,
    timed: true,
    waits: wait.waits,
    body: () => {
      if (plan.result !== -1) builder.emit({ op: "set", to: fixed(plan.result), value: constant(TRUE) });
      wait.body(plan.result === -1 ? null : fixed(plan.result));
    },
    missed: () => {},
    miss: FALSE,
  });
  finishWait(builder, linker, plan, FALSE, "Timeout");
}
