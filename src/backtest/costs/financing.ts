/** What holding a position costs, charged at each close for the time since the bar before. */
export interface FinancingTerms {
  /** Yearly fee on the value of short positions. */
  readonly borrowRate?: number;
  /** Paid by longs to shorts (the other way round when negative) on the position's value, every `everyMs`. */
  readonly funding?: { readonly rate: number; readonly everyMs: number };
}

const YEAR_MS = 365 * 86_400_000;

/** Cash to pay for a position of signed `value` held from `fromMs` to `toMs`. Negative is income. */
export type Financing = (value: number, fromMs: number, toMs: number) => number;

/** The financing function of the terms, or undefined when there is none. */
export function financingOf(terms: FinancingTerms | undefined): Financing | undefined {
  const { borrowRate = 0, funding } = terms ?? {};
  if (borrowRate === 0 && (funding === undefined || funding.rate === 0)) return undefined;
  return (value, fromMs, toMs) => {
    const borrow = value < 0 ? (-value * borrowRate * (toMs - fromMs)) / YEAR_MS : 0;
    return funding === undefined
      ? borrow
      : borrow + value * funding.rate * paymentsBetween(fromMs, toMs, funding.everyMs);
  };
}

/** Funding moments (multiples of the interval since the epoch) in (from, to]. */
function paymentsBetween(fromMs: number, toMs: number, everyMs: number): number {
  return Math.floor(toMs / everyMs) - Math.floor(fromMs / everyMs);
}
