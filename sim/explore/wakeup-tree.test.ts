import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Dependence } from "./dependence.ts";
import { PLACE, Plan, type PlannedStep, type WakeupNode } from "./wakeup-tree.ts";

/** Footprints are sets of objects as bits, all written. */
const dependence = { conflict: (a: number, b: number) => (a & b) !== 0 } as Dependence;

function planOf(steps: readonly PlannedStep[]): Plan {
  const plan = new Plan(dependence);
  for (const { task, choice, footprint } of steps) plan.add(task, choice, footprint, true);
  return plan;
}

function leaves(tree: readonly WakeupNode[]): PlannedStep[][] {
  return tree.flatMap((node) =>
    node.children.length === 0 ? [[node]] : leaves(node.children).map((rest) => [node, ...rest]),
  );
}

/** Every order equivalent to this one. */
function equivalents(steps: readonly PlannedStep[]): PlannedStep[][] {
  if (steps.length === 0) return [[]];
  return steps.flatMap((first, k) => {
    const before = steps.slice(0, k);
    if (before.some((each) => each.task === first.task || dependence.conflict(each.footprint, first.footprint)))
      return [];
    return equivalents(steps.filter((_, at) => at !== k)).map((rest) => [first, ...rest]);
  });
}

const name = (step: PlannedStep): string => `${step.task}.${step.choice}`;
const order = fc.uniqueArray(
  fc.record({ task: fc.nat(4), choice: fc.constant(0), footprint: fc.integer({ min: 0, max: 7 }) }),
  { minLength: 1, maxLength: 5, selector: (step) => step.task },
);

describe("a wakeup tree", () => {
  test("an order can begin with a step exactly if an equivalent order does", () => {
    fc.assert(
      fc.property(order, fc.nat(4), (steps, k) => {
        const step = steps[k % steps.length]!;
        const expected = equivalents(steps).some((each) => name(each[0]!) === name(step));
        expect(planOf(steps).canBegin(step) !== PLACE.none).toBe(expected);
      }),
    );
  });

  test("after inserting, some branch begins an equivalent order, and inserting again changes nothing", () => {
    fc.assert(
      fc.property(fc.array(order, { minLength: 1, maxLength: 3 }), (orders) => {
        const tree: WakeupNode[] = [];
        // steps of one task are the same step in all orders, as they would be from one state
        const fixed = orders.map((steps) => steps.map((step) => ({ ...step, footprint: (step.task * 3 + 1) & 7 })));
        for (const steps of fixed) {
          planOf(steps).insertInto(tree);
          const same = equivalents(steps).map((each) => each.map(name));
          const covered = leaves(tree).some((leaf) => {
            const path = leaf.map(name);
            const inside = path.filter((each) => steps.some((step) => name(step) === each));
            return same.some((each) => inside.every((step, k) => each[k] === step));
          });
          expect(covered).toBe(true);
          const before = JSON.stringify(tree);
          planOf(steps).insertInto(tree);
          expect(JSON.stringify(tree)).toBe(before);
        }
      }),
    );
  });

  test("another alternative of a choice is another branch", () => {
    const tree: WakeupNode[] = [];
    planOf([{ task: 0, choice: 0, footprint: 0 }]).insertInto(tree);
    planOf([{ task: 0, choice: 1, footprint: 0 }]).insertInto(tree);
    expect(tree.map(name)).toEqual(["0.0", "0.1"]);
  });
});
