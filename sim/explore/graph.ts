/** The explicit graph of states, nothing reduced: what liveness is decided on. */
import { Machine } from "../machine/machine.ts";
import type { Program } from "../program/program.ts";
import { givesUp } from "./cost.ts";
import { enabledTasks } from "./moves.ts";
import { States } from "./numbered.ts";
import type { Move } from "./strategy.ts";

export interface GraphLimits {
  readonly states: number;
  /** bytes */
  readonly memory: number;
  stopRequested(): unknown;
}

/** States are numbered breadth first from 0; the edges of state k are first[k] … first[k + 1] − 1. */
export class StateGraph {
  readonly machine: Machine;
  readonly states: States;
  readonly first: number[] = [0];
  readonly target: number[] = [];
  readonly task: number[] = [];
  readonly choice: number[] = [];
  /** whether the step gives up the CPU */
  readonly gaveUp: boolean[] = [];
  complete = false;

  constructor(program: Program) {
    this.machine = new Machine(program, { hashing: true });
    this.states = new States(this.machine);
    this.states.add();
  }

  get size(): number {
    return this.first.length - 1;
  }

  /** Expands every state; `look` is called with each of them, in order, on the machine. */
  build(limits: GraphLimits, look: (state: number, machine: Machine) => void): void {
    const { machine, states } = this;
    for (let at = 0; at < states.count; at++) {
      const tooMany = at >= limits.states || states.bytes + this.target.length * 32 > limits.memory;
      if (tooMany || (at % 256 === 0 && limits.stopRequested() !== null)) return;
      states.restore(at);
      look(at, machine);
      for (const task of enabledTasks(machine)) {
        const gaveUp = givesUp(machine, task);
        for (let choice = 0, alternatives = 1; choice < alternatives; choice++) {
          const mark = machine.trailSize;
          machine.step(task, choice);
          alternatives = machine.alternatives;
          this.target.push(states.add());
          this.task.push(task);
          this.choice.push(choice);
          this.gaveUp.push(gaveUp);
          machine.undo(mark);
        }
      }
      machine.violations = [];
      this.first.push(this.target.length);
    }
    this.complete = true;
  }

  /** The edge's state of origin. */
  origin(edge: number): number {
    let low = 0;
    let high = this.first.length - 2;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.first[middle]! <= edge) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  move(edge: number): Move {
    return { task: this.task[edge]!, choice: this.choice[edge]! };
  }

  /** Whether the task can move in the state. */
  enabled(state: number, task: number): boolean {
    for (let edge = this.first[state]!; edge < this.first[state + 1]!; edge++)
      if (this.task[edge] === task) return true;
    return false;
  }

  /** Strongly connected components (Tarjan, SIAM Journal on Computing 1972, without recursion) of a part of the graph. */
  components(states: (state: number) => boolean, edges: (edge: number) => boolean): number[][] {
    const { first, target } = this;
    const count = this.size;
    const index = new Int32Array(count).fill(-1);
    const low = new Int32Array(count);
    const onStack = new Uint8Array(count);
    const stack: number[] = [];
    const work: number[] = [];
    const position: number[] = [];
    const found: number[][] = [];
    let counter = 0;
    const enter = (state: number): void => {
      index[state] = counter;
      low[state] = counter++;
      stack.push(state);
      onStack[state] = 1;
      work.push(state);
      position.push(first[state]!);
    };
    for (let start = 0; start < count; start++) {
      if (index[start]! >= 0 || !states(start)) continue;
      enter(start);
      while (work.length > 0) {
        const state = work[work.length - 1]!;
        const edge = position[position.length - 1]!;
        if (edge < first[state + 1]!) {
          position[position.length - 1] = edge + 1;
          const to = target[edge]!;
          if (to >= count || !edges(edge) || !states(to)) continue;
          if (index[to]! < 0) enter(to);
          else if (onStack[to] === 1) low[state] = Math.min(low[state]!, index[to]!);
          continue;
        }
        work.pop();
        position.pop();
        const parent = work[work.length - 1];
        if (parent !== undefined) low[parent] = Math.min(low[parent]!, low[state]!);
        if (low[state] !== index[state]) continue;
        const component: number[] = [];
        for (let each = stack.pop()!; ; each = stack.pop()!) {
          onStack[each] = 0;
          component.push(each);
          if (each === state) break;
        }
        found.push(component);
      }
    }
    return found;
  }
}
