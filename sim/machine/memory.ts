/** The machine's memory: one vector of slots with one way to change it, which gives undo, the hash and the footprint. */
import type { Program } from "../program/program.ts";
import { mix } from "./mix.ts";
import type { MachineOptions } from "./options.ts";

export class Memory {
  readonly state: Int32Array;
  // where every step asks for one of these it says `=== true`: V8 would otherwise try every kind of value that is false
  readonly recording: boolean;
  readonly hashing: boolean;
  /** the two halves of the 64-bit hash of the state */
  hashLow = 0;
  hashHigh = 0;
  /** slots read and written since `clearFootprint`; only while recording. A write of the value already there counts. */
  readonly reads: number[] = [];
  readonly writes: number[] = [];
  /** pairs (slot, value before), oldest first */
  trail = new Int32Array(1024);
  trailSize = 0;
  /**
   * Slots whose writes leave a trail: all, unless a driver that takes nothing back sets to 0 those it need not hear of.
   */
  readonly noted: Uint8Array;

  constructor(program: Program, options: MachineOptions) {
    this.recording = options.recording ?? false;
    this.hashing = options.hashing ?? false;
    this.state = Int32Array.from(program.slots, (slot) => slot.initial);
    this.noted = new Uint8Array(program.slots.length).fill(1);
  }

  /** Reads a slot, recording it. */
  read(slot: number): number {
    this.reads.push(slot);
    return this.state[slot]!;
  }

  protected get(slot: number): number {
    if (this.recording === true) this.reads.push(slot);
    return this.state[slot]!;
  }

  /** The one way to change memory: it keeps the trail, the hash and the footprint. */
  write(slot: number, code: number): void {
    if (this.recording === true) this.writes.push(slot);
    const old = this.state[slot]!;
    if (old === code) return;
    this.state[slot] = code;
    if (this.noted[slot] === 1) {
      if (this.trailSize + 2 > this.trail.length) this.growTrail();
      this.trail[this.trailSize] = slot;
      this.trail[this.trailSize + 1] = old;
      this.trailSize += 2;
    }
    if (this.hashing === true) {
      this.hashLow ^= mix(slot, old, 0x9e3779b1) ^ mix(slot, code, 0x9e3779b1);
      this.hashHigh ^= mix(slot, old, 0x85ebca77) ^ mix(slot, code, 0x85ebca77);
    }
  }

  /** Moves the cells behind `from` up to `end` down by `distance`, as so many writes would: a queue shifts at every get. */
  moveDown(from: number, end: number, distance: number): void {
    const { state, noted } = this;
    const plain = !this.recording && !this.hashing;
    for (let slot = from; slot + distance < end; slot++) {
      if (plain && noted[slot] === 0) state[slot] = state[slot + distance]!;
      else this.write(slot, this.get(slot + distance));
    }
  }

  private growTrail(): void {
    const grown = new Int32Array(this.trail.length * 2);
    grown.set(this.trail);
    this.trail = grown;
  }

  /** The state as it was when the trail had this size. */
  undo(mark: number): void {
    while (this.trailSize > mark) {
      this.trailSize -= 2;
      const slot = this.trail[this.trailSize]!;
      const old = this.trail[this.trailSize + 1]!;
      if (this.hashing === true) {
        const code = this.state[slot]!;
        this.hashLow ^= mix(slot, old, 0x9e3779b1) ^ mix(slot, code, 0x9e3779b1);
        this.hashHigh ^= mix(slot, old, 0x85ebca77) ^ mix(slot, code, 0x85ebca77);
      }
      this.state[slot] = old;
    }
  }

  /** The hash computed from nothing, as a check on the incremental one. */
  rehash(): void {
    this.hashLow = 0;
    this.hashHigh = 0;
    this.state.forEach((code, slot) => {
      this.hashLow ^= mix(slot, code, 0x9e3779b1);
      this.hashHigh ^= mix(slot, code, 0x85ebca77);
    });
  }

  clearFootprint(): void {
    this.reads.length = 0;
    this.writes.length = 0;
  }
}
