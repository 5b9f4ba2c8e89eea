/** Writes down every decision of a run in words, for `--trace`. */
import { type NamedPlace, namedPlaces } from "../detect/names.ts";
import { jsonAt } from "../detect/read.ts";
import type { Machine } from "../machine/machine.ts";
import { locate, sourceText } from "../scenario/load.ts";
import type { Policy } from "../schedulers/policy.ts";
import type { Decision } from "./result.ts";
import type { Stage } from "./stage.ts";
import type { TaskState } from "./task-state.ts";

const LIMIT = 100_000;

export class Tracer {
  readonly decisions: Decision[] = [];
  truncated = false;
  private readonly policy: Policy;
  private readonly units: (grains: number) => number;
  private position = 0;
  private places: readonly (NamedPlace | undefined)[] | null = null;

  constructor(policy: Policy, units: (grains: number) => number) {
    this.policy = policy;
    this.units = units;
  }

  record(driver: Stage, task: TaskState | null, core: number | null, event: string, reason: string): void {
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
  afterStep(driver: Stage, task: TaskState): void {
    const { machine } = driver;
    const instruction = task.task.code[this.position];
    if (instruction === undefined || instruction.op === "end") return;
    const { source } = machine.program.scenario;
    this.push({
      time: this.units(driver.now),
      core: task.core,
      process: task.name,
      event: instruction.op === "delay" ? instruction.kind : "step",
      ready: [],
      reason: "",
      line: locate(source, instruction.span.start).line,
      text: sourceText(source, instruction.span),
      reads: this.valuesBefore(machine, machine.reads),
      writes: this.named(machine, machine.writes),
    });
  }

  /** The values of the variables as they are now. */
  private named(machine: Machine, slots: readonly number[]): Record<string, unknown> {
    this.places ??= namedPlaces(machine.program);
    const found: Record<string, unknown> = Object.create(null);
    for (const slot of slots) {
      const part = this.places[slot];
      if (part !== undefined) found[part.name] = jsonAt(machine, part.place);
    }
    return found;
  }

  /** The values as they were when the step began: what it wrote is taken back for a moment. */
  private valuesBefore(machine: Machine, slots: readonly number[]): Record<string, unknown> {
    const { trail, trailSize, state } = machine;
    const after = new Map<number, number>();
    for (let k = trailSize - 2; k >= 0; k -= 2) {
      const slot = trail[k]!;
      if (!after.has(slot)) after.set(slot, state[slot]!);
      state[slot] = trail[k + 1]!;
    }
    const found = this.named(machine, [...slots]);
    for (const [slot, code] of after) state[slot] = code;
    return found;
  }

  private push(decision: Decision): void {
    if (this.decisions.length < LIMIT) this.decisions.push(decision);
    else this.truncated = true;
  }
}
