import { Fingerprint } from "../core/hash.ts";
import type { AnyStrategy } from "../strategy/define-strategy.ts";
import type { ParamValues } from "../strategy/params.ts";
import type { Account } from "./engine/account.ts";
import { given } from "./engine/given.ts";
import {
  COMMISSION,
  ENTRY_BAR,
  ENTRY_PRICE,
  ENTRY_TIME,
  EXIT_BAR,
  EXIT_PRICE,
  EXIT_REASONS,
  EXIT_TIME,
  FINANCING,
  ORIGIN,
  PNL,
  REASONS,
  SIZE,
  SL,
  TP,
  type TradeLog,
} from "./engine/trade-log.ts";
import type { MarketData } from "./request.ts";
import type { BacktestResult, Denial, OpenTradeAtEnd, Trade } from "./result.ts";

/** Changes whenever the same inputs may give other results. */
export const ENGINE_VERSION = "2";

export interface RunFacts {
  readonly strategy: AnyStrategy;
  readonly strategyHash: string | undefined;
  readonly params: ParamValues;
  readonly seed: number;
  readonly data: readonly MarketData[];
  readonly account: Account;
  readonly equity: Float64Array;
  readonly time: Float64Array;
  readonly firstBar: number;
  readonly bankruptBar: number;
}

/** A backtest's result. Trades and hashes are made when first asked for. */
export class RunResult implements BacktestResult {
  readonly engineVersion = ENGINE_VERSION;
  readonly strategy: string;
  readonly params: ParamValues;
  readonly seed: number;
  readonly cash: number;
  readonly symbols: readonly string[];
  readonly equity: Float64Array;
  readonly time: Float64Array;
  readonly finalEquity: number;
  readonly firstBar: number;
  readonly bankruptBar?: number;
  readonly denials: readonly Denial[];
  readonly liquidations: number;
  readonly openTrades: readonly OpenTradeAtEnd[];
  readonly #facts: RunFacts;
  #trades: readonly Trade[] | undefined;

  constructor(facts: RunFacts) {
    const { account, equity } = facts;
    this.#facts = facts;
    this.strategy = facts.strategy.name;
    this.params = facts.params;
    this.seed = facts.seed;
    this.cash = account.rules.cash;
    this.symbols = facts.data.map(({ symbol }) => symbol);
    this.equity = equity;
    this.time = facts.time;
    this.finalEquity = equity.length > 0 ? equity[equity.length - 1]! : this.cash;
    this.firstBar = facts.firstBar;
    if (facts.bankruptBar >= 0) this.bankruptBar = facts.bankruptBar;
    this.denials = account.denials;
    this.liquidations = account.liquidations;
    this.openTrades = openTradesOf(account);
  }

  /** Closed trades as numbers, without an object for each. */
  get tradeLog(): TradeLog {
    return this.#facts.account.log;
  }

  get trades(): readonly Trade[] {
    this.#trades ??= Array.from({ length: this.tradeLog.length }, (_none, row) => tradeAt(this.#facts.account, row));
    return this.#trades;
  }

  get dataHash(): string {
    const hashes = this.#facts.data.map(({ columns, hash }) => hash ?? hashOfColumns(columns));
    return hashes.length === 1 ? hashes[0]! : new Fingerprint().addText(hashes.join(" ")).digest();
  }

  get strategyHash(): string {
    const { strategy, strategyHash } = this.#facts;
    return strategyHash ?? new Fingerprint().addText(strategy.source).digest();
  }

  /** What `JSON.stringify` writes: all of it, equity as a plain array. */
  toJSON(): BacktestResultJson {
    const { engineVersion, dataHash, strategyHash, strategy, params, seed, cash, symbols, trades, openTrades } = this;
    const { finalEquity, firstBar, bankruptBar, denials, liquidations } = this;
    return {
      engineVersion,
      dataHash,
      strategyHash,
      strategy,
      params,
      seed,
      cash,
      symbols,
      trades,
      openTrades,
      finalEquity,
      firstBar,
      ...(bankruptBar !== undefined && { bankruptBar }),
      denials,
      liquidations,
      equity: Array.from(this.equity),
      time: Array.from(this.time),
    };
  }
}

export type BacktestResultJson = Omit<BacktestResult, "equity" | "time"> & {
  readonly equity: readonly number[];
  readonly time: readonly number[];
};

const columnHashes = new WeakMap<object, string>();

function hashOfColumns(columns: MarketData["columns"]): string {
  const known = columnHashes.get(columns);
  if (known !== undefined) return known;
  const { time, open, high, low, close, volume } = columns;
  const print = new Fingerprint();
  for (const column of [time, open, high, low, close, volume]) print.addFloats(column);
  const hash = print.digest();
  columnHashes.set(columns, hash);
  return hash;
}

function tradeAt(account: Account, row: number): Trade {
  const { log } = account;
  const origin = log.get(row, ORIGIN);
  const { symbol, columns, lotValue, lotSize } = account.markets[Math.floor(origin / REASONS)]!;
  const detailed = log.details.length > 0;
  const entryBar = log.get(row, ENTRY_BAR);
  const exitBar = log.get(row, EXIT_BAR);
  const entryTime = detailed ? log.getDetail(row, ENTRY_TIME) : Number.NaN;
  const exitTime = detailed ? log.getDetail(row, EXIT_TIME) : Number.NaN;
  const entryPrice = log.get(row, ENTRY_PRICE);
  const size = log.get(row, SIZE);
  const pnl = log.get(row, PNL);
  const financing = detailed ? log.getDetail(row, FINANCING) : Number.NaN;
  const tag = log.tags.get(row);
  const trade = {
    symbol,
    entryBar,
    exitBar,
    entryTime: given(entryTime) ? entryTime : columns.time[entryBar]!,
    exitTime: given(exitTime) ? exitTime : columns.time[exitBar]!,
    entryPrice,
    exitPrice: log.get(row, EXIT_PRICE),
    size,
    pnl,
    returnFraction: pnl / (Math.abs(size) * entryPrice * (lotValue / lotSize)),
    commission: log.get(row, COMMISSION),
    financing: given(financing) ? financing : 0,
    exitReason: EXIT_REASONS[origin % REASONS]!,
  };
  // Most trades have none of the rest, and there are many.
  if (!detailed && tag === undefined) return trade;
  return { ...trade, ...levels(log.getDetail(row, SL), log.getDetail(row, TP)), ...(tag !== undefined && { tag }) };
}

function openTradesOf(account: Account): OpenTradeAtEnd[] {
  return account.markets.flatMap((market) =>
    market.openLots().map((lot) => ({
      symbol: market.symbol,
      entryBar: lot.entryBar,
      entryTime: given(lot.entryTime) ? lot.entryTime : market.columns.time[lot.entryBar]!,
      entryPrice: lot.entryPrice,
      size: lot.sign * lot.lots * market.lotSize,
      pnl:
        lot.sign * lot.lots * (market.columns.close.at(-1)! - lot.entryPrice) * market.lotValue -
        lot.entryFee -
        lot.financing,
      commission: lot.entryFee,
      ...levels(lot.sl, lot.tp),
      ...(lot.tag !== undefined && { tag: lot.tag }),
    })),
  );
}

function levels(sl: number, tp: number): { sl?: number; tp?: number } {
  return { ...(given(sl) && { sl }), ...(given(tp) && { tp }) };
}
