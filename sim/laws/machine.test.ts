import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Machine } from "../machine/machine.ts";
import { lower } from "../program/lower.ts";
import { load, scenarioText } from "./programs.ts";

/** Takes random enabled steps; `visit` is called before each with the task and the alternative about to be taken. */
function walk(machine: Machine, picks: readonly number[], visit: (task: number, choice: number) => void): void {
  for (const pick of picks) {
    const enabled = machine.program.tasks.filter((task) => machine.enabled(task.id)).map((task) => task.id);
    if (enabled.length === 0) return;
    const task = enabled[pick % enabled.length]!;
    visit(task, pick % 3);
  }
}

const picks = fc.array(fc.nat(1000), { minLength: 5, maxLength: 40 });
const runs = { numRuns: 150 };

describe("the machine, over generated programs", () => {
  test("a step taken back restores memory and hash", () => {
    fc.assert(
      fc.property(scenarioText(), picks, (text, choices) => {
        const machine = new Machine(lower(load(text)), { hashing: true });
        walk(machine, choices, (task, choice) => {
          const before = machine.state.slice();
          const hash = [machine.hashLow, machine.hashHigh];
          const mark = machine.trailSize;
          machine.step(task, choice);
          machine.undo(mark);
          expect(machine.state).toEqual(before);
          expect([machine.hashLow, machine.hashHigh]).toEqual(hash);
          machine.violations = [];
          machine.step(task, choice);
        });
      }),
      runs,
    );
  });

  test("the incremental hash is the hash computed from nothing", () => {
    fc.assert(
      fc.property(scenarioText(), picks, (text, choices) => {
        const machine = new Machine(lower(load(text)), { hashing: true });
        walk(machine, choices, (task, choice) => {
          machine.step(task, choice);
          const incremental = [machine.hashLow, machine.hashHigh];
          machine.rehash();
          expect(incremental).toEqual([machine.hashLow, machine.hashHigh]);
        });
      }),
      runs,
    );
  });

  test("asking whether a task is ready writes nothing", () => {
    fc.assert(
      fc.property(scenarioText(), picks, (text, choices) => {
        const machine = new Machine(lower(load(text)));
        walk(machine, choices, (task, choice) => {
          const before = machine.state.slice();
          for (const each of machine.program.tasks) machine.enabled(each.id);
          expect(machine.state).toEqual(before);
          machine.step(task, choice);
        });
      }),
      runs,
    );
  });

  test("steps whose footprints do not meet commute", () => {
    let compared = 0;
    fc.assert(
      fc.property(scenarioText(), picks, (text, choices) => {
        const machine = new Machine(lower(load(text)), { recording: true });
        const footprint = (task: number): { reads: Set<number>; writes: Set<number> } => {
          machine.clearFootprint();
          machine.enabled(task);
          machine.step(task);
          return { reads: new Set(machine.reads), writes: new Set(machine.writes) };
        };
        walk(machine, choices, (task, choice) => {
          const mark = machine.trailSize;
          for (const other of machine.program.tasks) {
            if (other.id === task || !machine.enabled(other.id)) continue;
            const first = footprint(task);
            machine.undo(mark);
            const second = footprint(other.id);
            machine.undo(mark);
            const meet =
              [...first.writes].some((slot) => second.reads.has(slot) || second.writes.has(slot)) ||
              [...second.writes].some((slot) => first.reads.has(slot));
            if (meet) continue;
            machine.step(task);
            expect(machine.enabled(other.id)).toBe(true);
            machine.step(other.id);
            const oneWay = machine.state.slice();
            machine.undo(mark);
            machine.step(other.id);
            expect(machine.enabled(task)).toBe(true);
            machine.step(task);
            expect(machine.state).toEqual(oneWay);
            machine.undo(mark);
            compared += 1;
          }
          machine.violations = [];
          machine.step(task, choice);
        });
      }),
      runs,
    );
    expect(compared).toBeGreaterThan(100);
  });

  test("two machines of one program go the same way", () => {
    fc.assert(
      fc.property(scenarioText(), picks, (text, choices) => {
        const scenario = load(text);
        const [one, two] = [
          new Machine(lower(scenario)),
          new Machine(lower(scenario), { recording: true, hashing: true }),
        ];
        walk(one, choices, (task, choice) => {
          expect(two.enabled(task)).toBe(true);
          one.step(task, choice);
          two.step(task, choice);
          expect(two.state).toEqual(one.state);
        });
      }),
      runs,
    );
  });
});
