/** Whether a report has colours. */
import type { Context } from "./context.ts";

/**
 * `--no-color` and NO_COLOR (https://no-color.org: present and not empty) forbid them, in this order; FORCE_COLOR asks
 * for them (0 and false: forbids); otherwise a terminal has them, but not in CI, whose logs are read as text.
 */
export function wantsColor(context: Context, allowed: boolean): boolean {
  const { env, out } = context;
  if (!allowed || isSet(env.NO_COLOR)) return false;
  const forced = env.FORCE_COLOR;
  if (forced !== undefined) return forced !== "0" && forced !== "false";
  return out.isTerminal && env.TERM !== "dumb" && (!isSet(env.CI) || env.CI === "false");
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== "";
}
