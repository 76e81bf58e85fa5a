import type { Random } from "../core/random.ts";
import { CurrentBar } from "../strategy/bars.ts";
import type { AnyStrategy, OnBar } from "../strategy/define-strategy.ts";
import { GrowingColumns } from "../strategy/growing-columns.ts";
import type { ParamValues } from "../strategy/params.ts";
import type { Bar } from "../trading/bar.ts";
import type { Fill } from "../trading/fill.ts";
import { type Instrument, type InstrumentId, roundToTicks, ticks } from "../trading/instrument.ts";
import type { ClientOrderId } from "../trading/order.ts";
import { ExitKeeper } from "./exit-keeper.ts";
import { LiveBroker } from "./live-broker.ts";
import { follow, OpenTrades, type OrderNote } from "./open-trades.ts";
import type { VenueCapabilities } from "./session-config.ts";
import type { StoredPartition } from "./stored.ts";
import type { BookView, Trader, Wish } from "./trader.ts";

export interface StrategyTraderOptions {
  readonly strategy: AnyStrategy;
  readonly params: ParamValues;
  /** The first is the one whose bars the strategy is set up with. */
  readonly instruments: readonly Instrument[];
  readonly capabilities: VenueCapabilities;
  readonly random: Random;
}

/** Runs a strategy as it stands in a backtest, over bars that arrive one by one (the same file, another clock). */
export function strategyTrader(options: StrategyTraderOptions): Trader {
  return new StrategyTrader(options);
}

class StrategyTrader implements Trader {
  readonly #instruments: readonly Instrument[];
  readonly #columns = new Map<InstrumentId, GrowingColumns>();
  readonly #trades = new OpenTrades();
  readonly #notes = new Map<ClientOrderId, OrderNote>();
  readonly #exits: ExitKeeper;
  readonly #broker: LiveBroker;
  readonly #onBar: OnBar;
  readonly #current: CurrentBar;
  #needed = 0;

  constructor({ strategy, params, instruments, capabilities, random }: StrategyTraderOptions) {
    const [first] = instruments;
    if (first === undefined) throw new Error(`${strategy.name} needs an instrument`);
    this.#instruments = instruments;
    for (const instrument of instruments) this.#columns.set(instrument.id, new GrowingColumns(instrument.id));
    const bars = this.#columnsOf(first.id);
    this.#current = new CurrentBar(bars);
    this.#exits = new ExitKeeper(this.#trades, capabilities);
    this.#onBar = strategy.setup({
      bars,
      params,
      symbols: instruments.map((instrument) => instrument.id),
      instrument: (symbol) => this.#columnsOf(symbol),
      needBars: (count) => {
        this.#needed = Math.max(this.#needed, count);
      },
      random,
    });
    this.#broker = new LiveBroker({
      instruments,
      trades: this.#trades,
      exits: this.#exits,
      notes: this.#notes,
      lastClose: (id) => this.#columnsOf(id).close.now,
      barIndex: () => bars.count - 1,
    });
  }

  get warm(): boolean {
    return [...this.#columns.values()].every((columns) => columns.count > Math.max(columns.warmUp, this.#needed - 1));
  }

  restore(stored: StoredPartition): void {
    for (const { intent } of [...stored.endedOrders, ...stored.orders]) {
      this.#notes.set(intent.id, { tag: intent.tag, exits: intent.exits, closes: undefined });
    }
    for (const { instrument, lots, cost } of stored.positions) {
      if (lots === 0) continue;
      const side = lots > 0 ? "buy" : "sell";
      // Exits that rest go on under the group they have: the venue and the checks know them by it.
      const resting = stored.orders.find(
        ({ intent }) => intent.terms.instrument === instrument && intent.terms.reduceOnly,
      )?.intent.terms.group;
      const entry = [...stored.endedOrders].reverse().find(({ intent, order }) => {
        return (
          intent.exits !== undefined &&
          order.filled > 0 &&
          intent.terms.instrument === instrument &&
          intent.terms.side === side
        );
      });
      this.#trades.adopt(
        {
          instrument,
          side,
          open: Math.abs(lots),
          entryPrice: ticks(Math.round(cost / lots)),
          entryBar: 0,
          entryTime: entry?.intent.decidedAt ?? 0,
          tag: entry?.intent.tag,
          entry: undefined,
          stopLoss: entry?.intent.exits?.stopLoss,
          takeProfit: entry?.intent.exits?.takeProfit,
          trail: entry?.intent.exits?.trail,
        },
        resting,
      );
    }
    this.#exits.adopt(stored.orders);
  }

  onFill(fill: Fill): void {
    const note = this.#notes.get(fill.order);
    const closes = this.#exits.groupOf(fill.order);
    const count = this.#columns.get(fill.instrument)?.count ?? 0;
    this.#trades.apply(
      fill,
      note === undefined && closes === undefined ? undefined : { tag: undefined, exits: undefined, ...note, closes },
      count,
    );
  }

  onBar(id: InstrumentId, bar: Bar, book: BookView): readonly Wish[] {
    const columns = this.#columns.get(id);
    if (columns === undefined || (columns.count > 0 && bar.time <= columns.time.now)) return [];
    for (const other of this.#columns.values()) other.fresh = other === columns;
    columns.append(bar);
    this.#trail(id, bar);
    const wishes = this.#broker.at(book, () => {
      if (this.warm) this.#onBar(this.#current, this.#broker);
    });
    return [...wishes, ...this.#exits.wishes(book)];
  }

  onBookChange(book: BookView): readonly Wish[] {
    return [...this.#broker.at(book, () => {}), ...this.#exits.wishes(book)];
  }

  /** Stop-losses that follow move with the best price of the bar that has closed. */
  #trail(id: InstrumentId, bar: Bar): void {
    const instrument = this.#instruments.find((one) => one.id === id)!;
    for (const trade of this.#trades.of(id)) {
      const best = roundToTicks(instrument, trade.side === "buy" ? bar.high : bar.low, "nearest");
      const stop = follow(trade.side, best, trade.trail);
      if (stop === undefined) continue;
      const held = trade.stopLoss;
      const better = held === undefined || (trade.side === "buy" ? stop > held : stop < held);
      if (better) trade.stopLoss = stop;
    }
  }

  #columnsOf(symbol: string): GrowingColumns {
    const found = [...this.#columns].find(([id]) => id === symbol);
    if (found === undefined) throw new Error(`the session has no instrument ${symbol}`);
    return found[1];
  }
}
