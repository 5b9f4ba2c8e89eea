/** Keeps what a run shows: output, Gantt slices, states, schedule, fingerprint. Each is bounded, so that a long run needs no more memory than a short one. */
import { createHash } from "node:crypto";
import type { GanttSlice, OutputLine, StateSlice } from "./result.ts";
import { printSchedule, type EntryKind, type ScheduleEntry } from "./schedule.ts";
import type { TaskState } from "./task-state.ts";

const LIMIT = { output: 100_000, gantt: 20_000, states: 20_000, schedule: 100_000 } as const;

export class Recorder {
  readonly output: OutputLine[] = [];
  readonly gantt: GanttSlice[] = [];
  readonly states: StateSlice[] = [];
  readonly truncated: (keyof typeof LIMIT)[] = [];
  private readonly schedule: ScheduleEntry[] = [];
  private scheduleFull = false;
  private readonly units: (grains: number) => number;
  private readonly hash = createHash("sha256");
  private readonly block = new Float64Array(3 * 1024);
  private used = 0;
  /** the last slice of each core, to join what continues */
  private readonly last: (GanttSlice | undefined)[] = [];

  constructor(units: (grains: number) => number) {
    this.units = units;
  }

  print(time: number, process: string, text: string): void {
    this.hash.update(text);
    if (this.output.length < LIMIT.output) this.output.push({ time: this.units(time), process, text });
    else this.cut("output");
  }

  ran(core: number, process: string, from: number, to: number, kind: "run" | "switch"): void {
    if (from === to) return;
    const previous = this.last[core];
    const start = this.units(from);
    if (previous !== undefined && previous.process === process && previous.kind === kind && previous.to === start) {
      previous.to = this.units(to);
      return;
    }
    const slice = { core, process, from: start, to: this.units(to), kind };
    this.last[core] = slice;
    if (this.gantt.length < LIMIT.gantt) this.gantt.push(slice);
    else this.cut("gantt");
  }

  /** The next slice of this core is a new one even if the same task goes on: its next job. */
  endsJob(core: number): void {
    this.last[core] = undefined;
  }

  wasIn(task: TaskState, from: number, to: number): void {
    if (from === to) return;
    const { status } = task;
    if (status !== "ready" && status !== "blocked" && status !== "sleeping" && status !== "io") return;
    if (this.states.length < LIMIT.states) this.states.push({ process: task.name, from: this.units(from), to: this.units(to), state: status, why: task.why });
    else this.cut("states");
  }

  step(task: TaskState, kind: EntryKind, choice: number, time: number, position: number): void {
    this.block[this.used] = time;
    this.block[this.used + 1] = task.id;
    this.block[this.used + 2] = position * 8 + (kind === "step" ? 0 : kind === "grant" ? 1 : 2);
    this.used += 3;
    if (this.used === this.block.length) this.flush();
    if (this.scheduleFull) return;
    if (this.schedule.length < LIMIT.schedule) this.schedule.push({ task: task.name, kind, choice });
    else {
      this.scheduleFull = true;
      this.cut("schedule");
    }
  }

  /** sha256 over every step with its time and position, and every line printed. */
  fingerprint(): string {
    this.flush();
    return this.hash.digest("hex");
  }

  printedSchedule(): string | null {
    return this.scheduleFull ? null : printSchedule(this.schedule);
  }

  private flush(): void {
    this.hash.update(new Uint8Array(this.block.buffer, 0, this.used * 8));
    this.used = 0;
  }

  private cut(what: keyof typeof LIMIT): void {
    if (!this.truncated.includes(what)) this.truncated.push(what);
  }
}
