/**
 * A thread that helps breadth first: it expands rows of states with the steps that the searching thread has learnt, and
 * leaves out successors that are known already. It decides nothing; where a step is unknown it says so. What the two
 * threads share is described in crew.ts.
 */
import { type MessagePort, receiveMessageOnPort } from "node:worker_threads";
import { Successors } from "./expand.ts";
import { inThread } from "./memory.ts";
import { Reader, type Setting, type Shared } from "./reader.ts";
import { Visited } from "./visited.ts";

/** Of a slot of the control array: whose turn it is, the task, the answer, and how much of the shared arrays is complete. */
export const STATE = 0;
export const FROM = 1;
export const TO = 2;
export const MAIL = 3;
export const STATES = 4;
export const NODES = 5;
export const EFFECTS = 6;
export const WAITS = 7;
export const CONTROL = 8;

/** States of a slot. */
export const FREE = 0;
export const BUSY = 1;
export const DONE = 2;
export const FAILED = 3;
export const EXIT = 4;

/** Rows that a helper is given in turn, so that it has work while one is looked at. */
export const SLOTS = 2;
/** Before the slots: becomes 1 when the helper is ready. */
export const READY = 0;

/** For tests: at this row a helper fails, or ends without a word. */
export interface Fault {
  readonly row: number;
  readonly silent: boolean;
}

/** What a helper is given when it starts. */
export interface HelperTask {
  /** `CONTROL` numbers for readiness, then as many for each slot */
  readonly control: Int32Array;
  /** how much of each dictionary is complete, for each slot */
  readonly counts: Int32Array;
  readonly setting: Setting;
  readonly fault: Fault | null;
}

/** The shared arrays, whenever one has been replaced. */
export interface Mail {
  readonly shared: Shared;
  readonly rows: readonly (readonly Int32Array[])[];
}

/** Milliseconds between looks at whether anybody still wants something. */
const NAP = 1000;

/** Helps until told to stop. */
export function help(task: HelperTask, port: MessagePort): void {
  const helper = new Helper(task, port);
  Atomics.store(task.control, READY, 1);
  Atomics.notify(task.control, READY);
  for (let row = 0; ; row++) {
    const slot = CONTROL * (1 + (row % SLOTS));
    for (;;) {
      const state = Atomics.load(task.control, slot + STATE);
      if (state === EXIT) return;
      if (state === BUSY) break;
      Atomics.wait(task.control, slot + STATE, state, NAP);
    }
    let answer = DONE;
    try {
      if (row === task.fault?.row) {
        if (task.fault.silent) return;
        throw new Error("asked to fail");
      }
      helper.work(slot, row % SLOTS);
    } catch {
      answer = FAILED;
    }
    Atomics.compareExchange(task.control, slot + STATE, BUSY, answer);
    Atomics.notify(task.control, slot + STATE);
    if (answer === FAILED) return;
  }
}

class Helper {
  private readonly task: HelperTask;
  private readonly port: MessagePort;
  private mails = 0;
  private mail: Mail | null = null;
  private readonly reader: Reader;
  private readonly visited = new Visited(1, false, Number.POSITIVE_INFINITY);
  private readonly rows: Successors[] = [];

  constructor(task: HelperTask, port: MessagePort) {
    this.task = task;
    this.port = port;
    this.reader = new Reader(task.setting);
  }

  work(slot: number, place: number): void {
    const { control, counts } = this.task;
    while (this.mails < control[slot + MAIL]!) this.open();
    const { shared } = this.mail!;
    const { words } = shared.layout;
    const size = shared.dictionaries.length;
    const complete = counts.subarray(place * size, (place + 1) * size);
    this.reader.readAlong(shared, control[slot + NODES]!, control[slot + EFFECTS]!, control[slot + WAITS]!, complete);
    this.visited.readAlong(shared.store, shared.table, words);
    const row = this.rows[place]!;
    const from = control[slot + FROM]!;
    const to = this.reader.expand(from, control[slot + TO]!, row);
    this.leaveOutKnown(row, to - from, words, control[slot + STATES]!);
    control[slot + TO] = to;
  }

  private open(): void {
    const received = receiveMessageOnPort(this.port) as { message: Mail } | undefined;
    if (received === undefined) throw new Error("no mail");
    this.mail = received.message;
    this.mails += 1;
    this.mail.rows.forEach((arrays, k) => {
      this.rows[k] = new Successors(arrays, inThread);
    });
  }

  /** Drops successors that are among the first `limit` states, and moves the others together. */
  private leaveOutKnown(row: Successors, states: number, width: number, limit: number): void {
    const { ends, highest, moves, choices, hashes, words } = row;
    let at = 0;
    let into = 0;
    let located = 0;
    for (let state = 0; state < states; state++) {
      for (const end = ends[state]!; at < end; at++) {
        if (at === located) {
          located = Math.min(at + FETCHED, ends[states - 1]!);
          this.visited.locate(row, at, located);
        }
        const known = this.visited.findLocated(row, at, limit);
        if (known >= 0) {
          highest[state] = Math.max(highest[state]!, known);
          continue;
        }
        if (into < at) {
          moves[into] = moves[at]!;
          choices[into] = choices[at]!;
          hashes[into] = hashes[at]!;
          for (let k = 0; k < width; k++) words[into * width + k] = words[at * width + k]!;
        }
        into += 1;
      }
      ends[state] = into;
    }
  }
}

/** Successors looked ahead for at once. */
const FETCHED = 1024;
