import type {
  Broker,
  InstrumentBroker,
  OpenTrade,
  OrderId,
  OrderRequest,
  PositionView,
  WaitingOrder,
} from "../../strategy/broker.ts";
import type { Account } from "./account.ts";
import type { Market } from "./market.ts";
import { StrategyFault } from "./strategy-fault.ts";
import { submitOrder } from "./submit-order.ts";
import { cancelOrder, checkPortion, LivePosition, LotView, OrderView, orderClose } from "./views.ts";
import { ENTRY } from "./waiting.ts";

const AT_MARKET: OrderRequest = {};

/** A backtest's broker for one instrument. */
export class MarketBroker implements InstrumentBroker {
  readonly symbol: string;
  readonly position: PositionView;
  protected readonly account: Account;
  readonly #market: Market;
  #trades: readonly OpenTrade[] = [];
  #tradesVersion = 0;

  constructor(account: Account, market: Market) {
    this.account = account;
    this.#market = market;
    this.symbol = market.symbol;
    this.position = new LivePosition(market);
  }

  get orders(): readonly WaitingOrder[] {
    return this.#market.orders().map((order) => new OrderView(this.account, this.#market, order));
  }

  get trades(): readonly OpenTrade[] {
    if (this.#tradesVersion !== this.#market.version) {
      this.#tradesVersion = this.#market.version;
      this.#trades = this.#market.openLots().map((lot) => new LotView(this.account, this.#market, lot));
    }
    return this.#trades;
  }

  buy(request: OrderRequest = AT_MARKET): OrderId {
    return submitOrder(this.account, this.#market, true, request);
  }

  sell(request: OrderRequest = AT_MARKET): OrderId {
    return submitOrder(this.account, this.#market, false, request);
  }

  close(portion = 1): void {
    checkPortion(portion);
    for (let lot = this.#market.firstLot; lot !== undefined; lot = lot.next) {
      orderClose(this.account, this.#market, lot, portion);
    }
  }

  cancel(id: OrderId): boolean {
    const order = this.#market.orders().find((one) => one.id === id);
    if (order !== undefined) cancelOrder(this.account, this.#market, order);
    return order !== undefined;
  }

  cancelEntries(): void {
    for (const order of this.#market.orders()) {
      if (order.role === ENTRY) cancelOrder(this.account, this.#market, order);
    }
  }
}

/** A backtest's broker: the first instrument's, with the account and the way to the other instruments. */
export class BacktestBroker extends MarketBroker implements Broker {
  readonly #others: readonly MarketBroker[];

  constructor(account: Account) {
    const [first, ...rest] = account.markets;
    super(account, first!);
    this.#others = rest.map((market) => new MarketBroker(account, market));
  }

  get equity(): number {
    this.account.markAtClose();
    return this.account.equity();
  }

  get cash(): number {
    return this.account.cash;
  }

  get freeEquity(): number {
    this.account.markAtClose();
    return this.account.freeEquity();
  }

  on(symbol: string): InstrumentBroker {
    if (symbol === this.symbol) return this;
    const found = this.#others.find((other) => other.symbol === symbol);
    if (found !== undefined) return found;
    throw new StrategyFault("INSTRUMENT_UNKNOWN", `the run has no instrument ${symbol}`);
  }
}
