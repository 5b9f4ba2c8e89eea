/**
 * What the next step of each task would touch, found out by taking it and taking it back. Kept until something happens
 * that could change it.
 */
import type { Machine } from "../machine/machine.ts";
import { Dependence } from "./dependence.ts";

export class PendingSteps {
  readonly dependence: Dependence;
  private readonly machine: Machine;
  private readonly footprint: Int32Array;

  constructor(machine: Machine, watched: readonly number[]) {
    this.machine = machine;
    this.dependence = new Dependence(machine, watched);
    this.footprint = new Int32Array(machine.program.tasks.length).fill(-1);
  }

  /** Before a run. */
  clear(): void {
    this.footprint.fill(-1);
  }

  /** The footprint of the next step (first alternative) of a task that is enabled. */
  of(task: number): number {
    const known = this.footprint[task]!;
    if (known >= 0) return known;
    const { machine } = this;
    const mark = machine.trailSize;
    const footprint = this.dependence.take(task, 0);
    machine.undo(mark);
    machine.violations.length = 0;
    this.footprint[task] = footprint;
    return footprint;
  }

  /** After the task took its step, which had this footprint: forgets what that may have changed. */
  taken(task: number, footprint: number): void {
    for (let other = 0; other < this.footprint.length; other++) {
      const known = this.footprint[other]!;
      if (other === task || (known >= 0 && this.dependence.conflict(known, footprint))) this.footprint[other] = -1;
    }
  }
}
