import { accountId, micros, venueId } from "../../src/trading/instrument.ts";
import type { Intent } from "../../src/trading/intent.ts";
import type { AdmissionRequest, ReservationAsk } from "../../src/trading/risk/account-admission.ts";

/** What a worker with nothing of its own sends along with these intents; without any limit unless one is said. */
export function roomFor(
  intents: readonly Intent[],
  ask: Partial<ReservationAsk> | ((intent: Intent) => Partial<ReservationAsk>) = {},
  request: Partial<AdmissionRequest> = {},
): AdmissionRequest {
  return {
    venue: intents[0]?.owner.venue ?? venueId("paper"),
    account: intents[0]?.owner.account ?? accountId("main"),
    own: { instruments: new Map(), openOrders: 0, openNotional: micros(0) },
    cash: undefined,
    asks: intents.map((intent) => ({
      id: intent.id,
      instrument: intent.terms.instrument,
      side: intent.terms.side,
      lots: intent.terms.quantity,
      notional: micros(0),
      cash: micros(0),
      reducing: intent.reducing,
      limits: { maxPositionLots: null, maxOpenOrders: null, maxOpenNotional: null, paced: true },
      ...(typeof ask === "function" ? ask(intent) : ask),
    })),
    pace: { perSecond: null, burst: null, perDay: null },
    venuePace: undefined,
    ...request,
  };
}
