/**
 * The order under exploration: the steps taken so far, what each touched, and a machine that can stand anywhere in it.
 */
import type { Machine } from "../machine/machine.ts";
import { LIFE } from "../program/program.ts";
import type { Dependence } from "./dependence.ts";
import type { Move } from "./strategy.ts";

export class Order {
  readonly machine: Machine;
  readonly dependence: Dependence;
  readonly tasks: number;
  /** number of steps */
  length = 0;
  /** number of steps after which the machine stands */
  position = 0;
  // of each step
  readonly task: number[] = [];
  readonly choice: number[] = [];
  readonly alternatives: number[] = [];
  readonly footprint: number[] = [];
  /** position in the code before the step */
  readonly pc: number[] = [];
  /** what the guard of a wait without timeout reads; −1 for other steps */
  readonly guard: number[] = [];
  /** how many steps of its task came before it, plus one */
  readonly ordinal: number[] = [];
  /** the step of the same task before it, or −1 */
  readonly previous: number[] = [];
  /** whether the step is the death of a task that was told to end */
  readonly dying: boolean[] = [];
  /** tasks whose life another's step ended (or told to end), so that they never took the step at which they stood */
  readonly killed: (readonly number[] | null)[] = [];
  /** size of the machine's trail before the step */
  readonly mark: number[] = [];
  /** whether each task was enabled before the step; one row more than there are steps */
  enabled: Uint8Array;
  /** the last step of each task, or −1 */
  readonly last: number[];
  private readonly lives: Int32Array;
  private readonly lifeSlots: readonly number[];

  constructor(machine: Machine, dependence: Dependence) {
    this.machine = machine;
    this.dependence = dependence;
    this.tasks = machine.program.tasks.length;
    this.enabled = new Uint8Array(this.tasks * 64);
    this.last = new Array(this.tasks).fill(-1);
    this.lifeSlots = machine.program.tasks.map((task) => task.lifeSlot);
    this.lives = new Int32Array(this.tasks);
  }

  /** Notes who is enabled in the state at the end; returns how many. */
  look(): number {
    const from = this.length * this.tasks;
    if (from + this.tasks > this.enabled.length) {
      const grown = new Uint8Array(this.enabled.length * 2);
      grown.set(this.enabled);
      this.enabled = grown;
    }
    let count = 0;
    for (let task = 0; task < this.tasks; task++) {
      const enabled = this.machine.enabled(task);
      this.enabled[from + task] = enabled ? 1 : 0;
      if (enabled) count += 1;
    }
    return count;
  }

  wasEnabled(at: number, task: number): boolean {
    return this.enabled[at * this.tasks + task] === 1;
  }

  /** Takes a step at the end; returns its footprint. */
  push(task: number, choice: number): number {
    const { machine, dependence } = this;
    const at = this.length;
    const { sociable } = dependence;
    if (sociable)
      for (let each = 0; each < this.tasks; each++) this.lives[each] = machine.state[this.lifeSlots[each]!]!;
    this.task[at] = task;
    this.choice[at] = choice;
    this.pc[at] = machine.state[machine.program.tasks[task]!.pcSlot]!;
    this.mark[at] = machine.trailSize;
    this.dying[at] = machine.state[this.lifeSlots[task]!] === LIFE.dying;
    this.guard[at] = dependence.isWait(task, this.pc[at]!) ? dependence.ofGuard(task) : -1;
    const footprint = dependence.take(task, choice);
    this.alternatives[at] = machine.alternatives;
    this.footprint[at] = footprint;
    const previous = this.last[task]!;
    this.previous[at] = previous;
    this.ordinal[at] = previous < 0 ? 1 : this.ordinal[previous]! + 1;
    this.killed[at] = sociable ? this.newlyKilled(task) : null;
    this.last[task] = at;
    this.length = at + 1;
    this.position = at + 1;
    return footprint;
  }

  private newlyKilled(by: number): number[] | null {
    let killed: number[] | null = null;
    for (let each = 0; each < this.tasks; each++) {
      const before = this.lives[each]!;
      if (each === by || (before !== LIFE.alive && before !== LIFE.dying)) continue;
      if (this.machine.state[this.lifeSlots[each]!] === before) continue;
      killed ??= [];
      killed.push(each);
    }
    return killed;
  }

  /** Forgets all steps from this one on and puts the machine before it. */
  cut(at: number): void {
    for (let k = this.length - 1; k >= at; k--) this.last[this.task[k]!] = this.previous[k]!;
    this.goTo(at);
    this.length = at;
  }

  /** Puts the machine before this step; what it did outside the trace (at `position` or later) is undone. */
  goTo(at: number): void {
    const { machine } = this;
    if (at < this.position) machine.undo(this.mark[at]!);
    else if (this.position < this.length) machine.undo(this.mark[this.position]!);
    for (let k = Math.min(this.position, at); k < at; k++) machine.step(this.task[k]!, this.choice[k]!);
    this.position = at;
  }

  path(): Move[] {
    const moves: Move[] = [];
    for (let k = 0; k < this.length; k++) moves.push({ task: this.task[k]!, choice: this.choice[k]! });
    return moves;
  }
}
