/**
 * Selectively uniform random walk: pick some steps that matter (the accesses to one shared object, another one in each
 * run) and make all their interleavings equally likely: whose turn it is among them is drawn in proportion to how many
 * of them each task has still to take. All other steps are walked at random around them.
 *
 * Source: Zhao, Wolff, Mathur, Roychoudhury, "Selectively Uniform Concurrency Testing" (ASPLOS 2025). Simplified: how
 * many steps of the kind a task takes is not profiled beforehand but is the greatest number seen in the runs so far
 * (the first run is a plain random walk); tasks started by others count from the beginning and not as part of who
 * starts them; a task that waits when its turn comes loses it; and every fourth run counts all steps that touch anything
 * shared as those that matter (the uniform walk itself), for bugs that are about more than one object.
 */
import { PendingSteps } from "./pending.ts";
import type { StrategySpecification } from "./strategy.ts";
import { draw, type SamplerTools, sample } from "./walk.ts";

const EVERYTHING = -1;

class SelectivelyUniform {
  private readonly random: () => number;
  private readonly pending: PendingSteps;
  /** greatest number of steps of each task on each object, and (`EVERYTHING`) on any */
  private readonly most = new Map<number, number[]>();
  private readonly tasks: number;
  private counted = new Map<number, number[]>();
  private object = EVERYTHING;
  private run = 0;
  /** whose turn it is among the steps that matter; −1: to be drawn */
  private turn = -1;
  private chosen = 0;

  constructor({ machine, random, exploration }: SamplerTools) {
    this.random = random;
    this.tasks = machine.program.tasks.length;
    this.pending = new PendingSteps(machine, exploration.judge.watched);
  }

  begin(): void {
    this.pending.clear();
    this.counted = new Map();
    this.turn = -1;
    const objects = [...this.most].filter(
      ([object, counts]) => object !== EVERYTHING && counts.filter((count) => count > 0).length > 1,
    );
    this.object =
      this.run % 4 === 3 || objects.length === 0 ? EVERYTHING : objects[draw(this.random, objects.length)]![0];
    this.run += 1;
  }

  next(enabled: readonly number[]): number {
    const matters = (task: number): boolean => this.isSelected(this.pending.of(task));
    if (this.turn < 0 || !enabled.includes(this.turn)) this.turn = this.drawTurn(enabled);
    const free = enabled.filter((task) => task === this.turn || !matters(task));
    const task = free[draw(this.random, free.length)]!;
    this.chosen = this.pending.of(task);
    if (task === this.turn && this.isSelected(this.chosen)) this.turn = -1;
    return task;
  }

  stepped(task: number): void {
    const count = (object: number): void => {
      const counts = this.counted.get(object) ?? new Array<number>(this.tasks).fill(0);
      counts[task]! += 1;
      this.counted.set(object, counts);
    };
    const objects = this.pending.dependence.objectsOf(this.chosen);
    objects.forEach(count);
    if (objects.length > 0) count(EVERYTHING);
    this.pending.taken(task, this.chosen);
  }

  end(): void {
    for (const [object, counts] of this.counted) {
      const most = this.most.get(object) ?? new Array<number>(this.tasks).fill(0);
      this.most.set(
        object,
        most.map((count, task) => Math.max(count, counts[task]!)),
      );
    }
  }

  private isSelected(footprint: number): boolean {
    const objects = this.pending.dependence.objectsOf(footprint);
    return this.object === EVERYTHING ? objects.length > 0 : objects.includes(this.object);
  }

  /** In proportion to the steps that matter which each still has to take; a task that took more than ever counts as one. */
  private drawTurn(enabled: readonly number[]): number {
    const most = this.most.get(this.object);
    const counted = this.counted.get(this.object);
    const weights = enabled.map((task) => {
      const left = (most?.[task] ?? 1) - (counted?.[task] ?? 0);
      return left > 0 ? left : this.isSelected(this.pending.of(task)) ? 1 : 0;
    });
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    if (total === 0) return enabled[draw(this.random, enabled.length)]!;
    let at = draw(this.random, total);
    for (let k = 0; k < enabled.length; k++) {
      at -= weights[k]!;
      if (at < 0) return enabled[k]!;
    }
    return enabled[enabled.length - 1]!;
  }
}

export const surw: StrategySpecification = {
  name: "surw",
  about: "orders by chance: the accesses to one shared thing interleave in all ways alike, another thing in each run",
  source: "Zhao, Wolff, Mathur, Roychoudhury, ASPLOS 2025",
  guarantee: "sampled",
  explore: (exploration) => sample(exploration, "surw", (tools) => new SelectivelyUniform(tools)),
};
