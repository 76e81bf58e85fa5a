import type { InstrumentId, Lots, Micros } from "../instrument.ts";
import type { ClientOrderId, Side } from "../order.ts";

/** What one account holds and may yet hold, over all partitions, as the store sees it under its lock. */
export interface SharedExposure {
  readonly instruments: ReadonlyMap<
    InstrumentId,
    { readonly position: Lots; readonly buys: Lots; readonly sells: Lots }
  >;
  readonly openOrders: number;
  readonly openNotional: Micros;
}

/** What one intent adds to it. */
export interface ReservationAsk {
  readonly id: ClientOrderId;
  readonly instrument: InstrumentId;
  readonly side: Side;
  readonly lots: Lots;
  readonly notional: Micros;
  /** Proven to reduce its partition's position: never refused here. */
  readonly reducing: boolean;
}

/** The account's own limits; `null` is none on purpose. */
export interface SharedLimits {
  readonly maxPositionLots: number | null;
  readonly maxOpenOrders: number | null;
  readonly maxOpenNotional: number | null;
}

/**
 * Which of the intents of one commit the account can still carry (RC-04). Every worker checks against what it knows of
 * the others; this is the word that counts, because it is spoken in the very transaction that writes the intents, with
 * the account's row locked. Each admitted intent counts for the next one.
 */
export function admitReservations(
  exposure: SharedExposure,
  asks: readonly ReservationAsk[],
  limits: SharedLimits,
): { readonly refused: ReadonlyArray<{ readonly id: ClientOrderId; readonly code: string }> } {
  const held = new Map(
    [...exposure.instruments].map(([id, one]) => [id, { ...one } as { position: number; buys: number; sells: number }]),
  );
  let { openOrders, openNotional }: { openOrders: number; openNotional: number } = exposure;
  const refused: { id: ClientOrderId; code: string }[] = [];
  for (const ask of asks) {
    const one = held.get(ask.instrument) ?? { position: 0, buys: 0, sells: 0 };
    const furthest = ask.side === "buy" ? one.position + one.buys + ask.lots : one.sells + ask.lots - one.position;
    const code = ask.reducing
      ? undefined
      : exceeds(furthest, limits.maxPositionLots)
        ? "ACCOUNT_POSITION_ABOVE_LIMIT"
        : exceeds(openOrders + 1, limits.maxOpenOrders)
          ? "ACCOUNT_OPEN_ORDERS_ABOVE_LIMIT"
          : exceeds(openNotional + ask.notional, limits.maxOpenNotional)
            ? "ACCOUNT_OPEN_NOTIONAL_ABOVE_LIMIT"
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
  }
  return { refused };
}

const exceeds = (value: number, limit: number | null) => limit !== null && value > limit;
