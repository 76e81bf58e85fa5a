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

/** Two passes over the returns, whatever is asked of them: a run of a million bars should not wait for its statistics. */
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

/** The `count` smallest values, ascending. The others are looked at a few times each, but never sorted. */
export function smallest(values: Float64Array, count: number): Float64Array {
  const work = values.slice();
  let [low, high] = [0, work.length - 1];
  const target = Math.min(count, work.length) - 1;
  while (low < high) {
    const pivot = middleOf(work[low]!, work[(low + high) >> 1]!, work[high]!);
    let [i, j] = [low, high];
    while (i <= j) {
      while (work[i]! < pivot) i++;
      while (work[j]! > pivot) j--;
      if (i <= j) {
        const swapped = work[i]!;
        work[i] = work[j]!;
        work[j] = swapped;
        i++;
        j--;
      }
    }
    if (target <= j) high = j;
    else if (target >= i) low = i;
    else break;
  }
  return work.subarray(0, target + 1).sort();
}

const middleOf = (a: number, b: number, c: number): number => Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
