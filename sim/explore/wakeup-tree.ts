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

/**
 * Whether an order equivalent to one that begins with `order` can begin with `step` (a weak initial): it comes in it
 * after nothing that depends on it, or does not come in it and depends on nothing in it.
 */
export function isWeakInitial(dependence: Dependence, step: PlannedStep, order: readonly PlannedStep[]): boolean {
  for (const each of order) {
    if (each.task === step.task) return each.choice === step.choice;
    if (dependence.conflict(each.footprint, step.footprint)) return false;
  }
  return true;
}

/** Adds the order to the tree, unless the tree has one that begins like an equivalent of it. Returns whether it did. */
export function insertOrder(dependence: Dependence, tree: WakeupNode[], order: readonly PlannedStep[]): boolean {
  let siblings = tree;
  let rest = order;
  descent: for (;;) {
    for (const node of siblings) {
      if (!isWeakInitial(dependence, node, rest)) continue;
      const at = rest.findIndex((step) => step.task === node.task);
      if (at >= 0) rest = rest.filter((_, k) => k !== at);
      if (node.children.length === 0 || rest.length === 0) return false;
      siblings = node.children;
      continue descent;
    }
    for (const { task, choice, footprint } of rest) {
      const node: WakeupNode = { task, choice, footprint, children: [] };
      siblings.push(node);
      siblings = node.children;
    }
    return true;
  }
}
