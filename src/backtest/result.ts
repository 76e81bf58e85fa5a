/** A closed trade. A partial close is a trade of its own. In the order of closing. */
export interface Trade {
  readonly symbol: string;
  /** 0-based rows of the instrument's bars. */
  readonly entryBar: number;
  readonly exitBar: number;
  /** Milliseconds since the epoch, UTC. */
  readonly entryTime: number;
  readonly exitTime: number;
  readonly entryPrice: number;
  readonly exitPrice: number;
  /** Units: positive long, negative short. */
  readonly size: number;
  /** Profit in cash after commission of both sides and financing. */
  readonly pnl: number;
  /** Profit after costs as a fraction of the entry value. */
  readonly returnFraction: number;
  /** Entry and exit commission, in cash; negative is a rebate. */
  readonly commission: number;
  /** Borrow fees and funding paid, in cash. */
  readonly financing: number;
  readonly exitReason: ExitReason;
  /** Last stop-loss and take-profit. */
  readonly sl?: number;
  readonly tp?: number;
  readonly tag?: string;
}

export type ExitReason = "order" | "close" | "stop-loss" | "take-profit" | "liquidation" | "end";

/** A trade still open at the end, marked at the last close; `pnl` is after its entry commission and financing so far. */
export interface OpenTradeAtEnd {
  readonly symbol: string;
  readonly entryBar: number;
  readonly entryTime: number;
  readonly entryPrice: number;
  readonly size: number;
  readonly pnl: number;
  readonly commission: number;
  readonly sl?: number;
  readonly tp?: number;
  readonly tag?: string;
}

/** An order that was not let into the market, or that the market refused. */
export interface Denial {
  readonly bar: number;
  readonly time: number;
  readonly symbol: string;
  readonly code: DenialCode;
  readonly side: "buy" | "sell";
  /** Units, NaN when a relative size gave none. */
  readonly size: number;
  readonly tag?: string;
}

/** Codes of the broker; risk checks add their own. */
export type DenialCode = "INSUFFICIENT_MARGIN" | "SIZE_BELOW_LOT" | (string & {});

/** What a backtest returns. `trades` is made from columns when first read. */
export interface BacktestResult {
  readonly engineVersion: string;
  readonly dataHash: string;
  readonly strategyHash: string;
  readonly strategy: string;
  readonly params: Readonly<Record<string, number | string | boolean>>;
  readonly seed: number;
  readonly cash: number;
  readonly symbols: readonly string[];
  /** Closed trades in the order of closing. */
  readonly trades: readonly Trade[];
  readonly openTrades: readonly OpenTradeAtEnd[];
  /** Cash and unrealised profit at the close of each step (each bar, when there is one instrument). */
  readonly equity: Float64Array;
  /** Time of each step, milliseconds since the epoch. With one instrument this is its own time column. */
  readonly time: Float64Array;
  readonly finalEquity: number;
  /** First step at which the strategy was called. */
  readonly firstBar: number;
  /** Step at which equity was used up and the run ended, if it did. */
  readonly bankruptBar?: number;
  readonly denials: readonly Denial[];
  readonly liquidations: number;
}
