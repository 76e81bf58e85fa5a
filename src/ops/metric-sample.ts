/** One number of one process at one moment. */
export interface MetricSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  /** `worker-1` */
  readonly instance: string;
}

/** A daemon of which no figures could be had. */
export interface SilentInstance {
  readonly instance: string;
  readonly reason: string;
}

export interface MetricReading {
  /** `daemons`, or the address of Prometheus. */
  readonly source: string;
  readonly samples: readonly MetricSample[];
  readonly silent: readonly SilentInstance[];
}

/**
 * A quantile of a histogram's cumulative buckets, by the same straight line inside a bucket that Prometheus draws.
 * NaN when nothing was observed.
 */
export function quantileOf(
  buckets: readonly { readonly le: number; readonly count: number }[],
  quantile: number,
): number {
  const sorted = [...buckets].sort((a, b) => a.le - b.le);
  const total = sorted.at(-1)?.count ?? 0;
  if (total === 0) return Number.NaN;
  const rank = quantile * total;
  const index = sorted.findIndex(({ count }) => count >= rank);
  const { le, count } = sorted[index]!;
  const below = sorted[index - 1] ?? { le: 0, count: 0 };
  if (!Number.isFinite(le)) return below.le;
  return below.le + ((le - below.le) * (rank - below.count)) / (count - below.count);
}
