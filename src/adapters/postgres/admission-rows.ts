import {
  type Instrument,
  type InstrumentId,
  lots,
  micros,
  microsPerUnit,
  roundToTicks,
} from "../../trading/instrument.ts";
import type { Intent } from "../../trading/intent.ts";
import type { AdmissionRequest, ReservationAsk } from "../../trading/risk/account-admission.ts";
import type { AccountOthers, OthersExposure } from "../../trading/risk/account-view.ts";

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

export interface OthersRow {
  readonly instrument: string;
  readonly position: number;
  readonly buys: number;
  readonly sells: number;
  readonly open_orders: number;
  readonly open_notional: number;
  readonly cost: number;
  readonly shared: boolean;
  readonly highest_buy: number | null;
  readonly lowest_sell: number | null;
}

/** What other partitions hold and have open. Their positions are worth here what they cost. */
export function othersOf(
  rows: readonly OthersRow[],
  instruments: ReadonlyMap<InstrumentId, Instrument>,
): AccountOthers {
  const others = new Map<InstrumentId, OthersExposure>();
  let worth = 0;
  for (const row of rows) {
    const instrument = instruments.get(row.instrument as InstrumentId);
    if (instrument === undefined) continue;
    const cost = row.cost * microsPerUnit(instrument);
    worth += cost;
    others.set(instrument.id, {
      position: lots(row.position),
      openBuys: lots(row.buys),
      openSells: lots(row.sells),
      gross: micros(Math.ceil(Math.abs(cost)) + row.open_notional),
      openOrders: row.open_orders,
      shared: row.shared,
      ...(row.highest_buy !== null && { highestBuy: roundToTicks(instrument, row.highest_buy, "nearest") }),
      ...(row.lowest_sell !== null && { lowestSell: roundToTicks(instrument, row.lowest_sell, "nearest") }),
    });
  }
  return { others, worth: micros(Math.round(worth)) };
}
