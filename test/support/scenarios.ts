import fc from "fast-check";
import type { BacktestSpec } from "../../src/backtest/spec.ts";
import { seededRandom } from "../../src/core/random.ts";
import type { Broker, InstrumentBroker, OrderRequest } from "../../src/strategy/broker.ts";
import type { Bar } from "../../src/trading/bar.ts";

/** One thing a made-up strategy does. Numbers that choose among what there is wrap around. */
export type Act =
  | { readonly do: "order"; readonly on: number; readonly buy: boolean; readonly request: Offsets }
  | { readonly do: "close"; readonly on: number; readonly portion: number }
  | { readonly do: "close-trade"; readonly on: number; readonly which: number; readonly portion: number }
  | { readonly do: "cancel"; readonly on: number; readonly which: number }
  | { readonly do: "cancel-entries"; readonly on: number }
  | { readonly do: "sl" | "tp"; readonly on: number; readonly which: number; readonly ticks: number | undefined };

/** An order whose prices are distances from the last close, in ticks of half a point. */
export interface Offsets extends Omit<OrderRequest, "limit" | "stop" | "sl" | "tp" | "until"> {
  readonly limit?: number;
  readonly stop?: number;
  readonly sl?: number;
  readonly tp?: number;
  readonly untilBars?: number;
}

export interface Scenario {
  readonly bars: readonly (readonly Bar[])[];
  readonly finer: boolean;
  readonly spec: BacktestSpec;
  /** What is done at each step. */
  readonly script: readonly (readonly Act[])[];
}

export const SYMBOLS = ["ONE", "TWO"];
const STEP_MS = 6 * 3_600_000;
const START = 1_600_000_000_000;
const TICK = 0.5;

const ticks = fc.integer({ min: 1, max: 12 });
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

/** Bars on a coarse grid of prices, so that touches, ties and gaps are common. Fewer bars are the first ones. */
const bars = fc.tuple(fc.nat(), fc.integer({ min: 3, max: 40 }), fc.constantFrom(2, 6)).map(([seed, count, swing]) => {
  const random = seededRandom(seed);
  let price = 100;
  return Array.from({ length: count }, (_none, i): Bar => {
    const open = Math.max(5, price + random.integer(-swing, swing) * TICK);
    const close = Math.max(5, open + random.integer(-swing, swing) * TICK);
    price = close;
    return {
      time: START + i * STEP_MS,
      open,
      close,
      high: Math.max(open, close) + random.integer(0, swing) * TICK,
      low: Math.max(1, Math.min(open, close) - random.integer(0, swing) * TICK),
      volume: random.integer(0, 200),
    };
  });
});

const size = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 1, max: 60 }) },
  fc.constant(undefined),
  fc.double({ min: 0.01, max: 1, noNaN: true }).map((fraction) => ({ fraction })),
  fc.double({ min: 50, max: 9000, noNaN: true }).map((notional) => ({ notional })),
  fc.integer({ min: 0, max: 50 }).map((lots) => ({ lots: lots + 0.5 })),
  fc.constant({ risk: 0.02 }),
);

const request: fc.Arbitrary<Offsets> = fc
  .record({
    size,
    limit: fc.integer({ min: -8, max: 8 }),
    stop: fc.integer({ min: -8, max: 8 }),
    // A stop-loss on the wrong side now and then.
    sl: fc.oneof({ weight: 20, arbitrary: ticks }, fc.constant(-3)),
    tp: ticks,
    trail: ticks.map((count) => count * TICK),
    trailFraction: fc.constant(0.03),
    timeInForce: fc.constantFrom("gtc", "gtc", "gtc", "gtc", "gtc", "gtc", "day", "gtd", "ioc", "fok"),
    untilBars: fc.integer({ min: 1, max: 4 }),
    oco: maybe(fc.constantFrom("a", "b")),
    reduceOnly: fc.oneof({ weight: 9, arbitrary: fc.constant(undefined) }, fc.constant(true)),
    tag: maybe(fc.constantFrom("x", "y")),
    kind: fc.constantFrom("market", "market", "limit", "stop", "stop-limit"),
    bracket: fc.constantFrom("none", "none", "sl", "tp", "both", "trail", "trailFraction"),
  })
  .map(({ kind, bracket, ...all }) => {
    const atOnce = all.timeInForce === "ioc" || all.timeInForce === "fok";
    const stops = (kind === "stop" || kind === "stop-limit") && !atOnce;
    const stopped = bracket !== "none" && bracket !== "tp";
    return defined({
      size: typeof all.size === "object" && "risk" in all.size && !stopped ? undefined : all.size,
      limit: kind === "limit" || kind === "stop-limit" ? all.limit : undefined,
      stop: stops ? all.stop : undefined,
      sl: bracket === "sl" || bracket === "both" ? all.sl : undefined,
      tp: bracket === "tp" || bracket === "both" ? all.tp : undefined,
      trail: bracket === "trail" ? all.trail : undefined,
      trailFraction: bracket === "trailFraction" ? all.trailFraction : undefined,
      timeInForce: all.timeInForce,
      untilBars: all.timeInForce === "gtd" ? all.untilBars : undefined,
      oco: all.oco,
      reduceOnly: all.reduceOnly,
      tag: all.tag,
    });
  });

const on = fc.integer({ min: 0, max: 1 });
const which = fc.integer({ min: 0, max: 5 });
const portion = fc.constantFrom(1, 1, 0.5, 0.3, 0.01);
const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant("order" as const), on, buy: fc.boolean(), request }) },
  fc.record({ do: fc.constant("close" as const), on, portion }),
  fc.record({ do: fc.constant("close-trade" as const), on, which, portion }),
  fc.record({ do: fc.constant("cancel" as const), on, which }),
  fc.record({ do: fc.constant("cancel-entries" as const), on }),
  fc.record({ do: fc.constantFrom("sl" as const, "tp" as const), on, which, ticks: maybe(ticks) }),
);

const rate = fc.constantFrom(0.001, 0.002, -0.0002);
const commission = fc.oneof(
  fc.constant(undefined),
  rate,
  fc.record({ fixed: fc.constantFrom(0, 1, 7.5), rate }),
  fc.record({ perUnit: fc.constant(0.01), minimum: fc.constant(1), maximum: fc.constant(5) }),
  fc.record({ rate: fc.constant(0.002), makerRate: fc.constant(-0.0005) }),
  fc.constant({
    rate: 0.003,
    tiers: [
      { from: 5000, rate: 0.002 },
      { from: 50_000, rate: 0.001, makerRate: 0 },
    ],
  }),
);

const slippage = fc.oneof(
  { weight: 3, arbitrary: fc.constant(undefined) },
  fc.constant(0.001),
  fc.constant({ kind: "fixed" as const, amount: 0.25 }),
  fc.constant({ kind: "volume-share" as const, impact: 0.1, limit: 0.5 }),
);

const financing = fc.oneof(
  { weight: 3, arbitrary: fc.constant(undefined) },
  fc.constant({ borrowRate: 0.1 }),
  fc.constant({ borrowRate: 0.05, funding: { rate: 0.0005, everyMs: 8 * 3_600_000 } }),
);

const spec: fc.Arbitrary<BacktestSpec> = fc
  .record({
    cash: fc.constantFrom(10_000, 3000, 100_000),
    commission,
    slippage,
    financing,
    spread: fc.constantFrom(undefined, undefined, 0.001),
    latencyBars: fc.constantFrom(undefined, undefined, 1, 2),
    timezone: fc.constantFrom(undefined, "America/New_York", "Asia/Kolkata"),
    volumeShare: fc.constantFrom(undefined, undefined, 0.5, 0.1),
    leverage: fc.constantFrom(undefined, 2, 20),
    maintenanceMargin: fc.constantFrom(undefined, undefined, 0.04, 0.3),
    positions: fc.constantFrom(undefined, "hedging" as const),
    exclusive: fc.constantFrom(undefined, undefined, true),
    fill: fc.constantFrom(undefined, undefined, "close" as const),
    limitFill: fc.constantFrom(undefined, "through" as const),
    finalize: fc.constantFrom(undefined, true),
    instruments: fc.constantFrom(undefined, { ONE: { lot: 0.5 }, TWO: { lot: 1, multiplier: 5 } }),
  })
  .map(defined);

export const scenario: fc.Arbitrary<Scenario> = fc
  .record({
    all: fc.tuple(bars, fc.oneof({ weight: 2, arbitrary: fc.constant(undefined) }, bars)),
    finer: fc.boolean(),
    spec,
    script: fc.array(fc.array(act, { maxLength: 2, size: "max" }), { minLength: 5, maxLength: 25, size: "max" }),
  })
  .map(({ all: [first, second], finer, spec, script }) => ({
    bars:
      second === undefined
        ? [first]
        : [first, second.map((bar, i) => ({ ...bar, time: bar.time + (i % 3 === 0 ? 1 : 0) }))],
    finer,
    spec,
    script,
  }));

/** The finer bars of a bar: open to one end, then to the other, then to the close. */
export function finerBars(bars: readonly Bar[]): Bar[] {
  return bars.flatMap(({ time, open, high, low, close, volume }, i) => {
    const [near, far] = i % 2 === 0 ? [high, low] : [low, high];
    const leg = (at: number, from: number, to: number): Bar => ({
      time: time + at,
      open: from,
      high: Math.max(from, to),
      low: Math.min(from, to),
      close: to,
      volume: volume / 3,
    });
    return [leg(0, open, near), leg(60_000, near, far), leg(120_000, far, close)];
  });
}

/** Does what the script says for one step. */
export function perform(acts: readonly Act[], broker: Broker, closeOf: (symbol: string) => number, time: number): void {
  for (const act of acts) {
    let target: InstrumentBroker;
    try {
      target = act.on === 0 ? broker : broker.on(SYMBOLS[act.on]!);
    } catch {
      target = broker;
    }
    performOn(act, target, closeOf(target.symbol), time);
  }
}

function performOn(act: Act, broker: InstrumentBroker, close: number, time: number): void {
  const choose = <T>(list: readonly T[]): T | undefined => list[("which" in act ? act.which : 0) % list.length];
  switch (act.do) {
    case "order":
      broker[act.buy ? "buy" : "sell"](requestAt(act.request, act.buy, close, time));
      return;
    case "close":
      broker.close(act.portion);
      return;
    case "close-trade":
      choose(broker.trades)?.close(act.portion);
      return;
    case "cancel":
      choose(broker.orders)?.cancel();
      return;
    case "cancel-entries":
      broker.cancelEntries();
      return;
    default: {
      const trade = choose(broker.trades);
      if (trade === undefined) return;
      const sign = Math.sign(trade.size) * (act.do === "sl" ? -1 : 1);
      trade[act.do] = act.ticks === undefined ? undefined : Math.max(TICK, close + sign * act.ticks * TICK);
    }
  }
}

function requestAt({ untilBars, ...offsets }: Offsets, buy: boolean, close: number, time: number): OrderRequest {
  const at = (ticks: number) => Math.max(TICK, close + ticks * TICK);
  const sign = buy ? 1 : -1;
  const { limit, stop, sl, tp, ...rest } = offsets;
  const entry = limit ?? stop ?? 0;
  return defined({
    ...rest,
    limit: limit === undefined ? undefined : at(limit),
    stop: stop === undefined ? undefined : at(stop),
    sl: sl === undefined ? undefined : at(entry - sign * sl),
    tp: tp === undefined ? undefined : at(entry + sign * tp),
    until: untilBars === undefined ? undefined : time + untilBars * STEP_MS,
  });
}

/** Without the fields that are undefined. */
function defined<T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
