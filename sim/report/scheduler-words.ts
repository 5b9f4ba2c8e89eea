/** The scheduler of a result in words, its rules for ties apart from its parameters. */
import { showValue } from "./numbers.ts";

const RULES: readonly string[] = ["conventions", "tie", "priority_order", "sjf_key", "preempted", "same_key"];

/** "rr (quantum 20)" */
export function schedulerWords(scheduler: Record<string, unknown>): string {
  const parameters = Object.entries(scheduler)
    .filter(([name, value]) => name !== "policy" && value !== null && !RULES.includes(name))
    .map(([name, value]) => `${name} ${plain(value)}`);
  const policy = plain(scheduler.policy);
  return parameters.length === 0 ? policy : `${policy} (${parameters.join(", ")})`;
}

/** "tie arrival_first, same_key arrival": the rules in force where textbooks disagree; "" where none is named. */
export function ruleWords(scheduler: Record<string, unknown>): string {
  return RULES.filter((name) => scheduler[name] !== undefined && scheduler[name] !== null)
    .map((name) => `${name} ${plain(scheduler[name])}`)
    .join(", ");
}

function plain(value: unknown): string {
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return `[${value.map(plain).join(", ")}]`;
  if (typeof value === "object" && value !== null && "policy" in value) {
    return schedulerWords(value as Record<string, unknown>);
  }
  return showValue(value);
}
