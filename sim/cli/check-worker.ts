/** The worker thread of a long `sim check`: loads the scenario again, checks it, and sends the answer back. */
import { parentPort, workerData } from "node:worker_threads";
import { check } from "../explore/check.ts";
import type { WorkerMessage, WorkerTask } from "../explore/interruptible.ts";
import type { Progress } from "../explore/options.ts";
import { loadScenario } from "../index.ts";

const task = workerData as WorkerTask;
const stop = new Int32Array(task.stop);
const send = (message: WorkerMessage): void => parentPort?.postMessage(message);
let shownAt = 0;
const onProgress = (progress: Progress): void => {
  if (progress.seconds < shownAt) return;
  shownAt = progress.seconds + 0.1;
  send({ progress: { ...progress } });
};

try {
  const scenario = loadScenario({ text: task.text, file: task.file }, { set: task.set });
  const signal = {
    get aborted() {
      return Atomics.load(stop, 0) === 1;
    },
  };
  // plain data, but with objects that have no prototype, which a message would lose
  const result = check(scenario, { ...task.options, signal, ...(task.progress ? { onProgress } : {}) });
  send({ result: JSON.parse(JSON.stringify(result)) as typeof result });
} catch (error) {
  send({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
}
