/**
 * The least that a simulation needs in plain JavaScript: a binary heap over parallel arrays, and processes as
 * generators that yield a delay (a number) or `WAIT` (somebody else will call `resume`).
 */

export const WAIT = -1;

export class Engine {
  now = 0;
  #times = [];
  #orders = [];
  #processes = [];
  #order = 0;

  /** Starts a generator at the present time. */
  start(process) {
    this.resume(process);
  }

  /** Makes `process` go on at the present time, after whatever is due by now. */
  resume(process) {
    this.#push(this.now, process);
  }

  run() {
    while (this.#processes.length > 0) {
      const process = this.#pop();
      const step = process.next();
      if (!step.done && step.value !== WAIT) this.#push(this.now + step.value, process);
    }
  }

  #push(time, process) {
    const times = this.#times;
    const orders = this.#orders;
    const processes = this.#processes;
    const order = this.#order++;
    let hole = processes.length;
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      // Orders only grow, so among equal times the newcomer stays below.
      if (times[parent] <= time) break;
      times[hole] = times[parent];
      orders[hole] = orders[parent];
      processes[hole] = processes[parent];
      hole = parent;
    }
    times[hole] = time;
    orders[hole] = order;
    processes[hole] = process;
  }

  #pop() {
    const times = this.#times;
    const orders = this.#orders;
    const processes = this.#processes;
    const top = processes[0];
    this.now = times[0];
    const time = times.pop();
    const order = orders.pop();
    const last = processes.pop();
    const length = processes.length;
    if (length === 0) return top;
    let hole = 0;
    for (;;) {
      let child = 2 * hole + 1;
      if (child >= length) break;
      const right = child + 1;
      if (
        right < length &&
        (times[right] < times[child] || (times[right] === times[child] && orders[right] < orders[child]))
      ) {
        child = right;
      }
      if (times[child] > time || (times[child] === time && orders[child] > order)) break;
      times[hole] = times[child];
      orders[hole] = orders[child];
      processes[hole] = processes[child];
      hole = child;
    }
    times[hole] = time;
    orders[hole] = order;
    processes[hole] = last;
    return top;
  }
}

/** A queue of any size; a ring, since Array.shift is linear on long arrays. */
export class Ring {
  #items = new Array(16);
  #head = 0;
  length = 0;

  push(item) {
    if (this.length === this.#items.length) {
      const old = this.#items;
      const grown = new Array(old.length * 2);
      for (let k = 0; k < this.length; k++) grown[k] = old[(this.#head + k) & (old.length - 1)];
      this.#items = grown;
      this.#head = 0;
    }
    this.#items[(this.#head + this.length) & (this.#items.length - 1)] = item;
    this.length += 1;
  }

  shift() {
    const item = this.#items[this.#head];
    this.#items[this.#head] = undefined;
    this.#head = (this.#head + 1) & (this.#items.length - 1);
    this.length -= 1;
    return item;
  }
}

/** Marsaglia's xorshift with 32 bits of state: uniform in (0, 1]. */
export function randomStream(seed) {
  let state = seed | 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return ((state >>> 0) + 1) / 4294967296;
  };
}
