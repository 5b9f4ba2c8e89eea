/**
 * Property tests over orders, with vitest and fast-check.
 *
 *     expect(loadScenario("bank.yaml")).toHoldInEveryOrder();
 *     fc.assert(fc.property(schedules(scenario), (schedule) => replay(scenario, schedule).shared.sold <= 4));
 *
 * What runs is imported from the library alone, so that both work on the same scenarios.
 */
import * as fc from "fast-check";
import { expect } from "vitest";
import { type CheckOptions, type CheckResult, check, type Order, Orders, reporters, type Scenario } from "../index.ts";

interface Matchers<R = unknown> {
  /** Every order was tried, and none breaks anything: no property, no deadlock, no race. Fails where that is not known. */
  toHoldInEveryOrder(options?: CheckOptions): R;
}

declare module "vitest" {
  // biome-ignore lint/suspicious/noExplicitAny: as vitest declares it
  interface Assertion<T = any> extends Matchers<T> {}
  interface AsymmetricMatchersContaining extends Matchers {}
}

expect.extend({
  toHoldInEveryOrder(scenario: Scenario, options: CheckOptions = {}) {
    const result = check(scenario, options);
    return {
      pass: result.verdict === "holds",
      message: () =>
        result.verdict === "holds"
          ? `${scenario.name} holds in every order, but was expected not to`
          : describe(result),
    };
  },
});

function describe(result: CheckResult): string {
  const text = reporters.find((reporter) => reporter.name === "text");
  const options = { width: 100, ascii: false, color: false, trace: false, quiet: false, commands: ["check", "replay"] };
  return text === undefined ? result.verdict : text.write(result, options);
}

/**
 * Orders of a scenario, as schedules that `replay` plays. Failing orders shrink to the fewest switches, then the fewest
 * steps; a shrunk one may stop before the end.
 */
export function schedules(scenario: Scenario): fc.Arbitrary<string> {
  return new ScheduleArbitrary(new Orders(scenario));
}

class ScheduleArbitrary extends fc.Arbitrary<string> {
  private readonly orders: Orders;

  constructor(orders: Orders) {
    super();
    this.orders = orders;
  }

  override generate(random: fc.Random): fc.Value<string> {
    return this.value(this.orders.random(() => random.nextInt(0, 0x3fffffff) / 0x40000000));
  }

  /** Only schedules drawn here are known well enough to be shrunk. */
  override canShrinkWithoutContext(_value: unknown): _value is string {
    return false;
  }

  override shrink(_value: string, context: unknown): fc.Stream<fc.Value<string>> {
    if (context === undefined) return fc.Stream.nil();
    return fc.stream(this.simpler(context as Order));
  }

  private *simpler(order: Order): IterableIterator<fc.Value<string>> {
    for (const each of this.orders.shrink(order)) yield this.value(each);
  }

  private value(order: Order): fc.Value<string> {
    return new fc.Value(order.schedule, order);
  }
}
