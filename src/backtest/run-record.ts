export type RunKind = "run" | "sweep" | "walk-forward" | "monte-carlo";
export type RunStatus = "done" | "running" | "interrupted" | "cancelled" | "failed";

/** One line of `ttt backtest list`, and what `resume` needs to go on. */
export interface RunRecord {
  readonly id: string;
  readonly kind: RunKind;
  readonly status: RunStatus;
  /** When it was begun and last changed, milliseconds since the epoch. */
  readonly createdAt: number;
  readonly updatedAt: number;
  /** `sma-cross on GOOG` */
  readonly title: string;
  /** One line of result: `+441.0 %, Sharpe 1.00, 32 trades`. */
  readonly summary: string;
  /** The specification, by which it can be run again. */
  readonly spec: unknown;
}

/** Equity over time, as columns of equal length. */
export interface StoredCurve {
  readonly time: Float64Array;
  readonly equity: Float64Array;
}
