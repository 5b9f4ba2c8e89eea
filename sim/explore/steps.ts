/**
 * What steps do to numbered states (see pack.ts), remembered. A step's effect depends on its task's own component and
 * on the components that it reads or changes; so once a step was taken in one state, its effect is known in every state
 * that agrees with that one there. A table of decisions for each task and its own contents asks for the number of one
 * component after the other, in the order in which the machine read them, and ends with the effect. Only what is not in
 * the table is executed, by a machine that records what it touches.
 */
import type { Machine } from "../machine/machine.ts";
import { LIFE } from "../program/program.ts";
import type { Packing } from "./pack.ts";

/** A position of a task that is not alive. */
export const ABSENT = -1;

/** What of an effect stands where. After its head come pairs of component and new number. */
const STATUS = 0;
const ALTERNATIVES = 1;
const CHANGES = 2;
const HEAD = 3;

/** Status of an effect. */
const DISABLED = 0;
const WRONG = 2;
const FINE = 1;

/** Nodes are even numbers ≥ 2: 2 · index into `ask`; leaves are odd: 2 · offset into `effects` + 1; 0: unknown. */
const UNKNOWN = 0;
/** Numbers below this are looked up in an array, the others in a map. */
const DENSE = 64;

export class Steps {
  readonly packing: Packing;
  private readonly machine: Machine;
  /** by task: the component that is its own */
  private readonly own: readonly number[];
  /** slots to be set to 0, by task and position; null: none */
  private readonly dead: readonly (readonly Int32Array[])[] | null;
  /** by task and alternative: own number → node */
  private readonly roots: Int32Array[][];
  /** by node: the component to ask for, and number → node */
  private readonly ask: number[] = [0];
  private readonly answers: Int32Array[] = [new Int32Array(0)];
  /** the same for numbers from `DENSE` on */
  private readonly far: (Map<number, number> | undefined)[] = [];
  private effects: Int32Array = new Int32Array(1024);
  private effectsEnd = 1;
  /** bytes in `roots` and `answers` */
  private tableBytes = 0;
  /** by task: own number → position · 2 + (1 if told to die), or −1 */
  private readonly positions: Int32Array[];
  private readonly cells: readonly { readonly pc: number; readonly life: number }[];
  private readonly loader: Loader;
  private readonly scratch: Int32Array;
  private readonly seen: Int32Array;
  private stamp = 0;

  /** More bytes than this are not kept. */
  private readonly most: number;

  /** `machine` must record what it reads and writes; `own[task]` is the component that holds the task's own slots. */
  constructor(
    packing: Packing,
    machine: Machine,
    own: readonly number[],
    dead: readonly (readonly Int32Array[])[] | null,
    most: number = MOST_BYTES,
  ) {
    this.most = most;
    this.packing = packing;
    this.machine = machine;
    this.own = own;
    this.dead = dead;
    const { tasks } = machine.program;
    this.roots = tasks.map(() => []);
    this.positions = tasks.map(() => new Int32Array(0));
    this.cells = tasks.map((task) => {
      const { slots } = packing.components[own[task.id]!]!;
      return { pc: slots.indexOf(task.pcSlot), life: slots.indexOf(task.lifeSlot) };
    });
    this.loader = new Loader(packing, machine);
    this.scratch = new Int32Array(packing.components.length);
    this.seen = new Int32Array(packing.components.length);
  }

  get bytes(): number {
    return this.tableBytes + this.effects.byteLength;
  }

  /** Forgets what was remembered if it has become too much. No effect found before may be used afterwards. */
  trim(): void {
    if (this.bytes < this.most) return;
    for (const list of this.roots) list.length = 0;
    this.ask.length = 1;
    this.answers.length = 1;
    this.far.length = 0;
    this.effects = new Int32Array(1024);
    this.effectsEnd = 1;
    this.tableBytes = 0;
  }

  /** Where a living task is: its position · 2, + 1 if it was told to die; `ABSENT` for others. */
  position(task: number, numbers: Int32Array): number {
    const number = numbers[this.own[task]!]!;
    const known = this.positions[task]!;
    if (number < known.length && known[number] !== -2) return known[number]!;
    return this.findPosition(task, number);
  }

  private findPosition(task: number, number: number): number {
    let known = this.positions[task]!;
    if (number >= known.length) {
      const larger = new Int32Array(Math.max(16, number * 2)).fill(-2);
      larger.set(known);
      known = larger;
      this.positions[task] = known;
    }
    const { dictionary } = this.packing.components[this.own[task]!]!;
    const { pc, life } = this.cells[task]!;
    const state = dictionary.cell(number, life);
    const alive = state === LIFE.alive || state === LIFE.dying;
    known[number] = alive ? 2 * dictionary.cell(number, pc) + (state === LIFE.dying ? 1 : 0) : ABSENT;
    return known[number]!;
  }

  /** The effect of the task's step with that alternative: an offset for the questions below. */
  find(task: number, choice: number, numbers: Int32Array): number {
    const roots = this.roots[task]![choice];
    const number = numbers[this.own[task]!]!;
    let node = roots !== undefined && number < roots.length ? roots[number]! : UNKNOWN;
    const { ask, answers } = this;
    while (node !== UNKNOWN && (node & 1) === 0) {
      const table = answers[node >> 1]!;
      const answer = numbers[ask[node >> 1]!]!;
      node =
        answer < table.length
          ? table[answer]!
          : answer < DENSE
            ? UNKNOWN
            : (this.far[node >> 1]?.get(answer) ?? UNKNOWN);
    }
    return node === UNKNOWN ? this.learn(task, choice, numbers) : node >> 1;
  }

  isEnabled(effect: number): boolean {
    return this.effects[effect + STATUS] !== DISABLED;
  }

  /** Whether the step violates something; what, the machine must say. */
  isWrong(effect: number): boolean {
    return this.effects[effect + STATUS] === WRONG;
  }

  alternatives(effect: number): number {
    return this.effects[effect + ALTERNATIVES]!;
  }

  /** Changes the numbers as the step does. */
  apply(effect: number, numbers: Int32Array): void {
    const { effects } = this;
    for (let at = effect + HEAD, end = at + 2 * effects[effect + CHANGES]!; at < end; at += 2)
      numbers[effects[at]!] = effects[at + 1]!;
  }

  /** Changes packed words as the step changes the state with these numbers; false if a number does not fit. */
  applyPacked(effect: number, numbers: Int32Array, words: Int32Array): boolean {
    const { effects } = this;
    const { word, shift, mask } = this.packing.layout;
    let excess = 0;
    for (let at = effect + HEAD, end = at + 2 * effects[effect + CHANGES]!; at < end; at += 2) {
      const component = effects[at]!;
      const number = effects[at + 1]!;
      excess |= number & ~mask[component]!;
      words[word[component]!]! ^= (number ^ numbers[component]!) << shift[component]!;
    }
    return excess === 0;
  }

  /** Executes the step and enters it into the table. */
  private learn(task: number, choice: number, numbers: Int32Array): number {
    const { machine, packing, seen } = this;
    this.loader.load(numbers);
    machine.clearFootprint();
    const enabled = machine.enabled(task);
    let status: number = DISABLED;
    let alternatives = 1;
    if (enabled) {
      machine.step(task, choice);
      alternatives = machine.alternatives;
      status = machine.violations.length > 0 ? WRONG : FINE;
      machine.violations.length = 0;
      this.forget(task);
    }
    // the components asked about, in order: what was read, then what was only written
    const mine = this.own[task]!;
    this.stamp += 1;
    seen[mine] = this.stamp;
    const asked: number[] = [];
    const note = (slot: number): void => {
      const component = packing.componentOf[slot]!;
      if (seen[component] === this.stamp) return;
      seen[component] = this.stamp;
      asked.push(component);
    };
    for (const slot of machine.reads) note(slot);
    for (const slot of machine.writes) note(slot);
    const effect = this.write(status, alternatives, [mine, ...asked], numbers);
    machine.undo(0);
    this.enter(task, choice, numbers, asked, effect);
    return effect;
  }

  /** Sets what the task will not read again to 0. */
  private forget(task: number): void {
    if (this.dead === null) return;
    const { machine } = this;
    const slots = this.dead[task]![machine.state[machine.program.tasks[task]!.pcSlot]!];
    if (slots !== undefined) for (const slot of slots) machine.write(slot, 0);
  }

  private write(status: number, alternatives: number, touched: readonly number[], numbers: Int32Array): number {
    const { machine, packing } = this;
    const effect = this.effectsEnd;
    const most = effect + HEAD + 2 * touched.length;
    if (most > this.effects.length) this.effects = lengthened(this.effects, most * 2);
    const { effects } = this;
    effects[effect + STATUS] = status;
    effects[effect + ALTERNATIVES] = alternatives;
    let at = effect + HEAD;
    for (const component of touched) {
      const { dictionary, slots } = packing.components[component]!;
      const number = dictionary.encode(machine.state, slots);
      if (number === numbers[component]) continue;
      effects[at] = component;
      effects[at + 1] = number;
      at += 2;
    }
    effects[effect + CHANGES] = (at - effect - HEAD) / 2;
    this.effectsEnd = at;
    return effect;
  }

  private enter(task: number, choice: number, numbers: Int32Array, asked: readonly number[], effect: number): void {
    const list = this.roots[task]!;
    while (list.length <= choice) list.push(new Int32Array(0));
    const mine = numbers[this.own[task]!]!;
    const root = this.room(list[choice]!, mine, Number.POSITIVE_INFINITY);
    list[choice] = root;
    const leaf = 2 * effect + 1;
    if (asked.length === 0) {
      root[mine] = leaf;
      return;
    }
    let node = root[mine]!;
    if (node === UNKNOWN) {
      node = this.node(asked[0]!);
      root[mine] = node;
    }
    asked.forEach((component, k) => {
      if (this.ask[node >> 1] !== component) throw new Error("a step read memory in another order than before");
      const number = numbers[component]!;
      let next = this.answer(node >> 1, number);
      if (next === UNKNOWN) {
        next = k + 1 === asked.length ? leaf : this.node(asked[k + 1]!);
        this.setAnswer(node >> 1, number, next);
      }
      node = next;
    });
  }

  private node(component: number): number {
    this.ask.push(component);
    this.answers.push(NOTHING);
    this.tableBytes += NODE_BYTES;
    return 2 * (this.ask.length - 1);
  }

  private answer(index: number, number: number): number {
    if (number >= DENSE) return this.far[index]?.get(number) ?? UNKNOWN;
    const table = this.answers[index]!;
    return number < table.length ? table[number]! : UNKNOWN;
  }

  private setAnswer(index: number, number: number, node: number): void {
    if (number >= DENSE) {
      const map = this.far[index] ?? new Map<number, number>();
      this.far[index] = map;
      map.set(number, node);
      this.tableBytes += 40;
      return;
    }
    const table = this.room(this.answers[index]!, number, DENSE);
    this.answers[index] = table;
    table[number] = node;
  }

  private room(table: Int32Array, number: number, most: number): Int32Array {
    if (number < table.length) return table;
    const length = Math.min(most, Math.max(4, number + 1, table.length * 2));
    this.tableBytes += 4 * (length - table.length);
    return lengthened(table, length);
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

/** What a node takes, its arrays' headers included. */
const NODE_BYTES = 160;
const MOST_BYTES = 1 << 26;

const NOTHING: Int32Array = new Int32Array(0);

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

function lengthened(from: Int32Array, length: number): Int32Array {
  const to = new Int32Array(length);
  to.set(from);
  return to;
}
