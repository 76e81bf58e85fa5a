import type { AccountId, InstrumentId, Lots, Micros, VenueId } from "../instrument.ts";
import type { ClientOrderId, Side } from "../order.ts";

/** Under these codes an account's shared limits refuse an intent that its own worker's checks had allowed. */
export const ACCOUNT_CODES = {
  ACCOUNT_POSITION_ABOVE_LIMIT:
    "With what the account's other partitions hold and have open, the position could exceed the limit.",
  ACCOUNT_OPEN_ORDERS_ABOVE_LIMIT: "All partitions of the account together have too many orders open.",
  ACCOUNT_OPEN_NOTIONAL_ABOVE_LIMIT: "The open value of all partitions of the account together would exceed the limit.",
  ACCOUNT_CASH_INSUFFICIENT:
    "After what the account's other partitions have bought and reserved, its cash does not cover the order.",
  ACCOUNT_MESSAGE_RATE_ABOVE_LIMIT: "The bucket of orders of the account is empty, whoever emptied it.",
  ACCOUNT_ORDERS_PER_DAY_ABOVE_LIMIT: "All partitions of the account together have used up the day's orders.",
  VENUE_MESSAGE_RATE_ABOVE_LIMIT: "The bucket of orders of the venue is empty, over all accounts.",
} as const;

export type AccountCode = keyof typeof ACCOUNT_CODES;

/** What one account holds and may yet hold: one partition's part of it, or all of them together. */
export interface SharedExposure {
  readonly instruments: ReadonlyMap<InstrumentId, InstrumentExposure>;
  readonly openOrders: number;
  readonly openNotional: Micros;
  /** What is left of the cash after everything that is reserved; undefined when it was never shown. */
  readonly cashLeft: Micros | undefined;
}

export interface InstrumentExposure {
  readonly position: Lots;
  readonly buys: Lots;
  readonly sells: Lots;
}

/** What one intent adds to it, and the limits it is held to. */
export interface ReservationAsk {
  readonly id: ClientOrderId;
  readonly instrument: InstrumentId;
  readonly side: Side;
  readonly lots: Lots;
  /** At the worst price at which it may fill. */
  readonly notional: Micros;
  /** What it takes from the cash at worst, fees included; 0 for a sale. */
  readonly cash: Micros;
  /** Proven to reduce its partition's position: never refused here. */
  readonly reducing: boolean;
  readonly limits: SharedLimits;
}

/** The account's own limits; `null` is none, on purpose or by an override for this order. */
export interface SharedLimits {
  readonly maxPositionLots: number | null;
  readonly maxOpenOrders: number | null;
  readonly maxOpenNotional: number | null;
  /** Whether the order counts against the pace of the account and of the venue. */
  readonly paced: boolean;
}

/** A bucket of orders; `null` where there is no limit. */
export interface Pace {
  readonly perSecond: number | null;
  readonly burst: number | null;
  readonly perDay: number | null;
}

/** What a worker sends along with its intents, so that the store can admit them against the whole account. */
export interface AdmissionRequest {
  readonly venue: VenueId;
  readonly account: AccountId;
  /** What the asking partition itself holds and has at the venue, these intents left out: nobody knows it sooner. */
  readonly own: Omit<SharedExposure, "cashLeft">;
  /** The account's cash as the venue last showed it, moved by the partition's own fills, less its own open buys. */
  readonly cash: { readonly free: Micros; readonly reserved: Micros; readonly ageMs: number } | undefined;
  readonly asks: readonly ReservationAsk[];
  readonly pace: Pace;
  /** The venue's own bucket, over all accounts, where one is set for it. */
  readonly venuePace: Pace | undefined;
}

/**
 * Which of the intents of one commit the account can still carry (RC-04). Every worker checks against what it knows of
 * the others; this is the word that counts. The store speaks it in the very transaction that writes the intents, with
 * the account's row locked; this is the same rule for a simulated store, and what the real one is compared with. Each
 * admitted intent counts for the next one.
 */
export function admitReservations(
  exposure: SharedExposure,
  asks: readonly ReservationAsk[],
): { readonly refused: ReadonlyArray<{ readonly id: ClientOrderId; readonly code: AccountCode }> } {
  const held = new Map(
    [...exposure.instruments].map(([id, one]) => [id, { ...one } as { position: number; buys: number; sells: number }]),
  );
  let { openOrders, openNotional }: { openOrders: number; openNotional: number } = exposure;
  let cashLeft: number = exposure.cashLeft ?? Number.POSITIVE_INFINITY;
  const refused: { id: ClientOrderId; code: AccountCode }[] = [];
  for (const ask of asks) {
    if (ask.reducing) continue;
    const one = held.get(ask.instrument) ?? { position: 0, buys: 0, sells: 0 };
    const furthest = ask.side === "buy" ? one.position + one.buys + ask.lots : one.sells + ask.lots - one.position;
    const code = exceeds(furthest, ask.limits.maxPositionLots)
      ? "ACCOUNT_POSITION_ABOVE_LIMIT"
      : exceeds(openOrders + 1, ask.limits.maxOpenOrders)
        ? "ACCOUNT_OPEN_ORDERS_ABOVE_LIMIT"
        : exceeds(openNotional + ask.notional, ask.limits.maxOpenNotional)
          ? "ACCOUNT_OPEN_NOTIONAL_ABOVE_LIMIT"
          : ask.cash > 0 && ask.cash > cashLeft
            ? "ACCOUNT_CASH_INSUFFICIENT"
            : undefined;
    if (code !== undefined) {
      refused.push({ id: ask.id, code });
      continue;
    }
    if (ask.side === "buy") one.buys += ask.lots;
    else one.sells += ask.lots;
    held.set(ask.instrument, one);
    openOrders += 1;
    openNotional += ask.notional;
    cashLeft -= ask.cash;
  }
  return { refused };
}

const exceeds = (value: number, limit: number | null) => limit !== null && value > limit;
