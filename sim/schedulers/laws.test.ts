/** What every policy of the registry keeps to, whatever its parameters and conventions. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { randomStream } from "../base/random.ts";
import type { TaskView } from "./policy.ts";
import { makePolicy, POLICIES } from "./registry.ts";
import type { Outcome, Slice, Workload } from "./testing/driver.ts";
import { play, schedulerFrom } from "./testing/make.ts";
import { distinctBursts, optionsOf, workloads } from "./testing/workloads.ts";

const names = POLICIES.map(({ name }) => name);
const machines = fc.record({ cores: fc.integer({ min: 1, max: 3 }), unit: fc.constantFrom(1, 2) });

function overlap(a: Slice, b: Slice): boolean {
  return a.from < b.to && b.from < a.to;
}

function pairs<T>(items: readonly T[]): [T, T][] {
  return items.flatMap((a, index) => items.slice(index + 1).map((b): [T, T] => [a, b]));
}

function ran({ gantt }: Outcome, { name }: Workload): number {
  return gantt.filter(({ task }) => task === name).reduce((sum, { from, to }) => sum + to - from, 0);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

describe.each(names)("%s", (name) => {
  const cases = [optionsOf(name), workloads(), machines] as const;

  it("gives every task exactly its CPU time, and accounts for all of its turnaround", () => {
    fc.assert(
      fc.property(...cases, (option, loads, machine) => {
        const outcome = play(option, loads, machine);
        for (const load of loads) {
          const cpu = sum(load.bursts.filter((_, index) => index % 2 === 0));
          expect(ran(outcome, load)).toBe(cpu);
          const turnaround = outcome.finish.get(load.name)! - load.arrival!;
          expect(turnaround - sum(load.bursts)).toBe(outcome.waiting.get(load.name));
        }
      }),
    );
  });

  it("runs no task on two cores, and no two tasks on one", () => {
    fc.assert(
      fc.property(...cases, (option, loads, machine) => {
        const { gantt } = play(option, loads, machine);
        const clashes = pairs(gantt).filter(([a, b]) => overlap(a, b) && (a.task === b.task || a.core === b.core));
        expect(clashes).toEqual([]);
      }),
    );
  });

  it("gives the same schedule again for the same seed", () => {
    fc.assert(
      fc.property(...cases, (option, loads, machine) => {
        expect(play(option, loads, machine)).toEqual(play(option, loads, machine));
      }),
    );
  });

  it("waits no shorter on average than srtf, on one core without I/O", () => {
    fc.assert(
      fc.property(optionsOf(name), distinctBursts(), (option, loads) => {
        const average = (outcome: Outcome) => sum([...outcome.waiting.values()]) / loads.length;
        expect(average(play("srtf", loads))).toBeLessThanOrEqual(average(play(option, loads)));
      }),
    );
  });
});

describe("leaves no core idle while a task is ready", () => {
  it.each(names.filter((name) => name !== "uniprogrammed"))("%s", (name) => {
    fc.assert(
      fc.property(optionsOf(name), workloads(), machines, (option, loads, machine) => {
        expect(play(option, loads, machine).idleWithReady).toEqual([]);
      }),
    );
  });
});

const DRAWN = ["lottery", "random"];

describe("lists the ready tasks with the one that runs next in front", () => {
  it.each(names.filter((name) => !DRAWN.includes(name)))("%s", (name) => {
    fc.assert(
      fc.property(optionsOf(name), workloads(), machines, (option, loads, machine) => {
        for (const { task, listed } of play(option, loads, machine).dispatches) expect(listed[0]?.task).toBe(task);
      }),
    );
  });
});

const SAME_KEY = ["sjf", "srtf", "ljf", "lrtf", "hrrn", "priority", "edf", "rm", "llf", "stride", "cfs"];

describe("a tie is named exactly when the best key is there twice", () => {
  it.each(SAME_KEY)("%s", (name) => {
    fc.assert(
      fc.property(optionsOf(name), workloads(), machines, (option, loads, machine) => {
        for (const { listed, tie } of play(option, loads, machine).dispatches) {
          expect(tie !== null).toBe(listed.length > 1 && listed[0]?.key === listed[1]?.key);
        }
      }),
    );
  });
});

describe("a policy that does not pre-empt lets every burst run to its end", () => {
  it.each(["fcfs", "sjf", "ljf", "hrrn", "uniprogrammed", "random", "priority"])("%s", (name) => {
    fc.assert(
      fc.property(optionsOf(name), workloads(), machines, (option, loads, machine) => {
        const { stops } = play(option.replace("preemptive=true", "preemptive=false"), loads, machine);
        expect(stops.filter(({ cause }) => cause !== "blocked" && cause !== "ended")).toEqual([]);
      }),
    );
  });
});

describe("only an expiry interrupts", () => {
  it.each(["rr", "feedback", "lottery", "stride"])("%s", (name) => {
    fc.assert(
      fc.property(optionsOf(name), workloads(), machines, (option, loads, machine) => {
        expect(play(option, loads, machine).stops.filter(({ cause }) => cause === "preempted")).toEqual([]);
      }),
    );
  });
});

/** A task that nobody drives. */
function still(id: number): TaskView {
  const times = { arrival: 0, readySince: 0, waited: 0, cpuUsed: 0, deadline: 9, period: 9 };
  const lengths = { burstLeft: 3, burst: 3, totalLeft: 3 };
  return { id, name: `T${id}`, ...times, ...lengths, priority: 1, nice: 0, tickets: 1, weight: 0, queue: 0 };
}

describe("a task that was removed is not given out any more", () => {
  it.each(names)("%s", (name) => {
    fc.assert(
      fc.property(optionsOf(name), fc.nat(3), fc.boolean(), (option, which, ran) => {
        const random = (stream: string) => randomStream("1", stream);
        const policy = makePolicy(schedulerFrom(option), { unit: 1, cores: 1, random });
        const tasks = [0, 1, 2, 3].map(still);
        for (const task of tasks) policy.add(task, "arrival", 0);
        const gone = ran ? policy.next(0, 0)!.task : tasks[which]!;
        // after running it blocks, and is terminated there
        if (ran) policy.stopped(gone, "blocked", 0);
        policy.remove(gone);
        const rest = tasks.filter((task) => task !== gone);
        expect(
          policy
            .ready(0)
            .map(({ task }) => task.id)
            .sort(),
        ).toEqual(rest.map(({ id }) => id));
        for (let left = rest.length; left > 0; left -= 1) {
          const { task } = policy.next(0, 0)!;
          expect(rest).toContain(task);
          policy.stopped(task, "ended", 0);
        }
        expect(policy.next(0, 0)).toBeNull();
        expect(policy.preempt([], 0)).toBeNull();
      }),
    );
  });
});

describe("a name that comes back later starts afresh", () => {
  it.each([
    "rr:quantum=4,preempted=keep_head",
    "priority_rr:quantum=4,preempted=keep_head",
    "mlfq:quanta=[4,9],conventions=ostep",
  ])("%s", (option) => {
    const policy = makePolicy(schedulerFrom(option), { unit: 1, cores: 1, random: () => () => 0 });
    const task = still(0);
    policy.add(task, "arrival", 0);
    policy.next(0, 0);
    policy.charge(task, 3, 3);
    policy.stopped(task, "preempted", 3);
    policy.add(task, "preempted", 3);
    policy.remove(task);
    policy.add(task, "arrival", 5);
    policy.next(0, 5);
    expect(policy.sliceLeft(task, 5)).toBe(4);
  });
});
