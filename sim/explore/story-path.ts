/** A path as the sentence about it needs it: which steps look, which act, and what variables had which values. */
import { showValue } from "../base/show-value.ts";
import type { NamedPlace } from "../detect/names.ts";
import type { Step } from "./trace.ts";

export class StoryPath {
  readonly steps: readonly Step[];
  /** the task of the step that broke something; −1 if there is none */
  readonly violator: number;
  /** the slots of what was violated */
  readonly concerned: ReadonlySet<number>;
  private readonly named: readonly (NamedPlace | undefined)[];
  /** slots of variables that several tasks see */
  private readonly common: ReadonlySet<number>;

  constructor(
    steps: readonly Step[],
    memory: { readonly named: readonly (NamedPlace | undefined)[]; readonly files: ReadonlySet<number> },
    violator: number,
    concerned: ReadonlySet<number>,
  ) {
    this.steps = steps;
    this.named = memory.named;
    this.violator = violator;
    this.concerned = concerned;
    this.common = commonSlots(steps, memory.named, memory.files);
  }

  /** Whether the slot is memory that several tasks share: not that of a resource, which guards itself. */
  isShared(slot: number): boolean {
    return this.common.has(slot);
  }

  nameOf(slot: number): string {
    return this.named[slot]!.name;
  }

  /** What the variable of the slot was when the step read it. */
  read(step: Step, slot: number): unknown {
    return step.shown.reads[this.nameOf(slot)];
  }

  /** What the variable of the slot is after the step, which wrote it. */
  written(step: Step, slot: number): unknown {
    return step.shown.writes[this.nameOf(slot)];
  }

  sharedReads(step: Step): number[] {
    return step.reads.filter((slot) => this.isShared(slot));
  }

  /** What the step looked at: also what a question about a resource reads (`size(q)`), though not what its operations do. */
  lookedAt(step: Step): number[] {
    const asks = step.statement !== null && step.statement.operation === null;
    return step.reads.filter((slot) => this.isShared(slot) || (asks && this.named[slot]?.role === "resource"));
  }

  sharedWrites(step: Step): number[] {
    return step.writes.filter((slot) => this.isShared(slot));
  }

  /** Whether the step writes the slot so that the variable has another value than this one. */
  changes(step: Step, slot: number, from: unknown): boolean {
    return step.writes.includes(slot) && showValue(this.written(step, slot)) !== showValue(from);
  }

  /**
   * The names of the variable with these values, each value said: of a map or an array of which one element differs, that
   * element. "stock['apples'] = 1"
   */
  say(slot: number, ...values: unknown[]): string[] {
    const name = this.nameOf(slot);
    const key = this.keyOf(slot, values[0]) ?? onlyDifference(values);
    if (key === null) return values.map((value) => `${name} = ${showValue(value)}`);
    const part = `${name}[${/^\d+$/.test(key) ? key : `'${key}'`}]`;
    return values.map((value) => `${part} = ${showValue((value as Record<string, unknown>)[key])}`);
  }

  /** The key of a map whose value the slot holds; null if it holds none. */
  private keyOf(slot: number, value: unknown): string | null {
    const { place } = this.named[slot]!;
    const at = slot - place.base;
    if (place.layout.type !== "map" || at < 2 || at % 2 !== 0 || typeof value !== "object" || value === null)
      return null;
    return Object.keys(value)[(at - 2) / 2] ?? null;
  }
}

/** Shared variables, files, and variables of a process that its threads or coroutines touch as well. */
function commonSlots(
  steps: readonly Step[],
  named: readonly (NamedPlace | undefined)[],
  files: ReadonlySet<number>,
): Set<number> {
  const common = new Set<number>();
  const seenBy = new Map<number, number>();
  for (const { task, reads, writes } of steps) {
    for (const slot of [...reads, ...writes]) {
      const role = named[slot]?.role;
      if (role === "shared" || role === "atomic" || files.has(slot)) common.add(slot);
      else if (role === "local") {
        if ((seenBy.get(slot) ?? task) !== task) common.add(slot);
        seenBy.set(slot, task);
      }
    }
  }
  return common;
}

function onlyDifference(values: readonly unknown[]): string | null {
  const [first] = values;
  if (typeof first !== "object" || first === null) return null;
  const keys = Object.keys(first);
  const alike = values.every(
    (value) => typeof value === "object" && value !== null && Object.keys(value).join("\n") === keys.join("\n"),
  );
  if (!alike) return null;
  const different = keys.filter(
    (key) => new Set(values.map((value) => showValue((value as Record<string, unknown>)[key]))).size > 1,
  );
  return different.length === 1 ? different[0]! : null;
}

/** Whether the step is a decision: `if`, `while`. */
export function decides({ statement }: Pick<Step, "statement">): boolean {
  return statement?.kind === "if" || statement?.kind === "while";
}

/** Whether the step looks at something in order to decide or to go on. */
export function looks(step: Step): boolean {
  return decides(step) || step.statement?.kind === "when";
}

/** Whether the step is of an operation that wakes those who wait for a condition. */
export function notifies({ statement }: Pick<Step, "statement">): boolean {
  return statement?.resource === "condition" && statement.operation?.startsWith("notify") === true;
}

/** Whether both steps belong to one statement that is carried out once. */
export function sameStatement(one: Step, other: Step): boolean {
  return one.task === other.task && one.span.start === other.span.start && one.span.end === other.span.end;
}

/** Whether `inner` stands in the body of `outer`. */
export function isInside(inner: Pick<Step, "span">, outer: Pick<Step, "span">): boolean {
  return inner.span.start > outer.span.start && inner.span.end <= outer.span.end;
}
