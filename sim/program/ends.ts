/**
 * Whose end others can tell from the step before it. As a rule a task ends together with its last step, since nobody
 * sees the difference: who joins it just goes on later. Where daemons die with it, though, or somebody asks whether it
 * is alive, much may happen between its last step and its end, so that the end is a step of its own.
 */
import type { Program, Task } from "./program.ts";

/** The tasks with an end that is a step, where it is one. `asked`: tasks whose life some expression asks for. */
export function withEnds(tasks: readonly Task[], asked: ReadonlySet<number>): Task[] {
  const daemons = tasks.filter((task) => task.daemon && task.type === "process");
  const ownsDaemons = new Set(tasks.filter((task) => task.daemon && task.owner >= 0).map((task) => task.owner));
  const takesAlong = (task: Task): boolean =>
    ownsDaemons.has(task.id) ||
    (task.type === "process" && daemons.some((daemon) => daemon.id !== task.id && (daemon.manual || !task.daemon)));
  return tasks.map((task) =>
    !asked.has(task.id) && !takesAlong(task)
      ? task
      : {
          ...task,
          code: task.code.map((instruction) =>
            instruction.op === "end" && instruction.grain === "ride" ? { ...instruction, grain: "stop" } : instruction,
          ),
        },
  );
}

/** The tasks that some other, or they themselves, may tell to terminate. What they own is not among them. */
export function toldToTerminate(program: Program): Set<number> {
  return new Set(
    program.tasks.flatMap(({ code }) => code.flatMap((each) => (each.op === "terminate" ? each.tasks : []))),
  );
}
