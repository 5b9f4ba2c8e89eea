/** Burst lists as a scenario. */
import { stringify } from "yaml";
import type { Workload } from "../schedulers/testing/driver.ts";

/** YAML text of a scenario with these processes; times of the workload are grains, `unit` of them one unit. */
export function workloadText(loads: readonly Workload[], cores: number, unit = 1): string {
  const processes: Record<string, unknown> = {};
  for (const { name, bursts, arrival, period, deadline, ...attributes } of loads) {
    const times = { arrival, period, deadline };
    const inUnits = Object.fromEntries(
      Object.entries(times).flatMap(([key, time]) => (time === undefined ? [] : [[key, time / unit]])),
    );
    const known = Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined));
    // a burst list may have a first burst or a last I/O of no length
    const body = bursts.map((time, k) => (k % 2 === 0 ? { cpu: time / unit } : { io: time / unit }));
    processes[name] = { ...known, ...inUnits, do: body };
  }
  return stringify({ name: "workload", cpu: { cores }, processes });
}
