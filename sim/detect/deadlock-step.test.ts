import { expect, test } from "vitest";
import { load } from "../laws/programs.ts";
import { Machine } from "../machine/machine.ts";
import { lower } from "../program/lower.ts";
import { partialDeadlocks } from "./deadlock-step.ts";

test("who joins several is stuck as soon as one of them is, whatever the others do", () => {
  const program = lower(
    load(`shared: { x: 0 }
resources: { a: lock }
processes:
  first: { do: [{ acquire: a }, { join: [second, clock] }] }
  second: { do: [{ acquire: a }, { release: a }] }
  clock: { do: [{ loop: ["x = 1 - x"] }] }
`),
  );
  const machine = new Machine(program);
  const stuckAfter = partialDeadlocks(machine)!;
  const [first, second] = program.tasks;
  machine.step(first!.id);
  expect(stuckAfter(first!.id).map(({ task }) => task)).toEqual([first!.id, second!.id]);
});
