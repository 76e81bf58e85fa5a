/** What the statistics need of a series of returns, and of the market's beside it. */
export interface ReturnFigures {
  readonly mean: number;
  /** Sample standard deviation. */
  readonly deviation: number;
  /** Root mean square of the losses, gains counting as zero; NaN when there is no loss. */
  readonly downside: number;
  /** Sum of the gains over the sum of the losses; NaN when there is no loss. */
  readonly omega: number;
  readonly skewness: number;
  /** Raw: 3 for a normal distribution. */
  readonly kurtosis: number;
  readonly marketMean: number;
  /** Covariance with the market over the market's variance; NaN without a market. */
  readonly beta: number;
}

/** Two passes over the returns, whatever is asked of them: a run should not wait for its statistics. */
export function returnFigures(returns: Float64Array, market?: Float64Array): ReturnFigures {
  const n = returns.length;
  let [sum, marketSum, gains, losses, downside] = [0, 0, 0, 0, 0];
  for (let i = 0; i < n; i++) {
    const one = returns[i]!;
    sum += one;
    if (one > 0) gains += one;
    else {
      losses -= one;
      downside += one * one;
    }
    if (market !== undefined) marketSum += market[i]!;
  }
  const mean = sum / n;
  const marketMean = market === undefined ? Number.NaN : marketSum / n;
  let [second, third, fourth, cross, marketSecond] = [0, 0, 0, 0, 0];
  for (let i = 0; i < n; i++) {
    const distance = returns[i]! - mean;
    const square = distance * distance;
    second += square;
    third += square * distance;
    fourth += square * square;
    if (market !== undefined) {
      const other = market[i]! - marketMean;
      cross += distance * other;
      marketSecond += other * other;
    }
  }
  const spread = second / n;
  return {
    mean,
    deviation: Math.sqrt(second / (n - 1)),
    downside: losses === 0 ? Number.NaN : Math.sqrt(downside / n),
    omega: losses === 0 ? Number.NaN : gains / losses,
    skewness: third / n / spread ** 1.5,
    kurtosis: fourth / n / spread ** 2,
    marketMean,
    beta: market === undefined ? Number.NaN : cross / marketSecond,
  };
}

/** Values by which a bound for the smallest ones is guessed. */
const SAMPLE = 1000;

/** The `count` smallest values, ascending. */
export function smallest(values: Float64Array, count: number): Float64Array {
  const bound = likelyBound(values, count);
  const chosen = new Float64Array(values.length);
  let found = 0;
  for (let i = 0; i < values.length; i++) if (values[i]! <= bound) chosen[found++] = values[i]!;
  // The bound was guessed from a sample: where it was too low, all are sorted after all.
  const sorted = found >= Math.min(count, values.length) ? chosen.subarray(0, found).sort() : values.slice().sort();
  return sorted.subarray(0, count);
}

/** A value that about one and a half times `count` of the values do not exceed. */
function likelyBound(values: Float64Array, count: number): number {
  const step = Math.max(1, Math.floor(values.length / SAMPLE));
  const sample = Float64Array.from({ length: Math.ceil(values.length / step) }, (_, i) => values[i * step]!).sort();
  const share = (1.5 * count) / values.length;
  return sample[Math.min(sample.length - 1, Math.ceil(share * sample.length))] ?? Number.POSITIVE_INFINITY;
}
