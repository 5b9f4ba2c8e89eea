/** Keeps what a run shows: output, Gantt slices, states, schedule, fingerprint. Each is bounded, so that a long run needs no more memory than a short one. */
import { createHash } from "node:crypto";
import type { GanttSlice, OutputLine, StateSlice } from "./result.ts";
import { type EntryKind, printSchedule } from "./schedule.ts";
import { STATUS, type TaskState } from "./task-state.ts";

const KINDS: readonly EntryKind[] = ["step", "grant", "rest"];
/** Numbers of the fingerprint that are hashed at once. */
const BLOCK = 1024;
/** The number of each kind. */
export enum KIND {
  step,
  grant,
  rest,
}
const LIMIT = { output: 100_000, gantt: 20_000, states: 20_000, schedule: 100_000 } as const;

export class Recorder {
  readonly output: OutputLine[] = [];
  readonly gantt: GanttSlice[] = [];
  readonly states: StateSlice[] = [];
  readonly truncated: (keyof typeof LIMIT)[] = [];
  /** if given: filled with the time of each entry of the schedule, in units */
  times: number[] | null = null;
  private now = 0;
  private readonly names: readonly string[];
  /** three numbers for each entry: task, kind, choice; made into words only when somebody asks */
  private schedule = new Int32Array(3 * 64);
  private scheduleSize = 0;
  /** once something is full, the work that would only be thrown away is left out: a long run is mostly that */
  private scheduleFull = false;
  private ganttFull = false;
  statesFull = false;
  private readonly units: (grains: number) => number;
  private readonly hash = createHash("sha256");
  /** a number for each step and each moment */
  private readonly block = new Int32Array(BLOCK);
  private used = 0;
  /** the last slice of each core, to join what continues */
  private readonly last: (GanttSlice | undefined)[] = [];

  /** `names` are those of the tasks, by number. */
  constructor(units: (grains: number) => number, names: readonly string[]) {
    this.units = units;
    this.names = names;
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
    if (this.ganttFull) {
      this.last[core] = undefined;
      return;
    }
    const slice = { core, process, from: start, to: this.units(to), kind };
    this.last[core] = slice;
    this.gantt.push(slice);
  }

  /** The next slice of this core is a new one even if the same task goes on: its next job. */
  endsJob(core: number): void {
    this.last[core] = undefined;
  }

  wasIn(task: TaskState, from: number, to: number, status = task.status, why = task.why): void {
    if (from === to) return;
    const state = STATUS[status];
    if (state !== "ready" && state !== "blocked" && state !== "sleeping" && state !== "io") return;
    this.states.push({
      process: task.name,
      from: this.units(from),
      to: this.units(to),
      state,
      why,
    });
  }

  /**
   * Cuts what has become too long, once and for all; to be called now and then, and at the end. That it is not looked at
   * with every entry keeps the commonest paths free of a turn that they take once in a run: the engine would have to
   * compile them anew.
   */
  trim(): void {
    if (this.gantt.length > LIMIT.gantt) {
      this.gantt.length = LIMIT.gantt;
      this.ganttFull = true;
      this.cut("gantt");
    }
    if (this.states.length > LIMIT.states) {
      this.states.length = LIMIT.states;
      this.statesFull = true;
      this.cut("states");
    }
    if (this.scheduleSize > 3 * LIMIT.schedule) {
      this.scheduleSize = 0;
      this.scheduleFull = true;
      this.schedule = new Int32Array(0);
      this.cut("schedule");
    }
  }

  /** The steps that follow happen at this time. */
  at(time: number): void {
    this.now = time;
    // the low bits are cheap and tell two moments apart as well as all of them do
    this.note(Math.imul(time, 0x85ebca6b));
  }

  /** A step of that task; `kind` as in `KIND`, `position` where it stands now. */
  step(task: number, kind: number, choice: number, position: number): void {
    this.note(Math.imul(task, 0x9e3779b1) + position * 4 + kind);
    if (this.scheduleFull === false) this.keep(task, kind, choice);
  }

  private note(word: number): void {
    const { used } = this;
    this.block[used] = word;
    this.used = used + 1;
    if (used + 1 === BLOCK) this.flush();
  }

  /** sha256 over every step with its time and position, and every line printed. */
  fingerprint(): string {
    this.flush();
    return this.hash.digest("hex");
  }

  printedSchedule(): string | null {
    if (this.scheduleFull) return null;
    const { schedule, names } = this;
    const entries = Array.from({ length: this.scheduleSize / 3 }, (_, k) => ({
      task: names[schedule[3 * k]!]!,
      kind: KINDS[schedule[3 * k + 1]!]!,
      choice: schedule[3 * k + 2]!,
    }));
    return printSchedule(entries);
  }

  private keep(task: number, kind: number, choice: number): void {
    this.times?.push(this.units(this.now));
    if (this.scheduleSize === this.schedule.length) {
      const grown = new Int32Array(2 * this.schedule.length);
      grown.set(this.schedule);
      this.schedule = grown;
    }
    this.schedule[this.scheduleSize] = task;
    this.schedule[this.scheduleSize + 1] = kind;
    this.schedule[this.scheduleSize + 2] = choice;
    this.scheduleSize += 3;
  }

  private flush(): void {
    this.hash.update(new Uint8Array(this.block.buffer, 0, this.used * 4));
    this.used = 0;
  }

  private cut(what: keyof typeof LIMIT): void {
    if (!this.truncated.includes(what)) this.truncated.push(what);
  }
}
