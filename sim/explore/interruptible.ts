/**
 * A check that can be interrupted. A strategy leaves no turn to the event loop, so signals would go unheard. Breadth first
 * can pause, so it goes on here, in this thread, after a look at what the user wants. What else takes longer than a first
 * stretch goes to a worker thread, where it begins again, and this one listens.
 */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { setFlagsFromString } from "node:v8";
import { Worker } from "node:worker_threads";
import type { Scenario } from "../scenario/ast.ts";
import { openBudget } from "./budget.ts";
import { check, checkInPieces } from "./check.ts";
import { type CheckOptions, DEFAULTS, type Progress } from "./options.ts";
import type { CheckResult } from "./result.ts";

/** Seconds tried in this thread without a turn for others. Whoever interrupts waits no longer than that. */
const STRETCH = 1.5;
/** The same where nothing is reduced. */
const PLAIN_STRETCH = 0.3;
/** Seconds after which whoever can pause does. */
const PIECE = 0.5;

export interface Listener {
  interrupted(): boolean;
  /** lets signals be noticed */
  pause(): Promise<void>;
  readonly onProgress: ((progress: Progress) => void) | undefined;
}

/** What the worker is given. */
export interface WorkerTask {
  readonly text: string;
  readonly file: string;
  readonly set: readonly { readonly name: string; readonly value: string }[];
  readonly options: CheckOptions;
  /** becomes 1 when the user wants to stop */
  readonly stop: SharedArrayBuffer;
  readonly progress: boolean;
}

export type WorkerMessage =
  | { readonly progress: Progress }
  | { readonly result: CheckResult }
  | { readonly error: string };

/** The same answer as `check`, except that an interruption ends it early with what is known. */
export async function checkInterruptible(
  scenario: Scenario,
  options: CheckOptions,
  set: readonly { readonly name: string; readonly value: string }[],
  listener: Listener,
): Promise<CheckResult> {
  const onProgress = listener.onProgress === undefined ? {} : { onProgress: listener.onProgress };
  const limit = options.timeLimit ?? DEFAULTS.timeLimit;
  const file = workerFile();
  if (file === null || limit <= STRETCH) return check(scenario, { ...options, ...onProgress });
  await listener.pause();
  // whoever asks for the plain graph has many states to wait for, and a worker's code is optimised better in the end
  const isPlain = options.reduction === false;
  const turn = new Turn(isPlain ? PLAIN_STRETCH : STRETCH);
  // helpers would hardly have started before the worker begins; with them, that is where breadth first goes on
  const pauses = (options.workers ?? 1) === 1 && !isPlain;
  const here = { ...options, workers: 1, signal: turn, ...onProgress };
  const checking = checkInPieces(scenario, here, () => pauses && turn.isLong);
  let piece = optimisedSoon(() => checking.next());
  while (piece.done !== true) {
    await listener.pause();
    turn.begin(listener.interrupted());
    piece = checking.next();
  }
  if (!turn.isOver) return piece.value;
  await listener.pause();
  if (listener.interrupted()) return { ...piece.value, explored: { ...piece.value.explored, stopped: "interrupted" } };
  return inWorker(
    file,
    {
      text: scenario.source.text,
      file: scenario.source.file,
      set,
      options: { ...options, timeLimit: Math.max(1, limit - turn.seconds()) },
      stop: new SharedArrayBuffer(4),
      progress: listener.onProgress !== undefined,
    },
    listener,
  );
}

/** This thread's turn at a check, between two looks at what the user wants. */
class Turn {
  private readonly time = openBudget(Number.POSITIVE_INFINITY, () => false);
  private readonly stretch: number;
  private begun = 0;
  private interrupted = false;
  /** it took too long */
  isOver = false;

  constructor(stretch: number) {
    this.stretch = stretch;
  }

  begin(interrupted: boolean): void {
    this.begun = this.seconds();
    this.interrupted = interrupted;
  }

  /** Whether whoever can pause should. */
  get isLong(): boolean {
    return this.seconds() - this.begun > PIECE;
  }

  /** Asked every so many steps: whether to stop for good. */
  get aborted(): boolean {
    this.isOver ||= this.seconds() - this.begun > this.stretch;
    return this.isOver || this.interrupted;
  }

  /** Since the first turn began. */
  seconds(): number {
    return this.time.seconds();
  }
}

/**
 * How V8 optimises a function: how much of others it builds into it, and whether it unrolls the first round of loops.
 * A small check is over before much of it has been optimised, so what counts is that the optimiser is through with each
 * function soon; that saves a sixth of the whole time.
 */
const SOON = ["--max-inlined-bytecode-size-cumulative=150", "--no-turbo-loop-peeling"];
/** As V8 does by itself. */
const WELL = ["--max-inlined-bytecode-size-cumulative=920", "--turbo-loop-peeling"];

/** Of Node: the last that is known to have these flags. V8 complains on standard output about a flag that it has not. */
const LAST = 25;

function optimisedSoon<T>(action: () => T): T {
  optimise(SOON);
  try {
    return action();
  } finally {
    optimise(WELL);
  }
}

function optimise(flags: readonly string[]): void {
  if (Number.parseInt(process.versions.node, 10) <= LAST) for (const flag of flags) setFlagsFromString(flag);
}

/** Beside the program in an installed sim; null where the sources run by themselves (tests). */
function workerFile(): string | null {
  const path = fileURLToPath(new URL("./check-worker.mjs", import.meta.url));
  return existsSync(path) ? path : null;
}

async function inWorker(file: string, task: WorkerTask, listener: Listener): Promise<CheckResult> {
  const stop = new Int32Array(task.stop);
  const worker = new Worker(file, { workerData: task });
  const watch = setInterval(() => {
    if (listener.interrupted()) Atomics.store(stop, 0, 1);
  }, 50);
  try {
    return await new Promise<CheckResult>((resolve, reject) => {
      worker.on("message", (message: WorkerMessage) => {
        if ("progress" in message) listener.onProgress?.(message.progress);
        else if ("result" in message) resolve(message.result);
        else reject(new Error(message.error));
      });
      worker.on("error", reject);
      worker.on("exit", (code) => reject(new Error(`the worker ended with ${code} before it had an answer`)));
    });
  } finally {
    clearInterval(watch);
    await worker.terminate();
  }
}
