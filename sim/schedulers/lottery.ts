import type {
  Choice,
  Chooser,
  Policy,
  PolicySpecification,
  ReadyCause,
  Setting,
  StopCause,
  TaskView,
} from "./policy.ts";
import { Slices } from "./slices.ts";

/**
 * Lottery scheduling: for each quantum a ticket is drawn among those of the ready tasks; its holder runs. Tickets are
 * numbered through in the order of the file. A draw r wins for ticket r mod (tickets in the draw).
 *
 * With `draws` the numbers are taken from that list, one for each turn on the CPU, and from the random stream once it is
 * used up.
 *
 * Source: Waldspurger and Weihl, Lottery Scheduling, OSDI 1994; numbers as in the simulator cpu-sched-lottery of
 * Arpaci-Dusseau, Operating Systems: Three Easy Pieces, chapter 9.
 */
export const lottery: PolicySpecification = {
  name: "lottery",
  about: "A lottery among the ready tasks' tickets for each quantum",
  source: "Waldspurger, Weihl, Lottery Scheduling, OSDI 1994",
  parameters: [
    { name: "quantum", type: "time", default: 1, about: "longest time on the CPU for one draw" },
    {
      name: "draws",
      type: "integers",
      default: null,
      zero: true,
      about: "winning numbers to use instead of the random stream; taken modulo the tickets in the draw",
    },
  ],
  reads: ["tickets"],
  forgetful: true,
  create: (setting) => new LotteryPolicy(setting),
};

class LotteryPolicy implements Policy {
  readonly #random: () => number;
  readonly #chooser: Chooser | null;
  readonly #quantum: number;
  readonly #draws: readonly number[];
  #drawn = 0;
  readonly #ready = new Set<TaskView>();
  readonly #slices = new Slices();

  constructor(setting: Setting) {
    this.#random = setting.random("lottery");
    this.#chooser = setting.chooser ?? null;
    this.#quantum = setting.parameters.quantum as number;
    this.#draws = (setting.parameters.draws as number[] | null) ?? [];
  }

  add(task: TaskView, _cause: ReadyCause, _now: number): void {
    this.#ready.add(task);
  }

  remove(task: TaskView): void {
    this.#ready.delete(task);
    this.#slices.drop(task);
  }

  next(): Choice | null {
    const tasks = this.#inOrder();
    const total = tasks.reduce((sum, task) => sum + ticketsOf(task), 0);
    const winner = this.#winner(tasks, total);
    let counted = 0;
    const task = tasks.find((candidate) => {
      counted += ticketsOf(candidate);
      return counted > winner || total === 0;
    });
    if (task === undefined) return null;
    this.#ready.delete(task);
    this.#slices.start(task, this.#quantum);
    return { task, reason: `ticket ${winner} of ${total}`, tie: null };
  }

  sliceLeft(task: TaskView): number {
    return this.#slices.left(task);
  }

  charge(task: TaskView, ran: number): void {
    this.#slices.charge(task, ran);
  }

  stopped(task: TaskView, _cause: StopCause): void {
    this.#slices.drop(task);
  }

  preempt(): null {
    return null;
  }

  nextTick(): number {
    return Number.POSITIVE_INFINITY;
  }

  tick(): void {}

  ready(): { task: TaskView; key: string }[] {
    return this.#inOrder().map((task) => ({ task, key: `tickets ${ticketsOf(task)}` }));
  }

  #inOrder(): TaskView[] {
    return [...this.#ready].sort((a, b) => a.id - b.id);
  }

  /** The ticket drawn. Given draws are fixed; instead of the random stream a chooser says whose ticket it is. */
  #winner(tasks: readonly TaskView[], total: number): number {
    if (tasks.length === 0) return 0;
    const given = this.#draws[this.#drawn];
    if (given !== undefined) {
      this.#drawn += 1;
      return total > 0 ? given % total : 0;
    }
    if (this.#chooser === null) return Math.floor(this.#random() * total);
    // without any tickets nothing is drawn: the first goes
    const possible = tasks.filter((task) => ticketsOf(task) > 0);
    const drawn = possible.length > 1 ? possible[this.#chooser.choose(possible)]! : possible[0];
    let before = 0;
    for (const task of tasks) {
      if (task === drawn) return before;
      before += ticketsOf(task);
    }
    return 0;
  }
}

/** Whole and not negative. */
function ticketsOf(task: TaskView): number {
  return Math.max(0, Math.floor(task.tickets));
}
