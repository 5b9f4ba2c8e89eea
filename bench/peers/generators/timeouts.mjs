/** 1,000 generators, each 1,000 delays of 1 to 100 ticks. */
import { measure } from "../measure.mjs";
import { Engine, randomStream } from "./engine.mjs";

const PROCESSES = 1000;
const ROUNDS = 1000;

measure(() => {
  const engine = new Engine();
  const random = randomStream(1);

  function* sleeper() {
    for (let k = 0; k < ROUNDS; k++) yield Math.ceil(random() * 100);
  }
  for (let k = 0; k < PROCESSES; k++) engine.start(sleeper());
  engine.run();
  return { check: engine.now };
}, PROCESSES * ROUNDS);
