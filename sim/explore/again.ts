/**
 * What a replay says that a judge, who looks at one state or step, cannot: that a race has happened and not only will,
 * that the same thing is still wrong, and that the steps lead back to a state where they have been, so that they can be
 * repeated for ever.
 */
import { stuckTasks } from "../detect/deadlock.ts";
import { Machine } from "../machine/machine.ts";
import { LIFE, type Program } from "../program/program.ts";
import type { FindingKind, Scenario } from "../scenario/ast.ts";
import { sourceText } from "../scenario/load.ts";
import { progressOf } from "./loops.ts";
import { enabledTasks } from "./moves.ts";
import type { Verdict } from "./strategy.ts";

/** A judge sees a race where two tasks stand before their accesses; here it shows when both have made them. */
export class Races {
  /** by variable and pair: the verdict, and who has not made its access yet */
  private readonly open = new Map<string, { readonly verdict: Verdict; left: readonly number[] }>();
  private readonly shown = new Set<string>();

  /** Verdicts about the state after a step of the task (−1: before any): races that have happened, and all else. */
  after(task: number, verdicts: readonly Verdict[]): Verdict[] {
    const happened: Verdict[] = [];
    for (const [key, race] of this.open) {
      if (!race.left.includes(task)) continue;
      race.left = race.left.filter((each) => each !== task);
      if (race.left.length > 0) continue;
      this.open.delete(key);
      if (this.shown.has(race.verdict.name)) continue;
      this.shown.add(race.verdict.name);
      happened.push(race.verdict);
    }
    for (const verdict of verdicts) {
      if (verdict.kind !== "data_race") continue;
      const key = `${verdict.name} ${[...verdict.tasks].sort((a, b) => a - b).join(" ")}`;
      if (!this.open.has(key)) this.open.set(key, { verdict, left: verdict.tasks });
    }
    return [...happened, ...verdicts.filter(({ kind }) => kind !== "data_race")];
  }

  /** Variables on which the next steps would race, none twice. */
  ahead(): string[] {
    const names = [...this.open.values()].map(({ verdict }) => verdict.name).filter((name) => !this.shown.has(name));
    return [...new Set(names)];
  }
}

/** One step of a replay, as far as a round is judged by it. */
export interface Made {
  readonly task: number;
  readonly choice: number;
  readonly kind: "step" | "grant" | "rest";
  /** where the task stood before and after it; −1 if it was not alive */
  readonly from: number;
  readonly to: number;
  /** who could move after it */
  readonly enabled: readonly number[];
}

/** The number of steps after which the state was first what it is after the last one; null if it never was. */
export function firstSeen(program: Program, made: readonly Made[], last: Machine): number | null {
  const machine = new Machine(program);
  const isSame = (): boolean => machine.state.every((code, slot) => code === last.state[slot]);
  for (const [at, { task, choice, kind }] of made.entries()) {
    if (isSame()) return at;
    if (kind === "grant") machine.act(task);
    else machine.step(task, choice);
  }
  return null;
}

/** What is wrong with an order that goes on with its steps from `start` on for ever, if that is fair to all. */
export function judgeRound(
  program: Program,
  scenario: Scenario,
  machine: Machine,
  made: readonly Made[],
  start: number,
  neverTrue: readonly string[],
): Verdict[] {
  const { tasks, properties } = program;
  const round = made.slice(start);
  const movers = new Set(round.map(({ task }) => task));
  const alive = tasks.filter(({ lifeSlot }) => {
    const life = machine.state[lifeSlot]!;
    return life === LIFE.alive || life === LIFE.dying;
  });
  // weak fairness: who could move all the time does
  if (alive.some(({ id }) => !movers.has(id) && round.every(({ enabled }) => enabled.includes(id)))) return [];
  const found: Verdict[] = [];
  const { source, check } = scenario;
  const add = (kind: FindingKind, verdict: Omit<Verdict, "kind">): void => {
    if (!check.allow.includes(kind)) found.push({ ...verdict, kind });
  };
  for (const { name, span } of properties.eventually)
    if (neverTrue.includes(name)) {
      const message = `${name} (${sourceText(source, span)}) never comes true if these steps are repeated for ever`;
      add("eventually", { name, message, tasks: [], span });
    }
  const progress = tasks.map(progressOf);
  const getOn = new Set(
    round.filter(({ task, from, to }) => from < 0 || to < 0 || progress[task]!(from, to)).map(({ task }) => task),
  );
  const spanOf = (task: number) => tasks[task]!.code[machine.state[tasks[task]!.pcSlot]!]?.span ?? tasks[task]!.span;
  const busy = [...movers].filter((task) => !tasks[task]!.daemon).sort((a, b) => a - b);
  if (getOn.size === 0 && busy.length > 0) {
    const names = busy.map((task) => tasks[task]!.name).join(", ");
    const message = `${names} can repeat these steps for ever without getting on`;
    add("livelock", { name: "livelock", message, tasks: busy, span: spanOf(busy[0]!) });
    return found;
  }
  const stuck = stuckTasks(machine, (task) => machine.enabled(task));
  for (const { id, name, daemon } of alive) {
    if (daemon || getOn.has(id) || stuck.some((each) => each.task === id && each.by !== null)) continue;
    const message = `${name} never gets on if the others repeat these steps for ever`;
    add("starvation", { name, message, tasks: [id], span: spanOf(id) });
  }
  return found;
}

/** Which `eventually:` properties have not been true so far. */
export function watchEventually(program: Program, machine: Machine): { look(): void; neverTrue(): string[] } {
  const open = new Map(program.properties.eventually.map(({ name, test }) => [name, machine.test(test)]));
  return {
    look() {
      for (const [name, test] of open) if (test()) open.delete(name);
    },
    neverTrue: () => [...open.keys()],
  };
}

/** Properties that never came true in an order that is over. */
export function unmet(program: Program, scenario: Scenario, machine: Machine, neverTrue: readonly string[]): Verdict[] {
  if (enabledTasks(machine).length > 0 || scenario.check.allow.includes("eventually")) return [];
  return program.properties.eventually
    .filter(({ name }) => neverTrue.includes(name))
    .map(({ name, span }) => {
      const message = `${name} (${sourceText(scenario.source, span)}) never came true, and nobody can go on`;
      return { kind: "eventually", name, message, tasks: [], span };
    });
}
