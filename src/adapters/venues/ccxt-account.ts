import { OutageError } from "../../core/errors.ts";
import type { Fill } from "../../trading/fill.ts";
import {
  type Instrument,
  type InstrumentId,
  type Lots,
  lots,
  type Micros,
  micros,
  roundToTicks,
} from "../../trading/instrument.ts";
import type { ClientOrderId } from "../../trading/order.ts";
import type { VenueMark, VenueOrder, VenueSnapshot } from "../../trading/snapshot.ts";
import { isKind } from "./ccxt-answers.ts";
import { CcxtFills } from "./ccxt-fills.ts";
import type { CcxtMarkets } from "./ccxt-markets.ts";
import { venueOrderOf, wholeLots } from "./ccxt-translation.ts";
import type { CcxtEgress } from "./egress-ccxt.ts";

/** How often a snapshot is begun again when the account changes under it. */
const SNAPSHOT_ROUNDS = 5;

/** What an account at an exchange holds, in our own words. Every look rejects with an OutageError without an answer. */
export class CcxtAccount {
  readonly fills: CcxtFills;
  readonly #egress: CcxtEgress;
  readonly #markets: CcxtMarkets;

  constructor(egress: CcxtEgress, markets: CcxtMarkets) {
    this.#egress = egress;
    this.#markets = markets;
    this.fills = new CcxtFills(egress, markets);
  }

  async time(): Promise<number> {
    const time = await this.#egress.ask((exchange) => exchange.fetchTime());
    if (time === undefined) throw new OutageError(this.#egress.link.exchange, "no time in the answer");
    return time;
  }

  open(symbol: string, instrument: Instrument): Promise<VenueOrder[]> {
    return this.#egress.ask(async (exchange) => {
      const found = await exchange.fetchOpenOrders(symbol);
      return found.map((order) => venueOrderOf(order, instrument));
    });
  }

  /** The order in one market, with its fills, or undefined when the exchange does not know it there. */
  async order(id: ClientOrderId, symbol: string): Promise<{ order: VenueOrder; fills: readonly Fill[] } | undefined> {
    const instrument = this.#markets.instrument(symbol);
    if (instrument === undefined) return undefined;
    const found = await this.#egress.ask((exchange) =>
      exchange.fetchOrder("", symbol, { clientOrderId: id }).catch((error: unknown) => {
        if (isKind(error, "OrderNotFound")) return undefined;
        throw error;
      }),
    );
    if (found === undefined) return undefined;
    const order = venueOrderOf(found, instrument);
    this.fills.learn(order.venueOrderId, order.clientOrderId);
    const fills = order.filled > 0 ? await this.fills.ofSymbol(symbol, found.timestamp ?? 0) : [];
    return { order, fills: fills.filter((fill) => fill.order === id) };
  }

  /** The account as of one moment: nothing was filled between the first look and the last. */
  async snapshot(fillCursor: string): Promise<VenueSnapshot> {
    let takenAt = await this.time();
    let read = await this.fills.since(fillCursor, takenAt);
    for (let round = 0; round < SNAPSHOT_ROUNDS; round++) {
      const [open, { positions, worth }, total, marks] = await Promise.all([
        Promise.all([...this.#markets.entries].map(([symbol, instrument]) => this.open(symbol, instrument))),
        this.#positions(),
        this.#total(),
        this.#marks(),
      ]);
      const later = await this.fills.since(read.cursor, takenAt);
      read = { fills: [...read.fills, ...later.fills], cursor: later.cursor };
      if (later.fills.length === 0) {
        return {
          takenAt,
          openOrders: open.flat(),
          positions,
          fills: read.fills,
          fillCursor: read.cursor,
          ...(total !== undefined && { cash: asIfPaidInFull(total, worth) }),
          marks,
        };
      }
      takenAt = await this.time();
    }
    throw new OutageError(this.#egress.link.exchange, "the account does not hold still for a snapshot");
  }

  /** Net positions, and what they are worth at the exchange's own marks, in the account's currency. */
  async #positions(): Promise<{ positions: ReadonlyMap<InstrumentId, Lots>; worth: number }> {
    const held = await this.#egress.ask((exchange) => exchange.fetchPositions([...this.#markets.symbols]));
    const positions = new Map<InstrumentId, Lots>();
    let worth = 0;
    for (const { symbol, contracts, side, markPrice } of held) {
      const instrument = this.#markets.instrument(symbol);
      if (instrument === undefined || contracts === undefined || contracts === 0) continue;
      const sign = side === "short" ? -1 : 1;
      const size = sign * wholeLots(instrument, contracts);
      positions.set(instrument.id, lots((positions.get(instrument.id) ?? 0) + size));
      worth += sign * contracts * (markPrice ?? 0) * instrument.multiplier;
    }
    return { positions, worth };
  }

  /** What the account would hold with every position closed at its mark; undefined when the exchange does not say. */
  async #total(): Promise<number | undefined> {
    const [first] = this.#markets.entries;
    if (first === undefined) return undefined;
    const balance = await this.#egress.ask((exchange) => exchange.fetchBalance());
    return balance[first[1].currency]?.total;
  }

  /** What the exchange says its markets are worth: not made of the trades that the bars are made of (RC-16). */
  async #marks(): Promise<ReadonlyMap<InstrumentId, VenueMark>> {
    const marks = await Promise.all(
      [...this.#markets.entries].map(async ([symbol, instrument]): Promise<[InstrumentId, VenueMark][]> => {
        const { markPrice } = await this.#egress.ask((exchange) => exchange.fetchMarkPrice(symbol));
        if (markPrice === undefined || !(markPrice > 0)) return [];
        return [[instrument.id, { price: roundToTicks(instrument, markPrice, "nearest") }]];
      }),
    );
    return new Map(marks.flat());
  }
}

/**
 * Cash as if every position had been paid in full, as ttt counts it everywhere: a margin account can buy more than
 * that, and ttt does not.
 */
function asIfPaidInFull(total: number, worth: number): Micros {
  return micros(Math.floor((total - worth) * 1e6));
}
