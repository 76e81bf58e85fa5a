import type { ProposedOrder } from "../risk-check.ts";
import type { Account } from "./account.ts";
import { given } from "./given.ts";
import type { Market } from "./market.ts";
import { lotsOf } from "./sizing.ts";
import { ENTRY, type Waiting } from "./waiting.ts";

/** The code of the first risk check that denies an order, or undefined when all let it pass. */
export function deniedByRisk(account: Account, market: Market, order: Waiting): string | undefined {
  account.markAtClose();
  const objection = account.registry?.denial(account, market, order);
  if (objection !== undefined) return objection;
  const proposed = propose(account, market, order);
  const state = {
    equity: account.equity(),
    cash: account.cash,
    exposure: account.exposure(),
    position: market.lots * market.lotSize,
    waitingEntries: market.orders().filter((one) => one.role === ENTRY).length,
    openTrades: market.openLots().length,
  };
  for (const check of account.checks) {
    const code = check(proposed, state);
    if (code !== undefined) return code;
  }
  return undefined;
}

function propose(account: Account, market: Market, order: Waiting): ProposedOrder {
  const { limit, stop, buy, reduceOnly } = order;
  const hasLimit = given(limit);
  const hasStop = given(stop);
  const lastPrice = market.bars.close.now;
  const price = hasLimit ? limit : hasStop ? stop : lastPrice;
  return {
    symbol: market.symbol,
    side: buy ? "buy" : "sell",
    type: hasStop ? (hasLimit ? "stop-limit" : "stop") : hasLimit ? "limit" : "market",
    size: lotsOf(account, market, order, price, price) * market.lotSize,
    limit: hasLimit ? limit : undefined,
    stop: hasStop ? stop : undefined,
    reduceOnly,
    lastPrice,
    time: market.bars.time.now,
  };
}
