/** Statements about other tasks: start, join, terminate, wait_any; and `choose`. */
import type { Statement, TaskReference } from "../scenario/ast.ts";
import { type Builder, fixed } from "./builder.ts";
import { ensureVariable } from "./control.ts";
import { aliveTest, constant, direct, lowerValue } from "./expressions.ts";
import type { Linker, TaskFrame } from "./linker.ts";
import { type Expr, LIFE, type Place } from "./program.ts";
import { intoTarget, use } from "./statements.ts";
import { simpleWait } from "./waiting.ts";

/** Does `each` for every task meant; where an index is known only at run time, for the one that it turns out to be. */
function forEachTask(builder: Builder, linker: Linker, reference: TaskReference, each: (task: number) => void): void {
  const tasks = linker.tasksOf(builder, reference.process);
  if (reference.index === null) {
    for (const task of tasks) each(task);
    return;
  }
  const lowered = lowerValue(builder, linker, reference.index, false);
  const { value } = lowered;
  if (value.op === "constant" && tasks[value.code] !== undefined) {
    each(tasks[value.code]!);
    return;
  }
  const done = builder.label();
  const checked: Expr = {
    op: "offset",
    index: value,
    length: tasks.length,
    stride: 1,
    rest: null,
    span: reference.span,
  };
  tasks.forEach((task, k) => {
    const [yes, no] = [builder.label(), builder.label()];
    if (k < tasks.length - 1) {
      const test: Expr = { op: "binary", operator: "==", left: checked, right: constant(k), span: reference.span };
      builder.emit({ op: "branch", test, yes, no });
      builder.place(yes);
    } else if (tasks.length === 1) {
      // the check of the bounds is all that is left of the index
      const slot = builder.temporary();
      builder.emit({ op: "set", to: fixed(slot), value: checked });
      builder.emit({ op: "nothing" }, false, [slot]);
      builder.release(slot);
    }
    each(task);
    builder.jump(done);
    builder.place(no);
  });
  builder.place(done);
  if (lowered.temporaries.length > 0) builder.emit({ op: "nothing" }, false, lowered.temporaries);
  use(builder, lowered);
}

export function startTasks(builder: Builder, linker: Linker, statement: Statement & { kind: "start" }): void {
  const values = [...statement.arguments].map(([variable, argument]) => ({
    variable,
    lowered: lowerValue(builder, linker, argument, false),
  }));
  for (const reference of statement.tasks) {
    forEachTask(builder, linker, reference, (task) => {
      const child = linker.frames[task]!;
      builder.emit(
        {
          op: "start",
          task,
          copies: child.process.memory === "fork" ? inherited(linker.frames[builder.task]!, child) : [],
          values: values.map(({ variable, lowered }) => {
            const place = child.variables.get(variable)!;
            return { to: { base: place.base, offset: place.offset }, value: lowered.value };
          }),
        },
        true,
      );
    });
  }
  const clear = values.flatMap(({ lowered }) => lowered.temporaries);
  if (clear.length > 0) builder.emit({ op: "nothing" }, false, clear);
  for (const slot of clear) builder.release(slot);
}

/** fork: the child's variables start as a copy of its parent's variables of the same name (and shape). */
function inherited(parent: TaskFrame, child: TaskFrame): { from: Place; to: Place }[] {
  const pairs: { from: Place; to: Place }[] = [];
  for (const to of child.variables.values()) {
    const short = (place: Place): string => place.name.slice(place.name.lastIndexOf(".") + 1);
    for (const from of parent.variables.values()) {
      if (short(from) === short(to) && JSON.stringify(from.layout) === JSON.stringify(to.layout))
        pairs.push({ from, to });
    }
  }
  return pairs;
}

function ended(linker: Linker, task: number): Expr {
  const frame = linker.frames[task]!;
  return { op: "not", operand: aliveTest(frame.lifeSlot, frame.process.span) };
}

export function joinTasks(builder: Builder, linker: Linker, statement: Statement & { kind: "join" }): void {
  for (const reference of statement.tasks) {
    forEachTask(builder, linker, reference, (task) => {
      const frame = linker.frames[task]!;
      simpleWait(builder, linker, statement, {
        test: ended(linker, task),
        waits: { what: frame.name, resource: null, tasks: [task], any: false, operation: "join" },
        body: () => {
          if (frame.parentSlot >= 0) mustBeStarted(builder, frame);
          builder.emit({ op: "reap", tasks: [task] });
        },
      });
    });
  }
}

/** Joining what was never started is misuse, as in Python; it lets the wait pass, so that joining is one step. */
function mustBeStarted(builder: Builder, frame: TaskFrame): void {
  const [fine, wrong] = [builder.label(), builder.label()];
  const created: Expr = {
    op: "binary",
    operator: "==",
    left: { op: "load", at: fixed(frame.lifeSlot) },
    right: constant(LIFE.created),
    span: builder.span,
  };
  builder.emit({ op: "branch", test: created, yes: wrong, no: fine });
  builder.place(wrong);
  builder.emit({
    op: "fail",
    kind: "misuse",
    name: "misuse",
    message: [`${builder.taskName} joins ${frame.name}, which was never started`],
  });
  builder.place(fine);
}

export function terminateTasks(builder: Builder, linker: Linker, statement: Statement & { kind: "terminate" }): void {
  for (const reference of statement.tasks) {
    forEachTask(builder, linker, reference, (task) => builder.emit({ op: "terminate", tasks: [task] }, true));
  }
}

/** `switch`: the other one has the thread now; this one goes on when somebody switches back to it. */
export function switchTo(builder: Builder, linker: Linker, statement: Statement & { kind: "switch" }): void {
  const { threadSlot } = linker.frames[builder.task]!;
  forEachTask(builder, linker, statement.task, (task) => {
    const mine: Expr = {
      op: "binary",
      operator: "==",
      left: { op: "load", at: fixed(threadSlot) },
      right: constant(builder.task),
      span: builder.span,
    };
    builder.emit({ op: "switch", task }, true);
    const waits = { what: "a switch back", resource: null, tasks: [], any: false, operation: "switch" };
    builder.emit({ op: "when", test: mine, timeout: null, missed: -1, waits }, true);
  });
}

export function waitAny(builder: Builder, linker: Linker, statement: Statement & { kind: "wait_any" }): void {
  const tasks = statement.tasks.flatMap((reference) => {
    const all = linker.tasksOf(builder, reference.process);
    if (reference.index === null) return all;
    const index = direct(builder, linker, reference.index);
    return index.op === "constant" && all[index.code] !== undefined ? [all[index.code]!] : all;
  });
  const span = statement.span;
  const any = tasks.reduce<Expr | null>(
    (test, task) => (test === null ? ended(linker, task) : { op: "or", left: test, right: ended(linker, task) }),
    null,
  );
  const names = tasks.map((task) => linker.frames[task]!.name);
  simpleWait(builder, linker, statement, {
    test: any ?? constant(0),
    waits: { what: names.join(" or "), resource: null, tasks, any: true, operation: "wait_any" },
    body: (result) => {
      if (result === null) return;
      const first = tasks.reduceRight<Expr>(
        (otherwise, task, k) => ({
          op: "if",
          test: ended(linker, task),
          then: constant(builder.memory.values.encode(names[k]!)),
          else: otherwise,
        }),
        constant(0),
      );
      builder.emit({ op: "set", to: result, value: first });
    },
  });
  void span;
}

export function chooseStep(builder: Builder, linker: Linker, statement: Statement & { kind: "choose" }): void {
  ensureVariable(builder, statement.target.variable);
  const options = statement.options.map((option) => lowerValue(builder, linker, option, false));
  const clear = options.flatMap((option) => option.temporaries);
  for (const slot of clear) builder.release(slot);
  intoTarget(builder, linker, statement.target, (to) =>
    builder.emit({ op: "choose", to, options: options.map((option) => option.value) }, true, clear),
  );
}
