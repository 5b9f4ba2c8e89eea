/** M/M/1 in SIM.JS: a source, and the server with its queue as a Facility, which is what the library offers for it. */
import { measure } from "../measure.mjs";
import { Sim } from "./sim.mjs";

const CUSTOMERS = Number(process.argv[2] ?? 1_000_000);
const ARRIVALS_PER_UNIT = 0.9;
const SERVICES_PER_UNIT = 1;

measure(() => {
  const sim = new Sim.Sim();
  const random = new Sim.Random(1);
  const server = new Sim.Facility("server");

  class Source extends Sim.Entity {
    start() {
      this.left = CUSTOMERS;
      this.next();
    }
    next() {
      this.setTimer(random.exponential(ARRIVALS_PER_UNIT)).done(this.arrive);
    }
    arrive() {
      this.useFacility(server, random.exponential(SERVICES_PER_UNIT));
      this.left -= 1;
      if (this.left > 0) this.next();
    }
  }
  sim.addEntity(Source);
  sim.simulate(Number.POSITIVE_INFINITY);
  return { check: sim.time(), meanWaiting: server.queueStats().durationSeries.average() };
}, 2 * CUSTOMERS);
