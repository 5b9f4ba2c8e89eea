/**
 * Makes a counterexample as short as people like it: fewest pre-emptions, then fewest switches, then fewest steps.
 *
 * Where the space is small enough this is a shortest-path search over (state, task that ran last), first among the tasks
 * that the given path needs, then among all. Elsewhere delta debugging (Zeller, Hildebrandt, TSE 2002) drops tasks,
 * blocks and single steps, and swaps blocks, as long as the same finding still comes out. No clock has a say, so the
 * same finding gives the same counterexample on every machine.
 */
import { Machine } from "../machine/machine.ts";
import type { Program } from "../program/program.ts";
import { changeOver, givesUp, STEP } from "./cost.ts";
import { enabledTasks } from "./moves.ts";
import { raceEnding, racesAt } from "./race-ending.ts";
import { ShortestPaths, shows, type Wanted } from "./shortest.ts";
import type { Judge, Move } from "./strategy.ts";

export interface MinimiseOptions {
  /** how many pairs of state and task each search may look at */
  readonly nodes?: number;
  /** how many candidates delta debugging may play */
  readonly candidates?: number;
}

/** The shortest path found that shows the finding; `path` itself (cut behind the finding) if none is shorter. */
export function minimise(
  program: Program,
  judge: Judge,
  wanted: Wanted,
  path: readonly Move[],
  options: MinimiseOptions = {},
): readonly Move[] {
  const nodes = options.nodes ?? 25_000;
  const player = new Player(program, judge, wanted);
  const cut = player.play(path, false) ?? path;
  let best = dropTasks(player, cut);
  const among = new Set(best.map((move) => move.task));
  const paths = new ShortestPaths(program, judge, wanted);
  const few = paths.find((task) => among.has(task), nodes, player.cost(best));
  if (few === "given up") best = shrink(player, best, options.candidates ?? 1_500);
  else if (few !== null) best = few;
  if (among.size < program.tasks.length) {
    const all = paths.find(() => true, nodes >> 1, player.cost(best));
    if (all !== null && all !== "given up") best = all;
  }
  return best;
}

/** Whether a path shows the finding, at its end or before. */
export function isShown(program: Program, judge: Judge, wanted: Wanted, path: readonly Move[]): boolean {
  return new Player(program, judge, wanted).play(path, false) !== null;
}

// ------------------------------------------------------------------------------------------------ playing candidates

/** Paths longer than this are not tried. */
const LONGEST = 20_000;

class Player {
  private readonly machine: Machine;
  private readonly judge: Judge;
  private readonly wanted: Wanted;
  played = 0;

  constructor(program: Program, judge: Judge, wanted: Wanted) {
    this.machine = new Machine(program);
    this.judge = judge;
    this.wanted = wanted;
  }

  /**
   * Plays moves from the start, leaving out those that are impossible, up to the finding. With `onwards` it goes on after
   * the last one, task after task, until nobody can move. The moves made up to the finding; null if it does not come.
   */
  play(moves: readonly Move[], onwards: boolean): readonly Move[] | null {
    const { machine, judge } = this;
    this.played += 1;
    machine.undo(0);
    machine.violations = [];
    const made: Move[] = [];
    if (shows(judge.atStart(machine), this.wanted)) return made;
    const make = (move: Move): boolean => {
      machine.step(move.task, move.choice);
      made.push(move.choice < machine.alternatives ? move : { task: move.task, choice: 0 });
      if (shows(judge.afterStep(machine, move.task), this.wanted)) return true;
      return enabledTasks(machine).length === 0 && shows(judge.atEnd(machine), this.wanted);
    };
    for (const move of moves) if (machine.enabled(move.task) && make(move)) return made;
    while (onwards && made.length < LONGEST) {
      const last = made[made.length - 1]?.task ?? -1;
      const task = last >= 0 && machine.enabled(last) ? last : enabledTasks(machine)[0];
      if (task === undefined) return null;
      if (make({ task, choice: 0 })) return made;
    }
    return null;
  }

  /** Pre-emptions, switches and steps of a path that shows the finding, in one number. */
  cost(moves: readonly Move[]): number {
    const { machine, judge, wanted } = this;
    machine.undo(0);
    let cost = 0;
    let last = -1;
    let gaveUp = false;
    for (const { task, choice } of moves) {
      cost += STEP + changeOver(last, task, last >= 0 && machine.enabled(last), gaveUp);
      gaveUp = givesUp(machine, task);
      machine.step(task, choice);
      last = task;
    }
    machine.violations = [];
    if (wanted.kind !== "data_race") return cost;
    const races = racesAt(judge, machine, last, wanted.name);
    return races.length === 0 ? cost : cost + raceEnding(machine, races, last, gaveUp).cost;
  }
}

/** Leaves out whole tasks, one after the other, where the finding comes without them. */
function dropTasks(player: Player, path: readonly Move[]): readonly Move[] {
  let best = path;
  const tasks = [...new Set(path.map((move) => move.task))].sort((a, b) => b - a);
  for (const task of tasks) {
    const without = player.play(
      best.filter((move) => move.task !== task),
      false,
    );
    if (without !== null) best = without;
  }
  return best;
}

interface Block {
  readonly task: number;
  readonly moves: readonly Move[];
}

function blocksOf(path: readonly Move[]): Block[] {
  const blocks: { task: number; moves: Move[] }[] = [];
  for (const move of path) {
    const last = blocks[blocks.length - 1];
    if (last !== undefined && last.task === move.task) last.moves.push(move);
    else blocks.push({ task: move.task, moves: [move] });
  }
  return blocks;
}

/** Delta debugging over blocks of one task, then over single steps. */
function shrink(player: Player, path: readonly Move[], candidates: number): readonly Move[] {
  const end = player.played + candidates;
  let best = path;
  let cost = player.cost(best);
  const accept = (moves: readonly Move[]): boolean => {
    if (player.played >= end) return false;
    const made = player.play(moves, true);
    if (made === null) return false;
    const price = player.cost(made);
    if (price >= cost) return false;
    best = made;
    cost = price;
    return true;
  };
  for (let improved = true; improved && player.played < end; ) {
    improved = false;
    for (let size = blocksOf(best).length >> 1; size >= 1; size >>= 1) {
      for (let at = 0; at < blocksOf(best).length; ) {
        const blocks = blocksOf(best);
        const rest = [...blocks.slice(0, at), ...blocks.slice(at + size)].flatMap((block) => block.moves);
        if (accept(rest)) improved = true;
        else at += size;
      }
    }
    for (let at = 0; at + 1 < blocksOf(best).length; at++) {
      const blocks = blocksOf(best);
      const swapped = [...blocks.slice(0, at), blocks[at + 1]!, blocks[at]!, ...blocks.slice(at + 2)].flatMap(
        (block) => block.moves,
      );
      // the next block of the same task drawn forward, so that two of its blocks become one
      const next = blocks.findIndex((block, k) => k > at && block.task === blocks[at]!.task);
      const drawn =
        next < 0
          ? swapped
          : [
              ...blocks.slice(0, at + 1),
              blocks[next]!,
              ...blocks.slice(at + 1, next),
              ...blocks.slice(next + 1),
            ].flatMap((block) => block.moves);
      if (accept(swapped) || accept(drawn)) improved = true;
    }
    for (let at = best.length - 1; at >= 0; at--) {
      if (at < best.length && accept([...best.slice(0, at), ...best.slice(at + 1)])) improved = true;
    }
  }
  return best;
}
