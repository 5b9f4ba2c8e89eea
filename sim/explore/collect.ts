/** What a search over states has found so far: violations, each once, and the distinct ends. */
import { sharedValues } from "../detect/read.ts";
import type { Machine } from "../machine/machine.ts";
import type { Found, Move, Outcome, Verdict } from "./strategy.ts";

/** Keeps the first finding of each kind and name, or with `all` of each message and line. */
export class Findings {
  readonly found: Found[] = [];
  private readonly known = new Map<string, Set<number>>();
  /** verdicts given before: the judge gives many again and again */
  private readonly met = new WeakSet<Verdict>();
  private readonly all: boolean;

  constructor(all: boolean) {
    this.all = all;
  }

  /** Whether the same was found before. */
  knows(verdict: Verdict): boolean {
    if (this.met.has(verdict)) return true;
    const known = this.isKnown(this.keyOf(verdict), verdict);
    if (known) this.met.add(verdict);
    return known;
  }

  /** Also notes where it is, so that somebody can say in how many places the like was found. */
  private isKnown(key: string, verdict: Verdict): boolean {
    const places = this.known.get(key);
    places?.add(verdict.span.start);
    return places !== undefined;
  }

  private keyOf(verdict: Verdict): string {
    return this.all
      ? JSON.stringify([verdict.kind, verdict.name, verdict.message, verdict.span.start])
      : `${verdict.kind} ${verdict.name}`;
  }

  /** Takes what is new; `path` is asked only if something is. */
  take(verdicts: readonly Verdict[], path: () => readonly Move[]): void {
    let moves: readonly Move[] | null = null;
    for (const verdict of verdicts) {
      const key = this.keyOf(verdict);
      if (this.isKnown(key, verdict)) continue;
      const places = new Set([verdict.span.start]);
      this.known.set(key, places);
      moves ??= path();
      this.found.push({ ...verdict, path: moves, places });
    }
  }
}

/** The distinct ends: shared values, and whether tasks were left waiting. */
export class Outcomes {
  private readonly known = new Map<string, Outcome>();

  take(machine: Machine, deadlock: boolean, path: () => readonly Move[]): void {
    const shared = sharedValues(machine);
    const key = JSON.stringify(shared);
    const full = deadlock ? `${key} deadlock` : key;
    if (!this.known.has(full)) this.known.set(full, { key, shared, deadlock, path: path() });
  }

  /** By key; of the same values the end that is no deadlock first. */
  sorted(): Outcome[] {
    return [...this.known].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, outcome]) => outcome);
  }
}
