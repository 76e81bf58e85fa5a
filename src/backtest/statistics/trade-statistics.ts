import type { Trade } from "../result.ts";

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

/** Two passes, without lists beside the trades: there may be a hundred thousand of them. */
export function tradeStatistics(trades: readonly Trade[]): TradeStatistics {
  const count = trades.length;
  let [wins, losses, won, lost, returns, held] = [0, 0, 0, 0, 0, 0];
  let [best, worst, longest] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  let [winning, losing, longestWinStreak, longestLossStreak] = [0, 0, 0, 0];
  for (const { pnl, returnFraction, entryTime, exitTime } of trades) {
    if (pnl > 0) {
      wins++;
      won += pnl;
    } else if (pnl < 0) {
      losses++;
      lost -= pnl;
    }
    winning = pnl > 0 ? winning + 1 : 0;
    losing = pnl < 0 ? losing + 1 : 0;
    if (winning > longestWinStreak) longestWinStreak = winning;
    if (losing > longestLossStreak) longestLossStreak = losing;
    returns += returnFraction;
    if (returnFraction > best) best = returnFraction;
    if (returnFraction < worst) worst = returnFraction;
    held += exitTime - entryTime;
    if (exitTime - entryTime > longest) longest = exitTime - entryTime;
  }
  const expectancy = (won - lost) / count;
  let squares = 0;
  for (const { pnl } of trades) squares += (pnl - expectancy) ** 2;
  const winRate = wins / count;
  const payoffRatio = won / wins / (lost / losses);
  return {
    trades: count,
    winRate,
    bestTrade: best,
    worstTrade: worst,
    averageTrade: returns / count,
    expectancy,
    profitFactor: won / lost,
    payoffRatio,
    sqn: (Math.sqrt(count) * expectancy) / Math.sqrt(squares / (count - 1)),
    kelly: winRate - (1 - winRate) / payoffRatio,
    averageTradeDurationMs: held / count,
    maxTradeDurationMs: longest,
    longestWinStreak,
    longestLossStreak,
  };
}

/** The largest value; NaN of nothing. Not Math.max(...values), which fails on long lists. */
export function largest(values: readonly number[]): number {
  return values.reduce((a, b) => (b > a || Number.isNaN(a) ? b : a), Number.NaN);
}
