/** `run`: plays a checked scenario once in virtual time. */
import type { Decimal } from "../base/decimal.ts";
import { RandomStreams, randomStream } from "../base/random.ts";
import { describeDeadlock, endingsOf, stuckTasks, waitName } from "../detect/deadlock.ts";
import { describeProperty } from "../detect/property.ts";
import { sharedValues } from "../detect/read.ts";
import type { Finding } from "../machine/finding.ts";
import { repeats } from "../machine/generate.ts";
import { ListOverflow, Machine, type Violation } from "../machine/machine.ts";
import { Origins } from "../machine/origins.ts";
import { slotsRead } from "../program/footprint.ts";
import { lower } from "../program/lower.ts";
import { FIRST_LIST_ROOM } from "../program/memory.ts";
import type { Program, ProgramProperty } from "../program/program.ts";
import type { Scenario, SchedulerSpecification, Span } from "../scenario/ast.ts";
import { locate } from "../scenario/load.ts";
import { OptionError } from "../scenario/option-error.ts";
import { checkScheduler, schedulerTimes } from "../schedulers/check.ts";
import type { CheckedScheduler, Conventions } from "../schedulers/policy.ts";
import { describeScheduler, makePolicy } from "../schedulers/registry.ts";
import { grainsOf, grainsPerUnit } from "./clock.ts";
import { Driver, type Oracle } from "./driver.ts";
import { defaultHorizon } from "./horizon.ts";
import { Recorder } from "./recorder.ts";
import type { RunResult } from "./result.ts";
import { summarise } from "./summary.ts";
import { STATUS, type TaskState } from "./task-state.ts";
import { tieWarnings } from "./ties.ts";
import { readTime } from "./time-option.ts";
import { Tracer } from "./tracer.ts";

export interface RunOptions {
  readonly seed?: string;
  readonly scheduler?: SchedulerSpecification;
  readonly cores?: number;
  /** in units, or with a unit: "2 s" */
  readonly until?: string | Decimal;
  readonly trace?: boolean;
  /** decides all that the scheduler and the timing leave open, instead of the seed */
  readonly oracle?: Oracle;
  /** steps until generated code takes over: it changes no result, see machine/generate.ts */
  readonly hot?: number;
  /** the scenario compiled, by the room for its lists: whoever plays it often need not have it compiled each time */
  readonly programs?: Map<number, Program>;
  /** filled with the time of each entry of the schedule, in units */
  readonly stepTimes?: number[];
  /** false leaves out the runs that find out whether a tie rule mattered */
  readonly ties?: boolean;
}

/**
 * Plays the scenario once. The same scenario, options and version of sim give the same result, byte for byte.
 *
 * @throws OptionError if the scheduler or the time limit given makes no sense
 */
export function run(scenario: Scenario, options: RunOptions = {}): RunResult {
  return toTheEnd(play(scenario, options));
}

/**
 * The same in pieces: the generator stops now and then; `next(true)` ends the run there, with what is known.
 *
 * @throws OptionError if the scheduler or the time limit given makes no sense
 */
export function* play(scenario: Scenario, options: RunOptions = {}): Generator<undefined, RunResult, boolean> {
  const setting = settle(scenario, options);
  const result = yield* playWithRoom(setting, setting.scheduler.conventions);
  if (options.ties !== false && result.status !== "limit") {
    const again = (conventions: Conventions): RunResult =>
      toTheEnd(playWithRoom({ ...setting, trace: false }, conventions));
    result.warnings.push(...tieWarnings(result, setting.scheduler, again));
  }
  return result;
}

interface Settled {
  readonly scenario: Scenario;
  readonly scheduler: CheckedScheduler;
  readonly seed: string;
  readonly cores: number;
  readonly unit: number;
  readonly until: number;
  readonly trace: boolean;
  readonly oracle: Oracle | null;
  readonly hot: number | undefined;
  readonly stepTimes: number[] | null;
  readonly programs: Map<number, Program>;
}

function settle(scenario: Scenario, options: RunOptions): Settled {
  const specification = options.scheduler ?? scenario.scheduler;
  const until = options.until === undefined ? scenario.until : readTime(options.until, scenario.unit);
  if (until === null && options.until !== undefined) throw new OptionError(`'${options.until}' is no time`);
  const unit = grainsPerUnit(scenario, [...schedulerTimes(specification), ...(until === null ? [] : [until])]);
  const { scheduler, problems } = checkScheduler(
    specification,
    (time) => grainsOf(time, unit),
    (text) => readTime(text, scenario.unit),
  );
  if (scheduler === null) {
    throw new OptionError(
      problems.map((problem) => problem.message).join("; "),
      problems.map(({ code, message, hint }) => ({ code, message, ...(hint === null ? {} : { hint }) })),
    );
  }
  return {
    scenario,
    scheduler,
    seed: options.seed ?? "1",
    cores: options.cores ?? scenario.cores,
    unit,
    until: until === null ? defaultHorizon(scenario, unit) : grainsOf(until, unit),
    trace: options.trace ?? false,
    oracle: options.oracle ?? null,
    hot: options.hot,
    stepTimes: options.stepTimes ?? null,
    programs: options.programs ?? new Map(),
  };
}

/** Plays, and plays again with more room if an unbounded list needed more than it was given. */
function* playWithRoom(setting: Settled, conventions: Conventions): Generator<undefined, RunResult, boolean> {
  for (let room = firstRoom(setting.scenario); ; room *= 4) {
    try {
      const program = setting.programs.get(room) ?? lower(setting.scenario, room);
      setting.programs.set(room, program);
      return yield* playProgram(setting, conventions, program);
    } catch (problem) {
      if (!(problem instanceof ListOverflow) || room > 1_000_000) throw problem;
    }
  }
}

/** Few lists may have plenty of room from the start: playing again costs more than the memory. */
function firstRoom(scenario: Scenario): number {
  const many = [...scenario.resources, ...scenario.processes].reduce((sum, each) => sum + (each.count ?? 1), 0);
  return many + scenario.shared.length <= FEW ? PLENTY : FIRST_LIST_ROOM;
}
const FEW = 8;
const PLENTY = 16 * FIRST_LIST_ROOM;

function toTheEnd(playing: Generator<undefined, RunResult, boolean>): RunResult {
  let piece = playing.next(false);
  while (piece.done !== true) piece = playing.next(false);
  return piece.value;
}

/** Whoever repeats something so often makes the run a long one. */
const MANY_ROUNDS = 1000;

function* playProgram(
  setting: Settled,
  conventions: Conventions,
  program: Program,
): Generator<undefined, RunResult, boolean> {
  const { scenario, unit, seed, oracle } = setting;
  const units = (grains: number): number => grains / unit;
  // a run that is sure to be a long one need not wait for its generated functions
  const hot = setting.hot ?? (repeats(program, MANY_ROUNDS) ? 1 : undefined);
  const machine = new Machine(program, {
    recording: setting.trace,
    grainsPerUnit: unit,
    ...(hot === undefined ? {} : { hot }),
  });
  machine.origins = new Origins();
  const scheduler = { ...setting.scheduler, conventions };
  const policy = makePolicy(scheduler, {
    unit,
    cores: setting.cores,
    random: (name) => randomStream(seed, `scheduler/${name}`),
    chooser: oracle === null ? null : { choose: (tasks) => oracle.pick(tasks as readonly TaskState[], machine) },
  });
  const recorder = new Recorder(
    units,
    program.tasks.map((task) => task.name),
  );
  if (setting.stepTimes !== null) {
    setting.stepTimes.length = 0;
    recorder.times = setting.stepTimes;
  }
  const tracer = setting.trace ? new Tracer(policy, units) : null;
  giveStreams(machine, seed, oracle);
  const findings: Finding[] = [];
  const violations: Violation[] = [];
  const report = (
    kind: Finding["kind"],
    name: string,
    message: string,
    processes: string[],
    span: Span,
    time: number,
    extra: Partial<Finding> = {},
  ): void => {
    if (
      findings.some(
        (finding) =>
          finding.kind === kind && finding.name === name && (kind === "invariant" || finding.message === message),
      )
    )
      return;
    findings.push({
      kind,
      name,
      message,
      processes,
      file: scenario.source.file,
      ...locate(scenario.source, span.start),
      time: units(time),
      ...extra,
    });
  };
  const properties = watch(machine, program, oracle);
  const driver: Driver = new Driver(machine, {
    cores: setting.cores,
    policy,
    oracle,
    tie: conventions.tie,
    lowFirst: conventions.priorityOrder === "low_first",
    contextSwitch: grainsOf(scenario.contextSwitch, unit),
    stepCost: grainsOf(scenario.stepCost, unit),
    until: setting.until,
    recorder,
    tracer,
    watched: properties.slots,
    onViolation: (violation: Violation, now) => {
      violations.push(violation);
      const task = program.tasks[violation.task]!;
      report(violation.kind, violation.name, violation.message, [task.name], violation.span, now);
    },
    onChange: (task, now) => {
      for (const property of properties.broken()) {
        report(
          "invariant",
          property.name,
          `${describeProperty(machine, property)}, after this step of ${task.name}`,
          [task.name],
          driver.lastSpan(task),
          now,
        );
      }
    },
  });
  if (oracle === null) decideChoices(machine, driver, seed);
  else askOracle(machine, driver, oracle);
  for (const property of properties.broken())
    report(
      "invariant",
      property.name,
      `${describeProperty(machine, property)}, already at the start`,
      [],
      property.span,
      0,
    );
  yield* driver.run();

  const canMove = (task: number): boolean => driver.canStillMove(task);
  const stuck = stuckTasks(machine, canMove);
  const deadlock = describeDeadlock(machine, stuck, { canMove, endings: endingsOf(program, violations) });
  if (deadlock !== null) {
    const [first] = deadlock.tasks;
    const names = deadlock.tasks.map((each) => program.tasks[each.task]!.name);
    report(
      "deadlock",
      "deadlock",
      deadlock.message,
      names,
      first!.instruction.span,
      driver.now,
      deadlock.cycle.length > 0 ? { cycle: [...deadlock.cycle] } : {},
    );
    for (const each of deadlock.tasks) driver.tasks[each.task]!.why = `waits for ${waitName(machine, each)}`;
  }
  const finished = program.tasks.every((task) => task.daemon || driver.tasks[task.id]!.status === STATUS.ended);
  if (finished) {
    for (const property of properties.unmet())
      report(
        "final",
        property.name,
        `${describeProperty(machine, property)}, when all had ended`,
        [],
        property.span,
        driver.now,
      );
    for (const property of properties.neverTrue())
      report("eventually", property.name, `${property.name} never came true`, [], property.span, driver.now);
  }
  const allowed = findings.filter((finding) => !scenario.check.allow.includes(finding.kind));
  return summarise({
    scenario,
    program,
    driver,
    recorder,
    tracer,
    seed,
    unit,
    scheduler: describeScheduler(scheduler, unit),
    reads: scheduler.policy.reads,
    cores: setting.cores,
    findings: allowed,
    deadlocked: deadlock !== null,
    finished,
    shared: sharedValues(machine),
  });
}

/** Each task draws its random times from a stream of its own, and its choices from another. An oracle hears of it. */
function giveStreams(machine: Machine, seed: string, oracle: Oracle | null): void {
  const names = machine.program.tasks.map((task) => task.name);
  machine.streams = oracle === null ? new RandomStreams(seed, names) : new HeardStreams(seed, names, oracle);
}

class HeardStreams extends RandomStreams {
  private readonly oracle: Oracle;

  constructor(seed: string, names: readonly string[], oracle: Oracle) {
    super(seed, names);
    this.oracle = oracle;
  }

  override next(index: number): number {
    this.oracle.drawn();
    return super.next(index);
  }
}

/** `choose` is drawn; `pick` (which waiter to notify) takes the one that has waited longest. */
function decideChoices(machine: Machine, driver: Driver, seed: string): void {
  const streams = new Map<number, () => number>();
  machine.decide = (task, count, kind) => {
    if (kind === "pick") return 0;
    let stream = streams.get(task);
    if (stream === undefined) {
      stream = randomStream(seed, `${machine.program.tasks[task]!.name}/choose`);
      streams.set(task, stream);
    }
    driver.lastChoice = Math.floor(stream() * count);
    return driver.lastChoice;
  };
}

/** More values than this are no small choice: such a draw comes from its stream. */
const SMALL_DRAW = 16;

/** `choose`, `pick` and draws from few values are the oracle's; the number of a step's alternative is made digit by digit. */
function askOracle(machine: Machine, driver: Driver, oracle: Oracle): void {
  oracle.begin();
  machine.decide = (_task, count) => {
    const digit = oracle.choose(count);
    driver.lastChoice += (digit * machine.alternatives) / count;
    return digit;
  };
  machine.decideDraw = (_task, count) => (count > SMALL_DRAW ? null : oracle.choose(count));
}

/** The scenario's properties, ready to be asked about the state at hand. */
function watch(machine: Machine, program: Program, oracle: Oracle | null) {
  const lifeSlots = program.tasks.map((task) => task.lifeSlot);
  const ready = (list: readonly ProgramProperty[]) =>
    list.map((property) => ({ property, test: machine.test(property.test) }));
  const always = ready(program.properties.always);
  const final = ready(program.properties.finally);
  const eventually = ready(program.properties.eventually).map((each) => ({ ...each, seen: false }));
  const reachable = oracle === null ? [] : ready(program.properties.reachable);
  const look = (): void => {
    for (const each of eventually) if (!each.seen && each.test()) each.seen = true;
    for (const { property, test } of reachable) if (test()) oracle!.reached(property.name);
  };
  return {
    slots: [...always, ...eventually, ...reachable].flatMap(({ property }) => slotsRead(property.test, lifeSlots)),
    broken(): ProgramProperty[] {
      look();
      return always.filter(({ test }) => !test()).map(({ property }) => property);
    },
    unmet: () => final.filter(({ test }) => !test()).map(({ property }) => property),
    neverTrue(): ProgramProperty[] {
      look();
      return eventually.filter((each) => !each.seen).map(({ property }) => property);
    },
  };
}

export { OptionError };
