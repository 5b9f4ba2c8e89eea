import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Decisions, NO_EFFECT } from "./decisions.ts";
import { Dictionary } from "./dictionary.ts";
import { makeRow } from "./expand.ts";
import { inThread } from "./memory.ts";
import { Packing, unpackAs } from "./pack.ts";
import { hashWords, MemoryExceeded, Visited } from "./visited.ts";

const SLOTS = 9;
/** Small numbers, interned codes, negative numbers and large ones. */
const code = fc.oneof(
  { weight: 5, arbitrary: fc.integer({ min: 0, max: 3 }) },
  fc.constantFrom(0x40000000, 0x40000001, 0x40000007, -1, 123_456_789, -0x80000000),
);
const vector = fc.array(code, { minLength: SLOTS, maxLength: SLOTS }).map((codes) => Int32Array.from(codes));
const vectors = fc.array(vector, { minLength: 1, maxLength: 60 });
const GROUPS = [[0, 3], [1, 2], [4], [5, 6, 7, 8]];

describe("dictionary", () => {
  test("equal contents have one number, different contents different ones, and a number gives its contents back", () => {
    fc.assert(
      fc.property(vectors, (states) => {
        const dictionary = new Dictionary(SLOTS);
        const slots = Int32Array.from({ length: SLOTS }, (_, k) => k);
        const numbers = states.map((state) => dictionary.encode(state, slots));
        states.forEach((state, a) => {
          const back = new Int32Array(SLOTS).fill(77);
          dictionary.decode(numbers[a]!, back, slots);
          expect(back).toEqual(state);
          expect([...state]).toEqual([...slots].map((k) => dictionary.cell(numbers[a]!, k)));
          states.forEach((other, b) => {
            expect(numbers[a] === numbers[b]).toBe(state.join() === other.join());
          });
        });
      }),
    );
  });

  test("numbers run from 0 without gaps, however many there are", () => {
    const dictionary = new Dictionary(2);
    const state = new Int32Array(2);
    for (let k = 0; k < 20_000; k++) {
      state[0] = k % 7;
      state[1] = k;
      expect(dictionary.encode(state, Int32Array.of(0, 1))).toBe(k);
    }
    expect(dictionary.count).toBe(20_000);
  });
});

describe("packing", () => {
  test("what was packed comes back, also after the layout has grown", () => {
    fc.assert(
      fc.property(vectors, fc.boolean(), (states, early) => {
        const packing = new Packing(GROUPS, [0, 0, 2, 3], SLOTS);
        packing.layOut(early);
        const kept: { packed: Int32Array; layout: Packing["layout"]; numbers: Int32Array }[] = [];
        for (const state of states) {
          const numbers = new Int32Array(GROUPS.length);
          packing.encode(state, numbers);
          let packed = new Int32Array(packing.layout.words);
          if (!packing.pack(numbers, packed)) {
            packing.layOut(early);
            packed = new Int32Array(packing.layout.words);
            expect(packing.pack(numbers, packed)).toBe(true);
          }
          kept.push({ packed, layout: packing.layout, numbers });
        }
        for (const { packed, layout, numbers } of kept) {
          const back = new Int32Array(GROUPS.length);
          unpackAs(layout, packed, 0, back);
          expect(back).toEqual(numbers);
        }
      }),
    );
  });

  test("no two components share a bit", () => {
    fc.assert(
      fc.property(vectors, fc.boolean(), (states, early) => {
        const packing = new Packing(GROUPS, [0, 1, 2, 3], SLOTS);
        for (const state of states) packing.encode(state, new Int32Array(GROUPS.length));
        packing.layOut(early);
        const { words, word, shift, mask } = packing.layout;
        const taken = new Int32Array(words);
        GROUPS.forEach((_, k) => {
          const bits = mask[k]! << shift[k]!;
          expect(bits >>> shift[k]!).toBe(mask[k]);
          expect(taken[word[k]!]! & bits).toBe(0);
          taken[word[k]!]! |= bits;
        });
      }),
    );
  });

  test("what the words leave is for everybody to grow into", () => {
    // six components of 8, 8, 8, 8, 4 and 4 bits: 40 of the 64 bits of two words
    const counts = [256, 256, 256, 256, 16, 16];
    const packing = new Packing(
      counts.map((_, k) => [k]),
      counts.map((_, k) => k),
      counts.length,
    );
    for (let state = 0; state < 256; state++)
      packing.encode(
        Int32Array.from(counts, (count) => state % count),
        new Int32Array(counts.length),
      );
    packing.layOut(false);
    expect(packing.layout.words).toBe(2);
    counts.forEach((count, k) => {
      expect(packing.layout.mask[k]! + 1).toBeGreaterThan(count);
    });
  });
});

describe("the table of decisions", () => {
  // what a step reads depends on what it has read before: a tree over six components, the first of them the task's own
  const asked = (numbers: Int32Array): number[] => {
    const order = numbers[0]! % 2 === 0 ? [3, 1] : [2];
    if (numbers[order[0]!]! % 3 === 0) order.push(4, 5);
    return order;
  };
  const number = fc.oneof(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 50, max: 5000 }));
  const states = fc.array(fc.tuple(fc.nat(2), fc.array(number, { minLength: 6, maxLength: 6 })), { maxLength: 200 });

  test("leads to the effect that was entered for the numbers that matter, and to none that was not", () => {
    fc.assert(
      fc.property(states, fc.boolean(), (list, shared) => {
        const decisions = new Decisions(Int32Array.of(0));
        if (shared) decisions.share();
        const reader = new Decisions(Int32Array.of(0));
        const model = new Map<string, number>();
        for (const [choice, state] of list) {
          const numbers = Int32Array.from(state);
          const order = asked(numbers);
          const key = [choice, numbers[0], ...order.map((component) => numbers[component])].join();
          const known = model.get(key);
          expect(decisions.find(0, choice, numbers)).toBe(known ?? NO_EFFECT);
          if (known === undefined) {
            model.set(key, model.size + 1);
            decisions.enter(0, choice, numbers, order, model.size);
          }
          expect(decisions.find(0, choice, numbers)).toBe(model.get(key));
          if (!shared) continue;
          // somebody who reads along knows of what is complete only
          reader.readAlong(decisions.arrays, decisions.end, model.size);
          expect(reader.find(0, choice, numbers)).toBe(
            known === undefined ? NO_EFFECT : known < model.size ? known : 0,
          );
        }
      }),
    );
  });
});

describe("the set of visited states", () => {
  test("answers as a Map does, through growth and repacking", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 5000 }), { maxLength: 3000 }),
        fc.integer({ min: 1, max: 3 }),
        (values, width) => {
          const visited = new Visited(width, true, 1e9);
          const model = new Map<number, number>();
          // many agree in their first word, or in the others
          const word = (value: number, k: number): number =>
            [value % 40, Math.floor(value / 40), value * 7, value * 9][k]!;
          const state = (value: number): Int32Array =>
            Int32Array.from({ length: visited.words }, (_, k) => (visited.words === 1 ? value : word(value, k)));
          values.forEach((value, turn) => {
            const known = model.get(value);
            expect(visited.find(state(value))).toBe(known ?? -1);
            const answer = visited.insert(state(value), turn);
            if (known === undefined) {
              expect(answer).toBe(model.size);
              model.set(value, answer);
            } else expect(answer).toBe(-1 - known);
          });
          expect(visited.count).toBe(model.size);
          visited.repack(4, (from, at, to, into) => {
            const value = width === 1 ? from[at]! : from[at + 1]! * 40 + from[at]!;
            for (let k = 0; k < 4; k++) to[into + k] = word(value, k);
          });
          for (const [value, number] of model) expect(visited.find(state(value))).toBe(number);
        },
      ),
    );
  });

  test("knows from where a state was first reached, exactly or as a stretch of states", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 3, maxLength: 40 }), (branching) => {
        const visited = new Visited(1, true, 1e9);
        const parents = [-1];
        visited.insert(Int32Array.of(0), -1);
        // a tree, each state with as many children as its turn says
        for (let state = 0; visited.count < 9000; state++) {
          for (let child = 0; child < branching[state % branching.length]!; child++) {
            expect(visited.insert(Int32Array.of(visited.count), state)).toBe(parents.length);
            parents.push(state);
          }
        }
        const expanded = parents[parents.length - 1]!;
        for (let state = 1; state < visited.count; state++) {
          const [first, last] = visited.parentsOf(state, expanded);
          expect(first <= parents[state]! && parents[state]! <= last && last < state).toBe(true);
          // trying them in turn must not take long
          expect(last - first).toBeLessThanOrEqual(state < 4096 ? 0 : 16);
        }
      }),
      { numRuns: 10 },
    );
  });

  test("gives a row that it looked ahead for the same answers, whatever is inserted meanwhile", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 900 }), { maxLength: 2000 }),
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 1, max: 700 }),
        (values, width, stretch) => {
          const visited = new Visited(width, true, 1e9);
          const other = new Visited(width, true, 1e9);
          const row = makeRow(1, values.length, width, inThread);
          values.forEach((value, k) => {
            for (let at = 0; at < width; at++) row.words[k * width + at] = value * 31 + at;
            row.hashes[k] = hashWords(row.words, k * width, width);
          });
          values.forEach((_, k) => {
            if (k % stretch === 0) visited.locate(row, k, Math.min(values.length, k + stretch));
            const words = row.words.subarray(k * width, (k + 1) * width);
            const known = other.find(words);
            // those inserted since the row was located may be missed, but nothing else is taken for them
            const found = visited.findLocated(row, k, visited.count);
            expect([known, -1]).toContain(found);
            if (k % stretch === 0) expect(found).toBe(known);
            expect(visited.insertLocated(row, k, k)).toBe(other.insert(words, k));
          });
        },
      ),
    );
  });

  test("refuses to grow beyond its memory, and keeps what it has", () => {
    const visited = new Visited(1, true, 100_000);
    expect(() => {
      for (let k = 0; k < 1_000_000; k++) visited.insert(Int32Array.of(k), -1);
    }).toThrow(MemoryExceeded);
    expect(visited.count).toBeGreaterThan(1000);
    expect(visited.bytes).toBeLessThanOrEqual(100_000);
  });
});
