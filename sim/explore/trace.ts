/**
 * Plays a path and writes down what each step did: which statement, which variables it read and wrote with which values,
 * what it printed. Observers stay off the hot path: strategies record moves, and this is asked for when someone reads.
 */
import { type NamedPlace, namedPlaces } from "../detect/names.ts";
import { jsonAt } from "../detect/read.ts";
import type { TraceStep } from "../machine/finding.ts";
import { Machine } from "../machine/machine.ts";
import { Origins } from "../machine/origins.ts";
import { type Instruction, LIFE, type Program, type Task } from "../program/program.ts";
import type { EntryKind } from "../run/schedule.ts";
import type { Span } from "../scenario/ast.ts";
import { locate } from "../scenario/load.ts";
import { statementText } from "../scenario/statement-text.ts";
import { fileSlots } from "./file-slots.ts";
import { isPreemption } from "./moves.ts";
import { OutcomeWatch } from "./outcome.ts";
import { ownVariables } from "./own-variables.ts";
import { type StatementName, statementAt } from "./statements.ts";
import type { Move } from "./strategy.ts";

/** A step with what the reports and detectors need beside what is printed. */
export interface Step {
  readonly task: number;
  readonly choice: number;
  /** how many alternatives it had */
  readonly alternatives: number;
  readonly span: Span;
  /** the statement that it belongs to; null where that is none of the scenario's processes */
  readonly statement: StatementName | null;
  /** the instruction with which it began; undefined for the death of a terminated task */
  readonly instruction: Instruction | undefined;
  /** the position at which it began */
  readonly at: number;
  /** whether it takes the CPU from a task that could have gone on */
  readonly preempts: boolean;
  /** slots, each once, in the order of first access */
  readonly reads: readonly number[];
  readonly writes: readonly number[];
  readonly shown: TraceStep;
}

/** Plays step by step on a machine of its own, recording. */
export class Tracker {
  readonly machine: Machine;
  private readonly named: readonly (NamedPlace | undefined)[];
  private readonly outcome: OutcomeWatch;
  private readonly own: ReturnType<typeof ownVariables>;
  /** tasks with threads or coroutines: their variables are seen by more than one */
  private readonly owners: ReadonlySet<number>;
  /** a write to a file counts even if it changes nothing: it may be what was lost */
  private readonly files: ReadonlySet<number>;
  private printed: string[] = [];
  private last = -1;

  constructor(program: Program) {
    this.machine = new Machine(program, { recording: true });
    this.machine.origins = new Origins();
    this.named = namedPlaces(program);
    this.machine.onPrint = (_, text) => this.printed.push(text);
    this.outcome = new OutcomeWatch(this.machine);
    this.owners = new Set(program.tasks.map((task) => task.owner));
    this.files = fileSlots(program);
    this.own = ownVariables(program, this.named);
  }

  /** Takes one step and says what it did. The caller makes sure that the task is enabled. */
  step(task: number, choice = 0, kind: EntryKind = "step"): Step {
    const { machine } = this;
    const { program, state } = machine;
    const self = program.tasks[task]!;
    const preempts = isPreemption(this.last, task, this.last >= 0 && machine.enabled(this.last));
    const dying = state[self.lifeSlot] === LIFE.dying;
    const at = state[self.pcSlot]!;
    const instruction = dying ? undefined : self.code[at];
    const before = state.slice();
    this.printed = [];
    this.outcome.before(task, instruction);
    machine.clearFootprint();
    if (kind === "grant") machine.act(task);
    else machine.step(task, choice);
    this.last = task;
    const reads = [...new Set(machine.reads)];
    const writes = [...new Set(machine.writes)];
    const span = instruction?.span ?? self.span;
    const { source } = program.scenario;
    const output = this.printed;
    const locals = self.ofResource ? {} : this.locals(writes, task);
    const came = this.outcome.after(span, writes);
    return {
      task,
      choice,
      alternatives: machine.alternatives,
      span,
      statement: dying ? null : statementAt(program.scenario, span),
      instruction,
      at,
      preempts,
      reads,
      writes,
      shown: {
        process: self.name,
        line: locate(source, span.start).line,
        text: dying ? "is terminated" : textOf(this.machine, self, instruction, span),
        reads: this.values(reads, before),
        writes: this.values(
          writes.filter(
            (slot) => program.slots[slot]!.role !== "resource" || before[slot] !== state[slot] || this.files.has(slot),
          ),
          null,
        ),
        ...(Object.keys(locals).length > 0 ? { locals } : {}),
        ...(output.length > 0 ? { output } : {}),
        ...came,
        task,
      },
    };
  }

  /** The variables of the slots with their values, by name; `before`: as they were in that memory. */
  private values(slots: readonly number[], before: Int32Array | null): Record<string, unknown> {
    const found: Record<string, unknown> = Object.create(null);
    for (const slot of slots) {
      const named = this.named[slot];
      if (named === undefined || (named.role === "local" && !this.isShared(slot))) continue;
      if (Object.hasOwn(found, named.name)) continue;
      found[named.name] = before === null ? jsonAt(this.machine, named.place) : this.asIn(before, named);
    }
    return found;
  }

  /** Whether a variable of a task is also one of its threads or coroutines. */
  private isShared(slot: number): boolean {
    return this.named[slot]?.place.visible === true || this.owners.has(this.machine.program.slots[slot]!.task);
  }

  /** The variables of the task itself that it set, by the name that its code has for them. */
  private locals(writes: readonly number[], task: number): Record<string, unknown> {
    const found: Record<string, unknown> = Object.create(null);
    for (const slot of writes) {
      const own = this.own(slot);
      if (own === null || own.task !== task || (this.named[slot] !== undefined && this.isShared(slot))) continue;
      // what a function leaves behind is what it will find: nobody set it
      if (own.resets && this.machine.state[slot] === this.machine.program.slots[slot]!.initial) continue;
      found[own.name] = jsonAt(this.machine, own.place);
    }
    return found;
  }

  private asIn(memory: Int32Array, named: NamedPlace): unknown {
    const { state } = this.machine;
    const after = state.slice();
    state.set(memory);
    const value = jsonAt(this.machine, named.place);
    state.set(after);
    return value;
  }
}

/** The statement that a step belongs to, as the scenario has it. */
function textOf(machine: Machine, self: Task, instruction: Instruction | undefined, span: Span): string {
  const { program, state } = machine;
  if (span !== self.span) {
    const text = statementText(program.scenario, span);
    return text.startsWith("with:") && leaves(self, instruction) ? `end of ${text}` : text;
  }
  // tasks that belong to a resource have no statements of the user's
  if (instruction?.op !== "when" || instruction.waits.resource === null)
    return state[self.lifeSlot] === LIFE.alive ? "works" : "ends";
  return `${instruction.waits.operation}: ${program.resources[instruction.waits.resource.first]?.name ?? ""}`;
}

/** Whether a step of `with` is its end: giving back begins with a rule or with a change, never with a wait. */
function leaves(self: Task, instruction: Instruction | undefined): boolean {
  if (instruction?.op === "branch") return [instruction.yes, instruction.no].some((to) => self.code[to]?.op === "fail");
  return instruction?.op === "set" || instruction?.op === "remove";
}

/** Plays a path from the start; every move must be possible. */
export function tracePath(
  program: Program,
  path: readonly Move[],
): { readonly steps: readonly Step[]; readonly machine: Machine } {
  const tracker = new Tracker(program);
  const steps = path.map(({ task, choice }) => tracker.step(task, choice));
  return { steps, machine: tracker.machine };
}

/** How many times a path takes the CPU from a task that could have gone on. */
export function countPreemptions(steps: readonly Step[]): number {
  return steps.filter((step) => step.preempts).length;
}
