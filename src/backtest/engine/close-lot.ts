import type { Account } from "./account.ts";
import type { Lot } from "./lot.ts";
import type { Market } from "./market.ts";
import {
  COMMISSION,
  ENTRY_BAR,
  ENTRY_PRICE,
  ENTRY_TIME,
  EXIT_BAR,
  EXIT_PRICE,
  EXIT_TIME,
  FINANCING,
  ORIGIN,
  PNL,
  REASONS,
  SIZE,
  SL,
  TP,
} from "./trade-log.ts";

/** Indices into EXIT_REASONS. */
export const EXIT_BY_ORDER = 0;
export const EXIT_BY_CLOSE = 1;
export const EXIT_BY_LIQUIDATION = 4;
export const EXIT_AT_END = 5;

/** Closes `lots` of an open trade at `price` and books it. */
export function closeLot(
  account: Account,
  market: Market,
  lot: Lot,
  lots: number,
  price: number,
  maker: boolean,
  reason: number,
): void {
  const { quirks } = account.rules;
  const units = lots * market.lotSize;
  const value = lots * price * market.lotValue;
  const fee = account.chargePart(units, value, maker);
  const gross = lot.sign * lots * (price - lot.entryPrice) * market.lotValue;
  account.cash += gross - fee;
  const whole = lots === lot.lots;
  const entryFee = whole ? lot.entryFee : (lot.entryFee * lots) / lot.lots;
  const financing = whole ? lot.financing : (lot.financing * lots) / lot.lots;
  const reported = quirks.entryFeePerPart
    ? account.rules.commission(units, lots * lot.entryPrice * market.lotValue, false, 0)
    : entryFee;

  const { log } = account;
  const at = log.nextRow();
  const { rows } = log;
  rows[at + ENTRY_BAR] = lot.entryBar;
  rows[at + EXIT_BAR] = market.bar;
  rows[at + ENTRY_PRICE] = lot.entryPrice;
  rows[at + EXIT_PRICE] = price;
  rows[at + SIZE] = lot.sign * units;
  rows[at + PNL] = gross - fee - reported - financing;
  rows[at + COMMISSION] = fee + reported;
  rows[at + ORIGIN] = market.index * REASONS + reason;
  if (lot.detailed || financing !== 0) logDetails(account, market, lot, financing);

  lot.entryFee -= entryFee;
  lot.financing -= financing;
  market.reduceLot(lot, lots);
}

/** Adds to the newest trade of the log what only some trades have. */
function logDetails({ log }: Account, market: Market, lot: Lot, financing: number): void {
  if (lot.tag !== undefined) log.tags.set(log.length - 1, lot.tag);
  const at = log.detailsOfNewest();
  const { details } = log;
  details[at + SL] = lot.sl;
  details[at + TP] = lot.tp;
  details[at + FINANCING] = financing;
  details[at + ENTRY_TIME] = lot.entryTime;
  details[at + EXIT_TIME] = market.time;
}
