/**
 * The machine: which steps are enabled, what one step does, and how to take it back. Nothing else in sim changes memory.
 *
 * It knows no time, no scheduler and no strategy. Whoever drives it chooses a task and calls `step`; what a step asks of
 * the driver (sleep so long, use the CPU so long) is left in `effect`.
 */
import { Decimal, powerOfTen } from "../base/decimal.ts";
import type { RandomStreams } from "../base/random.ts";
import { Raise, raises } from "../program/arithmetic.ts";
import { type Expr, type Instruction, LIFE, type Program, type Task } from "../program/program.ts";
import { raisingParts } from "../program/raises.ts";
import { NULL } from "../program/values.ts";
import type { FindingKind, Span, Value } from "../scenario/ast.ts";
import { dependants } from "./dependants.ts";
import { EFFECT } from "./effect.ts";
import { compileExpr, compileTest, compileTime, compileTimeCheck } from "./evaluate.ts";
import { compileInstruction, type Execute } from "./execute.ts";
import { FUEL, type Generated, generate, MANY, PAUSE, type StepLog } from "./generate.ts";
import { isZombie, stateName } from "./life.ts";
import { Memory } from "./memory.ts";
import type { MachineOptions } from "./options.ts";
import type { Origins } from "./origins.ts";
import { Timeouts } from "./timeouts.ts";
import { ListOverflow, uncaught, type Violation } from "./violation.ts";

/** `Instruction.grain` as a number. */
enum GRAIN {
  stop,
  inner,
  ride,
}

/** A run of so many steps is worth functions of its own; they take some milliseconds to make. */
const STEPS_UNTIL_HOT = 1_000;

export class Machine extends Memory {
  readonly program: Program;
  readonly grainsPerUnit: number;
  effect: EFFECT = EFFECT.none;
  /** of `effect`: how long, in grains; evaluated only if `timed` */
  effectTime = 0;
  effectDevice: string | null = null;
  effectCooperative = true;
  timed = false;
  /** the task whose step is under way */
  current = 0;
  /** which alternative of its `choose`s and `pick`s the step takes; what is left of it after those made so far */
  choice = 0;
  /** how many alternatives the last step had (the product, if it chose several times) */
  alternatives = 1;
  /** set by a driver that decides choices itself */
  decide: ((task: number, count: number, kind: "choose" | "pick") => number) | null = null;
  /** set by a driver that decides discrete draws itself; null: drawn as ever */
  decideDraw: ((task: number, count: number) => number | null) | null = null;
  violations: Violation[] = [];
  onPrint: ((task: number, text: string) => void) | null = null;
  /** hears of each exception: its name, and the instruction that raised it */
  onRaise: ((name: string, instruction: Instruction) => void) | null = null;
  /** set by who plays from the start and wants to know where exceptions came from */
  origins: Origins | null = null;
  /** a driver that knows more than alive or ended says so here */
  describeState: ((task: number) => string) | null = null;
  /** virtual time in grains, for `now` */
  now = 0;
  /** the random stream of each task, given by the driver */
  streams: RandomStreams | null = null;
  /** whether the last step of `stepIfReady` began at a stop */
  fromStop = true;

  /** delays drawn before their time (see `peekDelay`), by task */
  readonly peeked = new Map<number, number>();
  /** the position of the instruction under way, where it may raise */
  at = 0;
  /** of `advance`: where the step under way began and of what kind it is, and how many more may follow */
  stood = 0;
  kind = 0;
  budget = 0;
  /** hears of the steps of `advance` */
  log: StepLog = { step() {} };
  /** hears of a step of `advance` that wrote one of `noted`; false: the task is not to go on */
  onWrite: (task: number, stood: number) => boolean = () => true;
  /** how many more jumps back this step may make */
  fuel = FUEL;
  /** of each task, its first row in what follows; position p of a task is row first + p. One row more stands for the end */
  private readonly first: Int32Array;
  readonly rows: number;
  private readonly code: Execute[];
  private readonly grains: Uint8Array;
  private readonly guards: ((() => boolean) | null)[];
  private readonly timeouts = new Timeouts();
  private readonly pcSlots: Int32Array;
  private readonly lifeSlots: Int32Array;
  private readonly threadSlots: Int32Array;
  /** by task, those that end with it; most have none */
  private readonly dependants: readonly (readonly Task[])[];
  /** the processes that start by themselves */
  private readonly top: readonly Task[];
  private readonly anyTopDaemon: boolean;
  private readonly processes: readonly Task[];
  private readonly workers: readonly Task[];
  /** by task, once the run has become a long one */
  private generated: readonly (Generated | null)[] | null = null;
  /** of `generated`, those that `advance` can use */
  private many: readonly (Generated | null)[];
  private untilHot: number;
  /** a driver that leaves slots out of `noted` settles here which, once and for all */
  beforeHeat: (() => void) | null = null;

  constructor(program: Program, options: MachineOptions = {}) {
    super(program, options);
    this.program = program;
    this.grainsPerUnit = options.grainsPerUnit ?? 1;
    this.untilHot = options.hot ?? STEPS_UNTIL_HOT;
    this.pcSlots = Int32Array.from(program.tasks, (task) => task.pcSlot);
    this.lifeSlots = Int32Array.from(program.tasks, (task) => task.lifeSlot);
    this.threadSlots = Int32Array.from(program.tasks, (task) => task.threadSlot);
    this.first = new Int32Array(program.tasks.length);
    let rows = 0;
    for (const task of program.tasks) {
      this.first[task.id] = rows;
      rows += task.code.length + 1;
    }
    this.rows = rows;
    this.grains = new Uint8Array(rows).fill(GRAIN.stop);
    this.code = new Array(rows).fill(offTheEnd);
    this.guards = new Array(rows).fill(null);
    for (const task of program.tasks) this.compile(task);
    this.many = program.tasks.map(() => null);
    this.dependants = dependants(program);
    this.top = program.tasks.filter((task) => task.type === "process" && !task.manual);
    this.anyTopDaemon = this.top.some((task) => task.daemon);
    this.processes = program.tasks.filter((task) => task.type === "process");
    this.workers = this.processes.filter((task) => task.worker);
    for (const task of program.tasks) {
      // coroutines see what the others do to the variables they share before their turn comes
      if (!task.manual && task.threadSlot < 0) this.enterCode(task.id);
    }
    this.trailSize = 0;
    this.violations = [];
    this.clearFootprint();
    if (this.hashing) this.rehash();
  }

  private compile(task: Task): void {
    task.code.forEach((instruction, position) => {
      const row = this.first[task.id]! + position;
      this.grains[row] = GRAIN[instruction.grain];
      this.code[row] = compileInstruction(this, task, instruction);
      if (instruction.op !== "when") return;
      this.guards[row] = compileTest(this, instruction.test);
      this.timeouts.add(this, row, instruction);
    });
  }

  /** Private work in front of a task's first step (a loop's counter, say) is done from the start: nobody can tell. */
  private enterCode(task: number): void {
    const { code } = this.program.tasks[task]!;
    const quiet = new Set(["set", "branch", "nothing"]);
    for (let moves = 0; moves < code.length; moves++) {
      const pc = this.state[this.pcSlots[task]!]!;
      const instruction = code[pc];
      if (instruction === undefined || instruction.grain !== "ride" || !quiet.has(instruction.op)) return;
      const mark = this.trailSize;
      try {
        this.current = task;
        this.write(this.pcSlots[task]!, this.code[this.rowOf(task)]!());
      } catch (problem) {
        if (!(problem instanceof Raise)) throw problem;
        this.undo(mark);
        return;
      }
    }
  }

  // ------------------------------------------------------------------------------------------------------- the steps

  /** Whether the task can take a step now without waiting. (A wait with a timeout can also `expire`.) */
  ready(task: number): boolean {
    const life = this.get(this.lifeSlots[task]!);
    if (life !== LIFE.alive) return life === LIFE.dying;
    if (this.threadSlots[task]! >= 0 && !this.mayHaveThread(task)) return false;
    return this.holds(task, this.rowOf(task));
  }

  /** The row of the position at which the task stands. */
  rowOf(task: number): number {
    return this.first[task]! + this.state[this.pcSlots[task]!]!;
  }

  /** Whether the guard of a row of the task (if it has one) is true. */
  holds(task: number, row: number): boolean {
    const guard = this.guards[row]!;
    if (guard === null) return true;
    const generated = this.generated === null ? null : this.generated[task]!;
    if (generated === null) return this.testGuard(guard);
    const { first } = generated;
    return generated.guard(generated.at, first, row - first);
  }

  /** Coroutines: whether the thread is this one's, or free. */
  mayHaveThread(task: number): boolean {
    const holder = this.get(this.threadSlots[task]!);
    return holder === task || holder === NULL;
  }

  /** Whether the task is a coroutine (or a process with coroutines) that has the thread but has to wait. */
  mustLetGo(task: number): boolean {
    const slot = this.threadSlots[task]!;
    if (slot < 0 || this.get(this.lifeSlots[task]!) !== LIFE.alive || this.get(slot) !== task) return false;
    return !this.holds(task, this.rowOf(task));
  }

  /** The step of a coroutine that comes to a wait: another may have the thread. */
  letGo(task: number): void {
    this.begin(task, 0);
    this.write(this.threadSlots[task]!, NULL);
  }

  /** Whether any step of the task is possible at some time: it is ready, or waits with a timeout. */
  enabled(task: number): boolean {
    if (this.ready(task) || this.mustLetGo(task)) return true;
    if (this.state[this.lifeSlots[task]!] !== LIFE.alive || !this.hasTimeout(task)) return false;
    return this.threadSlots[task]! < 0 || this.mayHaveThread(task);
  }

  /** Whether the task stands at a wait that may end by timeout. */
  hasTimeout(task: number, row = this.rowOf(task)): boolean {
    return this.timeouts.has(row);
  }

  /** The timeout of the wait at which the task stands, in grains; −1 without one. Evaluated in the task's name. */
  timeoutOf(task: number): number {
    this.current = task;
    return this.timeouts.of(this.rowOf(task));
  }

  /**
   * The length of the delay at which the task stands, in grains. A random one is drawn now and used when it comes to it.
   */
  peekDelay(task: number): number {
    const pc = this.state[this.pcSlots[task]!]!;
    const instruction = this.program.tasks[task]!.code[pc];
    if (instruction?.op !== "delay" || instruction.time === null) return 0;
    let time = this.peeked.get(task);
    if (time === undefined) {
      this.current = task;
      const [raising] = raisingParts(instruction, this.program);
      if (raising !== undefined && raises(compileTimeCheck(this, raising))) return 0;
      time = this.timeEvaluator(instruction.time)();
      this.peeked.set(task, time);
    }
    return time;
  }

  /** Whether a step begins at the task's position (not: local work left over from `act`, or after a delay). */
  atStop(task: number): boolean {
    return this.grains[this.rowOf(task)] === GRAIN.stop;
  }

  /**
   * Takes the task's next step: to the next place where a step begins. If its guard is false and it has a timeout, the
   * step is to give up. The caller makes sure that the task is enabled. `known`: it has just asked `ready`, and nothing
   * has changed since, so the guard need not be tested again.
   */
  step(task: number, choice = 0, known = false): void {
    this.begin(task, choice);
    if (this.state[this.lifeSlots[task]!] === LIFE.dying) {
      this.die(task);
      return;
    }
    const threaded = this.threadSlots[task]! >= 0;
    if (threaded) {
      if (!known && this.mustLetGo(task)) return this.letGo(task);
      this.takeThread(task);
    }
    this.run(task, known ? this.state[this.pcSlots[task]!]! : this.entry(task), GRAIN.ride);
    if (threaded) this.leaveThread(task);
  }

  /**
   * `ready` and `step` in one, for the common case: the task is alive, belongs to no thread and need not wait. False,
   * and nothing is done, in any other case.
   */
  stepIfReady(task: number): boolean {
    const { state } = this;
    if (state[this.lifeSlots[task]!] !== LIFE.alive || this.threadSlots[task]! >= 0) return false;
    const pc = state[this.pcSlots[task]!]!;
    const row = this.first[task]! + pc;
    if (this.guards[row] !== null && !this.holds(task, row)) return false;
    this.fromStop = this.grains[row] === GRAIN.stop;
    this.begin(task, 0);
    this.run(task, pc, GRAIN.ride);
    return true;
  }

  /** Like `step`, but without the local work that rides along with it: for a wait that is granted while off the CPU. */
  act(task: number, known = false): void {
    this.begin(task, 0);
    this.run(task, known ? this.state[this.pcSlots[task]!]! : this.entry(task), GRAIN.inner);
  }

  private takeThread(task: number): void {
    this.write(this.threadSlots[task]!, task);
  }

  /** A co-operative delay and the end of a coroutine leave the thread to others. */
  private leaveThread(task: number): void {
    const slot = this.threadSlots[task]!;
    if (this.get(slot) !== task) return;
    const self = this.program.tasks[task]!;
    const over = this.get(this.lifeSlots[task]!) !== LIFE.alive;
    const delays = this.effect !== EFFECT.none && this.effect !== EFFECT.cpu && this.effectCooperative;
    if (over && self.returnsTo >= 0) this.write(slot, self.returnsTo);
    else if (over || delays) this.write(slot, NULL);
  }

  /** Where the step begins: at the position, or for a wait whose guard is false at what its timeout does. */
  private entry(task: number): number {
    const pc = this.state[this.pcSlots[task]!]!;
    const row = this.rowOf(task);
    if (this.holds(task, row) || this.timeouts.raises(row)) return pc;
    const instruction = this.program.tasks[task]!.code[pc]!;
    if (instruction.op !== "when" || instruction.missed < 0)
      throw new Error(`${this.program.tasks[task]!.name} is not enabled`);
    return instruction.missed;
  }

  private begin(task: number, choice: number): void {
    this.current = task;
    this.choice = choice;
    this.alternatives = 1;
    this.effect = EFFECT.none;
    this.fuel = FUEL;
  }

  private run(task: number, from: number, through: number): void {
    const first = this.first[task]!;
    if (this.untilHot > 0 && --this.untilHot === 0) this.heat();
    const generated = this.generated === null ? null : this.generated[task]!;
    let pc = from;
    for (;;) {
      try {
        if (generated === null) pc = this.perform(first, pc, through);
        else pc = this.generatedSteps(generated, task, pc, through);
        break;
      } catch (problem) {
        pc = this.handle(task, this.at, problem);
        if (this.grains[first + pc] === GRAIN.stop || --this.fuel <= 0) break;
      }
    }
    this.write(this.pcSlots[task]!, this.fuel <= 0 ? this.runsForEver(task) : pc);
  }

  private runsForEver(task: number): number {
    this.violate(
      "livelock",
      "endless loop",
      "runs for ever without a step that takes time or that others can see",
      task,
      this.program.tasks[task]!.code[this.at]!.span,
    );
    return this.finish(task, 1);
  }

  private generatedSteps(generated: Generated, task: number, pc: number, through: number): number {
    return generated.stepper(generated.at, generated.first, pc, through, task);
  }

  /**
   * Takes steps of the task until it has to wait, a step has an effect, or the driver should have a look (one of
   * `PAUSE`): because it is over, because `budget` steps were taken, or because nothing of this kind can be done.
   * `log` hears of every step. For drivers that take nothing back.
   */
  advance(task: number): number {
    const generated = this.many[task]!;
    const { state } = this;
    if (generated === null || state[generated.lifeSlot] !== LIFE.alive) return PAUSE.other;
    const { first, pcSlot } = generated;
    const pc = state[pcSlot]!;
    this.begin(task, 0);
    this.kind = this.grains[first + pc] === GRAIN.stop ? 0 : 2;
    this.stood = pc;
    try {
      const pause = generated.stepper(generated.at, first, pc, MANY, task);
      if (this.fuel > 0) return pause;
      this.write(pcSlot, this.runsForEver(task));
    } catch (problem) {
      const handler = this.handle(task, this.at, problem);
      if (this.grains[first + handler] === GRAIN.stop) this.write(pcSlot, handler);
      else this.run(task, handler, GRAIN.ride);
    }
    this.log.step(task, this.kind, 0, state[pcSlot]!);
    this.budget -= 1;
    this.attend();
    return PAUSE.other;
  }

  /** In the middle of `advance`: others hear of what the step wrote. Whether the task may go on. */
  attend(): boolean {
    const { current, effect, effectTime, effectCooperative } = this;
    const goesOn = this.onWrite(current, this.stood);
    this.current = current;
    this.effect = effect;
    if (effect !== EFFECT.none) {
      this.effectTime = effectTime;
      this.effectCooperative = effectCooperative;
    }
    return goesOn;
  }

  /** Performs instructions from `pc` to the end of the step and gives the position then, as a `Stepper` does. */
  private perform(first: number, from: number, through: number): number {
    const { code, grains } = this;
    let pc = from;
    for (;;) {
      this.at = pc;
      pc = code[first + pc]!();
      if (this.effect !== EFFECT.none) return pc;
      const grain = grains[first + pc]!;
      if (grain === GRAIN.stop || grain > through) return pc;
      if (pc <= this.at && --this.fuel <= 0) return pc;
    }
  }

  /** The run has become a long one: from now on generated functions take its steps. Footprints need the closures. */
  private heat(): void {
    if (this.recording) return;
    this.beforeHeat?.();
    try {
      this.generated = generate(this, this.code, this.first);
      this.many = this.generated.map((generated) => (generated?.many === true ? generated : null));
    } catch (problem) {
      // Node was told to make no code from text: the closures go on
      if (!(problem instanceof EvalError)) throw problem;
    }
  }

  /** For generated guards: the closure of a row's guard. */
  testAt(row: number): boolean {
    return this.testGuard(this.guards[row]!);
  }

  /** An exception: to the handler of the instruction, or the end of the task. */
  private handle(task: number, at: number, problem: unknown): number {
    if (!(problem instanceof Raise)) throw problem;
    const { code, epilogue, exitSlot } = this.program.tasks[task]!;
    const instruction = code[at]!;
    this.onRaise?.(problem.name, instruction);
    const origin = this.origins?.note(task, problem, instruction);
    if (instruction.handler >= 0) {
      this.write(instruction.exception, this.program.values.encode(problem.name));
      return instruction.handler;
    }
    this.violations.push(uncaught(this.program, task, problem, instruction, origin));
    if (epilogue >= 0 && at < epilogue) {
      // the main thread is over, its process goes on until its other threads are
      this.write(exitSlot, 1);
      return epilogue;
    }
    return this.finish(task, 1);
  }

  violate(kind: FindingKind, name: string, message: string, task: number, span: Span): void {
    this.violations.push({ kind, name, message, task, span });
  }

  /** Ends the task: its life, its exit code, and what dies with it. Returns the position behind its code. */
  finish(task: number, exitCode: number): number {
    const { tasks } = this.program;
    const self = tasks[task]!;
    this.write(self.exitSlot, exitCode);
    this.write(self.lifeSlot, LIFE.ended);
    for (const other of this.dependants[task]!) {
      const mine = other.owner === task || this.get(other.parentSlot) === task;
      if (mine) this.kill(other.id);
    }
    this.endScenarioDaemons(self);
    return self.code.length;
  }

  /**
   * Daemons that started by themselves end with the last process of that kind that is no daemon; the workers of a
   * resource when no process at all is left that is none, since those started by hand may use it as well.
   */
  private endScenarioDaemons(ended: Task): void {
    if (!this.anyTopDaemon || ended.daemon || ended.type !== "process") return;
    const lives = (task: Task): boolean => !task.daemon && this.get(task.lifeSlot) === LIFE.alive;
    if (!ended.manual && !this.top.some(lives))
      for (const task of this.top) if (task.daemon && !task.worker) this.kill(task.id);
    if (this.workers.length > 0 && !this.processes.some(lives)) for (const task of this.workers) this.kill(task.id);
  }

  private kill(task: number): void {
    const { lifeSlot, exitSlot, pcSlot, code } = this.program.tasks[task]!;
    const life = this.get(lifeSlot);
    if (life !== LIFE.alive && life !== LIFE.dying) return;
    this.write(lifeSlot, LIFE.ended);
    this.write(exitSlot, -15);
    this.write(pcSlot, code.length);
    for (const other of this.program.tasks) if (other.owner === task) this.kill(other.id);
  }

  /** The step of a task that was told to terminate. */
  private die(task: number): void {
    this.kill(task);
    const self = this.program.tasks[task]!;
    this.endScenarioDaemons(self);
  }

  private testGuard(guard: () => boolean): boolean {
    try {
      return guard();
    } catch (problem) {
      // a guard that raises lets its task go on, so that the step itself reports the exception
      if (problem instanceof Raise) return true;
      throw problem;
    }
  }

  /** Asked by `choose` and `pick`: which of `count` alternatives. */
  choose(count: number, kind: "choose" | "pick"): number {
    this.alternatives *= count;
    if (this.decide !== null) return this.decide(this.current, count, kind);
    // a step that chooses several times reads the number of its alternative digit by digit
    const digit = this.choice % count;
    this.choice = (this.choice - digit) / count;
    return digit;
  }

  // --------------------------------------------------------------------------------------------- what drivers provide

  /** The name of a task's state as `state(P)` gives it. */
  stateName(task: number): string {
    return stateName(this, task);
  }

  isZombie(task: number): boolean {
    return isZombie(this, task);
  }

  nowValue(): Value {
    return this.unitsOf(this.now);
  }

  /** Grains as a value in units. */
  unitsOf(grains: number): Value {
    let scale = 0;
    while (scale < 15 && powerOfTen(scale) < this.grainsPerUnit) scale += 1;
    return Decimal.of(grains, scale) ?? grains;
  }

  draw(): number {
    if (this.streams === null) throw new Error("random times need a driver that has a seed");
    return this.streams.next(this.current);
  }

  /** A draw from a small number of equally likely values: 0 … count − 1. */
  drawIndex(count: number): number {
    const decided = this.decideDraw?.(this.current, count) ?? null;
    return decided ?? Math.floor(this.draw() * count);
  }

  /** The stream of the task at hand, as a function. */
  drawStream(): () => number {
    return this.drawer;
  }
  private readonly drawer = (): number => this.draw();

  /** Compiles an expression for whoever asks about the state from outside (properties, attributes). */
  test(expr: Expr): () => boolean {
    const test = compileTest(this, expr);
    return () => {
      try {
        return test();
      } catch (problem) {
        if (problem instanceof Raise) return false;
        throw problem;
      }
    };
  }

  evaluator(expr: Expr): () => number {
    return compileExpr(this, expr);
  }

  timeEvaluator(expr: Expr): () => number {
    return compileTime(this, expr);
  }
}

export { EFFECT, ListOverflow, type MachineOptions, NULL, PAUSE, type Violation };

/** Stands in the place of an instruction behind the last one. */
function offTheEnd(): number {
  throw new Error("no instruction stands behind the end of a task's code");
}
