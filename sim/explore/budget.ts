/** The time budget. The only place under sim/ that looks at a clock: what was found never depends on it, only how far it went. */

export interface Budget {
  /** why to stop now; null to go on */
  stopRequested(): "time" | "interrupted" | null;
  /** seconds since the budget was opened */
  seconds(): number;
  /** A budget of a share of what is left, for one attempt of several. */
  share(part: number): Budget;
}

/**
 * A budget of so many seconds from now on.
 *
 * @param interrupted asked each time: whether the user wants to stop
 */
export function openBudget(limitSeconds: number, interrupted: () => boolean): Budget {
  // not performance.now(), whose module takes longer to load than a small check
  const start = process.hrtime.bigint();
  const seconds = (): number => Number(process.hrtime.bigint() - start) / 1e9;
  return {
    seconds,
    stopRequested: () => (interrupted() ? "interrupted" : seconds() > limitSeconds ? "time" : null),
    share: (part) => openBudget(Math.max(0, limitSeconds - seconds()) * part, interrupted),
  };
}
