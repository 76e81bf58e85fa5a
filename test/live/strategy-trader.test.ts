import { describe, expect, test } from "vitest";
import { seededRandom } from "../../src/core/random.ts";
import type { VenueCapabilities } from "../../src/live/session-config.ts";
import { strategyTrader } from "../../src/live/strategy-trader.ts";
import type { Broker } from "../../src/strategy/broker.ts";
import { type AnyStrategy, defineStrategy } from "../../src/strategy/define-strategy.ts";
import { sma } from "../../src/strategy/indicators/sma.ts";
import { lots } from "../../src/trading/instrument.ts";
import type { ClientOrderId, OrderTerms } from "../../src/trading/order.ts";
import { BTC, terms } from "../support/risk-context.ts";
import { EMPTY, SessionBench } from "../support/session-bench.ts";

const capabilities = {
  types: ["market", "limit", "stop", "stop-limit"],
  times: ["gtc", "gtd", "ioc"],
  holdsReduceOnly: true,
  groups: false,
  plainMarketOrders: true,
  deadMan: false,
} as const;

/** A session that runs the strategy; `bar` closes one bar at the price and answers every commit. */
class Run extends SessionBench {
  /** Orders on their way to the venue, by what they are. */
  readonly sent: { readonly id: ClientOrderId; readonly terms: OrderTerms }[] = [];

  constructor(strategy: AnyStrategy, change: Partial<VenueCapabilities> = {}) {
    const able = { ...capabilities, ...change };
    const random = seededRandom(1);
    const trader = strategyTrader({ strategy, params: {}, instruments: [BTC], capabilities: able, random });
    super({ trader, capabilities: able });
  }

  step(close: number): this {
    this.mono += 100;
    this.permit();
    this.lease();
    this.bar(close);
    return this.settle();
  }

  /** Commits and hands over what was decided; the venue takes all of it. */
  settle(): this {
    for (;;) {
      this.committed();
      const submits = this.take("submit");
      if (submits.length === 0) return this;
      for (const { id, terms } of submits) {
        this.sent.push({ id, terms });
        this.accepted(id, terms);
      }
    }
  }

  fill(index: number, quantity: number): this {
    const { id, terms } = this.sent[index]!;
    this.filled(id, quantity, terms.side);
    return this.settle();
  }

  cancelRequests(): ClientOrderId[] {
    return this.take("cancel").map(({ id }) => id);
  }

  get shapes(): string[] {
    return this.sent.map(({ terms }) => {
      const price = terms.stop ?? terms.limit;
      return `${terms.side} ${terms.quantity} ${terms.type}${price === undefined ? "" : ` ${price}`}${terms.reduceOnly ? " exit" : ""}`;
    });
  }
}

const strategy = (onBar: (broker: Broker, bar: number) => void, name = "probe") =>
  defineStrategy({
    name,
    setup: () => {
      let bars = 0;
      return (_bar, broker) => {
        onBar(broker, bars);
        bars += 1;
      };
    },
  });
const start = (one: AnyStrategy, change: Partial<VenueCapabilities> = {}) => {
  const run = new Run(one, change);
  run.prepare();
  run.answer();
  run.commands.length = 0;
  return run;
};

/** The same after one bar of the past: a strategy is first asked at its second bar. */
const warm = (one: AnyStrategy, change: Partial<VenueCapabilities> = {}) => {
  const run = start(one, change);
  const bar = { time: 1, open: 100, high: 101, low: 99, close: 100, volume: 1 };
  run.happen({ kind: "bar-closed", instrument: BTC.id, bar, history: true });
  run.commands.length = 0;
  return run;
};

describe("a strategy that runs live", () => {
  test("RC-49 is not asked before its indicators are warm, and then at every bar", () => {
    const seen: number[] = [];
    const average = defineStrategy({
      name: "average",
      setup: ({ bars }) => {
        const mean = sma(bars.close, 3);
        return () => seen.push(mean.now);
      },
    });
    const run = start(average);
    for (const close of [100, 101, 102, 106]) run.step(close);
    expect(seen).toEqual([101, 103]);
  });

  test("bars of the past warm it up, and nothing is ordered on them", () => {
    const run = start(strategy((broker) => broker.buy({ size: 1 })));
    const bar = { time: 1, open: 100, high: 101, low: 99, close: 100, volume: 1 };
    run.happen({ kind: "bar-closed", instrument: BTC.id, bar, history: true });
    expect(run.take("commit-intents")).toEqual([]);
    // The same bar again, as a feed may send it after a reconnection, is no new bar.
    run.happen({ kind: "bar-closed", instrument: BTC.id, bar });
    expect(run.take("commit-intents")).toEqual([]);
    expect(run.step(100).shapes).toEqual(["buy 1000 market"]);
  });

  test("sizes become whole lots, and relative ones leave room for what the checks reserve", () => {
    const sizes = [1.2345678, { lots: 7 }, { notional: 250 }, { fraction: 0.05 }] as const;
    const run = warm(strategy((broker, bar) => broker.buy({ size: sizes[bar]! })));
    for (const _ of sizes) run.step(100);
    expect(run.sent.map(({ terms }) => terms.quantity)).toEqual([1_234, 7, 2_500, expect.any(Number)]);
    const half = run.sent.at(-1)!.terms.quantity;
    expect(half).toBeGreaterThan(470_000);
    expect(half * 0.001 * 100).toBeLessThanOrEqual(50_000);
    expect([...run.session.view.denials.keys()]).toEqual([]);
  });

  test("sees its position, its waiting orders and its profit", () => {
    const seen: unknown[] = [];
    const run = warm(
      strategy((broker, bar) => {
        seen.push([
          broker.position.size,
          broker.orders.map(({ side, size, limit }) => [side, size, limit]),
          broker.position.pnl,
        ]);
        if (bar === 0) broker.buy({ size: 1, limit: 99 });
      }),
    );
    run.step(100).step(100).fill(0, 400).step(110);
    expect(seen).toEqual([
      [0, [], 0],
      [0, [["buy", 1, 99]], 0],
      [0.4, [["buy", 0.6, 99]], 4],
    ]);
  });

  test("stop-loss and take-profit rest as exits of what has filled, and follow it", () => {
    const run = warm(strategy((broker, bar) => bar === 0 && broker.buy({ size: 1, sl: 95, tp: 110 })));
    run.step(100);
    expect(run.shapes).toEqual(["buy 1000 market"]);
    run.fill(0, 400);
    expect(run.shapes.slice(1)).toEqual(["sell 400 stop 9500 exit", "sell 400 limit 11000 exit"]);
    run.fill(0, 600);
    // The second part is a trade of its own with its own exits; together they are the position.
    expect(run.shapes.slice(3)).toEqual(["sell 600 stop 9500 exit", "sell 600 limit 11000 exit"]);
    expect([...run.session.view.denials.keys()]).toEqual([]);
  });

  test("when one exit fills the other is withdrawn", () => {
    const run = warm(strategy((broker, bar) => bar === 0 && broker.buy({ size: 1, sl: 95, tp: 110 })));
    run.step(100).fill(0, 1_000);
    const [, stop, take] = run.sent;
    run.cancelRequests();
    run.filled(take!.id, 1_000, "sell");
    expect(run.cancelRequests()).toEqual([stop!.id]);
    run.canceled(stop!.id);
    expect(run.settle().sent).toHaveLength(3);
    expect(run.position).toBe(0);
  });

  test("a moved stop-loss is withdrawn first and placed again once it is gone", () => {
    const run = warm(
      strategy((broker, bar) => {
        if (bar === 0) broker.buy({ size: 1, sl: 95 });
        const [trade] = broker.trades;
        if (bar === 1 && trade !== undefined) trade.sl = 98;
      }),
    );
    run.step(100).fill(0, 1_000).step(104);
    const old = run.sent[1]!.id;
    expect(run.cancelRequests()).toEqual([old]);
    expect(run.shapes.slice(2)).toEqual([]);
    run.canceled(old);
    expect(run.settle().shapes.slice(2)).toEqual(["sell 1000 stop 9800 exit"]);
  });

  test("a trailing stop-loss follows the best price and never falls back", () => {
    const run = warm(strategy((broker, bar) => bar === 0 && broker.buy({ size: 1, trail: 5 })));
    run.step(100).fill(0, 1_000);
    expect(run.shapes.at(-1)).toBe("sell 1000 stop 9500 exit");
    for (const close of [110, 104]) {
      run.step(close);
      for (const id of run.cancelRequests()) run.canceled(id);
      run.settle();
    }
    expect(run.shapes.slice(1)).toEqual(["sell 1000 stop 9500 exit", "sell 1000 stop 10600 exit"]);
  });

  test("an exit that the venue cancels comes back", () => {
    const run = warm(strategy((broker, bar) => bar === 0 && broker.buy({ size: 1, sl: 95 })));
    run.step(100).fill(0, 1_000);
    run.canceled(run.sent[1]!.id);
    expect(run.settle().shapes.slice(1)).toEqual(["sell 1000 stop 9500 exit", "sell 1000 stop 9500 exit"]);
  });

  test("closing goes beside the resting exits, which then go too", () => {
    const run = warm(
      strategy((broker, bar) => {
        if (bar === 0) broker.buy({ size: 1, sl: 95 });
        if (bar === 1) broker.close();
      }),
    );
    run.step(100).fill(0, 1_000).step(101);
    expect(run.shapes.slice(2)).toEqual(["sell 1000 market exit"]);
    run.fill(2, 1_000);
    expect(run.cancelRequests()).toEqual([run.sent[1]!.id]);
    run.canceled(run.sent[1]!.id);
    run.step(102);
    expect(run.sent).toHaveLength(3);
    expect(run.position).toBe(0);
  });

  test("KS-17 where the venue does not keep two exits apart only the stop-loss rests", () => {
    const run = warm(
      strategy((broker, bar) => bar === 0 && broker.buy({ size: 1, sl: 95, tp: 110 })),
      { holdsReduceOnly: false },
    );
    run.step(100).fill(0, 1_000);
    expect(run.shapes.slice(1)).toEqual(["sell 1000 stop 9500 exit"]);
  });

  test("orders that cancel one another do so when the first fills", () => {
    const run = warm(
      strategy((broker, bar) => {
        if (bar > 0) return;
        broker.buy({ size: 1, stop: 105, oco: "breakout" });
        broker.sell({ size: 1, stop: 95, oco: "breakout" });
      }),
    );
    run.step(100).fill(0, 1_000);
    expect(run.cancelRequests()).toEqual([run.sent[1]!.id]);
  });

  test("OL-09 a new holder takes up position and exits, and places nothing twice", () => {
    const bracket = strategy(
      (broker, bar) => bar === 0 && broker.position.isFlat && broker.buy({ size: 1, sl: 95, tp: 110 }),
    );
    const first = warm(bracket);
    first.step(100);
    first.fill(0, 1_000);
    const [entry, stop, take] = first.sent;
    const intentOf = (id: ClientOrderId, terms: OrderTerms, more: object) =>
      ({ id, terms, partition: "p1", owner: {}, ...more }) as never;
    const orderOf = (id: ClientOrderId, terms: OrderTerms, state: string, filled = 0) =>
      ({ id, terms, owner: {}, state, filled: lots(filled), venueOrderId: "v" }) as never;

    const second = new Run(bracket);
    second.venue = { ...first.venue, fills: [] };
    second.prepare({
      ...EMPTY,
      nextSequence: 4,
      positions: first.session.view.positions,
      endedOrders: [
        {
          intent: intentOf(entry!.id, entry!.terms, { exits: { stopLoss: 9_500, takeProfit: 11_000 }, decidedAt: 1 }),
          order: orderOf(entry!.id, entry!.terms, "filled", 1_000),
        },
      ],
      orders: [
        {
          intent: intentOf(stop!.id, stop!.terms, { tag: "stop-loss", parent: entry!.id }),
          order: orderOf(stop!.id, stop!.terms, "accepted"),
        },
        {
          intent: intentOf(take!.id, take!.terms, { tag: "take-profit", parent: entry!.id }),
          order: orderOf(take!.id, take!.terms, "accepted"),
        },
      ],
    });
    second.answer();
    second.step(101).step(102);
    expect(second.sent).toEqual([]);
    expect(second.cancelRequests()).toEqual([]);
    second.canceled(stop!.id);
    expect(second.settle().shapes).toEqual(["sell 1000 stop 9500 exit"]);
  });

  test("OL-09 a new holder of a position without exits places them, though bars of the past came first", () => {
    const protectedEntry = strategy(
      (broker, bar) => bar === 0 && broker.position.isFlat && broker.buy({ size: 1, sl: 95 }),
    );
    const first = warm(protectedEntry);
    first.step(100);
    first.fill(0, 1_000);
    const [entry, stop] = first.sent;

    const second = new Run(protectedEntry);
    second.venue = { openOrders: [], fills: [], position: 1_000 };
    const decided = { partition: "p1", owner: {}, exits: { stopLoss: 9_500 }, decidedAt: 1 };
    const filled = { owner: {}, state: "filled", filled: lots(1_000), venueOrderId: "v" };
    second.prepare({
      ...EMPTY,
      nextSequence: 4,
      positions: first.session.view.positions,
      endedOrders: [
        {
          intent: { id: entry!.id, terms: entry!.terms, ...decided } as never,
          order: { id: entry!.id, terms: entry!.terms, ...filled } as never,
        },
      ],
    });
    for (let time = 1; time <= 5; time++) {
      const bar = { time, open: 100, high: 101, low: 99, close: 100, volume: 1 };
      second.happen({ kind: "bar-closed", instrument: BTC.id, bar, history: true });
    }
    second.answer();
    second.step(100);
    expect(second.sent.map(({ terms }) => terms)).toEqual([{ ...stop!.terms, group: second.sent[0]?.terms.group }]);
  });

  test("what is wanted while it cannot be had is answered like what is denied", () => {
    const bench = new SessionBench();
    bench.prepare();
    bench.answer();
    const answers: unknown[] = [];
    const wish = () => ({ kind: "place", terms: terms(), answered: (id: unknown) => answers.push(id) }) as const;
    const bar = { time: 1, open: 100, high: 101, low: 99, close: 100, volume: 1 };
    bench.trader.next.push(wish());
    bench.happen({ kind: "bar-closed", instrument: BTC.id, bar, history: true });
    expect(answers).toEqual([undefined]);
    bench.work();
    bench.happen({ kind: "operator-asked", request: { id: "r1", scope: "global", action: "cancel" } });
    bench.bar(100, wish());
    expect(answers).toEqual([undefined, undefined]);
  });
});
