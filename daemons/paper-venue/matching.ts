import { matchOrder as fillByModel } from "../../src/backtest/fills.ts";
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

/** Matches one order against one bar by the fill model of the backtest. */
export function matchOrder(order: PaperOrder, bar: Bar): Match {
  const { side, limitPrice, stopPrice, status } = order;
  const triggered = status === "triggered" || status === "partially-filled";
  const match = fillByModel({ side, limit: limitPrice, stop: stopPrice, triggered }, bar);
  const hit = stopPrice !== undefined && !triggered;
  if (match.kind === "filled") return { triggered: hit, price: match.price };
  return { triggered: match.kind === "triggered" };
}

const dayOf = (time: number) => Math.floor(time / 86_400_000);
