/** What a strategy did wrong with its broker or its series: it fails the run, with the bar and the parameters. */
export class StrategyFault extends Error {
  override readonly name = "StrategyFault";
  /** Stable name, upper snake case. */
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** A price or distance that must be a positive number when it is given. NaN stands for none. */
export function positiveOrNone(value: number | undefined, what: string): number {
  if (value === undefined) return Number.NaN;
  if (typeof value === "number" && value > 0 && value < Infinity) return value;
  throw new StrategyFault("ORDER_INVALID", `${what} must be a positive number, not ${value}`);
}
