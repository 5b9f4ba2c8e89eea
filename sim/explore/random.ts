/** Random walk: each step by a task drawn uniformly from those that can take one. */
import type { StrategySpecification } from "./strategy.ts";
import { draw, sample } from "./walk.ts";

export const random: StrategySpecification = {
  name: "random",
  about: "orders by chance: every step by any of the tasks that can move",
  source: "random walk",
  guarantee: "sampled",
  explore: (exploration) =>
    sample(exploration, "random", ({ random }) => ({
      begin: () => {},
      next: (enabled) => enabled[draw(random, enabled.length)]!,
      stepped: () => {},
      end: () => {},
    })),
};
