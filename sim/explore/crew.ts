/**
 * Breadth first with the help of other threads, and the same answer with any number of them.
 *
 * One thread searches: it alone judges, learns what steps do, and inserts states, in the order in which it would do so
 * without help. The helpers run ahead of it: they are given rows of states that are in the set but not yet expanded,
 * and hand back the packed successors, without those that were in the set by then. Only steps that have been learnt can
 * be taken so; a state with any other step is left to the searching thread.
 *
 * The set of states, the table of decisions and the effects lie in memory that all threads see. The searching thread only
 * adds to them, or replaces them by larger copies, which it sends. With each row it says how much is complete; helpers take
 * what lies beyond as unknown. That, the row and the answer are handed over by atomic stores to the slot's state.
 */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { makeRow, type Successors } from "./expand.ts";
import {
  BUSY,
  CONTROL,
  DONE,
  EFFECTS,
  EXIT,
  type Fault,
  FREE,
  FROM,
  type HelperTask,
  MAIL,
  type Mail,
  NODES,
  READY,
  SLOTS,
  STATE,
  STATES,
  TO,
  WAITS,
} from "./helper.ts";
import { amongThreads, inThread } from "./memory.ts";
import { Reader, type Setting, settingOf, sharedOf } from "./reader.ts";
import type { SharedReductions } from "./settling.ts";
import type { Space } from "./space.ts";

export interface CrewOptions {
  /** the helpers' program */
  readonly file: string;
  /** states at which helpers begin to pay */
  readonly from: number;
  /** states of a row, and room for their successors */
  readonly rowStates: number;
  readonly rowTransitions: number;
  /** fewer states than this are not worth handing over */
  readonly fewest: number;
  /** for tests: whether to begin only when all helpers have started */
  readonly together?: boolean;
  readonly fault?: Fault;
}

/** Below this a search is over before helpers have started. */
const WORTH_HELP = 150_000;

/** The helpers' program lies beside the built program; null where the sources run by themselves (tests name one). */
export function usualCrew(): CrewOptions | null {
  const file = fileURLToPath(new URL("./helper-worker.mjs", import.meta.url));
  return existsSync(file) ? { file, from: WORTH_HELP, rowStates: 1024, rowTransitions: 16384, fewest: 32 } : null;
}

/** A row of states with what they lead to. */
export interface Chunk {
  readonly row: Successors;
  readonly from: number;
  readonly to: number;
  /** who is to have the row back */
  readonly slot: number;
}

/** Instead of a slot's number: a row of the searching thread, expanded while it had to wait; any other of its rows. */
const AHEAD = -1;
export const NOBODY = -2;

/** A row that was given to a slot, or expanded ahead. */
interface Order {
  readonly from: number;
  readonly to: number;
  readonly slot: number;
  readonly ahead: Successors | null;
}

/** Milliseconds to wait for an answer; then the searching thread goes on by itself, and the answer is not used. */
const PATIENCE = 3;
/** For tests: milliseconds to wait for a helper to start. */
const START = 5000;
/** Rows that the searching thread expands ahead while it waits. */
const ROWS_AHEAD = 4;

/** A crew of so many helpers; null if there can be none. */
export function openCrew(space: Space, options: CrewOptions, helpers: number): Crew | null {
  try {
    const reductions = space.isReduced ? (space.reductions.share?.() ?? null) : null;
    if (space.isReduced && reductions === null) return null;
    space.share();
    return new Crew(space, options, helpers, reductions);
  } catch {
    return null;
  }
}

/** One helper as the searching thread sees it. */
class Hand {
  readonly control = amongThreads(CONTROL * (1 + SLOTS));
  readonly rows: readonly Successors[];
  /** how much of each dictionary is complete, for each slot */
  private readonly counts: Int32Array;
  private readonly worker: Worker;
  /** the slot whose turn it is */
  private turn = 0;
  private mails = 0;
  /** what the last mail said */
  private sent: readonly unknown[] = [];
  /** by slot: nobody waits for the answer any more */
  private readonly abandoned: boolean[] = Array.from({ length: SLOTS }, () => false);
  isLost = false;

  constructor(space: Space, options: CrewOptions, setting: Setting) {
    const { file, rowStates, rowTransitions, fault } = options;
    const { dictionaries, layout } = space.packing;
    this.counts = amongThreads(SLOTS * dictionaries.length);
    const task: HelperTask = { control: this.control, counts: this.counts, setting, fault: fault ?? null };
    this.rows = Array.from({ length: SLOTS }, () => makeRow(rowStates, rowTransitions, layout.words, amongThreads));
    this.worker = new Worker(file, { workerData: task, execArgv: [] });
    // whoever does not answer is given up; there is nobody to tell while the search runs
    this.worker.on("error", () => {});
    this.worker.unref();
  }

  /** Waits until it has started. */
  meet(): void {
    Atomics.wait(this.control, READY, 0, START);
  }

  /** Gives it states to expand; the slot that will have the answer, −1 if it has no time. */
  give(space: Space, from: number, to: number): number {
    const { control, turn } = this;
    const at = placeOf(turn);
    if (this.isLost || Atomics.load(control, READY) === 0) return -1;
    const state = Atomics.load(control, at + STATE);
    if (state !== FREE && !(state === DONE && this.abandoned[turn])) return -1;
    this.abandoned[turn] = false;
    this.send(space);
    control[at + FROM] = from;
    control[at + TO] = to;
    control[at + MAIL] = this.mails;
    control[at + STATES] = space.visited.count;
    control[at + NODES] = space.steps.decisions.end;
    control[at + EFFECTS] = space.steps.effects;
    control[at + WAITS] = space.steps.waits.end;
    const { dictionaries } = space.packing;
    dictionaries.forEach(({ count }, k) => {
      this.counts[turn * dictionaries.length + k] = count;
    });
    this.set(turn, BUSY);
    this.turn = (turn + 1) % SLOTS;
    return turn;
  }

  /** Tells it of arrays that are not what they were. */
  private send(space: Space): void {
    for (const row of this.rows) row.fit(space.packing.layout.words);
    const mail: Mail = { shared: sharedOf(space), rows: this.rows.map((row) => row.arrays) };
    const { decisions, waits, dictionaries, ...others } = mail.shared;
    const all = [...Object.values(others), ...decisions, ...waits, ...dictionaries.flat(), ...mail.rows.flat()];
    if (all.every((each, k) => each === this.sent[k])) return;
    this.sent = all;
    this.mails += 1;
    this.worker.postMessage(mail);
  }

  /** Whether there is an answer, or will be none. */
  isOver(slot: number): boolean {
    return this.isLost || Atomics.load(this.control, placeOf(slot) + STATE) !== BUSY;
  }

  /** Waits for the answer; false if it takes too long. */
  wait(slot: number): boolean {
    return Atomics.wait(this.control, placeOf(slot) + STATE, BUSY, PATIENCE) !== "timed-out";
  }

  /** The answer will not be used. */
  abandon(slot: number): void {
    this.abandoned[slot] = true;
  }

  /** The state behind the last one that was expanded; −1 if there is no answer. */
  answer(slot: number): number {
    const at = placeOf(slot);
    if (!this.isLost && Atomics.load(this.control, at + STATE) === DONE) return this.control[at + TO]!;
    this.giveUp();
    return -1;
  }

  free(slot: number): void {
    if (!this.isLost) this.set(slot, FREE);
  }

  giveUp(): void {
    if (this.isLost) return;
    this.isLost = true;
    for (let slot = 0; slot < SLOTS; slot++) this.set(slot, EXIT);
    void this.worker.terminate();
  }

  private set(slot: number, state: number): void {
    Atomics.store(this.control, placeOf(slot) + STATE, state);
    // nobody waits for a slot to be free, and waking costs
    if (state !== FREE) Atomics.notify(this.control, placeOf(slot) + STATE);
  }
}

export class Crew {
  private readonly space: Space;
  private readonly hands: readonly Hand[];
  private readonly rowStates: number;
  private readonly fewest: number;
  /** rows that helpers have expanded */
  helped = 0;
  /** first to last; between them may be states that the searching thread takes itself */
  private readonly orders: Order[] = [];
  /** the first state that was given to nobody */
  private dealt = 0;
  private readonly spare: Successors[];
  /** to expand rows as a helper does, without learning: that is done in the order of the search */
  private readonly reader: Reader;

  constructor(space: Space, options: CrewOptions, helpers: number, reductions: SharedReductions | null) {
    this.space = space;
    this.rowStates = options.rowStates;
    this.fewest = options.fewest;
    const setting = settingOf(space, reductions);
    this.reader = new Reader(setting);
    this.hands = Array.from({ length: helpers }, () => new Hand(space, options, setting));
    if (options.together === true) for (const hand of this.hands) hand.meet();
    const { words } = space.packing.layout;
    this.spare = Array.from({ length: ROWS_AHEAD }, () =>
      makeRow(options.rowStates, options.rowTransitions, words, inThread),
    );
  }

  /** The first state that was dealt to somebody and not taken yet. */
  get begun(): number {
    return this.orders[0]?.from ?? Number.POSITIVE_INFINITY;
  }

  /** The searching thread takes the states up to this one itself. */
  passOver(to: number): void {
    this.dealt = Math.max(this.dealt, to);
  }

  /** The row that begins with this state; null if it was dealt to nobody, or to somebody who is slow or failed. */
  next(current: number): Chunk | null {
    this.passOver(current);
    this.deal();
    const order = this.orders[0];
    if (order === undefined || order.from !== current) return null;
    const { from, to, slot, ahead } = order;
    if (ahead !== null) {
      this.orders.shift();
      return { row: ahead, from, to, slot };
    }
    const hand = this.handOf(slot);
    while (!hand.isOver(slot % SLOTS)) {
      if (this.workAhead() || hand.wait(slot % SLOTS)) continue;
      // it may be about to run again, or may have come to an end
      hand.abandon(slot % SLOTS);
      this.orders.shift();
      return null;
    }
    this.orders.shift();
    const end = hand.answer(slot % SLOTS);
    if (end >= 0) this.helped += 1;
    return end < 0 ? null : { row: hand.rows[slot % SLOTS]!, from, to: end, slot };
  }

  /** Gives rows to all who have time. */
  private deal(): void {
    const { visited } = this.space;
    for (let round = 0; round < SLOTS; round++) {
      for (let k = 0; k < this.hands.length; k++) {
        const from = this.dealt;
        const to = Math.min(visited.count, from + this.rowStates);
        if (to - from < this.fewest) return;
        const slot = this.hands[k]!.give(this.space, from, to);
        if (slot < 0) continue;
        this.orders.push({ from, to, slot: k * SLOTS + slot, ahead: null });
        this.dealt = to;
      }
    }
  }

  /** Expands a row that is to be taken later; false if there is none or no room. */
  private workAhead(): boolean {
    const { visited, steps, packing } = this.space;
    const from = this.dealt;
    if (from >= visited.count) return false;
    const row = this.spare.pop();
    if (row === undefined) return false;
    row.fit(packing.layout.words);
    const most = Math.min(visited.count, from + this.rowStates);
    const counts = packing.dictionaries.map(({ count }) => count);
    this.reader.readAlong(sharedOf(this.space), steps.decisions.end, steps.effects, steps.waits.end, counts);
    const to = this.reader.expand(from, most, row);
    this.orders.push({ from, to, slot: AHEAD, ahead: row });
    this.dealt = to;
    return true;
  }

  /** The row of a chunk has been taken. */
  giveBack({ row, slot }: Chunk): void {
    if (slot === AHEAD) this.spare.push(row);
    else if (slot >= 0) this.handOf(slot).free(slot % SLOTS);
  }

  /** What was dealt is void, and so is the chunk at hand, if there is one; dealing begins with this state. */
  startAnew(from: number, chunk: Chunk | null): void {
    if (chunk !== null) this.giveBack(chunk);
    for (const { slot, ahead } of this.orders) {
      if (ahead !== null) {
        this.spare.push(ahead);
        continue;
      }
      this.handOf(slot).abandon(slot % SLOTS);
    }
    this.orders.length = 0;
    this.dealt = from;
  }

  private handOf(slot: number): Hand {
    return this.hands[Math.floor(slot / SLOTS)]!;
  }

  close(): void {
    for (const hand of this.hands) hand.giveUp();
  }
}

/** Where the slot's numbers begin. */
function placeOf(slot: number): number {
  return CONTROL * (1 + slot);
}
