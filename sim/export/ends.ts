/** What ends with a task: the inlines of the model that do what the machine does when a task ends or is killed. */
import { LIFE, type Program, type Task } from "../program/program.ts";
import { LIFE_NAMES, type Names, type Variables } from "./names.ts";

const PARAMETER = "code_";

export class Ends {
  private readonly program: Program;
  private readonly variables: Variables;
  private readonly names: Names;
  private readonly inlines = new Map<string, { name: string; parameter: string; lines: string[] }>();
  private readonly top: readonly Task[];

  constructor(program: Program, variables: Variables, names: Names) {
    this.program = program;
    this.variables = variables;
    this.names = names;
    this.top = program.tasks.filter((task) => task.type === "process" && !task.manual);
  }

  /** Ends a task with an exit code. */
  end(task: Task, code: string): string {
    const others = this.dependants(task);
    const endsDaemons = this.endsDaemons(task);
    const lines = [
      `${this.variables.cell(task.exitSlot)} = ${PARAMETER};`,
      `${this.variables.cell(task.lifeSlot)} = ${LIFE_NAMES[LIFE.ended]!};`,
      `${this.variables.cell(task.pcSlot)} = ${task.code.length};`,
    ];
    const inline = this.inline(`end_${task.name}`, PARAMETER, () => {
      for (const other of others) {
        const kill = this.kill(other);
        lines.push(
          other.owner === task.id
            ? kill
            : `if :: ${this.variables.cell(other.parentSlot)} == ${task.id} -> ${kill} :: else fi;`,
        );
      }
      if (endsDaemons) lines.push(this.endDaemons());
      return lines;
    });
    return `${inline}(${code});`;
  }

  /** The step of a task that was told to terminate. */
  die(task: Task): string[] {
    return [this.kill(task), ...(this.endsDaemons(task) ? [this.endDaemons()] : [])];
  }

  /** The thread goes to others, if it is this coroutine's and the test holds. */
  leaveThread(task: Task, test: string, to = "Null"): string {
    const thread = this.variables.cell(task.threadSlot);
    const mine = `${thread} == ${task.id}`;
    return `if :: ${test === "true" ? mine : `${test} && ${mine}`} -> ${thread} = ${to} :: else fi;`;
  }

  /** The definitions of all inlines that were used, each after those that it uses. */
  definitions(): string[] {
    return [...this.inlines.values()].flatMap(({ name, parameter, lines }) => [
      `inline ${name}(${parameter}) {`,
      ...lines.map((line) => `  ${line}`),
      "}",
    ]);
  }

  private inline(wanted: string, parameter: string, make: () => string[]): string {
    const known = this.inlines.get(wanted);
    if (known !== undefined) return known.name;
    // what is made while making it comes first
    const lines = make();
    const name = this.names.make(wanted);
    this.inlines.set(wanted, { name, parameter, lines });
    return name;
  }

  private kill(task: Task): string {
    const life = this.variables.cell(task.lifeSlot);
    const inline = this.inline(`kill_${task.name}`, "", () => {
      const own = this.program.tasks.filter((other) => other.owner === task.id).map((other) => this.kill(other));
      return [
        `if`,
        `:: ${life} == ${LIFE_NAMES[LIFE.alive]!} || ${life} == ${LIFE_NAMES[LIFE.dying]!} ->`,
        `  ${life} = ${LIFE_NAMES[LIFE.ended]!};`,
        `  ${this.variables.cell(task.exitSlot)} = -15;`,
        `  ${this.variables.cell(task.pcSlot)} = ${task.code.length};`,
        ...own.map((line) => `  ${line}`),
        `:: else`,
        `fi;`,
      ];
    });
    return `${inline}();`;
  }

  private endsDaemons(task: Task): boolean {
    return !task.daemon && task.type === "process" && !task.manual && this.top.some((other) => other.daemon);
  }

  /** Daemons that started by themselves end with the last process of that kind that is no daemon. */
  private endDaemons(): string {
    const inline = this.inline("end_daemons", "", () => {
      const alive = this.top
        .filter((task) => !task.daemon)
        .map((task) => `${this.variables.cell(task.lifeSlot)} == ${LIFE_NAMES[LIFE.alive]!}`);
      const kills = this.top.filter((task) => task.daemon).map((task) => this.kill(task));
      return [`if`, `:: ${alive.join(" || ")}`, `:: else ->`, ...kills.map((line) => `  ${line}`), `fi;`];
    });
    return `${inline}();`;
  }

  /** Its threads and coroutines, and the daemons that it could be the parent of. */
  private dependants(task: Task): Task[] {
    return this.program.tasks.filter((other) => {
      if (other.owner === task.id) return true;
      return other.daemon && other.type === "process" && other.parentSlot >= 0 && other.id !== task.id;
    });
  }
}
