/** The thread of a helper: see helper.ts. */
import { parentPort, workerData } from "node:worker_threads";
import { type HelperTask, help } from "./helper.ts";

if (parentPort !== null) help(workerData as HelperTask, parentPort);
