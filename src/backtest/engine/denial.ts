import type { DenialCode } from "../result.ts";
import type { Account } from "./account.ts";
import type { Market } from "./market.ts";
import { timeOf } from "./time-of.ts";
import type { Waiting } from "./waiting.ts";

/** Puts on record why an order may not fill. `lots` NaN when it never had a size. */
export function recordDenial(account: Account, market: Market, order: Waiting, lots: number, code: DenialCode): void {
  account.denials.push({
    bar: market.bar,
    time: timeOf(market),
    symbol: market.symbol,
    code,
    side: order.buy ? "buy" : "sell",
    size: lots * market.lotSize,
    ...(order.tag !== undefined && { tag: order.tag }),
  });
}

/** Takes a waiting order out and puts the reason on record. */
export function refuse(account: Account, market: Market, order: Waiting, lots: number, code: DenialCode): void {
  recordDenial(account, market, order, lots, code);
  market.removeOrder(order);
}
