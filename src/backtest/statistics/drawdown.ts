/** A stretch below an earlier peak of the equity curve. */
export interface Drawdown {
  /** Deepest loss from the peak as a positive fraction. */
  readonly depth: number;
  /** Indices of the peak, of the deepest point, and of the first point at the peak again; undefined when not yet. */
  readonly peak: number;
  readonly trough: number;
  readonly recovery: number | undefined;
}

/** What one pass along an equity curve tells. */
export interface CurveFigures {
  readonly drawdowns: Drawdown[];
  /** The highest value, the start included. */
  readonly top: number;
  /** Of the values after the start. */
  readonly sum: number;
}

/** Every drawdown of the curve in order. `start` is a value before the first one (index -1), such as the cash. */
export function drawdownsOf(curve: ArrayLike<number>, start?: number): Drawdown[] {
  const [first, at] = start === undefined ? [curve[0] ?? Number.NaN, 0] : [start, -1];
  return followCurve(curve, first, at).drawdowns;
}

/**
 * The figures of a curve that begins with `start`, in one pass: most of what a short run's statistics cost is that each
 * loop begins slowly. Writes the return of each value from the one before into `returns`.
 */
export function curveFigures(curve: Float64Array, start: number, returns: Float64Array): CurveFigures {
  return followCurve(curve, start, -1, returns);
}
/** The deepest drawdown; undefined when the curve never fell. */
export function deepest(drawdowns: readonly Drawdown[]): Drawdown | undefined {
  return drawdowns.reduce<Drawdown | undefined>((a, b) => (a !== undefined && a.depth >= b.depth ? a : b), undefined);
}

/** Loss from the running peak at every point, as fractions from 0 down: what a drawdown chart draws. */
export function underwater(curve: ArrayLike<number>, start?: number): Float64Array {
  const result = new Float64Array(curve.length);
  let top = start ?? Number.NEGATIVE_INFINITY;
  const { length } = curve;
  for (let i = 0; i < length; i++) {
    const value = curve[i]!;
    if (value > top) top = value;
    result[i] = value / top - 1;
  }
  return result;
}

function followCurve(curve: ArrayLike<number>, start: number, at: number, returns?: Float64Array): CurveFigures {
  const drawdowns: Drawdown[] = [];
  let top = start;
  let peak = at;
  let depth = 0;
  let trough = at;
  let sum = 0;
  let previous = start;
  for (let i = 0; i < curve.length; i++) {
    const value = curve[i]!;
    sum += value;
    if (returns !== undefined) {
      // After everything is lost there is nothing to gain or lose.
      returns[i] = previous === 0 ? 0 : value / previous - 1;
      previous = value;
    }
    if (value >= top) {
      if (depth > 0) drawdowns.push({ depth, peak, trough, recovery: i });
      top = value;
      peak = i;
      depth = 0;
      trough = i;
      continue;
    }
    const loss = 1 - value / top;
    if (loss > depth) {
      depth = loss;
      trough = i;
    }
  }
  if (depth > 0) drawdowns.push({ depth, peak, trough, recovery: undefined });
  return { drawdowns, top, sum };
}
