import type { Account } from "./account.ts";
import type { Market } from "./market.ts";

/** The price after slippage of `lots` (signed). Orders that rest at their price have none. */
export function slipped(account: Account, market: Market, lots: number, price: number, maker: boolean): number {
  const { slippage } = account.rules;
  return slippage === undefined || maker
    ? price
    : slippage(lots * market.lotSize, price, market.columns.volume[market.bar]!);
}
