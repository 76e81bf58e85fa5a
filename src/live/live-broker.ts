import { OperatorError } from "../core/errors.ts";
import type {
  Broker,
  InstrumentBroker,
  OpenTrade,
  OrderId,
  OrderRequest,
  PositionView,
  Size,
  WaitingOrder,
} from "../strategy/broker.ts";
import {
  type Instrument,
  type InstrumentId,
  lots,
  microsPerUnit,
  priceOf,
  quantityOf,
  type Rounding,
  roundToLots,
  roundToTicks,
  type Ticks,
} from "../trading/instrument.ts";
import type { ExitLevels } from "../trading/intent.ts";
import { type ClientOrderId, type OrderTerms, type Side, signOf } from "../trading/order.ts";
import { profitAt } from "../trading/position.ts";
import { FEE_RATIO, UNPRICED_SLIP } from "../trading/risk/exposure.ts";
import type { ExitKeeper } from "./exit-keeper.ts";
import type { LiveTrade, OpenTrades, OrderNote } from "./open-trades.ts";
import type { BookView, Wish } from "./trader.ts";

export interface LiveBrokerParts {
  readonly instruments: readonly Instrument[];
  readonly trades: OpenTrades;
  readonly exits: ExitKeeper;
  readonly notes: Map<ClientOrderId, OrderNote>;
  lastClose(instrument: InstrumentId): number;
  barIndex(): number;
}

/** An entry that the strategy made, under the number it knows it by. */
interface Placed {
  readonly id: OrderId;
  readonly instrument: InstrumentId;
  readonly oco: string | undefined;
  readonly bar: number;
  client: ClientOrderId | undefined;
  withdrawn: boolean;
}

/** What a strategy trades through when it runs live: every call becomes a wish, which the session checks and sends, or denies. */
export class LiveBroker implements Broker {
  readonly #parts: LiveBrokerParts;
  readonly #first: InstrumentBroker;
  readonly #byInstrument = new Map<string, InstrumentBroker>();
  readonly #placed: Placed[] = [];
  #book: BookView | undefined;
  #wishes: Wish[] = [];
  #lastId = 0;

  constructor(parts: LiveBrokerParts) {
    this.#parts = parts;
    for (const instrument of parts.instruments) this.#byInstrument.set(instrument.id, this.#brokerOf(instrument));
    this.#first = this.on(parts.instruments[0]!.id);
  }

  /** Lets the strategy speak while the book stands as given; what it asked for. */
  at(book: BookView, speak: () => void): readonly Wish[] {
    this.#book = book;
    this.#wishes = [];
    // In this order: what has filled must still be known when its rivals are looked for.
    this.#cancelOthers(book);
    this.#forgetEnded(book);
    speak();
    return this.#wishes;
  }

  get symbol(): string {
    return this.#first.symbol;
  }
  get position(): PositionView {
    return this.#first.position;
  }
  get orders(): readonly WaitingOrder[] {
    return this.#first.orders;
  }
  get trades(): readonly OpenTrade[] {
    return this.#first.trades;
  }
  get equity(): number {
    return (this.#book?.equity ?? Number.NaN) / 1e6;
  }
  get cash(): number {
    return (this.#book?.cash ?? Number.NaN) / 1e6;
  }
  get freeEquity(): number {
    return Math.max(0, this.cash);
  }

  buy(request?: OrderRequest): OrderId {
    return this.#first.buy(request);
  }
  sell(request?: OrderRequest): OrderId {
    return this.#first.sell(request);
  }
  close(portion?: number): void {
    this.#first.close(portion);
  }
  cancel(id: OrderId): boolean {
    return this.#first.cancel(id);
  }
  cancelEntries(): void {
    this.#first.cancelEntries();
  }

  on(symbol: string): InstrumentBroker {
    const found = this.#byInstrument.get(symbol);
    if (found !== undefined) return found;
    const expected = [...this.#byInstrument.keys()].join(", ");
    throw new OperatorError(`The session has no instrument ${symbol}.`, {
      exit: "usage",
      code: "INSTRUMENT_UNKNOWN",
      expected,
      found: symbol,
    });
  }

  #brokerOf(instrument: Instrument): InstrumentBroker {
    const self = this;
    return {
      symbol: instrument.id,
      get position() {
        return self.#positionOf(instrument);
      },
      get orders() {
        return self.#ordersOf(instrument);
      },
      get trades() {
        return self.#parts.trades.of(instrument.id).map((trade) => self.#tradeView(instrument, trade));
      },
      buy: (request) => self.#order(instrument, "buy", request),
      sell: (request) => self.#order(instrument, "sell", request),
      close: (portion) => {
        for (const trade of self.#parts.trades.of(instrument.id)) self.#close(trade, portion);
      },
      cancel: (id) => self.#cancel(id),
      cancelEntries: () => {
        for (const placed of self.#placed) if (placed.instrument === instrument.id) self.#cancel(placed.id);
      },
    };
  }

  #order(instrument: Instrument, side: Side, request: OrderRequest = {}): OrderId {
    this.#lastId += 1;
    const placed: Placed = {
      id: this.#lastId as OrderId,
      instrument: instrument.id,
      oco: request.oco,
      bar: this.#parts.barIndex(),
      client: undefined,
      withdrawn: false,
    };
    this.#placed.push(placed);
    const terms = this.#termsOf(instrument, side, request);
    const exits = exitsOf(instrument, side, request, this.#parts.lastClose(instrument.id));
    this.#wishes.push({
      kind: "place",
      terms,
      ...(request.tag === undefined ? {} : { tag: request.tag }),
      ...(exits === undefined ? {} : { exits }),
      answered: (id) => {
        placed.client = id;
        placed.withdrawn = id === undefined;
        if (id !== undefined) this.#parts.notes.set(id, { tag: request.tag, exits, closes: undefined });
      },
    });
    return placed.id;
  }

  #termsOf(instrument: Instrument, side: Side, request: OrderRequest): OrderTerms {
    const { limit, stop } = request;
    // Entries never pay more than asked for, by rounding.
    const limitRounding: Rounding = side === "buy" ? "down" : "up";
    const type =
      limit === undefined ? (stop === undefined ? "market" : "stop") : stop === undefined ? "limit" : "stop-limit";
    return {
      instrument: instrument.id,
      side,
      type,
      quantity: lots(this.#quantityOf(instrument, side, request)),
      ...(limit === undefined ? {} : { limit: roundToTicks(instrument, limit, limitRounding) }),
      ...(stop === undefined ? {} : { stop: roundToTicks(instrument, stop, "nearest") }),
      timeInForce: request.timeInForce ?? "gtc",
      ...(request.until === undefined ? {} : { expiresAt: request.until }),
      reduceOnly: request.reduceOnly === true,
    };
  }

  /** In lots, rounded down. Relative sizes leave room for the reservation that the risk checks make. */
  #quantityOf(instrument: Instrument, side: Side, request: OrderRequest): number {
    const close = this.#parts.lastClose(instrument.id);
    const price = request.limit ?? request.stop ?? close;
    const size: Size = request.size ?? { fraction: 1 };
    if (typeof size === "number") return wholeLots(instrument, size);
    if ("lots" in size) return Math.floor(size.lots);
    const slip = request.limit === undefined ? 1 + UNPRICED_SLIP : 1;
    const perUnit = price * instrument.multiplier;
    if ("notional" in size) return wholeLots(instrument, size.notional / perUnit);
    if ("fraction" in size) {
      return wholeLots(instrument, (this.freeEquity * Math.min(size.fraction, 1)) / (perUnit * slip * (1 + FEE_RATIO)));
    }
    const distance = Math.abs(price - (request.sl ?? Number.NaN)) * instrument.multiplier;
    const byRisk = (this.equity * size.risk) / distance;
    const affordable = this.freeEquity / (perUnit * slip * (1 + FEE_RATIO));
    return wholeLots(instrument, side === "buy" ? Math.min(byRisk, affordable) : byRisk);
  }

  #close(trade: LiveTrade, portion = 1): void {
    const quantity = Math.min(trade.open, Math.ceil(trade.open * portion));
    if (quantity > 0) this.#parts.exits.close(trade, quantity);
  }

  #cancel(id: OrderId): boolean {
    const placed = this.#placed.find((one) => one.id === id && !one.withdrawn);
    if (placed?.client === undefined || !this.#book?.orders.has(placed.client)) return false;
    placed.withdrawn = true;
    this.#wishes.push({ kind: "cancel", id: placed.client });
    return true;
  }

  /** Orders with the same text cancel one another: the first that fills wins. */
  #cancelOthers(book: BookView): void {
    for (const placed of this.#placed) {
      if (placed.oco === undefined || placed.client === undefined) continue;
      if ((book.find(placed.client)?.filled ?? 0) === 0) continue;
      for (const other of this.#placed) if (other !== placed && other.oco === placed.oco) this.#cancel(other.id);
    }
  }

  #forgetEnded(book: BookView): void {
    for (let index = this.#placed.length - 1; index >= 0; index--) {
      const { client, withdrawn } = this.#placed[index]!;
      if (client === undefined ? withdrawn : !book.orders.has(client)) this.#placed.splice(index, 1);
    }
  }

  #positionOf(instrument: Instrument): PositionView {
    const position = this.#book?.position(instrument.id);
    const held = position?.lots ?? lots(0);
    const mark = roundToTicks(instrument, this.#parts.lastClose(instrument.id) || 0, "nearest");
    const average = held === 0 || position === undefined ? Number.NaN : position.cost / held;
    const profit =
      position === undefined ? 0 : (profitAt(position, mark) - position.realised) * microsPerUnit(instrument);
    return {
      size: quantityOf(instrument, held),
      isFlat: held === 0,
      isLong: held > 0,
      isShort: held < 0,
      averagePrice: average * Number(instrument.tickSize),
      pnl: profit / 1e6,
    };
  }

  #ordersOf(instrument: Instrument): WaitingOrder[] {
    return this.#placed.flatMap((placed) => {
      const order = placed.client === undefined ? undefined : this.#book?.orders.get(placed.client)?.order;
      if (order === undefined || placed.instrument !== instrument.id || placed.withdrawn) return [];
      const { terms, filled } = order;
      return [
        {
          id: placed.id,
          side: terms.side,
          size: quantityOf(instrument, lots(terms.quantity - filled)),
          limit: terms.limit === undefined ? undefined : priceOf(instrument, terms.limit),
          stop: terms.stop === undefined ? undefined : priceOf(instrument, terms.stop),
          tag: this.#parts.notes.get(order.id)?.tag,
          bar: placed.bar,
          closes: false,
          cancel: () => {
            this.#cancel(placed.id);
          },
        },
      ];
    });
  }

  #tradeView(instrument: Instrument, trade: LiveTrade): OpenTrade {
    const sign = signOf(trade.side);
    const entryPrice = priceOf(instrument, trade.entryPrice);
    const asPrice = (price: Ticks | undefined) => (price === undefined ? undefined : priceOf(instrument, price));
    const asTicks = (price: number | undefined) =>
      price === undefined ? undefined : roundToTicks(instrument, price, "nearest");
    return {
      size: sign * quantityOf(instrument, lots(trade.open)),
      entryBar: trade.entryBar,
      entryTime: trade.entryTime,
      entryPrice,
      tag: trade.tag,
      pnl:
        sign *
        quantityOf(instrument, lots(trade.open)) *
        (this.#parts.lastClose(instrument.id) - entryPrice) *
        instrument.multiplier,
      get sl() {
        return asPrice(trade.stopLoss);
      },
      set sl(price: number | undefined) {
        trade.stopLoss = asTicks(price);
      },
      get tp() {
        return asPrice(trade.takeProfit);
      },
      set tp(price: number | undefined) {
        trade.takeProfit = asTicks(price);
      },
      close: (portion?: number) => this.#close(trade, portion),
    };
  }
}

function wholeLots(instrument: Instrument, quantity: number): number {
  return Number.isFinite(quantity) && quantity > 0 ? roundToLots(instrument, quantity, "down") : 0;
}

function exitsOf(instrument: Instrument, side: Side, request: OrderRequest, close: number): ExitLevels | undefined {
  const { sl, tp, trail, trailFraction } = request;
  const distance =
    trail ?? (trailFraction === undefined ? undefined : trailFraction * (request.limit ?? request.stop ?? close));
  if (sl === undefined && tp === undefined && distance === undefined) return undefined;
  return {
    // A stop-loss is never further away than asked for, a take-profit never less.
    ...(sl === undefined ? {} : { stopLoss: roundToTicks(instrument, sl, side === "buy" ? "up" : "down") }),
    ...(tp === undefined ? {} : { takeProfit: roundToTicks(instrument, tp, side === "buy" ? "up" : "down") }),
    ...(distance === undefined ? {} : { trail: roundToTicks(instrument, distance, "up") }),
  };
}
