/** "Did you mean …?": the nearest of the names that would have been right. */

/**
 * Number of insertions, deletions, replacements and swaps of neighbours between two words (the restricted
 * Damerau–Levenshtein distance: no part is edited twice). Source: F. Damerau, CACM 7(3), 1964; the usual dynamic
 * programme over three rows.
 */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, k) => k);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1];
      let best = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        best = Math.min(best, (beforeLast[j - 2] ?? 0) + 1);
      row.push(best);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}

/** Candidates that are compared letter by letter; scenarios with more names of about one length are rare. */
const CANDIDATES_MAX = 1000;

/** The nearest candidate, if it is near enough to be a slip of the pen (a third of its length, at least 1); else null. */
export function nearest(word: string, candidates: Iterable<string>): string | null {
  if (word.length > 60) return null;
  let best: string | null = null;
  let distance = Number.POSITIVE_INFINITY;
  let compared = 0;
  const lower = word.toLowerCase();
  for (const candidate of candidates) {
    const limit = Math.max(1, Math.floor(Math.max(word.length, candidate.length) / 3));
    if (candidate === word || Math.abs(candidate.length - word.length) > limit) continue;
    compared += 1;
    if (compared > CANDIDATES_MAX) break;
    const found = candidate.toLowerCase() === lower ? 0 : editDistance(lower, candidate.toLowerCase());
    // a word of one letter is no slip of another one
    if (found >= Math.min(word.length, candidate.length)) continue;
    if (found < distance && found <= limit) {
      best = candidate;
      distance = found;
    }
  }
  return best;
}

/** "did you mean 'x'?", or `otherwise` where nothing is near. */
export function didYouMean(word: string, candidates: Iterable<string>, otherwise: string | null = null): string | null {
  const found = nearest(word, candidates);
  return found === null ? otherwise : `did you mean '${found}'?`;
}

/** "a lock", "an event", "an rlock" */
export function withArticle(name: string): string {
  return `${/^([aeiou]|rlock|rwlock)/.test(name) ? "an" : "a"} ${name}`;
}

/** "a, b and c"; cut after `most` names. */
export function listAll(names: Iterable<string>, most = 12): string {
  return listNames(names, most, "and");
}

/** "a, b or c"; cut after `most` names. */
export function listNames(names: Iterable<string>, most = 12, word = "or"): string {
  const all = [...names];
  if (all.length > most) return `${all.slice(0, most).join(", ")}, …`;
  if (all.length <= 1) return all.join("");
  return `${all.slice(0, -1).join(", ")} ${word} ${all[all.length - 1]}`;
}
