/**
 * A binary heap of events ordered by (time, rank, sequence): insertion order breaks the last tie, so two runs of one
 * program pop in the same order. The keys live in typed arrays because a run pushes and pops millions of events.
 */
export class EventHeap {
  private times = new Float64Array(64);
  /** rank · 2^40 + sequence: one number to compare after the time */
  private orders = new Float64Array(64);
  private payloads = new Int32Array(64);
  private sequence = 0;
  size = 0;

  /** Adds an event. `rank` (0 … 4095) orders events of one time; smaller comes first. */
  push(time: number, rank: number, payload: number): void {
    if (this.size === this.times.length) this.grow();
    const order = rank * 1099511627776 + this.sequence++;
    const { times, orders, payloads } = this;
    let hole = this.size++;
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      const parentTime = times[parent]!;
      if (parentTime < time || (parentTime === time && orders[parent]! < order)) break;
      times[hole] = parentTime;
      orders[hole] = orders[parent]!;
      payloads[hole] = payloads[parent]!;
      hole = parent;
    }
    times[hole] = time;
    orders[hole] = order;
    payloads[hole] = payload;
  }

  /** The time of the first event; Infinity if there is none. */
  get nextTime(): number {
    return this.size === 0 ? Number.POSITIVE_INFINITY : this.times[0]!;
  }

  /** Removes the first event and returns its payload. */
  pop(): number {
    const { times, orders, payloads } = this;
    const result = payloads[0]!;
    const last = --this.size;
    const time = times[last]!;
    const order = orders[last]!;
    const payload = payloads[last]!;
    let hole = 0;
    for (;;) {
      let child = 2 * hole + 1;
      if (child >= last) break;
      const right = child + 1;
      if (
        right < last &&
        (times[right]! < times[child]! || (times[right]! === times[child]! && orders[right]! < orders[child]!))
      ) {
        child = right;
      }
      if (time < times[child]! || (time === times[child]! && order < orders[child]!)) break;
      times[hole] = times[child]!;
      orders[hole] = orders[child]!;
      payloads[hole] = payloads[child]!;
      hole = child;
    }
    times[hole] = time;
    orders[hole] = order;
    payloads[hole] = payload;
    return result;
  }

  private grow(): void {
    const capacity = this.times.length * 2;
    const grown = <T extends Float64Array | Int32Array>(old: T, fresh: T): T => {
      fresh.set(old);
      return fresh;
    };
    this.times = grown(this.times, new Float64Array(capacity));
    this.orders = grown(this.orders, new Float64Array(capacity));
    this.payloads = grown(this.payloads, new Int32Array(capacity));
  }
}
