/** What trading did while an incident went on, counted from its own record. Amounts are exact decimal texts. */
export interface MarketImpact {
  /** Milliseconds since the epoch. */
  readonly from: number;
  readonly to: number;
  readonly orders: number;
  /** Denied by our own checks, and rejected by the venue. */
  readonly denied: number;
  readonly rejected: number;
  readonly fills: number;
  /** Sum of price times quantity of the fills. */
  readonly turnover: string;
  readonly commission: string;
  /** Cash that the fills moved: sold less bought, less commission. Not a profit while positions are open. */
  readonly cash: string;
  readonly instruments: readonly InstrumentImpact[];
}

export interface InstrumentImpact {
  readonly instrument: string;
  readonly fills: number;
  readonly bought: string;
  readonly sold: string;
  /** What was held when it began, and at its end. */
  readonly positionBefore: string;
  readonly positionAfter: string;
  /** The first and the last price that was traded in the time. */
  readonly firstPrice: string;
  readonly lastPrice: string;
  /** Cash moved, with the positions at both ends valued at the first and the last price. */
  readonly profit: string;
}
