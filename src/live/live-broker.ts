import { OperatorError } from "../core/errors.ts";
import type {
  Broker,
  InstrumentBroker,
  OpenTrade,
  OrderId,
  OrderRequest,
  PositionView,
  WaitingOrder,
} from "../strategy/broker.ts";
import { type Instrument, type InstrumentId, lots, priceOf, quantityOf } from "../trading/instrument.ts";
import type { ClientOrderId, Side } from "../trading/order.ts";
import { positionView, tradeView } from "./broker-views.ts";
import type { ExitKeeper } from "./exit-keeper.ts";
import type { LiveTrade, OpenTrades, OrderNote } from "./open-trades.ts";
import { exitsOf, termsOf } from "./order-terms.ts";
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
        return positionView(instrument, self.#book?.position(instrument.id), self.#parts.lastClose(instrument.id));
      },
      get orders() {
        return self.#ordersOf(instrument);
      },
      get trades() {
        return self.#parts.trades
          .of(instrument.id)
          .map((trade) =>
            tradeView(instrument, trade, self.#parts.lastClose(instrument.id), (portion) =>
              self.#close(trade, portion),
            ),
          );
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
    const close = this.#parts.lastClose(instrument.id);
    const terms = termsOf(instrument, side, request, { close, equity: this.equity, freeEquity: this.freeEquity });
    const exits = exitsOf(instrument, side, request, close);
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
}
