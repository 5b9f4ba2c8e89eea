import { expect, test } from "vitest";
import { load } from "../laws/programs.ts";
import { Machine } from "../machine/machine.ts";
import { lower } from "../program/lower.ts";
import { partialDeadlocks } from "./deadlock-step.ts";

test("who waits for several is stuck as soon as one of them is, whatever the others do", () => {
  // a process ends with the last of its threads
  const program = lower(
    load(`shared: { x: 0 }
resources: { a: lock }
processes:
  owner:
    do: [{ acquire: a }]
    threads:
      idle: { do: [{ acquire: a }, { release: a }] }
      clock: { do: [{ loop: ["x = 1 - x"] }] }
`),
  );
  const machine = new Machine(program);
  const stuckAfter = partialDeadlocks(machine)!;
  const task = (name: string): number => program.tasks.find((each) => each.name === name)!.id;
  machine.step(task("owner"));
  expect(machine.enabled(task("owner.clock"))).toBe(true);
  const stuck = stuckAfter(task("owner"));
  expect(stuck.map((each) => each.task)).toEqual([task("owner"), task("owner.idle")]);
});
