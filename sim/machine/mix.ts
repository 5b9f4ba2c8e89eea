/** The hash of one slot, from which the machine keeps the hash of its state. */

/** Murmur3's finaliser over slot and value: every bit of both reaches every bit of the result. */
export function mix(slot: number, code: number, salt: number): number {
  let x = Math.imul(slot + 1, salt) ^ Math.imul(code ^ salt, 0x27d4eb2f);
  x ^= x >>> 16;
  x = Math.imul(x, 0x85ebca6b);
  x ^= x >>> 13;
  x = Math.imul(x, 0xc2b2ae35);
  return x ^ (x >>> 16);
}
