/** Random results for the property tests of charts. Times are whole multiples of 1, 1/10 or 1/100 unit. */
import fc from "fast-check";
import type { GanttSlice, RunResult, StateSlice } from "../../run/result.ts";
import { makeResult, makeRow } from "./fixtures.ts";

const kind = fc.constantFrom("run", "switch", "ready", "blocked", "sleeping", "io", "absent");

/** One process: how long it does what, one after the other. */
const history = fc.array(fc.tuple(kind, fc.integer({ min: 0, max: 60 })), { minLength: 1, maxLength: 12 });

/** A run in which process k has core k for itself; states follow one another without gaps, some slices have no length. */
export const anyResult: fc.Arbitrary<RunResult> = fc
  .record({
    scale: fc.constantFrom(1, 10, 100),
    histories: fc.array(history, { minLength: 1, maxLength: 5 }),
    rest: fc.integer({ min: 0, max: 400 }),
  })
  .map(({ scale, histories, rest }) => {
    const gantt: GanttSlice[] = [];
    const states: StateSlice[] = [];
    let end = 0;
    histories.forEach((pieces, core) => {
      const process = `P${core + 1}`;
      let now = 0;
      for (const [what, length] of pieces) {
        const from = now / scale;
        const to = (now + length) / scale;
        if (what === "run" || what === "switch") gantt.push({ core, process, from, to, kind: what });
        else if (what !== "absent" && length > 0) states.push({ process, from, to, state: what, why: "" });
        now += length;
      }
      end = Math.max(end, now);
    });
    return makeResult({
      cores: histories.length,
      end: (end + rest) / scale,
      gantt,
      states,
      processes: histories.map((_, at) => makeRow(`P${at + 1}`, {})),
    });
  });
