/** Where arrays of numbers are kept: in this thread's memory, or where other threads can read along (see crew.ts). */

export type Allocate = (length: number) => Int32Array;

export const inThread: Allocate = (length) => new Int32Array(length);

export const amongThreads: Allocate = (length) =>
  new Int32Array(new SharedArrayBuffer(length * Int32Array.BYTES_PER_ELEMENT));

/** A longer copy (or a shorter one), filled up with 0. */
export function resized(from: Int32Array, length: number, allocate: Allocate): Int32Array {
  const to = allocate(length);
  to.set(from.length <= length ? from : from.subarray(0, length));
  return to;
}

/** Thrown where a thread reads along and what it needs is still to be found out by the one that writes. */
export class NotKnown extends Error {}
