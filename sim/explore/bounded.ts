/**
 * Iterative pre-emption bounding: all orders without a pre-emption, then all with one, and so on; so what is found is
 * found with the fewest. Complete if some bound leaves nothing out.
 *
 * Source: Musuvathi, Qadeer, "Iterative Context Bounding for Systematic Testing of Multithreaded Programs" (PLDI 2007)
 * and CHESS (OSDI 2008). Deviation: with a visited set. Since bounds rise, a place (state, running task) is reached
 * first with the fewest pre-emptions that lead there, and need not be gone on from again; the running task belongs to
 * it, because it decides which switches are free.
 *
 * With `reduction`: a step that touches nothing that others can see is not pre-empted before (an order that does is
 * equivalent to one that pre-empts behind it, or need not pre-empt at all because the task then waits or has ended),
 * unless it leads to a known place, so that no task is put off for ever round a loop. Other reductions are not
 * sound under a bound without adding orders of a higher one.
 */
import { Machine } from "../machine/machine.ts";
import { Findings } from "./collect.ts";
import { Dependence, PRIVATE } from "./dependence.ts";
import { isDeadlocked } from "./dpor.ts";
import { Ends } from "./ends.ts";
import { isPreemption } from "./moves.ts";
import { Seen } from "./seen.ts";
import type {
  Counters,
  Exploration,
  Move,
  StopReason,
  StrategyResult,
  StrategySpecification,
  Verdict,
} from "./strategy.ts";

/** A node and a step to take from it. */
interface Task {
  readonly node: number;
  readonly task: number;
  readonly choice: number;
}

export function explore(exploration: Exploration): StrategyResult {
  return new BoundedSearch(exploration).run();
}

class BoundedSearch {
  private readonly exploration: Exploration;
  private readonly machine: Machine;
  private readonly dependence: Dependence;
  private readonly seen: Seen;
  private readonly findings: Findings;
  private readonly ends = new Ends();
  private readonly counters: Counters = {
    states: 0,
    transitions: 0,
    executions: null,
    deadlocked: null,
    depth: 0,
    queued: 0,
  };
  // the tree of nodes: each with the step that led to it
  private readonly parent: number[] = [-1];
  private readonly task: number[] = [-1];
  private readonly choice: number[] = [0];
  private readonly depth: number[] = [0];
  /** the nodes on the way to where the machine is, and the size of its trail at each */
  private readonly path: number[] = [0];
  private readonly marks: number[] = [0];
  private now: Task[] = [];
  /** what costs one more pre-emption */
  private later: Task[] = [];
  private stopped: StopReason | null = null;
  private truncated = false;

  constructor(exploration: Exploration) {
    this.exploration = exploration;
    this.machine = new Machine(exploration.program, { hashing: true, recording: exploration.reduction });
    this.dependence = new Dependence(this.machine, exploration.judge.watched);
    this.seen = new Seen(this.machine, exploration.exact);
    this.findings = new Findings(exploration.all);
  }

  run(): StrategyResult {
    const { exploration, counters } = this;
    const most = exploration.preemptions ?? Number.POSITIVE_INFINITY;
    this.report(exploration.judge.atStart(this.machine));
    this.seen.add(this.machine, -1);
    this.expand(0);
    let bound = -1;
    while (this.stopped === null) {
      this.search();
      if (this.stopped !== null || this.truncated) break;
      bound += 1;
      if (this.later.length === 0 || bound >= most) break;
      this.now = this.later.reverse();
      this.later = [];
    }
    counters.states = this.seen.count;
    counters.queued = this.now.length + this.later.length;
    return {
      found: this.findings.found,
      outcomes: this.ends.sorted(),
      counters,
      complete: this.stopped === null && !this.truncated && this.later.length === 0,
      stopped: this.stopped ?? (this.truncated ? "depth" : null),
      reductions: exploration.reduction ? ["fusing"] : [],
      bound,
      ...(exploration.exact ? {} : { collisionProbability: this.seen.collisionProbability }),
    };
  }

  private search(): void {
    const { machine, counters, exploration } = this;
    for (let next = this.now.pop(); next !== undefined; next = this.now.pop()) {
      const { node, task, choice } = next;
      this.goTo(node);
      machine.step(task, choice);
      counters.transitions += 1;
      if (choice + 1 < machine.alternatives) this.now.push({ node, task, choice: choice + 1 });
      const running = machine.enabled(task) ? task : -1;
      const fresh = this.seen.add(machine, running);
      if (fresh || machine.violations.length > 0) this.arrive(node, task, choice, fresh);
      machine.violations.length = 0;
      if ((counters.transitions & 2047) === 0) {
        counters.states = this.seen.count;
        counters.queued = this.now.length + this.later.length;
        exploration.onProgress(counters);
        this.stopped = exploration.stopRequested();
      }
      if (this.seen.count >= exploration.limits.states) this.stopped = "states";
      if (this.bytes() > exploration.limits.memory) this.stopped = "memory";
      if (this.stopped !== null) return;
    }
  }

  private bytes(): number {
    return this.seen.bytes + 32 * this.parent.length + 48 * (this.now.length + this.later.length);
  }

  private arrive(from: number, task: number, choice: number, fresh: boolean): void {
    const { machine, counters } = this;
    const node = this.parent.length;
    const depth = this.depth[from]! + 1;
    this.parent.push(from);
    this.task.push(task);
    this.choice.push(choice);
    this.depth.push(depth);
    this.path.push(node);
    this.marks.push(machine.trailSize);
    if (depth > counters.depth) counters.depth = depth;
    this.report(this.exploration.judge.afterStep(machine, task));
    machine.violations.length = 0;
    if (!fresh) return;
    if (depth >= this.exploration.limits.depth) this.truncated = true;
    else this.expand(node);
  }

  /** Notes what can be done from the node at which the machine is. */
  private expand(node: number): void {
    const { machine } = this;
    const last = this.task[node]!;
    const goesOn = last >= 0 && machine.enabled(last);
    if (goesOn && this.mustGoOn(last)) {
      this.now.push({ node, task: last, choice: 0 });
      return;
    }
    let enabled = 0;
    // backwards, since the last one in is the first one out: tasks are tried in their order
    for (let task = machine.program.tasks.length - 1; task >= 0; task--) {
      if (!machine.enabled(task)) continue;
      enabled += 1;
      if (isPreemption(last, task, goesOn)) this.later.push({ node, task, choice: 0 });
      else this.now.push({ node, task, choice: 0 });
    }
    if (enabled > 0) return;
    const path = () => this.moves();
    this.findings.take(this.exploration.judge.atEnd(machine), path);
    this.ends.take(machine, isDeadlocked(machine), path);
  }

  /** Whether the next step of the running task is nobody else's business. */
  private mustGoOn(task: number): boolean {
    if (!this.exploration.reduction) return false;
    const { machine } = this;
    const mark = machine.trailSize;
    const footprint = this.dependence.take(task, 0);
    const alone = footprint === PRIVATE && machine.alternatives === 1 && machine.violations.length === 0;
    const result = alone && !this.seen.has(machine, machine.enabled(task) ? task : -1);
    machine.undo(mark);
    machine.violations.length = 0;
    return result;
  }

  private report(verdicts: readonly Verdict[]): void {
    if (verdicts.length > 0) this.findings.take(verdicts, () => this.moves());
  }

  private moves(): Move[] {
    return this.path.slice(1).map((node) => ({ task: this.task[node]!, choice: this.choice[node]! }));
  }

  /** Puts the machine into the state of a node: back to the common ancestor, then forward. */
  private goTo(node: number): void {
    const { machine, path, marks } = this;
    const forward: number[] = [];
    let at = node;
    while (path[this.depth[at]!] !== at) {
      forward.push(at);
      at = this.parent[at]!;
    }
    const keep = this.depth[at]! + 1;
    path.length = keep;
    marks.length = keep;
    machine.undo(marks[keep - 1]!);
    for (let step = forward.pop(); step !== undefined; step = forward.pop()) {
      machine.step(this.task[step]!, this.choice[step]!);
      path.push(step);
      marks.push(machine.trailSize);
    }
    machine.violations.length = 0;
  }
}

export const bounded: StrategySpecification = {
  name: "bounded",
  about: "all orders with no pre-emption, then with one, two, …",
  source: "Musuvathi, Qadeer, PLDI 2007; CHESS, OSDI 2008",
  guarantee: "bounded",
  explore,
};
