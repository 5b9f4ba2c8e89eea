/**
 * What each instruction does. Every instruction becomes one function that performs it on the machine's memory (through
 * `Machine.write` alone) and returns the position of the next one.
 */
import { Raise } from "../program/arithmetic.ts";
import { type Address, type Expr, type Instruction, LIFE, type Place, sizeOf, type Task } from "../program/program.ts";
import { mayRaise, raisingParts } from "../program/raises.ts";
import { NULL, showValue } from "../program/values.ts";
import type { Value } from "../scenario/ast.ts";
import { EFFECT } from "./effect.ts";
import {
  compileAddress,
  compileExpr,
  compileSnapshot,
  compileTest,
  compileTime,
  compileTimeCheck,
  type Evaluate,
  findIn,
} from "./evaluate.ts";
import type { Machine } from "./machine.ts";
import { ListOverflow } from "./violation.ts";

export type Execute = () => number;

export function compileInstruction(machine: Machine, task: Task, instruction: Instruction): Execute {
  const execute = compileOne(machine, task, instruction);
  const { clear } = instruction;
  if (clear.length === 0) return execute;
  if (clear.length === 1) {
    const slot = clear[0]!;
    return () => {
      const next = execute();
      machine.write(slot, 0);
      return next;
    };
  }
  return () => {
    const next = execute();
    for (const slot of clear) machine.write(slot, 0);
    return next;
  };
}

function compileOne(machine: Machine, task: Task, instruction: Instruction): Execute {
  switch (instruction.op) {
    case "nothing": {
      const { next } = instruction;
      return () => next;
    }
    case "when": {
      // whoever chose this step has tested the guard; one that raises counts as true, and raises here
      const { next } = instruction;
      const [timeout] = raisingParts(instruction, machine.program);
      if (!mayRaise(instruction.test) && timeout === undefined) return () => next;
      const test = compileTest(machine, instruction.test);
      const check = timeout === undefined ? null : compileTimeCheck(machine, timeout);
      return () => {
        // taken though its guard is false, since its timeout raises (see `entry`)
        if (!test()) check?.();
        return next;
      };
    }
    case "set":
      return compileSet(machine, instruction.to, instruction.value, instruction.next);
    case "branch": {
      const test = compileTest(machine, instruction.test);
      const { yes, no } = instruction;
      return () => (test() ? yes : no);
    }
    case "print": {
      const text = compileText(machine, instruction.parts);
      const { next } = instruction;
      const parts = instruction.parts.filter((part) => typeof part !== "string");
      // who looks for races wants to hear of all that is read
      const evaluated = machine.recording ? parts : raisingParts(instruction, machine.program);
      const evaluators = evaluated.map((part) => compileExpr(machine, part));
      return () => {
        if (machine.onPrint !== null) machine.onPrint(machine.current, text());
        else for (let k = 0; k < evaluators.length; k++) evaluators[k]!();
        return next;
      };
    }
    case "delay":
      return compileDelay(machine, instruction);
    case "choose": {
      const options = instruction.options.map((option) => compileExpr(machine, option));
      const address = compileAddress(machine, instruction.to);
      const { next } = instruction;
      return () => {
        machine.write(address(), options[machine.choose(options.length, "choose")]!());
        return next;
      };
    }
    case "pick": {
      const count = compileExpr(machine, instruction.count);
      const address = compileAddress(machine, instruction.to);
      const { next } = instruction;
      return () => {
        const many = count();
        machine.write(address(), many <= 1 ? 0 : machine.choose(many, "pick"));
        return next;
      };
    }
    case "append":
    case "extend":
    case "pop":
    case "remove":
    case "clear":
    case "put":
    case "fill":
      return compileContainer(machine, instruction);
    case "start":
      return compileStart(machine, task, instruction);
    case "reap": {
      const { tasks, next } = instruction;
      return () => {
        for (const id of tasks) {
          const { parentSlot, lifeSlot } = machine.program.tasks[id]!;
          if (parentSlot >= 0 && get(machine, parentSlot) === task.id) machine.write(lifeSlot, LIFE.reaped);
        }
        return next;
      };
    }
    case "terminate": {
      const { tasks, next } = instruction;
      return () => {
        for (const id of tasks) {
          const { lifeSlot, name } = machine.program.tasks[id]!;
          const life = get(machine, lifeSlot);
          if (life === LIFE.created)
            throw new Raise("Misuse", `${task.name} cannot terminate ${name} before it was started`);
          if (life === LIFE.alive) machine.write(lifeSlot, LIFE.dying);
        }
        return next;
      };
    }
    case "fail": {
      const text = compileText(machine, instruction.message);
      const { kind, name, span } = instruction;
      return () => {
        if (kind === "misuse") throw new Raise("Misuse", text());
        const message = text();
        machine.violate(kind, name, message === "" ? `an assertion of ${task.name} failed` : message, task.id, span);
        return machine.finish(task.id, 1);
      };
    }
    case "raise": {
      const { name, message, from } = instruction;
      return () => {
        throw new Raise(name ?? String(machine.program.values.decode(get(machine, from))), message);
      };
    }
    case "switch": {
      const { next } = instruction;
      const target = machine.program.tasks[instruction.task]!;
      return () => {
        const life = get(machine, target.lifeSlot);
        if (life === LIFE.created) {
          machine.write(target.lifeSlot, LIFE.alive);
          if (target.parentSlot >= 0) machine.write(target.parentSlot, task.id);
        } else if (life !== LIFE.alive)
          throw new Raise("Misuse", `${task.name} switches to ${target.name}, which has ended`);
        machine.write(task.threadSlot, target.id);
        return next;
      };
    }
    case "end": {
      const code = instruction.code === null ? null : compileExpr(machine, instruction.code);
      return () => {
        // an exception that ended the main thread has left the exit code already
        const left = get(machine, task.exitSlot);
        return machine.finish(task.id, code !== null ? code() : left === NULL ? 0 : left);
      };
    }
  }
}

function get(machine: Machine, slot: number): number {
  return machine.recording ? machine.read(slot) : machine.state[slot]!;
}

function compileSet(machine: Machine, to: Address, value: Expr, next: number): Execute {
  const evaluate = compileExpr(machine, value);
  const { base } = to;
  if (to.offset === null && value.op === "constant") {
    const { code } = value;
    return () => {
      machine.write(base, code);
      return next;
    };
  }
  if (to.offset === null) {
    return () => {
      machine.write(base, evaluate());
      return next;
    };
  }
  const address = compileAddress(machine, to);
  return () => {
    const code = evaluate();
    machine.write(address(), code);
    return next;
  };
}

/** A text of literal parts and expressions. */
export function compileText(machine: Machine, parts: readonly (string | Expr)[]): () => string {
  const { values } = machine.program;
  const pieces = parts.map((part) => {
    if (typeof part === "string") return () => part;
    if (part.op === "snapshot" && part.part === "all" && part.place.layout.type === "map") {
      const entries = compileSnapshot(machine, part.place, "all");
      return () => showEntries(entries());
    }
    const evaluate = compileExpr(machine, part);
    return () => showValue(values.decode(evaluate()));
  });
  return () => {
    let text = "";
    for (const piece of pieces) text += piece();
    return text;
  };
}

/** A map as Python prints a dictionary. */
function showEntries(entries: Value): string {
  const pairs = entries as readonly (readonly [Value, Value])[];
  return `{${pairs.map(([key, value]) => `${showValue(key, true)}: ${showValue(value, true)}`).join(", ")}}`;
}

function compileDelay(machine: Machine, instruction: Instruction & { op: "delay" }): Execute {
  const time = instruction.time === null ? () => 0 : compileTime(machine, instruction.time);
  const [raising] = raisingParts(instruction, machine.program);
  const check = raising === undefined ? null : compileTimeCheck(machine, raising);
  const effect = EFFECT[instruction.kind];
  const { device, cooperative, next } = instruction;
  const { peeked } = machine;
  return () => {
    machine.effectCooperative = cooperative;
    if (machine.timed) {
      const drawn = peeked.size === 0 ? undefined : peeked.get(machine.current);
      if (drawn !== undefined) peeked.delete(machine.current);
      machine.effectTime = drawn ?? time();
      machine.effectDevice = device;
    } else if (check !== null) check();
    machine.effect = effect;
    return next;
  };
}

function compileStart(machine: Machine, task: Task, instruction: Instruction & { op: "start" }): Execute {
  const child = machine.program.tasks[instruction.task]!;
  const values = instruction.values.map(({ to, value }) => ({
    address: compileAddress(machine, to),
    value: compileExpr(machine, value),
  }));
  const { copies, next } = instruction;
  const helpers = machine.program.tasks.filter((other) => other.owner === child.id && !other.manual);
  return () => {
    if (task.daemon && task.type === "process" && child.type === "process") {
      throw new Raise(
        "Misuse",
        `${task.name} is a daemon: daemonic processes are not allowed to have children (${child.name})`,
      );
    }
    if (get(machine, child.lifeSlot) !== LIFE.created)
      throw new Raise("Misuse", `${task.name} starts ${child.name}, which was started already`);
    for (const { from, to } of copies) {
      for (let k = 0; k < sizeOf(from.layout); k++) machine.write(to.base + k, get(machine, from.base + k));
    }
    for (const { address, value } of values) machine.write(address(), value());
    machine.write(child.lifeSlot, LIFE.alive);
    if (child.parentSlot >= 0) machine.write(child.parentSlot, task.id);
    for (const helper of helpers) machine.write(helper.lifeSlot, LIFE.alive);
    return next;
  };
}

type ContainerInstruction = Instruction & { op: "append" | "extend" | "pop" | "remove" | "clear" | "put" | "fill" };

function compileContainer(machine: Machine, instruction: ContainerInstruction): Execute {
  const { place, next } = instruction;
  const address = compileAddress(machine, place);
  const { values } = machine.program;
  switch (instruction.op) {
    case "append": {
      const value = compileExpr(machine, instruction.value);
      const at = instruction.at === null ? null : compileExpr(machine, instruction.at);
      return () => {
        const code = value();
        const base = address();
        insert(machine, place, base, at === null ? get(machine, base) : at(), code);
        return next;
      };
    }
    case "extend": {
      const value = compileExpr(machine, instruction.value);
      return () => {
        const items = values.decode(value());
        if (!Array.isArray(items)) throw new Raise("TypeError", "extend needs a list");
        const base = address();
        for (const item of items as readonly Value[])
          insert(machine, place, base, get(machine, base), values.encode(item));
        return next;
      };
    }
    case "pop": {
      const key = instruction.key === null ? null : compileExpr(machine, instruction.key);
      const to = instruction.to === null ? null : compileAddress(machine, instruction.to);
      return () => {
        const removed = pop(machine, place, address(), key);
        if (to !== null) machine.write(to(), removed);
        return next;
      };
    }
    case "remove": {
      const value = compileExpr(machine, instruction.value);
      return () => {
        const code = value();
        const base = address();
        const at = findIn(machine, place, base, code);
        if (at < 0) throw new Raise("ValueError", `${showValue(values.decode(code), true)} is not in ${place.name}`);
        erase(machine, place, base, at);
        return next;
      };
    }
    case "clear":
      return () => {
        empty(machine, place, address());
        return next;
      };
    case "put": {
      const key = compileExpr(machine, instruction.key);
      const value = compileExpr(machine, instruction.value);
      return () => {
        const code = value();
        put(machine, place, address(), key(), code);
        return next;
      };
    }
    case "fill": {
      const value = compileExpr(machine, instruction.value);
      return () => {
        fill(machine, place, address(), values.decode(value()));
        return next;
      };
    }
  }
}

function maximum(place: Place): number {
  return place.layout.type === "list" || place.layout.type === "map" ? place.layout.max : 0;
}

function insert(machine: Machine, place: Place, base: number, at: number, code: number): void {
  const length = get(machine, base);
  if (length >= maximum(place)) {
    if (place.layout.type === "list" && place.layout.unbounded) throw new ListOverflow(place.name);
    throw new Raise("Overflow", `${place.name} is full: it was declared with room for ${maximum(place)}`);
  }
  const position = Math.min(Math.max(at < 0 ? at + length : at, 0), length);
  for (let k = length; k > position; k--) machine.write(base + 1 + k, get(machine, base + k));
  machine.write(base + 1 + position, code);
  machine.write(base, length + 1);
}

/** Removes entry `at` of a list or map, closing the gap; the cell left over holds 0. */
function erase(machine: Machine, place: Place, base: number, at: number): void {
  const stride = place.layout.type === "map" ? 2 : 1;
  const length = get(machine, base);
  const end = base + 1 + length * stride;
  machine.moveDown(base + 1 + at * stride, end, stride);
  for (let slot = end - stride; slot < end; slot++) machine.write(slot, 0);
  machine.write(base, length - 1);
}

function pop(machine: Machine, place: Place, base: number, key: Evaluate | null): number {
  const { values } = machine.program;
  const length = get(machine, base);
  if (place.layout.type === "map") {
    const code = key === null ? 0 : key();
    const at = findIn(machine, place, base, code);
    if (at < 0) throw new Raise("KeyError", `there is no key ${showValue(values.decode(code), true)}`);
    const removed = get(machine, base + 2 + 2 * at);
    erase(machine, place, base, at);
    return removed;
  }
  const index = key === null ? -1 : values.decode(key());
  if (typeof index !== "number") throw new Raise("TypeError", "an index must be a number");
  if (index >= length || index < -length) {
    throw new Raise(
      "IndexError",
      length === 0 ? `pop from ${place.name}, which is empty` : `index ${index} is outside 0 … ${length - 1}`,
    );
  }
  const at = index < 0 ? index + length : index;
  const removed = get(machine, base + 1 + at);
  erase(machine, place, base, at);
  return removed;
}

function empty(machine: Machine, place: Place, base: number): void {
  const length = get(machine, base);
  const stride = place.layout.type === "map" ? 2 : 1;
  for (let k = 0; k < length * stride; k++) machine.write(base + 1 + k, 0);
  // what is empty already is not written
  if (length > 0) machine.write(base, 0);
}

function put(machine: Machine, place: Place, base: number, key: number, code: number): void {
  const { values } = machine.program;
  const length = get(machine, base);
  if (place.layout.type === "map") {
    const at = findIn(machine, place, base, key);
    if (at >= 0) {
      machine.write(base + 2 + 2 * at, code);
      return;
    }
    if (length >= place.layout.max)
      throw new Raise("Overflow", `${place.name} is full: it has room for ${place.layout.max} keys`);
    machine.write(base + 1 + 2 * length, key);
    machine.write(base + 2 + 2 * length, code);
    machine.write(base, length + 1);
    return;
  }
  const index = values.decode(key);
  if (typeof index !== "number" || index >= length || index < -length) {
    throw new Raise("IndexError", `index ${showValue(index, true)} is outside 0 … ${length - 1}`);
  }
  machine.write(base + 1 + (index < 0 ? index + length : index), code);
}

/** Assigns a whole container from a tuple of the same kind. */
function fill(machine: Machine, place: Place, base: number, value: Value): void {
  const { values } = machine.program;
  const { layout } = place;
  if (!Array.isArray(value))
    throw new Raise("TypeError", `${place.name} is a container: it cannot become ${showValue(value, true)}`);
  const items = value as readonly Value[];
  if (layout.type === "array") {
    if (items.length !== layout.length)
      throw new Raise("TypeError", `${place.name} has ${layout.length} elements, not ${items.length}`);
    items.forEach((item, k) => {
      const at = base + k * sizeOf(layout.item);
      if (layout.item.type === "scalar") machine.write(at, values.encode(item));
      else fill(machine, { ...place, layout: layout.item }, at, item);
    });
    return;
  }
  empty(machine, place, base);
  for (const item of items) {
    if (layout.type === "list") insert(machine, place, base, get(machine, base), values.encode(item));
    else if (Array.isArray(item))
      put(machine, place, base, values.encode(item[0] ?? null), values.encode(item[1] ?? null));
  }
}
