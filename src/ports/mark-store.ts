/** The last price of an instrument, as an exact decimal text. */
export interface Mark {
  readonly venue: string;
  readonly instrument: string;
  readonly price: string;
  /** Value of one unit of price for one unit of quantity, in the currency of the account. */
  readonly multiplier: number;
}

/** The last prices, for people who look at open positions: nothing is decided by them. */
export interface MarkStore {
  /** Replaces the marks of these instruments. Rejects with an OutageError when the store does not answer. */
  record(marks: readonly Mark[]): Promise<void>;
}
