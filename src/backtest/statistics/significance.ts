import { variance } from "./moments.ts";
import { normalCdf, normalQuantile } from "./normal.ts";

/** A Sharpe ratio per period with what is needed to judge it. */
export interface SharpeSample {
  /** Mean over standard deviation of the returns, per period, not annualised. */
  readonly sharpe: number;
  readonly periods: number;
  readonly skewness: number;
  /** Raw: 3 for a normal distribution. */
  readonly kurtosis: number;
}

/**
 * Probability that the true Sharpe ratio exceeds `benchmark` (per period), given the length and the shape of the
 * sample: Bailey and López de Prado, The Sharpe Ratio Efficient Frontier (2012).
 */
export function probabilisticSharpe({ sharpe, periods, skewness, kurtosis }: SharpeSample, benchmark = 0): number {
  const width = Math.sqrt(1 - skewness * sharpe + ((kurtosis - 1) / 4) * sharpe ** 2);
  return normalCdf(((sharpe - benchmark) * Math.sqrt(periods - 1)) / width);
}

const EULER_MASCHERONI = 0.5772156649015329;

/** The best Sharpe ratio per period that chance alone is expected to show in so many trials with such a variance. */
export function expectedBestSharpe(trials: number, varianceOfTrials: number): number {
  if (trials < 2) return 0;
  const first = normalQuantile(1 - 1 / trials);
  const second = normalQuantile(1 - 1 / (trials * Math.E));
  return Math.sqrt(varianceOfTrials) * ((1 - EULER_MASCHERONI) * first + EULER_MASCHERONI * second);
}

/**
 * The probabilistic Sharpe ratio against what the best of all trials would show by chance: Bailey and López de Prado,
 * The Deflated Sharpe Ratio (2014). `trialSharpes` are the ratios per period of every combination that was tried.
 */
export function deflatedSharpe(sample: SharpeSample, trialSharpes: readonly number[]): number {
  const known = trialSharpes.filter(Number.isFinite);
  if (known.length < 2) return probabilisticSharpe(sample);
  return probabilisticSharpe(sample, expectedBestSharpe(known.length, variance(known, 1)));
}
