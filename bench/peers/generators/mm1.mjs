/** M/M/1 with plain generators: a source, an unbounded queue, a server. */
import { measure } from "../measure.mjs";
import { Engine, Ring, randomStream, WAIT } from "./engine.mjs";

const CUSTOMERS = Number(process.argv[2] ?? 1_000_000);

measure(() => {
  const engine = new Engine();
  const arrivals = randomStream(1);
  const services = randomStream(2);
  const queue = new Ring();
  let waiting = null;
  let waited = 0;

  function* source() {
    for (let k = 0; k < CUSTOMERS; k++) {
      yield -Math.log(arrivals()) / 0.9;
      queue.push(engine.now);
      if (waiting !== null) {
        engine.resume(waiting);
        waiting = null;
      }
    }
  }
  function* server() {
    for (let k = 0; k < CUSTOMERS; k++) {
      while (queue.length === 0) {
        waiting = serving;
        yield WAIT;
      }
      waited += engine.now - queue.shift();
      yield -Math.log(services());
    }
  }
  const serving = server();
  engine.start(source());
  engine.start(serving);
  engine.run();
  return { check: engine.now, meanWaiting: waited / CUSTOMERS };
}, 2 * CUSTOMERS);
