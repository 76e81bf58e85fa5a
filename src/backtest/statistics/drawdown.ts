/** A stretch below an earlier peak of the equity curve. */
export interface Drawdown {
  /** Deepest loss from the peak as a positive fraction. */
  readonly depth: number;
  /** Indices of the peak, of the deepest point, and of the first point at the peak again; undefined when not yet. */
  readonly peak: number;
  readonly trough: number;
  readonly recovery: number | undefined;
}

/** Every drawdown of the curve in order. `start` is a value before the first one (index -1), such as the cash. */
export function drawdownsOf(curve: ArrayLike<number>, start?: number): Drawdown[] {
  const drawdowns: Drawdown[] = [];
  let [top, peak] = start === undefined ? [curve[0] ?? Number.NaN, 0] : [start, -1];
  let depth = 0;
  let trough = peak;
  for (let i = 0; i < curve.length; i++) {
    const value = curve[i]!;
    if (value >= top) {
      if (depth > 0) drawdowns.push({ depth, peak, trough, recovery: i });
      [top, peak, depth, trough] = [value, i, 0, i];
      continue;
    }
    const loss = 1 - value / top;
    if (loss > depth) [depth, trough] = [loss, i];
  }
  if (depth > 0) drawdowns.push({ depth, peak, trough, recovery: undefined });
  return drawdowns;
}

/** The deepest drawdown; undefined when the curve never fell. */
export function deepest(drawdowns: readonly Drawdown[]): Drawdown | undefined {
  return drawdowns.reduce<Drawdown | undefined>((a, b) => (a !== undefined && a.depth >= b.depth ? a : b), undefined);
}

/** Loss from the running peak at every point, as fractions from 0 down: what a drawdown chart draws. */
export function underwater(curve: ArrayLike<number>, start?: number): Float64Array {
  const result = new Float64Array(curve.length);
  let top = start ?? Number.NEGATIVE_INFINITY;
  for (let i = 0; i < curve.length; i++) {
    top = Math.max(top, curve[i]!);
    result[i] = curve[i]! / top - 1;
  }
  return result;
}
