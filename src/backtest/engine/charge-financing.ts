import type { Account } from "./account.ts";
import type { Market } from "./market.ts";

/** Charges open trades for the time between the bar before and bar `index`, at the earlier close. */
export function chargeFinancing(account: Account, market: Market, index: number): void {
  const { financing } = account.rules;
  if (financing === undefined || index === 0 || !market.holds) return;
  const { time, close } = market.columns;
  for (let lot = market.firstLot; lot !== undefined; lot = lot.next) {
    const value = lot.sign * lot.lots * close[index - 1]! * market.lotValue;
    const due = financing(value, time[index - 1]!, time[index]!);
    lot.financing += due;
    account.cash -= due;
  }
}
