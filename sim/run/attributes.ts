/** The attributes of a process that schedulers read: priority, nice, tickets, …, period and deadline. */
import type { Machine } from "../machine/machine.ts";
import { given } from "./given.ts";
import type { TaskState } from "./task-state.ts";

export function readAttributes(machine: Machine, task: TaskState): void {
  const number = (name: string, otherwise: number): number => {
    const expr = task.task.attributes.get(name);
    if (expr === undefined) return otherwise;
    const value = machine.program.values.decode(given(machine, task.task, name, machine.evaluator(expr)));
    return typeof value === "number" ? value : otherwise;
  };
  task.basePriority = number("priority", 0);
  task.priority = task.basePriority;
  task.nice = number("nice", 0);
  task.tickets = number("tickets", 1);
  task.weight = number("weight", 0);
  task.queue = number("queue", 0);
  const { period, deadline } = task.task;
  if (period !== null) task.period = given(machine, task.task, "period", machine.timeEvaluator(period));
  if (deadline !== null) task.relativeDeadline = given(machine, task.task, "deadline", machine.timeEvaluator(deadline));
  else if (period !== null) task.relativeDeadline = task.period;
}
