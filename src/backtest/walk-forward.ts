import { OperatorError } from "../core/errors.ts";

/** Bars [trainStart, testStart) choose the parameters, bars [testStart, testEnd) judge them. */
export interface Fold {
  readonly trainStart: number;
  readonly testStart: number;
  readonly testEnd: number;
}

export interface FoldOptions {
  /** Bars that choose, and bars that judge. */
  readonly train: number;
  readonly test: number;
  /** Every training begins at the first bar, and grows. */
  readonly anchored: boolean;
}

/** Cuts `bars` bars into folds; the judging stretches follow one another without a gap, the last may be shorter. */
export function foldsOf(bars: number, { train, test, anchored }: FoldOptions): Fold[] {
  const folds: Fold[] = [];
  for (let testStart = train; testStart < bars; testStart += test) {
    folds.push({ trainStart: anchored ? 0 : testStart - train, testStart, testEnd: Math.min(bars, testStart + test) });
  }
  // A last stretch of a few bars judges nothing.
  const last = folds.at(-1);
  if (last !== undefined && last.testEnd - last.testStart < test / 2 && folds.length > 1) folds.pop();
  if (folds.length > 0) return folds;
  throw new OperatorError("There are too few bars to walk forward.", {
    exit: "usage",
    code: "TOO_FEW_BARS",
    expected: `more than ${train} bars to train and then ${test} to test`,
    found: `${bars} bars`,
  });
}
