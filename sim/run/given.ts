/** What a process is given before it takes a step: when it arrives, its period, its priority. */
import type { Machine } from "../machine/machine.ts";
import { Raise } from "../program/arithmetic.ts";
import type { Task } from "../program/program.ts";
import { OptionError } from "../scenario/option-error.ts";

/**
 * Evaluates something that a process is given.
 *
 * @throws OptionError where that raises: nobody in the scenario could catch it
 */
export function given(machine: Machine, task: Task, what: string, evaluate: () => number): number {
  machine.current = task.id;
  try {
    return evaluate();
  } catch (problem) {
    if (!(problem instanceof Raise)) throw problem;
    throw new OptionError(`${what} of ${task.name}: ${problem.message}`);
  }
}
