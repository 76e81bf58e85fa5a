import type { Bar } from "../../src/trading/bar.ts";
import type { PaperOrder } from "../../src/trading/paper/wire.ts";

/** What one bar does to one order: it may trigger it, fill it whole at a price, or both. */
export interface Match {
  readonly triggered: boolean;
  readonly price?: number;
}

/** Whether the order still lives when this bar comes: a day order ends with the day, a gtd order with its time. */
export function mayTrade(order: PaperOrder, bar: Bar, previousBarTime: number): boolean {
  if (order.timeInForce === "gtd") return bar.time < (order.expiresAt ?? 0);
  if (order.timeInForce === "day") return dayOf(bar.time) === dayOf(previousBarTime);
  return true;
}

/**
 * Matches one order against one bar by the rules of the backtest: market at the open; a stop at its price or at the
 * open when the bar gaps past it; a limit at the better of its price and the open; touch is enough.
 */
export function matchOrder(order: PaperOrder, bar: Bar): Match {
  const buy = order.side === "buy";
  const { limitPrice = 0, stopPrice = 0 } = order;
  const reaches = (price: number) => (buy ? bar.high >= price : bar.low <= price);
  const falls = (price: number) => (buy ? bar.low <= price : bar.high >= price);
  const worse = buy ? Math.max : Math.min;
  const better = buy ? Math.min : Math.max;
  switch (order.kind) {
    case "market":
      return { triggered: false, price: bar.open };
    case "stop":
      return reaches(stopPrice) ? { triggered: true, price: worse(stopPrice, bar.open) } : { triggered: false };
    case "limit":
      return falls(limitPrice) ? { triggered: false, price: better(limitPrice, bar.open) } : { triggered: false };
    case "stop-limit": {
      if (order.status === "triggered" || order.status === "partially-filled") {
        return falls(limitPrice) ? { triggered: false, price: better(limitPrice, bar.open) } : { triggered: false };
      }
      if (!reaches(stopPrice)) return { triggered: false };
      const from = worse(stopPrice, bar.open);
      const allowed = buy ? from <= limitPrice : from >= limitPrice;
      if (allowed) return { triggered: true, price: from };
      // The bar went past the limit first: it fills only if the bar comes back to it.
      return buy
        ? bar.close <= limitPrice
          ? { triggered: true, price: limitPrice }
          : { triggered: true }
        : bar.close >= limitPrice
          ? { triggered: true, price: limitPrice }
          : { triggered: true };
    }
  }
}

const dayOf = (time: number) => Math.floor(time / 86_400_000);
