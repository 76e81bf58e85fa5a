import { type Commission, commissionOf } from "../costs/commission.ts";
import { type Financing, financingOf } from "../costs/financing.ts";
import { type Slippage, slippageOf } from "../costs/slippage.ts";
import { DEFAULT_CASH } from "../settled-options.ts";
import type { BacktestSpec, RiskTerms } from "../spec.ts";

/** A specification made ready for the loop: every default filled in, every model a function or absent. */
export interface Rules {
  readonly cash: number;
  readonly commission: Commission;
  /** The commission's rate when it is nothing but one rate for all; NaN otherwise. */
  readonly flatRate: number;
  /** Neither slippage nor a limit of liquidity: what is ordered fills at the quoted price, whole. */
  readonly plain: boolean;
  readonly slippage: Slippage | undefined;
  readonly financing: Financing | undefined;
  readonly spread: number;
  readonly latencyBars: number;
  /** Whose midnight ends a day. */
  readonly timezone: string;
  /** Infinity without a limit. */
  readonly volumeShare: number;
  readonly leverage: number;
  readonly maintenanceMargin: number;
  readonly hedging: boolean;
  readonly exclusive: boolean;
  readonly fillAtClose: boolean;
  readonly limitThrough: boolean;
  readonly finalize: boolean;
  readonly risk: RiskTerms | undefined;
  readonly quirks: Quirks;
}

/** Where another engine differs. Each is a fault or a simplification that ttt does not make by itself. */
export interface Quirks {
  /** A stop-limit whose stop the bar gapped past fills at the stop, outside the bar. */
  readonly stopLimitGapAtStop: boolean;
  /** Free equity, while orders fill at the open, counts open trades at the close of that same bar. */
  readonly marginAtBarClose: boolean;
  /** Sizing by fraction counts the fixed part of a commission once for each unit. */
  readonly fixedFeePerUnit: boolean;
  /** Commission is charged for each trade that an order closes or opens, not for the fill as a whole. */
  readonly feePerTrade: boolean;
  /** Each part of a trade closed in parts reports a fixed entry commission of its own. */
  readonly entryFeePerPart: boolean;
  /** After a market entry with a bracket every waiting order is looked at again in the same bar. */
  readonly rematchAll: boolean;
  /** `finalize` matches all orders once more against the last bar, closing at its open. */
  readonly finalizeAtOpen: boolean;
  /**
   * With `fill: "close"` market orders fill one bar later, in queue order, at the previous close: an order of the last
   * bar never does, and a stop entry that the bar gapped past counts from the previous close.
   */
  readonly closeFillsLate: boolean;
  /** When equity is used up, or a new order clears the way, every second trade or order is passed over. */
  readonly skipsEverySecond: boolean;
}

const OWN: Quirks = {
  stopLimitGapAtStop: false,
  marginAtBarClose: false,
  fixedFeePerUnit: false,
  feePerTrade: false,
  entryFeePerPart: false,
  rematchAll: false,
  finalizeAtOpen: false,
  closeFillsLate: false,
  skipsEverySecond: false,
};

const BACKTESTING_PY: Quirks = {
  stopLimitGapAtStop: true,
  marginAtBarClose: true,
  fixedFeePerUnit: true,
  feePerTrade: true,
  entryFeePerPart: true,
  rematchAll: true,
  finalizeAtOpen: true,
  closeFillsLate: true,
  skipsEverySecond: true,
};

export function rulesOf(spec: BacktestSpec): Rules {
  return {
    cash: spec.cash ?? DEFAULT_CASH,
    commission: commissionOf(spec.commission),
    flatRate: flatRateOf(spec.commission),
    plain: slippageOf(spec.slippage) === undefined && spec.volumeShare === undefined,
    slippage: slippageOf(spec.slippage),
    financing: financingOf(spec.financing),
    spread: spec.spread ?? 0,
    latencyBars: spec.latencyBars ?? 0,
    timezone: spec.timezone ?? "UTC",
    volumeShare: spec.volumeShare ?? Infinity,
    leverage: spec.leverage ?? 1,
    maintenanceMargin: spec.maintenanceMargin ?? 0,
    hedging: spec.positions === "hedging",
    exclusive: spec.exclusive ?? false,
    fillAtClose: spec.fill === "close",
    limitThrough: spec.limitFill === "through",
    finalize: spec.finalize ?? false,
    risk: spec.risk,
    quirks: spec.compat === "backtesting.py" ? BACKTESTING_PY : OWN,
  };
}

function flatRateOf(commission: BacktestSpec["commission"]): number {
  if (commission === undefined) return 0;
  return typeof commission === "number" ? commission : Number.NaN;
}
