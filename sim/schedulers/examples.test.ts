/** Small schedules worked out by hand: what each policy's parameters and conventions do. */
import { describe, expect, it } from "vitest";
import type { Workload } from "./testing/driver.ts";
import { bars, play } from "./testing/make.ts";

/** "A 0-4, B 4-7" */
function schedule(option: string, loads: readonly Workload[], cores = 1): string {
  return bars(play(option, loads, { cores }))
    .map(([task, from, to]) => `${task} ${from}-${to}`)
    .join(", ");
}

const low = { name: "low", priority: 5, bursts: [6] };
const high = { name: "high", priority: 1, arrival: 2, bursts: [3] };

describe("priority", () => {
  it("takes the CPU away only if it is pre-emptive", () => {
    expect(schedule("priority", [low, high])).toBe("low 0-6, high 6-9");
    expect(schedule("priority:preemptive=true", [low, high])).toBe("low 0-2, high 2-5, low 5-9");
  });

  it("takes high numbers first where told to", () => {
    expect(schedule("priority:preemptive=true,priority_order=high_first", [low, high])).toBe("low 0-6, high 6-9");
  });

  it("with aging lets a waiting task through to the end of its burst", () => {
    const stream = [0, 1, 2, 3, 4].map((k) => ({ name: `H${k}`, priority: 1, arrival: 3 * k, bursts: [3] }));
    const loads = [{ name: "old", priority: 4, bursts: [2] }, ...stream];
    expect(schedule("priority", loads)).toMatch(/old 15-17$/);
    // 4 − 4 < 1 from the moment 4 on, and so the pre-emptive kind does not wait for the end of H1
    expect(schedule("priority:aging={every:2,by:2}", loads)).toContain("H1 3-6, old 6-8, H2 8-11");
    expect(schedule("priority:preemptive=true,aging={every:2,by:2}", loads)).toContain("H1 3-4, old 4-6, H1 6-8");
  });

  it("forgets the bonus when the task leaves the CPU", () => {
    const loads = [
      { name: "busy", priority: 1, bursts: [30] },
      { name: "slow", priority: 3, bursts: [1, 1, 1] },
    ];
    // better than 1 only after three periods of 4, both times; the stay in the queue begins at 0 and at 14
    expect(schedule("priority:preemptive=true,aging={every:4,by:1}", loads)).toBe(
      "busy 0-12, slow 12-13, busy 13-26, slow 26-27, busy 27-32",
    );
  });

  it("under keep_head puts a pre-empted task before its equals", () => {
    const loads = [
      { name: "A", priority: 5, arrival: 1, bursts: [6] },
      { name: "B", priority: 5, arrival: 2, bursts: [2] },
      { name: "C", priority: 1, arrival: 3, bursts: [1] },
    ];
    expect(schedule("priority:preemptive=true,same_key=queue,preempted=tail", loads)).toBe(
      "A 1-3, C 3-4, B 4-6, A 6-10",
    );
    expect(schedule("priority:preemptive=true,same_key=queue,preempted=keep_head", loads)).toBe(
      "A 1-3, C 3-4, A 4-8, B 8-10",
    );
  });
});

describe("priority_rr", () => {
  const loads = [
    { name: "A", priority: 5, bursts: [4] },
    { name: "B", priority: 5, bursts: [4] },
    { name: "C", priority: 1, arrival: 1, bursts: [1] },
  ];

  it("takes turns among equals, and gives a pre-empted task a fresh quantum at the tail or the rest at the head", () => {
    expect(schedule("priority_rr:quantum=3,preempted=tail", loads)).toBe("A 0-1, C 1-2, B 2-5, A 5-8, B 8-9");
    expect(schedule("priority_rr:quantum=3,preempted=keep_head", loads)).toBe(
      "A 0-1, C 1-2, A 2-4, B 4-7, A 7-8, B 8-9",
    );
  });
});

describe("pre-emption on several cores", () => {
  it("takes the core of the worst running task, and none while a core is free", () => {
    const loads = [
      { name: "A", bursts: [9] },
      { name: "B", bursts: [7] },
      { name: "C", arrival: 1, bursts: [2] },
    ];
    expect(schedule("srtf", loads, 2)).toBe("A 0-1, C 1-3, B 0-7, A 3-11");
    expect(schedule("srtf", loads, 3)).toBe("C 1-3, B 0-7, A 0-9");
  });

  it("takes as many cores as there are better tasks", () => {
    const loads = [
      { name: "A", bursts: [9] },
      { name: "B", bursts: [9] },
      { name: "C", arrival: 1, bursts: [2] },
      { name: "D", arrival: 1, bursts: [2] },
    ];
    const { stops } = play("srtf", loads, { cores: 2 });
    expect(stops.filter(({ cause }) => cause === "preempted").map(({ time }) => time)).toEqual([1, 1]);
  });
});

describe("hrrn", () => {
  it("goes by (waiting + service) / service", () => {
    const loads = [
      { name: "A", bursts: [10] },
      { name: "long", arrival: 1, bursts: [8] },
      { name: "short", arrival: 8, bursts: [2] },
    ];
    // at 10: long (9 + 8) / 8 = 2.125, short (2 + 2) / 2 = 2
    expect(schedule("hrrn", loads)).toBe("A 0-10, long 10-18, short 18-20");
    expect(schedule("sjf", loads)).toBe("A 0-10, short 10-12, long 12-20");
  });

  it("lets a short task overtake one that has waited longer, as in Stallings' comparison of policies (section 9.2)", () => {
    const loads = [
      { name: "A", bursts: [3] },
      { name: "B", arrival: 2, bursts: [6] },
      { name: "C", arrival: 4, bursts: [4] },
      { name: "D", arrival: 6, bursts: [5] },
      { name: "E", arrival: 8, bursts: [2] },
    ];
    // at 13: D (7 + 5) / 5 = 2.4, E (5 + 2) / 2 = 3.5
    expect(schedule("hrrn", loads)).toBe("A 0-3, B 3-9, C 9-13, E 13-15, D 15-20");
  });
});

describe("lrtf", () => {
  it("is looked at every unit: GATE CSE 2006 has an average turnaround of 13", () => {
    const loads = [2, 4, 8].map((length, index) => ({ name: `P${index}`, bursts: [length] }));
    const finish = [...play("lrtf:conventions=gate", loads).finish.values()];
    expect(finish.reduce((sum, time) => sum + time, 0) / 3).toBe(13);
  });

  it("looks at whole units of time, not at whole grains", () => {
    const loads = [
      { name: "A", bursts: [30] },
      { name: "B", bursts: [25] },
    ];
    expect(bars(play("lrtf", loads, { unit: 10 }))[0]).toEqual(["A", 0, 10]);
  });
});

describe("feedback", () => {
  const loads = [
    { name: "A", bursts: [7] },
    { name: "B", bursts: [3] },
  ];

  it("doubles the quantum from queue to queue where told to", () => {
    expect(schedule("feedback", loads)).toBe("A 0-1, B 1-2, A 2-3, B 3-4, A 4-5, B 5-6, A 6-10");
    expect(schedule("feedback:growth=double", loads)).toBe("A 0-1, B 1-2, A 2-4, B 4-6, A 6-10");
  });

  it("lets a task alone keep its queue, unless told otherwise", () => {
    const alone = [
      { name: "A", bursts: [5] },
      { name: "B", arrival: 3, bursts: [2] },
    ];
    // alone, A is still in RQ0 when B comes, and goes down only then
    expect(schedule("feedback", alone)).toBe("A 0-3, B 3-4, A 4-5, B 5-6, A 6-7");
    expect(schedule("feedback:demote=always", alone)).toBe("A 0-3, B 3-5, A 5-7");
  });
});

describe("mlfq", () => {
  it("boosts everything to the top", () => {
    const loads = [
      { name: "long", bursts: [12] },
      { name: "B", arrival: 5, bursts: [4] },
    ];
    const twoQueues = "mlfq:quanta=[2,4]";
    expect(schedule(twoQueues, loads)).toBe("long 0-5, B 5-7, long 7-11, B 11-13, long 13-16");
    // at 8 both are at the top again; the running task stays where it is
    expect(schedule(`${twoQueues},boost=8`, loads)).toBe("long 0-5, B 5-7, long 7-10, B 10-12, long 12-16");
  });

  it("with io_bump takes the CPU back after I/O", () => {
    const loads = [
      { name: "io", bursts: [1, 2, 1] },
      { name: "cpu", bursts: [8] },
    ];
    expect(schedule("mlfq:quanta=[10]", loads)).toBe("io 0-1, cpu 1-9, io 9-10");
    expect(schedule("mlfq:quanta=[10],io_bump=true", loads)).toBe("io 0-1, cpu 1-3, io 3-4, cpu 4-10");
  });
});

describe("mlq", () => {
  const loads = [
    { name: "batch", queue: 1, bursts: [6] },
    { name: "A", queue: 0, arrival: 2, bursts: [3] },
    { name: "B", queue: 0, arrival: 2, bursts: [3] },
  ];

  it("serves a lower queue only while the higher ones are empty", () => {
    expect(schedule("mlq:queues=[{policy:rr,quantum:2},fcfs]", loads)).toBe(
      "batch 0-2, A 2-4, B 4-6, A 6-7, B 7-8, batch 8-12",
    );
  });

  it("takes no core from a lower queue while another is free", () => {
    expect(schedule("mlq:queues=[fcfs,fcfs]", loads, 2)).toBe("batch 0-2, A 2-5, B 2-5, batch 5-9");
    expect(schedule("mlq:queues=[fcfs,fcfs]", loads, 3)).toBe("A 2-5, B 2-5, batch 0-6");
  });

  it("leaves the CPU to a lower queue while a uniprogrammed one above does I/O", () => {
    const io = [
      { name: "U", queue: 0, bursts: [1, 4, 1] },
      { name: "V", queue: 0, bursts: [1] },
      { name: "W", queue: 1, bursts: [6] },
    ];
    expect(schedule("mlq:queues=[uniprogrammed,fcfs]", io)).toBe("U 0-1, W 1-5, U 5-6, V 6-7, W 7-9");
  });
});

describe("the rule behind a tie", () => {
  const ties = (option: string, loads: readonly Workload[]) =>
    play(option, loads).dispatches.map(({ task, tie }) => `${task}: ${tie}`);

  it("is told for queues when tasks enter at one moment", () => {
    const loads = [
      { name: "A", bursts: [2] },
      { name: "B", arrival: 1, bursts: [1] },
    ];
    expect(ties("rr:quantum=1", loads)).toEqual(["A: null", "B: tie: arrival_first", "A: null"]);
    expect(ties("rr:quantum=1,tie=preempted_first", loads)).toEqual(["A: null", "A: tie: preempted_first", "B: null"]);
    const together = ["A", "B"].map((name) => ({ name, bursts: [1] }));
    expect(ties("fcfs", together)).toEqual(["A: order in the file", "B: null"]);
  });

  it("is told for keys when two are equal", () => {
    const loads = [
      { name: "A", bursts: [3] },
      { name: "C", arrival: 2, bursts: [2] },
      { name: "B", arrival: 1, bursts: [2] },
    ];
    expect(ties("sjf", loads)).toEqual(["A: null", "B: same_key: arrival", "C: null"]);
    expect(ties("sjf:same_key=index", loads)).toEqual(["A: null", "C: same_key: index", "B: null"]);
  });
});

describe("uniprogrammed", () => {
  it("holds the machine through I/O", () => {
    const loads = [
      { name: "A", bursts: [1, 3, 1] },
      { name: "B", bursts: [2] },
    ];
    expect(schedule("uniprogrammed", loads)).toBe("A 0-1, A 4-5, B 5-7");
  });
});
