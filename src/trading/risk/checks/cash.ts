import { worthOf } from "../../instrument.ts";
import { defineCheck, PASS } from "../check.ts";
import type { RiskContext } from "../context.ts";
import { FEE_RATIO, notionalOf } from "../exposure.ts";

export const cash = defineCheck({
  id: "RC-30",
  name: "cash",
  summary: "Free cash covers the order with fees, after everything that is already open.",
  whenReducing: "skip",
  codes: {
    CASH_INSUFFICIENT: "Free cash does not cover the order.",
    CASH_UNKNOWN: "The account's cash, a price or a rate is not known.",
  },
  evaluate(context, say) {
    const { account, order } = context;
    if (account === undefined) return say.unknown("CASH_UNKNOWN");
    if (order.terms.side === "sell") return PASS;
    const value = notionalOf(context);
    const reserved = openBuysWorth(context);
    if (value === undefined || reserved === undefined) return say.unknown("CASH_UNKNOWN");
    const needed = (value + reserved) * (1 + FEE_RATIO);
    const values = { needed, free: account.freeCash };
    return needed <= account.freeCash ? say.pass(values) : say.deny("CASH_INSUFFICIENT", values);
  },
});

/** What the partition's open buys will cost at worst. */
function openBuysWorth(context: RiskContext): number | undefined {
  const { conversion } = context;
  if (conversion === undefined) return undefined;
  let total = 0;
  for (const order of context.open) {
    if (order.side !== "buy") continue;
    const instrument = context.holdings.find((holding) => holding.instrument.id === order.instrument)?.instrument;
    if (instrument === undefined) return undefined;
    total += worthOf(instrument, order.price * order.lots) * conversion.rate;
  }
  return total;
}
