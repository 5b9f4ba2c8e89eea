/** 1,000 entities, each 1,000 timers of 1 to 100 ticks, in SIM.JS. */
import { measure } from "../measure.mjs";
import { Sim } from "./sim.mjs";

const PROCESSES = 1000;
const ROUNDS = 1000;

measure(() => {
  const sim = new Sim.Sim();
  const random = new Sim.Random(1);

  class Sleeper extends Sim.Entity {
    start() {
      this.left = ROUNDS;
      this.next();
    }
    next() {
      if (this.left === 0) return;
      this.left -= 1;
      this.setTimer(1 + Math.floor(random.random() * 100)).done(this.next);
    }
  }
  for (let k = 0; k < PROCESSES; k++) sim.addEntity(Sleeper);
  sim.simulate(Number.POSITIVE_INFINITY);
  return { check: sim.time() };
}, PROCESSES * ROUNDS);
