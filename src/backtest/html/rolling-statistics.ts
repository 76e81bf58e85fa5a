import { returnsOf } from "../statistics/moments.ts";

/** Sharpe ratio and volatility per year over a moving window of bars; NaN until the window is full. */
export function rollingStatistics(
  equity: Float64Array,
  cash: number,
  window: number,
  periodsPerYear: number,
): { sharpe: Float64Array; volatility: Float64Array } {
  const returns = returnsOf(equity, cash);
  const sharpe = new Float64Array(equity.length).fill(Number.NaN);
  const volatility = new Float64Array(equity.length).fill(Number.NaN);
  let [sum, squares] = [0, 0];
  for (let i = 0; i < returns.length; i++) {
    sum += returns[i]!;
    squares += returns[i]! ** 2;
    if (i >= window) {
      sum -= returns[i - window]!;
      squares -= returns[i - window]! ** 2;
    }
    if (i < window - 1) continue;
    const mean = sum / window;
    const deviation = Math.sqrt(Math.max(0, squares - window * mean * mean) / (window - 1));
    volatility[i] = deviation * Math.sqrt(periodsPerYear);
    if (deviation > 1e-12) sharpe[i] = (mean / deviation) * Math.sqrt(periodsPerYear);
  }
  return { sharpe, volatility };
}
