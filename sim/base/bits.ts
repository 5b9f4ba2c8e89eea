/** A set of small integers in a typed array, of a size that is fixed when it is made. */
export class Bits {
  readonly words: Int32Array;

  constructor(size: number) {
    this.words = new Int32Array((size + 31) >>> 5);
  }

  add(member: number): this {
    this.words[member >>> 5]! |= 1 << (member & 31);
    return this;
  }

  delete(member: number): void {
    this.words[member >>> 5]! &= ~(1 << (member & 31));
  }

  has(member: number): boolean {
    return (this.words[member >>> 5]! & (1 << (member & 31))) !== 0;
  }

  /** Adds every member of the other set; whether that made this one larger. */
  addAll(other: Bits): boolean {
    let changed = 0;
    const { words } = this;
    for (let k = 0; k < words.length; k++) {
      const more = other.words[k]! & ~words[k]!;
      changed |= more;
      words[k]! |= more;
    }
    return changed !== 0;
  }

  /** Whether the two have a member in common. */
  meets(other: Bits): boolean {
    for (let k = 0; k < this.words.length; k++) if ((this.words[k]! & other.words[k]!) !== 0) return true;
    return false;
  }

  copy(): Bits {
    const bits = new Bits(0);
    return Object.assign(bits, { words: this.words.slice() });
  }

  /** The members in ascending order. */
  members(): number[] {
    const members: number[] = [];
    this.words.forEach((word, k) => {
      for (let rest = word; rest !== 0; rest &= rest - 1) members.push((k << 5) + 31 - Math.clz32(rest & -rest));
    });
    return members;
  }
}
