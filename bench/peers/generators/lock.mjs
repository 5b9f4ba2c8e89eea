/** 100 generators, each 10,000 times: acquire one lock, hold it 1 tick, release. */
import { measure } from "../measure.mjs";
import { Engine, Ring, WAIT } from "./engine.mjs";

const PROCESSES = 100;
const ROUNDS = 10_000;

measure(
  () => {
    const engine = new Engine();
    const waiting = new Ring();
    let held = false;

    function* worker(self) {
      for (let k = 0; k < ROUNDS; k++) {
        if (held) {
          waiting.push(self.process);
          yield WAIT; // the lock is handed over, still held
        } else held = true;
        yield 1;
        if (waiting.length > 0) engine.resume(waiting.shift());
        else held = false;
      }
    }
    for (let k = 0; k < PROCESSES; k++) {
      const self = { process: null };
      self.process = worker(self);
      engine.start(self.process);
    }
    engine.run();
    return { check: engine.now };
  },
  2 * PROCESSES * ROUNDS,
);
