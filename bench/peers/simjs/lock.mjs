/** 100 entities, each 10,000 times: use one Facility of one server for 1 tick, in SIM.JS. */
import { measure } from "../measure.mjs";
import { Sim } from "./sim.mjs";

const PROCESSES = 100;
const ROUNDS = 10_000;

measure(
  () => {
    const sim = new Sim.Sim();
    const lock = new Sim.Facility("lock");

    class Worker extends Sim.Entity {
      start() {
        this.left = ROUNDS;
        this.next();
      }
      next() {
        if (this.left === 0) return;
        this.left -= 1;
        this.useFacility(lock, 1).done(this.next);
      }
    }
    for (let k = 0; k < PROCESSES; k++) sim.addEntity(Worker);
    sim.simulate(Number.POSITIVE_INFINITY);
    return { check: sim.time() };
  },
  2 * PROCESSES * ROUNDS,
);
