import type { Intent } from "../../trading/intent.ts";
import type { AdmissionRequest, ReservationAsk } from "../../trading/risk/account-admission.ts";

/** What an intent reserves of its account, beside its own columns. */
export function reservationRow(ask: ReservationAsk | undefined, { id, terms, reducing }: Intent) {
  if (ask === undefined) throw new Error(`no reservation is asked for ${id}`);
  const { limits, notional, cash } = ask;
  return {
    ...{ notional, cash, reducing },
    lots: terms.quantity,
    exposure_group: terms.group ?? null,
    max_position: whole(limits.maxPositionLots),
    max_open_orders: whole(limits.maxOpenOrders),
    max_open_notional: whole(limits.maxOpenNotional),
    paced: limits.paced,
  };
}

export function admissionRow({ venue, account, own, cash, pace, venuePace }: AdmissionRequest) {
  return {
    ...{ venue, account, pace, venuePace: venuePace ?? null },
    own: Object.fromEntries(own.instruments),
    openOrders: own.openOrders,
    openNotional: own.openNotional,
    freeCash: cash?.free ?? null,
    openCash: cash?.reserved ?? 0,
    cashAgeMs: cash?.ageMs ?? 0,
  };
}

/** Limits are whole numbers in the store; a part of a lot or an order is none. */
const whole = (limit: number | null) => (limit === null ? null : Math.floor(limit));
