import { Crossings } from "../../strategy/crossings.ts";
import type { Gate } from "../../strategy/only-when.ts";
import { BacktestBroker } from "./broker.ts";
import { type Course, endBankrupt, mayFill } from "./course.ts";
import type { Market } from "./market.ts";
import { matchBar } from "./matching.ts";

/**
 * The loop for a strategy that only acts on a signal: from one bar at which it is called or an order can fill to the
 * next. What lies between needs its equity written and nothing else. Returns as `runSingle` does.
 */
export function runGated({ account, bar, warmUps, equity }: Course, { signal, act }: Gate): number {
  const market = account.markets[0]!;
  const broker = new BacktestBroker(account);
  const { columns, lotValue } = market;
  const { cursor } = market.bars;
  const count = columns.close.length;
  let call = Crossings.nextOf(signal, Math.min(warmUps[0]!, count), count);
  for (let from = 0; from < count; ) {
    cursor.index = from - 1;
    if (mayFill(market, from)) matchBar(account, market, from);
    const called = Math.min(call + 1, count);
    const to = market.waits ? nextFill(market, from + 1, called) : called;
    const base = account.cash - market.cost * lotValue;
    const perPoint = market.lots * lotValue;
    const bankrupt = writeEquity(equity, columns.close, from, to, base, perPoint);
    cursor.index = to - 1;
    if (bankrupt >= 0) {
      cursor.index = bankrupt;
      return endBankrupt(account, equity, bankrupt);
    }
    if (to === call + 1) {
      act(bar, broker);
      call = Crossings.nextOf(signal, to, count);
    }
    from = to;
  }
  return -1;
}

/** The first bar with from <= bar < to in which some waiting order can fill, or `to`. */
function nextFill({ wakeBar, downPrice, upPrice, columns: { low, high } }: Market, from: number, to: number): number {
  const end = Math.min(to, Math.max(from, wakeBar));
  let bar = from;
  while (bar < end && !(low[bar]! <= downPrice || high[bar]! >= upPrice)) bar++;
  return bar;
}

/** Writes equity at the closes of bars from <= bar < to; returns the bar at which it was used up, or -1. */
function writeEquity(
  equity: Float64Array,
  close: Float64Array,
  from: number,
  to: number,
  base: number,
  perPoint: number,
): number {
  if (perPoint === 0 && base > 0) {
    equity.fill(base, from, to);
    return -1;
  }
  for (let i = from; i < to; i++) {
    const value = base + perPoint * close[i]!;
    equity[i] = value;
    if (value <= 0) return i;
  }
  return -1;
}
