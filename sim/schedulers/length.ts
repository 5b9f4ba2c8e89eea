/** How long a task will yet use the CPU: the key of sjf, srtf, ljf and lrtf. */
import { type KeyRules, unitAfter } from "./keyed.ts";
import type { Setting, TaskView } from "./policy.ts";
import { inUnits } from "./words.ts";

/** By `sjf_key`: what is left of the current burst, or of all bursts together; grains. */
export function lengthLeft(task: TaskView, setting: Setting): number {
  return setting.conventions.sjfKey === "total" ? task.totalLeft : task.burstLeft;
}

/** Shortest first, or longest first, with or without pre-emption. */
export function lengthRules(setting: Setting, first: "shortest" | "longest", preemptive: boolean): KeyRules {
  const sign = first === "shortest" ? 1 : -1;
  const what = setting.conventions.sjfKey === "total" ? "total" : "burst";
  return {
    compare: (a, b) => sign * (lengthLeft(a, setting) - lengthLeft(b, setting)),
    key: (task) => `${what} ${inUnits(lengthLeft(task, setting), setting)}`,
    best: first,
    preemptive,
    equals: "same_key",
    ...(first === "longest" && preemptive ? { overtakes: longerOnes(setting) } : {}),
  };
}

/** A running task grows shorter than a waiting one by itself; looked at at whole units, as exercises do it. */
function longerOnes(setting: Setting): NonNullable<KeyRules["overtakes"]> {
  return (now, running, ready) => {
    const longest = Math.max(...ready.map((task) => lengthLeft(task, setting)));
    const shortest = Math.min(...running.map((task) => lengthLeft(task, setting)));
    if (running.length === 0) return Number.POSITIVE_INFINITY;
    return unitAfter(now, now + shortest - longest, setting.unit);
  };
}
