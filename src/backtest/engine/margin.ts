import type { Account } from "./account.ts";
import { closeLot, EXIT_BY_LIQUIDATION } from "./close-lot.ts";
import type { Market } from "./market.ts";
import { slipped } from "./slipped.ts";
import { ENTRY } from "./waiting.ts";

/** Closes every open trade at the last close, because equity fell below the maintenance margin. */
export function liquidate(account: Account): void {
  account.liquidations += 1;
  for (const market of account.markets) {
    cancelEntries(market);
    closeAllAtClose(account, market, EXIT_BY_LIQUIDATION, false);
  }
}

/** Closes every open trade at the last close and sets the account to nothing: the run is over. */
export function goBankrupt(account: Account): void {
  const { skipsEverySecond } = account.rules.quirks;
  for (const market of account.markets) closeAllAtClose(account, market, EXIT_BY_LIQUIDATION, skipsEverySecond);
  account.cash = 0;
}

/** Closes the open trades of a market at the close of its last bar, oldest first. */
export function closeAllAtClose(account: Account, market: Market, reason: number, skipsEverySecond: boolean): void {
  const { index } = market.bars.cursor;
  if (index < 0) return;
  market.bar = index;
  const close = market.columns.close[index]!;
  market.mark = close;
  for (const [at, lot] of market.openLots().entries()) {
    if (skipsEverySecond && at % 2 === 1) continue;
    const price = slipped(account, market, -lot.sign * lot.lots, close, false);
    account.beginFill();
    closeLot(account, market, lot, lot.lots, price, false, reason);
  }
}

export function cancelEntries(market: Market): void {
  for (const order of market.orders()) {
    if (order.role === ENTRY) market.removeOrder(order);
  }
}
