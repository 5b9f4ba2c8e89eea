/** `check`: explores the orders of a scenario and says what it found, what it covered and how sure the answer is. */

import type { Finding } from "../machine/finding.ts";
import { ListOverflow } from "../machine/machine.ts";
import { asksForPositions } from "../program/footprint.ts";
import { lower } from "../program/lower.ts";
import { FIRST_LIST_ROOM } from "../program/memory.ts";
import type { Program } from "../program/program.ts";
import { OptionError } from "../run/run.ts";
import type { Scenario } from "../scenario/ast.ts";
import { settingsPart } from "../scenario/commands.ts";
import { didYouMean } from "../scenario/suggest.ts";
import { type Plan, planStrategies } from "./auto.ts";
import { type Budget, openBudget } from "./budget.ts";
import { countOrders } from "./counting.ts";
import { makeJudge, type WatchfulJudge } from "./judge.ts";
import { type Endless, searchEndless } from "./liveness.ts";
import { type CheckOptions, DEFAULTS } from "./options.ts";
import { compareOutcomes } from "./outcome-order.ts";
import { Presenter, SHOWN_ONCE, scheduleOf } from "./present.ts";
import { findStrategy, STRATEGIES } from "./registry.ts";
import type { CheckResult, Explored, OutcomeRow } from "./result.ts";
import type { Exploration, Found, Outcome, StrategyResult } from "./strategy.ts";
import { checkUnderScheduler } from "./under-scheduler.ts";

/**
 * Explores the orders of a checked scenario.
 *
 * The answer depends on the scenario, the options and the version of sim alone, as long as no time limit ends it.
 *
 * @throws OptionError if an option makes no sense
 */
export function check(scenario: Scenario, options: CheckOptions = {}): CheckResult {
  const checking = checkInPieces(scenario, options, () => false);
  for (;;) {
    const piece = checking.next();
    if (piece.done === true) return piece.value;
  }
}

/** A check that lets others have a turn, wherever it can and `pause` says so. */
export type Checking = Generator<undefined, CheckResult, void>;

/** The same in pieces. */
export function* checkInPieces(scenario: Scenario, options: CheckOptions, pause: () => boolean): Checking {
  const budget = openBudget(options.timeLimit ?? DEFAULTS.timeLimit, () => options.signal?.aborted === true);
  if (options.under === "scheduler") return checkUnderScheduler(scenario, options, budget);
  for (let room = FIRST_LIST_ROOM; room <= MOST_ROOM; room *= 4) {
    try {
      return yield* checkProgram(lower(scenario, room), scenario, options, budget, pause);
    } catch (problem) {
      if (!(problem instanceof ListOverflow)) throw problem;
    }
  }
  return yield* checkGrowing(scenario, options, budget, pause);
}

/** Items in a list without a greatest length, beyond which it is taken to grow for ever. */
const MOST_ROOM = 256;

/** With a list that grows and grows there is no end to the states: only short orders are looked at. */
function* checkGrowing(scenario: Scenario, options: CheckOptions, budget: Budget, pause: () => boolean): Checking {
  // so many steps cannot overfill a list that starts empty; no reduction, since that goes on beyond the depth by itself
  const depth = Math.min(options.depth ?? MOST_ROOM, MOST_ROOM - 1);
  const note = `a list without a greatest length (an unbounded queue?) grows beyond ${MOST_ROOM} items, so only orders of at most ${depth} steps were looked at`;
  const short: CheckOptions = {
    ...options,
    depth,
    reduction: false,
    strategy: options.strategy === undefined || options.strategy === "auto" ? "bfs" : options.strategy,
  };
  for (let room = MOST_ROOM * 4; ; room *= 4) {
    try {
      const result = yield* checkProgram(lower(scenario, room), scenario, short, budget, pause, true);
      return { ...result, notes: [note, ...result.notes] };
    } catch (problem) {
      if (!(problem instanceof ListOverflow) || room > 1_000_000) throw problem;
    }
  }
}

const NOT_LOOKED_AT: Endless = { found: [], complete: false, note: null, states: undefined };

interface Tried {
  readonly plan: Plan;
  readonly result: StrategyResult;
}

function* checkProgram(
  program: Program,
  scenario: Scenario,
  options: CheckOptions,
  budget: Budget,
  pause: () => boolean,
  growing = false,
): Checking {
  const judge = makeJudge(program, scenario);
  const tried = yield* explore(program, judge, options, budget, pause);
  // the answer rests on what was complete, else on what went furthest: the first
  const chosen = tried.find((each) => each.result.complete) ?? tried[tried.length - 1]!;
  const complete = chosen.result.complete;
  const found = distinct(
    tried.flatMap((each) => each.result.found),
    options.all === true,
  );
  const notes: string[] = [];
  const endless = growing
    ? NOT_LOOKED_AT
    : searchEndless(program, scenario, {
        budget,
        // every order was played to its end, so that none is endless
        ended: complete && chosen.result.counters.executions !== null,
        strong: options.fairness === "strong",
        states: options.maxStates ?? DEFAULTS.maxStates,
        memory: options.memoryLimit ?? DEFAULTS.memoryLimit,
        exploration: exploration(program, judge, options, budget, budget, chosen.plan),
      });
  found.push(
    ...endless.found.filter((each) => !found.some((other) => other.kind === each.kind && other.name === each.name)),
  );
  if (endless.note !== null) notes.push(endless.note);
  if (complete) found.push(...unreached(program, judge));
  else if (program.properties.reachable.some((property) => !judge.reached.has(property.name))) {
    notes.push("not every state was seen, so what was not reached yet may still be reachable");
  }
  const presenter = new Presenter(program, scenario, {}, options.all === true);
  const findings = present(found, presenter, options.all === true);
  const outcomes = outcomeRows(program, tried);
  if (scenario.check.allow.includes("deadlock") && outcomes.some((each) => each.deadlock === true))
    notes.push("some orders end in a deadlock, which this scenario allows");
  if (asksForPositions(program))
    notes.push(
      "state(P) of a living process is 'blocked' here where it stands at a wait, else 'ready': without a clock nobody sleeps or is running",
    );
  const proven = complete && endless.complete;
  const { result } = chosen;
  const sure = tried.findLast((each) => each.result.confidence !== undefined)?.result.confidence;
  const counts = complete
    ? count(program, scenario, exploration(program, judge, options, budget, budget, chosen.plan), tried, result)
    : null;
  for (const finding of findings) {
    const isIt = (each: { readonly kind: string; readonly name: string }): boolean =>
      each.kind === finding.kind && each.name === finding.name;
    const counted = counts?.findings.find(isIt);
    // what was counted is any of that kind and name
    if (counted === undefined || findings.filter(isIt).length > 1) continue;
    finding.orders = counted.orders;
    finding.probability = counted.probability;
  }
  return {
    schema: "check/1",
    scenario: scenario.name,
    about: scenario.about,
    file: scenario.source.file,
    ...settingsPart(scenario),
    seed: options.seed ?? "1",
    verdict: findings.length > 0 ? "violated" : proven ? "holds" : "inconclusive",
    guarantee: complete ? "exhaustive" : guaranteeOf(tried),
    findings,
    outcomes,
    explored: explored(tried, chosen, budget, endless.states),
    ...(sure !== undefined && !complete ? { confidence: sure } : {}),
    ...(counts === null
      ? {}
      : { counts: { orders: counts.orders, failing: counts.failing, probability: counts.probability } }),
    notes,
  };
}

/** States of graphs whose orders are counted: it is a service, and nobody should wait for it. */
const COUNTED = 5_000;
/** The same where the search has stored no states, so that all of them have to be found first. */
const COUNTED_ANEW = 1_500;
/** A search that plays orders and needs more steps than this for one order of each class hardly has so few states. */
const PLAYED = 3 * COUNTED_ANEW;

/** How many orders there are and fail. A race as such is no failure: what comes of it is. Null where it is not known. */
function count(
  program: Program,
  scenario: Scenario,
  exploration: Exploration,
  tried: readonly Tried[],
  { space: before, counters }: StrategyResult,
): ReturnType<typeof countOrders> {
  if (counters.executions !== null && counters.transitions > PLAYED) return null;
  const judge = makeJudge(program, {
    ...scenario,
    check: { ...scenario.check, allow: [...scenario.check.allow, "data_race"] },
  });
  const flawless = tried.every(({ result }) => result.found.every((each) => each.kind === "data_race"));
  return countOrders(
    {
      ...exploration,
      judge,
      // so few states need no time limit, and what the answer contains must not depend on how busy the machine is
      stopRequested: () => (exploration.stopRequested() === "interrupted" ? "interrupted" : null),
      onProgress: () => {},
    },
    before === undefined ? COUNTED_ANEW : COUNTED,
    flawless,
    before,
  );
}

/** States in which more is looked for once an early look has found something: whoever waits has an answer to get. */
const ONCE_FOUND = 50_000;

function shortened(plan: Plan): Plan {
  const states = Math.min(plan.look?.states ?? ONCE_FOUND, ONCE_FOUND);
  return { ...plan, look: { ...plan.look, states } };
}

/** Tries the planned strategies until one is complete, something was found, or the budget is spent. */
function* explore(
  program: Program,
  judge: WatchfulJudge,
  options: CheckOptions,
  budget: Budget,
  pause: () => boolean,
): Generator<undefined, Tried[], void> {
  const tried: Tried[] = [];
  const plans = plansFor(program, options);
  let serious = false;
  for (const planned of plans) {
    const plan: Plan = serious ? shortened(planned) : planned;
    const share = plans.length === 1 ? budget : budget.share(plan.share);
    const given = exploration(program, judge, options, share, budget, plan);
    const mayPause = plan.strategy.pauses === true;
    const terms: Exploration = {
      ...given,
      stopRequested: () => given.stopRequested() ?? (mayPause && pause() ? "paused" : null),
    };
    // a search that has only come to the end of an early look goes on
    const before = tried.findLast((each) => each.plan.strategy === plan.strategy && each.result.resume !== undefined);
    let result = before?.result.resume?.(terms) ?? plan.strategy.explore(terms);
    while (result.stopped === "paused") {
      yield;
      result = result.resume!(terms);
    }
    tried.push({ plan, result });
    // a data race shows early and hides what it leads to, so the search goes on behind it
    serious ||= result.found.some((each) => each.kind !== "data_race");
    const enough = result.complete || (serious && plan.early !== true);
    if (enough || result.stopped === "interrupted" || budget.stopRequested() !== null) break;
  }
  return tried;
}

function plansFor(program: Program, options: CheckOptions): Plan[] {
  const name = options.strategy ?? "auto";
  if (name === "auto") return planStrategies(program, reduces(program, options));
  const strategy = findStrategy(name);
  if (strategy !== undefined) return [{ strategy, share: 1, why: "it was asked for" }];
  const names = ["auto", ...STRATEGIES.map((each) => each.name)];
  throw new OptionError(`there is no strategy '${name}': ${didYouMean(name, names, `there are ${names.join(", ")}`)}`);
}

/** Whether steps may be left out: not where every step of a task can be seen. */
function reduces(program: Program, options: CheckOptions): boolean {
  return (options.reduction ?? true) && !asksForPositions(program);
}

function exploration(
  program: Program,
  judge: WatchfulJudge,
  options: CheckOptions,
  share: Budget,
  budget: Budget,
  plan: Plan,
): Exploration {
  const look = plan.look ?? {};
  return {
    program,
    judge,
    limits: {
      ...(look.expected === undefined ? {} : { expected: look.expected }),
      runs: Math.min(options.maxRuns ?? DEFAULTS.maxRuns, look.runs ?? Number.POSITIVE_INFINITY),
      depth: Math.min(options.depth ?? DEFAULTS.depth, look.depth ?? Number.POSITIVE_INFINITY),
      states: Math.min(options.maxStates ?? DEFAULTS.maxStates, look.states ?? Number.POSITIVE_INFINITY),
      ...(options.maxStates === undefined ? {} : { visits: options.maxStates }),
      memory: options.memoryLimit ?? DEFAULTS.memoryLimit,
      endsAtDepth: look.endsAtDepth ?? false,
    },
    seed: options.seed ?? "1",
    preemptions: options.preemptions ?? null,
    bugDepth: options.bugDepth ?? DEFAULTS.bugDepth,
    reduction: reduces(program, options),
    exact: options.exact ?? false,
    all: options.all ?? false,
    workers: options.workers ?? 1,
    stopRequested: () => share.stopRequested(),
    onProgress: (counters) =>
      options.onProgress?.({ ...counters, strategy: plan.strategy.name, seconds: budget.seconds() }),
  };
}

function distinct(found: readonly Found[], all: boolean): Found[] {
  const kept = new Map<string, Found>();
  for (const each of found) {
    // the processes of an array are alike: what one of them does wrong is not told once more of another
    const key = all
      ? JSON.stringify([each.kind, each.name, each.message.replace(/\b(\w+)\[\d+\]/g, "$1[]"), each.span.start])
      : `${each.kind} ${each.name}`;
    const first = kept.get(key);
    if (first === undefined) kept.set(key, each);
    else kept.set(key, { ...first, places: new Set([...(first.places ?? []), ...(each.places ?? [])]) });
  }
  return [...kept.values()];
}

/** `reachable:` properties that were true in no state, once all states have been seen. */
function unreached(program: Program, judge: WatchfulJudge): Found[] {
  return program.properties.reachable
    .filter((property) => !judge.reached.has(property.name))
    .map((property) => ({
      kind: "unreachable",
      name: property.name,
      message: `${property.name} should be reachable, but no order leads to a state in which it is true`,
      tasks: [],
      span: property.span,
      path: [],
    }));
}

/** In a fixed order: by the interface's order of kinds, then by name. */
function present(found: readonly Found[], presenter: Presenter, all: boolean): Finding[] {
  const findings = found.flatMap((each) => {
    const finding = presenter.present(each);
    if (finding === null) return [];
    const more = !all && SHOWN_ONCE.has(each.kind) ? (each.places?.size ?? 1) - 1 : 0;
    return [more > 0 ? { ...finding, more } : finding];
  });
  const key = (finding: Finding): string =>
    `${ORDER.indexOf(finding.kind).toString().padStart(2, "0")} ${finding.name}`;
  const sorted = findings
    .map((finding, at) => ({ finding, at }))
    .sort((a, b) => compare(key(a.finding), key(b.finding)) || a.at - b.at);
  const shown = new Set<string>();
  return sorted
    .map(({ finding }) => finding)
    .filter((finding) => {
      const text = JSON.stringify([
        finding.kind,
        finding.name,
        ...(all ? [finding.message, finding.line, finding.column] : []),
      ]);
      if (shown.has(text)) return false;
      shown.add(text);
      return true;
    });
}

const ORDER: readonly Finding["kind"][] = [
  ...(["invariant", "final", "eventually", "unreachable", "assertion", "exception", "deadlock", "misuse"] as const),
  ...(["lost_wakeup", "livelock", "starvation", "data_race", "zombie"] as const),
];

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function outcomeRows(program: Program, tried: readonly Tried[]): OutcomeRow[] {
  const known = new Map<string, Outcome>();
  for (const { result } of tried) {
    for (const outcome of result.outcomes) {
      const key = `${outcome.key} ${outcome.deadlock}`;
      if (!known.has(key)) known.set(key, outcome);
    }
  }
  return [...known.values()]
    .map(({ shared, deadlock, path }) => ({
      shared,
      schedule: scheduleOf(program, path),
      ...(deadlock ? { deadlock: true as const } : {}),
    }))
    .sort(compareOutcomes);
}

function guaranteeOf(tried: readonly Tried[]): CheckResult["guarantee"] {
  // every order within a bound, where some strategy got through one
  return tried.some(({ result }) => result.bound !== undefined && result.bound >= 0) ? "bounded" : "sampled";
}

function explored(
  tried: readonly Tried[],
  chosen: Tried,
  budget: Budget,
  livenessStates: Explored["liveness"],
): Explored {
  const { result, plan } = chosen;
  const { counters } = result;
  const before = tried
    .filter((each) => each !== chosen)
    .map((each) => `${each.plan.strategy.name} ended at its limit of ${each.result.stopped ?? "nothing"}`);
  const bound = tried.reduce<number | undefined>(
    (most, each) => (each.result.bound === undefined ? most : Math.max(most ?? -1, each.result.bound)),
    undefined,
  );
  return {
    strategy: plan.strategy.name,
    why: [...before, plan.why].join("; "),
    states: counters.states,
    transitions: counters.transitions,
    executions: counters.executions,
    deadlocked: counters.deadlocked,
    depth: counters.depth,
    ...(counters.bytes === undefined ? {} : { bytes: counters.bytes }),
    complete: result.complete,
    seconds: Math.round(budget.seconds() * 1000) / 1000,
    reductions: [...result.reductions],
    stopped: result.stopped,
    attempts: tried.map((each) => ({
      strategy: each.plan.strategy.name,
      complete: each.result.complete,
      stopped: each.result.stopped,
      states: each.result.counters.states,
      executions: each.result.counters.executions,
    })),
    ...(bound === undefined ? {} : { bound }),
    ...(result.collisionProbability === undefined ? {} : { collision_probability: result.collisionProbability }),
    ...(livenessStates === undefined ? {} : { liveness: livenessStates }),
  };
}
