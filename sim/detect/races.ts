/**
 * Data races of one run, by happens-before: FastTrack (Flanagan, Freund, PLDI 2009). For each variable the last write is
 * kept as an epoch (task, time), and the reads since as an epoch or, once they are concurrent, as a vector.
 *
 * The order is that of synchronisation only: fields of resources, `atomics:`, accesses inside `atomic` and in a `when`,
 * start and join. A synchronising read is ordered after the last writes of what it reads, plain ones too, since a `when`
 * on a plain variable is how a scenario waits for it, and a plain access after the last synchronising write of what it
 * touches, since the two are no race. Deviation from the paper: no lock has a special role; the write to
 * its owner field carries the order, as any other synchronising write does.
 */
import type { Program } from "../program/program.ts";
import { plainSteps, raceableSlots } from "./access.ts";
import { namedPlaces } from "./names.ts";

/** What the detector needs of one step: who, where it began, what it touched. */
export interface AccessEvent {
  readonly task: number;
  /** position of the instruction with which the step began; −1 for none (the death of a task) */
  readonly at: number;
  readonly reads: readonly number[];
  readonly writes: readonly number[];
}

/** Two accesses to one variable, at least one of them a write, that nothing orders. */
export interface Race {
  /** of the variable: `cells` for `cells[1]` */
  readonly root: string;
  readonly name: string;
  /** indices of the two events, the earlier first */
  readonly first: number;
  readonly second: number;
}

interface Access {
  readonly task: number;
  readonly clock: number;
  readonly event: number;
}

/**
 * The first race of each variable, in the order in which they come up.
 *
 * @param hear is told of each event what happened before it: how many releases of each task, its own included
 */
export function findRaces(
  program: Program,
  events: Iterable<AccessEvent>,
  hear: (clock: Int32Array, event: number) => void = () => {},
): Race[] {
  const raceable = raceableSlots(program);
  const named = namedPlaces(program);
  const plain = plainSteps(program);
  const count = program.tasks.length;
  const lifeOwner = new Map(program.tasks.map((task) => [task.lifeSlot, task.id] as const));
  const clocks = program.tasks.map((task) => {
    const clock = new Int32Array(count);
    clock[task.id] = 1;
    return clock;
  });
  /** what a synchronising read of the slot is ordered after */
  const released = new Map<number, Int32Array>();
  /** the same, of synchronising writes only: what a plain access is ordered after */
  const published = new Map<number, Int32Array>();
  const lastWrite = new Map<number, Access>();
  const lastReads = new Map<number, Access[]>();
  const found = new Map<string, Race>();
  const before = (access: Access, clock: Int32Array): boolean => access.clock <= clock[access.task]!;
  const note = (slot: number, access: Access, event: number): void => {
    const place = named[slot];
    if (place === undefined || found.has(place.root)) return;
    found.set(place.root, { root: place.root, name: place.name, first: access.event, second: event });
  };
  let index = -1;
  for (const { task, at, reads, writes } of events) {
    index += 1;
    const self = program.tasks[task]!;
    const clock = clocks[task]!;
    const isPlain = at >= 0 && at < self.code.length && plain(self, at);
    const synchronises = (slot: number): boolean => !isPlain || raceable[slot] !== 1;
    for (const slot of reads) if (synchronises(slot) || lifeOwner.has(slot)) join(clock, released.get(slot));
    if (isPlain) {
      for (const slot of reads) if (raceable[slot] === 1) join(clock, published.get(slot));
      for (const slot of writes) if (raceable[slot] === 1) join(clock, published.get(slot));
      for (const slot of reads) {
        if (raceable[slot] !== 1) continue;
        const write = lastWrite.get(slot);
        if (write !== undefined && write.task !== task && !before(write, clock)) note(slot, write, index);
        const kept = (lastReads.get(slot) ?? []).filter((each) => each.task !== task && !before(each, clock));
        lastReads.set(slot, [...kept, { task, clock: clock[task]!, event: index }]);
      }
      for (const slot of writes) {
        if (raceable[slot] !== 1) continue;
        const write = lastWrite.get(slot);
        if (write !== undefined && write.task !== task && !before(write, clock)) note(slot, write, index);
        for (const read of lastReads.get(slot) ?? [])
          if (read.task !== task && !before(read, clock)) note(slot, read, index);
        lastReads.delete(slot);
        lastWrite.set(slot, { task, clock: clock[task]!, event: index });
      }
    }
    hear(clock, index);
    let releases = false;
    for (const slot of writes) {
      if (synchronises(slot)) {
        // a write is ordered after what was there before it, as a read-modify-write is
        if (slot !== self.pcSlot) join(clock, released.get(slot));
      }
      const known = released.get(slot);
      const { role } = program.slots[slot]!;
      if (role === "pc" || role === "temporary") continue;
      const after = synchronises(slot) && known !== undefined ? joined(known, clock) : clock.slice();
      released.set(slot, after);
      if (synchronises(slot)) published.set(slot, after);
      releases = true;
      const other = lifeOwner.get(slot);
      // who is started goes on from here
      if (other !== undefined && other !== task) join(clocks[other]!, clock);
    }
    if (releases) clock[task] = clock[task]! + 1;
  }
  return [...found.values()];
}

function join(into: Int32Array, from: Int32Array | undefined): void {
  if (from === undefined) return;
  for (let k = 0; k < into.length; k++) if (from[k]! > into[k]!) into[k] = from[k]!;
}

function joined(one: Int32Array, other: Int32Array): Int32Array {
  const both = one.slice();
  join(both, other);
  return both;
}
