/**
 * What steps do to numbered states (see pack.ts), remembered. A step's effect depends on its task's own component and
 * on the components that it reads or changes; so once a step was taken in one state, its effect is known in every state
 * that agrees with that one there. A table of decisions (decisions.ts) leads to it. Only what is not in the table is
 * executed, by a machine that records what it touches.
 */
import type { Machine } from "../machine/machine.ts";
import { Decisions } from "./decisions.ts";
import {
  ALTERNATIVES,
  CHANGE,
  CONCERNS,
  EFFECT,
  Effects,
  ENABLED,
  FLAGS,
  FROM,
  GOES_ON,
  TO,
  UNFIT,
  WAITS,
  WRONG,
} from "./effects.ts";
import { type Allocate, amongThreads, inThread, resized } from "./memory.ts";
import type { Layout, Packing } from "./pack.ts";

/** Whether the judge may have something to say after a step that led a task to a position with this life. */
export type Concern = (task: number, position: number, life: number) => boolean;

export interface StepsOptions {
  readonly packing: Packing;
  /** must record what it reads and writes */
  readonly machine: Machine;
  /** by task: the component that holds its own slots */
  readonly own: readonly number[];
  /** slots to be set to 0, by task and position; null: none */
  readonly dead: readonly (readonly Int32Array[])[] | null;
  /** slots that properties see */
  readonly watched: readonly number[];
  readonly concern: Concern;
  /** bytes: more is not kept */
  readonly most?: number;
}

export class Steps extends Effects {
  private readonly machine: Machine;
  private allocate: Allocate = inThread;
  private readonly dead: readonly (readonly Int32Array[])[] | null;
  /** components that properties see, as 1s */
  private readonly watched: Uint8Array;
  private readonly concern: Concern;
  /** how many there are, and one */
  effects = 1;
  private changesEnd = 0;
  private layout: Layout;
  private readonly loader: Loader;
  private readonly scratch: Int32Array;
  private readonly seen: Int32Array;
  private stamp = 0;
  private readonly most: number;

  constructor({ packing, machine, own, dead, watched, concern, most }: StepsOptions) {
    const cells = machine.program.tasks.map((task) => {
      const { slots } = packing.components[own[task.id]!]!;
      const waits = Uint8Array.from(task.code, ({ op }) => (op === "when" || task.threadSlot >= 0 ? 1 : 0));
      return { pc: slots.indexOf(task.pcSlot), life: slots.indexOf(task.lifeSlot), waits };
    });
    super(packing, Int32Array.from(own), cells);
    this.most = most ?? MOST_BYTES;
    this.layout = packing.layout;
    this.machine = machine;
    this.dead = dead;
    this.watched = new Uint8Array(packing.components.length);
    for (const slot of watched) this.watched[packing.componentOf[slot]!] = 1;
    this.concern = concern;
    this.loader = new Loader(packing, machine);
    this.scratch = new Int32Array(packing.components.length);
    this.seen = new Int32Array(packing.components.length);
  }

  get bytes(): number {
    return (
      this.decisions.bytes + this.waits.bytes + 4 * (this.effects * (EFFECT + this.layout.words) + this.changesEnd)
    );
  }

  /** Forgets what was remembered if it has become too much: true then, and no effect found before may be used again. */
  trim(): boolean {
    if (this.bytes < this.most) return false;
    this.decisions = new Decisions(this.own, this.allocate);
    this.waits = new Decisions(this.own, this.allocate);
    this.heads = this.allocate(EFFECT * 64);
    this.effects = 1;
    this.changes = this.allocate(CHANGE * 64);
    this.changesEnd = 0;
    this.deltas = this.allocate(64 * this.layout.words);
    return true;
  }

  /** Moves what others need to read along to where they can. */
  share(): void {
    this.allocate = amongThreads;
    this.decisions.share();
    this.waits.share();
    this.heads = resized(this.heads, this.heads.length, amongThreads);
    this.changes = resized(this.changes, this.changes.length, amongThreads);
    this.deltas = resized(this.deltas, this.deltas.length, amongThreads);
  }

  /** Packs the state after the step, given that before it at a place in a store; false if a number does not fit. */
  applyPacked(effect: number, store: Int32Array, from: number, words: Int32Array): boolean {
    if (this.layout !== this.packing.layout) this.adopt();
    const { deltas } = this;
    const width = words.length;
    for (let k = 0, at = effect * width; k < width; k++) words[k] = store[from + k]! ^ deltas[at + k]!;
    return (this.heads[effect * EFFECT + FLAGS]! & UNFIT) === 0;
  }

  /** To be called when the packing has been laid out anew: what effects do to packed states. */
  adopt(): void {
    this.layout = this.packing.layout;
    this.deltas = this.allocate((this.heads.length / EFFECT) * this.layout.words);
    for (let effect = 1; effect < this.effects; effect++) this.writeDelta(effect);
  }

  private writeDelta(effect: number): void {
    const { changes, heads, deltas } = this;
    const { words, word, shift, mask } = this.layout;
    let excess = 0;
    for (let at = heads[effect * EFFECT + FROM]!, end = heads[effect * EFFECT + TO]!; at < end; at += CHANGE) {
      const component = changes[at]!;
      const after = changes[at + 2]!;
      excess |= after & ~mask[component]!;
      deltas[effect * words + word[component]!]! ^= (changes[at + 1]! ^ after) << shift[component]!;
    }
    if (excess === 0) heads[effect * EFFECT + FLAGS]! &= ~UNFIT;
    else heads[effect * EFFECT + FLAGS]! |= UNFIT;
  }

  /** Executes the step and enters it into the table. */
  protected override learn(task: number, choice: number, numbers: Int32Array): number {
    const { machine } = this;
    this.loader.load(numbers);
    machine.clearFootprint();
    let flags = 0;
    let alternatives = 1;
    if (machine.enabled(task)) {
      machine.step(task, choice);
      alternatives = machine.alternatives;
      flags = machine.violations.length > 0 ? ENABLED | WRONG : ENABLED;
      machine.violations.length = 0;
      this.forget(task);
      const { pcSlot, lifeSlot } = machine.program.tasks[task]!;
      if (this.concern(task, machine.state[pcSlot]!, machine.state[lifeSlot]!)) flags |= CONCERNS;
    }
    const asked = this.asked(task);
    const effect = this.write(flags, alternatives, [this.own[task]!, ...asked], numbers);
    machine.undo(0);
    this.decisions.enter(task, choice, numbers, asked, effect);
    return effect;
  }

  protected override learnWait(task: number, numbers: Int32Array): number {
    const { machine } = this;
    this.loader.load(numbers);
    machine.clearFootprint();
    const answer = machine.enabled(task) ? GOES_ON : WAITS;
    this.waits.enter(task, 0, numbers, this.asked(task), answer);
    return answer;
  }

  /** The components that the machine touched besides the task's own, in order: what was read, then what was only written. */
  private asked(task: number): number[] {
    const { reads, writes } = this.machine;
    this.stamp += 1;
    this.seen[this.own[task]!] = this.stamp;
    const asked: number[] = [];
    for (let k = 0; k < reads.length; k++) this.note(reads[k]!, asked);
    for (let k = 0; k < writes.length; k++) this.note(writes[k]!, asked);
    return asked;
  }

  private note(slot: number, asked: number[]): void {
    const component = this.packing.componentOf[slot]!;
    if (this.seen[component] === this.stamp) return;
    this.seen[component] = this.stamp;
    asked.push(component);
  }

  /** Sets what the task will not read again to 0. */
  private forget(task: number): void {
    if (this.dead === null) return;
    const { machine } = this;
    const slots = this.dead[task]![machine.state[machine.program.tasks[task]!.pcSlot]!];
    if (slots !== undefined) for (const slot of slots) machine.write(slot, 0);
  }

  private write(flags: number, alternatives: number, touched: readonly number[], numbers: Int32Array): number {
    const { machine, packing } = this;
    if (this.layout !== packing.layout) this.adopt();
    const effect = this.effects;
    const at = effect * EFFECT;
    if (at === this.heads.length) {
      this.heads = resized(this.heads, at * 2, this.allocate);
      this.deltas = resized(this.deltas, effect * 2 * this.layout.words, this.allocate);
    }
    const most = this.changesEnd + CHANGE * touched.length;
    if (most > this.changes.length) this.changes = resized(this.changes, most * 2, this.allocate);
    const { changes, heads } = this;
    heads[at + ALTERNATIVES] = alternatives;
    heads[at + FROM] = this.changesEnd;
    let end = this.changesEnd;
    let seen = 0;
    for (const component of touched) {
      const { dictionary, slots } = packing.components[component]!;
      const number = dictionary.encode(machine.state, slots);
      if (number === numbers[component]) continue;
      seen |= this.watched[component]!;
      changes[end] = component;
      changes[end + 1] = numbers[component]!;
      changes[end + 2] = number;
      end += CHANGE;
    }
    heads[at + TO] = end;
    heads[at + FLAGS] = seen === 0 ? flags : flags | CONCERNS;
    this.changesEnd = end;
    this.effects += 1;
    this.writeDelta(effect);
    return effect;
  }

  /** The first state: of the scenario's start, what does not matter set to 0. */
  initial(): Int32Array {
    const { machine, packing, scratch } = this;
    for (const task of machine.program.tasks) this.forget(task.id);
    packing.encode(machine.state, scratch);
    machine.undo(0);
    this.loader.forget();
    return scratch.slice();
  }
}

const MOST_BYTES = 1 << 26;

/** Puts numbered states into a machine; only components that differ from those put there before are written. */
export class Loader {
  private readonly packing: Packing;
  private readonly machine: Machine;
  private readonly loaded: Int32Array;

  constructor(packing: Packing, machine: Machine) {
    this.packing = packing;
    this.machine = machine;
    this.loaded = new Int32Array(packing.components.length).fill(-1);
  }

  load(numbers: Int32Array): void {
    const { packing, machine, loaded } = this;
    for (let k = 0; k < numbers.length; k++) {
      const number = numbers[k]!;
      if (loaded[k] === number) continue;
      loaded[k] = number;
      const { dictionary, slots } = packing.components[k]!;
      dictionary.decode(number, machine.state, slots);
    }
    machine.trailSize = 0;
  }

  /** Somebody else changed the machine's memory. */
  forget(): void {
    this.loaded.fill(-1);
  }
}
