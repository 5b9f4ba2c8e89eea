import fc from "fast-check";
import { expect, test } from "vitest";
import { EventHeap } from "./heap.ts";

interface Event {
  readonly time: number;
  readonly rank: number;
  readonly payload: number;
}

/** What the heap has to do, said as simply as possible. */
function takeFirst(events: Event[]): Event {
  const first = events.reduce((best, each) =>
    each.time < best.time || (each.time === best.time && each.rank < best.rank) ? each : best,
  );
  events.splice(events.indexOf(first), 1);
  return first;
}

const operations = (times: fc.Arbitrary<number>, ranks: number, pop: fc.Arbitrary<boolean>) =>
  fc.array(fc.record({ pop, time: times, rank: fc.nat(ranks - 1) }), { maxLength: 300 });

test("events come out by time, then rank, then in the order in which they were put in", () => {
  const times = fc.oneof(
    fc.integer({ min: 0, max: 20 }),
    // times that meet in the table of buckets
    fc.integer({ min: 0, max: 8 }).map((k) => k * 4294967296),
    fc.double({ min: 0, max: 1e12, noNaN: true }),
  );
  // among few kinds of events many are of one kind with the one in front
  const seldom = fc.nat(4).map((k) => k === 0);
  const lists = fc.oneof(operations(times, 6, fc.boolean()), operations(fc.nat(4), 2, seldom));
  fc.assert(
    fc.property(lists, (list) => {
      const heap = new EventHeap();
      const events: Event[] = [];
      list.forEach(({ pop, time, rank }, payload) => {
        if (!pop || events.length === 0) {
          heap.push(time, rank, payload);
          events.push({ time, rank, payload });
        } else expect(heap.pop()).toBe(takeFirst(events).payload);
        expect(heap.isEmpty).toBe(events.length === 0);
      });
      while (events.length > 0) {
        const first = takeFirst(events);
        expect(heap.nextTime).toBe(first.time);
        expect(heap.pop()).toBe(first.payload);
      }
      expect(heap.nextTime).toBe(Number.POSITIVE_INFINITY);
    }),
    { numRuns: 3000 },
  );
});
