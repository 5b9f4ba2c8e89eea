/** The variables that a property looks at, with their values: "sold = 5, stock['apples'] = -1". */
import { showValue } from "../base/show-value.ts";
import type { Machine } from "../machine/machine.ts";
import { Raise } from "../program/arithmetic.ts";
import { slotsRead } from "../program/footprint.ts";
import type { Expr, ProgramProperty } from "../program/program.ts";
import { jsonValue } from "../program/values.ts";
import { sourceText } from "../scenario/load.ts";
import type { NamedPlace } from "./names.ts";
import { jsonAt } from "./read.ts";

/** More are not listed. */
const MOST = 6;
/** Longer containers say more than a sentence can hold, in characters. */
const LONGEST = 60;

/** What is listed in a message; "" if the property looks at nothing that has a value to show. */
export function propertyValues(
  machine: Machine,
  property: ProgramProperty,
  names: readonly (NamedPlace | undefined)[],
): string {
  const { program } = machine;
  const parts = new Map<string, string>();
  const lives = program.tasks.map((task) => task.lifeSlot);
  for (const slot of slotsRead(property.test, lives)) {
    const named = names[slot];
    if (named !== undefined && named.place.layout.type === "scalar" && !parts.has(named.name))
      parts.set(named.name, showValue(jsonValue(program.values.decode(machine.state[slot]!))));
  }
  for (const [name, value] of containerValues(machine, property.test)) if (!parts.has(name)) parts.set(name, value);
  return [...parts]
    .slice(0, MOST)
    .map(([name, value]) => `${name} = ${value}`)
    .join(", ");
}

/** What to say of a property that counts as false: these words, or that it raises. */
export function falseOrRaised(machine: Machine, { test }: ProgramProperty, words: string): string {
  try {
    machine.evaluator(test)();
    return words;
  } catch (problem) {
    if (problem instanceof Raise) return `cannot be evaluated (${problem.name}, ${problem.message})`;
    throw problem;
  }
}

/** What an expression asks of lists and maps: an element by the text that asks for it, a length, or all of it. */
function containerValues(machine: Machine, test: Expr): [string, string][] {
  const { program } = machine;
  const found: [string, string][] = [];
  const visit = (expr: Expr): void => {
    if (expr.op === "item") {
      try {
        const value = program.values.decode(machine.evaluator(expr)());
        found.push([sourceText(program.scenario.source, expr.span), showValue(jsonValue(value))]);
      } catch (problem) {
        // there is no such element: nothing to show
        if (!(problem instanceof Raise)) throw problem;
      }
      return;
    }
    const whole = expr.op === "snapshot" || expr.op === "member" || expr.op === "length";
    // the elements of an array are variables of their own, and listed as such
    if (whole && expr.place.offset === null && expr.place.layout.type !== "array") {
      const value = showValue(jsonAt(machine, expr.place));
      if (value.length <= LONGEST) found.push([expr.place.name, value]);
    }
    for (const part of Object.values(expr)) {
      if (Array.isArray(part)) part.filter(isExpr).forEach(visit);
      else if (isExpr(part)) visit(part);
    }
  };
  visit(test);
  return found;
}

function isExpr(value: unknown): value is Expr {
  return typeof value === "object" && value !== null && "op" in value;
}
