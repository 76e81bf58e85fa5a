/** How fees are charged on each fill. The parts add up; a negative rate is a rebate. */
export interface CommissionTerms {
  /** Cash per fill. */
  readonly fixed?: number;
  /** Fraction of the traded value, for orders that take liquidity (market, stop), and for all without `makerRate`. */
  readonly rate?: number;
  /** Fraction of the traded value, for limit orders that rested and were met at their price. */
  readonly makerRate?: number;
  /** Cash per unit. */
  readonly perUnit?: number;
  /** Least and most cash per fill. */
  readonly minimum?: number;
  readonly maximum?: number;
  /** Rates that apply once this much value has been traded in the run; ascending by `from`. */
  readonly tiers?: readonly CommissionTier[];
}

export interface CommissionTier {
  readonly from: number;
  readonly rate: number;
  readonly makerRate?: number;
}

/** The fee in cash of one fill: units and traded value (both unsigned), whether it made liquidity, value traded before. */
export type Commission = (units: number, value: number, maker: boolean, tradedValue: number) => number;

/** The cheapest function that charges the given terms. */
export function commissionOf(terms: number | CommissionTerms | undefined): Commission {
  if (terms === undefined || terms === 0) return free;
  if (typeof terms === "number") return (_units, value) => value * terms;
  const { fixed = 0, perUnit = 0, minimum = -Infinity, maximum = Infinity } = terms;
  const rateOf = ratesOf(terms);
  return (units, value, maker, tradedValue) => {
    const fee = fixed + units * perUnit + value * rateOf(maker, tradedValue);
    return Math.min(Math.max(fee, minimum), maximum);
  };
}

const free: Commission = () => 0;

function ratesOf({ rate = 0, makerRate = rate, tiers = [] }: CommissionTerms) {
  if (tiers.length === 0) return (maker: boolean) => (maker ? makerRate : rate);
  return (maker: boolean, tradedValue: number) => {
    const tier = tiers.findLast(({ from }) => tradedValue >= from) ?? { rate, makerRate };
    return maker ? (tier.makerRate ?? tier.rate) : tier.rate;
  };
}
