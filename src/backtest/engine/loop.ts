import { gateOf } from "../../strategy/only-when.ts";
import type { Account } from "./account.ts";
import { BacktestBroker } from "./broker.ts";
import { chargeFinancing } from "./charge-financing.ts";
import { type Course, endBankrupt, mayFill } from "./course.ts";
import { runGated } from "./gated-loop.ts";
import { liquidate } from "./margin.ts";
import type { Market } from "./market.ts";
import { matchBar } from "./matching.ts";

/** Runs one instrument from its first bar to its last. Returns the bar at which equity was used up, or -1. */
export function runSingle(course: Course): number {
  const { financing, maintenanceMargin } = course.account.rules;
  if (financing !== undefined || maintenanceMargin > 0) return runWatched(course);
  const gate = gateOf(course.onBar);
  return gate === undefined ? runPlain(course) : runGated(course, gate);
}

/**
 * The loop in which the time goes. Between the moments at which orders can fill or are made, cash and position stand
 * still, and so does everything that the inner loop needs beside prices: it runs from one such moment to the next.
 */
function runPlain({ account, onBar, bar, warmUps, equity }: Course): number {
  const market = account.markets[0]!;
  const broker = new BacktestBroker(account);
  const { high, low, close } = market.columns;
  const { cursor } = market.bars;
  const { lotValue } = market;
  const first = warmUps[0]!;
  const count = close.length;

  for (let i = 0; i < count; ) {
    if (mayFill(market, i)) matchBar(account, market, i);
    market.stirred = false;
    const { waits, wakeBar, downPrice, upPrice } = market;
    const base = account.cash - market.cost * lotValue;
    const perPoint = market.lots * lotValue;
    do {
      cursor.index = i;
      const value = base + perPoint * close[i]!;
      equity[i] = value;
      if (value <= 0) return endBankrupt(account, equity, i);
      if (i >= first) onBar(bar, broker);
      i += 1;
    } while (i < count && !market.stirred && !(waits && (i >= wakeBar || low[i]! <= downPrice || high[i]! >= upPrice)));
  }
  return -1;
}

/** The same with financing and a maintenance margin to look after at every bar. */
function runWatched({ account, onBar, bar, warmUps, equity }: Course): number {
  const market = account.markets[0]!;
  const broker = new BacktestBroker(account);
  const { close } = market.columns;
  const { maintenanceMargin } = account.rules;
  for (let i = 0; i < close.length; i++) {
    chargeFinancing(account, market, i);
    if (mayFill(market, i)) matchBar(account, market, i);
    market.bars.cursor.index = i;
    let value = account.cash + (market.lots * close[i]! - market.cost) * market.lotValue;
    if (maintenanceMargin > 0) value = maintained(account, value);
    equity[i] = value;
    if (value <= 0) return endBankrupt(account, equity, i);
    if (i >= warmUps[0]!) onBar(bar, broker);
  }
  return -1;
}

/** Runs several instruments merged in time order: all bars of one moment are one step. Returns as `runSingle` does. */
export function runMerged({ account, onBar, bar, warmUps, equity }: Course, times: Float64Array): number {
  const { markets } = account;
  const broker = new BacktestBroker(account);
  const { maintenanceMargin } = account.rules;
  for (let step = 0; step < times.length; step++) {
    beginStep(account, times[step]!);
    for (const market of markets) {
      const next = market.bars.cursor.index + 1;
      if (market.bars.fresh && mayFill(market, next)) matchBar(account, market, next);
    }
    for (const market of markets) if (market.bars.fresh) market.bars.cursor.index += 1;
    account.markAtClose();
    let value = account.equity();
    if (maintenanceMargin > 0) value = maintained(account, value);
    equity[step] = value;
    if (value <= 0) return endBankrupt(account, equity, step);
    if (isWarm(markets, warmUps)) onBar(bar, broker);
  }
  return -1;
}

/** The moments at which some instrument has a bar, ascending. */
export function mergedTimes(markets: readonly Market[]): Float64Array {
  const all = new Float64Array(markets.reduce((sum, { columns }) => sum + columns.time.length, 0));
  let count = 0;
  for (const { columns } of markets) {
    all.set(columns.time, count);
    count += columns.time.length;
  }
  all.sort();
  let kept = 0;
  for (const time of all) if (kept === 0 || time !== all[kept - 1]) all[kept++] = time;
  return all.slice(0, kept);
}

/** Marks which instruments have a bar at `time`: those are charged for holding, and count at its open while orders fill. */
function beginStep(account: Account, time: number): void {
  for (const market of account.markets) {
    const next = market.bars.cursor.index + 1;
    market.bars.fresh = market.columns.time[next] === time;
    if (!market.bars.fresh) continue;
    market.mark = market.columns.open[next]!;
    chargeFinancing(account, market, next);
  }
}

function isWarm(markets: readonly Market[], warmUps: readonly number[]): boolean {
  for (let at = 0; at < markets.length; at++) if (markets[at]!.bars.cursor.index < warmUps[at]!) return false;
  return true;
}

/** Equity after the maintenance margin has been looked after. */
function maintained(account: Account, equity: number): number {
  account.markAtClose();
  const exposure = account.exposure();
  if (exposure === 0 || equity >= account.rules.maintenanceMargin * exposure) return equity;
  liquidate(account);
  return account.equity();
}
