/** What came of a step, where its statement alone does not say: a wait that gave up, an exception, the end of a process. */
import type { TraceStep } from "../machine/finding.ts";
import type { Machine } from "../machine/machine.ts";
import { type Instruction, LIFE } from "../program/program.ts";
import type { Span } from "../scenario/ast.ts";
import { locate } from "../scenario/load.ts";
import { statementText } from "../scenario/statement-text.ts";

type Outcome = Pick<TraceStep, "note" | "ended" | "ended_in">;

interface Raised {
  readonly name: string;
  readonly instruction: Instruction;
}

/** Looks at a machine before and after each step. */
export class OutcomeWatch {
  private readonly machine: Machine;
  private task = 0;
  private instruction: Instruction | undefined;
  /** where the task stood */
  private at = 0;
  private gaveUp = false;
  private letsGo = false;
  private alive = true;
  private violations = 0;
  private raised: Raised[] = [];

  constructor(machine: Machine) {
    this.machine = machine;
    machine.onRaise = (name, instruction) => this.raised.push({ name, instruction });
  }

  /** To be called just before a step; it leaves marks in the footprint. */
  before(task: number, instruction: Instruction | undefined): void {
    const { machine } = this;
    const self = machine.program.tasks[task]!;
    this.task = task;
    this.instruction = instruction;
    this.at = machine.state[self.pcSlot]!;
    this.alive = machine.state[self.lifeSlot] === LIFE.alive;
    this.letsGo = machine.mustLetGo(task);
    this.gaveUp = instruction?.op === "when" && !this.letsGo && !machine.holds(task, machine.rowOf(task));
    this.violations = machine.violations.length;
    this.raised = [];
  }

  /** What the step came to. `span`: of its statement; `writes`: the slots it wrote. */
  after(span: Span, writes: readonly number[]): Outcome {
    const { machine, raised } = this;
    const life = machine.state[machine.program.tasks[this.task]!.lifeSlot]!;
    const uncaught = raised.find(({ instruction }) => instruction.handler < 0);
    const caught = [...new Set(raised.map(({ name }) => name))].filter((name) => name !== uncaught?.name);
    const notes = [this.waitNote(writes), ...caught.map((name) => `raises ${name}`)].filter((note) => note !== "");
    const failed = machine.violations.slice(this.violations).find((each) => each.kind === "assertion");
    const note = notes.length === 0 ? {} : { note: notes.join(", ") };
    if (uncaught !== undefined) {
      const { span: from } = machine.violations.at(-1)!;
      return { ...note, ended: `by ${uncaught.name}`, ...this.place(from, span) };
    }
    if (failed !== undefined) return { ...note, ended: "by a failed assertion", ...this.place(failed.span, span) };
    if (life === LIFE.alive || life === LIFE.dying) return note;
    return { ...note, ended: this.alive ? "normally" : "terminated" };
  }

  /** "line 5, raise: Full" if that is another statement than that of the step. */
  private place(of: Span, span: Span): { ended_in?: string } {
    if (of.start === span.start && of.end === span.end) return {};
    const { scenario } = this.machine.program;
    return { ended_in: `line ${locate(scenario.source, of.start).line}, ${statementText(scenario, of)}` };
  }

  private waitNote(writes: readonly number[]): string {
    const { instruction, machine } = this;
    if (instruction === undefined) return "";
    if (instruction.op !== "when") return this.wakesUnasked(instruction) ? this.wakeWord(writes) : "";
    if (this.letsGo) return "has to wait, and lets the others have the thread";
    if (this.gaveUp) return "times out";
    const { waits } = instruction;
    const { tasks, resources } = machine.program;
    if (waits.operation === "acquire_again") return "has the lock again";
    if (waits.tasks.length === 1) return `${tasks[waits.tasks[0]!]!.name} has ended`;
    if (waits.resource === null || !this.goesOn(instruction)) return "";
    const resource = resources[waits.resource.first]!;
    if (resource.kind !== "condition") return "goes on";
    return this.wakeWord(writes);
  }

  /** Who was notified is on the list of a condition no more; whoever wakes unasked, or does not wait, takes itself off. */
  private wakeWord(writes: readonly number[]): string {
    const own = this.machine.program.resources.find(
      (each) => each.kind === "condition" && each.fields.some((field) => writes.includes(field.base)),
    );
    if (own === undefined) return "notified";
    return own.options.get("spurious") === true ? "wakes up though nobody notified it" : "gives up at once";
  }

  /** Whether this is how a condition wakes that may do so at any time: such a wait has no guard. */
  private wakesUnasked(instruction: Instruction): boolean {
    const { code } = this.machine.program.tasks[this.task]!;
    const next = code.find((each, at) => at > this.at && each.grain === "stop");
    return (
      next?.op === "when" &&
      next.span === instruction.span &&
      next.waits.operation === "acquire_again" &&
      this.goesOn(instruction)
    );
  }

  /** Whether the instruction is not the first step of its statement. */
  private goesOn({ span }: Instruction): boolean {
    const { code } = this.machine.program.tasks[this.task]!;
    for (let at = this.at - 1; at >= 0 && code[at]!.span === span; at--) if (code[at]!.grain === "stop") return true;
    return false;
  }
}
