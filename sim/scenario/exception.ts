/** Names of exceptions: what may be raised in a scenario, and what they are called elsewhere. */
import { didYouMean, listAll } from "./suggest.ts";
import type { Node } from "./tree.ts";

/** What sim itself raises; "Misuse" is what a rule of a resource raises when it is broken. */
const RAISED: readonly string[] = [
  ...["Full", "Empty", "Timeout", "DivisionByZero", "IndexError", "KeyError", "Overflow", "TypeError", "ValueError"],
  ...["Misuse", "EOF", "BrokenPipe", "BrokenBarrier", "ConnectionRefused"],
];

/** The names of exceptions in a scenario: those that sim raises, and those after some `raise:` in the file. */
export function exceptionNames(root: Node): readonly string[] {
  const names = new Set(RAISED);
  const visit = (node: Node): void => {
    if (node.type === "sequence") node.items.forEach(visit);
    if (node.type !== "map") return;
    for (const { key, value } of node.entries) {
      const isName = (key === "raise" || key === "miss") && value.type === "scalar" && typeof value.value === "string";
      if (isName && /^[\p{L}_][\p{L}\p{N}_]*$/u.test(value.text.value)) names.add(value.text.value);
      visit(value);
    }
  };
  visit(root);
  return [...names];
}

/** Names under which Python knows them. */
const ELSEWHERE: ReadonlyMap<string, string> = new Map([
  ["EOFError", "EOF"],
  ["TimeoutError", "Timeout"],
  ["BrokenPipeError", "BrokenPipe"],
  ["BrokenBarrierError", "BrokenBarrier"],
  ["ConnectionRefusedError", "ConnectionRefused"],
  ["ZeroDivisionError", "DivisionByZero"],
  ["OverflowError", "Overflow"],
  ["Exception", "any"],
  ["BaseException", "any"],
]);

/** What somebody who catches a name that nothing raises may have meant. */
export function exceptionHint(name: string, known: readonly string[]): string {
  const same = ELSEWHERE.get(name);
  if (same !== undefined) return `it is '${same}' here`;
  return (
    didYouMean(name, known) ??
    `sim raises ${listAll(
      RAISED.filter((one) => one !== "Misuse"),
      20,
    )}`
  );
}
