import { messageOf, OutageError } from "../../core/errors.ts";
import type { VenueEvent } from "../../ports/venue.ts";
import type { ClientOrderId, VenueOrderId } from "../../trading/order.ts";
import type { Sent } from "./egress-ccxt.ts";

/** Whether a thrown thing is one of ccxt's errors of this name or below it. */
export function isKind(error: unknown, name: string): boolean {
  for (let step: unknown = error; step instanceof Object; step = Object.getPrototypeOf(step)) {
    if (step.constructor.name === name) return true;
  }
  return false;
}

/** What became of an order, as a report. Whatever leaves a doubt is unanswered, never a rejection (OL-03). */
export function reportOf(id: ClientOrderId, sent: Sent, alreadyThere: RegExp): VenueEvent {
  if (!sent.left) return { kind: "order-held-back", id, code: sent.code };
  if ("order" in sent) return { kind: "order-accepted", id, venueOrderId: sent.order.id as VenueOrderId };
  return isRejection(sent.error, sent.status) && !alreadyThere.test(messageOf(sent.error))
    ? { kind: "order-rejected", id, reason: messageOf(sent.error) }
    : { kind: "order-unanswered", id };
}

/** Names that say that the exchange understood the order and does not want it. */
const REFUSALS = [
  "AuthenticationError",
  "BadRequest",
  "InsufficientFunds",
  "InvalidOrder",
  "NotSupported",
  "OperationRejected",
];

/**
 * Only a whole answer that names the reason is a rejection. Timeouts, broken connections, overload, answers that cannot
 * be read and every 5xx say nothing about the order.
 */
function isRejection(error: unknown, status: number | undefined): boolean {
  if (status === undefined || status >= 500 || isKind(error, "DuplicateOrderId")) return false;
  return REFUSALS.some((name) => isKind(error, name));
}

/** A request that waits fails with an outage, whatever ccxt calls it. */
export async function asked<T>(exchange: string, request: Promise<T>): Promise<T> {
  try {
    return await request;
  } catch (error) {
    throw new OutageError(exchange, messageOf(error), { cause: error, hint: "ttt status" });
  }
}
