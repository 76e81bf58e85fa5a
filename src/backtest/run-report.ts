import type { ParamValues } from "../strategy/params.ts";
import type { BarColumns } from "../trading/bar.ts";
import type { DatasetInfo } from "./data/dataset.ts";
import type { BacktestResult, Denial, OpenTradeAtEnd, Trade } from "./result.ts";
import type { BacktestSpec } from "./spec.ts";
import type { Statistics } from "./statistics/statistics.ts";

/**
 * What a backtest says, as plain data: what `--json` prints and the run store keeps. It holds nothing that differs
 * between two runs of the same specification: no paths, no clock times, no durations.
 */
export interface RunReport {
  /** Hash of everything that decided the result: equal runs have equal ids. */
  readonly id: string;
  readonly engineVersion: string;
  readonly strategy: string;
  readonly strategyHash: string;
  readonly params: ParamValues;
  readonly data: readonly RunData[];
  readonly options: BacktestSpec;
  /** True when any of the bars are made up. */
  readonly synthetic: boolean;
  readonly stats: Statistics;
  /** Closed trades in the order of closing. */
  readonly trades: readonly Trade[];
  readonly openTrades: readonly OpenTradeAtEnd[];
  readonly denials: readonly Denial[];
  readonly liquidations: number;
  /** First bar at which the strategy was called. */
  readonly firstBar: number;
  /** Bar at which equity was used up, if it was. */
  readonly bankruptBar?: number;
}

/** The bars of one instrument of a run. */
export interface RunData {
  readonly symbol: string;
  /** SHA-256 of all bars of the dataset or file. */
  readonly hash: string;
  /** Bars used, and their first and last times, milliseconds since the epoch. */
  readonly rows: number;
  readonly from: number;
  readonly to: number;
  readonly interval: string;
  readonly synthetic: boolean;
}

/** A report with the columns that charts and exports need. */
export interface RunOutcome {
  readonly report: RunReport;
  readonly result: BacktestResult;
  /** Bars of the first instrument. */
  readonly columns: BarColumns;
}

/** The facts of the bars that a run used. */
export function runDataOf(symbol: string, info: DatasetInfo, { time }: BarColumns): RunData {
  return {
    symbol,
    hash: info.hash,
    rows: time.length,
    from: time[0]!,
    to: time.at(-1)!,
    interval: info.calendar.interval,
    synthetic: info.synthetic,
  };
}
