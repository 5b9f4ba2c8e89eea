/**
 * Orders for property tests: drawn by chance, and made simpler step by step while a property still fails. The simplest
 * order has the fewest switches, then the fewest steps.
 */
import { Machine } from "../machine/machine.ts";
import { lower } from "../program/lower.ts";
import type { Program } from "../program/program.ts";
import type { Scenario } from "../scenario/ast.ts";
import { enabledTasks } from "./moves.ts";
import { scheduleOf } from "./present.ts";
import type { Move } from "./strategy.ts";

/** Beginnings of runs that never end are cut here. */
const LONGEST = 10_000;
/** Room for lists without a greatest length: an order is drawn without knowing what it will need. */
const ROOM = 1024;
/** How often a drawn order changes over, one of these for each order: some bugs need few switches and some need many. */
const SWITCHING = [1, 0.5, 0.25, 0.125] as const;

export interface Order {
  readonly moves: readonly Move[];
  /** as `replay` reads it */
  readonly schedule: string;
}

/** The orders of one scenario. */
export class Orders {
  private readonly program: Program;
  private readonly machine: Machine;

  constructor(scenario: Scenario) {
    this.program = lower(scenario, ROOM);
    this.machine = new Machine(this.program);
  }

  /** An order drawn by chance, to its end. `draw` gives numbers in [0, 1). */
  random(draw: () => number): Order {
    const { machine } = this;
    machine.undo(0);
    const switching = SWITCHING[Math.floor(draw() * SWITCHING.length)]!;
    const moves: Move[] = [];
    for (let last = -1; moves.length < LONGEST; ) {
      const enabled = enabledTasks(machine);
      if (enabled.length === 0) break;
      const stays = last >= 0 && machine.enabled(last) && draw() >= switching;
      const task = stays ? last : enabled[Math.floor(draw() * enabled.length)]!;
      const mark = machine.trailSize;
      machine.step(task, 0);
      let choice = 0;
      if (machine.alternatives > 1) {
        choice = Math.floor(draw() * machine.alternatives);
        if (choice > 0) {
          machine.undo(mark);
          machine.step(task, choice);
        }
      }
      moves.push({ task, choice });
      last = task;
    }
    machine.violations = [];
    return this.order(moves);
  }

  /** Simpler orders, the simplest first: none has more switches, and none as many switches and as many steps. */
  *shrink(order: Order): Generator<Order> {
    const { moves } = order;
    const seen = new Set<string>([order.schedule]);
    const switches = countSwitches(moves);
    for (const candidate of this.candidates(moves)) {
      const made = this.possible(candidate);
      const fewer = countSwitches(made);
      if (fewer > switches || (fewer === switches && made.length >= moves.length)) continue;
      const next = this.order(made);
      if (seen.has(next.schedule)) continue;
      seen.add(next.schedule);
      yield next;
    }
  }

  private *candidates(moves: readonly Move[]): Generator<readonly Move[]> {
    for (let keep = moves.length >> 1; keep < moves.length; keep += Math.max(1, (moves.length - keep) >> 1))
      yield moves.slice(0, keep);
    for (const task of new Set(moves.map((move) => move.task))) yield moves.filter((move) => move.task !== task);
    const blocks = blocksOf(moves);
    for (let size = blocks.length >> 1; size >= 1; size >>= 1) {
      for (let at = 0; at < blocks.length; at += size)
        yield [...blocks.slice(0, at), ...blocks.slice(at + size)].flat();
    }
    for (let at = 0; at < blocks.length; at++) {
      const task = blocks[at]![0]!.task;
      const next = blocks.findIndex((block, k) => k > at && block[0]!.task === task);
      if (next < 0) continue;
      // two blocks of one task become one: the later one drawn forward, or the earlier one put off
      yield [
        ...blocks.slice(0, at + 1),
        blocks[next]!,
        ...blocks.slice(at + 1, next),
        ...blocks.slice(next + 1),
      ].flat();
      yield [...blocks.slice(0, at), ...blocks.slice(at + 1, next), blocks[at]!, ...blocks.slice(next)].flat();
    }
    for (let at = moves.length - 1; at >= 0; at--) yield [...moves.slice(0, at), ...moves.slice(at + 1)];
  }

  /** The moves that can be made, in their order. */
  private possible(moves: readonly Move[]): Move[] {
    const { machine } = this;
    machine.undo(0);
    const made: Move[] = [];
    for (const { task, choice } of moves) {
      if (!machine.enabled(task)) continue;
      machine.step(task, choice);
      made.push(choice < machine.alternatives ? { task, choice } : { task, choice: 0 });
    }
    machine.violations = [];
    return made;
  }

  private order(moves: readonly Move[]): Order {
    return { moves, schedule: scheduleOf(this.program, moves) };
  }
}

function countSwitches(moves: readonly Move[]): number {
  return moves.filter((move, k) => k > 0 && move.task !== moves[k - 1]!.task).length;
}

function blocksOf(moves: readonly Move[]): Move[][] {
  const blocks: Move[][] = [];
  for (const move of moves) {
    const last = blocks[blocks.length - 1];
    if (last !== undefined && last[0]!.task === move.task) last.push(move);
    else blocks.push([move]);
  }
  return blocks;
}
