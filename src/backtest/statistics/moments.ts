type Numbers = ArrayLike<number>;

export function sum(values: Numbers): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i]!;
  return total;
}

/** Arithmetic mean; NaN of nothing. */
export function mean(values: Numbers): number {
  return sum(values) / values.length;
}

/** Variance over `length - degrees`: 1 for a sample, 0 for a population. NaN when that is not positive. */
export function variance(values: Numbers, degrees: 0 | 1): number {
  if (values.length <= degrees) return Number.NaN;
  const center = mean(values);
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += (values[i]! - center) ** 2;
  return squares / (values.length - degrees);
}

export function deviation(values: Numbers, degrees: 0 | 1): number {
  return Math.sqrt(variance(values, degrees));
}

/** Sample covariance of two series of equal length. */
export function covariance(a: Numbers, b: Numbers): number {
  const [meanA, meanB] = [mean(a), mean(b)];
  let products = 0;
  for (let i = 0; i < a.length; i++) products += (a[i]! - meanA) * (b[i]! - meanB);
  return products / (a.length - 1);
}

/** Compound mean of returns; 0 when one of them lost everything. NaN of nothing. */
export function geometricMean(returns: Numbers): number {
  let logs = 0;
  for (let i = 0; i < returns.length; i++) {
    const growth = 1 + (Number.isNaN(returns[i]) ? 0 : returns[i]!);
    if (growth <= 0) return 0;
    logs += Math.log(growth);
  }
  return Math.exp(logs / returns.length) - 1;
}

/** The value below which a fraction of the sorted values lies, linear between neighbours (numpy's default). */
export function quantile(sorted: Numbers, fraction: number): number {
  const position = (sorted.length - 1) * fraction;
  const below = Math.floor(position);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below]! + (position - below) * (sorted[above]! - sorted[below]!);
}

/** Simple returns between neighbours. With `start`, the first is from there to the first value. */
export function returnsOf(values: Numbers, start?: number): Float64Array {
  const offset = start === undefined ? 1 : 0;
  const returns = new Float64Array(Math.max(0, values.length - offset));
  let previous = start ?? values[0]!;
  for (let i = offset; i < values.length; i++) {
    const value = values[i]!;
    // After everything is lost there is nothing to gain or lose.
    returns[i - offset] = previous === 0 ? 0 : value / previous - 1;
    previous = value;
  }
  return returns;
}
