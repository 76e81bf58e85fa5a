import { type Instrument, type Lots, lots, type Ticks, ticks } from "../trading/instrument.ts";
import type { OrderTerms } from "../trading/order.ts";
import type { OpenOrder } from "../trading/risk/context.ts";
import { openOn } from "../trading/risk/exposure.ts";
import type { VenueCapabilities } from "./session-config.ts";

/** After so many exits that did not close the position the rest is reported, not chased (KS-18). */
export const MAX_EXITS = 6;
/** How far an exit may pay through the reference when no collar was set. */
const DEFAULT_COLLAR = 0.02;

/**
 * The next exit order of a flatten, or undefined when nothing is left to close. First a market order where the venue
 * takes one, then limits that step from the reference to the collar, because a venue may refuse market orders just when
 * it matters. Never more than the position less the exits that already rest (KS-16).
 */
export function nextExit(
  instrument: Instrument,
  position: Lots,
  open: readonly OpenOrder[],
  reference: Ticks | undefined,
  collarRatio: number | undefined,
  capabilities: VenueCapabilities,
  attempt: number,
): OrderTerms | undefined {
  const side = position > 0 ? "sell" : "buy";
  const left = Math.min(Math.abs(position) - openOn(open, instrument.id, side), instrument.maximum);
  if (position === 0 || left < instrument.minimum || left <= 0) return undefined;
  const base = { instrument: instrument.id, side, quantity: lots(left), reduceOnly: true } as const;
  const plain = capabilities.types.includes("market") && capabilities.plainMarketOrders;
  if (reference === undefined || (attempt === 0 && plain)) return { ...base, type: "market", timeInForce: "gtc" };
  const step = (collarRatio ?? DEFAULT_COLLAR) * Math.min(1, (attempt + 1) / (MAX_EXITS - 1));
  const price = side === "buy" ? Math.floor(reference * (1 + step)) : Math.max(1, Math.ceil(reference * (1 - step)));
  return {
    ...base,
    type: "limit",
    limit: ticks(price),
    timeInForce: capabilities.times.includes("ioc") ? "ioc" : "gtc",
  };
}
