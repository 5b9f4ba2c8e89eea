/** Makes findings out of what strategies found: the shortest path, played again, told in words. */
import { showValue } from "../base/show-value.ts";
import { describeDeadlock, endingsOf, stuckTasks } from "../detect/deadlock.ts";
import { jsonAt } from "../detect/read.ts";
import { heldBy, type WaitingTask } from "../detect/waiting.ts";
import { type CycleEdge, EXIT_CODE, type Finding, type FindingKind } from "../machine/finding.ts";
import { Machine } from "../machine/machine.ts";
import type { Program } from "../program/program.ts";
import { printSchedule } from "../run/schedule.ts";
import type { Scenario, Span } from "../scenario/ast.ts";
import { lineText, locate, sourceText } from "../scenario/load.ts";
import { givesUpAt } from "./cost.ts";
import { makeJudge, type WatchfulJudge } from "./judge.ts";
import { lostWakeup } from "./lost-wakeup.ts";
import { isShown, type MinimiseOptions, minimise } from "./minimise.ts";
import { enabledTasks } from "./moves.ts";
import { raceEnding, racesAt } from "./race-ending.ts";
import { isWanted, type Wanted } from "./shortest.ts";
import { signalledWays, type WayTo } from "./signal-late.ts";
import { storyOf } from "./story.ts";
import type { Found, Move, Verdict } from "./strategy.ts";
import { countPreemptions, type Step, tracePath } from "./trace.ts";
import { waitsOf } from "./waits.ts";

/** A path as a schedule that `replay` reads. */
export function scheduleOf(program: Program, path: readonly Move[]): string {
  return printSchedule(
    path.map(({ task, choice }) => ({ task: program.tasks[task]!.name, kind: "step" as const, choice })),
  );
}

const FINDING_KINDS = Object.keys(EXIT_CODE) as readonly FindingKind[];

/** What is not reached has no order that shows it; a program still finds the fields of every finding. */
export const NO_ORDER: Pick<Finding, "schedule" | "steps" | "preemptions" | "trace"> = {
  schedule: "",
  steps: 0,
  preemptions: 0,
  trace: [],
};

/** Kinds of which a program may have several findings with one name, each in another place; all judges say the same of them. */
const SEVERAL: ReadonlySet<FindingKind> = new Set(["assertion", "exception", "misuse", "deadlock"]);

/** Those of which it is said in how many more places they were found: one deadlock may come with many sets of those who wait. */
export const SHOWN_ONCE: ReadonlySet<FindingKind> = new Set(["assertion", "exception", "misuse"]);

export class Presenter {
  private readonly program: Program;
  private readonly scenario: Scenario;
  private readonly judges = new Map<FindingKind, WatchfulJudge>();
  private readonly detailed: WatchfulJudge;
  private readonly options: MinimiseOptions;
  private readonly all: boolean;

  /** @param all one of several findings of a kind and name is shown itself, not the one of them with the shortest path */
  constructor(program: Program, scenario: Scenario, options: MinimiseOptions = {}, all = false) {
    this.all = all;
    this.program = program;
    this.scenario = scenario;
    this.detailed = makeJudge(program, scenario, true);
    this.options = options;
  }

  /** The finding with its shortest path; null if its path does not show it after all (a wake-up that was never lost). */
  present(found: Found): Finding | null {
    if (found.kind === "unreachable") return this.finding(found, [], []);
    if (found.loopFrom !== undefined) return this.endless(found, found.loopFrom);
    const judge = this.judgeOf(found.kind);
    const wanted = this.wantedOf(found, judge);
    const path = minimise(this.program, judge, wanted, found.path, this.options);
    const verdict = this.verdictOf(wanted, path);
    if (verdict === null) return null;
    if (found.kind === "data_race") return this.race(verdict, path);
    const { steps, machine } = tracePath(this.program, path);
    if (found.kind === "lost_wakeup")
      return this.lostWakeup(waysOf(verdict, path, signalledWays(this.program, judge, verdict), found));
    const told = withOrigin(verdict, machine);
    const finding = this.finding(this.withValues(told, machine, steps), path, steps);
    if (found.kind === "deadlock") return { ...finding, ...this.deadlock(machine), ...waitsOf(machine, verdict.tasks) };
    const sentence = this.mattersOrder(verdict) ? storyOf(this.program, steps, told, judge) : null;
    if (sentence === null) return finding;
    const processes = [...new Set([...verdict.tasks, ...sentence.tasks])]
      .sort((a, b) => a - b)
      .map((task) => this.program.tasks[task]!.name);
    return { ...finding, processes, message: `${sentence.text}; ${finding.message}` };
  }

  /** What its path has to show. Of interchangeable tasks the search may have named another than the one on the path. */
  private wantedOf({ kind, name, message, span, path }: Found, judge: WatchfulJudge): Wanted {
    if (!this.all || !SEVERAL.has(kind)) return { kind, name };
    for (const words of [message, null]) {
      const wanted: Wanted = { kind, name, exactly: { start: span.start, message: words } };
      if (isShown(this.program, judge, wanted, path)) return wanted;
    }
    return { kind, name };
  }

  /** A judge that looks for one kind of finding only, since it is asked about very many states. */
  private judgeOf(kind: FindingKind): WatchfulJudge {
    let judge = this.judges.get(kind);
    if (judge === undefined) {
      const allow = FINDING_KINDS.filter((each) => each !== kind);
      // of a race every pair of accesses counts, not the one of which it was first said
      const detailed = kind === "data_race";
      judge = makeJudge(this.program, { ...this.scenario, check: { ...this.scenario.check, allow } }, detailed);
      this.judges.set(kind, judge);
    }
    return judge;
  }

  private mattersOrder(verdict: Verdict): boolean {
    return (
      verdict.kind === "invariant" ||
      verdict.kind === "final" ||
      verdict.kind === "assertion" ||
      verdict.kind === "exception"
    );
  }

  /** What the detailed judge says at the end of the path of the finding looked for. */
  private verdictOf(wanted: Wanted, path: readonly Move[]): Verdict | null {
    const machine = new Machine(this.program);
    const { detailed } = this;
    const same = (verdict: Verdict): boolean => isWanted(verdict, wanted);
    if (path.length === 0) {
      const atStart = detailed.atStart(machine).find(same);
      return atStart ?? (enabledTasks(machine).length === 0 ? (detailed.atEnd(machine).find(same) ?? null) : null);
    }
    detailed.atStart(machine);
    let last: Verdict | null = null;
    for (const { task, choice } of path) {
      machine.step(task, choice);
      last = detailed.afterStep(machine, task).find(same) ?? null;
    }
    if (last === null && enabledTasks(machine).length === 0) last = detailed.atEnd(machine).find(same) ?? null;
    return last;
  }

  private finding(verdict: Verdict, path: readonly Move[], steps: readonly Step[], span: Span = verdict.span): Finding {
    const { source } = this.scenario;
    const { line, column } = locate(source, span.start);
    const { tasks } = this.program;
    return {
      kind: verdict.kind,
      name: verdict.name,
      message: verdict.message,
      processes: [...new Set(verdict.tasks.map((task) => tasks[task]!.name))],
      file: source.file,
      line,
      column,
      source: lineText(source, line),
      ...(verdict.kind === "unreachable"
        ? NO_ORDER
        : {
            schedule: scheduleOf(this.program, path),
            steps: steps.length,
            preemptions: countPreemptions(steps),
            trace: steps.map((step) => step.shown),
          }),
    };
  }

  /** A failed assertion without words of its own gets those of the program: what was false, and with which values. */
  private withValues(verdict: Verdict, machine: Machine, steps: readonly Step[]): Verdict {
    const [task] = verdict.tasks;
    const last = steps.at(-1);
    if (verdict.kind !== "assertion" || task === undefined || last === undefined) return verdict;
    const self = this.program.tasks[task]!;
    const { source } = this.scenario;
    const head = sourceText(source, verdict.span);
    const claim = claimOf(head === "assert:" ? source.text.slice(verdict.span.start, verdict.span.end) : head);
    if (claim === null) return verdict;
    // words of its own say with which values
    if (verdict.message !== `an assertion of ${self.name} failed`)
      return { ...verdict, message: `${self.name} claims ${claim}, which is false: ${verdict.message}` };
    const values: string[] = [];
    for (const name of new Set(claim.replace(/'[^']*'|"[^"]*"/g, "").match(/[A-Za-z_]\w*/g) ?? [])) {
      const own = self.variables.find(
        (place) => place.name === `${self.name}.${name}` && place.layout.type === "scalar",
      );
      const seen = steps.findLast((step) => step.task === task && Object.hasOwn(step.shown.reads, name));
      if (seen !== undefined) values.push(`${name} = ${showValue(seen.shown.reads[name])}`);
      else if (own !== undefined) values.push(`${name} = ${showValue(jsonAt(machine, own))}`);
    }
    const known = values.length === 0 ? "" : `, with ${values.slice(0, 6).join(", ")}`;
    return { ...verdict, message: `${self.name} claims ${claim}, which is false${known}` };
  }

  /** The machine has seen the whole path, so it knows how those who cannot help have ended. */
  private deadlock(machine: Machine): { message?: string; cycle?: CycleEdge[] } {
    const stuck = stuckTasks(machine, (task) => machine.enabled(task));
    const deadlock = describeDeadlock(machine, stuck, { endings: endingsOf(this.program, machine.violations) });
    if (deadlock === null) return {};
    const { message, cycle } = deadlock;
    return cycle.length === 0 ? { message } : { message, cycle: [...cycle] };
  }

  /** The path leads to where two accesses are both possible; the two are its last steps. */
  private race(verdict: Verdict, path: readonly Move[]): Finding {
    const { machine: before, steps: way } = tracePath(this.program, path);
    const { task: last, at } = way.at(-1) ?? { task: -1, at: 0 };
    const gaveUp = last >= 0 && givesUpAt(this.program.tasks[last]!, at);
    const ending = raceEnding(before, racesAt(this.detailed, before, last, verdict.name), last, gaveUp);
    const locks = [heldBy(before, ending.first), heldBy(before, ending.second)] as const;
    // who holds it at one moment with another holds it for reading
    const shared = locks[0].filter((lock) => locks[1].includes(lock) && this.kindOf(lock) === "rwlock");
    const whole = [...path, { task: ending.first, choice: 0 }, { task: ending.second, choice: 0 }];
    const { steps } = tracePath(this.program, whole);
    const [one, other] = steps.slice(-2) as [Step, Step];
    const finding = this.finding(ending.verdict, whole, steps, one.span);
    return {
      ...finding,
      message: raceSentence(verdict.name, one, other, locks, shared),
      hint: raceHint(verdict.name, locks, shared),
    };
  }

  private kindOf(name: string): string | undefined {
    return this.program.resources.find((each) => each.name === name)?.kind;
  }

  /** Confirmed if a wake-up was lost on one of the paths; the shortest may be one on which nobody ever signals. */
  private lostWakeup(ways: Iterable<WayTo>): Finding | null {
    for (const [verdict, path] of ways) {
      const { steps } = tracePath(this.program, path);
      const lost = lostWakeup(this.program, verdict, steps);
      if (lost === null) continue;
      const { message, hint, tasks } = lost;
      const processes = tasks.map((task) => this.program.tasks[task]!.name);
      return { ...this.finding(verdict, path, steps), processes, message, hint };
    }
    return null;
  }

  private endless(found: Found, loopFrom: number): Finding {
    const { steps, machine } = tracePath(this.program, found.path);
    const finding = this.finding(found, found.path, steps);
    if (loopFrom >= found.path.length) return finding;
    const hint = found.kind === "starvation" ? this.fairnessHint(found.tasks[0] ?? -1, machine) : null;
    const busy = new Set(steps.slice(loopFrom).map(({ task }) => task));
    const idle = this.program.tasks.map(({ id }) => id).filter((task) => !busy.has(task));
    const waiting = found.kind === "livelock" ? {} : waitsOf(machine, found.kind === "starvation" ? found.tasks : idle);
    return { ...finding, loop_from: loopFrom, ...(hint === null ? {} : { hint }), ...waiting };
  }

  /** Who starves at a lock that is not fair is helped by one that is. */
  private fairnessHint(task: number, machine: Machine): string | null {
    const self = this.program.tasks[task];
    const instruction = self?.code[machine.state[self.pcSlot]!];
    if (instruction?.op !== "when" || instruction.waits.resource === null) return null;
    const { first, index } = instruction.waits.resource;
    const resource = this.program.resources[first + (index === null ? 0 : machine.evaluator(index)())];
    if (resource?.options.get("fair") !== false) return null;
    return `whoever asks may overtake those who wait: declare it as { type: ${resource.kind}, fair: true }, or allow: [starvation] if that is fine`;
  }
}

/** The ways on which a wake-up may have been lost: the shortest, then those where it is likely, then the one that was found. */
function* waysOf(verdict: Verdict, shortest: readonly Move[], likely: Iterable<WayTo>, found: Found): Generator<WayTo> {
  yield [verdict, shortest];
  yield* likely;
  yield [found, found.path];
}

/** An exception that was raised again as it was when it was first raised, which only a whole path knows. */
function withOrigin(verdict: Verdict, { violations }: Machine): Verdict {
  const told = violations.findLast(({ kind, name, task }) => {
    return kind === verdict.kind && name === verdict.name && task === verdict.tasks[0];
  });
  return told === undefined ? verdict : { ...verdict, message: told.message, span: told.span };
}

/** What an assertion claims, of its text: `assert: x == 1`, or `assert: { that: x == 1, message: … }`; null if unclear. */
function claimOf(statement: string): string | null {
  const text = /^"?assert"?:\s*([\s\S]+)$/.exec(statement.replace(/^\{\s*|\s*\}$/g, ""))?.[1];
  if (text === undefined) return null;
  const quoted = /^(["'])(.*)\1$/.exec(text);
  if (quoted !== null) return quoted[2]!;
  // within braces an expression ends at the comma before the next key, on other lines at the end of its own
  const that = /^\{?\s*"?that"?:\s*([^\n]+?)\s*(?:,\s*"?message"?:[\s\S]*|\n[\s\S]*|\}?)$/.exec(text);
  if (that !== null) return that[1]!.replace(/^(["'])(.*)\1$/, "$2");
  return /^[{|>]|\n/.test(text) ? null : text;
}

type Locks = readonly [readonly string[], readonly string[]];

function raceSentence(name: string, one: Step, other: Step, locks: Locks, shared: readonly string[]): string {
  const lock = (each: string): string => (shared.includes(each) ? `${each} for reading` : each);
  const said = (step: Step, held: readonly string[]): string => {
    const writes = Object.keys(step.shown.writes).some((each) => each === name || each.startsWith(`${name}[`));
    return `${step.shown.process} ${writes ? "writes" : "reads"} it in line ${step.shown.line} holding ${held.length === 0 ? "no lock" : held.map(lock).join(", ")}`;
  };
  return `two accesses to ${name} that nothing orders: ${said(one, locks[0])}; ${said(other, locks[1])}`;
}

function raceHint(name: string, locks: Locks, shared: readonly string[]): string {
  const common = locks[0].filter((lock) => locks[1].includes(lock));
  const atomics =
    "where single reads and writes are enough, declare the variable under 'atomics' (`x += 1` stays two steps)";
  if (shared.length > 0) return `take ${shared[0]} for writing where ${name} is written`;
  if (common.length > 0) return `order the two accesses, or, ${atomics}`;
  return `no lock is held at both accesses: guard both with the same lock, or, ${atomics}`;
}

export type { WaitingTask };
