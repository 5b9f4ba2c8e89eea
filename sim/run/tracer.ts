/** Writes down every decision of a run in words, for `--trace`. */
import type { Machine } from "../machine/machine.ts";
import { jsonValue } from "../program/values.ts";
import { lineText, locate, sourceText } from "../scenario/load.ts";
import type { Policy } from "../schedulers/policy.ts";
import type { Driver } from "./driver.ts";
import type { Decision } from "./result.ts";
import type { TaskState } from "./task-state.ts";

const LIMIT = 100_000;

export class Tracer {
  readonly decisions: Decision[] = [];
  truncated = false;
  private readonly policy: Policy;
  private readonly units: (grains: number) => number;
  private position = 0;

  constructor(policy: Policy, units: (grains: number) => number) {
    this.policy = policy;
    this.units = units;
  }

  record(driver: Driver, task: TaskState | null, core: number | null, event: string, reason: string): void {
    const ready = this.policy
      .ready(driver.now)
      .map(({ task: each, key }) => (key === "" ? each.name : `${each.name} (${key})`));
    this.push({ time: this.units(driver.now), core, process: task?.name ?? null, event, ready, reason });
  }

  beforeStep(machine: Machine, task: TaskState): void {
    this.position = machine.state[task.task.pcSlot]!;
    machine.clearFootprint();
  }

  /** Notes the statement of the step just taken, and which variables it read and wrote. */
  afterStep(driver: Driver, task: TaskState): void {
    const { machine } = driver;
    const instruction = task.task.code[this.position];
    if (instruction === undefined) return;
    const { source } = machine.program.scenario;
    const named = (slots: readonly number[]): Record<string, unknown> => {
      const found: Record<string, unknown> = Object.create(null);
      for (const slot of slots) {
        const { name, role } = machine.program.slots[slot]!;
        if (role === "shared" || role === "atomic" || role === "resource" || role === "local")
          found[name] = jsonValue(machine.program.values.decode(machine.state[slot]!));
      }
      return found;
    };
    this.push({
      time: this.units(driver.now),
      core: task.core,
      process: task.name,
      event: "step",
      ready: [],
      reason: "",
      line: locate(source, instruction.span.start).line,
      text: sourceText(source, instruction.span),
      reads: named(machine.reads),
      writes: named(machine.writes),
    });
  }

  private push(decision: Decision): void {
    if (this.decisions.length < LIMIT) this.decisions.push(decision);
    else this.truncated = true;
  }
}

export { lineText };
