/**
 * What one instruction does, in Promela: the ways in which it can go on, each with its test, its statements and where
 * it goes. Exceptions are ways like others.
 */
import { type Expr, type Instruction, LIFE, type Place, type Program, sizeOf, type Task } from "../program/program.ts";
import { raisingParts } from "../program/raises.ts";
import type { Span, Value } from "../scenario/ast.ts";
import type { Ends } from "./ends.ts";
import type { Expressions, Fault } from "./expressions.ts";
import type { Labels } from "./labels.ts";
import { type Codes, comment, LIFE_NAMES, type Variables } from "./names.ts";
import { ExportProblem } from "./problem.ts";

/** The task has ended: no position comes after. */
export const OVER = -1;

export interface Arm {
  /** the text of a test; null: in every other case */
  readonly test: string | null;
  readonly body: readonly string[];
  /** a position, or OVER */
  readonly to: number;
}

export interface Arms {
  readonly arms: readonly Arm[];
  /** any of the arms whose test is true may be taken, not the first */
  readonly open: boolean;
}

const life = (value: number): string => LIFE_NAMES[value]!;

export class Translator {
  private readonly program: Program;
  private readonly task: Task;
  private readonly variables: Variables;
  private readonly codes: Codes;
  private readonly ends: Ends;
  private readonly labels: Labels;
  private readonly expressions: Expressions;
  private readonly position: number;
  private readonly instruction: Instruction;

  constructor(
    shared: { program: Program; variables: Variables; codes: Codes; ends: Ends; labels: Labels },
    task: Task,
    position: number,
    expressions: Expressions,
  ) {
    this.program = shared.program;
    this.variables = shared.variables;
    this.codes = shared.codes;
    this.ends = shared.ends;
    this.labels = shared.labels;
    this.task = task;
    this.position = position;
    this.instruction = task.code[position]!;
    this.expressions = expressions;
  }

  /** @param first the step begins with this instruction, so a wait's test still decides */
  translate(first: boolean): Arms {
    const { instruction, expressions } = this;
    switch (instruction.op) {
      case "nothing":
        return this.go([], [], instruction.next);
      case "print":
        return this.go(
          raisingParts(instruction, this.program).flatMap((part) => expressions.faults(part)),
          [
            `/* prints: ${comment(instruction.parts.map((part) => (typeof part === "string" ? part : "{…}")).join(""))} */`,
          ],
          instruction.next,
        );
      case "when": {
        const faults = expressions.faults(instruction.test);
        if (!first || instruction.timeout === null) return this.go(faults, [], instruction.next);
        const test = expressions.test(instruction.test);
        for (const timeout of raisingParts(instruction, this.program))
          for (const { when, name } of expressions.timeFaults(timeout))
            faults.push({ when: `!(${test}) && ${when}`, name });
        return this.withFaults(faults, [
          { test, body: this.cleared([]), to: instruction.next },
          { test: null, body: this.cleared([]), to: instruction.missed },
        ]);
      }
      case "set": {
        const faults = [...expressions.faults(instruction.value), ...expressions.addressFaults(instruction.to)];
        return this.go(
          faults,
          [`${expressions.at(instruction.to, 0)} = ${expressions.value(instruction.value)};`],
          instruction.next,
        );
      }
      case "branch": {
        const test = expressions.test(instruction.test);
        return this.withFaults(expressions.faults(instruction.test), [
          { test, body: this.cleared([]), to: instruction.yes },
          { test: null, body: this.cleared([]), to: instruction.no },
        ]);
      }
      case "delay": {
        const letsGo = this.task.threadSlot >= 0 && instruction.kind !== "cpu" && instruction.cooperative;
        const faults = raisingParts(instruction, this.program).flatMap((time) => expressions.timeFaults(time));
        return this.go(faults, letsGo ? [this.ends.leaveThread(this.task, "true")] : [], instruction.next);
      }
      case "choose": {
        if (
          expressions.addressFaults(instruction.to).length > 0 ||
          instruction.options.some((option) => expressions.faults(option).length > 0)
        ) {
          throw new ExportProblem("a choice of values that may not be there cannot be exported", instruction.span);
        }
        const to = expressions.at(instruction.to, 0);
        return {
          open: true,
          arms: instruction.options.map((option) => ({
            test: "true",
            body: this.cleared([`${to} = ${expressions.value(option)};`]),
            to: instruction.next,
          })),
        };
      }
      case "pick": {
        const most = Math.max(1, expressions.kind(instruction.count).high);
        if (most > 256) throw new ExportProblem("a choice among so many cannot be exported", instruction.span);
        const count = expressions.value(instruction.count);
        const to = expressions.at(instruction.to, 0);
        return {
          open: true,
          arms: Array.from({ length: most }, (_, k) => ({
            test: k === 0 ? "true" : `${count} > ${k}`,
            body: this.cleared([`${to} = ${k};`]),
            to: instruction.next,
          })),
        };
      }
      case "append":
      case "extend":
      case "pop":
      case "remove":
      case "clear":
      case "put":
      case "fill":
        return this.container(instruction);
      case "start":
        return this.start(instruction);
      case "reap": {
        const body = instruction.tasks
          .map((id) => this.program.tasks[id]!)
          .filter((other) => other.parentSlot >= 0)
          .map((other) =>
            when(
              `${this.variables.cell(other.parentSlot)} == ${this.task.id}`,
              `${this.variables.cell(other.lifeSlot)} = ${life(LIFE.reaped)}`,
            ),
          );
        return this.go([], body, instruction.next);
      }
      case "terminate":
        return this.terminate(instruction);
      case "fail": {
        const faults = instruction.message.flatMap((part) =>
          typeof part === "string" ? [] : expressions.faults(part),
        );
        if (faults.length > 0)
          throw new ExportProblem("a message whose values may not be there cannot be exported", instruction.span);
        if (instruction.kind === "misuse") return { open: false, arms: [this.raised("Misuse", null, [])] };
        const violation = this.labels.violation(instruction.kind, instruction.name, this.task, instruction.span);
        return {
          open: false,
          arms: [{ test: null, body: this.cleared([...violation, this.ends.end(this.task, "1")]), to: OVER }],
        };
      }
      case "raise":
        return {
          open: false,
          arms:
            instruction.name === null ? this.raisedAgain(instruction.from) : [this.raised(instruction.name, null, [])],
        };
      case "switch": {
        const target = this.program.tasks[instruction.task]!;
        const cell = this.variables.cell(target.lifeSlot);
        const begin = [
          `${cell} = ${life(LIFE.alive)}`,
          ...(target.parentSlot >= 0 ? [`${this.variables.cell(target.parentSlot)} = ${this.task.id}`] : []),
        ];
        const body = [
          when(`${cell} == ${life(LIFE.created)}`, ...begin),
          `${this.variables.cell(this.task.threadSlot)} = ${target.id};`,
        ];
        return this.go(
          [{ when: `(${cell} != ${life(LIFE.created)} && ${cell} != ${life(LIFE.alive)})`, name: "Misuse" }],
          body,
          instruction.next,
        );
      }
      case "end": {
        const left = this.variables.cell(this.task.exitSlot);
        const mayBeLeft = this.task.epilogue >= 0;
        const code =
          instruction.code !== null
            ? expressions.value(instruction.code)
            : mayBeLeft
              ? `(${left} == Null -> 0 : ${left})`
              : "0";
        const faults = instruction.code === null ? [] : expressions.faults(instruction.code);
        return this.go(faults, [this.ends.end(this.task, code)], OVER);
      }
    }
  }

  /** Whether a wait can go on: its test is true, or raises (and the step does that). */
  guard(): string {
    const { instruction, expressions } = this;
    if (instruction.op !== "when") return "true";
    const faults = expressions.faults(instruction.test).map((fault) => fault.when);
    const test = expressions.test(instruction.test);
    return faults.length === 0 ? test : `(${[...faults, test].join(" || ")})`;
  }

  private cleared(body: readonly string[]): string[] {
    return [...body, ...this.instruction.clear.map((slot) => `${this.variables.cell(slot)} = 0;`)];
  }

  /** Straight on, unless one of the faults is true. */
  private go(faults: readonly Fault[], body: readonly string[], to: number): Arms {
    return this.withFaults(faults, [{ test: null, body: this.cleared(body), to }]);
  }

  private withFaults(faults: readonly Fault[], arms: readonly Arm[]): Arms {
    const raised = faults.map(({ when: test, name }) =>
      name === null ? this.beyond(test) : this.raised(name, test, []),
    );
    return { open: false, arms: [...raised, ...arms] };
  }

  /** What the model has no room for ends the verification, so that it is never wrong. */
  private beyond(test: string): Arm {
    return { test, body: this.limit("number_too_large_for_the_model"), to: OVER };
  }

  private limit(what: string): string[] {
    return [...this.labels.limit(what, this.task, this.instruction.span), this.ends.end(this.task, "1")];
  }

  private raised(name: string, test: string | null, before: readonly string[]): Arm {
    const { handler, exception } = this.instruction;
    if (handler < 0) return this.uncaught(name, test, before);
    const caught = `${this.variables.cell(exception)} = ${this.codes.show(this.program.values.encode(name))};`;
    return { test, body: [...before, caught], to: handler };
  }

  /** A caught exception that goes on; where nobody catches it, by cases over what it may be. */
  private raisedAgain(from: number): Arm[] {
    const { handler, exception } = this.instruction;
    const slot = this.variables.cell(from);
    if (handler >= 0) return [{ test: null, body: [`${this.variables.cell(exception)} = ${slot};`], to: handler }];
    const { others } = this.expressions.kind({ op: "load", at: { base: from, offset: null } });
    const codes = [...others].sort((a, b) => a - b);
    return codes.map((code, k) =>
      this.uncaught(
        String(this.program.values.decode(code)),
        k < codes.length - 1 ? `${slot} == ${this.codes.show(code)}` : null,
        [],
      ),
    );
  }

  /** Nobody catches it: the task ends, or the main thread of a process whose other threads go on. */
  private uncaught(name: string, test: string | null, before: readonly string[]): Arm {
    const { task } = this;
    const violation = this.labels.violation(
      name === "Misuse" ? "misuse" : "exception",
      name,
      task,
      this.instruction.span,
    );
    if (task.epilogue >= 0 && this.position < task.epilogue) {
      return { test, body: [...before, ...violation, `${this.variables.cell(task.exitSlot)} = 1;`], to: task.epilogue };
    }
    return { test, body: [...before, ...violation, this.ends.end(task, "1")], to: OVER };
  }

  private start(instruction: Instruction & { op: "start" }): Arms {
    const { expressions, variables, program, task } = this;
    const child = program.tasks[instruction.task]!;
    if (task.daemon && task.type === "process" && child.type === "process")
      return { open: false, arms: [this.raised("Misuse", null, [])] };
    const cell = variables.cell(child.lifeSlot);
    if (
      instruction.values.some(
        ({ to, value }) => expressions.addressFaults(to).length + expressions.faults(value).length > 0,
      )
    ) {
      throw new ExportProblem("start with values that may not be there cannot be exported", instruction.span);
    }
    const body = [
      ...instruction.copies.flatMap(({ from, to }) =>
        Array.from(
          { length: sizeOf(from.layout) },
          (_, k) => `${variables.cell(to.base + k)} = ${variables.cell(from.base + k)};`,
        ),
      ),
      ...instruction.values.map(({ to, value }) => `${expressions.at(to, 0)} = ${expressions.value(value)};`),
      `${cell} = ${life(LIFE.alive)};`,
      ...(child.parentSlot >= 0 ? [`${variables.cell(child.parentSlot)} = ${task.id};`] : []),
      ...program.tasks
        .filter((other) => other.owner === child.id && !other.manual)
        .map((other) => `${variables.cell(other.lifeSlot)} = ${life(LIFE.alive)};`),
    ];
    return this.go([{ when: `${cell} != ${life(LIFE.created)}`, name: "Misuse" }], body, instruction.next);
  }

  private terminate(instruction: Instruction & { op: "terminate" }): Arms {
    const arms: Arm[] = [];
    const body: string[] = [];
    for (const id of instruction.tasks) {
      const cell = this.variables.cell(this.program.tasks[id]!.lifeSlot);
      // those before it are told already when one turns out not to have been started
      if (this.program.tasks[id]!.manual)
        arms.push(this.raised("Misuse", `${cell} == ${life(LIFE.created)}`, [...body]));
      body.push(when(`${cell} == ${life(LIFE.alive)}`, `${cell} = ${life(LIFE.dying)}`));
    }
    return { open: false, arms: [...arms, { test: null, body: this.cleared(body), to: instruction.next }] };
  }

  // ------------------------------------------------------------------------------------------------------- containers

  private container(
    instruction: Instruction & { op: "append" | "extend" | "pop" | "remove" | "clear" | "put" | "fill" },
  ): Arms {
    const { expressions, variables } = this;
    const { place, next, span } = instruction;
    const { layout } = place;
    const { name, start } = variables.array(place.base, expressions.offset(place.offset));
    const length = expressions.at(place, 0);
    const here = expressions.addressFaults(place);
    const isMap = layout.type === "map";
    const list = isMap ? "map" : "list";
    switch (instruction.op) {
      case "append": {
        const at = instruction.at === null ? [] : expressions.faults(instruction.at);
        const faults = [...expressions.faults(instruction.value), ...here, ...at];
        const value = expressions.value(instruction.value);
        const body =
          instruction.at === null
            ? `list_append(${name}, ${start}, ${value});`
            : `list_insert(${name}, ${start}, ${expressions.value(instruction.at)}, ${value});`;
        return this.orFull(place, faults, 1, [body], next);
      }
      case "extend": {
        const items = this.items(instruction.value, place, span);
        if (layout.type !== "list" || !layout.unbounded)
          throw new ExportProblem("extend of a list with a greatest length cannot be exported", span);
        const faults = [...expressions.faults(instruction.value), ...here];
        return this.orFull(
          place,
          faults,
          items.length,
          items.map((item) => `list_append(${name}, ${start}, ${item});`),
          next,
        );
      }
      case "pop":
        return this.pop(instruction, name, start);
      case "remove": {
        const value = expressions.value(instruction.value);
        const faults = [
          ...expressions.faults(instruction.value),
          ...here,
          { when: `!(${expressions.test({ op: "member", place, value: instruction.value })})`, name: "ValueError" },
        ];
        return this.go(
          faults,
          [`${list}_find(${name}, ${start}, ${value});`, `${list}_erase(${name}, ${start}, k_);`],
          next,
        );
      }
      case "clear":
        return this.go(here, layout.type === "array" ? [] : [`${list}_clear(${name}, ${start});`], next);
      case "put": {
        const faults = [...expressions.faults(instruction.value), ...here];
        const value = expressions.value(instruction.value);
        const key = expressions.value(instruction.key);
        if (isMap) {
          const full: Fault = {
            when: `(${length} >= ${layout.max} && !(${expressions.test({ op: "member", place, value: instruction.key })}))`,
            name: "Overflow",
          };
          return this.go(
            [...faults, ...expressions.faults(instruction.key), full],
            [`map_put(${name}, ${start}, ${key}, ${value});`],
            next,
          );
        }
        // not the TypeError of reading: whatever is no index is an IndexError here
        const inKey = expressions.faults(instruction.key);
        const most = layout.type === "list" ? layout.max : 0;
        const outside = expressions
          .indexFaults(instruction.key, length, most, expressions.leastLength(place))
          .slice(inKey.length)
          .map(({ when }): Fault => ({ when, name: "IndexError" }));
        const renamed = [...inKey, ...outside];
        const at = expressions.kind(instruction.key).low >= 0 ? key : `(${key} < 0 -> ${key} + ${length} : ${key})`;
        return this.go([...faults, ...renamed], [`${name}[${start} + 1 + ${at}] = ${value};`], next);
      }
      case "fill":
        return this.fill(instruction, here, name, start);
    }
  }

  private pop(instruction: Instruction & { op: "pop" }, name: string, start: string): Arms {
    const { expressions } = this;
    const { place, key, to, next, span } = instruction;
    if (to !== null && expressions.addressFaults(to).length > 0)
      throw new ExportProblem("pop into an element that may not be there cannot be exported", span);
    const length = expressions.at(place, 0);
    const faults = expressions.addressFaults(place);
    const into = to === null ? [] : [`${expressions.at(to, 0)} = h_0;`];
    const isMap = place.layout.type === "map";
    if (isMap) {
      if (key === null) throw new ExportProblem("pop of a map without a key cannot be exported", span);
      faults.push(...expressions.faults(key), {
        when: `!(${expressions.test({ op: "member", place, value: key })})`,
        name: "KeyError",
      });
      const body = [
        `map_find(${name}, ${start}, ${expressions.value(key)});`,
        `h_0 = ${name}[${start} + 2 + 2 * k_];`,
        `map_erase(${name}, ${start}, k_);`,
      ];
      return this.go(faults, [...body, ...into], next);
    }
    if (place.layout.type !== "list") throw new ExportProblem("pop of this cannot be exported", span);
    const index: Expr = key ?? { op: "constant", code: -1 };
    faults.push(...expressions.indexFaults(index, length, place.layout.max, expressions.leastLength(place)));
    const text = expressions.value(index);
    const at =
      key === null
        ? `${length} - 1`
        : expressions.kind(index).low >= 0
          ? text
          : `(${text} < 0 -> ${text} + ${length} : ${text})`;
    return this.go(
      faults,
      [`k_ = ${at};`, `h_0 = ${name}[${start} + 1 + k_];`, `list_erase(${name}, ${start}, k_);`, ...into],
      next,
    );
  }

  /** A list with room for so many more, or what happens if it is full. */
  private orFull(place: Place, faults: readonly Fault[], more: number, body: readonly string[], to: number): Arms {
    const { layout } = place;
    if (layout.type !== "list") throw new ExportProblem("adding to this cannot be exported", this.instruction.span);
    const full = `${this.expressions.at(place, 0)} + ${more} > ${layout.max}`;
    const arms = this.withFaults(faults, []).arms;
    const arm: Arm = layout.unbounded
      ? { test: full, body: this.limit("list_too_long_for_the_model"), to: OVER }
      : this.raised("Overflow", full, []);
    return { open: false, arms: [...arms, arm, { test: null, body: this.cleared(body), to }] };
  }

  /** The items of a list given in the program; they must not depend on the place that changes. */
  private items(value: Expr, place: Place, span: Span): string[] {
    const { program, codes, expressions } = this;
    if (value.op === "constant") {
      const decoded: Value = program.values.decode(value.code);
      if (Array.isArray(decoded))
        return (decoded as readonly Value[]).map((item) => codes.show(program.values.encode(item)));
    }
    if (value.op === "tuple") {
      const { name } = this.variables.array(place.base, "");
      const texts = value.items.map((item) => expressions.value(item));
      if (!texts.some((text) => text.includes(name))) return texts;
    }
    if (
      value.op === "snapshot" &&
      value.part === "all" &&
      value.place.layout.type === "array" &&
      value.place.layout.item.type === "scalar"
    ) {
      const { length } = value.place.layout;
      return Array.from({ length }, (_, k) => expressions.at(value.place, k));
    }
    throw new ExportProblem("a list that is made at run time cannot be exported", span);
  }

  private fill(instruction: Instruction & { op: "fill" }, here: readonly Fault[], name: string, start: string): Arms {
    const { place, value, next, span } = instruction;
    const { layout } = place;
    const faults = [...this.expressions.faults(value), ...here];
    if (layout.type === "array") {
      const items = this.items(value, place, span);
      if (layout.item.type !== "scalar" || items.length !== layout.length)
        throw new ExportProblem("this assignment of a whole array cannot be exported", span);
      return this.go(
        faults,
        items.map((item, k) => `${this.expressions.at(place, k)} = ${item};`),
        next,
      );
    }
    const items = this.items(value, place, span);
    if (layout.type !== "list" || items.length > layout.max)
      throw new ExportProblem("this assignment of a whole container cannot be exported", span);
    return this.go(
      faults,
      [`list_clear(${name}, ${start});`, ...items.map((item) => `list_append(${name}, ${start}, ${item});`)],
      next,
    );
  }
}

/** A statement under a condition. */
export function when(test: string, ...body: readonly string[]): string {
  return `if :: ${test} -> ${body.join("; ")} :: else fi;`;
}
