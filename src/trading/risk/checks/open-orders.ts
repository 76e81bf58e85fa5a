import { worthOf } from "../../instrument.ts";
import { defineCheck, firstObjection } from "../check.ts";
import type { RiskContext } from "../context.ts";
import { notionalOf } from "../exposure.ts";

export const openOrders = defineCheck({
  id: "RC-36",
  name: "open-orders",
  summary: "Number, quantity and value of open orders stay within their limits.",
  whenReducing: "skip",
  codes: {
    OPEN_ORDERS_ABOVE_LIMIT: "Too many orders are open.",
    OPEN_LOTS_ABOVE_LIMIT: "The open quantity would exceed the limit.",
    OPEN_NOTIONAL_ABOVE_LIMIT: "The open value would exceed the limit.",
    OPEN_ORDERS_UNKNOWN: "The account's other orders, or a price, are not known.",
  },
  evaluate(context, say) {
    const { open, order, account } = context;
    const others = account?.others.get(order.terms.instrument);
    const count = account === undefined ? undefined : open.length + 1 + (others?.openOrders ?? 0);
    const same = open.filter((one) => one.instrument === order.terms.instrument);
    const quantity = same.reduce((sum, one) => sum + one.lots, 0) + order.terms.quantity;
    return firstObjection(
      say.within("maxOpenOrders", count, "OPEN_ORDERS_ABOVE_LIMIT", "OPEN_ORDERS_UNKNOWN"),
      say.within("maxOpenLots", quantity, "OPEN_LOTS_ABOVE_LIMIT", "OPEN_ORDERS_UNKNOWN"),
      say.within("maxOpenNotional", openNotional(context), "OPEN_NOTIONAL_ABOVE_LIMIT", "OPEN_ORDERS_UNKNOWN"),
    );
  },
});

function openNotional(context: RiskContext): number | undefined {
  const value = notionalOf(context);
  const { conversion } = context;
  if (value === undefined || conversion === undefined) return undefined;
  return context.open.reduce<number>((sum, one) => {
    const instrument = context.holdings.find((holding) => holding.instrument.id === one.instrument)?.instrument;
    return instrument === undefined ? Number.NaN : sum + worthOf(instrument, one.lots * one.price) * conversion.rate;
  }, value);
}
