/** Which tasks may end when another does. */
import type { Program, Task } from "../program/program.ts";

/** For each task, which may end with it: its threads and coroutines, and the daemons that it could be the parent of. */
export function dependants(program: Program): Task[][] {
  const { tasks } = program;
  const daemons = tasks.filter((task) => task.daemon && task.type === "process" && task.parentSlot >= 0);
  const owned = tasks.map((): Task[] => []);
  for (const task of tasks) owned[task.owner]?.push(task);
  return tasks.map((task) => {
    const own = owned[task.id]!;
    const others = daemons.filter((daemon) => daemon.id !== task.id && daemon.owner !== task.id);
    return others.length === 0 ? own : [...own, ...others].sort((a, b) => a.id - b.id);
  });
}
