import type { Trade } from "../result.ts";
import { deviation, mean, sum } from "./moments.ts";

/** What a list of closed trades tells. Fractions, cash and milliseconds; NaN where there is nothing to tell. */
export interface TradeStatistics {
  readonly trades: number;
  readonly winRate: number;
  /** Returns of single trades as fractions of their entry value, after costs. */
  readonly bestTrade: number;
  readonly worstTrade: number;
  readonly averageTrade: number;
  /** Mean profit in cash. */
  readonly expectancy: number;
  /** Gross profit over gross loss in cash. */
  readonly profitFactor: number;
  /** Mean win over mean loss in cash. */
  readonly payoffRatio: number;
  /** Van Tharp's system quality number. */
  readonly sqn: number;
  readonly kelly: number;
  readonly averageTradeDurationMs: number;
  readonly maxTradeDurationMs: number;
  readonly longestWinStreak: number;
  readonly longestLossStreak: number;
}

export function tradeStatistics(trades: readonly Trade[]): TradeStatistics {
  const pnl = trades.map((trade) => trade.pnl);
  const returns = trades.map((trade) => trade.returnFraction);
  const durations = trades.map((trade) => trade.exitTime - trade.entryTime);
  const wins = pnl.filter((one) => one > 0);
  const losses = pnl.filter((one) => one < 0);
  const winRate = wins.length / trades.length;
  const payoffRatio = mean(wins) / -mean(losses);
  return {
    trades: trades.length,
    winRate,
    bestTrade: largest(returns),
    worstTrade: -largest(returns.map((one) => -one)),
    averageTrade: mean(returns),
    expectancy: mean(pnl),
    profitFactor: sum(wins) / -sum(losses),
    payoffRatio,
    sqn: (Math.sqrt(trades.length) * mean(pnl)) / deviation(pnl, 1),
    kelly: winRate - (1 - winRate) / payoffRatio,
    averageTradeDurationMs: mean(durations),
    maxTradeDurationMs: largest(durations),
    longestWinStreak: longestStreak(pnl, (one) => one > 0),
    longestLossStreak: longestStreak(pnl, (one) => one < 0),
  };
}

/** The largest value; NaN of nothing. Not Math.max(...values), which fails on long lists. */
export function largest(values: readonly number[]): number {
  return values.reduce((a, b) => (b > a || Number.isNaN(a) ? b : a), Number.NaN);
}

function longestStreak(values: readonly number[], test: (value: number) => boolean): number {
  let longest = 0;
  let current = 0;
  for (const value of values) {
    current = test(value) ? current + 1 : 0;
    longest = Math.max(longest, current);
  }
  return longest;
}
