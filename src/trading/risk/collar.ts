import { type Instrument, type Ticks, ticks } from "../instrument.ts";
import type { OrderTerms } from "../order.ts";

/**
 * How far the order may pay through the reference, as a ratio of it: 0.01 is 1 % worse than the reference, 0 when it is
 * at the reference or better. A market order has no price of its own and gets its collar when it is protected.
 */
export function throughReference(terms: OrderTerms, reference: Ticks): number {
  const price = terms.limit ?? reference;
  const worse = terms.side === "buy" ? price - reference : reference - price;
  return Math.max(0, worse / reference);
}

/**
 * A market order as a limit order that takes what is there inside the collar and drops the rest (RC-17). A venue that
 * does not take market orders takes this, and no fill can be further away than the collar.
 */
export function protectMarketOrder(
  terms: OrderTerms,
  reference: Ticks,
  collarRatio: number,
  instrument: Instrument,
): OrderTerms {
  if (terms.type !== "market" || terms.instrument !== instrument.id) return terms;
  const limit =
    terms.side === "buy"
      ? Math.floor(reference * (1 + collarRatio))
      : Math.max(1, Math.ceil(reference * (1 - collarRatio)));
  return { ...terms, type: "limit", limit: ticks(limit), timeInForce: terms.timeInForce === "fok" ? "fok" : "ioc" };
}
