/** The fixed order in which outcomes are listed: by the values of the shared variables, one variable after the other. */

interface Ended {
  readonly shared: Readonly<Record<string, unknown>>;
  readonly deadlock?: true;
}

/** By value; of the same values the end that is no deadlock first. */
export function compareOutcomes(one: Ended, other: Ended): number {
  for (const name of Object.keys(one.shared)) {
    const order = compareValues(one.shared[name], other.shared[name]);
    if (order !== 0) return order;
  }
  return Number(one.deadlock ?? false) - Number(other.deadlock ?? false);
}

/** Numbers by their size, before texts by their code units, before lists by their items, before all else. */
function compareValues(one: unknown, other: unknown): number {
  const rank = rankOf(one) - rankOf(other);
  if (rank !== 0) return rank;
  if (typeof one === "number" && typeof other === "number") return one - other;
  if (Array.isArray(one) && Array.isArray(other)) {
    for (let k = 0; k < Math.min(one.length, other.length); k++) {
      const order = compareValues(one[k], other[k]);
      if (order !== 0) return order;
    }
    return one.length - other.length;
  }
  const [a, b] = typeof one === "string" ? [one, String(other)] : [JSON.stringify(one), JSON.stringify(other)];
  return a < b ? -1 : a > b ? 1 : 0;
}

function rankOf(value: unknown): number {
  if (typeof value === "number") return 0;
  if (typeof value === "string") return 1;
  return Array.isArray(value) ? 2 : 3;
}
