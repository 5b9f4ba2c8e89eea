/**
 * With reductions: what a row of states leads to, as far as the steps known so far tell (see expand.ts). For threads
 * that help the one that searches; that one judges, and tries the other tasks where those that are enough lead back.
 */
import type { Effects } from "./effects.ts";
import { JUDGE, LOOK, type Successors } from "./expand.ts";
import { NotKnown } from "./memory.ts";
import type { Settling } from "./settling.ts";
import type { Move } from "./strategy.ts";
import { hashWords } from "./visited.ts";

export class ReducedExpansion {
  private readonly effects: Effects;
  private readonly settling: Settling;
  private readonly numbers: Int32Array;
  private readonly next: Int32Array;
  private packed = new Int32Array(0);
  private readonly enabled: Uint8Array;
  private readonly settled: Move[] = [];
  /** transitions of the state at hand, entries of the row so far */
  private transitions = 0;
  private count = 0;

  constructor(effects: Effects, settling: Settling) {
    this.effects = effects;
    this.settling = settling;
    const { components } = effects.packing;
    this.numbers = new Int32Array(components.length);
    this.next = new Int32Array(components.length);
    this.enabled = new Uint8Array(effects.own.length);
  }

  /** As `expand`. */
  expand(store: Int32Array, from: number, to: number, into: Successors): number {
    const { packing } = this.effects;
    const { words } = packing.layout;
    if (this.packed.length !== words) this.packed = new Int32Array(words);
    this.count = 0;
    for (let state = from; state < to; state++) {
      const first = this.count;
      packing.unpack(store, state * words, this.numbers);
      this.transitions = 0;
      into.partial[state - from] = 0;
      try {
        if (!this.expandState(state, into, state - from)) {
          if (state > from) return state;
          this.transitions = LOOK;
        }
      } catch (problem) {
        if (!(problem instanceof NotKnown)) throw problem;
        this.transitions = LOOK;
      }
      if (this.transitions === LOOK) this.count = first;
      into.transitions[state - from] = this.transitions;
      into.ends[state - from] = this.count;
      into.highest[state - from] = -1;
    }
    return to;
  }

  /** False if there is no more room. */
  private expandState(state: number, into: Successors, place: number): boolean {
    const { effects, enabled, numbers, settling } = this;
    let any = false;
    for (let task = 0; task < enabled.length; task++) {
      const can = effects.canMove(task, numbers);
      enabled[task] = can ? 1 : 0;
      any ||= can;
    }
    if (!any) return true;
    const enough = settling.enough(numbers, state, enabled, null);
    if (enough !== null) into.partial[place] = 1;
    for (let task = 0; task < enabled.length; task++)
      if (enabled[task] === 1 && (enough === null || enough[task] === 1) && !this.tryTask(state, task, into))
        return false;
    return true;
  }

  /** All alternatives of the task's step; false if there is no more room. */
  private tryTask(state: number, task: number, into: Successors): boolean {
    const { effects, next, numbers, packed, settled, settling } = this;
    const { packing } = effects;
    for (let choice = 0, most = 1; choice < most; choice++) {
      const effect = effects.find(task, choice, numbers);
      if (effects.isWrong(effect)) throw new NotKnown();
      most = Math.max(most, effects.alternatives(effect));
      if (this.count === into.moves.length) return false;
      next.set(numbers);
      effects.apply(effect, next);
      settled.length = 0;
      settling.settleAfter(effect, numbers, state, next, task, settled);
      this.transitions += 1 + settled.length;
      const concerns = effects.concerns(effect) || settled.length > 0;
      settling.canonicalise(next);
      if (!packing.pack(next, packed)) throw new NotKnown();
      const at = this.count;
      into.moves[at] = task * 2 + (concerns ? JUDGE : 0);
      into.choices[at] = choice;
      into.words.set(packed, at * packed.length);
      into.hashes[at] = hashWords(packed, 0, packed.length);
      this.count += 1;
    }
    return true;
  }
}
