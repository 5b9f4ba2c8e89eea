/**
 * One step as Promela: the instructions from the one where it begins to the next place where one does, as nested
 * `if … fi`. What both ways of a branch lead to stands behind its `fi`; jumps back, and sideways into handlers, are gotos.
 *
 * Where ways meet: immediate postdominators (Cooper, Harvey, Kennedy, "A simple, fast dominance algorithm", 2001).
 */
import type { Task } from "../program/program.ts";
import { type Arms, OVER } from "./arms.ts";
import { ExportProblem } from "./problem.ts";

/** Instructions of a step, by position; `exits` says which positions lie outside. */
export interface Region {
  readonly entry: number;
  readonly nodes: ReadonlyMap<number, Arms>;
  /** whether going from one position to another ends the step */
  leaves(from: number, to: number): boolean;
}

/** Behind the step: every way leads there. */
const EXIT = -2;

/**
 * @param setPosition the statement that notes where the task stands after the step
 * @param label makes the name of a label for a position
 */
export function emitStep(
  task: Task,
  region: Region,
  setPosition: (to: number) => string,
  label: (position: number) => string,
): string[] {
  return new Emitter(task, region, setPosition, label).emit();
}

class Emitter {
  private readonly task: Task;
  private readonly region: Region;
  private readonly setPosition: (to: number) => string;
  private readonly label: (position: number) => string;
  private readonly meets: ReadonlyMap<number, number>;
  private readonly emitted = new Set<number>();
  private readonly targets = new Set<number>();

  constructor(task: Task, region: Region, setPosition: (to: number) => string, label: (position: number) => string) {
    this.task = task;
    this.region = region;
    this.setPosition = setPosition;
    this.label = label;
    this.meets = this.meetings();
  }

  emit(): string[] {
    // once to learn which positions are jumped to, once for the text
    this.sequence(this.region.entry, EXIT);
    this.emitted.clear();
    return this.sequence(this.region.entry, EXIT);
  }

  private after(from: number, to: number): number {
    return to === OVER || this.region.leaves(from, to) ? EXIT : to;
  }

  private sequence(from: number, until: number): string[] {
    const lines: string[] = [];
    let at = from;
    while (at !== until && at !== EXIT) {
      if (this.emitted.has(at)) {
        this.targets.add(at);
        lines.push(`goto ${this.label(at)};`);
        return lines;
      }
      this.emitted.add(at);
      if (this.targets.has(at)) lines.push(`${this.label(at)}: skip;`);
      const { arms, open } = this.region.nodes.get(at)!;
      const [only] = arms;
      if (arms.length === 1 && only!.test === null) {
        lines.push(...only!.body, ...this.leaving(at, only!.to));
        at = this.after(at, only!.to);
        continue;
      }
      const meet = this.meets.get(at)!;
      lines.push("if");
      const before: string[] = [];
      for (const arm of arms) {
        const inner = [...arm.body, ...this.leaving(at, arm.to), ...this.sequence(this.after(at, arm.to), meet)];
        const test = arm.test === null ? "else" : [...before.map((each) => `!(${each})`), arm.test].join(" && ");
        if (arm.test !== null && !open && arms.indexOf(arm) < arms.length - 2) before.push(arm.test);
        lines.push(`:: ${test}${inner.length > 0 ? " ->" : ""}`, ...inner.map((line) => `  ${line}`));
      }
      lines.push("fi;");
      at = meet;
    }
    return lines;
  }

  private leaving(from: number, to: number): string[] {
    return to !== OVER && this.region.leaves(from, to) ? [this.setPosition(to)] : [];
  }

  /** For each position the first that all ways from it come to. */
  private meetings(): Map<number, number> {
    const { nodes } = this.region;
    const reversed = new Map<number, number[]>();
    for (const [at, { arms }] of nodes) {
      for (const arm of arms) {
        const to = this.after(at, arm.to);
        reversed.set(to, [...(reversed.get(to) ?? []), at]);
      }
    }
    const order: number[] = [];
    const seen = new Set<number>([EXIT]);
    const visit = (at: number): void => {
      for (const before of reversed.get(at) ?? []) {
        if (seen.has(before)) continue;
        seen.add(before);
        visit(before);
      }
      order.push(at);
    };
    visit(EXIT);
    if (seen.size <= nodes.size)
      throw new ExportProblem("a step that may never end cannot be exported", this.task.span);
    const rank = new Map(order.map((at, k) => [at, k] as const));
    const meets = new Map<number, number>([[EXIT, EXIT]]);
    const common = (one: number, other: number): number => {
      let [a, b] = [one, other];
      while (a !== b) {
        while (rank.get(a)! < rank.get(b)!) a = meets.get(a)!;
        while (rank.get(b)! < rank.get(a)!) b = meets.get(b)!;
      }
      return a;
    };
    for (let changed = true; changed; ) {
      changed = false;
      for (const at of order.toReversed()) {
        if (at === EXIT) continue;
        let meet: number | null = null;
        for (const arm of nodes.get(at)!.arms) {
          const to = this.after(at, arm.to);
          if (!meets.has(to)) continue;
          meet = meet === null ? to : common(to, meet);
        }
        if (meet !== null && meets.get(at) !== meet) {
          meets.set(at, meet);
          changed = true;
        }
      }
    }
    return meets;
  }
}
