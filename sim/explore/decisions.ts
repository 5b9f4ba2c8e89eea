/**
 * The table of decisions that leads from a numbered state (see pack.ts) to the effect of a task's step, without the
 * machine. For each task and alternative there is a tree: its root asks for the number of the task's own contents, each
 * node below for the number of one more component, in the order in which the machine read them; at the end stands the
 * number of the effect.
 *
 * All nodes lie in one array of numbers, so that a walk costs a few loads and others can read along (see crew.ts).
 */
import { type Allocate, amongThreads, inThread, resized } from "./memory.ts";

/** A node: the component it asks for, how many answers it has room for, its name, then an entry for each answer. */
const COMPONENT = 0;
const ROOM = 1;
const NAME = 2;
const HEAD = 3;
/** Answers below this stand in the node, the others in a hash table; those of a root all stand in it. */
const DENSE = 64;
/** An entry is 0 (unknown), the place of a node, or −1 − effect. */
const UNKNOWN = 0;
/** An entry of the hash table: name of the node + 1 (0: free), answer, entry. */
const WIDTH = 3;

/** What is returned where nothing is known; effects are numbered from 1. */
export const NO_EFFECT = 0;

export class Decisions {
  private readonly own: Int32Array;
  private allocate: Allocate;
  /** by alternative · tasks + task: the place of the root, 0 for none */
  private roots: Int32Array;
  private nodes: Int32Array;
  private far: Int32Array;
  private farCount = 0;
  private names = 0;
  /** of the nodes */
  end = 1;
  /** nodes and effects from here on are taken as unknown: they may be half written by the thread that learns */
  private limit = Number.MAX_SAFE_INTEGER;
  private effects = Number.MAX_SAFE_INTEGER;

  /** `own[task]` is the component that holds the task's own slots. */
  constructor(own: Int32Array, allocate: Allocate = inThread) {
    this.own = own;
    this.allocate = allocate;
    this.roots = allocate(own.length);
    this.nodes = allocate(1024);
    this.far = allocate(WIDTH * 64);
  }

  /** Moves everything to where other threads can read along. */
  share(): void {
    this.allocate = amongThreads;
    this.roots = resized(this.roots, this.roots.length, amongThreads);
    this.nodes = resized(this.nodes, this.nodes.length, amongThreads);
    this.far = resized(this.far, this.far.length, amongThreads);
  }

  /** What another thread needs to read along, besides `end`. */
  get arrays(): readonly Int32Array[] {
    return [this.roots, this.nodes, this.far];
  }

  /** Reads along in arrays of another thread, of which so many nodes and effects are complete. */
  readAlong([roots, nodes, far]: readonly Int32Array[], end: number, effects: number): void {
    this.roots = roots!;
    this.nodes = nodes!;
    this.far = far!;
    this.limit = end;
    this.effects = effects;
  }

  get tasks(): number {
    return this.own.length;
  }

  get bytes(): number {
    return 4 * (this.end + this.far.length + this.roots.length);
  }

  /** The effect of the task's step with that alternative; `NO_EFFECT` if it is not known yet. */
  find(task: number, choice: number, numbers: Int32Array): number {
    const { roots, nodes, limit } = this;
    const root = choice * this.own.length + task;
    let at = root < roots.length ? roots[root]! : UNKNOWN;
    while (at > UNKNOWN) {
      if (at >= limit) return NO_EFFECT;
      const answer = numbers[nodes[at + COMPONENT]!]!;
      if (answer < nodes[at + ROOM]!) at = nodes[at + HEAD + answer]!;
      else at = answer < DENSE ? UNKNOWN : this.findFar(nodes[at + NAME]!, answer);
    }
    const effect = -1 - at;
    return at === UNKNOWN || effect >= this.effects ? NO_EFFECT : effect;
  }

  private findFar(name: number, answer: number): number {
    const { far } = this;
    const at = this.placeFar(name, answer);
    return far[at]! === 0 ? UNKNOWN : far[at + 2]!;
  }

  /** Where the entry is, or the free place for it. */
  private placeFar(name: number, answer: number): number {
    const { far } = this;
    const mask = far.length / WIDTH - 1;
    let cell = Math.imul(name ^ Math.imul(answer, 0x9e3779b1), 0x85ebca6b);
    for (cell = (cell ^ (cell >>> 15)) & mask; ; cell = (cell + 1) & mask) {
      const at = cell * WIDTH;
      const there = far[at]!;
      if (there === 0 || (there === name + 1 && far[at + 1] === answer)) return at;
    }
  }

  /** Enters an effect found in a state; `asked` are the components that it depends on besides the task's own, in order. */
  enter(task: number, choice: number, numbers: Int32Array, asked: readonly number[], effect: number): void {
    const own = this.own[task]!;
    const root = choice * this.own.length + task;
    if (root >= this.roots.length) this.roots = resized(this.roots, (choice + 1) * this.own.length, this.allocate);
    if (this.roots[root] === UNKNOWN) this.roots[root] = this.node(own, 4, this.names++);
    this.roots[root] = this.withRoom(this.roots[root]!, numbers[own]!, Number.POSITIVE_INFINITY);
    // where the entry stands that is to lead on; negative: −1 − place in the hash table
    let entry = this.roots[root]! + HEAD + numbers[own]!;
    for (const component of asked) {
      let node = this.read(entry);
      if (node === UNKNOWN) {
        node = this.node(component, 4, this.names++);
        this.write(entry, node);
      }
      if (node < 0 || this.nodes[node + COMPONENT] !== component)
        throw new Error("a step read memory in another order than before");
      const answer = numbers[component]!;
      if (answer < DENSE) {
        const roomy = this.withRoom(node, answer, DENSE);
        if (roomy !== node) this.write(entry, roomy);
        entry = roomy + HEAD + answer;
      } else entry = -1 - this.addFar(this.nodes[node + NAME]!, answer);
    }
    if (this.read(entry) > UNKNOWN) throw new Error("a step read less memory than before");
    this.write(entry, -1 - effect);
  }

  private read(entry: number): number {
    return entry >= 0 ? this.nodes[entry]! : this.far[-1 - entry + 2]!;
  }

  private write(entry: number, value: number): void {
    if (entry >= 0) this.nodes[entry] = value;
    else this.far[-1 - entry + 2] = value;
  }

  private node(component: number, room: number, name: number): number {
    const at = this.end;
    this.end = at + HEAD + room;
    if (this.end > this.nodes.length) this.nodes = resized(this.nodes, this.end * 2, this.allocate);
    const { nodes } = this;
    nodes[at + COMPONENT] = component;
    nodes[at + ROOM] = room;
    nodes[at + NAME] = name;
    return at;
  }

  /** The node, or a larger one in its place, with room for that answer. */
  private withRoom(node: number, answer: number, most: number): number {
    const before = this.nodes[node + ROOM]!;
    if (answer < before) return node;
    const room = Math.min(most, Math.max(answer + 1, before * 2));
    const larger = this.node(this.nodes[node + COMPONENT]!, room, this.nodes[node + NAME]!);
    this.nodes.copyWithin(larger + HEAD, node + HEAD, node + HEAD + before);
    return larger;
  }

  private addFar(name: number, answer: number): number {
    let at = this.placeFar(name, answer);
    if (this.far[at] !== 0) return at;
    if ((this.farCount + 1) * 2 * WIDTH > this.far.length) {
      this.growFar();
      at = this.placeFar(name, answer);
    }
    this.far[at] = name + 1;
    this.far[at + 1] = answer;
    this.farCount += 1;
    return at;
  }

  private growFar(): void {
    const before = this.far;
    const far = this.allocate(before.length * 2);
    this.far = far;
    for (let from = 0; from < before.length; from += WIDTH) {
      if (before[from] === 0) continue;
      const at = this.placeFar(before[from]! - 1, before[from + 1]!);
      for (let k = 0; k < WIDTH; k++) this.far[at + k] = before[from + k]!;
    }
  }
}
