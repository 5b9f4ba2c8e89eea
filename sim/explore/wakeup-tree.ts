/**
 * Wakeup trees: the orders that an exploration still has to try from one state.
 *
 * Source: Abdulla, Aronis, Jonsson, Sagonas, "Source Sets: A Foundation for Optimal Dynamic Partial Order Reduction",
 * JACM 64(4), 2017, section 6. Steps stand in the tree with the alternative that they take, so that the branches of a
 * `choose` are siblings. The branch under exploration has been taken out of its tree: what is inserted meanwhile
 * begins with a step that depends on it, so it could never be found there.
 */
import type { Dependence } from "./dependence.ts";

/** A step of an order to try, with the footprint that it will have. */
export interface PlannedStep {
  readonly task: number;
  readonly choice: number;
  readonly footprint: number;
}

export interface WakeupNode extends PlannedStep {
  /** in the order in which they are to be tried; none: how it goes on is open */
  readonly children: WakeupNode[];
}

/** Whether an order can begin with a step: no; as it is planned now; or whatever its passing steps are. */
export enum PLACE {
  none,
  passing,
  lasting,
}

/**
 * An order to try. Its steps are lasting or passing: a lasting step will be in every later plan for the same purpose
 * (and passing ones never come in its way), so what follows from lasting steps alone need not be asked again.
 */
export class Plan {
  length = 0;
  readonly task: number[] = [];
  readonly choice: number[] = [];
  private readonly footprint: number[] = [];
  private readonly lasting: boolean[] = [];
  /** steps already found in the tree */
  private readonly found: boolean[] = [];
  private readonly dependence: Dependence;
  /** where `canBegin` met the step; −1 if it comes in no plan yet */
  private at = -1;

  constructor(dependence: Dependence) {
    this.dependence = dependence;
  }

  clear(): void {
    this.length = 0;
  }

  add(task: number, choice: number, footprint: number, lasting: boolean): void {
    const k = this.length++;
    this.task[k] = task;
    this.choice[k] = choice;
    this.footprint[k] = footprint;
    this.lasting[k] = lasting;
    this.found[k] = false;
  }

  /**
   * Whether an order equivalent to what is left of this one can begin with `step` (a weak initial): it comes in it after
   * nothing that depends on it, or does not come in it and depends on nothing in it.
   */
  canBegin(step: PlannedStep): PLACE {
    this.at = -1;
    for (let k = 0; k < this.length; k++) {
      if (this.found[k]!) continue;
      if (this.task[k] === step.task) {
        if (this.choice[k] !== step.choice) return PLACE.none;
        this.at = k;
        return this.lasting[k]! ? PLACE.lasting : PLACE.passing;
      }
      if (this.dependence.conflict(this.footprint[k]!, step.footprint)) return PLACE.none;
    }
    return PLACE.passing;
  }

  /**
   * Adds the order to the tree, unless the tree has one that begins like an equivalent of it. Returns whether it need
   * not be added again, whatever its passing steps are then.
   */
  insertInto(tree: WakeupNode[]): boolean {
    let siblings = tree;
    let lasting = true;
    let left = this.length;
    descent: for (;;) {
      for (const node of siblings) {
        const place = this.canBegin(node);
        if (place === PLACE.none) continue;
        if (place === PLACE.passing) lasting = false;
        if (this.at >= 0) {
          this.found[this.at] = true;
          left -= 1;
        }
        if (node.children.length === 0) return lasting;
        if (left === 0) return false;
        siblings = node.children;
        continue descent;
      }
      for (let k = 0; k < this.length; k++) {
        if (this.found[k]!) continue;
        if (!this.lasting[k]!) lasting = false;
        const node: WakeupNode = {
          task: this.task[k]!,
          choice: this.choice[k]!,
          footprint: this.footprint[k]!,
          children: [],
        };
        siblings.push(node);
        siblings = node.children;
      }
      return lasting;
    }
  }
}
