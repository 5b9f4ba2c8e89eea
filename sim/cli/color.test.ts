import { expect, test } from "vitest";
import { wantsColor } from "./color.ts";
import type { Context } from "./context.ts";

function colored(env: Record<string, string>, isTerminal: boolean, allowed = true): boolean {
  const context: Partial<Context> = { env, out: { write: () => {}, isTerminal, columns: undefined } };
  return wantsColor(context as Context, allowed);
}

test("a terminal has colours, a file or pipe has none", () => {
  expect(colored({}, true)).toBe(true);
  expect(colored({}, false)).toBe(false);
  expect(colored({ TERM: "dumb" }, true)).toBe(false);
});

test("NO_COLOR and --no-color forbid them, whatever else is set", () => {
  expect(colored({ NO_COLOR: "1" }, true)).toBe(false);
  expect(colored({ NO_COLOR: "0", FORCE_COLOR: "1" }, true)).toBe(false);
  expect(colored({ FORCE_COLOR: "3" }, true, false)).toBe(false);
  expect(colored({ NO_COLOR: "" }, true)).toBe(true);
});

test("FORCE_COLOR asks for them without a terminal, and 0 forbids them", () => {
  expect(colored({ FORCE_COLOR: "" }, false)).toBe(true);
  expect(colored({ FORCE_COLOR: "1", CI: "true" }, false)).toBe(true);
  expect(colored({ FORCE_COLOR: "0" }, true)).toBe(false);
  expect(colored({ FORCE_COLOR: "false" }, true)).toBe(false);
});

test("CI has none unless forced", () => {
  expect(colored({ CI: "true" }, true)).toBe(false);
  expect(colored({ CI: "false" }, true)).toBe(true);
});
