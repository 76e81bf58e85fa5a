/** Sums over the returns of an equity curve, bar by bar. */
export interface EquityMeasures {
  readonly sum: number;
  readonly squares: number;
  /** Squares of the negative ones. */
  readonly downside: number;
  /** The deepest drawdown, as a positive fraction of the top before it. */
  readonly depth: number;
}

/** One pass, in which nothing is guessed that a processor would guess wrong, and nothing is done while equity stands still. */
export function measureEquity(equity: Float64Array, cash: number): EquityMeasures {
  const n = equity.length;
  let previous = cash;
  let top = cash;
  /** The equity below which the drawdown is deeper than any so far. */
  let floor = cash;
  let depth = 0;
  let sum = 0;
  let squares = 0;
  let quadrupleDownside = 0;
  for (let i = 0; i < n; ) {
    let value = equity[i]!;
    if (value === previous) {
      i++;
      continue;
    }
    do {
      const change = value / previous - 1;
      // Twice the change when it is a loss, else 0, without asking which.
      const doubleLoss = change - Math.abs(change);
      sum += change;
      squares += change * change;
      quadrupleDownside += doubleLoss * doubleLoss;
      if (value > top) {
        top = value;
        floor = top * (1 - depth);
      } else if (value < floor) {
        depth = (top - value) / top;
        floor = value;
      }
      previous = value;
      if (++i === n) break;
      value = equity[i]!;
    } while (value !== previous);
  }
  return { sum, squares, downside: quadrupleDownside / 4, depth };
}
