/** Figures as people read them. No locale has a say: a decimal point is a point. */
import type { RunResult } from "../run/result.ts";

/** A time or count as it is, with at most six decimals; "-" where there is none. */
export function figure(value: number | null): string {
  if (value === null) return "-";
  const text = String(value);
  if (!/^-?\d+\.\d{7,}$/.test(text) && !text.includes("e-")) return text;
  return trimZeros(value.toFixed(6));
}

/** A figure with its exact fraction where it has no finite decimal: "5.67 (17/3)". `path` is its place in the result. */
export function exactFigure(result: RunResult, path: string, value: number | null): string {
  const exact = result.exact[path];
  if (exact === undefined || value === null) return figure(value);
  return `${rounded(value)} (${exact})`;
}

/** A share of 0 … 1 in percent: "94.44 %". */
export function percent(share: number): string {
  return `${trimZeros((share * 100).toFixed(2))} %`;
}

/** Two decimals, or three significant digits below 1. */
export function rounded(value: number): string {
  return Math.abs(value) < 1 && value !== 0 ? trimZeros(value.toFixed(4)) : value.toFixed(2);
}

function trimZeros(text: string): string {
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

/** "3 ms", and "3" where the unit is a tick. */
export function withUnit(value: number | null, unit: string): string {
  return unit === "tick" || value === null ? figure(value) : `${figure(value)} ${unit}`;
}

export { showValue } from "../base/show-value.ts";

/** "1 process", "3 processes" */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
