import type { Account } from "./account.ts";
import { given } from "./given.ts";
import type { Market } from "./market.ts";
import { BY_FRACTION, BY_LOTS, BY_NOTIONAL, type Waiting } from "./waiting.ts";

/** Rounds in which a size and a commission that depends on it find each other. */
const MAX_ROUNDS = 16;

/** The size of an entry in whole lots when it fills at `price` (after spread and slippage; `quoted` is before them). */
export function lotsOf(account: Account, market: Market, order: Waiting, price: number, quoted: number): number {
  switch (order.form) {
    case BY_LOTS:
      return order.size;
    case BY_FRACTION:
      return lotsForFraction(account, market, order.size, price, quoted);
    case BY_NOTIONAL:
      return Math.floor(order.size / (price * market.lotValue));
    default: {
      const loss = lossPerLot(market, order, price);
      return loss > 0 ? Math.floor((account.equity() * order.size) / loss) : 0;
    }
  }
}

/** Cash to enter `lots`, per lot, commission included. */
export function costPerLot(account: Account, market: Market, lots: number, price: number, quoted: number): number {
  const fee = account.feeOf(lots * market.lotSize, lots * quoted * market.lotValue, false);
  return price * market.lotValue + fee / lots;
}

/** How many lots a fraction of the free equity, times leverage, buys. */
function lotsForFraction(account: Account, market: Market, fraction: number, price: number, quoted: number): number {
  const budget = account.freeEquity() * account.rules.leverage * fraction;
  if (account.rules.quirks.fixedFeePerUnit) {
    return wholeTimes(budget, costPerLot(account, market, fraction, price, quoted));
  }
  let lots = wholeTimes(budget, price * market.lotValue);
  for (let round = 0; round < MAX_ROUNDS && lots > 0; round++) {
    const affordable = wholeTimes(budget, costPerLot(account, market, lots, price, quoted));
    if (affordable >= lots) break;
    lots = affordable;
  }
  return Math.max(0, lots);
}

/** What a lot loses from entry to its stop-loss; not positive when the entry lies beyond the stop already. */
function lossPerLot(market: Market, order: Waiting, price: number): number {
  const trailing = order.trail > 0 ? order.trail : order.trailFraction * price;
  const distance = given(order.sl) ? (order.buy ? price - order.sl : order.sl - price) : trailing;
  return distance * market.lotValue;
}

/** How many whole times `part` goes into `whole`, exact where a rounded division would be one too many. */
function wholeTimes(whole: number, part: number): number {
  return Math.round((whole - (whole % part)) / part);
}
