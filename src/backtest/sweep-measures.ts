import { COMMISSION, PNL } from "./engine/trade-log.ts";
import type { RunResult } from "./run-result.ts";

/** What a sweep can keep of each run. `sharpe` is of one period (a bar), sample deviation, without a risk-free rate. */
export const SWEEP_FIELDS = [
  "finalEquity",
  "totalReturn",
  "trades",
  "winRate",
  "profitFactor",
  "commission",
  "maxDrawdown",
  "sharpe",
  "calmar",
] as const;
export type SweepField = (typeof SWEEP_FIELDS)[number];

/** Writes the fields of a run into `rows` from `at` on; NaN where a field has no value. Only what is asked for is computed. */
export function measure(result: RunResult, fields: readonly SweepField[], rows: Float64Array, at: number): void {
  const asked = (...names: SweepField[]) => fields.some((field) => names.includes(field));
  const trades = asked("winRate", "profitFactor", "commission") ? tradeFigures(result) : undefined;
  const curve = asked("maxDrawdown", "sharpe", "calmar") ? curveFigures(result) : undefined;
  for (const [slot, field] of fields.entries()) rows[at + slot] = fieldOf(field, result, trades, curve);
}

function fieldOf(
  field: SweepField,
  result: RunResult,
  trades: TradeFigures | undefined,
  curve: CurveFigures | undefined,
): number {
  const { length } = result.tradeLog;
  const totalReturn = result.finalEquity / result.cash - 1;
  switch (field) {
    case "finalEquity":
      return result.finalEquity;
    case "totalReturn":
      return totalReturn;
    case "trades":
      return length;
    case "winRate":
      return length === 0 ? Number.NaN : trades!.wins / length;
    case "profitFactor":
      return trades!.lost === 0 ? Number.NaN : trades!.won / trades!.lost;
    case "commission":
      return trades!.commission;
    case "maxDrawdown":
      return curve!.maxDrawdown;
    case "sharpe":
      return curve!.sharpe;
    case "calmar":
      return curve!.maxDrawdown === 0 ? Number.NaN : totalReturn / curve!.maxDrawdown;
  }
}

interface TradeFigures {
  wins: number;
  won: number;
  lost: number;
  commission: number;
}

function tradeFigures({ tradeLog }: RunResult): TradeFigures {
  const figures = { wins: 0, won: 0, lost: 0, commission: 0 };
  for (let trade = 0; trade < tradeLog.length; trade++) {
    const pnl = tradeLog.get(trade, PNL);
    if (pnl > 0) figures.wins += 1;
    if (pnl > 0) figures.won += pnl;
    else figures.lost -= pnl;
    figures.commission += tradeLog.get(trade, COMMISSION);
  }
  return figures;
}

interface CurveFigures {
  /** Deepest fall from a peak, as a positive fraction of the peak. */
  readonly maxDrawdown: number;
  readonly sharpe: number;
}

/** One pass over the equity: returns of each bar, the first one from the cash, and falls from the peak. */
function curveFigures({ equity, cash }: RunResult): CurveFigures {
  let before = cash;
  let peak = cash;
  let maxDrawdown = 0;
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < equity.length; i++) {
    const now = equity[i]!;
    const change = before === 0 ? 0 : now / before - 1;
    sum += change;
    squares += change * change;
    if (now > peak) peak = now;
    else if (1 - now / peak > maxDrawdown) maxDrawdown = 1 - now / peak;
    before = now;
  }
  const count = equity.length;
  const mean = sum / count;
  const deviation = Math.sqrt((squares - count * mean * mean) / (count - 1));
  return { maxDrawdown, sharpe: deviation > 0 ? mean / deviation : Number.NaN };
}
