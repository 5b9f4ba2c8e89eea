/**
 * A queue of events ordered by (time, rank, sequence): insertion order breaks the last tie, so two runs of one program
 * pop in the same order. Events of one time and rank share a bucket, a list in the order of insertion, and a binary heap
 * orders the buckets: a thousand tasks that wake on a hundred ticks make a heap of a hundred.
 *
 * The bucket of a time is looked for in a small table without any care for collisions: one that is not found there any
 * more is followed by a second bucket for the same time and rank, whose events are all younger.
 *
 * An event that comes into an empty queue waits in front of all that, and goes there only when an earlier one comes: runs
 * in which one thing leads to the next have no other.
 */
const TABLE = 1024;
const NONE = -1;
/** Among so few buckets another one costs less than looking for one of the same time. */
const FEW = 4;

export class EventHeap {
  // the heap: of each bucket in it the time, the order (rank · 2^40 + sequence) and its number
  private times = new Float64Array(64);
  private orders = new Float64Array(64);
  private buckets = new Int32Array(64);
  private size = 0;
  /** by number of a bucket: its time (−1 when it is not in use), rank, first event and the list of the others */
  private bucketTimes = new Float64Array(64).fill(NONE);
  private ranks = new Int32Array(64);
  private payloads = new Int32Array(64);
  private heads = new Int32Array(64);
  private tails = new Int32Array(64);
  private unused = new Int32Array(64);
  private unusedCount = 0;
  private bucketCount = 0;
  /** the lists: event and next */
  private listed = new Int32Array(64);
  private nexts = new Int32Array(64);
  private freeNode = NONE;
  private nodeCount = 0;
  private readonly table = new Int32Array(TABLE).fill(NONE);
  private sequence = 0;
  /** the event in front, which is before all others: its time, rank, sequence and payload (NONE if there is none) */
  private frontTime = 0;
  private frontRank = 0;
  private frontSequence = 0;
  private frontPayload = NONE;

  get isEmpty(): boolean {
    return this.size === 0 && this.frontPayload === NONE;
  }

  /** Adds an event. `rank` (0 … 4095) orders events of one time; smaller comes first. `payload` is not negative. */
  push(time: number, rank: number, payload: number): void {
    if (this.frontPayload === NONE) {
      if (this.size > 0) return this.pushBehind(time, rank, payload);
    } else if (time > this.frontTime || (time === this.frontTime && rank >= this.frontRank)) {
      return this.pushBehind(time, rank, payload);
    } else {
      // not into the table: this bucket comes before others of its time and rank, and nothing may be added to it
      this.addBucket(this.frontTime, this.frontRank, this.frontSequence, this.frontPayload);
    }
    this.frontTime = time;
    this.frontRank = rank;
    this.frontSequence = this.sequence++;
    this.frontPayload = payload;
  }

  private pushBehind(time: number, rank: number, payload: number): void {
    const home = (Math.imul(time | 0, 0x9e3779b1) + rank) >>> 22;
    if (this.size > FEW) {
      const bucket = this.table[home]!;
      if (bucket !== NONE && this.bucketTimes[bucket] === time && this.ranks[bucket] === rank) {
        this.append(bucket, payload);
        return;
      }
    }
    this.table[home] = this.addBucket(time, rank, this.sequence++, payload);
  }

  /** A bucket with one event; its number. */
  private addBucket(time: number, rank: number, sequence: number, payload: number): number {
    if (this.size === this.times.length) this.growBuckets();
    const fresh = this.unusedCount > 0 ? this.unused[--this.unusedCount]! : this.bucketCount++;
    this.bucketTimes[fresh] = time;
    this.ranks[fresh] = rank;
    this.payloads[fresh] = payload;
    this.heads[fresh] = NONE;
    const hole = this.size++;
    this.times[hole] = time;
    this.orders[hole] = rank * 1099511627776 + sequence;
    this.buckets[hole] = fresh;
    if (hole > 0) this.rise(hole);
    return fresh;
  }

  private append(bucket: number, payload: number): void {
    let node = this.freeNode;
    if (node !== NONE) this.freeNode = this.nexts[node]!;
    else {
      if (this.nodeCount === this.nexts.length) this.growNodes();
      node = this.nodeCount++;
    }
    this.listed[node] = payload;
    this.nexts[node] = NONE;
    if (this.heads[bucket] === NONE) this.heads[bucket] = node;
    else this.nexts[this.tails[bucket]!] = node;
    this.tails[bucket] = node;
  }

  /** The time of the first event; Infinity if there is none. */
  get nextTime(): number {
    if (this.frontPayload !== NONE) return this.frontTime;
    return this.size === 0 ? Number.POSITIVE_INFINITY : this.times[0]!;
  }

  /** Removes the first event and returns its payload. */
  pop(): number {
    const front = this.frontPayload;
    if (front !== NONE) {
      this.frontPayload = NONE;
      return front;
    }
    const bucket = this.buckets[0]!;
    const result = this.payloads[bucket]!;
    const node = this.heads[bucket]!;
    if (node === NONE) {
      this.dropFirst(bucket);
      return result;
    }
    this.payloads[bucket] = this.listed[node]!;
    this.heads[bucket] = this.nexts[node]!;
    this.nexts[node] = this.freeNode;
    this.freeNode = node;
    return result;
  }

  private rise(from: number): void {
    const { times, orders, buckets } = this;
    const time = times[from]!;
    const order = orders[from]!;
    const bucket = buckets[from]!;
    let hole = from;
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      const parentTime = times[parent]!;
      if (parentTime < time || (parentTime === time && orders[parent]! < order)) break;
      times[hole] = parentTime;
      orders[hole] = orders[parent]!;
      buckets[hole] = buckets[parent]!;
      hole = parent;
    }
    times[hole] = time;
    orders[hole] = order;
    buckets[hole] = bucket;
  }

  private dropFirst(bucket: number): void {
    const { times, orders, buckets } = this;
    this.bucketTimes[bucket] = NONE;
    this.unused[this.unusedCount++] = bucket;
    const last = --this.size;
    const time = times[last]!;
    const order = orders[last]!;
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
      buckets[hole] = buckets[child]!;
      hole = child;
    }
    times[hole] = time;
    orders[hole] = order;
    buckets[hole] = buckets[last]!;
  }

  private growBuckets(): void {
    const capacity = this.times.length * 2;
    const grown = <T extends Float64Array | Int32Array>(old: T, fresh: T): T => {
      fresh.set(old);
      return fresh;
    };
    this.times = grown(this.times, new Float64Array(capacity));
    this.orders = grown(this.orders, new Float64Array(capacity));
    this.buckets = grown(this.buckets, new Int32Array(capacity));
    this.bucketTimes = grown(this.bucketTimes, new Float64Array(capacity).fill(NONE));
    this.ranks = grown(this.ranks, new Int32Array(capacity));
    this.payloads = grown(this.payloads, new Int32Array(capacity));
    this.heads = grown(this.heads, new Int32Array(capacity));
    this.tails = grown(this.tails, new Int32Array(capacity));
    this.unused = grown(this.unused, new Int32Array(capacity));
  }

  private growNodes(): void {
    const grown = (old: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> => {
      const fresh = new Int32Array(old.length * 2);
      fresh.set(old);
      return fresh;
    };
    this.listed = grown(this.listed);
    this.nexts = grown(this.nexts);
  }
}
