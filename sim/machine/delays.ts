/**
 * The lengths of delays that need nothing but constants and a random number, as rows of numbers. Equal ones are one row:
 * a thousand processes that sleep alike read the same few numbers, where each would have closures of its own.
 */
import { exponentialAt, type RandomStreams } from "../base/random.ts";
import type { Expr } from "../program/program.ts";
import type { Values } from "../program/values.ts";
import { grainsOfValue } from "./evaluate.ts";

const LENGTH = { fixed: 0, uniform: 1, randint: 2, exponential: 3 } as const;
const COLUMNS = 3;

export class Lengths {
  private readonly values: Values;
  private readonly grainsPerUnit: number;
  private readonly known = new Map<string, number>();
  /** kind and two operands of each */
  private rows = new Float64Array(0);

  constructor(values: Values, grainsPerUnit: number) {
    this.values = values;
    this.grainsPerUnit = grainsPerUnit;
  }

  /** The number of this length, one more row if need be; −1 if it is of another kind. */
  of(time: Expr): number {
    if (time.op === "constant") return this.row(LENGTH.fixed, this.grains(time), 0);
    if (time.op !== "random") return -1;
    const { distribution } = time;
    if (distribution !== "uniform" && distribution !== "randint" && distribution !== "exponential") return -1;
    const [first, second] = time.arguments;
    return this.row(LENGTH[distribution], this.grains(first), distribution === "exponential" ? 0 : this.grains(second));
  }

  /** The length in grains. Must give what `compileTime` would. */
  draw(index: number, streams: RandomStreams, task: number): number {
    const { rows } = this;
    const at = index * COLUMNS;
    const first = rows[at + 1]!;
    const second = rows[at + 2]!;
    switch (rows[at]) {
      case LENGTH.fixed:
        return first;
      case LENGTH.uniform:
        return Math.round(first + (second - first) * streams.next(task));
      case LENGTH.randint: {
        const low = Math.ceil(first / this.grainsPerUnit);
        const high = Math.floor(second / this.grainsPerUnit);
        return (low + Math.floor(streams.next(task) * (high - low + 1))) * this.grainsPerUnit;
      }
      default:
        return Math.round(exponentialAt(streams.next(task), first));
    }
  }

  private grains(expr: Expr | undefined): number {
    return expr?.op === "constant" ? grainsOfValue(this.values.decode(expr.code), this.grainsPerUnit) : Number.NaN;
  }

  private row(kind: number, first: number, second: number): number {
    // no time at all, or a negative one: the closure says so when it comes to it
    if (!(first >= 0 && second >= 0)) return -1;
    const key = `${kind} ${first} ${second}`;
    let index = this.known.get(key);
    if (index === undefined) {
      index = this.known.size;
      this.known.set(key, index);
      const grown = new Float64Array(this.rows.length + COLUMNS);
      grown.set(this.rows);
      grown.set([kind, first, second], this.rows.length);
      this.rows = grown;
    }
    return index;
  }
}
