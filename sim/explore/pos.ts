/**
 * Partial order sampling: every next step has a random priority and the highest goes; the steps that race with it get
 * new ones. Orders that differ only where nothing depends on it share their chances.
 *
 * Source: Yuan, Yang, Gu, "Partial Order Aware Concurrency Sampling" (CAV 2018).
 */
import { PendingSteps } from "./pending.ts";
import type { StrategySpecification } from "./strategy.ts";
import { sample } from "./walk.ts";

export const pos: StrategySpecification = {
  name: "pos",
  about: "orders by chance: every next step has a random priority, drawn anew when it races with a step taken",
  source: "Yuan, Yang, Gu, CAV 2018",
  guarantee: "sampled",
  explore: (exploration) =>
    sample(exploration, "pos", ({ machine, random }) => {
      const pending = new PendingSteps(machine, exploration.judge.watched);
      const priority: number[] = [];
      let chosen = 0;
      return {
        begin: () => {
          pending.clear();
          priority.length = 0;
        },
        next: (enabled) => {
          let best = -1;
          for (const task of enabled) {
            priority[task] ??= random();
            if (best < 0 || priority[task]! > priority[best]!) best = task;
          }
          chosen = pending.of(best);
          for (const task of enabled) {
            if (task !== best && pending.dependence.conflict(pending.of(task), chosen)) delete priority[task];
          }
          delete priority[best];
          return best;
        },
        stepped: (task) => pending.taken(task, chosen),
        end: () => {},
      };
    }),
};
