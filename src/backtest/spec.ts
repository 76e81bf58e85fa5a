import type { LimitName } from "../trading/risk/limits.ts";
import type { CommissionTerms } from "./costs/commission.ts";
import type { FinancingTerms } from "./costs/financing.ts";
import type { SlippageTerms } from "./costs/slippage.ts";

/** Everything that decides a backtest beside the bars and the strategy. All fields have defaults. */
export interface BacktestSpec {
  /** Starting cash. Default 10,000. */
  readonly cash?: number;
  /** A number is a rate of the traded value: 0.001 is 0.1 % at entry and again at exit. Default none. */
  readonly commission?: number | CommissionTerms;
  /** Relative: entries pay price * (1 ± spread), exits the plain price, so a round trip pays it once. Default 0. */
  readonly spread?: number;
  /** A number is relative, against the trader, on market and stop fills. Default none. */
  readonly slippage?: number | SlippageTerms;
  /** Borrow fees of short positions and funding payments. Default none. */
  readonly financing?: FinancingTerms;
  /**
   * Bars that whatever a strategy asks for needs to reach the market, beyond the next one: new orders, cancels and
   * moved stop-losses alike. At most 10,000. Default 0.
   */
  readonly latencyBars?: number;
  /**
   * IANA zone whose midnight ends a day, for day orders: `America/New_York`. Default UTC; on the command line the zone
   * of the first dataset.
   */
  readonly timezone?: string;
  /** Largest share of a bar's volume that fills can take in that bar; the rest waits. Default unlimited. */
  readonly volumeShare?: number;
  /** Position value per unit of equity. Default 1. */
  readonly leverage?: number;
  /** Equity below this fraction of position value is liquidated at the close. Default 0: only when equity is used up. */
  readonly maintenanceMargin?: number;
  /** Whether opposite orders reduce a position (oldest trade first) or open trades beside it. Default netting. */
  readonly positions?: "netting" | "hedging";
  /** Each new order first cancels waiting entries and closes open trades. Default false. */
  readonly exclusive?: boolean;
  /** Market orders fill at the next open, or at the close of the bar they were made on. Default open. */
  readonly fill?: "open" | "close";
  /** Whether a limit fills when the price touches it or must trade through it. Default touch. */
  readonly limitFill?: "touch" | "through";
  /** Closes what is open at the end at the last close. Default false: it stays open, marked at the last close. */
  readonly finalize?: boolean;
  /** Runs the pre-trade checks of live runs over every entry order. Default none. */
  readonly risk?: RiskTerms;
  /** What is particular to instruments, by symbol. */
  readonly instruments?: Readonly<Record<string, InstrumentTerms>>;
  /** Seed of the strategy's chance. Default 0. */
  readonly seed?: number;
  /** Throws when a strategy or one of its indicators reads ahead, instead of proving it apart. Slow. Default false. */
  readonly checked?: boolean;
  /** Reproduces another engine where ttt's own rule is different. Default ttt's own rules. */
  readonly compat?: Compat;
}

/** `backtesting.py`: see docs/decisions for each difference. */
export type Compat = "ttt" | "backtesting.py";

export interface InstrumentTerms {
  /** Smallest tradable step of size, in units. Default 1; 1e-6 trades millionths of a coin. */
  readonly lot?: number;
  /** Cash per unit and per point of price. Default 1. */
  readonly multiplier?: number;
}

/** Limits of the live risk checks. Those that are not named do not apply; the checks without a limit always do. */
export interface RiskTerms {
  /** In the limit's own unit (`ttt risk limits list`), amounts in cash. */
  readonly limits: Readonly<Partial<Record<LimitName, number>>>;
  /** Smallest price step for the checks, as a decimal text. Default 0.0001. */
  readonly tickSize?: string;
}
