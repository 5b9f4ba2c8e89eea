/**
 * Without reductions: all that the steps known so far make of a row of states, as packed words, before any of it is
 * looked up. So the search can fetch what it needs of a large table for many states at once, and the work can be done
 * by others, in any order (see crew.ts): it only reads.
 */
import { type Decisions, NO_EFFECT } from "./decisions.ts";
import { ALTERNATIVES, CONCERNS, EFFECT, ENABLED, FLAGS, UNFIT, WRONG } from "./effects.ts";
import type { Allocate } from "./memory.ts";
import type { Layout } from "./pack.ts";
import { hashWords, type Row } from "./visited.ts";

/** What is needed to tell what steps do. */
export interface Known {
  readonly decisions: Decisions;
  readonly heads: Int32Array;
  readonly deltas: Int32Array;
}

/** Instead of a number of transitions: some step of the state is unknown or needs to be looked at. */
export const LOOK = -1;

/** The judge must see the state to which the transition leads. */
export const JUDGE = 1;

/** What a row of states leads to. */
export class Successors implements Row {
  /** by state of the row: its transitions, or `LOOK` */
  readonly transitions: Int32Array;
  /** by state of the row: where its entries below end */
  readonly ends: Int32Array;
  /** by state of the row: the greatest number of one that was left out because it is known; −1 if there is none */
  readonly highest: Int32Array;
  /** by state of the row: 1 if only steps of tasks that are enough were taken (see reductions.ts) */
  readonly partial: Int32Array;
  /** by transition (those known to lead nowhere new may be left out): task · 2 + `JUDGE` */
  readonly moves: Int32Array;
  readonly choices: Int32Array;
  readonly hashes: Int32Array;
  readonly places: Int32Array;
  /** the packed states */
  words: Int32Array;
  private readonly allocate: Allocate;

  constructor(arrays: readonly Int32Array[], allocate: Allocate) {
    const [words, transitions, ends, highest, partial, moves, choices, hashes, places] = arrays;
    this.words = words!;
    this.transitions = transitions!;
    this.ends = ends!;
    this.highest = highest!;
    this.partial = partial!;
    this.moves = moves!;
    this.choices = choices!;
    this.hashes = hashes!;
    this.places = places!;
    this.allocate = allocate;
  }

  /** What the constructor takes. */
  get arrays(): readonly Int32Array[] {
    const { words, transitions, ends, highest, partial, moves, choices, hashes, places } = this;
    return [words, transitions, ends, highest, partial, moves, choices, hashes, places];
  }

  /** Makes room for states of so many words. */
  fit(words: number): void {
    if (this.words.length < this.moves.length * words) this.words = this.allocate(this.moves.length * words);
  }
}

/** Room for so many states, so many transitions, and packed states of so many words. */
export function makeRow(states: number, transitions: number, words: number, allocate: Allocate): Successors {
  const byState = [states, states, states, states];
  const byTransition = [transitions, transitions, transitions, transitions];
  const arrays = [transitions * words, ...byState, ...byTransition].map((length) => allocate(length));
  return new Successors(arrays, allocate);
}

/**
 * Expands states `from` to `to` of the store into `into`; gives the state after the last one expanded, which is less than
 * `to` if there was no more room. `numbers` is scratch, once filled with 0.
 */
export function expand(
  { decisions, heads, deltas }: Known,
  layout: Layout,
  store: Int32Array,
  from: number,
  to: number,
  numbers: Int32Array,
  into: Successors,
): number {
  const { tasks } = decisions;
  const { words: width, word, shift, mask, varying } = layout;
  const { transitions, ends, highest, moves, choices, hashes, words } = into;
  const room = moves.length;
  let count = 0;
  for (let state = from; state < to; state++) {
    const at = state * width;
    for (let k = 0; k < varying.length; k++) {
      const component = varying[k]!;
      numbers[component] = (store[at + word[component]!]! >>> shift[component]!) & mask[component]!;
    }
    const first = count;
    let look = false;
    for (let task = 0; task < tasks && !look; task++) {
      for (let choice = 0, most = 1; choice < most; choice++) {
        const effect = decisions.find(task, choice, numbers);
        const head = effect * EFFECT;
        const flags = heads[head + FLAGS]!;
        if (flags === 0 && effect !== NO_EFFECT) break;
        if ((flags & (ENABLED | WRONG | UNFIT)) !== ENABLED) {
          look = true;
          break;
        }
        if (count === room) {
          if (state > from) return state;
          look = true;
          break;
        }
        most = Math.max(most, heads[head + ALTERNATIVES]!);
        moves[count] = task * 2 + ((flags & CONCERNS) !== 0 ? JUDGE : 0);
        choices[count] = choice;
        const place = count * width;
        for (let k = 0, delta = effect * width; k < width; k++) words[place + k] = store[at + k]! ^ deltas[delta + k]!;
        hashes[count] = hashWords(words, place, width);
        count += 1;
      }
    }
    if (look) count = first;
    transitions[state - from] = look ? LOOK : count - first;
    ends[state - from] = count;
    highest[state - from] = -1;
  }
  return to;
}
