/** Which slots an expression may read, whatever its indices turn out to be. */
import { type Address, type Expr, type Place, sizeOf } from "./program.ts";

/** The slots in ascending order, each once. */
export function slotsRead(expr: Expr, lifeSlots: readonly number[]): number[] {
  const slots = new Set<number>();
  collect(expr, slots, lifeSlots);
  return [...slots].sort((a, b) => a - b);
}

function collect(expr: Expr, slots: Set<number>, lifeSlots: readonly number[]): void {
  const visit = (each: Expr): void => collect(each, slots, lifeSlots);
  const whole = (place: Place): void => addressRange(place, sizeOf(place.layout), slots, lifeSlots);
  switch (expr.op) {
    case "constant":
    case "now":
      return;
    case "load":
      return addressRange(expr.at, 1, slots, lifeSlots);
    case "offset":
      visit(expr.index);
      if (expr.rest !== null) visit(expr.rest);
      return;
    case "negate":
    case "not":
      return visit(expr.operand);
    case "binary":
    case "and":
    case "or":
      visit(expr.left);
      return visit(expr.right);
    case "if":
      visit(expr.test);
      visit(expr.then);
      return visit(expr.else);
    case "tuple":
      return expr.items.forEach(visit);
    case "at":
      visit(expr.value);
      return visit(expr.index);
    case "snapshot":
      return whole(expr.place);
    case "length":
      return addressRange(expr.place, 1, slots, lifeSlots);
    case "member":
      visit(expr.value);
      return whole(expr.place);
    case "item":
      visit(expr.index);
      return whole(expr.place);
    case "builtin":
    case "random":
      return expr.arguments.forEach(visit);
    case "state":
      slots.add(lifeSlots[expr.task]!);
      return;
  }
}

/** An address may be any that its offset can reach. */
function addressRange(at: Address, size: number, slots: Set<number>, lifeSlots: readonly number[]): void {
  let starts = [at.base];
  for (let offset = at.offset; offset !== null && offset.op === "offset"; offset = offset.rest) {
    collect(offset.index, slots, lifeSlots);
    const { length, stride } = offset;
    starts = starts.flatMap((start) => Array.from({ length }, (_, k) => start + k * stride));
  }
  for (const start of starts) for (let k = 0; k < size; k++) slots.add(start + k);
}
